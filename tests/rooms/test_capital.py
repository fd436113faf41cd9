"""基金与上市: a firm on its way, one open case a firm, dwell times, certificates asked once, checks through the forms."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from sanfu.enterprise.capital import actions, queries
from sanfu.enterprise.capital.models import ListingCase, Proof
from sanfu.enterprise.capital.states import ListingEvent, ListingState
from sanfu.enterprise.registry.models import Enterprise
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor, NotAllowed, Refused
from sanfu.records.moments import day_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("firms")]
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
E = ListingEvent


def actor(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=day_of(MONDAY))


def entered(place: int = 0) -> ListingCase:
    firm = Enterprise.objects.order_by("credit_code")[place]
    return actions.enter(enterprise=firm, board="北交所", by=actor("rongcheng"), at=MONDAY)


def fresh(row: ListingCase) -> ListingCase:
    return ListingCase.objects.select_related("case", "enterprise").get(pk=row.pk)


def client(login: str) -> Client:
    made = Client()
    made.force_login(User.objects.get(login=login))
    return made


def test_a_firm_moves_on_its_stays_are_counted_and_it_enters_once() -> None:
    row, officer = entered(), actor("rongcheng")
    with pytest.raises(Refused, match="已在上市后备库"):
        entered()
    with pytest.raises(NotAllowed):
        actions.enter(enterprise=row.enterprise, board="北交所", by=actor("tangbu"), at=MONDAY)
    for days, event in ((30, E.REFORM), (100, E.TUTOR)):
        actions.move_on(fresh(row), event, by=officer, at=MONDAY + timedelta(days=days))
    found = queries.stays(fresh(row), MONDAY + timedelta(days=110))
    assert [(state, days) for state, _, days in found] == [
        (ListingState.POOL, 30),
        (ListingState.REFORM, 70),
        (ListingState.TUTOR, 10),
    ]
    actions.leave(fresh(row), reason="企业改变计划", by=officer, at=MONDAY + timedelta(days=120))
    assert not fresh(row).open
    assert entered().open  # it may come back


def test_certificates_are_asked_once_and_each_unit_issues_its_own() -> None:
    row, officer = entered(), actor("rongcheng")
    assert queries.access(actor("tangbu"), row.case_id) is None
    actions.ask_proofs(row, by=officer, at=MONDAY)
    with pytest.raises(Refused, match="都已申请过"):
        actions.ask_proofs(fresh(row), by=officer, at=MONDAY)
    seen = queries.access(actor("tangbu"), row.case_id)
    assert seen is not None
    with pytest.raises(Refused, match="原因"):
        actions.prove(seen, issued=False, said="", by=actor("tangbu"), at=MONDAY)
    actions.prove(seen, issued=True, said="", by=actor("tangbu"), at=MONDAY)
    states = {one.code: one.state for one in Proof.objects.filter(listing=row)}
    assert [code for code, state in states.items() if state == "issued"] == ["building"]
    actions.prove(
        fresh(row), issued=False, said="一处违建未拆除，拆除后再出具", by=actor("tangbu"), at=MONDAY
    )
    held = Proof.objects.get(listing=row, code="building")
    assert (held.state, held.said) == ("held", "一处违建未拆除，拆除后再出具")
    assert Proof.objects.filter(listing=row).exclude(code="building").exclude(state="asked").count() == 0
    never = entered(1)
    with pytest.raises(Refused, match="没有向本单位申请"):
        actions.prove(never, issued=True, said="", by=actor("tangbu"), at=MONDAY)


def test_what_blocks_is_listed_and_freed() -> None:
    row, officer = entered(), actor("rongcheng")
    other = entered(1)
    actions.block(row, reason="历史出资待说明", by=officer, at=MONDAY)
    desk = client("rongcheng")
    listed = desk.get("/desk/capital/listings/?blocked=1").content.decode()
    assert row.case.number in listed
    assert other.case.number not in listed
    later = MONDAY + timedelta(days=3)
    actions.block(fresh(row), reason="会计师说明待券商复核", by=officer, at=later)
    assert (fresh(row).blocker, fresh(row).blocked_at) == ("会计师说明待券商复核", MONDAY)
    actions.free(fresh(row), reason="会计师已补充说明", by=officer, at=later)
    assert (fresh(row).blocker, fresh(row).blocked_at) == ("", None)
    said = fresh(row).case.version
    with pytest.raises(Refused, match="没有记录阻滞"):
        actions.free(fresh(row), reason="会计师已补充说明", by=officer, at=later)
    assert fresh(row).case.version == said, "nothing is written"
    actions.block(fresh(row), reason="控股股东股权被冻结", by=officer, at=later)
    actions.leave(fresh(row), reason="企业改变计划", by=officer, at=later)
    assert (fresh(row).blocker, fresh(row).blocked_at) == ("", None)


def test_the_forms_enter_check_and_match() -> None:
    desk = client("rongcheng")
    firm = Enterprise.objects.order_by("credit_code")[2]
    sent: dict[str, Any] = {"enterprise": firm.credit_code, "board": "主板", "once": str(uuid4())}
    assert desk.post("/desk/capital/listings/new/", sent).status_code == 302
    assert desk.post("/desk/capital/listings/new/", {**sent, "once": str(uuid4())}).status_code == 422
    row = ListingCase.objects.get(enterprise=firm)
    assert "各阶段停留" in desk.get(f"/desk/capital/listings/{row.case_id}/").content.decode()
    asked = {"board": "北交所", "on": "2026-03-02", "net_profit_2024": "1600", "net_profit_2025": "2400", "roe_2024": "9", "roe_2025": "9"}  # fmt: skip
    shown = desk.get("/desk/capital/check/", asked).content.decode()
    assert "差100万元" in shown
    assert "预计市值从 2亿元起" in shown
    assert desk.get("/desk/capital/check/", {**asked, "roe_2025": "很高"}).status_code == 422
    assert desk.get("/desk/capital/check/", {**asked, "on": "2020-01-01"}).status_code == 422
    known = desk.get("/desk/capital/check/", {"enterprise": firm.name, "board": "北交所"}).content.decode()
    assert "对照结果" in known
    found = desk.get(
        "/desk/capital/funds/", {"stage": "成长", "field": "机器人", "wanted": "3000"}
    ).content.decode()
    assert "云澄高端装备专项基金" in found
    assert "1752" in found
    assert client("hetao").get("/desk/capital/funds/").status_code == 403
