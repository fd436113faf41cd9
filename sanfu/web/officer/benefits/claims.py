"""政策申报 on the desk: the list, and one claim with stated facts beside data and evidence, to accept, return or refuse."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.enterprise.benefits import actions, claims
from sanfu.enterprise.benefits.claiming import answer_of, judged_by_person, read_typed
from sanfu.enterprise.benefits.describe import worth
from sanfu.enterprise.benefits.models import Claim
from sanfu.enterprise.benefits.policies import clause_on, title_of
from sanfu.enterprise.benefits.states import CLAIM_FLOW, ClaimEvent, ClaimState
from sanfu.enterprise.registry.content import dictionary
from sanfu.enterprise.registry.queries import profile
from sanfu.enterprise.registry.rules import Profile
from sanfu.kernel.rules.language.facts import Value
from sanfu.kernel.rules.language.tree import Clause
from sanfu.records.actor import Actor, Refused
from sanfu.web.access import once, page
from sanfu.web.components.cases import due_column, light_column, state_choice
from sanfu.web.components.enclosures import send_file
from sanfu.web.components.table import Column, Search, Table
from sanfu.web.pieces.claims import answer_context, claim_steps, statement_rows
from sanfu.web.pieces.units import short_names
from sanfu.web.request import Request
from sanfu.web.todos import Todo

CLAIMS = Table(
    "claims",
    title="政策申报",
    unit="件",
    default_sort="-opened_at",
    columns=[
        Column("number", "编号", link="officer:benefit_claim", link_args=("id",), sort=True),
        Column("claim__enterprise__name", "企业", wide=True),
        Column(
            "claim__clause",
            "条款",
            wide=True,
            render=lambda row: title_of(settings.REGION, row["claim__clause"]),
        ),
        Column("state", "状态", tags=ClaimState),
        light_column(),
        due_column(),
        Column("opened_at", "提交", kind="datetime", sort=True),
        Column("claim__reviewed_by__name", "审核人", hidden=True),
        Column("claim__batch__case__number", "批次", hidden=True),
    ],
    filters=[
        Search(apply=lambda rows, words: claims.search(rows, words)),
        state_choice(CLAIM_FLOW),
    ],
    empty="还没有企业申报。要举证或数据缺失的条款，企业可以在政策明白卡上申报。",
)


@page("benefits.batch")
def claim_list(request: Request) -> HttpResponseBase:
    """政策申报: claims of the own department."""
    return CLAIMS.respond(request, claims.visible(request.actor), "officer/benefits/claims.html")


def find(request: Request, id: uuid.UUID) -> Claim:
    """The claim, if the actor may see it."""
    found = claims.access(request.actor, id)
    if found is None:
        raise Http404("没有这件申报，或不在您可以查看的范围内。")
    return found


@page("benefits.batch")
def claim(request: Request, id: uuid.UUID) -> HttpResponse:
    """One claim: what was stated beside what the register says and its paper, and what the rule says of it."""
    return render(request, "officer/benefits/claim.html", context(request, find(request, id)))


def context(request: Request, found: Claim, **more: Any) -> dict[str, Any]:
    pair = clause_on(request.actor.region, found.clause, request.today)
    me, words = profile(found.enterprise, request.today), dictionary()
    said = claims.said_in(found, request.today, words)
    rule = _rule(pair[1], me, said, request) if pair else {}
    mine = found.case.lead_id in request.actor.units and request.actor.may("benefits.batch")
    return {
        "title": found.case.number,
        "lead": found.case.title,
        "crumbs": [("政策申报", "officer:benefit_claims")],
        "c": found,
        "case": found.case,
        "state": ClaimState(found.case.state),
        "steps": claim_steps(found),
        "policy": pair[0] if pair else None,
        "clause": pair[1] if pair else None,
        "worth": worth(pair[1], found.amount) if pair else "",
        "rows": _beside(found, me),
        "earlier": statement_rows(claims.earlier_rounds(found)),
        "clocks": claims.clocks(found, request.now),
        "timeline": claims.desk_timeline(found),
        "sources": short_names(request),
        "reviews": mine and found.case.state == ClaimState.SUBMITTED,
        "may_refuse": mine and found.case.state in (ClaimState.SUBMITTED, ClaimState.CORRECTING),
        **rule,
        **more,
    }


def _rule(clause: Clause, me: Profile, said: dict[str, Value], request: Request) -> dict[str, Any]:
    words = dictionary()
    answer = answer_of(clause, me.row, said, request.today, words)
    persons = judged_by_person(clause, {**me.row, **said}, words)
    return {
        **answer_context(answer, me.row, words, said),
        "persons": [{"column": key, "fact": words.fact_of(key)} for key in persons],
    }


def _beside(found: Claim, me: Profile) -> list[dict[str, Any]]:
    """Statements with what the register knows of the same column."""
    words = dictionary()
    rows = statement_rows(claims.statements(found))
    for row in rows:
        value, origin = me.row.get(row["column"]), me.origins.get(row["column"])
        row["known"] = "" if value is None else words.fact_of(row["column"]).say(value)
        row["source"], row["on"] = (origin.source, origin.observed_on) if origin else ("", None)
        row["asked"] = row["column"] in found.asked
    return rows


@page("benefits.batch")
@once
@require_POST
def claim_act(request: Request, id: uuid.UUID, event: str) -> HttpResponse:
    """审核通过、要求补正、不予支持; a refusal comes back on the page with the reason."""
    found = find(request, id)
    acts = {str(ClaimEvent.ACCEPT): _accept, str(ClaimEvent.ASK): _ask, str(ClaimEvent.REFUSE): _refuse}
    if event not in acts:
        raise Http404("没有这个动作。")
    try:
        acts[event](request, found)
    except Refused as refused:
        shown = context(request, found, refused=str(refused), typed=request.POST)
        return render(request, "officer/benefits/claim.html", shown, status=422)
    messages.success(request, f"{found.case.number} 已办理：{ClaimEvent(event).label}。")
    return redirect("officer:benefit_claim", id=id)


def _version(request: Request) -> int:
    raw = request.POST.get("version", "")
    if not raw.isdecimal():
        raise Refused("表单不完整，没有办理；请刷新页面后再试。")
    return int(raw)


def _accept(request: Request, found: Claim) -> None:
    judged = {}
    for key, raw in request.POST.items():
        if key.startswith("judged-") and str(raw).strip():
            column = key.removeprefix("judged-")
            known = dictionary().column(column)
            try:
                judged[column] = read_typed(known[0], str(raw)) if known else None
            except ValueError as wrong:
                raise Refused(f"“{column}”填写的“{raw}”不能用：{wrong}。") from wrong
    actions.accept_claim(
        found,
        judged=judged,
        note=request.POST.get("words", ""),
        by=request.actor,
        at=request.now,
        expected=_version(request),
    )


def _ask(request: Request, found: Claim) -> None:
    actions.ask_correction(
        found,
        why=request.POST.get("words", ""),
        columns=request.POST.getlist("column"),
        by=request.actor,
        at=request.now,
        expected=_version(request),
    )


def _refuse(request: Request, found: Claim) -> None:
    actions.refuse_claim(
        found,
        why=request.POST.get("words", ""),
        basis=request.POST.get("basis", ""),
        by=request.actor,
        at=request.now,
        expected=_version(request),
    )


@page("benefits.batch")
def claim_file(request: Request, id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """佐证材料 as the enterprise uploaded it."""
    stored = claims.evidence(find(request, id), file_id)
    if stored is None:
        raise Http404("这件申报没有这份材料。")
    return send_file(stored)


def claim_todos(actor: Actor, now: Any) -> list[Todo]:
    """Claims that wait: for a review, for a batch, or (for a firm) for a correction."""
    if not (actor.may("benefits.batch") or actor.may("benefits.own")):
        return []
    counted = claims.counts(actor)
    if actor.may("benefits.own"):
        n = counted.get(str(ClaimState.CORRECTING), 0)
        return [Todo("申报待补正", n, "/firm/benefits/#claims", "clipboard-pen", "warn")]
    return [
        Todo(
            "政策申报待审核",
            counted.get(str(ClaimState.SUBMITTED), 0),
            "/desk/benefits/claims/?state=submitted",
            "file-check",
            "warn",
        ),
        Todo(
            "审核通过待入批次",
            counted.get(str(ClaimState.ACCEPTED), 0),
            "/desk/benefits/claims/?state=accepted",
            "banknote",
            "info",
        ),
    ]
