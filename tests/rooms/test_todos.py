"""待办中心: every room says what waits for this person and for nobody else, most urgent first."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from sanfu.adapters.demo_duties import seed_duties
from sanfu.enterprise.benefits import actions as benefits
from sanfu.enterprise.benefits.policies import find
from sanfu.grassroots.duties import actions as duties
from sanfu.grassroots.duties.models import Objection
from sanfu.grassroots.scenes.actions import branch as desk
from sanfu.grassroots.tickets import actions as tickets
from sanfu.grassroots.tickets.states import Channel, RequestType
from sanfu.lists import actions as lists
from sanfu.lists.content import load_requests
from sanfu.lists.states import ListKind
from sanfu.lists.versions import actions as versions
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor, machine
from sanfu.web.todos import Todo, Waiting, most_urgent, todos_of
from tests.rooms import test_scenes as scenes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
NOW = AT + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _pages() -> None:
    """The rooms' pages are known once the addresses are."""
    reverse("home")


def who(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=NOW.date())


def waiting(login: str) -> dict[str, Todo]:
    """Lines with something in them, by label."""
    return {todo.label: todo for todo in todos_of(who(login), NOW) if todo.count}


def opens(login: str, url: str) -> bool:
    """Whether the page behind a line comes for this person."""
    client = Client()
    client.force_login(User.objects.get(login=login))
    return client.get(url.split("#")[0]).status_code == 200


def test_a_department_sees_its_branches_and_nobody_elses() -> None:
    application = scenes.running()
    one = scenes.branch_of(application, "mv.in")
    lead = one.case.lead
    assert lead is not None
    officer = Actor(
        id=None, name="审批人", region=scenes.REGION, organisation=lead.id, units=frozenset({lead.id}),
        permissions=frozenset({"scenes.see", "scenes.handle"}),
    )  # fmt: skip
    found = {todo.label: todo for todo in todos_of(officer, NOW)}
    own = application.branches.filter(case__lead=lead, case__state="pending").count()
    assert own >= 1
    assert found["待受理的联办分支"].count == own
    assert found["待决定的联办分支"].count == 0
    desk.accept(one, by=officer, at=AT)
    found = {todo.label: todo for todo in todos_of(officer, NOW)}
    assert found["待受理的联办分支"].count == own - 1
    assert found["待决定的联办分支"].count == 1
    assert found["待决定的联办分支"].due is not None, "an accepted branch has its clock"
    assert "联办" not in " ".join(waiting("tangbu")), "the cast's branch officer leads none of these"


def test_a_firm_is_asked_back_and_nobody_else_is() -> None:
    application = scenes.running()
    assert "部门要求补正" not in waiting("wangqiang")
    one = scenes.branch_of(application, "mv.tax_check")
    desk.send_back(one, why="有一张发票未缴销", by=scenes.officer_of(one), at=AT)
    line = waiting("wangqiang")["部门要求补正"]
    assert line.count == 1
    assert str(application.pk) in line.target
    assert "部门要求补正" not in waiting("hanbang"), "no mandate, no sight"


def test_duties_wait_for_the_town_and_for_the_steward() -> None:
    seed_duties(Path(settings.CONTENT), now=AT)
    town, other = waiting("qianjin"), waiting("hetao")
    assert town["待签收的履职任务"].count > other["待签收的履职任务"].count
    assert all("duties/tasks" in one.url for one in town["待签收的履职任务"].first)
    steward = waiting("shenbian")
    open_ones = Objection.objects.filter(state="open").count()
    assert open_ones >= 1
    assert steward["待裁定的异议"].count == open_ones
    assert steward["待裁定的异议"].due is not None, "the ruling has its clock"
    assert opens("shenbian", steward["待裁定的异议"].target)
    assert "待裁定的异议" not in town
    assert opens("qianjin", town["待签收的履职任务"].target)


def test_a_duty_list_waits_for_the_second_person() -> None:
    data = (Path(settings.CONTENT) / "duties" / "model_list.yaml").read_bytes()
    town = Organisation.objects.get(code="WJZ")
    version = duties.import_list(town=town, name="清单.yaml", data=data, by=who("shenbian"), at=AT)
    assert waiting("shenbian")["履职清单草稿待送审"].count == 1
    assert "履职清单待审核" not in waiting("xuheng")
    versions.submit(version, by=who("shenbian"), at=AT)
    assert waiting("xuheng")["履职清单待审核"].count == 1
    assert opens("xuheng", waiting("xuheng")["履职清单待审核"].target)
    versions.approve(version, by=who("xuheng"), at=AT)
    assert waiting("xuheng")["履职清单待公布"].count == 1


def test_a_list_version_waits_for_the_approver_and_then_for_publication() -> None:
    shipped = load_requests(settings.CONTENT / "requests", settings.CONTENT / "organisations" / "demo.yaml")
    rows = [item.payload() for item in shipped.items[:20]]
    version = lists.open_draft(lists.Draft(ListKind.REQUESTS, "清单", rows, None), by=who("linadmin"), at=AT)
    assert waiting("linadmin")["清单草稿待送审"].count == 1
    lists.submit(version_id=version.id, by=who("linadmin"), at=AT)
    line = waiting("xuheng")["清单版本待审核"]
    assert (line.count, opens("xuheng", line.target)) == (1, True)
    assert "清单草稿待送审" not in waiting("linadmin")


def test_a_policy_version_waits_for_its_department_and_then_for_another_person() -> None:
    officer = who("jiangyu")
    policy = find(officer.region, "yc-srdi", NOW.date())
    assert policy is not None
    version = benefits.draft("yc-srdi", policy.document.source, note="试改", by=officer, at=AT)
    assert waiting("jiangyu")["起草中的政策版本"].count == 1
    assert "政策版本待复核" not in waiting("luoqi")
    benefits.submit(version, starts_on=NOW.date() + timedelta(days=30), by=officer, at=AT)
    line = waiting("luoqi")["政策版本待复核"]
    assert (line.count, opens("luoqi", line.target)) == (1, True)


def test_orders_wait_by_the_act_and_show_the_most_urgent() -> None:
    by = machine("329900")
    for place, body in enumerate(("路灯不亮，请修理", "井盖破损，请更换", "河水发臭，请查处")):
        tickets.submit(
            tickets.Submission(body=body, kind=RequestType.HELP, channel=Channel.HOTLINE, key=f"t{place}"),
            by=by, at=AT - timedelta(hours=place),
        )  # fmt: skip
    line = waiting("chenfang")["待派单"]
    assert line.count == len(line.first) == 3
    dues = [one.due for one in line.first]
    assert dues == sorted(dues, key=lambda due: due or datetime.max.replace(tzinfo=UTC))
    assert line.target == line.url, "three orders: their list"
    assert all(opens("chenfang", one.url) for one in line.first)
    assert "待派单" not in waiting("sunwei")


def test_a_citizen_is_asked_only_about_own_requests() -> None:
    citizen = who("limei")
    tickets.submit(
        tickets.Submission(body="楼道灯坏了，请修理", kind=RequestType.HELP, channel=Channel.WEB, key="own"),
        by=citizen, at=AT,
    )  # fmt: skip
    assert waiting("limei") == {}


@pytest.mark.parametrize(
    "login",
    ["limei", "wangqiang", "zhaomin", "chenfang", "sunwei", "zhouli", "qianjin", "wushuang", "zhengju", "linadmin",
     "xuheng", "jiangyu", "luoqi", "fangzheng", "songci", "tangbu", "hanbang", "shenbian", "dongmi"],
)  # fmt: skip
def test_the_first_page_comes_for_everybody_with_every_list_behind_it(login: str) -> None:
    client = Client()
    client.force_login(User.objects.get(login=login))
    assert client.get("/home/", follow=True).status_code == 200
    for todo in todos_of(who(login), NOW):
        assert opens(login, todo.url), f"{todo.label} leads {login} to a page that does not come"


def test_the_most_urgent_come_first_and_once() -> None:
    day = timedelta(days=1)
    late, soon = Waiting("甲", "/a", NOW - day), Waiting("乙", "/b", NOW + day)
    undated = Waiting("丙", "/c")
    lines = [
        Todo("一", 2, "/1", "inbox", first=(soon, undated)),
        Todo("二", 2, "/2", "inbox", first=(late, soon)),
    ]
    assert [row["title"] for row in most_urgent(lines)] == ["甲", "乙", "丙"]
    assert [row["title"] for row in most_urgent(lines, 1)] == ["甲"]
