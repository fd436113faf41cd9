"""Second factor, sessions, age of passwords, the auditor: the rules of signing in, through the real pages."""

import base64
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP

from sanfu.people import actions
from sanfu.people.actions import second_factor, sessions
from sanfu.people.models import Organisation, RecoveryCode, SecondFactor, SignedIn, User
from sanfu.people.queries import actor_of
from sanfu.people.rules import read_rules
from sanfu.records.actor import Actor, NotAllowed, Refused, machine
from sanfu.records.content import BadContent
from sanfu.records.models import Event
from sanfu.web.admin.people.audit import _note

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
MACHINE = machine("329900")


def who(login: str) -> User:
    return User.objects.get(login=login)


def actor(login: str) -> Actor:
    return actor_of(who(login), on=date(2026, 3, 2))


def kinds(user: User) -> list[str]:
    return list(Event.objects.filter(stream=user.pk).order_by("seq").values_list("kind", flat=True))


def code_of(user: User, at: datetime) -> str:
    """What the person's authenticator shows at a moment."""
    factor = SecondFactor.objects.get(user=user)
    totp = TOTP(second_factor._open(factor))
    totp.time = at.timestamp()
    return f"{totp.token():06d}"


def bound(login: str, at: datetime = AT) -> tuple[User, list[str]]:
    """An account with an authenticator, and its recovery codes."""
    user = who(login)
    second_factor.prepare(user)
    codes = second_factor.confirm(user=user, code=code_of(user, at), by=actor(login), at=at)
    return user, codes


def sign_in(client: Client, login: str, password: str = "") -> Any:
    return client.post("/login/", {"login": login, "password": password or f"{login}@demo"})


# the second factor


def test_a_code_is_taken_once_and_within_one_step_of_the_clock() -> None:
    user, _ = bound("chenfang")
    by, later = actor("chenfang"), AT + timedelta(minutes=5)
    code = code_of(user, later)
    assert second_factor.check(user=user, code=code, by=by, at=later + timedelta(seconds=29))
    assert not second_factor.check(user=user, code=code, by=by, at=later + timedelta(seconds=30)), (
        "seen by another"
    )
    much = later + timedelta(minutes=10)
    assert not second_factor.check(user=user, code=code_of(user, much), by=by, at=much + timedelta(minutes=2))


def test_a_recovery_code_works_once_and_is_kept_as_a_digest() -> None:
    user, codes = bound("chenfang")
    assert len(codes) == len(set(codes)) == 10
    by = actor("chenfang")
    assert second_factor.check(user=user, code=codes[0].upper(), by=by, at=AT)
    assert not second_factor.check(user=user, code=codes[0], by=by, at=AT)
    kept = set(RecoveryCode.objects.filter(user=user).values_list("digest", flat=True))
    assert not kept & {one.replace("-", "") for one in codes}
    assert "people.recovery_code_used" in kinds(user)


def test_guesses_at_codes_slow_down_and_the_right_code_must_wait_too() -> None:
    user, _ = bound("chenfang")
    by, later = actor("chenfang"), AT + timedelta(minutes=5)
    for _ in range(6):
        try:
            assert not second_factor.check(user=user, code="000000", by=by, at=later)
        except Refused:
            break
    with pytest.raises(Refused, match="连续输错"):
        second_factor.check(user=user, code=code_of(user, later), by=by, at=later)


def test_the_secret_is_not_readable_in_the_database() -> None:
    user, _ = bound("chenfang")
    factor = SecondFactor.objects.get(user=user)
    assert second_factor._open(factor) not in bytes(factor.sealed)
    factor.user = who("sunwei")
    with pytest.raises(Refused):
        second_factor._open(factor)


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "٣٣٣٣٣٣", "²²²²²²", "abcdef", "-12345", "１２３４５６"]
)
def test_what_is_no_code_is_wrong_and_no_crash(typed: str) -> None:
    user, _ = bound("chenfang")
    assert not second_factor.check(user=user, code=typed, by=actor("chenfang"), at=AT + timedelta(minutes=5))


def test_only_another_administrator_takes_it_away() -> None:
    user, _ = bound("chenfang")
    with pytest.raises(NotAllowed):
        second_factor.reset(user=user, why="换手机", by=actor("sunwei"), at=AT)
    own, _ = bound("linadmin")
    with pytest.raises(NotAllowed):
        second_factor.reset(user=own, why="换手机", by=actor("linadmin"), at=AT)
    with pytest.raises(Refused):
        second_factor.reset(user=user, why=" ", by=actor("linadmin"), at=AT)
    second_factor.reset(user=user, why="本人到场核实", by=actor("linadmin"), at=AT)
    assert not second_factor.has(user)
    assert kinds(user)[-1] == "people.second_factor_reset"


def test_the_password_alone_opens_nothing() -> None:
    user, codes = bound("chenfang", timezone.now())
    client = Client()
    answer = sign_in(client, "chenfang")
    assert answer.headers["Location"] == "/login/second/"
    assert client.get("/home/").status_code == 302, "nobody is signed in yet"
    assert client.post("/login/second/", {"code": "000000"}).status_code == 422
    answer = client.post("/login/second/", {"code": codes[3]})
    assert answer.headers["Location"] == "/home/"
    assert client.get("/home/").status_code == 200
    assert "people.signed_in" in kinds(user)


def test_the_second_step_without_the_first_leads_back() -> None:
    assert Client().get("/login/second/").headers["Location"].startswith("/login/")


def test_binding_through_the_page_shows_a_code_and_the_recovery_codes_once() -> None:
    client = Client()
    sign_in(client, "sunwei")
    page = client.get("/second-factor/").content.decode()
    assert "<svg" in page
    assert "otpauth" not in page
    user = who("sunwei")
    shown = client.post("/second-factor/", {"code": code_of(user, timezone.now())}).content.decode()
    assert len(set(re.findall(r"<code>(\w{4}-\w{4}-\w{4})</code>", shown))) == 10
    assert "备用码" in shown
    again = client.get("/second-factor/").content.decode()
    assert "已绑定" in again
    assert not re.findall(r"<code>", again)


def secret_shown(page: str) -> TOTP:
    """The authenticator of a person who typed the secret of the page."""
    secret = "".join(re.search(r"密钥：<code>([A-Z2-7 ]+)</code>", page)[1].split())  # type: ignore[index]
    totp = TOTP(base64.b32decode(secret + "=" * (-len(secret) % 8)))
    totp.time = timezone.now().timestamp()
    return totp


def test_a_person_replaces_the_own_authenticator_and_the_old_one_holds_until_then() -> None:
    user, codes = bound("sunwei", timezone.now() - timedelta(minutes=5))
    old = bytes(SecondFactor.objects.get(user=user).sealed)
    client = Client()
    sign_in(client, "sunwei")
    client.post("/login/second/", {"code": code_of(user, timezone.now())})
    assert client.post("/second-factor/", {"code": "000000"}).status_code == 422
    assert client.post("/second-factor/", {"code": codes[0]}).status_code == 302, "the old phone is lost"
    page = client.get("/second-factor/").content.decode()
    assert "<svg" in page
    assert client.post("/second-factor/", {"code": "000000"}).status_code == 422
    assert bytes(SecondFactor.objects.get(user=user).sealed) == old
    new = secret_shown(page)
    assert f"{new.token():06d}" != code_of(user, timezone.now())
    shown = client.post("/second-factor/", {"code": f"{new.token():06d}"}).content.decode()
    fresh = set(re.findall(r"<code>(\w{4}-\w{4}-\w{4})</code>", shown))
    assert len(fresh) == 10
    assert not fresh & set(codes)
    assert kinds(user)[-1] == "people.second_factor_replaced"
    later = timezone.now() + timedelta(minutes=2)
    assert second_factor.check(user=user, code=code_of(user, later), by=actor("sunwei"), at=later)
    assert not second_factor.check(user=user, code=codes[1], by=actor("sunwei"), at=later), (
        "old recovery codes"
    )


def test_a_proof_of_the_old_authenticator_is_worth_nothing_later_or_to_others() -> None:
    user, codes = bound("sunwei")
    with pytest.raises(NotAllowed):
        second_factor.replace(
            user=user, sealed=second_factor.fresh(user), code="123456", by=actor("linadmin"), at=AT
        )
    client = Client()
    sign_in(client, "sunwei")
    client.post("/login/second/", {"code": codes[0]})
    client.post("/second-factor/", {"code": codes[1]})
    session = client.session
    session["replace_second_factor"] = (session["replace_second_factor"][0], 0)
    session.save()
    page = client.get("/second-factor/").content.decode()
    assert "更换验证器" in page
    assert 'class="qr"' not in page, "the proof has grown old: asked again"


def test_a_role_that_needs_it_sees_no_other_page_before(settings: Any) -> None:
    settings.SECOND_FACTOR = True
    client = Client()
    sign_in(client, "linadmin")
    assert client.get("/manage/people/").headers["Location"] == "/second-factor/"
    client.post("/second-factor/", {"code": code_of(_prepared("linadmin"), timezone.now())})
    assert client.get("/manage/people/").status_code == 200
    other = Client()
    sign_in(other, "sunwei")
    assert other.get("/home/").status_code == 200, "a role that is not marked goes on"


def _prepared(login: str) -> User:
    second_factor.prepare(who(login))
    return who(login)


# sessions


def test_the_oldest_session_ends_beyond_the_limit() -> None:
    clients = [Client(headers={"User-Agent": "Mozilla Firefox/140 Linux"}) for _ in range(6)]
    for client in clients:
        sign_in(client, "sunwei")
    assert [client.get("/home/").status_code for client in clients] == [302] + [200] * 5
    assert SignedIn.objects.filter(user=who("sunwei"), why="parallel").count() == 1


def test_a_person_sees_and_ends_own_sessions_only() -> None:
    here, there, foreign = Client(), Client(), Client()
    sign_in(here, "sunwei")
    sign_in(there, "sunwei")
    sign_in(foreign, "zhouli")
    page = here.get("/sessions/").content.decode()
    assert page.count("退出这一处") == 1
    stranger = SignedIn.objects.get(user=who("zhouli"))
    assert here.post(f"/sessions/{stranger.pk}/end/").status_code == 404
    assert foreign.get("/home/").status_code == 200
    mine = SignedIn.objects.filter(user=who("sunwei")).order_by("-at").first()
    assert mine is not None
    here.post(f"/sessions/{mine.pk}/end/")
    assert there.get("/home/").status_code == 302
    assert here.get("/home/").status_code == 200


def test_all_other_sessions_end_at_once() -> None:
    here, others = Client(), [Client(), Client()]
    for client in (*others, here):
        sign_in(client, "sunwei")
    here.post("/sessions/end/")
    assert [client.get("/home/").status_code for client in others] == [302, 302]
    assert here.get("/home/").status_code == 200


def test_a_session_that_nobody_uses_ends_and_says_so() -> None:
    client = Client()
    sign_in(client, "sunwei")
    held = client.session
    held["seen"] = int(timezone.now().timestamp()) - 31 * 60
    held.save()
    answer = client.get("/home/")
    assert answer.status_code == 302
    assert "/login/" in answer.headers["Location"]
    assert SignedIn.objects.get(user=who("sunwei")).why == "idle"
    assert not Session.objects.filter(session_key=held.session_key).exists()


def test_use_keeps_a_session_and_writes_it_once_a_minute() -> None:
    client = Client()
    sign_in(client, "sunwei")
    before = client.session["seen"]
    client.get("/home/")
    assert client.session["seen"] == before
    held = client.session
    held["seen"] = before - 29 * 60
    held.save()
    assert client.get("/home/").status_code == 200
    assert client.session["seen"] >= before


def test_an_administrator_ends_the_sessions_of_an_account() -> None:
    client, admin = Client(), Client()
    sign_in(client, "sunwei")
    sign_in(admin, "linadmin")
    admin.post(f"/manage/people/{who('sunwei').pk}/sessions/")
    assert client.get("/home/").status_code == 302


def test_old_sign_ins_are_forgotten() -> None:
    Client().get("/")
    client = Client()
    sign_in(client, "sunwei")
    SignedIn.objects.update(seen_at=AT - timedelta(days=200))
    assert sessions.forget(region="329900", by=MACHINE, at=AT) == 1


# passwords


def newcomer() -> User:
    unit = Organisation.objects.get(code="CGJ")
    user, _ = actions.open_account(
        login="xinren",
        name="新人",
        organisation=unit,
        role="handler",
        starts=date(2026, 1, 1),
        by=MACHINE,
        at=AT,
    )
    return user


def test_the_last_passwords_are_not_chosen_again() -> None:
    user = newcomer()
    user.set_password("first-password-1")
    user.save()
    by = actor_of(user, on=date(2026, 3, 2))
    chosen = [f"another-password-{n}" for n in range(6)]
    old = "first-password-1"
    for at, new in enumerate(chosen):
        actions.choose_password(user=user, old=old, new=new, by=by, at=AT + timedelta(days=at))
        old = new
    with pytest.raises(Refused, match="最近用过"):
        actions.choose_password(user=user, old=old, new=chosen[1], by=by, at=AT + timedelta(days=9))
    actions.choose_password(user=user, old=old, new=chosen[0], by=by, at=AT + timedelta(days=9))


def test_a_password_beyond_its_age_is_changed_first() -> None:
    user = newcomer()
    user.set_password("first-password-1")
    user.password_given, user.password_at = False, timezone.now() - timedelta(days=91)
    user.save()
    client = Client()
    sign_in(client, "xinren", "first-password-1")
    assert client.get("/home/").headers["Location"] == "/password/"
    assert "密码已到期" in client.get("/password/").content.decode()
    client.post(
        "/password/", {"old": "first-password-1", "new": "second-password-2", "again": "second-password-2"}
    )
    assert client.get("/home/").status_code == 200


# the auditor


def test_the_auditor_reads_the_doors_and_nobody_else_does() -> None:
    Client().post("/login/", {"login": "sunwei", "password": "wrong"})
    client = Client()
    sign_in(client, "shenyan")
    page = client.get("/manage/people/audit/")
    assert page.status_code == 200
    assert "密码不对" in page.content.decode()
    assert client.get("/manage/people/").status_code == 403
    assert client.get("/desk/tickets/").status_code == 403
    admin = Client()
    sign_in(admin, "linadmin")
    assert admin.get("/manage/people/audit/").status_code == 403


def test_a_role_is_called_by_its_name_on_the_page_of_the_auditor() -> None:
    assert _note({"role": "finance"}) == "角色 财政专员"
    assert _note({"role": "gone"}) == "角色 gone"  # what was written stays readable when a role is no more


@pytest.mark.parametrize(("held", "wanted"), [("administrator", "auditor"), ("auditor", "administrator")])
def test_administrator_and_auditor_are_two_people(held: str, wanted: str) -> None:
    user, unit = newcomer(), Organisation.objects.get(code="CGJ")
    post = {"user": user, "organisation": unit, "starts": date(2026, 3, 1), "by": MACHINE, "at": AT}
    actions.appoint(role=held, **post)
    with pytest.raises(Refused, match="不能由同一人担任"):
        actions.appoint(role=wanted, **post)


# the rules themselves


@pytest.mark.parametrize(
    "text", ["", "idle_minutes: 30\n", "idle_minutes: x\nparallel_sessions: 1\npassword_days: 1\npassword_history: 1\n"
             "second_factor_minutes: 1\nrecovery_codes: 1\n"],
)  # fmt: skip
def test_rules_that_say_too_little_or_nonsense_are_refused(text: str, tmp_path: Any) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(text)
    with pytest.raises(BadContent):
        read_rules(path)
