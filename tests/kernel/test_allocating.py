"""要素统筹: the plan equals brute force, reasons survive solving again, clashes are irreducible."""

import random
from dataclasses import replace

import pytest

from sanfu.kernel.allocating.conflicts import Mandatory, conflicts
from sanfu.kernel.allocating.displacing import Displacing, brute
from sanfu.kernel.allocating.model import BadProblem, Factor, Model, Problem, Project
from sanfu.kernel.allocating.reasons import Reasons, verified
from sanfu.kernel.allocating.report import allocate
from sanfu.kernel.allocating.solving import NoPlan, fill, solve
from sanfu.kernel.allocating.tables import read_problem
from tests.kernel.allocations import best_by_trying, county, merit_first, small


def values(problem: Problem) -> tuple[float, ...] | None:
    try:
        plan = solve(problem)
    except NoPlan:
        return None
    return tuple(plan.values[tier] for tier in problem.tiers)


@pytest.mark.parametrize("block", range(6))
def test_the_plan_equals_brute_force_with_tiers_groups_phases_and_mandatory(block: int) -> None:
    for seed in range(block * 25, block * 25 + 25):
        problem = small(seed, mandatory=seed % 3 == 0)
        expected = best_by_trying(problem)
        got = values(problem)
        assert (got is None) == (expected is None), seed
        if expected is not None and got is not None:
            assert got == pytest.approx(expected, abs=1e-6), seed


def test_a_plan_keeps_every_row_and_leaves_out_nobody_who_fits() -> None:
    for seed in range(40):
        problem = small(seed)
        plan = solve(problem)
        model = Model(problem)
        assert model.fits(model.used(plan.starts))
        assert fill(model, plan.starts)[1] == []


def test_a_county_is_solved_within_one_percent_and_beats_merit_first() -> None:
    problem = county(5, count=60)
    plan = solve(problem, seconds=2)
    assert plan.gap <= 0.01
    assert plan.value > merit_first(problem)


def test_no_weight_buys_a_county_project_past_a_provincial_one() -> None:
    projects = (
        Project("省", "省级", 1, {"地": 10}, tier=2),
        Project("县", "县级", 1000, {"地": 10}, tier=4),
    )
    problem = Problem(projects, (Factor("地", (10.0,) + (0.0,) * 11),))
    assert set(solve(problem).starts) == {0}


def test_nothing_is_decided_by_name() -> None:
    for seed in range(12):
        problem = small(seed)
        plan = solve(problem)
        names = [f"X{random.Random(seed + i).random():.6f}" for i in range(len(problem.projects))]
        again = {p.id: n for p, n in zip(problem.projects, names, strict=True)}
        renamed = replace(
            problem,
            projects=tuple(
                replace(p, id=again[p.id], name=again[p.id], requires=again.get(p.requires, ""))
                for p in problem.projects
            ),
        )
        assert solve(renamed).starts == plan.starts


def test_every_change_named_lets_the_project_in_when_solved_again() -> None:
    changes = 0
    for seed in range(30):
        problem = small(seed)
        problem = replace(
            problem, projects=tuple(replace(p, merit=max(1, p.merit)) for p in problem.projects)
        )
        plan = solve(problem)
        for reason in Reasons(problem, plan).all():
            for change in verified(problem, reason).changes:
                assert change.verified, (seed, reason, change)
                changes += 1
    assert changes > 30


def test_the_smallest_short_set_is_what_is_lacking_and_nothing_else() -> None:
    for seed in range(40):
        problem = small(seed)
        plan = solve(problem)
        model = Model(problem)
        left = model.ceiling - model.used(plan.starts)
        for reason in Reasons(problem, plan).all():
            if reason.kind == "no_start_month":
                continue
            counts = []
            for month in problem.starts(reason.project):
                over = model.use_of(reason.project, month) > left + 1e-6
                counts.append(len({model.rows[k][0] for k in range(len(over)) if over[k]}))
            assert len(reason.short) == min(counts)


def test_who_is_displaced_equals_trying_every_set() -> None:
    for seed in range(60):
        problem = small(seed)
        plan = solve(problem)
        model = Model(problem)
        for i in range(len(problem.projects)):
            project = problem.projects[i]
            if i in plan.starts or project.group or project.requires:
                continue
            got, expected = Displacing(model, plan.starts).cheapest(i), brute(model, plan.starts, i)
            assert (got is None) == (expected is None)
            if got is not None and expected is not None and got.exact and len(expected.out) <= 2:
                assert got.loss == pytest.approx(expected.loss, abs=1e-6)
            assert got is None or not got.gains, "a gain would be a better plan"


def test_clashes_of_mandatory_projects_are_irreducible() -> None:
    seen = 0
    for seed in range(60):
        problem = small(seed, mandatory=True)
        found = conflicts(problem)
        assert bool(found) == (best_by_trying(problem) is None), seed
        asked = Mandatory(problem)
        for one in found:
            seen += 1
            assert one.verified
            rows = {k for k, row in enumerate(asked.model.rows) if row in one.rows}
            assert not asked.feasible(set(one.projects), rows)
    assert seen > 4


def test_a_curve_never_falls_and_never_beats_price_times_amount() -> None:
    answer = allocate(county(3, count=30), with_curves=True)
    for curve in answer["curves"]:
        gains = [point["gain"] for point in curve["points"]]
        assert gains == sorted(gains)
        assert all(point["gain"] <= point["price_times_amount"] + 1e-3 for point in curve["points"])


PROJECTS = "项目编号,项目名称,级别,综合得分,土地需求（亩）,need_power,必保\n"


def test_headings_and_units_are_read_liberally_and_conversions_said() -> None:
    projects = PROJECTS + "A,甲,省级,9,2公顷,100,否\nB,乙,县级,5,10,50,是\n"
    factors = "要素,类型,单位,供给\n土地,总量,亩,35\npower,容量,kVA,150\n"
    read = read_problem(projects.encode("gb18030"), factors.encode())
    assert read.problem.projects[0].needs == {"土地": 30.0, "power": 100.0}
    assert read.problem.projects[1].mandatory
    assert any("换算" in note for note in read.notes)
    assert allocate(read.problem)["selected"] == ["B"]


def test_a_row_a_month_english_tiers_and_a_column_that_means_nothing() -> None:
    projects = "id,score,land,tier,colour\nA,9,12,province,red\nB,8,10,county,blue\n"
    factors = "factor,month,supply\nland,1,10\nland,3,15\n"
    read = read_problem(projects.encode("utf-8-sig"), factors.encode())
    assert read.problem.factors[0].supply == (10.0, 0.0, 15.0)
    assert [one.tier for one in read.problem.projects] == [2, 4]
    assert any("colour" in note for note in read.notes)
    with pytest.raises(BadProblem, match="写了两次"):
        read_problem(projects.encode(), b"factor,month,supply\nland,1,10\nland,1,15\n")


@pytest.mark.parametrize(
    ("projects", "factors", "word"),
    [
        ("", "要素,供给\n土地,1\n", "空"),
        (PROJECTS + "A,甲,省级,9,十,1,否\n", "要素,供给\n土地,1\n", "不是数"),
        (PROJECTS + "A,甲,省级,-9,1,1,否\n", "要素,供给\n土地,1\n", "负数"),
        (PROJECTS + "A,甲,省级,9,1,1,否\nA,乙,省级,9,1,1,否\n", "要素,供给\n土地,1\n", "重复"),
        (PROJECTS + "A,甲,省级,9,1吨,1,否\n", "要素,单位,供给\n土地,亩,1\n", "不能换算"),
        (PROJECTS + "A,甲,省级,9,1,1,否\n", "要素,类型,供给\n土地,奇怪,1\n", "不认识"),
        ("名称,得分\nA,1\n", "要素,供给\n土地,1\n", "需求列"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(projects: str, factors: str, word: str) -> None:
    with pytest.raises(BadProblem, match=word):
        read_problem(projects.encode(), factors.encode())
