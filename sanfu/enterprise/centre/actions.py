"""Writes of the centre: book, arrive, call, serve, cancel."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from sanfu.cases.actions import Opening, open_case, step
from sanfu.enterprise.centre import queries
from sanfu.enterprise.centre.models import Appointment, HandOver
from sanfu.enterprise.centre.room import HANDOVER
from sanfu.enterprise.centre.states import HANDOVER_FLOW, TAKING, HandOverEvent
from sanfu.enterprise.centre.states import AppointmentState as S
from sanfu.enterprise.registry.models import Enterprise
from sanfu.records.actions import append, number
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused, machine
from sanfu.records.models import Event
from sanfu.records.moments import day_of


def _serve(by: Actor) -> None:
    if not by.may("centre.serve"):
        raise NotAllowed(f"{by.name}没有专窗接待的权限。")


@transaction.atomic
def book(
    enterprise: Enterprise, *, day: date, slot: str, matter: str, by: Actor, at: datetime
) -> Appointment:
    """Book (预约) a slot at the first free desk. Of two people who ask for the last one, the second gets a Refused."""
    own = by.may("centre.book") and enterprise.organisation_id == by.organisation
    if not (own or by.may("centre.serve")):
        raise NotAllowed("只能为本企业预约。")
    raw = queries.rules()
    if slot not in raw["slots"] or day not in queries.bookable_days(day_of(at)):
        raise Refused("这个时段不能预约；请在列出的工作日和时段里选。")
    if len(matter.strip()) < 2:
        raise Refused("请写明要办的事，窗口好提前准备。")
    if Appointment.objects.filter(region=by.region, enterprise=enterprise, day=day, state=S.BOOKED).exists():
        raise Refused("您当天已有一个预约；请先取消再改时间。")
    for desk in range(1, int(raw["desks"]) + 1):
        try:
            with transaction.atomic():
                made = Appointment.objects.create(region=by.region, enterprise=enterprise, day=day, slot=slot, desk=desk, matter=matter.strip()[:200], made_at=at)  # fmt: skip
        except IntegrityError:
            continue
        append(
            stream=made.id,
            kind="centre.booked",
            by=by,
            at=at,
            data={"day": day.isoformat(), "slot": slot, "desk": desk},
        )
        return made
    raise Conflict(f"{day} {slot} 刚被约满；请另选时段。")


@transaction.atomic
def arrive(made: Appointment, *, by: Actor, at: datetime) -> int:
    """到场取号; the number of the day."""
    _serve(by)
    row = Appointment.objects.select_for_update(of=("self",)).get(pk=made.pk)
    if row.state != S.BOOKED:
        raise Conflict("已取过号或已结束，请刷新。")
    if row.day != day_of(at):
        raise Refused(f"预约的是 {row.day}，不是今天；请改约或按未预约取号。")
    return _queued(row, by, at)


@transaction.atomic
def walk_in(enterprise: Enterprise, *, matter: str, by: Actor, at: datetime) -> int:
    """未预约取号."""
    _serve(by)
    if len(matter.strip()) < 2:
        raise Refused("请写明要办的事。")
    row = Appointment(
        region=by.region, enterprise=enterprise, day=day_of(at), matter=matter.strip()[:200], made_at=at
    )
    return _queued(row, by, at)


def _queued(row: Appointment, by: Actor, at: datetime) -> int:
    for _ in range(20):
        last = Appointment.objects.filter(region=row.region, day=row.day).aggregate(n=Max("ticket"))["n"] or 0
        row.ticket, row.state, row.arrived_at = last + 1, S.WAITING, at
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:  # somebody took the number at the same moment
            continue
        append(stream=row.id, kind="centre.arrived", by=by, at=at, data={"ticket": row.ticket})
        return row.ticket
    raise Conflict("取号的人太多，请再点一次。")


@transaction.atomic
def call_next(*, by: Actor, at: datetime) -> Appointment:
    """叫号: the lowest number that waits; two desks at once get two different ones."""
    _serve(by)
    waiting = Appointment.objects.select_for_update(skip_locked=True, of=("self",)).select_related(
        "enterprise"
    )
    row = waiting.filter(region=by.region, day=day_of(at), state=S.WAITING).order_by("ticket").first()
    if row is None:
        raise Refused("现在没有人排队。")
    row.state, row.served_by = S.CALLED, by.name
    row.save()
    append(stream=row.id, kind="centre.called", by=by, at=at, data={"ticket": row.ticket})
    return row


@transaction.atomic
def finish(made: Appointment, *, outcome: str, by: Actor, at: datetime) -> None:
    """办结接待, with what came of it (登记诉求、转帮办、当场办结)."""
    _serve(by)
    if len(outcome.strip()) < 2:
        raise Refused("请写明接待结果。")
    done = Appointment.objects.filter(pk=made.pk, state=S.CALLED).update(
        state=S.SERVED, outcome=outcome.strip()[:300]
    )
    if not done:
        raise Conflict("请先叫号，或已经办结。")
    append(stream=made.id, kind="centre.served", by=by, at=at, data={"outcome": outcome.strip()[:300]})


@transaction.atomic
def cancel(made: Appointment, *, by: Actor, at: datetime) -> None:
    """取消预约: the slot is free again."""
    if not by.may("centre.serve") and made.enterprise.organisation_id != by.organisation:
        raise NotAllowed("只能取消本企业的预约。")
    if not Appointment.objects.filter(pk=made.pk, state=S.BOOKED).update(state=S.CANCELLED):
        raise Conflict("已到场或已取消，请刷新。")
    append(stream=made.id, kind="centre.cancelled", by=by, at=at)


def deregistered(event: Event) -> None:
    """A firm that is gone: its appointments are cancelled, the slots are free again."""
    rows = Appointment.objects.filter(
        region=event.region, enterprise=event.data["enterprise"], state=S.BOOKED
    )
    for row in rows:
        if Appointment.objects.filter(pk=row.pk, state=S.BOOKED).update(
            state=S.CANCELLED, outcome=event.data["says"][:300]
        ):
            append(stream=row.id, kind="centre.cancelled", by=machine(event.region, "企业注销"), at=event.at)
    for case_id in HandOver.objects.filter(
        region=event.region, enterprise=event.data["enterprise"], case__closed_at=None
    ).values_list("case_id", flat=True):
        by = machine(event.region, "企业注销")
        step(
            case_id,
            HANDOVER_FLOW,
            HandOverEvent.LAPSE,
            by=by,
            at=event.at,
            data={"reason": event.data["says"]},
        )


@transaction.atomic
def hand_over(
    enterprise: Enterprise, *, matter: str, given: str = "", promised: str = "", appointment: Appointment | None = None,
    by: Actor, at: datetime,
) -> HandOver:  # fmt: skip
    """转帮办: an agent is to carry the matter through; of an appointment it is made once, and ends the reception."""
    _serve(by)
    if len(matter.strip()) < 4:
        raise Refused("请写明要帮办的事（不少于4个字）。")
    if appointment is not None and HandOver.objects.filter(appointment=appointment).exists():
        raise Conflict("这次接待已转过帮办，请刷新。")
    lead = queries.helping_unit(by.region)
    case = open_case(
        Opening(
            kind=HANDOVER.code, number=number(HANDOVER.number, by=by, at=at), title=f"{enterprise.name}：{matter.strip()}"[:200],
            lead=lead, units=frozenset({lead} if lead else ()), firm=enterprise.organisation_id,
            clocks={TAKING: queries.taking_clock()},
        ),
        HANDOVER_FLOW, by=by, at=at,
    )  # fmt: skip
    if appointment is not None:
        finish(appointment, outcome=f"转帮办 {case.number}", by=by, at=at)
    return HandOver.objects.create(
        region=by.region, case=case, enterprise=enterprise, appointment=appointment, matter=matter.strip()[:200],
        given=given.strip()[:300], promised=promised.strip()[:300],
    )  # fmt: skip


@transaction.atomic
def take(row: HandOver, *, by: Actor, at: datetime, expected: int | None = None) -> None:
    """接收帮办, in one's own name."""
    step(row.case_id, HANDOVER_FLOW, HandOverEvent.TAKE, by=by, at=at, expected=expected)
    HandOver.objects.filter(pk=row.pk).update(helper=by.id, helper_name=by.name)


def note(row: HandOver, *, said: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """记录进展."""
    _helped(row, HandOverEvent.NOTE, said, "办到哪一步", by, at, expected)


def complete(row: HandOver, *, said: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """办结帮办, with what the firm received."""
    _helped(row, HandOverEvent.FINISH, said, "办理结果", by, at, expected)


def give_back(row: HandOver, *, said: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """退回专窗 with the reason."""
    _helped(row, HandOverEvent.RETURN, said, "为什么不能帮办", by, at, expected)


def _helped(
    row: HandOver, event: HandOverEvent, said: str, what: str, by: Actor, at: datetime, expected: int | None
) -> None:
    words = said.strip()
    if len(words) < 4:
        raise Refused(f"请写明{what}（不少于4个字）。")
    step(row.case_id, HANDOVER_FLOW, event, by=by, at=at, expected=expected, data={"said": words})
