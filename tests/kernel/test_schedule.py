"""Schedules: against networkx, against day-by-day walking, with choices, mixed calendars and golden dates."""

import itertools
from datetime import date, timedelta

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.schedule import (
    Axis,
    Stuck,
    Task,
    critical_path,
    earliest,
    finish_with,
    sample_finishes,
    slacks,
)
from sanfu.records.content import read_calendar

CALENDAR = read_calendar()
AXIS = Axis.of(CALENDAR.is_workday, date(2025, 1, 1), 1000)
START = float(date(2025, 9, 26).toordinal())


def instant(text: str) -> float:
    return float(date.fromisoformat(text).toordinal())


@st.composite
def plans(
    draw: st.DrawFn, choices: bool = False, mixed: bool = False
) -> tuple[list[Task], list[list[tuple[int, ...]]]]:
    count = draw(st.integers(1, 7))
    tasks, groups = [], []
    for place in range(count):
        tasks.append(Task(str(place), draw(st.integers(0, 5)), mixed and draw(st.booleans())))
        waits: list[tuple[int, ...]] = []
        if place:
            for _ in range(draw(st.integers(0, 2))):
                size = draw(st.integers(1, 2 if choices else 1))
                waits.append(
                    tuple(draw(st.lists(st.integers(0, place - 1), min_size=1, max_size=size, unique=True)))
                )
        groups.append(waits)
    return tasks, groups


@settings(max_examples=150, deadline=None)
@given(plans())
def test_longest_path_agrees_with_networkx(plan: tuple[list[Task], list[list[tuple[int, ...]]]]) -> None:
    tasks, groups = plan
    graph = nx.DiGraph()
    graph.add_node("start")
    for place, task in enumerate(tasks):
        graph.add_edge("start", place, weight=task.amount)
        for (before,) in groups[place]:
            graph.add_edge(before, place, weight=task.amount)
    found = earliest(tasks, groups, START, AXIS)
    assert AXIS.working_days(START, found.finish) == nx.dag_longest_path_length(graph)


def walk(day: date, amount: float, calendar: bool) -> date:
    while amount > 0:
        day += timedelta(days=1)
        amount -= 1 if calendar or CALENDAR.is_workday(day) else 0
    return day


@settings(max_examples=150, deadline=None)
@given(plans(choices=True, mixed=True), st.integers(0, 400))
def test_dates_agree_with_walking_day_by_day(
    plan: tuple[list[Task], list[list[tuple[int, ...]]]], shift: int
) -> None:
    tasks, groups = plan
    begin = date(2025, 2, 1) + timedelta(days=shift)
    found = earliest(tasks, groups, float(begin.toordinal()), AXIS)
    ends: list[date] = []
    for place, task in enumerate(tasks):
        ready = max((min(ends[m] for m in group) for group in groups[place]), default=begin)
        ends.append(walk(ready, task.amount, task.calendar))
    assert [AXIS.day(f) for f in found.finishes] == ends


@settings(max_examples=100, deadline=None)
@given(plans(choices=True))
def test_slack_is_the_largest_harmless_delay(plan: tuple[list[Task], list[list[tuple[int, ...]]]]) -> None:
    tasks, groups = plan
    found = earliest(tasks, groups, START, AXIS)
    for place, slack in enumerate(slacks(found, AXIS)):
        longer = tasks[place].amount + slack
        if tasks[place].amount:
            assert finish_with(found, AXIS, {place: longer}) <= found.finish
            assert finish_with(found, AXIS, {place: longer + 1}) > found.finish


@settings(max_examples=100, deadline=None)
@given(plans(choices=True, mixed=True))
def test_the_critical_path_has_no_gap_and_ends_last(
    plan: tuple[list[Task], list[list[tuple[int, ...]]]],
) -> None:
    tasks, groups = plan
    found = earliest(tasks, groups, START, AXIS)
    path = critical_path(found)
    assert found.finishes[path[-1]] == found.finish
    for before, after in itertools.pairwise(path):
        assert found.finishes[before] == found.starts[after]
    assert found.starts[path[0]] == START


@settings(max_examples=60, deadline=None)
@given(plans(choices=True), st.integers(0, 6), st.integers(0, 5))
def test_what_if_equals_a_new_plan(
    plan: tuple[list[Task], list[list[tuple[int, ...]]]], place: int, amount: int
) -> None:
    tasks, groups = plan
    place %= len(tasks)
    found = earliest(tasks, groups, START, AXIS)
    other = [Task(t.id, amount if i == place else t.amount) for i, t in enumerate(tasks)]
    assert finish_with(found, AXIS, {place: amount}) == earliest(other, groups, START, AXIS).finish


def test_national_day_2025_with_both_make_up_days() -> None:
    """9月28日(周日)和10月11日(周六)上班,10月1日至8日放假。"""
    plan = earliest([Task("a", 1), Task("b", 3), Task("c", 2)], [[], [(0,)], [(1,)]], START, AXIS)
    assert [AXIS.day(f).isoformat() for f in plan.finishes] == ["2025-09-28", "2025-10-09", "2025-10-11"]


def test_which_branch_is_longest_depends_on_the_start() -> None:
    """20 calendar days of notice against 10 working days of tax clearance (企业注销)."""
    tasks, groups = [Task("notice", 20, True), Task("tax", 10), Task("register", 1)], [[], [], [(0,), (1,)]]
    last = {
        day: critical_path(earliest(tasks, groups, instant(day), AXIS))[0]
        for day in ("2025-03-03", "2026-02-11")
    }
    assert last == {"2025-03-03": 0, "2026-02-11": 1}


def test_half_days_add_up_to_one() -> None:
    plan = earliest([Task("a", 0.5), Task("b", 0.5)], [[], [(0,)]], START, AXIS)
    assert AXIS.day(plan.finish) == date(2025, 9, 28)
    assert AXIS.working_days(START, plan.finish) == 1


def test_a_ring_is_stuck() -> None:
    with pytest.raises(Stuck) as stuck:
        earliest([Task("a", 1), Task("b", 1)], [[(1,)], [(0,)]], START, AXIS)
    assert stuck.value.tasks == [0, 1]


@settings(max_examples=60, deadline=None)
@given(plans(choices=True, mixed=True))
def test_samples_of_the_promised_amounts_end_as_planned(
    plan: tuple[list[Task], list[list[tuple[int, ...]]]],
) -> None:
    tasks, groups = plan
    found = earliest(tasks, groups, START, AXIS)
    amounts = np.array([[task.amount for task in tasks]] * 3, dtype=float)
    assert sample_finishes(found, AXIS, amounts).tolist() == [found.finish] * 3


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 500), st.integers(1, 40))
def test_minus_is_the_latest_instant_from_which_plus_still_arrives(shift: int, amount: int) -> None:
    end = float(AXIS.first + 90 + shift)  # forty working days reach back less than that
    begin = AXIS.minus(end, amount)
    assert AXIS.plus(begin, amount) <= end
    assert AXIS.plus(begin + 1, amount) > end
