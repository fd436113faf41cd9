"""Writes of the project register: bring a sheet in, move a date, blockers, link its permits, freeze a pack."""

from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO

from django.db import transaction

from sanfu.cases.models import Case
from sanfu.kernel.sheets import UnreadableSheet
from sanfu.people.models import Organisation
from sanfu.projects.pipeline.intake import Brought, Taken, take
from sanfu.projects.pipeline.models import Blocker, Milestone, Pack, Project
from sanfu.projects.pipeline.queries import SERIES, month_end, pack_of
from sanfu.projects.pipeline.rules import MILESTONES, out_of_order
from sanfu.records.actions import append, number
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.files import checked, store
from sanfu.records.models import StoredFile
from sanfu.records.moments import day_of


def _need(by: Actor, *permissions: str) -> None:
    if not by.may(*permissions):
        raise NotAllowed(f"{by.name}不能维护项目库，请由项目专员办理。")


@transaction.atomic
def bring(*, name: str, content: BinaryIO, by: Actor, at: datetime) -> Taken:
    """导入项目: rows that can stand become projects; the others are named with line and reason; the file is kept."""
    _need(by, "pipeline.edit")
    safe, whole, _ = checked(name, content)
    unit = Organisation.objects.filter(region=by.region, code=by.organisation_code).first()
    if unit is None:
        raise NotAllowed(f"{by.name}没有任职单位，不能导入项目。")
    try:
        taken = take(whole, safe)
    except UnreadableSheet as problem:
        raise Refused(f"{problem}。没有导入任何项目。") from problem
    if not taken.rows:
        why = "；".join(f"第 {line} 行：{said}" for line, said in taken.refused[:8])
        raise Refused(f"没有一行可以导入。{why}")
    content.seek(0)
    stored = store(name=safe, content=content, by=by, at=at)
    known = list(Project.objects.select_for_update(of=("self",)).filter(unit=unit).order_by("at", "id"))
    for row in taken.rows:
        if found := next((one for one in known if _same(one, row)), None):
            _continue(found, row, stored, by, at)
        else:
            known.append(_enter(row, unit, stored, by, at))
    append(
        stream=stored.id, kind="pipeline.brought", by=by, at=at,
        data={"name": safe, "taken": len(taken.rows), "refused": [list(one) for one in taken.refused]},
    )  # fmt: skip
    return taken


def _same(known: Project, row: Brought) -> bool:
    """Whether a row is a project of the register, as in next month's sheet: one code, or one name where a code lacks."""
    if known.code and row.code:
        return known.code == row.code[:40]
    return known.name == row.name[:200]


def _continue(known: Project, row: Brought, stored: StoredFile, by: Actor, at: datetime) -> None:
    """Months of the sheet are added or corrected, with an event; a date is moved on its page, where its reason stands."""
    was: dict[str, dict[str, str]] = {}
    for series, brought in (("planned", row.planned), ("spent", row.spent)):
        months = getattr(known, series)
        changed = {m: value for m, value in brought.items() if months.get(m) != value}
        if changed:
            was[series] = {month: months.get(month, "") for month in changed}
            setattr(known, series, months | changed)
    spent = sum((Decimal(value) for value in known.spent.values()), Decimal(0))
    if spent > known.total:
        raise Refused(
            f"“{known.name}”累计完成投资 {spent} 万元超过总投资 {known.total} 万元；没有导入任何项目。"
        )
    told = "；".join(f"{'计划' if s == 'planned' else '实际'} {'、'.join(sorted(w))}" for s, w in was.items())
    row.notes.insert(0, f"已在库（{known.number}），{f'更新了{told}的投资' if told else '没有新的月份'}")
    row.notes.extend(_untouched(known, row))
    if was:
        known.save(update_fields=list(was))
        data = {
            "was": was,
            "is": {s: {m: getattr(known, s)[m] for m in w} for s, w in was.items()},
            "file": str(stored.id),
        }
        append(stream=known.id, kind="pipeline.continued", by=by, at=at, data=data)


def _untouched(known: Project, row: Brought) -> list[str]:
    """What the sheet says otherwise and the register keeps, to be changed on the page of the project."""
    marks = {mark.name: mark for mark in known.milestones.all()}
    found = ["总投资"] if row.total != known.total else []
    for word, series, dates in (("计划", "plan", row.plan), ("实际", "actual", row.actual)):
        found += [
            f"{name}{word}"
            for name, day in dates.items()
            if day and day != getattr(marks.get(name), series, None)
        ]
    return [f"{'、'.join(found)}与库里不同，没有改；请在项目页上改并写明原因"] if found else []


def _enter(row: Brought, unit: Organisation, stored: StoredFile, by: Actor, at: datetime) -> Project:
    made = Project.objects.create(
        region=by.region, unit=unit, number=number("XM", by=by, at=at), code=row.code[:40], name=row.name[:200],
        owner=row.owner[:200], tier=row.tier[:20], total=row.total, planned=row.planned, spent=row.spent,
        source=stored, notes=row.notes, at=at,
    )  # fmt: skip
    Milestone.objects.bulk_create(
        Milestone(
            project=made, name=name, baseline=row.plan.get(name), plan=row.plan.get(name), actual=row.actual.get(name)
        )
        for name in MILESTONES
        if row.plan.get(name) or row.actual.get(name)
    )  # fmt: skip
    append(
        stream=made.id, kind="pipeline.entered", by=by, at=at, data={"number": made.number, "name": made.name}
    )
    return made


@transaction.atomic
def move_date(
    row: Project, *, milestone: str, series: str, day: date, why: str, by: Actor, at: datetime
) -> Milestone:
    """改日期: plan, forecast or actual of one milestone, with the reason; the baseline stays."""
    _need(by, "pipeline.edit")
    if milestone not in MILESTONES or series not in SERIES:
        raise Refused("请选择里程碑和要改的日期。")
    Project.objects.select_for_update().get(pk=row.pk)
    mark = Milestone.objects.filter(project=row, name=milestone).first() or Milestone(
        project=row, name=milestone
    )
    if series == "actual" and day > day_of(at):
        raise Refused("实际日期不能在今天之后。")
    if series == "forecast" and day < day_of(at):
        raise Refused("预测日期不能早于今天；已经办成的，请填实际日期。")
    old = getattr(mark, series)
    setattr(mark, series, day)
    if mark.baseline is None and series == "plan":
        mark.baseline = day  # the first plan is the baseline, once
    dates = {m.name: getattr(m, series) for m in row.milestones.all()} | {milestone: day}
    wrong = out_of_order(dates)
    if wrong:
        raise Refused(f"日期前后颠倒：{'；'.join(wrong)}。")
    mark.save()
    data = {
        "milestone": milestone,
        "series": series,
        "was": str(old or ""),
        "is": day.isoformat(),
        "why": why,
    }
    append(stream=row.id, kind="pipeline.moved", by=by, at=at, data=data)
    return mark


@transaction.atomic
def block(row: Project, *, what: str, owner: str, since: date, by: Actor, at: datetime) -> Blocker:
    """登记阻滞 with who owes the answer."""
    _need(by, "pipeline.edit")
    if since > day_of(at):
        raise Refused("阻滞的起始日期不能在今天之后。")
    made = Blocker.objects.create(project=row, what=what, owner=owner, since=since)
    data = {"what": what, "owner": owner, "since": since.isoformat()}
    append(stream=row.id, kind="pipeline.blocked", by=by, at=at, data=data)
    return made


@transaction.atomic
def unblock(blocker: Blocker, *, said: str, by: Actor, at: datetime) -> Blocker:
    """解除阻滞."""
    _need(by, "pipeline.edit")
    row = Blocker.objects.select_for_update().get(pk=blocker.pk)
    if row.until is not None:
        raise Conflict("这条阻滞已经解除。")
    row.until = day_of(at)
    row.save(update_fields=["until"])
    append(
        stream=row.project_id, kind="pipeline.unblocked", by=by, at=at, data={"what": row.what, "said": said}
    )
    return row


@transaction.atomic
def freeze(*, month: str, by: Actor, at: datetime) -> Pack:
    """生成会议材料: the numbers of the month, frozen; a later one is a new edition beside it."""
    _need(by, "pipeline.meet")
    try:
        last = month_end(month)
    except ValueError as problem:
        raise Refused("月份应写成 2026-03。") from problem
    body = pack_of(by, month, min(last, day_of(at)))
    edition = Pack.objects.select_for_update().filter(region=by.region, month=month).count() + 1
    made = Pack.objects.create(
        region=by.region, month=month, edition=edition, body=body, by_name=by.name, at=at
    )
    append(stream=made.id, kind="pipeline.packed", by=by, at=at, data={"month": month, "edition": edition})
    return made


@transaction.atomic
def link(row: Project, *, application: str, by: Actor, at: datetime) -> Project:
    """关联联合申请: by its number; its permits are read there, nothing is copied. Empty takes the link away."""
    _need(by, "pipeline.edit")
    found = None
    if application.strip():
        found = Case.objects.filter(region=by.region, kind="joint", number=application.strip()).first()
        if found is None:
            raise Refused(f"没有编号为 {application.strip()} 的联合申请，请核对编号（LB 开头）。")
        taken = Project.objects.filter(region=by.region, application=found.id).exclude(pk=row.pk).first()
        if taken is not None:
            raise Refused(f"这件联合申请已关联 {taken.number} {taken.name}；分期请各报各的。")
    row.application = found.id if found else None
    row.save(update_fields=["application"])
    data = {"application": found.number if found else ""}
    append(stream=row.id, kind="pipeline.linked", by=by, at=at, data=data)
    return row
