"""企业诉求: one pool, repeats, routing with its reason, clocks by kind, redo with a limit, solving apart from closing."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from sanfu.enterprise.demands import actions, content, queries
from sanfu.enterprise.demands.models import Demand
from sanfu.enterprise.registry.models import Enterprise
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.moments import day_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("firms")]
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # 10:00 in China
TEXT = "园区停电没有提前通知，注塑机要重新升温，希望提前三天短信告知。"


def actor(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=day_of(MONDAY))


def unit(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def asked(text: str = TEXT, place: int = 0, **more: Any) -> Demand:
    firm = Enterprise.objects.order_by("credit_code")[place]
    return actions.submit(
        enterprise=firm, text=text, source="visit", by=actor("guqin"), at=more.pop("at", MONDAY), **more
    )


def fresh(demand: Demand) -> Demand:
    return Demand.objects.select_related("case", "enterprise").get(pk=demand.pk)


def handled(demand: Demand) -> Demand:
    actions.route(
        demand,
        kind="energy",
        lead=unit("GDJ"),
        assist=[unit("GXJ")],
        reason="涉及供电",
        by=actor("guqin"),
        at=MONDAY,
    )
    actions.sign(fresh(demand), by=actor("dulei"), at=MONDAY)
    return fresh(demand)


def test_words_suggest_kind_and_unit_with_their_reason() -> None:
    said = content.suggest(TEXT)
    assert (said.kind, said.unit, said.words) == ("energy", "GDJ", ("停电",))
    assert "停电" in said.reason
    assert content.suggest("院子里有只猫").kind == "other"


def test_a_demand_goes_round_and_only_the_firms_word_counts_as_solved() -> None:
    first, second = handled(asked()), handled(asked("变压器不够用，想申请用电增容", 1))
    for one in (first, second):
        actions.reply(one, said="已经安排现场勘查并约好时间", by=actor("dulei"), at=MONDAY)
    actions.confirm(fresh(first), by=actor("guqin"), at=MONDAY)
    actions.explain(fresh(second), said="需等明年电网工程", by=actor("guqin"), at=MONDAY)
    found = queries.figures(actor("guqin"))
    assert (found.closing_rate, found.solving_rate) == (100.0, 50.0)


def test_the_clock_follows_the_kind_and_response_stops_when_signed() -> None:
    demand = asked()
    actions.route(demand, kind="land", lead=unit("ZGJ"), reason="涉及用地", by=actor("guqin"), at=MONDAY)
    clocks = {row.name: row for row in fresh(demand).case.clocks.all()}
    assert set(clocks) == {"响应", "办结"}
    assert day_of(clocks["办结"].due_at).isoformat() == "2026-03-23"


def test_units_see_their_own_and_nobody_else_acts() -> None:
    demand = handled(asked())
    assert queries.access(actor("dulei"), demand.case_id) is not None
    assert queries.access(actor("jiangyu"), demand.case_id) is not None  # assists
    other = asked("货车白天限行", 2)
    assert queries.access(actor("dulei"), other.case_id) is None
    with pytest.raises(NotAllowed):
        actions.reply(demand, said="这不是我们的事情吧", by=actor("jiangyu"), at=MONDAY)
    with pytest.raises(NotAllowed):
        actions.route(other, kind="energy", lead=unit("GDJ"), reason="涉及供电", by=actor("dulei"), at=MONDAY)


def test_redo_has_a_limit_and_says_what_comes_then() -> None:
    demand = handled(asked())
    for _ in range(2):
        actions.reply(fresh(demand), said="已经处理好了，请查看", by=actor("dulei"), at=MONDAY)
        actions.redo(fresh(demand), said="还是停电", by=actor("guqin"), at=MONDAY)
    actions.reply(fresh(demand), said="已经处理好了，请查看", by=actor("dulei"), at=MONDAY)
    with pytest.raises(Refused, match="包案"):
        actions.redo(fresh(demand), said="还是停电", by=actor("guqin"), at=MONDAY)
    assert fresh(demand).redone == 2


def test_repeats_are_found_and_merged_by_number_and_an_origin_enters_once() -> None:
    first = asked()
    again = asked("昨天又停电，" + TEXT, 0, at=MONDAY + timedelta(days=1))
    near = queries.repeats(again, MONDAY + timedelta(days=1))
    assert [(one.demand.pk, one.same_firm) for one in near] == [(first.pk, True)]
    with pytest.raises(Refused, match="没有编号"):
        actions.merge(again, into="QS0", by=actor("guqin"), at=MONDAY)
    actions.merge(again, into=first.case.number, by=actor("guqin"), at=MONDAY)
    assert fresh(again).case.state == "merged"
    origin = uuid4()
    assert (
        asked("用工紧张，招工困难", 1, origin=origin).pk == asked("用工紧张，招工困难", 1, origin=origin).pk
    )


def test_a_topic_becomes_a_task_and_its_effect_is_counted() -> None:
    demand, other = asked(), asked("又停电了，影响生产", 1)
    topic = actions.open_topic(demand, title="停电须提前通知", by=actor("guqin"), at=MONDAY)
    actions.join_topic(topic, [other.pk], by=actor("guqin"), at=MONDAY)
    with pytest.raises(Conflict):
        actions.change_topic(topic, changed="2026年1号", by=actor("guqin"), at=MONDAY)
    actions.task_topic(
        topic, unit=unit("GXJ"), task="修订有序用电通知办法第三条", by=actor("guqin"), at=MONDAY
    )
    actions.change_topic(
        topic, changed="云工信〔2026〕1号，3月10日起", by=actor("guqin"), at=MONDAY + timedelta(days=8)
    )
    found = queries.topic(actor("guqin"), topic.id)
    assert found is not None
    assert found.firms == 2
    assert queries.effect(found) == (2, 0)


def client(login: str) -> Client:
    made = Client()
    made.force_login(User.objects.get(login=login))
    return made


def test_a_firm_asks_through_the_form_and_the_desk_sees_it_with_its_suggestion() -> None:
    firm = client("wangqiang")
    page = firm.post("/firm/demands/", {"text": TEXT, "once": str(uuid4())}, follow=True)
    demand = Demand.objects.get()
    assert demand.case.number in page.content.decode()
    desk = client("guqin")
    listed = desk.get("/desk/demands/pool/").content.decode()
    assert demand.case.number in listed
    assert "实际解决率" in listed
    record = desk.get(f"/desk/demands/pool/{demand.case_id}/").content.decode()
    assert "供电公司" in record
    assert desk.get(f"/desk/demands/pool/{demand.case_id}/act/route/").status_code == 200
    sent = {"kind": "energy", "lead": "GDJ", "reason": "涉及供电", "once": str(uuid4())}
    desk.post(f"/desk/demands/pool/{demand.case_id}/act/route/", sent)
    assert fresh(demand).case.state == "routed"
    assert client("dulei").get(f"/desk/demands/pool/{demand.case_id}/").status_code == 200
    assert client("hetao").get(f"/desk/demands/pool/{demand.case_id}/").status_code in {403, 404}
    assert firm.get(f"/firm/demands/{demand.case_id}/").status_code == 200
    new = {"enterprise": "没有这家", "source": "hotline", "text": TEXT, "once": str(uuid4())}
    assert desk.post("/desk/demands/new/", new).status_code == 422
    assert desk.get("/desk/demands/topics/").status_code == 200
