"""Writes of 要素统筹: compute and keep a plan, try another supply, adopt or drop it."""

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, BinaryIO

from django.db import transaction

from sanfu.kernel.allocating.model import FLOW, BadProblem, Factor, Problem
from sanfu.kernel.allocating.report import allocate
from sanfu.kernel.allocating.tables import Read, read_problem
from sanfu.kernel.sheets import read_sheet
from sanfu.people.models import Organisation
from sanfu.projects.resources.models import ResourcePlan
from sanfu.projects.resources.queries import gaps
from sanfu.projects.resources.states import PlanState
from sanfu.records.actions import append, number
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.files import checked, read, store
from sanfu.records.models import StoredFile

MOST_PROJECTS = 600
SECONDS = 4.0


@transaction.atomic
def compute(
    *, title: str, projects: tuple[str, BinaryIO], factors: tuple[str, BinaryIO], by: Actor, at: datetime
) -> ResourcePlan:
    """测算 from the user's two tables; both files are kept. Refused with every fault found."""
    unit = _need(by, "resources.allocate")
    tables = [checked(*one) for one in (projects, factors)]
    found = _read(tables[0][1], tables[1][1], (tables[0][0], tables[1][0]))
    kept = [store(name=name, content=io.BytesIO(whole), by=by, at=at) for name, whole, _ in tables]
    return _keep(title, unit, kept[0], kept[1], found, {}, None, by, at)


def _need(by: Actor, permission: str) -> Organisation:
    unit = Organisation.objects.filter(region=by.region, code=by.organisation_code).first()
    if not by.may(permission) or unit is None:
        raise NotAllowed(f"{by.name}不能办理要素统筹方案，请由要素专员办理。")
    return unit


def _read(projects: bytes, factors: bytes, names: tuple[str, str]) -> Read:
    try:
        found = read_problem(projects, factors, 0.0, names)
    except BadProblem as problem:
        raise Refused(str(problem)) from problem
    if len(found.problem.projects) > MOST_PROJECTS:
        raise Refused(f"页面最多测算 {MOST_PROJECTS} 个项目；更多的请用命令 sanfu resources allocate")
    return found


def _keep(
    title: str, unit: Organisation, projects: StoredFile, factors: StoredFile, found: Read,
    more: Mapping[str, float], against: ResourcePlan | None, by: Actor, at: datetime,
) -> ResourcePlan:  # fmt: skip
    answer = allocate(_raised(found.problem, more), seconds=SECONDS, with_curves=against is None)
    made = ResourcePlan.objects.create(
        region=by.region, unit=unit, number=number("YS", by=by, at=at), title=title, projects=projects, factors=factors,
        answer=answer, notes=list(found.notes), against=against, more=dict(more), by_name=by.name, at=at,
    )  # fmt: skip
    data = {
        "number": made.number,
        "title": title,
        "planned": len(answer["plan"]),
        "left_out": len(answer["left_out"]),
    }
    append(stream=made.id, kind="resources.computed", by=by, at=at, data={**data, "more": dict(more)})
    return made


def _raised(problem: Problem, more: Mapping[str, float]) -> Problem:
    return replace(
        problem, factors=tuple(_more(factor, more.get(factor.name, 0.0)) for factor in problem.factors)
    )


def _more(factor: Factor, amount: float) -> Factor:
    """A stock gets the amount in the first month, a level or flow in every month."""
    if not amount:
        return factor
    supply = [x + amount for x in factor.supply]
    if factor.kind == "stock":
        supply = [factor.supply[0] + amount, *factor.supply[1:]]
    return replace(factor, supply=tuple(supply))


@transaction.atomic
def what_if(base: ResourcePlan, *, factor: str, amount: float, by: Actor, at: datetime) -> ResourcePlan:
    """换一种供给再算: solved anew from the kept tables, beside the plan; never price times amount."""
    unit = _need(by, "resources.allocate")
    found = _read(read(base.projects), read(base.factors), (base.projects.name, base.factors.name))
    held = {one.name: one for one in found.problem.factors}
    if factor not in held:
        raise Refused("请选择方案里的要素。")
    if amount == 0 or any(x + amount < 0 for x in held[factor].supply[:1]):
        raise Refused("增减量不能是零，减少的也不能超过原来的供给。")
    title = f"{base.title}：{factor}{amount:+g}{held[factor].unit}"
    return _keep(title[:100], unit, base.projects, base.factors, found, {factor: amount}, base, by, at)


@transaction.atomic
def adopt(row: ResourcePlan, *, why: str, by: Actor, at: datetime) -> ResourcePlan:
    """采用: a person decides; an adopted plan before it is replaced. Parks and the monthly meeting hear it."""
    held = _open(row, by)
    if held.more:
        raise Refused("换供给的试算不能采用：先落实要素，按实际供给重新测算。")
    if held.answer["status"] == "conflict":
        raise Refused("必保项目还有冲突，不能采用。")
    ResourcePlan.objects.filter(region=row.region, state=PlanState.ADOPTED).update(state=PlanState.REPLACED)
    _decided(held, PlanState.ADOPTED, why, by, at)
    found = _read(read(held.projects), read(held.factors), (held.projects.name, held.factors.name))
    needs: dict[str, float] = {}
    for project in found.problem.projects:
        for name, amount in project.needs.items():
            needs[name] = needs.get(name, 0.0) + amount
    monthly = {one.name: float(min(one.supply)) for one in found.problem.factors if one.kind == FLOW}
    data: dict[str, Any] = {
        "number": held.number, "title": held.title, "planned": [one["id"] for one in held.answer["plan"]],
        "gaps": gaps(held.answer, needs, monthly), "parks": _by_park(read(held.projects), held.projects.name, held.answer),
    }  # fmt: skip
    append(stream=held.id, kind="resources.adopted", by=by, at=at, data=data)
    return held


def _by_park(projects: bytes, name: str, answer: Mapping[str, Any]) -> dict[str, dict[str, dict[str, str]]]:
    """What the planned projects will take in each park that the table names (园区), by factor."""
    sheet = read_sheet(projects, name)
    park, key = sheet.column("园区", "所在园区"), sheet.column("编号", "项目编号", "项目代码", "代码", "id")
    if park is None or key is None:
        return {}
    home = {row[key]: row[park] for _, row in sheet.rows if row[park]}
    sums: dict[str, dict[str, float]] = {}
    for one in answer["plan"]:
        for factor, amount in one["needs"].items():
            if one["id"] in home:
                held = sums.setdefault(home[one["id"]], {})
                held[factor] = held.get(factor, 0.0) + amount
    return {place: {k: {"pipeline": f"{v:.2f}"} for k, v in held.items()} for place, held in sums.items()}


@transaction.atomic
def drop(row: ResourcePlan, *, why: str, by: Actor, at: datetime) -> ResourcePlan:
    """不采用, with the reason."""
    held = _open(row, by)
    _decided(held, PlanState.DROPPED, why, by, at)
    append(stream=held.id, kind="resources.dropped", by=by, at=at, data={"number": held.number, "why": why})
    return held


def _open(row: ResourcePlan, by: Actor) -> ResourcePlan:
    _need(by, "resources.adopt")
    held = ResourcePlan.objects.select_for_update().get(pk=row.pk)
    if held.state != PlanState.DRAFT:
        raise Conflict(f"这个方案{PlanState(held.state).label}，不能再决定。")
    return held


def _decided(row: ResourcePlan, state: PlanState, why: str, by: Actor, at: datetime) -> None:
    if len(why.strip()) < 2:
        raise Refused("请写明会议依据或理由。")
    row.state, row.why, row.decided_by, row.decided_at = state, why.strip(), by.name, at
    row.save(update_fields=["state", "why", "decided_by", "decided_at"])
