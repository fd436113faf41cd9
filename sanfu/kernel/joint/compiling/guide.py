"""Compile: a bundle, a situation and a start day → the joint guide as plain data (一件事办事指南)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sanfu.kernel.ask import Questionnaire
from sanfu.kernel.joint.catalogue import basis
from sanfu.kernel.joint.catalogue.catalog import Bundle, Catalog, Item, Term
from sanfu.kernel.joint.catalogue.problems import CatalogError, Problem
from sanfu.kernel.joint.compiling import network, reductions
from sanfu.kernel.joint.compiling.carried import input_part
from sanfu.kernel.joint.compiling.describe import (
    describe_items,
    describe_kept_and_dropped,
    describe_questions,
    describe_schedule,
    describe_situation,
)
from sanfu.kernel.joint.compiling.form import one_form
from sanfu.kernel.joint.compiling.materials import Need, Solution, Solver, needs
from sanfu.kernel.joint.compiling.network import Network
from sanfu.kernel.joint.compiling.situation import Situation, questionnaire, settle
from sanfu.kernel.joint.seal import seal_of
from sanfu.kernel.schedule import Axis, Stuck, Task, critical_path

FORMAT = "sanfu-guide/2"


@dataclass(frozen=True, slots=True)
class Order:
    """What to compile: the situation and the choices of the officer."""

    bundle: str
    start: date
    answers: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    share: bool = True
    prereview: Collection[str] = ()  # done before the start: only the conversion into a decision is left
    waive: Collection[str] = ()  # soft waits of these items are lifted by a pre-review opinion


@dataclass(frozen=True, slots=True)
class Compiled:
    """The guide's parts before they are written down; `whatif` works on these."""

    catalog: Catalog
    bundle: Bundle
    order: Order
    asked: Questionnaire
    situation: Situation
    pending: list[Item]
    network: Network
    needs: list[Need]
    work: list[Task]
    solution: Solution
    axis: Axis

    @property
    def start(self) -> float:
        return float(self.order.start.toordinal())

    @property
    def workdays(self) -> float:
        return round(self.axis.working_days(self.start, self.solution.plan.finish), 6)


def compile_bundle(catalog: Catalog, order: Order, axis: Axis) -> Compiled:
    """Derive the guide. CatalogError names what is wrong: an unknown bundle, a wrong answer, a cycle."""
    bundle = find_bundle(catalog, order.bundle)
    order = _all_prereviews(bundle, order)
    asked = questionnaire(catalog, bundle)
    situation = settle(bundle, asked, order.answers, order.facts)
    items, pending = network.applicable(catalog, bundle, situation)
    net = network.build(items, situation, order.waive)
    wanted = needs(catalog, net, situation)
    work = network.tasks(items, lambda item: promised_term(bundle, item, order.prereview))
    try:
        solver = Solver(catalog, net, wanted, order.share)
        solution = solver.solve(work, float(order.start.toordinal()), axis)
    except Stuck as stuck:
        path = network.cycle_of(net, stuck)
        message = f"先后关系成环：{' → '.join(path)}"
        raise CatalogError([Problem("cycle", path[0], message, tuple(path))]) from None
    return Compiled(catalog, bundle, order, asked, situation, pending, net, wanted, work, solution, axis)


def find_bundle(catalog: Catalog, code: str) -> Bundle:
    """By code or by name."""
    found = catalog.bundles.get(code) or next((b for b in catalog.bundles.values() if b.name == code), None)
    if found is None:
        known = "、".join(f"{b.id}({b.name})" for b in catalog.bundles.values())
        raise CatalogError([Problem("bundle", code, f"目录里没有这件事；可选：{known or '(空)'}")])
    return found


def promised_term(bundle: Bundle, item: Item, prereview: Collection[str]) -> Term:
    """A pre-reviewed item keeps only the conversion of its opinion into a decision."""
    if item.id in prereview and item.promised.amount > bundle.prereview_days:
        return Term(bundle.prereview_days, "wd")
    return item.promised


def _all_prereviews(bundle: Bundle, order: Order) -> Order:
    chosen = bundle.prereview if "all" in order.prereview else tuple(order.prereview)
    for code in (*chosen, *order.waive):
        if code not in bundle.items:
            raise CatalogError([Problem("prereview", code, f"不在“{bundle.name}”的事项中")])
    if bundle.prereview:
        for code in chosen:
            if code not in bundle.prereview:
                names = "、".join(bundle.prereview)
                raise CatalogError([Problem("prereview", code, f"不在可预审的事项中；可预审：{names}")])
    return Order(
        order.bundle, order.start, order.answers, order.facts, order.share, chosen, tuple(order.waive)
    )


def guide(compiled: Compiled) -> dict[str, Any]:
    """The whole guide as plain data, ready for JSON; it carries its own input, so that it can be proved."""
    c = compiled
    fields = one_form(c.catalog, c.network.items, c.order.share)
    kept, dropped = describe_kept_and_dropped(c.catalog, c.network, c.solution)
    saved = reductions.days(network.build(c.network.items, c.situation), c.workdays, c.start, c.axis)
    last = max(
        [c.axis.day(c.solution.plan.finish), *(date.fromisoformat(r["finish"]) for r in saved["baselines"])]
    )
    forms = sum(d.escape is not None and d.escape.kind == "form" for d in c.solution.decisions)
    written = {
        "format": FORMAT,
        "bundle": c.bundle.id,
        "name": c.bundle.name,
        "lead": c.catalog.departments.get(c.bundle.lead, c.bundle.lead),
        "start": c.order.start.isoformat(),
        "finish": c.axis.day(c.solution.plan.finish).isoformat(),
        "workdays": reductions.number(c.workdays),
        "share": "on" if c.order.share else "off",
        "prereview": list(c.order.prereview),
        "waive": list(c.order.waive),
        "situation": describe_situation(c.catalog, c.bundle, c.situation),
        "items": describe_items(c.catalog, c.network.items, c.order.start),
        "items_pending": [_pending(item) for item in c.pending],
        "held_before": [
            {"item": c.network.items[i].id, "results": list(results), "mode": mode}
            for i, results, mode in c.network.outside
        ],
        "form": {
            "fields": fields,
            "count": len(fields),
            "typed": sum(f["origin"] == "typed" for f in fields),
        },
        "materials": {
            "kept": kept,
            "dropped": dropped,
            "certificate": _certificate(c.solution),
            "alternatives": _pareto(c),
        },
        "schedule": describe_schedule(c.network, c.solution.plan, c.axis, c.bundle, c.order.prereview),
        "milestone": _milestone(c),
        "critical_path": [c.network.items[i].id for i in critical(c)],
        "reductions": {
            "materials": reductions.materials(c.solution),
            "days": saved,
            **reductions.others(c.network.items, fields, forms),
        },
        "questions": describe_questions(c.catalog, c.bundle, c.asked, c.situation),
        "warnings": _warnings(c),
        "input": input_part(c.catalog, c.bundle, c.order, c.axis, last, c.situation),
    }
    return {**written, "seal": seal_of(written)}


def _pending(item: Item) -> dict[str, str]:
    return {"id": item.id, "name": item.name, "when": item.when.text if item.when else ""}


def critical(c: Compiled) -> list[int]:
    """Indices of the critical chain without the items that take no time, unless all take none."""
    path = critical_path(c.solution.plan)
    lasting = [i for i in path if c.work[i].amount > 0]
    return lasting or path


def _certificate(solution: Solution) -> dict[str, Any]:
    """Why fewer is impossible: sets of which each needs one of its own."""
    return {
        "kept": len(solution.kept),
        "lower_bound": len(solution.hit.disjoint),
        "disjoint": [sorted(members) for members in solution.hit.disjoint],
        "exact": solution.exact,
    }


def _pareto(c: Compiled) -> list[dict[str, Any]]:
    """Guides that nothing beats in both materials and days; one row when no choice has to be made."""
    return [
        {
            "materials": count,
            "workdays": reductions.number(round(c.axis.working_days(c.start, finish), 6)),
            "finish": c.axis.day(finish).isoformat(),
            "waits": [
                {"item": c.network.items[i].id, "for": [c.network.items[p].id for p in group]}
                for i, group in waits
            ],
        }
        for count, finish, waits in c.solution.pareto
    ]


def _milestone(c: Compiled) -> dict[str, Any] | None:
    """The day on which every gate that applies is open (依法开工 and the like)."""
    milestone = c.bundle.milestone
    if not milestone:
        return None
    gates = []
    for result in milestone.get("gates", ()):
        makers = c.network.producers.get(result, ())
        if makers:
            instant = min(c.solution.plan.finishes[m] for m in makers)
            gates.append(
                {
                    "result": result,
                    "item": c.network.items[makers[0]].id,
                    "day": c.axis.day(instant).isoformat(),
                }
            )
    return {
        "id": milestone.get("id"),
        "name": milestone.get("n", ""),
        "day": max((g["day"] for g in gates), default=None),
        "gates": gates,
        "basis": milestone.get("src", ""),
    }


def _asked(bundle: Bundle, item: Item) -> str:
    """The questions that decide on an item, in their own words."""
    names = item.when.names if item.when else ()
    texts = [q.text for name in names if (q := bundle.question(name.removeprefix("q.")))]
    return "”和“".join(dict.fromkeys(texts)) or (item.when.text if item.when else "")


def _warnings(c: Compiled) -> list[str]:
    found = list(c.catalog.warnings)
    for item in c.network.items:
        found += [
            basis.sentence(f"{item.id} {item.name}", row)
            for row in [
                *basis.out_of_date(item, c.order.start),
                *basis.lapsed(c.catalog, item.sources, c.order.start),
            ]
        ]
    found += [
        basis.sentence(c.bundle.name, row) for row in basis.lapsed(c.catalog, c.bundle.sources, c.order.start)
    ]
    found += [f"还不能确定是否涉及“{item.name}”：请先回答“{_asked(c.bundle, item)}”" for item in c.pending]
    found += [
        f"“{c.network.items[i].name}”的前置 {'/'.join(results)} 不由本次事项产出，须办理时已经具备"
        for i, results, mode in c.network.outside
        if mode == "hard"
    ]
    for item in c.network.items:
        dept = item.dept
        if c.catalog.departments and dept not in c.catalog.departments:
            found.append(f"{item.id} 的部门 {dept} 未登记")
    if not c.solution.exact:
        found.append("可等待的结果太多，材料与时限的取舍只作了近似比较")
    return found
