"""The dispatch desk (派单台): who gets an order, and what never becomes one."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from sanfu.cases.actions import Stepped
from sanfu.grassroots.tickets.actions.shared import E, assign, handed, move, not_hidden
from sanfu.grassroots.tickets.advice import item_facts, item_for, teach
from sanfu.grassroots.tickets.models import Assignment, Ruling, Ticket
from sanfu.grassroots.tickets.states import TICKET_FLOW, RefusalReason, TicketState
from sanfu.kernel.codes import mask
from sanfu.people.models import Organisation
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Refused
from sanfu.records.moments import day_of


@transaction.atomic
def dispatch(
    ticket: Ticket,
    unit: Organisation,
    *,
    reason: str,
    by: Actor,
    at: datetime,
    item_code: str = "",
    helpers: Sequence[Organisation] = (),
    expected: int | None = None,
) -> Stepped:
    """Send an order to its lead unit (派单), with the list item that says so, and to those who help (协办).

    Without `item_code` it is the item the order has, or the one that was suggested with this unit. Item, class and
    list version are kept together; an item outside the list is kept as it was said and leaves the others alone.
    """
    code = item_code or ticket.item_code or item_for(ticket.suggested, unit.code)
    not_hidden(ticket, unit)
    if unit in helpers:
        raise Refused(f"{unit.short}已是主办单位，不必再作协办；请去掉。")
    for one in helpers:
        not_hidden(ticket, one)
    data = {
        "unit": unit.code,
        "unit_name": unit.short,
        "reason": reason,
        "item": code,
    }
    changes = handed(ticket, unit, helpers)
    done = move(ticket, E.DISPATCH, by=by, at=at, expected=expected, data=data, changes=changes)
    assign(ticket, unit, reason=reason, at=at)
    _ask_helpers(ticket, helpers, reason=reason, by=by, at=at)
    if facts := item_facts(ticket, code, at=at):
        Ticket.objects.filter(pk=ticket.pk).update(**facts)
    teach(ticket, unit, item_code=item_code, by=by, at=at)
    return done


def _ask_helpers(
    ticket: Ticket, helpers: Sequence[Organisation], *, reason: str, by: Actor, at: datetime
) -> None:
    """The helping units of a dispatch: one that already helps is not asked twice."""
    known = set(ticket.assignments.filter(leads=False, until=None).values_list("unit_id", flat=True))
    for unit in helpers:
        if unit.pk not in known:
            Assignment.objects.create(
                region=ticket.region, ticket=ticket, unit=unit, leads=False, since=at, reason=reason
            )
            data = {"unit": unit.code, "unit_name": unit.short}
            append(stream=ticket.pk, kind="ticket.helper", by=by, at=at, data=data)


@transaction.atomic
def ask_supplement(
    ticket: Ticket, *, what: str, by: Actor, at: datetime, expected: int | None = None
) -> Stepped:
    """Ask the citizen for what is missing (要求补充); the clocks stop."""
    if not what.strip():
        raise Refused("请写明需要诉求人补充什么。")
    return move(ticket, E.ASK_SUPPLEMENT, by=by, at=at, expected=expected, data={"what": what})


@transaction.atomic
def supplement(ticket: Ticket, *, text: str, by: Actor, at: datetime) -> Stepped:
    """The citizen's or the seat's addition (补充); the original text stays above it."""
    if not text.strip():
        raise Refused("补充内容是空的；请写明补充的情况。")
    Ticket.objects.filter(pk=ticket.pk).update(body=f"{ticket.body}\n\n【{day_of(at)} 补充】{text.strip()}")
    return move(ticket, E.SUPPLEMENT, by=by, at=at, data={"text": mask(text)})


@transaction.atomic
def refuse(
    ticket: Ticket, *, reason: RefusalReason, told: str, by: Actor, at: datetime, expected: int | None = None
) -> Stepped:
    """Do not accept (不予受理): says why and where to go instead."""
    if not told.strip():
        raise Refused("不予受理须告知理由和途径；请填写告知内容。")
    Ticket.objects.filter(pk=ticket.pk).update(refusal=reason, reply_public=told, handled_at=at)
    return move(ticket, E.REFUSE, by=by, at=at, expected=expected, data={"reason": str(reason), "told": told})


@transaction.atomic
def to_police(
    ticket: Ticket, *, grounds: str, by: Actor, at: datetime, expected: int | None = None
) -> Stepped:
    """Hand an emergency or a police matter to 110 (转110)."""
    if not grounds.strip():
        raise Refused("转110须写明事由。")
    Ticket.objects.filter(pk=ticket.pk).update(handled_at=at, reply_public=f"已转110处置：{grounds}")
    return move(ticket, E.TO_POLICE, by=by, at=at, expected=expected, data={"grounds": grounds})


@transaction.atomic
def merge(ticket: Ticket, into: Ticket, *, by: Actor, at: datetime, expected: int | None = None) -> Stepped:
    """Fold a repeated request into the earlier order (归并); its citizen follows that one."""
    if into.pk == ticket.pk or into.merged_into_id == ticket.pk:
        raise Refused("不能并入自己；请选择先到的那一件。")
    if TICKET_FLOW.is_final(TicketState(into.case.state)):
        raise Refused(
            f"{into.case.number}已{TicketState(into.case.state).label}，不能再并入；请另选一件或单独派单。"
        )
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=into, handled_at=at)
    data = {"into": into.case.number}
    return move(ticket, E.MERGE, by=by, at=at, expected=expected, data=data)


@transaction.atomic
def withdraw(ticket: Ticket, *, by: Actor, at: datetime) -> Stepped:
    """The citizen takes the request back (撤回)."""
    return move(ticket, E.WITHDRAW, by=by, at=at)


@transaction.atomic
def rule(
    ticket: Ticket,
    unit: Organisation,
    *,
    grounds: str,
    conditions: dict[str, str],
    becomes_rule: bool,
    by: Actor,
    at: datetime,
    expected: int | None = None,
) -> Stepped:
    """Decide who does it (裁定). With `becomes_rule` the lists room is asked for a conditional rule."""
    not_hidden(ticket, unit)
    if not grounds.strip():
        raise Refused("裁定须写明依据。")
    if becomes_rule and not conditions:
        raise Refused("要写成规则，请至少选定一个决定归属的条件（如 产权=小区共有）。")
    Ruling.objects.create(
        region=ticket.region,
        ticket=ticket,
        unit=unit,
        grounds=grounds,
        conditions=conditions,
        becomes_rule=becomes_rule,
        at=at,
    )
    data = {
        "unit": unit.code,
        "unit_name": unit.short,
        "grounds": grounds,
        "conditions": conditions,
        "becomes_rule": becomes_rule,
        "item": ticket.item_code,
    }
    done = move(ticket, E.RULE, by=by, at=at, expected=expected, data=data, changes=handed(ticket, unit))
    assign(ticket, unit, reason=f"裁定：{grounds}", at=at)
    return done
