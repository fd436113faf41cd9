"""挂钩: whom to contact today and why, pairs and load, proposals with reasons and proof."""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanfu.enterprise.demands import queries as demands
from sanfu.enterprise.liaison import actions, queries
from sanfu.enterprise.liaison.models import Pair
from sanfu.enterprise.liaison.states import OutreachKind, PairRole, ProposalState
from sanfu.enterprise.visits import queries as visits
from sanfu.enterprise.visits.states import VisitState
from sanfu.kernel.assigning.explaining import why_not
from sanfu.kernel.assigning.reading import languages, languages_said
from sanfu.kernel.assigning.solving import solve
from sanfu.people.queries import account, organisation, organisations
from sanfu.records.actor import Actor, Conflict, Refused
from sanfu.records.moments import day_of
from sanfu.web.access import once, page
from sanfu.web.components.fields import as_uuid
from sanfu.web.components.table import Choice, Column, Table
from sanfu.web.request import Request

PAIRS = Table(
    "liaison-pairs",
    title="挂钩关系",
    unit="户次",
    default_sort="starts",
    columns=[
        Column("enterprise__name", "企业", link="officer:liaison_firm", link_args=("enterprise",), wide=True),
        Column("enterprise__town__short", "板块"),
        Column("officer__name", "挂钩干部"),
        Column("role", "主副", tags=PairRole),
        Column("starts", "起", kind="date", sort=True),
    ],
    filters=[Choice("role", "主副", PairRole.choices())],
    empty="还没有挂钩关系。有现成的表就登记现有关系，没有就到“挂钩方案”里生成并采纳一份。",
)

MOST_REASONS = 4  # of one firm on the first page; the others stand behind its record
MOST_FIRMS = 100  # on the first page; whoever has more reasons comes first


@dataclass
class Reasons:
    """One firm of mine with why it should be contacted today, each with the page where that is done."""

    pair: Pair
    why: list[tuple[str, str]]


def reasons(actor: Actor, request: Request) -> list[Reasons]:
    """Whom to contact today and why; firms with more reasons first."""
    pairs = queries.mine(actor)
    firms = [pair.enterprise_id for pair in pairs]
    why: dict[uuid.UUID, list[tuple[str, str]]] = defaultdict(list)
    tasks = queries.outreach(actor).filter(closed_at=None, outreach__enterprise__in=firms)
    for key, firm, kind in tasks.values_list("pk", "outreach__enterprise", "outreach__kind"):
        why[firm].append((f"主动联系：{OutreachKind(kind).label}", reverse("officer:outreach", args=[key])))
    for one in demands.of_enterprises(actor, firms).filter(case__closed_at=None):
        if len(why[one.enterprise_id]) < MOST_REASONS:
            page_ = reverse("officer:demand", args=[one.case_id])
            why[one.enterprise_id].append((f"诉求未结：{one.case.title}", page_))
    seen = visits.visible(actor).filter(enterprise__in=firms)
    due = request.today + timedelta(days=7)
    for visit in seen.filter(state=VisitState.PLANNED, planned_on__lte=due).order_by("planned_on"):
        why[visit.enterprise_id].append(("本周有计划走访", reverse("officer:visit", args=[visit.pk])))
    since = request.now - timedelta(days=queries.contact_days())
    made = seen.exclude(state=VisitState.PLANNED).filter(made_at__gte=since)
    lately = set(made.values_list("enterprise_id", flat=True))
    silent = f"{queries.contact_days()} 天内没有联系记录"
    record = reverse("officer:visit_phone") if actor.may("visits.record") else ""
    for firm in firms:
        if firm not in lately:
            why[firm].append((silent, record))
    found = [Reasons(pair, why[pair.enterprise_id]) for pair in pairs]
    return sorted(found, key=lambda one: -len(one.why))


@page("liaison.serve")
def mine(request: Request) -> HttpResponse:
    """我的企业."""
    found = reasons(request.actor, request)
    rows = [(one, PairRole(one.pair.role)) for one in found[:MOST_FIRMS]]
    may = request.actor.may
    context = {
        "title": "我的企业",
        "rows": rows,
        "count": len(found),
        "opens": may("registry.see"),
        "records": may("visits.record"),
    }
    return render(request, "officer/liaison/mine.html", context)


@page("liaison.see_all")
def pairs(request: Request) -> HttpResponseBase:
    """All pairs, the load, and who is uncovered."""
    context = {
        "title": "挂钩关系",
        "officers": queries.officers(request.actor.region),
        "uncovered": queries.uncovered(request.actor.region).count(),
    }
    return PAIRS.respond(request, queries.pairs(request.actor), "officer/liaison/pairs.html", context)


@page("liaison.see_all")
def firm(request: Request, id: uuid.UUID) -> HttpResponse:
    """One firm: who served it, with hand-over notes; a change by hand."""
    found = demands.enterprises(request.actor.region).filter(pk=id).first()
    if found is None:
        raise Http404("没有这家企业。")
    need = queries.need_of(found)
    context = {
        "title": found.name,
        "crumbs": [("挂钩关系", "officer:liaison_pairs")],
        "firm": found,
        "history": [(one, PairRole(one.role)) for one in queries.history(found)],
        "officers": queries.officers(request.actor.region),
        "roles": PairRole.choices(),
        "need": need,
        "spoken": languages_said(need.languages if need else ()),
        "may": request.actor.may("liaison.plan"),
    }
    return render(request, "officer/liaison/firm.html", context)


@page("liaison.plan")
@require_POST
@once
def firm_link(request: Request, id: uuid.UUID) -> HttpResponse:
    """更换挂钩干部, with the hand-over note."""
    found = demands.enterprises(request.actor.region).filter(pk=id).first()
    user_id = as_uuid(request.POST.get("officer", ""))
    user = account(request.actor.region, user_id) if user_id else None
    role = PairRole.of(request.POST.get("role", ""))
    if found is None or user is None or role is None:
        raise Http404("没有这家企业或这位干部。")
    try:
        actions.link(found, user, role, note=request.POST.get("note", ""), by=request.actor, at=request.now)
        messages.success(request, f"{found.name} 的{role.label}为 {user.name}。")
    except (Refused, Conflict) as problem:
        messages.error(request, str(problem))
    return redirect("officer:liaison_firm", id)


@page("liaison.plan")
@require_POST
@once
def firm_need(request: Request, id: uuid.UUID) -> HttpResponse:
    """这家企业需要什么: languages, and officers who must withdraw (回避)."""
    found = demands.enterprises(request.actor.region).filter(pk=id).first()
    if found is None:
        raise Http404("没有这家企业。")
    wanted = {as_uuid(one) for one in request.POST.getlist("avoid")}
    avoid = [one.user for one in queries.officers(request.actor.region) if one.user_id in wanted]
    spoken = languages(request.POST.get("languages", ""))
    try:
        actions.set_need(found, languages=sorted(spoken), avoid=avoid, by=request.actor, at=request.now)
        messages.success(request, "已登记；下一份挂钩方案会照此安排。")
    except Refused as problem:
        messages.error(request, str(problem))
    return redirect("officer:liaison_firm", id)


@page("liaison.plan")
@require_POST
@once
def officer_set(request: Request) -> HttpResponse:
    """挂钩干部: capacity, town and languages of one person."""
    user_id = as_uuid(request.POST.get("user", ""))
    people = queries.may_serve(request.actor.region, request.today)
    user = people.filter(pk=user_id).first() if user_id else None
    capacity = request.POST.get("capacity", "").strip()
    try:
        if user is None:
            raise Refused("请选一位有“挂钩干部”岗位的人员；岗位由管理员在账号里设置。")
        if not capacity.isdecimal():
            raise Refused("承载上限请填整数，例如 40；填 0 表示不再安排新企业。")
        town = organisation(request.actor.region, request.POST.get("town", ""))
        spoken = sorted(languages(request.POST.get("languages", "")))
        actions.set_officer(
            user, capacity=int(capacity), town=town, languages=spoken, by=request.actor, at=request.now
        )
        messages.success(request, f"{user.name} 最多挂钩 {capacity} 户。")
    except Refused as problem:
        messages.error(request, str(problem))
    return redirect("officer:liaison_proposals")


@page("liaison.plan")
@once
def proposals(request: Request) -> HttpResponse:
    """挂钩方案: the list, and the button that makes one."""
    if request.method == "POST":
        try:
            made = actions.propose(by=request.actor, at=request.now)
            return redirect("officer:liaison_proposal", made.id)
        except Refused as problem:
            messages.error(request, str(problem))
            return redirect("officer:liaison_proposals")
    rows = [
        (one, ProposalState(one.state), day_of(one.made_at)) for one in queries.proposals(request.actor)[:30]
    ]
    region = request.actor.region
    context = {
        "title": "挂钩方案",
        "rows": rows,
        "officers": [(one, languages_said(one.languages)) for one in queries.officers(region)],
        "people": queries.may_serve(region, request.today),
        "towns": organisations(region, kinds=["town", "street"]),
    }
    return render(request, "officer/liaison/proposals.html", context)


@page("liaison.plan")
@once
def proposal(request: Request, id: uuid.UUID) -> HttpResponse:
    """One proposal: its proof, what changes and why, who stays uncovered, why not somebody else; adopting it."""
    found = queries.proposal(request.actor, id)
    if found is None:
        raise Http404("没有这份方案。")
    if request.method == "POST":
        try:
            count = actions.adopt(found, note=request.POST.get("note", ""), by=request.actor, at=request.now)
            messages.success(request, f"方案已采纳，{count} 户更换或新定主挂钩。")
        except (Refused, Conflict) as problem:
            messages.error(request, str(problem))
        return redirect("officer:liaison_proposal", id)
    body = found.body
    context = {
        "title": "挂钩方案",
        "crumbs": [("挂钩方案", "officer:liaison_proposals")],
        "proposal": found,
        "state": ProposalState(found.state),
        "gap": body["gap"] * 100,
        "changes": [row for row in body["pairs"] if not row["kept"]][:200],
        "officers": queries.officers(request.actor.region),
        "answer": _why(request),
    }
    return render(request, "officer/liaison/proposal.html", context)


def _why(request: Request) -> str:
    """为什么不是他: the words for the firm and officer that were asked about; "" when none."""
    firm_id, officer = request.GET.get("firm", ""), request.GET.get("officer", "")
    if not firm_id or not officer:
        return ""
    asked = queries.problem(request.actor.region)
    if firm_id not in asked.firm_at or officer not in asked.officer_at:
        return "没有这家企业或这位干部。"
    return why_not(asked, solve(asked, seconds=10.0), firm_id, officer).words
