"""Writes of 亩均评价: a run from the user's sheet, public notice, objection, decision, final grades."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from sanfu.kernel.land.scoring.engine import mean_scores, score_all
from sanfu.kernel.land.scoring.grading import Graded, grade_all, ladders
from sanfu.kernel.land.scoring.reading import read_scheme
from sanfu.kernel.land.scoring.schemes import SchemeError
from sanfu.kernel.land.scoring.sheet import Sheet, read_sheet
from sanfu.lists.sheets import Unreadable, read_sheets
from sanfu.people.messages.actions import Telling, tell
from sanfu.people.messages.states import MessageKind
from sanfu.people.models import Organisation, User
from sanfu.projects.scoring.computing import as_row, line_row, rerun, told
from sanfu.projects.scoring.content import headings
from sanfu.projects.scoring.models import ScoredFirm, ScoringObjection, ScoringRun
from sanfu.projects.scoring.queries import Identity, own_results
from sanfu.projects.scoring.states import ObjectionState, RunState
from sanfu.projects.scoring.tables import head_of, records_of
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.files import checked, store
from sanfu.records.moments import day_of

NOTICE_DAYS = 7  # a county's own custom; shown on the page, not a deadline by law


def _need(by: Actor) -> None:
    if not by.may("scoring.edit"):
        raise NotAllowed(f"{by.name}不能办理亩均评价，请由工信部门的亩均专员办理。")


def sheet_of(name: str, whole: bytes) -> Sheet:
    """Firms of an uploaded table. Refused when there is no heading row."""
    known = headings()
    try:
        for sheet in read_sheets(name, whole):
            head = head_of(sheet, known)
            if head is not None:
                return read_sheet(records_of(sheet, head), known, head + 2)
    except (Unreadable, ValueError) as odd:
        raise Refused(str(odd)) from odd
    raise Refused("没有找到表头：要有“企业名称”，以及指标（亩均税收…）或算指标的数（评价税收、用地面积…）。")


@transaction.atomic
def run(
    *,
    title: str,
    scheme: Mapping[str, Any],
    name: str,
    content: BinaryIO,
    error: Decimal,
    by: Actor,
    at: datetime,
) -> ScoringRun:
    """测算: the scheme is frozen, every firm keeps its lines; rows that cannot be read are named."""
    _need(by)
    safe, whole, _ = checked(name, content)
    unit = Organisation.objects.filter(region=by.region, code=by.organisation_code).first()
    if unit is None:
        raise NotAllowed(f"{by.name}没有任职单位，不能办理。")
    try:
        chosen = read_scheme(scheme, headings())
        if lacking := chosen.without_base():
            raise SchemeError(f"{'、'.join(lacking[:6])} 没有基准值")
        sheet = sheet_of(safe, whole)
        scores = score_all(chosen, sheet.firms)
        graded = grade_all(chosen, scores, error)
    except SchemeError as odd:
        raise Refused(f"方案不能用：{odd}。") from odd
    content.seek(0)
    made = ScoringRun.objects.create(
        region=by.region, unit=unit, title=title, scheme=dict(scheme), error=error, notes=sheet.notes,
        file=store(name=safe, content=content, by=by, at=at), by_name=by.name, at=at,
        refused=[{"row": r.row, "name": r.name, "column": r.column, "why": r.why} for r in sheet.refused],
        means={k: str(v) for k, v in mean_scores(scores).items()},
        ladder={k: [None if x is None else str(x) for x in v] for k, v in ladders(chosen, scores).items()},
    )  # fmt: skip
    ScoredFirm.objects.bulk_create(
        [
            ScoredFirm(region=by.region, run=made, position=n, **_stored(graded_one), facts=as_row(firm))
            for n, (firm, graded_one) in enumerate(zip(sheet.firms, graded, strict=True), 1)
        ]
    )
    data = {"title": title, "scheme": chosen.id, "firms": len(graded), "refused": len(sheet.refused)}
    append(stream=made.id, kind="scoring.run", by=by, at=at, data=data)
    return made


def _stored(one: Graded) -> dict[str, Any]:
    score = one.score
    return {
        "code": score.firm.id[:40], "name": score.firm.name[:100], "set": score.firm.set, "district": score.firm.district[:40],
        "lines": [line_row(line) for line in score.lines], "total": _six(score.total), "rank": one.rank, "grade": one.grade,
        "reason": one.reason[:200], "to_next": _six(one.to_next), "above_line": _six(one.above_line), "doubtful": one.doubtful,
    }  # fmt: skip


def _six(value: Decimal | None) -> Decimal | None:
    return None if value is None else round(value, 6)


def _locked(row: ScoringRun) -> ScoringRun:
    return ScoringRun.objects.select_for_update().get(id=row.id)


@transaction.atomic
def publish(row: ScoringRun, *, by: Actor, at: datetime) -> ScoringRun:
    """公示: firms may object until the day given."""
    _need(by)
    held = _locked(row)
    if held.state != RunState.DRAFT:
        raise Conflict(f"这个批次{RunState(held.state).label}，不能再公示。")
    held.state, held.notice_until = RunState.NOTICE, day_of(at) + timedelta(days=NOTICE_DAYS)
    held.save(update_fields=["state", "notice_until"])
    append(stream=held.id, kind="scoring.notice", by=by, at=at, data={"until": held.notice_until.isoformat()})
    return held


@transaction.atomic
def finish(row: ScoringRun, *, by: Actor, at: datetime) -> ScoringRun:
    """定档: after the notice, when no objection is open."""
    _need(by)
    held = _locked(row)
    if held.state != RunState.NOTICE:
        raise Conflict(f"这个批次{RunState(held.state).label}，不能定档。")
    if held.notice_until is not None and day_of(at) <= held.notice_until:
        raise Refused(f"公示到 {held.notice_until} 为止，之后才能定档。")
    if ScoringObjection.objects.filter(firm__run=held, state=ObjectionState.OPEN).exists():
        raise Refused("还有异议没有处理，处理完再定档。")
    held.state = RunState.FINAL
    held.save(update_fields=["state"])
    append(stream=held.id, kind="scoring.final", by=by, at=at)
    return held


@transaction.atomic
def object_to(
    row: ScoredFirm, *, reason: str, changes: Mapping[str, str], by: Actor, at: datetime
) -> ScoringObjection:
    """登记异议 by the officer: the firm is computed again line by line with the figures it says are right."""
    _need(by)
    return _object(row, reason=reason, changes=changes, by=by, at=at)


@transaction.atomic
def object_as_firm(
    row: ScoredFirm, *, firm: Identity, reason: str, changes: Mapping[str, str], by: Actor, at: datetime
) -> ScoringObjection:
    """提异议 by the firm itself, on its own row; one at a time stays open."""
    if not own_results(by, firm).filter(pk=row.pk).exists():
        raise NotAllowed("只能对本企业的评价结果提异议。")
    if row.objections.filter(state=ObjectionState.OPEN).exists():
        raise Conflict("本企业已有一件异议在处理，处理完再提。")
    return _object(row, reason=reason, changes=changes, by=by, at=at)


def _object(
    row: ScoredFirm, *, reason: str, changes: Mapping[str, str], by: Actor, at: datetime
) -> ScoringObjection:
    if row.run.state != RunState.NOTICE:
        raise Refused("只有公示期内可以提异议。")
    if row.run.notice_until is not None and day_of(at) > row.run.notice_until:
        raise Refused(f"公示到 {row.run.notice_until} 为止，已经过了提异议的时间。")
    given = {k: v.strip() for k, v in changes.items() if v and v.strip()}
    if not given:
        raise Refused("请至少填一个您认为正确的数。")
    again = rerun(row, given)
    made = ScoringObjection.objects.create(
        region=by.region, firm=row, reason=reason, changes=given, by=by.id, by_name=by.name, at=at,
        before={"total": None if row.total is None else str(row.total), "grade": row.grade, "rank": row.rank, "lines": row.lines},
        after=told(again.score, again.grade, again.rank),
    )  # fmt: skip
    append(
        stream=row.run_id, kind="scoring.objection", by=by, at=at, data={"firm": row.name, "changes": given}
    )
    return made


@transaction.atomic
def decide(row: ScoringObjection, *, uphold: bool, answer: str, by: Actor, at: datetime) -> ScoringObjection:
    """采纳 puts the re-run in the place of the old result, others keep theirs; 不采纳 keeps it. A person decides."""
    _need(by)
    held = ScoringObjection.objects.select_for_update().select_related("firm__run").get(id=row.id)
    if held.state != ObjectionState.OPEN:
        raise Conflict("这件异议已经处理。")
    if not uphold and not answer.strip():
        raise Refused("不采纳须写明答复，让企业知道为什么。")
    held.state, held.answer = (ObjectionState.UPHELD if uphold else ObjectionState.REJECTED), answer
    held.save(update_fields=["state", "answer"])
    if uphold:
        firm, again = held.firm, rerun(held.firm, held.changes)
        for name, value in _stored(again).items():
            setattr(firm, name, value)
        kept = firm.facts
        for name, figure in held.changes.items():
            where = "facts" if name in kept["facts"] or name not in kept["values"] else "values"
            kept[where][name] = figure
        firm.facts = kept
        firm.save()
    data = {"firm": held.firm.name, "upheld": uphold}
    event = append(stream=held.firm.run_id, kind="scoring.decided", by=by, at=at, data=data)
    _tell(held, event, by, at)
    return held


def _tell(held: ScoringObjection, event: UUID, by: Actor, at: datetime) -> None:
    """The answer reaches who objected as a message; an officer who registered it for the firm needs none."""
    if held.by is None or held.by == by.id or not User.objects.filter(pk=held.by, is_active=True).exists():
        return
    said = "采纳" if held.state == ObjectionState.UPHELD else "未采纳"
    words = f"{held.firm.run.title}：您提的异议{said}，现为 {held.firm.grade or '未定'} 档。"
    path = reverse("firm:own_score", args=[held.firm_id])
    tell([held.by], Telling(MessageKind.DECIDED, words, path, event), region=held.region, at=at)
