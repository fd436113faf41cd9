"""Levelling against every possible assignment of small instances, and hard constraints on larger ones."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.duties.posts.checking import dispersion, gaps
from sanfu.kernel.duties.posts.levelling import MOVE_COST, SPREAD_WEIGHT, NoLevelling, level
from sanfu.kernel.duties.posts.model import Assignment, Post, PostTable, Role, Task


def table_of(
    loads: list[int], seats: list[int], licensed: set[int], penal: set[int], apart: bool
) -> PostTable:
    tasks = tuple(
        Task(
            f"T{i}", f"事项{i}", "", load, 1.0,
            frozenset({"行政执法证"}) if i in penal else frozenset(),
            frozenset({"T1"}) if apart and i == 0 else frozenset(),
        )
        for i, load in enumerate(loads)
    )  # fmt: skip
    posts = tuple(
        Post(
            f"G{j}",
            f"岗{j}",
            seats=n,
            hours=100,
            certificates=frozenset({"行政执法证"} if j in licensed else ()),
        )
        for j, n in enumerate(seats)
    )
    return PostTable("镇", tasks, posts, ())


def cost(table: PostTable) -> float:
    target = sum(t.load for t in table.tasks) / sum(p.capacity for p in table.posts)
    loads = table.loads().values()
    even = sum(abs(load - target) for load in loads) / len(loads)
    return max(loads) + SPREAD_WEIGHT * even + MOVE_COST * len(table.assignments)


def by_brute_force(table: PostTable) -> float | None:
    """The least cost over every lawful choice of A and B posts."""
    codes = [post.code for post in table.posts]
    pairs = [
        [(a, b) for a in codes for b in codes if a != b and all(
            task.needs <= table.post(c).certificates for c in (a, b))]
        for task in table.tasks
    ]  # fmt: skip
    best = None
    for choice in itertools.product(*pairs):
        lead = {task.code: a for task, (a, _) in zip(table.tasks, choice, strict=True)}
        if any(lead[t.code] == lead[o] for t in table.tasks for o in t.apart_from if o in lead):
            continue
        made = [
            Assignment(task.code, code, role)
            for task, pair in zip(table.tasks, choice, strict=True)
            for code, role in zip(pair, (Role.LEAD, Role.BACKUP), strict=True)
        ]
        value = cost(replace(table, assignments=tuple(made)))
        best = value if best is None else min(best, value)
    return best


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.integers(1, 90), min_size=2, max_size=4),
    st.lists(st.integers(1, 3), min_size=2, max_size=3),
    st.sets(st.integers(0, 2)),
    st.sets(st.integers(0, 3), max_size=1),
    st.booleans(),
)
def test_as_good_as_trying_everything(
    loads: list[int], seats: list[int], licensed: set[int], penal: set[int], apart: bool
) -> None:
    table = table_of(loads, seats, licensed, penal, apart)
    best = by_brute_force(table)
    if best is None:
        with pytest.raises(NoLevelling):
            level(table)
        return
    assert cost(level(table).table) == pytest.approx(best, abs=1e-3)


@pytest.mark.slow
def test_hard_constraints_hold_and_the_load_never_gets_worse() -> None:
    table = table_of([5 * i + 3 for i in range(24)], [1, 2, 3, 1, 2], {1, 2}, {4, 9}, True)
    crowded = tuple(
        Assignment(task.code, code, role)
        for task in table.tasks
        for code, role in (("G1", Role.LEAD), ("G2", Role.BACKUP))
    )
    before = replace(table, assignments=crowded)
    answer = level(before)
    assert {gap.kind for gap in gaps(answer.table)} <= {"有岗无事"}
    assert dispersion(answer.table.loads())["most"] < dispersion(before.loads())["most"]
    assert dispersion(answer.table.loads())["variation"] < dispersion(before.loads())["variation"]


def test_an_item_without_two_licensed_posts_is_named() -> None:
    with pytest.raises(NoLevelling, match="T1 事项1（可用岗位 1 个）"):
        level(table_of([4, 5], [1, 1], {0}, {1}, False))


def test_units_limit_where_an_item_may_go() -> None:
    table = table_of([30, 30], [1, 1, 5], set(), set(), False)
    named = replace(
        table,
        tasks=tuple(replace(task, category="民生服务") for task in table.tasks),
        posts=tuple(replace(post, unit="甲局" if post.code != "G2" else "乙局") for post in table.posts),
    )
    answer = level(named, {"民生服务": frozenset({"甲局"})})
    assert {one.post for one in answer.table.assignments} == {"G0", "G1"}
