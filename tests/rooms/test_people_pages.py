"""组织和账号: what an administrator does, what nobody may do, and the password that passes through one hand."""

import re
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from sanfu.people import actions, queries
from sanfu.people.models import Appointment, Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Refused, machine
from sanfu.records.models import Event
from sanfu.records.queries import verify_chains

pytestmark = pytest.mark.usefixtures("county")
REGION = "329900"


def user(login: str) -> User:
    return User.objects.get(login=login)


def signed(login: str) -> Client:
    client = Client()
    client.force_login(user(login))
    return client


def form(**said: str) -> dict[str, str]:
    today = timezone.localdate().isoformat()
    return {"name": "周新", "login": "zhouxin", "unit": "CGJ", "role": "handler", "starts": today, **said}


def opened(client: Client) -> str:
    page = client.post("/manage/people/new/", form())
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    found = re.search(r'id="password">([a-z0-9-]+)<', page.content.decode())
    assert found is not None
    return found[1]


def test_only_who_manages_people_gets_in() -> None:
    for login in ("zhengju", "chenfang", "limei", "wangqiang"):
        for path in ("/manage/people/", "/manage/people/new/", "/manage/people/units/"):
            assert signed(login).get(path).status_code == 403, (login, path)
    assert signed("linadmin").get("/manage/people/").status_code == 200


def test_citizens_are_not_shown_to_the_administrator() -> None:
    page = signed("linadmin").get("/manage/people/?q=limei").content.decode()
    assert "李梅" not in page
    assert signed("linadmin").get(f"/manage/people/{user('limei').pk}/").status_code == 404


def test_roles_filter_finds_who_holds_the_role_today() -> None:
    page = signed("linadmin").get("/manage/people/?role=unit_reviewer").content.decode()
    assert "周丽" in page
    assert "孙伟" not in page


def test_a_new_account_must_choose_an_own_password_before_anything_else() -> None:
    password = opened(signed("linadmin"))
    person = Client()
    answer = person.post("/login/", {"login": "zhouxin", "password": password})
    assert answer.headers["Location"] == "/password/"
    assert person.get("/desk/tickets/").headers["Location"] == "/password/"
    weak = {"old": password, "new": "1234567890", "again": "1234567890"}
    assert person.post("/password/", weak).status_code == 422
    wrong = {"old": "x", "new": "qinghe-2026-lu", "again": "qinghe-2026-lu"}
    assert "原密码不正确" in person.post("/password/", wrong).content.decode()
    differs = {"old": password, "new": "qinghe-2026-lu", "again": "qinghe-2026"}
    assert "不一样" in person.post("/password/", differs).content.decode()
    own = {"old": password, "new": "qinghe-2026-lu", "again": "qinghe-2026-lu"}
    assert person.post("/password/", own).headers["Location"] == "/home/"
    assert person.get("/desk/tickets/").status_code == 200, "still signed in"
    assert not user("zhouxin").password_given
    assert Client().post("/login/", {"login": "zhouxin", "password": password}).status_code == 422


def test_no_password_is_written_anywhere() -> None:
    password = opened(signed("linadmin"))
    stored = " ".join(str(row) for row in Event.objects.values_list("data", "kind"))
    assert password not in stored
    assert password not in str(list(User.objects.filter(login="zhouxin").values()))
    assert verify_chains(region=REGION, stream=user("zhouxin").pk)[1] == []


def test_a_reset_ends_the_sessions_of_the_person() -> None:
    person = signed("sunwei")
    assert person.get("/desk/tickets/").status_code == 200
    answer = signed("linadmin").post(f"/manage/people/{user('sunwei').pk}/password/")
    assert "只显示这一次" in answer.content.decode()
    assert person.get("/desk/tickets/").headers["Location"].startswith("/login/")


def test_a_closed_account_is_out_at_once_and_comes_back_with_its_posts() -> None:
    person, admin, path = signed("sunwei"), signed("linadmin"), f"/manage/people/{user('sunwei').pk}/active/"
    assert admin.post(path).status_code == 422, "a reason is needed"
    assert admin.post(path, {"why": "调离"}).status_code == 302
    assert person.get("/desk/tickets/").headers["Location"].startswith("/login/")
    assert admin.post(path).status_code == 302
    assert signed("sunwei").get("/desk/tickets/").status_code == 200


def test_nobody_gives_a_role_to_oneself_or_closes_the_own_account() -> None:
    admin = user("linadmin")
    client, today = signed("linadmin"), timezone.localdate().isoformat()
    said = {"role": "dispatcher", "unit": "DDZ", "starts": today}
    answer = client.post(f"/manage/people/{admin.pk}/posts/", said)
    assert (answer.status_code, "另一位管理员" in answer.content.decode()) == (422, True)
    assert client.post(f"/manage/people/{admin.pk}/active/", {"why": "x"}).status_code == 422
    assert "dispatcher" not in actor_of(admin, on=timezone.localdate()).roles


def test_the_last_administrator_stays() -> None:
    admin, by, now = user("linadmin"), machine(REGION), timezone.now()
    post = admin.appointments.get(role="administrator")
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(Refused, match="最后一位"):
        actions.end_appointment(appointment=post, ends=tomorrow, by=by, at=now)
    with pytest.raises(Refused, match="最后一位"):
        actions.set_active(user=admin, active=False, why="", by=by, at=now)
    second = user("xuheng")
    actions.appoint(
        user=second,
        role="administrator",
        organisation=second.organisation,
        starts=date(2026, 1, 1),
        by=by,
        at=now,
    )
    actions.end_appointment(appointment=post, ends=tomorrow, by=by, at=now)
    assert "administrator" not in actor_of(admin, on=tomorrow).roles
    assert "administrator" in actor_of(admin, on=tomorrow - timedelta(days=1)).roles


def test_a_post_begins_and_ends_on_its_day() -> None:
    admin, who = signed("linadmin"), user("sunwei")
    start = timezone.localdate() + timedelta(days=3)
    said = {"role": "unit_reviewer", "unit": "CGJ", "starts": start.isoformat()}
    assert admin.post(f"/manage/people/{who.pk}/posts/", said).status_code == 302
    again = admin.post(f"/manage/people/{who.pk}/posts/", said)
    assert (again.status_code, "不必重复" in again.content.decode()) == (422, True)
    post = Appointment.objects.get(user=who, role="unit_reviewer")
    ended = {"ends": (start + timedelta(days=5)).isoformat()}
    assert admin.post(f"/manage/people/{who.pk}/posts/{post.pk}/end/", ended).status_code == 302
    held = ["unit_reviewer" in actor_of(who, on=start + timedelta(days=n)).roles for n in (-1, 0, 4, 5)]
    assert held == [False, True, True, False]
    assert "免职" in admin.get(f"/manage/people/{who.pk}/").content.decode()


@pytest.mark.parametrize("login", ["Zhou", "周新", "zx", "zhou xin", "sunwei", "a" * 41])
def test_a_login_that_cannot_be_is_refused_beside_its_field(login: str) -> None:
    answer = signed("linadmin").post("/manage/people/new/", form(login=login))
    assert answer.status_code == 422
    assert User.objects.filter(name="周新").count() == 0


def test_units_are_added_and_corrected_but_never_take_anothers_code() -> None:
    admin = signed("linadmin")
    said = {
        "code": "WHJ",
        "name": "市文化局",
        "short": "",
        "kind": "department",
        "aliases": "文化部门、文化",
        "parent": "",
    }
    assert admin.post("/manage/people/units/new/", {**said, "code": "CGJ"}).status_code == 422
    assert admin.post("/manage/people/units/new/", {**said, "code": "文化"}).status_code == 422
    assert admin.post("/manage/people/units/new/", said).status_code == 302
    made = queries.find_organisation(REGION, "文化部门")
    assert made is not None
    assert (made.code, made.short) == ("WHJ", "市文化局")
    again = {**said, "code": "OTHER", "short": "市文化局", "name": "市文化和旅游局"}
    assert admin.post(f"/manage/people/units/{made.pk}/", again).status_code == 302
    made.refresh_from_db()
    assert (made.code, made.name) == ("WHJ", "市文化和旅游局")
    town = Organisation.objects.filter(region=REGION, kind="town").exclude(area="").first()
    assert town is not None
    kept = {
        "code": town.code,
        "name": town.name,
        "short": town.short,
        "kind": "town",
        "aliases": "",
        "parent": "",
    }
    assert admin.post(f"/manage/people/units/{town.pk}/", kept).status_code == 302
    area = town.area
    town.refresh_from_db()
    assert town.area == area, "what the form does not show is kept"


def test_a_county_of_its_own_begins_on_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "units.yaml"
    file.write_text(
        "organisations:\n  - {code: BGS, kind: department, name: 市政府办公室}\n", encoding="utf-8"
    )
    out = StringIO()
    call_command("load_organisations", str(file), stdout=out)
    call_command("load_organisations", str(file), stdout=out)
    assert out.getvalue().count("1 organisations") == 2
    said = StringIO()
    call_command("open_account", "guanli", name="关理", unit="市政府办公室", stdout=said)
    person = Client()
    answer = person.post("/login/", {"login": "guanli", "password": said.getvalue().strip()})
    assert answer.headers["Location"] == "/password/"
    assert actor_of(user("guanli"), on=timezone.localdate()).may("people.manage")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("organisations: []", "no list"),
        ("organisations:\n  - {code: A1, kind: department}", "needs code, kind, name"),
        ("organisations:\n  - {code: A1, kind: bureau, name: 甲}", "kind is one of"),
        ("organisations:\n  - {code: A1, kind: department, name: 甲}\n  - {code: A2, kind: town, name: 乙, parent: B9}", "B9"),
        ("organisations: [", "写法有误"),
    ],
)  # fmt: skip
def test_a_wrong_file_of_organisations_adds_none(text: str, why: str, tmp_path: Path) -> None:
    file = tmp_path / "units.yaml"
    file.write_text(text, encoding="utf-8")
    before = Organisation.objects.count()
    with pytest.raises(CommandError, match=why):
        call_command("load_organisations", str(file))
    assert Organisation.objects.count() == before


def test_an_account_without_a_unit_or_twice_is_refused() -> None:
    with pytest.raises(CommandError, match="load_organisations"):
        call_command("open_account", "guanli", name="关理", unit="没有的局")
    with pytest.raises(CommandError, match="已被使用"):
        call_command("open_account", "sunwei", name="关理", unit="CGJ")


def test_passwords_differ_and_use_letters_that_are_told_apart() -> None:
    made: Any = {actions.new_password() for _ in range(200)}
    assert len(made) == 200
    assert set("".join(made)) <= set(actions.LETTERS) | {"-"}
    assert not set(actions.LETTERS) & set("01ilo")
