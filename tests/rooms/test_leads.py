"""Leads: first report, two zones in one second, release on silence, award, transfer, offers that differ."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection

from sanfu.adapters.demo import seed_people
from sanfu.adapters.demo_leads import leads
from sanfu.adapters.demo_scenes import cast
from sanfu.people.models import Organisation
from sanfu.projects.leads import actions, queries
from sanfu.projects.leads.models import Lead, LeadHold
from sanfu.projects.leads.states import Event, State
from sanfu.records.actor import NotAllowed, Refused, machine
from sanfu.records.moments import day_of

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


def who(login: str):
    return cast(login, day_of(NOW))


def report(login: str, investor="澄光科技有限公司", at=NOW, **more):
    given = {"code": "", "shareholders": [], "product": "激光镜头", "amount": Decimal(20000), "contact": "联系人", "phone": "",
             "proof": "会谈纪要", "proof_said": "在会议室见面", "facts": {}}  # fmt: skip
    return actions.report(investor=investor, by=who(login), at=at, **{**given, **more})


def state(row: Lead) -> str:
    return Lead.objects.select_related("case").get(pk=row.pk).case.state


@pytest.mark.django_db(transaction=True)
def test_of_two_zones_that_report_in_one_second_exactly_one_is_first() -> None:
    seed_people(settings.CONTENT, region=settings.REGION, at=NOW)
    ready, found = threading.Barrier(2), []

    def act(login: str, name: str) -> None:
        try:
            by = who(login)
            ready.wait()
            found.append(report(login, name, code="91320000AB").pk if by else None)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=act, args=one)
        for one in (("yuanjun", "澄光科技公司"), ("yuangao", "澄光科技集团"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2, "neither report is lost"
    assert sorted(Lead.objects.values_list("case__state", flat=True)) == [State.BEHIND, State.HELD]
    assert LeadHold.objects.count() == 2
    assert set(LeadHold.objects.values_list("lead__case__state", flat=True)) == {State.HELD}


@pytest.mark.django_db
@pytest.mark.usefixtures("county")
class TestLeads:
    def test_a_report_without_minimum_fields_or_proof_is_no_first_report(self) -> None:
        with pytest.raises(Refused, match="接触证据"):
            report("yuanjun", proof="口头")
        with pytest.raises(Refused, match="联系人"):
            report("yuanjun", contact=" ")
        with pytest.raises(NotAllowed):
            report("gaoda")
        assert not Lead.objects.exists()

    def test_silence_releases_and_the_later_report_steps_up(self) -> None:
        first, second = report("yuanjun"), report("yuangao", "澄光科技（一期）", at=NOW + timedelta(hours=1))
        assert (state(first), state(second)) == (State.HELD, State.BEHIND)

        def sweep(days: int) -> int:
            at = NOW + timedelta(days=days)
            return actions.release_silent(region=settings.REGION, by=machine(settings.REGION), at=at)

        actions.progress(
            first, said="又见了一次", proof="到访签到", by=who("yuanjun"), at=NOW + timedelta(days=20)
        )
        assert sweep(40) == 0
        assert sweep(51) == 1
        assert (state(first), state(second)) == (State.RELEASED, State.HELD)
        assert sweep(51) == 0

    def test_the_city_awards_with_a_reason_and_the_first_steps_behind(self) -> None:
        first, second = report("yuanjun"), report("yuangao")
        with pytest.raises(NotAllowed):
            actions.award(second, why="我们更合适", by=who("yuangao"), at=NOW)
        with pytest.raises(Refused, match="理由"):
            actions.award(second, why="好", by=who("gaoda"), at=NOW)
        actions.award(second, why="首报证据经核不实", by=who("gaoda"), at=NOW)
        assert (state(first), state(second)) == (State.BEHIND, State.HELD)
        assert set(LeadHold.objects.values_list("lead", flat=True)) == {second.pk}

    def test_a_transfer_shares_the_credit_and_goes_to_another_zone_only(self) -> None:
        row = report("yuanjun")
        goal = Organisation.objects.get(region=settings.REGION, code="GXQ")
        with pytest.raises(Refused, match="另一个板块"):
            actions.transfer(row, to=row.case.lead_id, why="转给自己", by=who("yuanjun"), at=NOW)
        actions.transfer(row, to=goal.id, why="那边有厂房", by=who("yuanjun"), at=NOW)
        row = Lead.objects.select_related("case").get(pk=row.pk)
        assert (row.credit, sum(row.credit.values())) == ({"云澄经开区": 40.0, "云澄高新区": 60.0}, 100)
        with pytest.raises(NotAllowed):
            actions.forward(row, Event.TALK, said="继续跟进", by=who("yuanjun"), at=NOW)
        assert (
            queries.access(who("yuanjun"), row.pk) is not None
        )  # who passed it on still sees what became of it

    def test_offers_that_differ_are_alarmed_and_stop_the_signing(self) -> None:
        first, second = report("yuanjun"), report("yuangao")
        assert actions.offer(first, terms={"土地价格": "底价"}, by=who("yuanjun"), at=NOW).alarm == []
        made = actions.offer(second, terms={"土地价格": "底价七折"}, by=who("yuangao"), at=NOW)
        assert made.alarm == ["土地价格：云澄高新区 底价七折，云澄经开区 底价"]
        for event in (Event.TALK, Event.REVIEW):
            actions.forward(first, event, said="继续推进", by=who("yuanjun"), at=NOW)
            first = queries.access(who("yuanjun"), first.pk)
        with pytest.raises(Refused, match="不一致"):
            actions.forward(first, Event.SIGN, said="签订协议", by=who("yuanjun"), at=NOW)
        actions.offer(second, terms={"土地价格": "底价"}, by=who("yuangao"), at=NOW + timedelta(minutes=1))
        actions.forward(first, Event.SIGN, said="签订协议", by=who("yuanjun"), at=NOW)
        found = queries.funnel_of(who("gaoda"), 2026, day_of(NOW))
        assert ([s.reached for s in found.steps], found.counted) == ([1, 1, 1, 1], 1)

    def test_the_demo_has_leads_in_most_states(self) -> None:
        leads(NOW)
        assert set(Lead.objects.values_list("case__state", flat=True)) == set(State) - {State.RELEASED}
