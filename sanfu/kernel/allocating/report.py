"""A whole allocation as plain data: plan, factors, reasons, clashes, curves, gap, and one sentence each."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sanfu.kernel.allocating.conflicts import Conflict, conflicts
from sanfu.kernel.allocating.curves import Curve, curves
from sanfu.kernel.allocating.model import KIND_LABELS, LEVEL, STOCK, Model, Problem
from sanfu.kernel.allocating.reasons import (
    ALONE,
    NO_MONTH,
    PHASE,
    RIVAL,
    Change,
    Reason,
    Reasons,
    verified,
)
from sanfu.kernel.allocating.solving import NoPlan, Plan, solve

VERIFY_UP_TO = 150  # columns up to which every change is tried by solving again without being asked


def allocate(
    problem: Problem,
    seconds: float = 4.0,
    with_curves: bool = True,
    verify: bool | None = None,
) -> dict[str, Any]:
    """Solve a problem and say everything about the answer.

    When mandatory projects clash, `status` is "conflict", `conflicts` names irreducible sets, and the plan is the
    best one with the mandatory projects served before all tiers instead.
    """
    found: list[Conflict] = []
    try:
        plan = solve(problem, seconds)
    except NoPlan:
        found = conflicts(problem)
        problem = softened(problem)
        plan = solve(problem, seconds)
    reasons = Reasons(problem, plan).all()
    columns = len(Model(problem).columns)
    if verify or (verify is None and columns <= VERIFY_UP_TO):
        reasons = [verified(problem, reason) for reason in reasons]
    lines = curves(problem) if with_curves else []
    return report(problem, plan, reasons, found, lines)


def softened(problem: Problem) -> Problem:
    """The problem with its mandatory projects as a tier before all others, for when they cannot all begin."""
    first = min(problem.tiers) - 1
    projects = tuple(
        replace(project, mandatory=False, tier=first, merit=max(project.merit, 1e-6))
        if project.mandatory
        else project
        for project in problem.projects
    )
    return replace(problem, projects=projects, tier_labels={**problem.tier_labels, first: "必保"})


def report(
    problem: Problem, plan: Plan, reasons: Sequence[Reason], found: Sequence[Conflict], lines: Sequence[Curve]
) -> dict[str, Any]:
    """The answer as JSON-ready data; ids of projects, names of factors, months from 1."""
    bound = sum(plan.bounds.values())
    return {
        "status": "conflict" if found else "planned",
        "objective": round(plan.value, 6),
        "bound": round(bound, 6),
        "gap": round(plan.gap, 6),
        "proven_best": plan.gap == 0.0,
        "tiers": [
            {
                "tier": t,
                "label": problem.label(t),
                "value": round(plan.values[t], 6),
                "bound": round(plan.bounds[t], 6),
            }
            for t in problem.tiers
        ],
        "selected": sorted(problem.projects[i].id for i in plan.starts),
        "plan": [_planned(problem, i, plan.starts[i]) for i in sorted(plan.starts)],
        "filled_after_the_solver": [problem.projects[i].id for i in plan.filled],
        "factors": _factors(problem, plan),
        "left_out": [reason_json(problem, reason) for reason in reasons],
        "conflicts": [conflict_json(problem, one) for one in found],
        "curves": [curve_json(problem, one) for one in lines],
        "seconds": round(plan.seconds, 3),
    }


def _planned(problem: Problem, i: int, start: int) -> dict[str, Any]:
    project = problem.projects[i]
    return {
        "id": project.id,
        "name": project.name,
        "tier": project.tier,
        "tier_label": problem.label(project.tier),
        "start_month": start,
        "merit": project.merit,
        "value": round(problem.value(i, start), 6),
        "needs": {name: amount for name, amount in project.needs.items() if amount},
    }


def _factors(problem: Problem, plan: Plan) -> list[dict[str, Any]]:
    model = Model(problem)
    used = model.used(plan.starts)
    out = []
    for f, factor in enumerate(problem.factors):
        rows = [row for row, (which, _) in enumerate(model.rows) if which == f]
        by_month = {model.rows[row][1]: round(float(used[row]), 6) for row in rows}
        most = max((float(used[row]) for row in rows), default=0.0)
        total = (
            float(used[rows[-1]]) if factor.kind in {STOCK, LEVEL} else float(sum(used[row] for row in rows))
        )
        out.append(
            {
                "name": factor.name,
                "kind": factor.kind,
                "kind_label": KIND_LABELS[factor.kind],
                "unit": factor.unit,
                "supply": round(factor.total, 6),
                "used": round(total, 6),
                "left": round(max(0.0, factor.total - total), 6),
                "highest_month": round(most, 6),
                "used_by_month": by_month,
            }
        )
    return out


def _say(amount: float) -> str:
    return f"{amount:,.4f}".rstrip("0").rstrip(".")


def reason_json(problem: Problem, reason: Reason) -> dict[str, Any]:
    """One project's reason, four levels, and the whole in a sentence."""
    project = problem.projects[reason.project]
    displaced = reason.displaced
    return {
        "id": project.id,
        "name": project.name,
        "tier": project.tier,
        "tier_label": problem.label(project.tier),
        "merit": project.merit,
        "kind": reason.kind,
        "for_start_month": reason.start,
        "sentence": sentence(problem, reason),
        "short": [
            {
                "factor": problem.factors[one.factor].name,
                "unit": problem.factors[one.factor].unit,
                "month": one.month,
                "need": round(one.need, 6),
                "left": round(one.left, 6),
                "lacking": round(one.lacking, 6),
            }
            for one in reason.short
        ],
        "priced_out": reason.priced_out,
        "value": round(reason.value, 6),
        "cost_at_margin": {problem.factors[f].name: round(cost, 6) for f, cost in reason.cost},
        "displaced_by": [] if displaced is None else [problem.projects[k].id for k in displaced.out],
        "displacing": None
        if displaced is None
        else {
            "out": [problem.projects[k].id for k in displaced.out],
            "start_month": displaced.start,
            "loss_by_tier": {str(t): round(x, 6) for t, x in zip(problem.tiers, displaced.loss, strict=True)},
            "proven_cheapest": displaced.exact,
        },
        "rivals": [problem.projects[k].id for k in reason.rivals],
        "would_get_in_if": [_change_json(problem, reason, change) for change in reason.changes],
    }


def _change_json(problem: Problem, reason: Reason, change: Change) -> dict[str, Any]:
    amounts = {problem.factors[f].name: round(amount, 6) for f, amount in change.amounts}
    out: dict[str, Any] = {"what": change.what, "sentence": _change_said(problem, reason, change)}
    if change.what == "less_need":
        out["need_at_most"] = amounts
    elif change.what == "other_month":
        out["start_month"] = change.month
    else:
        out["add"] = amounts
    out["verified_by_solving_again"] = change.verified
    return out


def _change_said(problem: Problem, reason: Reason, change: Change) -> str:
    def listed(verb: str) -> str:
        return "，".join(
            f"{problem.factors[f].name}{verb} {_say(x)}{problem.factors[f].unit}" for f, x in change.amounts
        )

    if change.what == "less_need":
        return f"需求压到 {listed('不超过')}"
    if change.what == "other_month":
        return f"改在 {change.month} 月开工"
    kept = (
        "（专项用于本项目）"
        if change.what != "more_supply" or change.verified is None
        else "（面向全部项目重新安排）"
    )
    return f"增加供给：{listed('增加')}{kept}"


def sentence(problem: Problem, reason: Reason) -> str:
    """Why, in one Chinese sentence that a project owner can read."""
    head = _head(problem, reason)
    parts = [head]
    if reason.priced_out:
        cost = sum(cost for _, cost in reason.cost)
        parts.append(
            f"按紧缺程度折算，所占要素值 {_say(round(cost, 2))} 分，高于本项目 {_say(round(reason.value, 2))} 分"
        )
    if reason.displaced is not None and reason.displaced.out:
        names = "、".join(problem.projects[k].name for k in reason.displaced.out[:4])
        more = f"等 {len(reason.displaced.out)} 个项目" if len(reason.displaced.out) > 4 else ""
        parts.append(f"要安排它，需由{names}{more}让出")
    if reason.changes:
        parts.append(
            "可以进入的条件：" + "；或".join(_change_said(problem, reason, one) for one in reason.changes)
        )
    return "。".join(parts) + "。"


def _head(problem: Problem, reason: Reason) -> str:
    if reason.kind == RIVAL:
        return "同一项目的另一选址（方案）已安排：" + "、".join(
            problem.projects[k].name for k in reason.rivals
        )
    if reason.kind == PHASE:
        return f"前置项目{problem.projects[reason.rivals[0]].name}没有安排，本期不能先开工"
    short = "、".join(
        f"{problem.factors[one.factor].name}（{one.month} 月要 {_say(one.need)}，余 {_say(one.left)}{problem.factors[one.factor].unit}）"
        for one in reason.short
    )
    if reason.kind == NO_MONTH:
        return "本年度内没有可开工的月份" + (f"；即使有，也缺 {short}" if short else "，要素是够的")
    if reason.kind == ALONE:
        return f"即使只安排它一个，要素也不够：{short}"
    return f"排入后要素不够：{short}" if short else "要素够用，未排入"


def conflict_json(problem: Problem, conflict: Conflict) -> dict[str, Any]:
    names = [problem.projects[i].id for i in conflict.projects]
    rows = [{"factor": problem.factors[f].name, "month": month} for f, month in conflict.rows]
    factors = "、".join(dict.fromkeys(problem.factors[f].name for f, _ in conflict.rows)) or "互斥或月份"
    return {
        "projects": names,
        "rows": rows,
        "verified_irreducible": conflict.verified,
        "sentence": f"必保项目 {'、'.join(names)} 因{factors}不能同时安排；少其中任何一个就可以。",
    }


def curve_json(problem: Problem, curve: Curve) -> dict[str, Any]:
    factor = problem.factors[curve.factor]
    return {
        "factor": factor.name,
        "unit": factor.unit,
        "note": "每一点都重新求解（允许部分项目）；price_times_amount 仅供对照，越远越高估",
        "points": [
            {
                "share": point.share,
                "amount": round(point.amount, 6),
                "gain": round(point.gain, 6),
                "gain_by_tier": {str(tier): round(gain, 6) for tier, gain in point.gains},
                "price_times_amount": round(point.price_times_amount, 6),
            }
            for point in curve.points
        ],
    }
