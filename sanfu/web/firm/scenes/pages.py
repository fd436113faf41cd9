"""The firm's way through a joint application."""

import uuid
from datetime import date
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from sanfu.enterprise.registry.queries import own, profile
from sanfu.grassroots.scenes import queries
from sanfu.grassroots.scenes.actions import branch as branches
from sanfu.grassroots.scenes.actions import intake, together
from sanfu.grassroots.scenes.models import Application
from sanfu.grassroots.scenes.states import JointState, Rating
from sanfu.people.queries import organisation
from sanfu.records.actor import Refused
from sanfu.web.access import firm_page, once
from sanfu.web.pieces.guides import guide_context
from sanfu.web.pieces.scenes import (
    branch_rows,
    foreseen,
    joint_steps,
    late_branches,
    next_branches,
)
from sanfu.web.request import Request

MAY = ("scenes.apply",)


def find(request: Request, id: uuid.UUID) -> Application:
    """The application, if the actor may see it."""
    application = queries.access(request.actor, id, request.today)
    if application is None:
        raise Http404("没有这件申请，或不在您可以查看的范围内。")
    return application


@firm_page(*MAY)
@require_GET
def index(request: Request) -> HttpResponse:
    """一件事: what can be applied for, what is under way, who acts for us."""
    rows = queries.visible(request.actor, request.today).select_related("firm").order_by("-opened_at")[:50]
    catalog = queries.public_catalog(request.actor.region)
    is_firm = "firm" in request.actor.roles
    context = {
        "title": "一件事联办",
        "lead": "一次申请、一张表单、每份材料只交一次",
        "applications": [{"case": c, "state": JointState(c.state)} for c in rows],
        "bundles": [b for b in catalog.bundles.values() if b.extra.get("for") != "citizen"],
        "mandates": queries.mandates_given(request.actor.organisation) if is_firm else [],
        "clients": [] if is_firm else queries.mandates(request.actor, request.today).select_related("firm"),
        "agents": queries.agents(request.actor.region),
        "own": is_firm,
        "today": request.today,
    }
    return render(request, "firm/scenes/index.html", context)


@firm_page(*MAY)
@require_POST
@once
def begin(request: Request, bundle: str) -> HttpResponse:
    """Open a draft; an agent says for which firm."""
    if bundle not in queries.public_catalog(request.actor.region).bundles:
        raise Http404("目录里没有这件事。")
    firm = None
    if code := request.POST.get("firm"):
        firm = organisation(request.actor.region, code)
    elif "firm" not in request.actor.roles:
        firms = list(queries.mandates(request.actor, request.today).select_related("firm"))
        if len(firms) != 1:
            raise Refused("请先在“一件事联办”里选择代哪家企业办理。")
        firm = firms[0].firm
    application = intake.begin(
        bundle, firm=firm, by=request.actor, at=request.now, known=_registered(request)
    )
    return redirect("firm:scene", id=application.pk)


def _registered(request: Request) -> dict[str, Any]:
    """Fields of the form that the enterprise register answers for the firm's own person."""
    enterprise = own(request.actor)
    if enterprise is None:
        return {}
    staff = profile(enterprise, request.today).row.get("从业人员")
    found = {"org.uscc": enterprise.credit_code, "proj.industry": enterprise.industry, "biz.staff": staff}
    return {key: value for key, value in found.items() if value not in (None, "")}


@firm_page(*MAY)
@require_GET
def application(request: Request, id: uuid.UUID) -> HttpResponse:
    """One application: while it is a draft the next thing to do, afterwards the progress."""
    found = find(request, id)
    drafting = found.case.state == JointState.DRAFT
    template = "firm/scenes/draft.html" if drafting else "firm/scenes/progress.html"
    return render(request, template, _context(request, found))


def _context(request: Request, a: Application) -> dict[str, Any]:
    given = queries.materials_by_code(a)
    kept = [{**m, "given": given.get(m["id"])} for m in a.guide["materials"]["kept"]]
    extra = [row for row in given.values() if row.asked_by]
    rows = branch_rows(a, request.today)
    return {
        "title": a.case.number,
        "lead": a.case.title,
        "crumbs": [("一件事联办", "firm:scene_index")],
        "a": a,
        "case": a.case,
        "state": JointState(a.case.state),
        "steps": joint_steps(a),
        "kept": kept,
        "extra": extra,
        "pending_materials": [row for row in given.values() if row.deferred and row.file_id is None],
        "typed": [{**f, "value": a.form.get(f["id"], "")} for f in a.guide["form"]["fields"] if f["origin"] == "typed"],
        "prefilled": [
            {**f, "value": a.facts.get(f["id"], "")} for f in a.guide["form"]["fields"] if f["origin"] != "typed"
        ],
        "obstacles": intake.obstacles(a),
        "branches": rows,
        "late": (late := late_branches(rows, request.now)),
        "late_tone": "danger" if late else "ok",
        "done_note": f"{sum(r['final'] for r in rows)}/{len(rows)}",
        "upcoming": next_branches(rows),
        "foreseen": foreseen(a, rows, request.today),
        "may_prereview": bool(a.guide["input"]["bundle"].get("pre_review")),
        "needs_signing": any(i["kind"] == intake.SIGNING_ITEM_KIND for i in a.guide["items"]),
        "opinions": _opinions(a),
        "meetings": a.meetings.order_by("meets_on"),
        "mandates": queries.mandates_in_force(a.case.firm_id, request.today),
        "ratings": Rating.choices(),
        "own": request.actor.organisation == a.case.firm_id,
        "today": request.today,
        **guide_context(a.guide),
    }  # fmt: skip


def _rating(said: str) -> Rating:
    if said not in set(Rating):
        raise Refused("请选择满意程度。")
    return Rating(said)


def _opinions(a: Application) -> list[Any]:
    """Pre-review opinions with the names of their items."""
    names = {i["id"]: i["name"] for i in a.guide["items"]}
    rows = list(a.opinions.select_related("unit").order_by("given_on"))
    for row in rows:
        row.item_name = names.get(row.item, row.item)  # type: ignore[attr-defined]
    return rows


@firm_page(*MAY)
@require_POST
@once
def answer(request: Request, id: uuid.UUID) -> HttpResponse:
    """Answer one question, or take an answer back."""
    found = find(request, id)
    question = request.POST.get("question", "")
    value = request.POST.get("value")
    intake.answer(found, question, value or None, by=request.actor, at=request.now)
    return redirect("firm:scene", id=id)


@firm_page(*MAY)
@require_POST
@once
def fill(request: Request, id: uuid.UUID) -> HttpResponse:
    """Keep the one form."""
    found = find(request, id)
    known = {f["id"] for f in found.guide["form"]["fields"] if f["origin"] == "typed"}
    intake.fill(
        found, {k: str(v) for k, v in request.POST.items() if k in known}, by=request.actor, at=request.now
    )
    messages.success(request, "表单已保存。")
    return redirect("firm:scene", id=id)


@firm_page(*MAY)
@require_POST
@once
def upload(request: Request, id: uuid.UUID) -> HttpResponse:
    """Upload one material, or put it off where that is allowed."""
    found = find(request, id)
    material = request.POST.get("material", "")
    sent = request.FILES.get("file")
    if request.POST.get("defer"):
        row = intake.defer(found, material, by=request.actor, at=request.now)
        messages.success(request, f"已承诺 {row.due_on} 前补交“{row.name}”。容缺不算减少材料。")
    elif sent is None:
        messages.error(request, "没有选择文件；请先选择再上传。")
    else:
        try:
            row = intake.upload(
                found,
                material,
                name=sent.name or "",
                content=cast(BinaryIO, sent),
                by=request.actor,
                at=request.now,
            )
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"“{row.name}”已上传，各部门共用这一份。")
    return redirect("firm:scene", id=id)


@firm_page(*MAY)
@require_POST
@once
def act(request: Request, id: uuid.UUID, act: str) -> HttpResponse:
    """Submit, ask for pre-review, sign the land, withdraw, rate."""
    found, by, at = find(request, id), request.actor, request.now
    said = request.POST
    match act:
        case "submit":
            intake.submit(found, by=by, at=at)
            messages.success(request, "已提交。各部门同时开始办理，进度都在这一页。")
        case "prereview":
            intake.ask_prereview(found, by=by, at=at)
            messages.success(request, "已提交预审。预审意见不是决定，签订出让合同后才转为正式办理。")
        case "sign":
            intake.sign(found, contract=said.get("contract", ""), by=by, at=at)
            messages.success(request, "已登记出让合同，有效的预审意见转为正式办理。")
        case "withdraw":
            together.withdraw(found, why=said.get("why", ""), by=by, at=at)
            messages.success(request, "已撤件；已经作出的决定保留。")
        case "rate":
            together.rate(
                found, rating=_rating(said.get("rating", "good")), text=said.get("text", ""), by=by, at=at
            )
            messages.success(request, "谢谢您的评价。")
        case _:
            raise Http404("没有这个操作。")
    return redirect("firm:scene", id=id)


@firm_page(*MAY)
@require_POST
@once
def branch_act(request: Request, id: uuid.UUID, branch_id: uuid.UUID, act: str) -> HttpResponse:
    """What the firm does on one branch: supply what was asked, hand in again, withdraw."""
    found = find(request, id)
    one = queries.branch_in(found, branch_id)
    if one is None:
        raise Http404("这件申请没有这一支。")
    text = request.POST.get("text", "")
    if act == "supply":
        branches.supply(one, text=text, by=request.actor, at=request.now)
    elif act == "resubmit":
        branches.resubmit(one, text=text, by=request.actor, at=request.now)
    elif act == "withdraw":
        branches.withdraw(one, why=text, by=request.actor, at=request.now)
    else:
        raise Http404("没有这个操作。")
    messages.success(request, f"“{one.name}”已处理。")
    return redirect("firm:scene", id=id)


@firm_page(*MAY)
@require_POST
@once
def mandate(request: Request) -> HttpResponse:
    """Give or revoke a mandate."""
    if revoked := request.POST.get("revoke"):
        own = queries.mandates_given(request.actor.organisation)
        row = next((m for m in own if str(m.pk) == revoked), None)
        if row is None:
            raise Http404("没有这份委托。")
        together.revoke_mandate(row, by=request.actor, at=request.now)
        messages.success(request, "委托已撤销，代办员即刻不能再看和再办。")
        return redirect("firm:scene_index")
    agent = queries.agents(request.actor.region).filter(login=request.POST.get("agent", "")).first()
    if agent is None:
        raise Refused("请选择帮办代办员。")
    try:
        ends = date.fromisoformat(request.POST.get("ends", ""))
    except ValueError:
        raise Refused("请填写委托到哪一天。") from None
    scope = request.POST.get("scope", "")
    together.give_mandate(agent, scope=scope, ends=ends, by=request.actor, at=request.now)
    messages.success(request, f"已委托{agent.name}代办。")
    return redirect("firm:scene_index")
