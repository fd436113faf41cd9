"""Reads of request orders. Every one that returns somebody's rows goes through `visible` and so through row scope."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from sanfu.cases.models import Case
from sanfu.cases.queries import OPEN, days_of, find_text, reading, row_of
from sanfu.cases.queries import visible as visible_cases
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.room import TICKET
from sanfu.grassroots.tickets.states import (
    TICKET_FLOW,
    Rating,
    RefusalReason,
    ReturnReason,
    TicketEvent,
    TicketState,
)
from sanfu.kernel.clocks import Light, Unit
from sanfu.lists.queries import codes_said, headings
from sanfu.lists.states import ListKind
from sanfu.people.messages.queries import holders
from sanfu.people.models import User
from sanfu.people.scope import Parts
from sanfu.records.actor import Actor
from sanfu.records.models import StoredFile
from sanfu.records.queries import timeline

PARTS = Parts(see="tickets.see", see_all="tickets.see_all", units="units", person="applicant")


def visible(actor: Actor) -> "QuerySet[Case]":
    """Orders that the actor may see. A unit that a report (举报) names has no part in it, whatever it leads."""
    return visible_cases(actor, TICKET.code, PARTS)


def access(actor: Actor, case_id: uuid.UUID) -> Ticket | None:
    """One order by id, or None when it does not exist or is not the actor's to see."""
    rows = Ticket.objects.select_related("case", "case__lead", "area")
    return row_of(visible(actor), case_id, rows)


def by_own_number(actor: Actor, number: str) -> Ticket | None:
    """A visible order by its number."""
    found = visible(actor).filter(number=number.strip().upper()).values_list("pk", flat=True).first()
    return access(actor, found) if found else None


def ended(actor: Actor, numbers: Iterable[str]) -> list[dict[str, Any]]:
    """Visible orders of some numbers, with how they ended: state, lead, whether it was solved, what was answered."""
    rows = visible(actor).filter(number__in=list(numbers))
    columns = ("pk", "number", "title", "state", "lead__short", "ticket__resolved", "ticket__reply_public")
    return [dict(row) for row in rows.values(*columns)]


def of_item(region: str, rows: "QuerySet[Case]", words: str) -> "QuerySet[Case]":
    """Orders of the list items that words mean: a name, a part of one, a keyword, or the code itself."""
    return rows.filter(ticket__item_code__in=codes_said(region, ListKind.REQUESTS, words))


def item_headings(region: str) -> dict[str, str]:
    """Code → heading of every item that an order of the county may stand under."""
    return headings(region, ListKind.REQUESTS)


def received(number: str) -> Ticket | None:
    """The order of this number, for the browser that has just sent it."""
    return Ticket.objects.select_related("case").filter(case__number=number).first()


def split_of(ticket: Ticket) -> list[Ticket]:
    """The other orders of the same message."""
    root = ticket.split_from_id or ticket.pk
    rows = Ticket.objects.filter(Q(pk=root) | Q(split_from=root)).exclude(pk=ticket.pk)
    return list(rows.select_related("case").order_by("pk"))


def attachment(ticket: Ticket, file_id: uuid.UUID) -> StoredFile | None:
    """A file of an order, or None when it is not one of its attachments."""
    return StoredFile.objects.filter(pk=file_id, pk__in=ticket.attachments.values("file")).first()


def by_number(region: str, number: str, code: str) -> Ticket | None:
    """The order of a number and its follow-up code: what a citizen without an account has."""
    wanted = Q(case__region=region, case__number=number.strip().upper(), follow_code=code.strip().upper())
    return Ticket.objects.select_related("case", "case__lead").filter(wanted).first()


def search(rows: "QuerySet[Case]", words: str) -> "QuerySet[Case]":
    """Narrow a list by words of number or title."""
    return find_text(rows, words)


def acts(ticket: Ticket, actor: Actor) -> list[TicketEvent]:
    """What the actor may do with the order now, in the order of the table."""
    state = TicketState(ticket.case.state)
    found = [move.event for move in TICKET_FLOW.moves(state) if not move.who or actor.may(*move.who)]
    leads = ticket.case.lead_id in actor.units
    units_only = {move.event for move in TICKET_FLOW.table if move.who and set(move.who) <= _OF_UNITS}
    helping = ticket.assignments.filter(leads=False, until=None, unit__in=actor.units).exists()
    return [
        event
        for event in found
        if event not in units_only or leads or (event is TicketEvent.ASSIST_DONE and helping)
    ]


def rows_of(actor: Actor, cases: Sequence[uuid.UUID]) -> list[Ticket]:
    """Some visible orders by id, with what acts on them look at."""
    mine = visible(actor).filter(pk__in=list(cases)).values_list("pk", flat=True)
    return list(Ticket.objects.select_related("case", "case__lead", "area").filter(pk__in=list(mine)))


def why_not(ticket: Ticket, actor: Actor, event: TicketEvent) -> str:
    """Why the actor cannot take an act now, in words; "" when it can be taken."""
    if event in acts(ticket, actor):
        return ""
    state = TicketState(ticket.case.state)
    if event not in {move.event for move in TICKET_FLOW.moves(state)}:
        return f"现在是“{state.label}”，不能{event.label}"
    if ticket.case.lead and ticket.case.lead_id not in actor.units:
        return f"由{ticket.case.lead.short}主办，只有主办单位可以{event.label}"
    return f"您的岗位不能{event.label}这一件"


def callers(region: str, on: date) -> list[tuple[str, str]]:
    """Who may be given call-backs on a day: id and name."""
    people = User.objects.filter(pk__in=holders(region, "tickets.callback", on)).order_by("name")
    return [(str(key), name) for key, name in people.values_list("pk", "name")]


_OF_UNITS = {"tickets.handle", "tickets.review"}


def counts(actor: Actor) -> dict[str, int]:
    """How many visible orders are in each open state, and how many of them show each light (`light_red` …).

    One query; an order is open exactly as long as it has no closing time.
    """
    found = {str(s): 0 for s in TICKET_FLOW.groups["open"]}
    rows = visible(actor).filter(OPEN)
    for state, light, n in rows.values_list("state", "light").annotate(n=Count("*")).order_by():
        found[state] = found.get(state, 0) + n
        found[f"light_{light}"] = found.get(f"light_{light}", 0) + n
    return found


def nearby(region: str, *, area: uuid.UUID | None, since: datetime, limit: int = 200) -> list[dict[str, Any]]:
    """Recent open orders that share words, as candidates for the duplicate check: id, number, title, body, place."""
    rows = Case.objects.filter(OPEN, region=region, kind=TICKET.code, opened_at__gte=since)
    if area:
        rows = rows.filter(Q(ticket__area=area) | Q(ticket__area=None))
    picked = rows.order_by("-opened_at").values(
        "id", "number", "title", "state", "ticket__body", "ticket__place", "ticket__lon", "ticket__lat"
    )
    return [dict(row) for row in picked[:limit]]


def located(actor: Actor, *, since: datetime | None = None, open_only: bool = True) -> "QuerySet[Case]":
    """Visible orders whose place somebody chose, newest first."""
    rows = visible(actor).exclude(ticket__lon=None)
    if open_only:
        rows = rows.filter(OPEN)
    if since:
        rows = rows.filter(opened_at__gte=since)
    return rows.order_by("-opened_at")


def cells(actor: Actor, *, begin: datetime, end: datetime) -> list[dict[str, Any]]:
    """Class, town and place of every visible order of a window: what hotspots are counted from."""
    rows = visible(actor).filter(opened_at__gte=begin, opened_at__lt=end)
    columns = ("pk", "ticket__class_path", "ticket__area__short", "ticket__lon", "ticket__lat")
    return [dict(row) for row in rows.values(*columns)]


def class_heads(actor: Actor, since: datetime) -> list[str]:
    """First-level classes that visible orders have had lately."""
    paths = (
        visible(actor).filter(opened_at__gte=since).values_list("ticket__class_path", flat=True).distinct()
    )
    return sorted({path.partition("/")[0] for path in paths if path})


def recent_window(now: datetime) -> datetime:
    """How far back a repeated request is looked for."""
    return now - timedelta(days=60)


PUBLIC = {
    "ticket.open": "已受理",
    "ticket.ask_supplement": "请您补充信息",
    "ticket.supplement": "收到补充",
    "ticket.split": "您说的几件事分开办理",
    "ticket.dispatch": "已派给{unit_name}办理",
    "ticket.helper": "{unit_name}协助办理",
    "ticket.rule": "经会商，由{unit_name}办理",
    "ticket.sign": "承办单位已签收",
    "ticket.contact": "承办单位已与您联系",
    "ticket.return": "承办单位退单，正在重新确定单位",
    "ticket.return_again": "正在会商确定承办单位",
    "ticket.whistle": "多部门会商中",
    "ticket.assist": "{unit_name}协助办理",
    "ticket.extend": "经批准延长{days}个工作日：{reason}",
    "ticket.suspend": "暂停办理：{reason}",
    "ticket.resume": "恢复办理",
    "ticket.reply": "已办理，答复正在审核",
    "ticket.approve": "已答复",
    "ticket.called_back": "已回访，办结",
    "ticket.redo": "回访后重新办理",
    "ticket.reopen": "您要求重办，已重新办理",
    "ticket.rate": "收到您的评价",
    "ticket.refuse": "不予受理",
    "ticket.to_police": "已转110",
    "ticket.merge": "已并入{into}一并办理",
    "ticket.withdraw": "您已撤回",
    "ticket.archive": "已归档",
}


def public_timeline(ticket: Ticket) -> list[dict[str, Any]]:
    """What the citizen sees of the log: label and time, nothing of what units wrote to each other."""
    lines = []
    for row in timeline(ticket.pk):
        text = PUBLIC.get(row["kind"])
        if text:
            known = {key: str(value) for key, value in row["data"].items()}
            lines.append({"label": text.format_map(_Blank(known)), "at": row["at"], "state": "done"})
    return lines


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def sees_rating(actor: Actor) -> bool:
    """Whether an actor may read how an order was rated: whoever calls back or supervises, not the unit that handles."""
    return actor.may("tickets.see_all", "tickets.callback")


def desk_timeline(ticket: Ticket, *, rated: bool = True) -> list[dict[str, Any]]:
    """The whole log of an order for officers: Chinese act, who, when, what was said (already masked).

    rated: False leaves out that and how the person rated, for the unit that handles the order.
    """
    labels = {f"ticket.{event}": event.label for event in TicketEvent} | _OTHER
    rows = [row for row in timeline(ticket.pk) if rated or row["kind"] != "ticket.rate"]
    return [
        {
            "id": row["id"],
            "kind": row["kind"],
            "label": labels.get(row["kind"], row["kind"]),
            "at": row["at"],
            "by": row["by_name"],
            "note": _said(row["data"] if rated else {**row["data"], "rating": None}),
            "state": "done",
        }
        for row in rows
    ]


_OTHER = {
    "ticket.open": "受理",
    "ticket.helper": "派给协办",
    "ticket.light": "时限提醒",
    "ticket.looked": "查看联系方式",
    "ticket.copied": "导出个人信息副本",
    "ticket.erased": "依法删除个人信息",
    "ticket.extension_denied": "不同意延期",
    "ticket.callback_missed": "回访未接通",
    "match.decided": "记入匹配",
    "ticket.firm_closed": "来电企业已注销，请核实后答复",
}
_SAID = (
    "unit_name",
    "reason",
    "note",
    "what",
    "how",
    "grounds",
    "why",
    "text",
    "feedback",
    "demand",
    "caller",
    "told",
    "until",
)
_SAID_MORE = ("reply", "clock", "light", "rung", "into", "rating")


# What is kept as a code is said in words.
_WORDS: dict[str, dict[str, str]] = {
    "rating": {str(one): one.label for one in Rating},
    "light": {str(one): one.label for one in Light},
    "reason": {str(one): one.label for one in (*ReturnReason, *RefusalReason)},
}
_RIGHT = {True: "与建议一致", False: "与建议不同，下次按这次学到的建议"}


def _said(data: dict[str, Any]) -> str:
    said = [
        _WORDS.get(key, {}).get(data[key], str(data[key])) for key in (*_SAID, *_SAID_MORE) if data.get(key)
    ]
    if "right" in data and data["right"] in _RIGHT:
        said.append(_RIGHT[data["right"]])
    return " · ".join(said)


def masked_contact(ticket: Ticket) -> dict[str, str]:
    """Name and phone as everybody may see them."""
    contact = getattr(ticket, "contact", None)
    if contact is None:
        return {"name": "匿名" if ticket.anonymous else "", "phone": ""}
    phone = (
        "已登记（查看须写事由）" if contact.phone else ""
    )  # the whole field: a short number has no middle to hide
    return {"name": contact.name[:1] + "**" if contact.name else "", "phone": phone}


def by_unit(actor: Actor, *, limit: int) -> list[dict[str, Any]]:
    """Open orders by lead unit, most overdue first: unit, open, yellow, red."""
    rows = visible(actor).filter(OPEN).exclude(lead=None)
    counted = rows.values("lead__short").annotate(
        open=Count("pk"),
        yellow=Count("pk", filter=Q(light__in=[Light.YELLOW, Light.ORANGE])),
        red=Count("pk", filter=Q(light=Light.RED)),
    )
    return [dict(row) for row in counted.order_by("-red", "-yellow", "-open")[:limit]]


def by_town(actor: Actor) -> list[dict[str, Any]]:
    """Open orders by the town they lie in: id, code, open, red."""
    rows = visible(actor).filter(OPEN).exclude(ticket__area=None)
    counted = rows.values(code=F("ticket__area__code")).annotate(
        id=F("ticket__area"), open=Count("pk"), red=Count("pk", filter=Q(light=Light.RED))
    )
    return [dict(row) for row in counted.order_by()]


def clocks(ticket: Ticket, at: datetime) -> list[dict[str, Any]]:
    """The clocks of an order for its page: name, due, what is left, light, basis and the day list."""
    shown = []
    for clock in ticket.case.clocks.order_by("started_at", "name"):
        now = reading(clock, at)
        rule = clock.rule
        shown.append(
            {
                "name": clock.name,
                "due_at": clock.due_at,
                "light": str(now.light),
                "stopped_at": clock.stopped_at,
                "late": clock.stopped_at is not None and clock.stopped_at > clock.due_at,
                "provisional": clock.provisional,
                "left": _number(now.remaining),
                "unit": Unit(rule["unit"]).label,
                "n": rule["n"],
                "source": rule.get("source", ""),
                "basis": rule.get("basis", ""),
                "rung": clock.rung,
                "days": [
                    {"date": d.date, "counts": d.counted, "label": d.why, "total": _number(d.total)}
                    for d in days_of(clock, at)
                ],
            }
        )
    return shown


def _number(value: Any) -> str:
    return f"{float(value):g}" if float(value) == int(value) else f"{float(value):.1f}"
