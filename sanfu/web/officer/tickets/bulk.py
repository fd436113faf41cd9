"""成批办理 of orders: dispatch, sign, press, give out call-backs, over the chosen rows of the list."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms

from sanfu.grassroots.tickets import actions, queries
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import TicketEvent
from sanfu.records.actor import Actor
from sanfu.web.components.bulk import Bulk, BulkAct
from sanfu.web.officer.tickets.acts import ACTS, person, unit_of
from sanfu.web.officer.tickets.forms import ActForm, CallerForm, DispatchForm, WordsForm
from sanfu.web.officer.tickets.suggestions import suggestions

E = TicketEvent


def _asks(form: type[ActForm]) -> Callable[[Any, Actor], forms.Form]:
    """The form of an act without the version: every row brings its own."""

    def make(data: Any, actor: Actor) -> forms.Form:
        made = form(data, region=actor.region)
        del made.fields["version"]
        return made

    return make


def _why_not(event: TicketEvent) -> Callable[[Ticket, Actor], str]:
    return lambda ticket, actor: queries.why_not(ticket, actor, event)


def _dispatch(t: Ticket, said: Any, by: Actor, at: datetime, version: int | None) -> Any:
    helpers = [unit_of(t, code) for code in said.get("helpers", ())]
    more = {"reason": said["reason"], "item_code": said["item"], "helpers": helpers}
    return actions.dispatch(t, unit_of(t, said["unit"]), **more, by=by, at=at, expected=version)


def _suggested(ticket: Ticket, now: datetime) -> tuple[str, str]:
    """The unit that the matcher puts first and the mark of it; without a unit the reason why not."""
    found = suggestions(ticket, now) or {}
    first = next((one for one in found.get("units", ()) if one["unit"]), None)
    if found.get("flag") or first is None or first.get("ask"):
        return found.get("flag") or "没有可以直接采用的建议，请打开单独派单", ""
    name, sure = first["unit_name"], first.get("confidence")
    how = "未估把握" if sure is None else f"把握 {sure:.0%}"
    return f"派给{name}（{how}）：{first['reason']}"[:160], f"{first['unit']}|{first['item']}"


def _as_suggested(t: Ticket, said: Any, by: Actor, at: datetime, version: int | None) -> Any:
    unit, _, item = said["mark"].partition("|")
    says = _suggested(t, at)[0].partition("：")[2] or "采用派单建议"
    return actions.dispatch(t, unit_of(t, unit), reason=says, item_code=item, by=by, at=at, expected=version)


def _plain(event: TicketEvent) -> Callable[..., Any]:
    return lambda t, said, by, at, version: ACTS[event].do(t, said, by, at, version)


def _press(t: Ticket, said: Any, by: Actor, at: datetime, version: int | None) -> Any:
    return actions.supervise(t, demand=said["words"], by=by, at=at, expected=version)


def _give(t: Ticket, said: Any, by: Actor, at: datetime, version: int | None) -> Any:
    return actions.assign_callback(t, person(t, said["caller"]), by=by, at=at, expected=version)


ACTS_OF_MANY = {
    "suggested": BulkAct(
        "按建议派单", "tickets.dispatch", _why_not(E.DISPATCH), _as_suggested, about=_suggested,
        hint="逐件采用排在第一的建议；没有把握、还要问清或不属本级的不会派，请单独研判。",
    ),
    "dispatch": BulkAct(
        "派单", "tickets.dispatch", _why_not(E.DISPATCH), _dispatch, form=_asks(DispatchForm),
        hint="所选工单都派给同一个单位。",
    ),
    "sign": BulkAct("签收", "tickets.handle", _why_not(E.SIGN), _plain(E.SIGN)),
    "press": BulkAct(
        "催办", "tickets.supervise", _why_not(E.SUPERVISE), _press, form=_asks(WordsForm),
        hint="写明要求，承办单位会收到消息，并记入每一件的办理过程。",
    ),
    "callbacks": BulkAct(
        "回访分配", "tickets.callback", _why_not(E.ASSIGN_CALLBACK), _give, form=_asks(CallerForm),
    ),
}  # fmt: skip


def bulk(table: Callable[[], Any]) -> Bulk:
    """The acts over several orders of a list."""
    return Bulk("ticket", ("tickets.see",), queries.visible, queries.rows_of, table, ACTS_OF_MANY)
