"""一企一档 on the desk: the list, the record as of any day after a purpose is given, merging and renaming."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanfu.enterprise.benefits.card import card
from sanfu.enterprise.benefits.policies import in_force, paying_clauses
from sanfu.enterprise.benefits.queries import payments_of
from sanfu.enterprise.liaison.queries import serving
from sanfu.enterprise.registry import actions, queries
from sanfu.enterprise.registry.content import dictionary, industry_name
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.registry.states import Purpose
from sanfu.enterprise.registry.timeline import timeline
from sanfu.people.queries import short_names
from sanfu.records.actor import Conflict, Refused
from sanfu.records.moments import begin_of, said
from sanfu.web.access import once, page
from sanfu.web.components.table import Choice, Column, Search, Table
from sanfu.web.pieces.since import since_the_visit
from sanfu.web.pieces.small_forms import try_and_return
from sanfu.web.request import Request

FIRMS = Table(
    "registry",
    title="一企一档",
    unit="家",
    default_sort="credit_code",
    columns=[
        Column("name", "企业", wide=True, link="officer:registry_firm", link_args=("id",)),
        Column("credit_code", "统一社会信用代码", sort=True),
        Column("town__short", "镇街"),
        Column("industry", "行业", render=lambda row: industry_name(row["industry"])),
        Column("size", "规模"),
        Column("demo", "标记", tags={True: ("演示", "warn"), False: ("", "muted")}),
    ],
    filters=[
        Search(
            apply=lambda rows, words: (
                rows.filter(name__icontains=words)
                | rows.filter(credit_code__icontains=words)
                | rows.filter(old_names__name__icontains=words)
            )
        ),
        Choice("size", "规模", [(v, v) for v in ("大型", "中型", "小型", "微型")]),
    ],
    empty="没有符合条件的企业。曾用名也可以搜到；一家也没有时，请政策专员点“登记企业名录”上传。",
)


@page("registry.see")
def firm_list(request: Request) -> HttpResponseBase:
    """一企一档: every enterprise whose record may be opened."""
    return FIRMS.respond(request, queries.listed(request.actor), "officer/registry/firms.html")


def _firm(request: Request, id: uuid.UUID) -> Enterprise:
    rows = queries.listed(request.actor).select_related("town", "organisation").prefetch_related("doubles")
    found = rows.filter(pk=id).first()
    if found is None:
        raise Http404("没有这家企业，或它已并入另一份档案。")
    return found


@page("registry.see")
def record(request: Request, id: uuid.UUID) -> HttpResponse:
    """一企一档: asks for the purpose once a day, then shows the record as of a day."""
    firm = _firm(request, id)
    context = {"title": firm.name, "crumbs": [("一企一档", "officer:registry_firms")], "firm": firm}
    if queries.last_look(firm, request.actor, request.today) is None:
        context["purposes"] = Purpose.choices()
        return render(request, "officer/registry/purpose.html", context)
    day = _day(request)
    before = queries.look_before(firm, request.actor, request.today)
    context |= {
        "day": day,
        "is_today": day == request.today,
        "about": _about(firm),
        **_facts(request, firm, day),
        **_timeline(request, firm, day),
        "lapsing": queries.lapsing(firm, day),
        "looks": queries.looks(firm)[:10],
        "before": before,
        "fresh": queries.changed_since(firm, before.at) if before else 0,
        **(since_the_visit(firm, request.today) if day == request.today else {}),
        "merges": queries.merges(firm),
        "together": queries.standing_together(firm),
        "may_card": request.actor.may("benefits.see"),
    }
    return render(request, "officer/registry/record.html", context)


FIRST_LINES, MOST_LINES = 30, 1000


def _timeline(request: Request, firm: Enterprise, day: date) -> dict[str, object]:
    """The newest lines of the timeline; all of them once they are asked for (`lines=all`)."""
    most = MOST_LINES if request.GET.get("lines") == "all" else FIRST_LINES
    found = timeline(request.actor, queries.members(firm), begin_of(day + timedelta(days=1)), most + 1)
    return {"entries": found[:most], "more_lines": len(found) > most, "most_lines": most}


def _facts(request: Request, firm: Enterprise, day: date) -> dict[str, object]:
    """The newest fact of each indicator; every period and observation once they are asked for (`facts=all`)."""
    if request.GET.get("facts") == "all":
        rows = queries.facts_on(firm, day)
        count = len(rows)
    else:
        rows, count = queries.newest_facts_on(firm, day)
    names = short_names(request.actor.region, {row["source"] for row in rows})
    shown = [{**row, "source_name": names.get(row["source"], row["source"])} for row in rows]
    return {"facts": shown, "more_facts": count - len(rows), "all_facts": count}


def _day(request: Request) -> date:
    """The day of the address, today when it is none or in the future."""
    try:
        asked = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return request.today
    return min(asked, request.today)


def _about(firm: Enterprise) -> list[tuple[str, object]]:
    return [
        ("统一社会信用代码", firm.credit_code),
        ("镇街", firm.town.short if firm.town else "未归属"),
        ("行业", f"{industry_name(firm.industry)}（{firm.industry}）"),
        ("规模", firm.size),
        ("成立", firm.established),
        (
            "曾用名",
            "、".join(f"{old.name}（至{said(old.until, '%Y-%m-%d')}）" for old in firm.old_names.all()),
        ),
        ("总部所在国别", firm.home),
        ("挂钩干部", "、".join(f"{who}（{role}）" for who, role in serving(firm)) or "还没有"),
        ("企业账号", firm.organisation.name if firm.organisation else ""),
        ("注销", f"{firm.closed_on:%Y-%m-%d}，{firm.closed_why}" if firm.closed_on else ""),
        ("标记", "演示" if firm.demo else ""),
    ]


@page("registry.see")
@once
@require_POST
def look(request: Request, id: uuid.UUID) -> HttpResponse:
    """写明事由: the look is kept and the firm sees it."""
    firm = _firm(request, id)
    try:
        actions.look(
            firm, purpose=request.POST.get("purpose", ""), note=request.POST.get("note", ""),
            by=request.actor, at=request.now,
        )  # fmt: skip
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("officer:registry_firm", id=id)


def _tried(request: Request, id: uuid.UUID, act: Callable[[], Any], said: str) -> HttpResponse:
    """Back on the record, with what was done or why it was refused."""
    return try_and_return(request, act, said, ("officer:registry_firm", id))


@page("registry.merge")
@once
@require_POST
def merge(request: Request, id: uuid.UUID) -> HttpResponse:
    """合并 a double, named by its credit code, into this record."""
    firm, code = _firm(request, id), request.POST.get("code", "").strip()
    double = queries.listed(request.actor).filter(credit_code=code).first()

    def merged() -> None:
        if double is None:
            raise Refused("没有这个信用代码的档案，或它已经合并。")
        actions.merge(firm, double, why=request.POST.get("why", ""), by=request.actor, at=request.now)

    name = double.name if double else ""
    return _tried(request, id, merged, f"{name} 已并入，事实和事项都在这里；可以撤销。")


@page("registry.merge")
@once
@require_POST
def undo(request: Request, id: uuid.UUID, merge_id: uuid.UUID) -> HttpResponse:
    """撤销合并."""
    made = queries.merges(_firm(request, id)).filter(pk=merge_id).first()
    if made is None:
        raise Http404("没有这次合并。")
    actions.undo_merge(made, by=request.actor, at=request.now)
    messages.success(request, f"已撤销，{made.double.name} 恢复为单独的档案。")
    return redirect("officer:registry_firm", id=id)


@page("registry.merge")
@once
@require_POST
def rename(request: Request, id: uuid.UUID) -> HttpResponse:
    """更名."""
    firm, name = _firm(request, id), request.POST.get("name", "")
    return _tried(
        request, id, lambda: actions.rename(firm, name=name, by=request.actor, at=request.now),
        "已更名，原名留在曾用名里。",
    )  # fmt: skip


@page("registry.merge")
@once
@require_POST
def attach(request: Request, id: uuid.UUID) -> HttpResponse:
    """登记分支机构: the company's credit code, or empty to take it out."""
    firm, code = _firm(request, id), request.POST.get("company", "").strip()
    company = queries.listed(request.actor).filter(credit_code=code).first() if code else None

    def attached() -> None:
        if code and company is None:
            raise Refused("没有这个信用代码的档案。")
        actions.attach(firm, company, by=request.actor, at=request.now)

    return _tried(request, id, attached, "已登记为分支机构。" if company else "已不再是分支机构。")


@page("registry.merge")
@once
@require_POST
def home(request: Request, id: uuid.UUID) -> HttpResponse:
    """登记总部所在国别."""
    firm, said = _firm(request, id), request.POST.get("home", "")
    return _tried(
        request, id, lambda: actions.set_home(firm, said, by=request.actor, at=request.now),
        "已登记总部所在国别；走访会避开总部假期，一页纸用两种语言。",
    )  # fmt: skip


@page("registry.merge")
@once
@require_POST
def close(request: Request, id: uuid.UUID) -> HttpResponse:
    """登记注销."""
    firm = _firm(request, id)
    try:
        on = date.fromisoformat(request.POST.get("on", ""))
    except ValueError:
        messages.error(request, "请填注销日期。")
        return redirect("officer:registry_firm", id=id)
    try:
        actions.close(firm, on=on, why=request.POST.get("why", ""), by=request.actor, at=request.now)
        messages.success(request, "已登记注销；没有办完的事会各自终止并写明原因。")
    except (Refused, Conflict) as refused:
        messages.error(request, str(refused))
    return redirect("officer:registry_firm", id=id)


@page("registry.see")
def benefits(request: Request, id: uuid.UUID) -> HttpResponse:
    """惠企: what the firm received, can have, and is one step away from; behind the same purpose as the record."""
    firm = _firm(request, id)
    if queries.last_look(firm, request.actor, request.today) is None:
        return redirect("officer:registry_firm", id=id)
    clauses = paying_clauses(in_force(request.actor.region, request.today), request.today)
    shown = card(queries.profile(firm, request.today), clauses, request.today, dictionary())
    context = {
        "title": f"{firm.name}：惠企",
        "crumbs": [
            ("一企一档", "officer:registry_firms"),
            (firm.name, reverse("officer:registry_firm", args=[id])),
        ],
        "card": list(shown.items()),
        "payments": payments_of(firm)[:50],
    }
    return render(request, "officer/registry/benefits.html", context)
