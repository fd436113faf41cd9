"""要素统筹 kept: what-if solved anew and beside, adoption by a person once, parks and gaps in the event."""

import io
from datetime import UTC, datetime

import pytest

from sanfu.adapters.demo_resources import resources
from sanfu.adapters.demo_scenes import cast
from sanfu.projects.parks import actions as parks
from sanfu.projects.resources import actions, queries
from sanfu.projects.resources.models import ResourcePlan
from sanfu.projects.resources.states import PlanState
from sanfu.records.actor import Conflict, NotAllowed, Refused
from sanfu.records.models import Event
from sanfu.records.moments import day_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
PROJECTS = "编号,名称,层级,得分,用地,园区\nA,甲,省级,9,20,东园\nB,乙,县级,5,30,东园\n"
FACTORS = "要素,类型,单位,供给\n用地,总量,亩,40\n"


def officer():
    return cast("gaoda", day_of(NOW))


def computed(projects=PROJECTS, factors=FACTORS) -> ResourcePlan:
    files = [("项目.csv", io.BytesIO(projects.encode())), ("要素.csv", io.BytesIO(factors.encode()))]
    return actions.compute(title="甲", projects=files[0], factors=files[1], by=officer(), at=NOW)


def test_a_trial_is_solved_anew_and_says_who_comes_in() -> None:
    base = computed()
    trial = actions.what_if(base, factor="用地", amount=10, by=officer(), at=NOW)
    found = queries.beside(base, trial)
    assert (found["came"], found["left"], found["noise"]) == (["乙"], [], False)
    with pytest.raises(Refused, match="零"):
        actions.what_if(base, factor="用地", amount=-50, by=officer(), at=NOW)
    with pytest.raises(Refused, match="试算不能采用"):
        actions.adopt(trial, why="会议议定", by=officer(), at=NOW)


def test_a_person_adopts_once_and_the_one_before_is_replaced() -> None:
    first, second = computed(), computed()
    with pytest.raises(Refused, match="理由"):
        actions.adopt(first, why=" ", by=officer(), at=NOW)
    with pytest.raises(NotAllowed):
        actions.adopt(first, why="会议议定", by=cast("mulan", day_of(NOW)), at=NOW)
    actions.adopt(first, why="会议议定", by=officer(), at=NOW)
    with pytest.raises(Conflict):
        actions.drop(first, why="反悔了", by=officer(), at=NOW)
    actions.adopt(second, why="会议议定", by=officer(), at=NOW)
    states = dict(ResourcePlan.objects.values_list("number", "state"))
    assert states == {first.number: PlanState.REPLACED, second.number: PlanState.ADOPTED}


def test_the_event_names_gaps_and_what_parks_will_lose() -> None:
    row = parks.found(name="东园", level="省级", by=cast("yuanjun", day_of(NOW)), at=NOW)
    actions.adopt(computed(), why="会议议定", by=officer(), at=NOW)
    event = Event.objects.get(kind="resources.adopted")
    assert event.data["gaps"] == [
        {"factor": "用地", "unit": "亩", "supply": 40.0, "wanted": 50.0, "gap": 10.0, "short": ["乙"]}
    ]
    parks.heard(event)
    assert row.stocks.get(kind="用地").pipeline == 20


def test_bad_tables_keep_nothing_and_the_demo_stands() -> None:
    with pytest.raises(Refused, match="不是数"):
        computed(projects="编号,得分,用地\nA,9,二十\n")
    assert not ResourcePlan.objects.exists()
    resources(NOW)
    assert set(ResourcePlan.objects.values_list("state", flat=True)) == {PlanState.ADOPTED, PlanState.DRAFT}


def test_the_gap_of_a_monthly_factor_is_that_of_its_scarcest_month() -> None:
    answer = {"factors": [{"name": "资金", "unit": "万元", "supply": 1200.0}], "left_out": []}
    (one,) = queries.gaps(answer, {"资金": 150.0}, {"资金": 100.0})
    assert (one["unit"], one["supply"], one["gap"]) == ("万元/月", 100.0, 50.0)
