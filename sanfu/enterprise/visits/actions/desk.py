"""Writes of wishes, plans and records at the desk."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.visits.models import Visit, Wish
from sanfu.enterprise.visits.queries import FIELDS
from sanfu.enterprise.visits.states import VisitState, WishState
from sanfu.enterprise.visits.upload import GoodWish
from sanfu.kernel.visiting.merging import plan_quarter
from sanfu.kernel.visiting.model import Limits, QuarterPlan
from sanfu.kernel.visiting.model import Wish as Wanted
from sanfu.kernel.visiting.reading import monday
from sanfu.people.models import Organisation
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused, machine
from sanfu.records.enclosures import Kept
from sanfu.records.enclosures import enclose as enclose_files
from sanfu.records.ids import new_id
from sanfu.records.models import Event

WEEKS = 13


def _need(by: Actor, permission: str) -> None:
    if not by.may(permission):
        raise NotAllowed(f"{by.name}没有这项权限，请由有权限的人员办理。")


@transaction.atomic
def wish(
    *,
    enterprise: Enterprise,
    department: Organisation,
    first: date,
    last: date,
    purpose: str,
    by: Actor,
    at: datetime,
    minutes: int = 60,
    alone: bool = False,
    lawful: bool = False,
) -> Wish:
    """A department's wish to see a firm."""  # fmt: skip
    _need(by, "visits.wish")
    if last < first:
        raise Refused("最晚日期早于最早日期；请核对。")
    if (last - first).days > 7 * WEEKS:
        raise Refused("时间范围超过一个季度；请缩小到一个季度内。")
    if len(purpose.strip()) < 2:
        raise Refused("请写明走访事由。")
    made = Wish.objects.create(
        region=by.region, enterprise=enterprise, department=department, first=first, last=last,
        purpose=purpose.strip()[:200], minutes=minutes, alone=alone or lawful, lawful=lawful, made_at=at,
    )  # fmt: skip
    append(
        stream=made.id,
        kind="visits.wished",
        by=by,
        at=at,
        data={"firm": enterprise.name, "department": department.short},
    )
    return made


@transaction.atomic
def wish_all(rows: Iterable[GoodWish], *, by: Actor, at: datetime) -> int:
    """Wishes of a sheet that was checked, all of them in one transaction; how many."""
    made = [
        wish(
            enterprise=one.enterprise, department=one.department, first=one.first, last=one.last, purpose=one.purpose,
            minutes=one.minutes, alone=one.alone, lawful=one.lawful, by=by, at=at,
        )
        for one in rows
    ]  # fmt: skip
    return len(made)


def proposed(rows: list[Wish], limits: Limits | None = None) -> tuple[QuarterPlan, date]:
    """The plan of these wishes, and the Monday of week 1. Writes nothing."""
    start = monday(min(row.first for row in rows))

    def week(day: date) -> int:
        return (day - start).days // 7 + 1

    wanted = [
        Wanted(str(row.id), str(row.enterprise_id), row.department.short, week(row.first), week(row.last), row.purpose, row.minutes, row.alone, row.lawful)
        for row in rows
    ]  # fmt: skip
    return plan_quarter(wanted, limits or Limits()), start


@transaction.atomic
def adopt(*, by: Actor, at: datetime, limits: Limits | None = None) -> int:
    """采纳计划: open wishes become visits; each wish is told what became of it. How many visits."""
    _need(by, "visits.plan")
    rows = list(Wish.objects.select_for_update(of=("self",)).filter(region=by.region, state=WishState.OPEN).select_related("department", "enterprise"))  # fmt: skip
    if not rows:
        raise Conflict("没有待归并的走访意向，可能已有人采纳过计划。")
    plan, start = proposed(rows, limits)
    by_id = {str(row.id): row for row in rows}
    for visit in plan.visits:
        inside = [by_id[one.code] for one in visit.wishes]
        on = start + timedelta(weeks=visit.week - 1)
        made = Visit.objects.create(
            id=new_id(), region=by.region, enterprise=inside[0].enterprise, planned_on=on, made_at=at,
            units=[*dict.fromkeys(row.department_id for row in inside)], lead=inside[0].department,
            values={},
        )  # fmt: skip
        append(
            stream=made.id,
            kind="visits.planned",
            by=by,
            at=at,
            data={"on": on.isoformat(), "wishes": [one.code for one in visit.wishes]},
        )
        for place, row in enumerate(inside):
            row.visit, row.state = made, WishState.MERGED if place else WishState.OWN
            row.answer = f"{on:%m-%d} 起一周，由{inside[0].department.short}牵头" if place else "按计划走访"
    for one in plan.inspections:
        by_id[one.code].state, by_id[one.code].answer = WishState.SHOWN, "依法检查，不并、不移、不提前告知"
    for one in plan.left:
        by_id[one.code].state, by_id[one.code].answer = WishState.LEFT, "该企业本季度已达上限且各次满员"
    Wish.objects.bulk_update(rows, ["state", "visit", "answer"])
    return len(plan.visits)


@transaction.atomic
def change(
    visit: Visit, values: Mapping[str, str], *, by: Actor, at: datetime, expected: int | None = None
) -> Visit:
    """The office writes fields of a record; a version seen before somebody else's is a Conflict."""
    _need(by, "visits.record")
    row = Visit.objects.select_for_update().get(pk=visit.pk)
    if expected is not None and row.version != expected:
        raise Conflict("这份记录刚被改过，请刷新后再改。")
    if row.state == VisitState.CONFIRMED:
        raise Refused("企业已确认，不能再改；请写在更正里。")
    row.values = {**row.values, **{name: value.strip() for name, value in values.items() if name in FIELDS}}
    row.version += 1
    row.state = VisitState.RECORDED
    row.save()
    append(stream=row.id, kind="visits.changed", by=by, at=at, data={"fields": sorted(values)})
    return row


@transaction.atomic
def enclose(visit: Visit, files: Sequence[Kept], *, note: str = "", by: Actor, at: datetime) -> None:
    """Photos and files come to a record (随附文件): kept with an event, hashed into the log."""
    _need(by, "visits.record")
    if not files:
        raise Refused("请选择照片或文件。")
    data = {"files": len(files), **({"note": note.strip()[:200]} if note.strip() else {})}
    of = append(stream=visit.id, kind="visits.files", by=by, at=at, data=data)
    enclose_files(files, stream=visit.id, kind="visits", of=of, by=by, at=at)


@transaction.atomic
def settle(visit: Visit, field: str, which: str, *, by: Actor, at: datetime) -> None:
    """裁定 a field with two values: "here" or "there"; the one that loses stays in the log."""
    _need(by, "visits.record")
    row = Visit.objects.select_for_update().get(pk=visit.pk)
    kept: dict[str, Any] | None = next((one for one in row.open if one["field"] == field), None)
    if kept is None or which not in {"here", "there"}:
        raise Conflict("这一项已裁定过，请刷新。")
    row.values = {**row.values, field: kept[which]}
    row.open = [one for one in row.open if one is not kept]
    row.version += 1
    row.save()
    append(stream=row.id, kind="visits.settled", by=by, at=at, data={"field": field, "kept": kept[which], "dropped": kept["there" if which == "here" else "here"]})  # fmt: skip


@transaction.atomic
def confirm(visit: Visit, *, said: str, by: Actor, at: datetime) -> None:
    """企业确认: closes the record; what the firm corrects stands beside the original."""
    if visit.enterprise.organisation_id != by.organisation or not by.may("visits.own"):
        raise NotAllowed("只有被走访的企业可以确认。")
    done = Visit.objects.filter(pk=visit.pk, state=VisitState.RECORDED).update(
        state=VisitState.CONFIRMED, confirmed_at=at, firm_said=said.strip()[:2000]
    )
    if not done:
        raise Conflict("这份记录已确认过，或还没有记录。")
    append(stream=visit.id, kind="visits.confirmed", by=by, at=at, data={"said": said.strip()[:2000]})


@transaction.atomic
def deregistered(event: Event) -> None:
    """A firm that is gone: planned visits and open wishes end; a record that a phone sends later is still kept."""
    by = machine(event.region, "企业注销")
    says, firm = event.data["says"][:200], event.data["enterprise"]
    Wish.objects.filter(region=event.region, enterprise=firm, state=WishState.OPEN).update(
        state=WishState.LAPSED, answer=says
    )
    for row in Visit.objects.filter(region=event.region, enterprise=firm, state=VisitState.PLANNED):
        Visit.objects.filter(pk=row.pk).update(state=VisitState.LAPSED)
        append(stream=row.id, kind="visits.lapsed", by=by, at=event.at, data={"says": says})


@transaction.atomic
def handed_on(event: Event) -> None:
    """更换挂钩: the new officer's unit joins every planned visit of the firm in which the former one's takes part."""
    before, unit = event.data.get("from"), event.data.get("unit")
    if not before or not unit or before == unit:
        return
    planned = Visit.objects.select_for_update().filter(
        region=event.region, enterprise=event.data["enterprise"], state=VisitState.PLANNED
    )
    for row in planned.filter(units__contains=[before]).exclude(units__contains=[unit]):
        Visit.objects.filter(pk=row.pk).update(units=[*row.units, unit])
        by = machine(event.region, "更换挂钩")
        append(
            stream=row.id,
            kind="visits.joined",
            by=by,
            at=event.at,
            data={"unit": unit, "note": event.data["officer"]},
        )
