"""技术需求 at the desk: the list, one need with its matches, publishing one for a firm, bringing two together."""

import uuid

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.enterprise.research import actions, queries
from sanfu.enterprise.research.models import Need
from sanfu.enterprise.research.states import NeedState
from sanfu.records.actor import Refused
from sanfu.web.access import once, page, refuse
from sanfu.web.components.table import Choice, Column, Search, Table
from sanfu.web.pieces.research import NeedForm, bring_together, close_need, need_facts, shown
from sanfu.web.request import Request

NEEDS = Table(
    "research-needs",
    title="技术需求",
    unit="条",
    default_sort="-made_at",
    columns=[
        Column("number", "编号", link="officer:research_need", sort=True),
        Column("title", "需求", wide=True),
        Column("enterprise__name", "企业"),
        Column("needed_by", "最晚需要", kind="date", sort=True),
        Column("n_contacts", "对接", kind="number"),
        Column("state", "状态", tags=NeedState),
        Column("made_at", "发布时间", kind="datetime", sort=True),
    ],
    filters=[
        Search(apply=lambda rows, words: rows.filter(title__icontains=words)),
        Choice("state", "状态", NeedState.choices()),
    ],
    empty="还没有技术需求。企业可以自己发布，专员也可以在走访后代为发布。",
)


class OfficerNeedForm(NeedForm):
    """A need of a firm that is named."""

    enterprise = forms.CharField(
        label="企业", max_length=80, help_text="名称、统一社会信用代码，或名称中独有的几个字"
    )
    field_order = ("enterprise",)


@page("research.see_all")
def need_list(request: Request) -> HttpResponseBase:
    """技术需求."""
    return NEEDS.respond(request, queries.needs(request.actor), "officer/research/needs.html")


def _need(request: Request, id: uuid.UUID) -> Need:
    found = queries.need(request.actor, id)
    if found is None:
        raise Http404("没有这条技术需求，或不在您可以查看的范围内。")
    return found


@page("research.see_all")
def need(request: Request, id: uuid.UUID) -> HttpResponse:
    """One need with the offers that fit, why, and those that a hard constraint leaves out."""
    row = _need(request, id)
    found, out = queries.matches(row)
    context = {
        "title": row.number,
        "crumbs": [("技术需求", "officer:research_needs")],
        "row": row,
        "state": NeedState(row.state),
        "facts": need_facts(row),
        "matches": [shown(one) for one in found],
        "left_out": out,
        "may": request.actor.may("research.work") and row.state == NeedState.OPEN,
    }
    return render(request, "officer/research/need.html", context)


@page("research.work")
@once
def need_new(request: Request) -> HttpResponse:
    """代企业发布技术需求."""
    form = OfficerNeedForm(request.POST or None)
    context = {
        "title": "发布技术需求",
        "crumbs": [("技术需求", "officer:research_needs")],
        "form": form,
        "lead": "不清楚的留空：没有说明的不算不符合，会标出来等人去问",
        "submit": "发布",
        "cancel": "officer:research_needs",
    }
    if request.method != "POST":
        return render(request, "desk/new.html", context)
    if form.is_valid():
        firm = queries.enterprise_said(request.actor, form.cleaned_data["enterprise"].strip())
        if firm is None:
            form.add_error("enterprise", "没有找到唯一的企业；请写全称或统一社会信用代码。")
        else:
            columns = form.columns()
            columns.pop("enterprise")
            try:
                made = actions.publish(firm, columns, by=request.actor, at=request.now)
            except Refused as problem:
                form.add_error(None, str(problem))
            else:
                messages.success(request, f"{made.number} 已发布，下面是匹配到的供给。")
                return redirect("officer:research_need", made.id)
    return refuse(request, "desk/new.html", context)


@page("research.work")
@require_POST
@once
def need_close(request: Request, id: uuid.UUID) -> HttpResponse:
    """撤下需求."""
    return close_need(request, _need(request, id), "officer:research_need")


@page("research.work")
@require_POST
@once
def connect(request: Request, id: uuid.UUID, offer_id: uuid.UUID) -> HttpResponse:
    """发起对接."""
    row = _need(request, id)
    found = queries.offers(request.actor).filter(id=offer_id).first()
    if found is None:
        raise Http404("没有这条技术供给。")
    made = bring_together(request, row, found)
    if made is None:
        return redirect("officer:research_need", id)
    messages.success(request, f"{made.case.number} 已发起对接。")
    return redirect("officer:research", made.case_id)
