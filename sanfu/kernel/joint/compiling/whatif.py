"""What would happen if (推演): one day less, a lifted wait, a pre-review, and how sure the finish is."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from sanfu.kernel.joint.compiling.guide import Compiled, promised_term
from sanfu.kernel.joint.compiling.network import Group
from sanfu.kernel.joint.compiling.reductions import number
from sanfu.kernel.schedule import finish_with, sample_finishes, slacks

SUBSET_LIMIT = 10  # choices tried in all combinations: 1,024 schedules
Groups = list[list[Group]]


def whatif(
    c: Compiled, samples: int = 0, seed: int = 1, spread: Sequence[float] = (0.7, 1.0, 1.8)
) -> dict[str, Any]:
    """Everything the officer asks before pressing a department or arranging a pre-review."""
    answer: dict[str, Any] = {
        "bundle": c.bundle.id,
        "start": c.order.start.isoformat(),
        "finish": c.axis.day(c.solution.plan.finish).isoformat(),
        "workdays": number(c.workdays),
        "items": items(c),
        "waivers": choices(c, _waivable(c), lifted=True),
        "prereviews": choices(c, _reviewable(c), lifted=False),
        "start_now": start_now(c),
    }
    if samples:
        answer["distribution"] = distribution(c, samples, seed, spread)
    return answer


def items(c: Compiled) -> list[dict[str, Any]]:
    """For every item: what one day less and no time at all would buy, in working days; binding ones first."""
    slack = slacks(c.solution.plan, c.axis)
    rows: list[dict[str, Any]] = []
    for index, task in enumerate(c.work):
        if not task.amount:
            continue
        rows.append(
            {
                "id": task.id,
                "name": c.network.items[index].name,
                "days": number(task.amount),
                "slack": number(slack[index]),
                "one_day_less": _saved(c, {index: max(0.0, task.amount - 1)}),
                "to_zero": _saved(c, {index: 0.0}),
                "one_day_more": -_saved(c, {index: task.amount + 1}),
            }
        )
    rows.sort(key=lambda r: (-r["to_zero"], -r["one_day_less"]))
    return rows


def _saved(c: Compiled, changed: dict[int, float], groups: Groups | None = None) -> float | int:
    finish = finish_with(c.solution.plan, c.axis, changed, groups)
    return number(round(c.axis.working_days(finish, c.solution.plan.finish), 6))


def _waivable(c: Compiled) -> list[int]:
    """Items with a soft wait that a pre-review opinion could replace."""
    return [i for i, soft in enumerate(c.network.soft) if soft]


def _reviewable(c: Compiled) -> list[int]:
    """Items that may be pre-reviewed and would then take less."""
    return [
        i
        for i, item in enumerate(c.network.items)
        if item.id in c.bundle.prereview
        and promised_term(c.bundle, item, {item.id}).amount < c.work[i].amount
    ]


def choices(c: Compiled, candidates: list[int], lifted: bool) -> dict[str, Any]:
    """Every combination of lifted waits, or of pre-reviews: each alone, and the best of every size."""
    ids = [c.network.items[i].id for i in candidates]
    exact = len(candidates) <= SUBSET_LIMIT
    sizes = range(len(candidates) + 1) if exact else (0, 1, 2, len(candidates))
    tried = {
        chosen: _workdays(c, chosen, lifted)
        for size in sizes
        for chosen in itertools.combinations(candidates, size)
    }
    alone = [
        {
            "id": code,
            "name": c.network.items[i].name,
            "workdays": number(tried[(i,)]),
            "saves": number(round(c.workdays - tried[(i,)], 6)),
        }
        for i, code in zip(candidates, ids, strict=True)
    ]
    best: list[dict[str, Any]] = []
    for size in sizes:
        chosen = min((k for k in tried if len(k) == size), key=lambda k: (tried[k], k))
        if not best or tried[chosen] < best[-1]["workdays"]:
            best.append(
                {"chosen": [c.network.items[i].id for i in chosen], "workdays": number(tried[chosen])}
            )
    return {
        "candidates": ids,
        "each": sorted(alone, key=lambda r: r["workdays"]),
        "best": best,
        "pays": best[-1]["chosen"] if best else [],
        "combinations": len(tried),
        "exact": exact,
    }


def _workdays(c: Compiled, chosen: tuple[int, ...], lifted: bool) -> float:
    if lifted:
        finish = finish_with(c.solution.plan, c.axis, {}, _without_soft(c, chosen))
    else:
        changed = {
            i: promised_term(c.bundle, c.network.items[i], {c.network.items[i].id}).amount for i in chosen
        }
        finish = finish_with(c.solution.plan, c.axis, changed)
    return round(c.axis.working_days(c.start, finish), 6)


def _without_soft(c: Compiled, chosen: tuple[int, ...]) -> Groups:
    return [
        [g for g in waits if not (i in chosen and g in c.network.soft[i])]
        for i, waits in enumerate(c.solution.plan.groups)
    ]  # fmt: skip


def start_now(c: Compiled) -> list[dict[str, Any]]:
    """Items that wait for nothing: what they could begin with at once, and how long until they bind."""
    slack = slacks(c.solution.plan, c.axis)
    return [
        {"id": item.id, "name": item.name, "days": number(c.work[i].amount), "may_wait": number(slack[i])}
        for i, item in enumerate(c.network.items)
        if not c.solution.plan.groups[i] and c.work[i].amount
    ]


def distribution(c: Compiled, samples: int, seed: int, spread: Sequence[float]) -> dict[str, Any]:
    """Finish days when every item takes a random multiple of its promise (triangular: low, usual, high)."""
    generator = np.random.default_rng(seed)
    low, mode, high = spread
    amounts = np.array([t.amount for t in c.work]) * generator.triangular(
        low, mode, high, (samples, len(c.work))
    )
    finishes = sample_finishes(c.solution.plan, c.axis, amounts)
    days, counts = np.unique(np.ceil(finishes - 1e-9).astype(int), return_counts=True)
    cumulative = np.cumsum(counts) / samples
    rows = [
        {
            "day": c.axis.day(float(d)).isoformat(),
            "share": round(n / samples, 4),
            "by_then": round(float(p), 4),
        }
        for d, n, p in zip(days, counts, cumulative, strict=True)
    ]
    quantiles = {
        f"p{int(q * 100)}": c.axis.day(
            float(days[min(int(np.searchsorted(cumulative, q)), len(days) - 1)])
        ).isoformat()
        for q in (0.5, 0.8, 0.9, 0.95)
    }
    return {"samples": samples, "seed": seed, "spread": [low, mode, high], **quantiles, "days": rows}
