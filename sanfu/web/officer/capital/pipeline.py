"""上市后备 at the desk: stages, dwell times, what blocks, certificates asked for at once."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from sanfu.enterprise.capital import actions, queries
from sanfu.enterprise.capital.content import boards, proof_list
from sanfu.enterprise.capital.models import ListingCase
from sanfu.enterprise.capital.states import LISTING_FLOW, NEXT, ListingEvent, ListingState, ProofState
from sanfu.records.actor import Actor, Refused
from sanfu.web.access import once, page, refuse
from sanfu.web.components.cases import state_choice
from sanfu.web.components.desk import Act, CaseDesk, Wait
from sanfu.web.components.fields import Area
from sanfu.web.components.table import Choice, Column, Flag, Search, Table
from sanfu.web.request import Request

S, E = ListingState, ListingEvent


def board_choices() -> list[tuple[str, str]]:
    return [(one, one) for one in boards().boards]


LISTINGS = Table(
    "listings",
    title="上市后备",
    unit="家",
    default_sort="-opened_at",
    columns=[
        Column("number", "编号", link="officer:listing", sort=True),
        Column("listing__enterprise__name", "企业", wide=True),
        Column("listing__board", "拟上板块"),
        Column("state", "阶段", tags=ListingState),
        Column("listing__blocker", "卡在哪里", wide=True),
        Column("opened_at", "入库时间", kind="datetime", sort=True),
    ],
    filters=[
        Search(apply=queries.search),
        state_choice(LISTING_FLOW),
        Choice("board", "板块", board_choices, lookup="listing__board"),
        Flag("blocked", "有阻滞的", condition=queries.blocked),
    ],
    empty="还没有上市后备企业。",
)


class ReasonForm(forms.Form):
    reason = Area(label="说明", min_length=4, max_length=300)


class ProveForm(forms.Form):
    issued = forms.TypedChoiceField(
        label="结论", choices=[("1", "出具证明"), ("0", "不能出具")], coerce=lambda value: value == "1"
    )
    said = Area(label="说明", max_length=300, required=False, help_text="不能出具时写明原因和整改要求")


def _acts_here(row: ListingCase, actor: Actor, event: ListingEvent) -> bool:
    """The leading office moves the case; a department issues its own certificate."""
    if event is E.PROVE:
        return queries.was_asked(row, actor)
    return row.case.lead_id in actor.units


def _facts(row: ListingCase) -> list[tuple[str, Any]]:
    firm = row.enterprise
    return [
        ("企业", firm.name),
        ("统一社会信用代码", firm.credit_code),
        ("镇（街道）", firm.town.short if firm.town else ""),
        ("拟上板块", row.board),
        ("卡在哪里", row.blocker or "没有记录阻滞"),
        ("标记", "演示" if firm.demo else ""),
    ]


def _more(request: Request, row: ListingCase) -> dict[str, Any]:
    return {
        "stays": queries.stays(row, request.now),
        "blocked_days": (request.now - row.blocked_at).days if row.blocked_at else None,
        "proofs": [(one, ProofState(one.state)) for one in queries.proofs(row)],
        "months": proof_list()["months"],
    }


DESK = CaseDesk(
    name="listing",
    title="上市后备",
    flow=LISTING_FLOW,
    table=LISTINGS,
    see=("capital.see",),
    cases=queries.visible,
    find=queries.access,
    facts=_facts,
    who=_acts_here,
    acts={
        **{event: Act(None, partial(actions.move_on, event=event), tone="primary") for event in NEXT},
        E.BLOCK: Act(ReasonForm, actions.block, "写清卡在哪里、由谁解决。"),
        E.FREE: Act(ReasonForm, actions.free, "写清怎样解决的。"),
        E.ASK: Act(None, actions.ask_proofs),
        E.PROVE: Act(
            ProveForm, actions.prove, "只办本单位的那一份；整改后或发现有误时，可以再办一次更正。", "primary"
        ),
        E.LEAVE: Act(ReasonForm, actions.leave, "写明原因。", "danger"),
    },
    waiting=(Wait(S.FILED, "capital.work", "申报审核中的企业", "info", "clipboard-list"),),
    labels={"open": "列入上市后备"},
    more=_more,
    template="officer/capital/listing.html",
    list_template="officer/capital/listings.html",
)
todos = DESK.todos


class EnterForm(forms.Form):
    enterprise = forms.CharField(
        label="企业", max_length=80, help_text="名称、统一社会信用代码，或名称中独有的几个字"
    )
    board = forms.ChoiceField(label="拟上板块", choices=board_choices)


@page("capital.work")
@once
def listing_new(request: Request) -> HttpResponse:
    """列入上市后备: one open case a firm."""
    form = EnterForm(request.POST or None)
    context = {
        "title": "列入上市后备",
        "crumbs": [("上市后备", "officer:listing_list")],
        "form": form,
        "submit": "列入",
        "cancel": "officer:listing_list",
    }
    if request.method != "POST":
        return render(request, "desk/new.html", context)
    if form.is_valid():
        firm = queries.enterprise_said(request.actor, form.cleaned_data["enterprise"].strip())
        if firm is None:
            form.add_error("enterprise", "没有找到唯一的企业；请写全称或统一社会信用代码。")
        else:
            try:
                made = actions.enter(
                    enterprise=firm, board=form.cleaned_data["board"], by=request.actor, at=request.now
                )
            except Refused as problem:
                form.add_error("enterprise", str(problem))
            else:
                messages.success(request, f"{made.case.number} 已列入上市后备。")
                return redirect("officer:listing", made.case_id)
    return refuse(request, "desk/new.html", context)
