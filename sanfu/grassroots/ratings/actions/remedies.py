"""Putting a bad rating right (差评整改): verified by the steward, mended by the unit, checked with who rated."""

from datetime import datetime

from django.db import transaction

from sanfu.cases.actions import Changes, step
from sanfu.grassroots.ratings.models import Remedy
from sanfu.grassroots.ratings.rules import clock
from sanfu.grassroots.ratings.states import LEVELS, MENDING, REMEDY_FLOW, E
from sanfu.records.actor import Actor, NotAllowed, Refused


@transaction.atomic
def confirm(row: Remedy, *, told: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """核实属实: the unit gets the matter with words that do not say who rated."""
    if len(told.strip()) < 4:
        raise Refused("请写明转给承办单位的问题（不少于4个字），不写姓名、电话。")
    unit = row.rating.unit_id
    if unit is None:
        raise Refused("这件评价没有承办单位，不能转整改；请按“核实不属实”写明情况办结。")
    changes = Changes(lead=unit, clocks={MENDING: clock(MENDING)})
    step(
        row.case_id,
        REMEDY_FLOW,
        E.CONFIRM,
        by=by,
        at=at,
        expected=expected,
        changes=changes,
        data={"said": told.strip()},
    )
    Remedy.objects.filter(pk=row.pk).update(told=told.strip())


@transaction.atomic
def dismiss(row: Remedy, *, why: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """核实不属实: the rating stays as it is, the finding stands beside it."""
    if len(why.strip()) < 4:
        raise Refused("请写明核实情况（不少于4个字）。")
    step(row.case_id, REMEDY_FLOW, E.DISMISS, by=by, at=at, expected=expected, data={"why": why.strip()})
    Remedy.objects.filter(pk=row.pk).update(checked=why.strip())


@transaction.atomic
def answer(row: Remedy, *, answer: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """整改答复 of the unit."""
    if row.case.lead_id not in by.units:
        raise NotAllowed("只有被评价的承办单位可以答复整改。")
    if len(answer.strip()) < 10:
        raise Refused("请写明怎么改的、结果怎样（不少于10个字）。")
    step(row.case_id, REMEDY_FLOW, E.ANSWER, by=by, at=at, expected=expected, data={"said": answer.strip()})
    Remedy.objects.filter(pk=row.pk).update(answer=answer.strip())


@transaction.atomic
def accept(
    row: Remedy,
    *,
    checked: str,
    level_after: int | None = None,
    by: Actor,
    at: datetime,
    expected: int | None = None,
) -> None:
    """复核通过; what the person says now stands beside the first rating, which is never changed."""
    if level_after is not None and level_after not in LEVELS:
        raise Refused("请选择满意程度。")
    if len(checked.strip()) < 4:
        raise Refused("请写明怎样核实整改结果（不少于4个字）。")
    data = {"said": checked.strip(), "level_after": level_after}
    step(row.case_id, REMEDY_FLOW, E.ACCEPT, by=by, at=at, expected=expected, data=data)
    Remedy.objects.filter(pk=row.pk).update(checked=checked.strip(), level_after=level_after)


@transaction.atomic
def again(row: Remedy, *, why: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """退回再改, with what is still wrong."""
    if len(why.strip()) < 4:
        raise Refused("请写明哪里没有改到位（不少于4个字）。")
    changes = Changes(clocks={MENDING: clock(MENDING)})
    step(
        row.case_id,
        REMEDY_FLOW,
        E.AGAIN,
        by=by,
        at=at,
        expected=expected,
        changes=changes,
        data={"why": why.strip()},
    )
