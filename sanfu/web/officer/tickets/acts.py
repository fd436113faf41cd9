"""What may be done with an order: one row per act — its form, its action, how its button looks."""

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from sanfu.grassroots.tickets import actions, queries
from sanfu.grassroots.tickets.guidance import points_of
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import (
    Rating,
    RefusalReason,
    ReturnReason,
    TicketEvent,
)
from sanfu.kernel.codes import mask
from sanfu.people.models import Organisation, User
from sanfu.people.queries import account, organisation
from sanfu.records.actor import Actor, Refused
from sanfu.web.access import once, page
from sanfu.web.components import enclosures
from sanfu.web.components.fields import SaysDone
from sanfu.web.officer.tickets.forms import (
    ActForm,
    CallbackForm,
    CallerForm,
    DecideForm,
    DispatchForm,
    ExtensionForm,
    MergeForm,
    NothingForm,
    RefuseForm,
    ReplyForm,
    ReturnForm,
    RuleForm,
    SplitForm,
    SuspendForm,
    UnitWordsForm,
    WordsForm,
)
from sanfu.web.officer.tickets.helping import helping
from sanfu.web.request import Request

E = TicketEvent
Said = Mapping[str, Any]
Do = Callable[[Ticket, Said, Actor, datetime, int], Any]


def unit_of(ticket: Ticket, code: str) -> Organisation:
    """The unit of a code, as a form chose it."""
    found = organisation(ticket.region, code)
    if found is None:
        raise Refused("没有这个单位，请重新选择。")
    return found


def person(ticket: Ticket, key: str) -> User:
    """A person of the order's county by id, as a form chose him."""
    found = account(ticket.region, uuid.UUID(key))
    if found is None:
        raise Refused("没有这个人，请重新选择。")
    return found


def _conditions(text: str) -> dict[str, str]:
    found = {}
    for part in text.replace("；", ";").replace("＝", "=").split(";"):
        name, _, value = part.partition("=")
        if name.strip() and value.strip():
            found[name.strip()] = value.strip()
    return found


def _parts(text: str) -> list[str]:
    """Paragraphs that a blank line parts."""
    return [part for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if part.strip()]


def _merge(t: Ticket, f: Said, by: Actor, at: datetime, v: int) -> Any:
    found = queries.by_own_number(by, f["into"])
    if found is None:
        raise Refused(f"没有找到编号为{f['into']}的工单；请核对编号。")
    return actions.merge(t, found, by=by, at=at, expected=v)


def _return(t: Ticket, f: Said, by: Actor, at: datetime, v: int) -> Any:
    proposes = unit_of(t, f["proposes"]) if f["proposes"] else None
    reason = ReturnReason(f["reason"])
    said = {"reason": reason, "note": f["words"], "cites": f["cites"], "proposes": proposes}
    return actions.send_back_to_desk(t, **said, by=by, at=at, expected=v)


def _callback(t: Ticket, f: Said, by: Actor, at: datetime, v: int) -> Any:
    rating = Rating(f["rating"]) if f["rating"] else None
    said = {"responded": f["responded"], "resolved": f["resolved"], "rating": rating, "note": f["note"]}
    return actions.call_back(t, reached=f["reached"] == "1", **said, by=by, at=at, expected=v)


def _rule(t: Ticket, f: Said, by: Actor, at: datetime, v: int) -> Any:
    said = {
        "grounds": f["words"],
        "conditions": _conditions(f["condition"]),
        "becomes_rule": f["becomes_rule"],
    }
    return actions.rule(t, unit_of(t, f["unit"]), **said, by=by, at=at, expected=v)


@dataclass(frozen=True, slots=True)
class Act:
    """One act: the form that asks, the action that does, the tone and one line that helps."""

    form: type[ActForm]
    do: Do
    tone: str = ""
    hint: str = ""


def _plain(action: Callable[..., Any]) -> Do:
    return lambda t, f, by, at, v: action(t, by=by, at=at, expected=v)


def _worded(action: Callable[..., Any], name: str) -> Do:
    return lambda t, f, by, at, v: action(t, **{name: f["words"]}, by=by, at=at, expected=v)


ACTS: dict[TicketEvent, Act] = {
    E.DISPATCH: Act(
        DispatchForm,
        lambda t, f, by, at, v: actions.dispatch(
            t,
            unit_of(t, f["unit"]),
            reason=f["reason"],
            item_code=f["item"],
            helpers=[unit_of(t, code) for code in f["helpers"]],
            by=by,
            at=at,
            expected=v,
        ),
        "primary",
    ),
    E.SPLIT: Act(
        SplitForm,
        lambda t, f, by, at, v: actions.split(t, _parts(f["points"]), by=by, at=at, expected=v),
        hint="一件来信说了几件事时用；拆开后各派各的单位。",
    ),
    E.ASK_SUPPLEMENT: Act(
        WordsForm, _worded(actions.ask_supplement, "what"), hint="写明需要补充什么，时钟暂停"
    ),
    E.SUPPLEMENT: Act(
        WordsForm, lambda t, f, by, at, v: actions.supplement(t, text=f["words"], by=by, at=at)
    ),
    E.MERGE: Act(MergeForm, _merge, hint="与先到的同一诉求合并办理"),
    E.REFUSE: Act(
        RefuseForm,
        lambda t, f, by, at, v: actions.refuse(
            t, reason=RefusalReason(f["reason"]), told=f["words"], by=by, at=at, expected=v
        ),
        "danger",
    ),
    E.TO_POLICE: Act(
        WordsForm, _worded(actions.to_police, "grounds"), "danger", "紧急警情、涉嫌违法犯罪线索"
    ),
    E.SIGN: Act(NothingForm, _plain(actions.sign), "primary"),
    E.CONTACT: Act(WordsForm, _worded(actions.contact, "how"), "primary", "何时、以何种方式联系了诉求人"),
    E.REPLY: Act(
        ReplyForm,
        lambda t, f, by, at, v: actions.reply(
            t, public=f["public"], internal=f["internal"], by=by, at=at, expected=v
        ),
        "primary",
    ),
    E.ASSIST: Act(
        UnitWordsForm,
        lambda t, f, by, at, v: actions.assist(
            t, unit_of(t, f["unit"]), what=f["words"], by=by, at=at, expected=v
        ),
        hint="首接负责：主办单位不变",
    ),
    E.ASSIST_DONE: Act(
        WordsForm, lambda t, f, by, at, v: actions.assist_done(t, feedback=f["words"], by=by, at=at)
    ),
    E.RETURN: Act(ReturnForm, _return, "danger", "引用清单、指出应由谁办；第二次退单直接会商"),
    E.WHISTLE: Act(WordsForm, _worded(actions.whistle, "grounds"), hint="多部门分歧，请派单中心召集会商"),
    E.RULE: Act(RuleForm, _rule, "primary"),
    E.ASK_EXTENSION: Act(
        ExtensionForm,
        lambda t, f, by, at, v: actions.ask_extension(
            t, days=f["days"], reason=f["words"], by=by, at=at, expected=v
        ),
    ),
    E.EXTEND: Act(
        DecideForm,
        lambda t, f, by, at, v: actions.decide_extension(
            t, granted=f["granted"] == "1", by=by, at=at, expected=v
        ),
    ),
    E.SUSPEND: Act(
        SuspendForm,
        lambda t, f, by, at, v: actions.suspend(
            t, reason=f["words"], until=f["until"], by=by, at=at, expected=v
        ),
    ),
    E.RESUME: Act(NothingForm, _plain(actions.resume), "primary"),
    E.APPROVE: Act(NothingForm, _plain(actions.approve), "primary"),
    E.SEND_BACK: Act(WordsForm, _worded(actions.send_back, "why")),
    E.ASSIGN_CALLBACK: Act(
        CallerForm,
        lambda t, f, by, at, v: actions.assign_callback(t, person(t, f["caller"]), by=by, at=at, expected=v),
        hint="分给谁回访；到时别人也可以代办",
    ),
    E.CALLED_BACK: Act(CallbackForm, _callback, "primary", "未解决或不满意将自动重办"),
    E.SUPERVISE: Act(
        WordsForm, lambda t, f, by, at, v: actions.supervise(t, demand=f["words"], by=by, at=at, expected=v)
    ),
    E.ARCHIVE: Act(NothingForm, lambda t, f, by, at, v: actions.archive(t, by=by, at=at)),
}
# Acts with which photos and files may come (回访 and 协办反馈 too); a reply has the field of its own form.
WITH_FILES = {
    *(E.CONTACT, E.REPLY, E.ASSIST, E.ASSIST_DONE, E.SUPPLEMENT, E.RETURN, E.WHISTLE),
    *(E.ASK_EXTENSION, E.SUSPEND, E.CALLED_BACK, E.SUPERVISE),
}
LABELS = {E.CALLED_BACK: "登记回访", E.EXTEND: "审批延期"}


def buttons(ticket: Ticket, actor: Actor) -> list[dict[str, Any]]:
    """The acts of the order's page, each with an unbound form; only what the actor may do now."""
    waiting = ticket.extensions.filter(granted=None).exists()
    shown = []
    for event in queries.acts(ticket, actor):
        act = ACTS.get(event)
        if act is None or (event is E.EXTEND and not waiting):
            continue
        form = act.form(initial=_initial(ticket), region=ticket.region)
        label = LABELS.get(event, event.label)
        shown.append(
            {
                "event": str(event),
                "label": label,
                "form": form,
                "tone": act.tone,
                "hint": act.hint,
                "plain": act.form is NothingForm,
            }
        )
    return shown


def _initial(ticket: Ticket) -> dict[str, Any]:
    points = points_of(ticket.original or ticket.body)
    return {"version": ticket.case.version, "item": ticket.item_code, "points": "\n\n".join(points)}


@page("tickets.see")
@once
def act(request: Request, id: uuid.UUID, event: str) -> HttpResponse:
    """Do one act; a refusal comes back as the filled form with the reason."""
    ticket = queries.access(request.actor, id)
    known = {str(one): (one, row) for one, row in ACTS.items()}
    if ticket is None or event not in known:
        raise Http404("没有这件工单，或不在您可以查看的范围内。")
    chosen, row = known[event]
    label = LABELS.get(chosen, chosen.label)
    initial = {
        **_initial(ticket),
        **{k: request.GET[k] for k in ("unit", "item", "reason") if k in request.GET},
    }
    chosen_form = enclosures.enclosing(row.form) if chosen in WITH_FILES else row.form
    form = chosen_form(request.POST or None, request.FILES or None, initial=initial, region=ticket.region)
    if isinstance(form, SaysDone):
        form.on = request.today
    valid = request.method == "POST" and form.is_valid()
    kept = enclosures.keep(form, by=request.actor, at=request.now) if request.method == "POST" else []
    if valid:
        who: dict[str, Any] = {"by": request.actor, "at": request.now}
        try:
            with transaction.atomic():
                done = row.do(
                    ticket, form.cleaned_data, request.actor, request.now, form.cleaned_data["version"]
                )
                enclosures.attach(form, kept, case=ticket.case, done=done, **who)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{ticket.case.number} 已{label}。")
            return redirect("officer:ticket", id=id)
    context = {
        "title": label,
        "form": form,
        "t": ticket,
        "case": ticket.case,
        "body": mask(ticket.body),
        "hint": row.hint,
        "event": event,
        "crumbs": [("诉求工单", "officer:ticket_list")],
        "danger": row.tone == "danger",
        **helping(ticket, chosen, request),
    }
    return render(request, "officer/tickets/act.html", context, status=422 if form.errors else 200)
