"""拿地即开工: working days from signing the land contract to the construction permit, by critical path.

What is done before the signing costs nothing afterwards: always whatever the signing itself waits for, and in
the pre-review mode also every step that may be reviewed early and needs no contract. A step that needs the
contract is only an opinion until then, and its conversion takes its promised days.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sanfu.kernel.joint.catalogue.problems import CatalogError, Problem

MODES = {"prereview": "拿地前预审", "serial": "拿地后再办"}
SYNONYMS = {
    "pre_review": "prereview", "pre-review": "prereview", "fasttrack": "prereview",
    "normal": "serial", "none": "serial", "ordinary": "serial", "standard": "serial",
    "no_prereview": "serial", "without_prereview": "serial", "baseline": "serial", "sequential": "serial",
    "预审": "prereview", "模拟审批": "prereview", "拿地即开工": "prereview", "常规": "serial", "正常审批": "serial",
    "串行": "serial", "串联": "serial", "拿地后串行": "serial", "拿地后再办": "serial", "无预审": "serial", "不预审": "serial",
    "预审前移": "prereview", "拿地前预审": "prereview", "前移": "prereview", "parallel_prereview": "prereview",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the plan. beyond: 法定公示期, 企业自定 and the like, empty where a department of the county promises the days."""

    id: str
    name: str
    days: float
    after: tuple[str, ...]
    early: bool
    needs_land: bool
    beyond: str = ""  # who or what decides its days when that is not the county
    note: str = ""


@dataclass(frozen=True, slots=True)
class LandPlan:
    """Steps, the one that is the signing, and the one that is the permit to begin."""

    steps: Mapping[str, Step]
    land: str
    goal: str


def read_plan(raw: Mapping[str, Any]) -> LandPlan:
    """Read `land`, `goal` and `steps`. CatalogError names unknown steps and cycles."""
    steps = {}
    for row in raw["steps"]:
        after = tuple(str(a) for a in row.get("after", ()))
        steps[str(row["id"])] = Step(
            str(row["id"]), str(row["n"]), float(row.get("days", 0)), after,
            bool(row.get("early")), bool(row.get("needs_land")), str(row.get("beyond", "")), str(row.get("note", "")),
        )  # fmt: skip
    plan = LandPlan(steps, str(raw["land"]), str(raw["goal"]))
    wrong = [a for step in steps.values() for a in step.after if a not in steps]
    wrong += [code for code in (plan.land, plan.goal) if code not in steps]
    if wrong:
        raise CatalogError([Problem("dangling", code, "审批路径中没有这一步") for code in wrong])
    return plan


def land_to_start(plan: LandPlan, mode: str, changed: Mapping[str, float] | None = None) -> dict[str, Any]:
    """Days and critical path from signing to permit. `changed` gives other days to some steps."""
    mode = SYNONYMS.get(mode.strip().lower(), mode)
    if mode not in MODES:
        raise CatalogError([Problem("mode", mode, f"不认识的方式；可选：{'、'.join(MODES)}")])
    changed = {code: _days(plan, code, value) for code, value in (changed or {}).items()}
    done = done_before(plan, mode)
    finish: dict[str, float] = {}
    best: dict[str, str | None] = {}
    for code in _ordered(plan, [plan.goal]):
        if code in done:
            finish[code], best[code] = 0.0, None
            continue
        waits = [a for a in plan.steps[code].after if a not in done]
        before = max(waits, key=lambda a: finish[a], default=None)
        days = changed.get(code, plan.steps[code].days)
        finish[code], best[code] = (finish[before] if before else 0.0) + days, before
    path: list[str] = []
    step: str | None = plan.goal
    while step:
        path.append(step)
        step = best[step]
    total = finish[plan.goal]
    return {
        "mode": mode,
        "land_to_start_workdays": int(total) if total.is_integer() else total,
        "critical_path": path[::-1],
        "done_before_land": sorted(done),
    }


def _days(plan: LandPlan, code: str, value: object) -> float:
    """Other days for one step: a number of working days that is not negative, for a step that there is."""
    if code not in plan.steps:
        raise CatalogError([Problem("dangling", code, "审批路径中没有这一步，不能改它的天数")])
    try:
        days = float(str(value))
    except ValueError:
        days = -1
    if not 0 <= days < 10_000:
        raise CatalogError([Problem("number", code, f"天数“{value}”不是 0 至 9999 的数")])
    return days


def done_before(plan: LandPlan, mode: str) -> set[str]:
    """Steps that are finished when the contract is signed."""
    done = set(_ordered(plan, [plan.land]))
    if mode == "prereview":
        done |= {s.id for s in plan.steps.values() if s.early and not s.needs_land}
    return done


def _ordered(plan: LandPlan, goals: Iterable[str]) -> list[str]:
    """The goals and everything before them, predecessors first."""
    found: list[str] = []
    open_now: list[str] = []

    def visit(code: str) -> None:
        if code in found:
            return
        if code in open_now:
            path = (*open_now[open_now.index(code) :], code)
            raise CatalogError([Problem("cycle", code, f"先后关系成环：{' → '.join(reversed(path))}", path)])
        open_now.append(code)
        for before in plan.steps[code].after:
            visit(before)
        open_now.pop()
        found.append(code)

    for goal in goals:
        visit(goal)
    return found
