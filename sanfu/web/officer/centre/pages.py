"""服务中心专窗: who stands here, what is open, the queue of the day."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanfu.cases.models import Case
from sanfu.enterprise.benefits.card import Standing, card
from sanfu.enterprise.benefits.policies import in_force, paying_clauses
from sanfu.enterprise.benefits.queries import payments_of
from sanfu.enterprise.centre import actions, queries
from sanfu.enterprise.centre.states import AppointmentState, HandOverState
from sanfu.enterprise.demands import actions as demand_actions
from sanfu.enterprise.demands import queries as demands
from sanfu.enterprise.demands.states import DemandState
from sanfu.enterprise.liaison import queries as liaison
from sanfu.enterprise.registry.actions import look_for_task
from sanfu.enterprise.registry.content import dictionary
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.registry.queries import profile
from sanfu.enterprise.registry.states import Purpose
from sanfu.grassroots.scenes import queries as scenes
from sanfu.grassroots.scenes.states import JointState
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.moments import day_of
from sanfu.web.access import once, page
from sanfu.web.components.fields import as_uuid
from sanfu.web.request import Request
from sanfu.web.todos import Todo


def counter_todos(actor: Actor, now: datetime) -> list[Todo]:
    """Firms that wait at the counter now."""
    if not actor.may("centre.serve"):
        return []
    rows = queries.appointments(actor).filter(day=day_of(now), state=AppointmentState.WAITING)
    return [Todo("专窗排队的企业", rows.count(), reverse("officer:counter"), "store", "warn")]


@page("centre.serve")
def counter(request: Request) -> HttpResponse:
    """One page: find the firm, see what is open, register, give a number, call the next."""
    words = request.GET.get("q", "").strip()
    found = list(demands.enterprises(request.actor.region, words)[:8]) if len(words) > 1 else []
    firm = demands.enterprise_said(request.actor.region, words) if words else None
    context: dict[str, Any] = {
        "title": "服务中心专窗",
        "q": words,
        "found": found,
        "firm": firm,
        "queue": [(one, AppointmentState(one.state)) for one in queries.of_day(request.actor, request.today)],
    }
    if firm:
        look_for_task(firm, Purpose.DEMAND, "企业综合服务中心接待", by=request.actor, at=request.now)
        context |= {
            "demands": [
                (one, DemandState(one.case.state)) for one in demands.of_enterprise(request.actor, firm)[:10]
            ],
            "officers": [one for one in liaison.history(firm) if one.ends is None],
            "helped": [
                (one, HandOverState(one.case.state)) for one in queries.of_firm(request.actor, firm)[:5]
            ],
            "joint": _joint(request, firm),
            **_benefits(request, firm),
            "booked": queries.appointments(request.actor).filter(enterprise=firm).order_by("-day")[:5],
        }
    return render(request, "officer/centre/counter.html", context)


def _joint(request: Request, firm: Enterprise) -> list[tuple[Case, JointState]]:
    """Joint applications of the firm that the reader may see, newest first."""
    if firm.organisation_id is None or not request.actor.may("scenes.see", "scenes.see_all"):
        return []
    rows = (
        scenes.visible(request.actor, request.today).filter(firm=firm.organisation_id).order_by("-opened_at")
    )
    return [(one, JointState(one.state)) for one in rows[:5]]


def _benefits(request: Request, firm: Enterprise) -> dict[str, Any]:
    """What the firm can have, what it is one step away from, what it received."""
    if not request.actor.may("benefits.see"):
        return {}
    clauses = paying_clauses(in_force(request.actor.region, request.today), request.today)
    shown = card(profile(firm, request.today), clauses, request.today, dictionary())
    return {
        "entitled": shown[Standing.ENTITLED][:5],
        "near": shown[Standing.NEAR][:5],
        "received": payments_of(firm)[:5],
        "counts": {"entitled": len(shown[Standing.ENTITLED]), "near": len(shown[Standing.NEAR])},
    }


@page("centre.serve")
@require_POST
@once
def counter_act(request: Request, event: str) -> HttpResponse:
    """One act at the counter."""
    said, by, at = request.POST, request.actor, request.now
    try:
        if event == "next":
            called = actions.call_next(by=by, at=at)
            messages.success(request, f"请 {called.ticket} 号 {called.enterprise.name}。")
            return redirect(f"{reverse('officer:counter')}?q={called.enterprise.credit_code}")
        if event in {"walk-in", "demand", "help"}:
            _of_firm(request, event)
        else:
            key = as_uuid(said.get("appointment", ""))
            made = queries.appointment(by, key) if key else None
            if made is None:
                raise Http404("没有这个预约。")
            if event == "arrive":
                messages.success(
                    request, f"{made.enterprise.name} 取 {actions.arrive(made, by=by, at=at)} 号。"
                )
            elif event == "finish":
                actions.finish(made, outcome=said.get("outcome", ""), by=by, at=at)
            else:
                raise Http404("没有这个动作。")
    except (Refused, Conflict, NotAllowed) as problem:
        messages.error(request, str(problem))
    return redirect(f"{reverse('officer:counter')}?q={said.get('q', '')}")


def _of_firm(request: Request, event: str) -> None:
    firm = demands.enterprise_said(request.actor.region, request.POST.get("q", "").strip())
    if firm is None:
        raise Refused("没有找到唯一的企业；请写全称或统一社会信用代码。")
    text = request.POST.get("text", "")
    if event == "help":
        key = as_uuid(request.POST.get("appointment", ""))
        held = queries.appointment(request.actor, key) if key else None
        row = actions.hand_over(
            firm, matter=text, given=request.POST.get("given", ""), promised=request.POST.get("promised", ""),
            appointment=held, by=request.actor, at=request.now,
        )  # fmt: skip
        messages.success(request, f"{row.case.number} 已转帮办。")
    elif event == "walk-in":
        ticket = actions.walk_in(firm, matter=text, by=request.actor, at=request.now)
        messages.success(request, f"{firm.name} 取 {ticket} 号。")
    else:
        made = demand_actions.submit(
            enterprise=firm, text=text, source="counter", by=request.actor, at=request.now
        )
        messages.success(request, f"诉求 {made.case.number} 已登记。")
