"""Before a visit: wishes by a messy sheet, a week's routes on the map, a brief in two languages, head office holidays."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sanfu.enterprise.demands.models import Demand
from sanfu.enterprise.registry import actions as registry
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.visits import actions, foreign
from sanfu.enterprise.visits.actions import syncing
from sanfu.enterprise.visits.models import Operation, Visit, Wish
from sanfu.people.models import User
from sanfu.people.queries import actor_of, organisation
from sanfu.records.actions import deliver_outbox
from sanfu.records.actor import Actor, Refused
from sanfu.records.ids import new_id
from sanfu.records.moments import day_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("firms")]
MONDAY = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY)


def actor(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=day_of(MONDAY))


def client(login: str) -> Client:
    made = Client()
    made.force_login(User.objects.get(login=login))
    return made


def test_every_fault_of_a_sheet_has_its_line_and_the_good_rows_become_wishes() -> None:
    one, two = Enterprise.objects.order_by("credit_code")[:2]
    text = (
        "2026年二季度走访意向,,,,\n"
        "企业名称,部门,最早,最晚,事由,时长\n"
        f"{one.name},,2026/6/8,2026年6月19日,智能化改造,90\n"
        f"{two.credit_code},GXJ,2026-06-08,2026-06-01,看订单,\n"
        "没有这家公司,,六月,2026-06-30,,半天\n"
        f"{one.name},,2026/6/8,2026年6月19日,智能化改造,90\n"
        f"{two.name},应急局,2026-06-08,2026-06-30,执法检查,\n"
        f"{two.name},,2026-05-01,2026-05-20,看订单,\n"
    )
    desk = client("jiangyu")
    sent = {"file": SimpleUploadedFile("意向.csv", text.encode("gb18030")), "once": str(uuid4())}
    answer = desk.post("/desk/visits/wishes/sheet/", sent)
    page = answer.content.decode()
    checked = answer.context["checked"]
    assert (checked.total, [row.line for row in checked.good]) == (6, [3])
    assert {error.line for error in checked.errors} == {4, 5, 6, 7, 8}
    assert {error.column for error in checked.errors if error.line == 5} == {"企业", "最早", "时长", "事由"}
    assert "与第3行完全相同" in page
    assert Wish.objects.count() == 0
    kept = {"file": str(answer.context["stored"].id), "once": str(uuid4())}
    assert client("qianjin").post("/desk/visits/wishes/sheet/keep/", kept).status_code == 404, (
        "another's file"
    )
    assert desk.post("/desk/visits/wishes/sheet/keep/", kept).status_code == 302
    assert list(Wish.objects.values_list("enterprise", "minutes", "first")) == [
        (one.pk, 90, date(2026, 6, 8))
    ]
    bad = desk.post("/desk/visits/wishes/sheet/", {"file": SimpleUploadedFile("a.csv", "企业\nx\n".encode()), "once": str(uuid4())})  # fmt: skip
    assert bad.status_code == 422


def test_routes_of_a_week_hold_every_visit_once_and_the_brief_speaks_two_languages() -> None:
    firms = list(Enterprise.objects.order_by("credit_code")[:9])
    unit = organisation(firms[0].region, "GXJ")
    by = actor("guqin")
    registry.set_home(firms[0], "de", by=actor("jiangyu"), at=MONDAY)
    with pytest.raises(Refused, match="两个字母"):
        registry.set_home(firms[1], "德国", by=actor("jiangyu"), at=MONDAY)
    assert unit is not None
    for firm in firms:
        actions.wish(enterprise=firm, department=unit, first=date(2026, 12, 21), last=date(2026, 12, 24), purpose="看订单", by=by, at=MONDAY)  # fmt: skip
    actions.adopt(by=by, at=MONDAY)
    answer = client("guqin").get("/desk/visits/route/")
    inside = [one.pk for _, day in answer.context["days"] for one, _ in day]
    assert sorted(inside, key=str) == sorted(Visit.objects.values_list("pk", flat=True), key=str)
    assert answer.context["km"] > 0
    assert "德国总部圣诞节放假" in answer.content.decode()
    brief = (
        client("guqin")
        .get(f"/desk/visits/{Visit.objects.get(enterprise=firms[0]).pk}/brief/")
        .content.decode()
    )
    assert "Purpose" in brief
    assert "Industry and IT" in brief
    assert "避开总部假期" in brief
    plain = (
        client("guqin")
        .get(f"/desk/visits/{Visit.objects.get(enterprise=firms[1]).pk}/brief/")
        .content.decode()
    )
    assert "Purpose" not in plain


@pytest.mark.parametrize(
    ("home", "monday", "hit"),
    [("JP", date(2026, 12, 28), True), ("JP", date(2026, 12, 21), False), ("KR", date(2026, 9, 21), True), ("FR", date(2026, 12, 21), False), ("", date(2026, 12, 28), False)],
)  # fmt: skip
def test_a_week_touches_a_holiday_of_the_head_office(home: str, monday: date, hit: bool) -> None:
    assert bool(foreign.holiday_of_week(home, monday)) is hit


def test_a_clock_a_year_off_a_second_sending_and_a_firm_gone_meanwhile_lose_nothing() -> None:
    firm = Enterprise.objects.filter(organisation=None).order_by("credit_code")[0]
    said = {"firm": firm.name, "held_on": "2026-05-30", "note": "订单饱满"}
    visit = {
        "id": str(new_id()), "record": str(new_id()), "device_at": "2025-05-30T10:00:00",
        "changes": {key: {"old": None, "new": value} for key, value in said.items()},
    }  # fmt: skip
    demand = {
        "id": str(new_id()), "record": str(new_id()), "kind": "demand", "needs": visit["record"],
        "changes": {"firm": {"old": None, "new": firm.name}, "text": {"old": None, "new": "宿舍不够住，希望协调"}},
    }  # fmt: skip
    registry.close(firm, on=day_of(MONDAY), why="登记机关核准注销", by=actor("jiangyu"), at=MONDAY)
    deliver_outbox()
    answers = [syncing.receive(raw, by=actor("jiangyu"), at=MONDAY) for raw in (visit, visit, demand, demand)]
    assert answers[0] == answers[1]
    assert answers[2] == answers[3]
    row = Visit.objects.get()
    assert (row.values["note"], row.made_at) == ("订单饱满", MONDAY), (
        "the phone's clock is shown, never counted with"
    )
    assert Operation.objects.get(pk=visit["id"]).device_at == "2025-05-30T10:00:00"
    deliver_outbox()
    kept = Demand.objects.get()
    assert (kept.text, kept.case.state) == ("宿舍不够住，希望协调", "new"), "late, a person decides"
