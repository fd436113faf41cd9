"""Why a plan is as it is: which rule leaves a firm uncovered, the cheapest rule to lift, why not another officer."""

from dataclasses import dataclass, replace

import numpy as np

from sanfu.kernel.assigning.model import BAR_WORDS, Bar, Problem
from sanfu.kernel.assigning.solving import Plan, solve

ROOM = 1e-9


@dataclass(frozen=True, slots=True)
class Lifting:
    """One way to cover a firm after all: these rules lifted for this officer, and what that would cost."""

    officer: str
    rules: tuple[str, ...]
    points: float
    words: str


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A firm that nobody serves: the rules that forbid it and the ways out, cheapest first."""

    firm: str
    rules: tuple[str, ...]
    words: str
    ways: tuple[Lifting, ...]


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why an officer does not serve a firm; `extra` is what the best plan with that pair costs more, None if forbidden."""

    firm: str
    officer: str
    chosen: str
    rules: tuple[str, ...]
    extra: float | None
    words: str


def uncovered(problem: Problem, plan: Plan, ways: int = 3) -> list[Uncovered]:
    """Each firm without an officer, with the rule that leaves it so and at most `ways` ways out."""
    free = free_room(problem, plan)
    return [_one(problem, int(row), free, ways) for row in np.flatnonzero(plan.chosen < 0)]


def free_room(problem: Problem, plan: Plan) -> dict[str, float]:
    """Capacity that the plan leaves with each officer."""
    taken = np.zeros(len(problem.officers))
    rows = np.flatnonzero(plan.chosen >= 0)
    np.add.at(taken, plan.chosen[rows], problem.loads[rows])
    return {one.code: float(one.capacity - taken[at]) for at, one in enumerate(problem.officers)}


def _one(problem: Problem, row: int, free: dict[str, float], ways: int) -> Uncovered:
    firm = problem.firms[row]
    options = [_lifting(problem, row, column, free) for column in range(len(problem.officers))]
    options.sort(key=lambda way: (way.points, way.officer))
    best: dict[tuple[str, ...], Lifting] = {}
    for way in options:
        best.setdefault(way.rules, way)
    kept = tuple(sorted(best.values(), key=lambda way: way.points))[:ways]
    if not kept:
        return Uncovered(firm.code, ("officers",), "没有任何挂钩干部", ())
    if problem.possible[row]:
        words = "能够服务该企业的干部都已满额"
        return Uncovered(firm.code, ("capacity",), f"{words}；代价最小的办法：{kept[0].words}", kept)
    rules = kept[0].rules
    names = "、".join(RULE_WORDS[rule] for rule in rules)
    words = f"没有一名干部符合全部规则，挡住它的是{names}；代价最小的办法：{kept[0].words}"
    return Uncovered(firm.code, rules, words, kept)


RULE_WORDS = {
    "language": BAR_WORDS[Bar.LANGUAGE],
    "distance": BAR_WORDS[Bar.DISTANCE],
    "conflict": BAR_WORDS[Bar.CONFLICT],
    "capacity": "已经满额",
    "officers": "没有干部",
}
NEVER = 1e6  # a conflict of interest is not lifted for points: shown last, so that the leader decides with open eyes


def _lifting(problem: Problem, row: int, column: int, free: dict[str, float]) -> Lifting:
    firm, officer, prices = problem.firms[row], problem.officers[column], problem.prices
    bars = Bar(int(problem.bars[row, column]))
    points, rules, words = float(problem.costs[row, column]), [], []
    if bars & Bar.LANGUAGE:
        points += prices.interpreter
        rules.append("language")
        words.append(f"为其配翻译（{'、'.join(sorted(firm.languages - officer.languages))}）")
    if bars & Bar.DISTANCE:
        points += prices.far * max(problem.steps[row, column] - prices.most_steps, 1.0)
        rules.append("distance")
        words.append("准许跨更远的板块服务")
    if bars & Bar.CONFLICT:
        points += NEVER
        rules.append("conflict")
        words.append("须先由上级认定不需要回避")
    missing = firm.load - free[officer.code]
    if missing > ROOM:
        points += prices.overload * missing
        rules.append("capacity")
        words.append(f"上限放宽 {missing:g}")
    name = officer.name or officer.code
    return Lifting(officer.code, tuple(rules), points, f"由 {name} 服务，" + "，".join(words or ["直接挂钩"]))


def rules_of(problem: Problem, firm: str, officer: str) -> tuple[str, ...]:
    """Names of the rules that forbid this pair; empty when it is allowed."""
    bars = Bar(int(problem.bars[problem.firm_at[firm], problem.officer_at[officer]]))
    named = {Bar.LANGUAGE: "language", Bar.DISTANCE: "distance", Bar.CONFLICT: "conflict"}
    return tuple(word for bar, word in named.items() if bars & bar)


def parts_of(problem: Problem, firm: str, officer: str) -> dict[str, float]:
    """What this pair costs, part by part; the parts add up to the pair's cost."""
    row, column = problem.firm_at[firm], problem.officer_at[officer]
    distance = float(problem.steps[row, column] * problem.prices.step)
    held = int(problem.held[row])
    change = problem.prices.change if held >= 0 and held != column else 0.0
    return {
        "distance": distance,
        "trade": float(problem.costs[row, column]) - distance - change,
        "change": change,
    }


def with_pair(problem: Problem, firm: str, officer: str) -> Problem:
    """The same problem in which nobody but `officer` may serve `firm`."""
    others = {(firm, one.code) for one in problem.officers if one.code != officer}
    return replace(problem, barred=problem.barred | others)


def why_not(problem: Problem, plan: Plan, firm: str, officer: str, seconds: float = 10.0) -> WhyNot:
    """Why `officer` does not serve `firm`: a rule, or what the best plan with that pair would cost more."""
    column = int(plan.chosen[problem.firm_at[firm]])
    chosen = problem.officers[column].code if column >= 0 else ""
    rules = rules_of(problem, firm, officer)
    name = problem.officers[problem.officer_at[officer]].name or officer
    if chosen == officer:
        return WhyNot(firm, officer, chosen, (), 0.0, f"方案中正是由 {name} 服务")
    if rules:
        words = f"{name} 不能服务：" + "、".join(RULE_WORDS[rule] for rule in rules)
        return WhyNot(firm, officer, chosen, rules, None, words)
    forced = solve(with_pair(problem, firm, officer), seconds=seconds)
    extra = forced.objective - plan.objective
    here, there = parts_of(problem, firm, chosen) if chosen else {}, parts_of(problem, firm, officer)
    reasons = [
        f"{PART_WORDS[key]}{_signed(there[key] - here.get(key, 0.0))}"
        for key in there
        if there[key] != here.get(key, 0.0)
    ]
    others = extra - sum(there.values()) + sum(here.values())
    if abs(others) > 0.5:
        reasons.append(f"其他企业随之调整{_signed(others)}")
    lead = (
        f"改由 {name} 服务，全市方案多 {extra:.0f} 分"
        if extra > 0
        else f"改由 {name} 服务不多花分，两种方案一样好"
    )
    return WhyNot(firm, officer, chosen, (), extra, lead + (f"（{'，'.join(reasons)}）" if reasons else ""))


PART_WORDS = {"distance": "路程", "trade": "行业不熟", "change": "更换熟悉的干部"}


def _signed(points: float) -> str:
    return f" {points:+.0f} 分"
