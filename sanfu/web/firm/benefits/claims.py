"""快申快享 for the enterprise: the form that asks what is missing, what the rule says of it, and the claim's way."""

import uuid
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from sanfu.enterprise.benefits import actions, claims
from sanfu.enterprise.benefits.actions.claims import Stated
from sanfu.enterprise.benefits.claiming import (
    Answer,
    Ask,
    answer_of,
    asks_of,
    blocked,
    read_typed,
)
from sanfu.enterprise.benefits.describe import worth
from sanfu.enterprise.benefits.models import Claim
from sanfu.enterprise.benefits.policies import Policy, clause_on
from sanfu.enterprise.benefits.states import ClaimState
from sanfu.enterprise.registry.content import dictionary
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.registry.queries import profile
from sanfu.enterprise.registry.rules import Profile
from sanfu.kernel.rules.language.facts import Value
from sanfu.kernel.rules.language.tree import Clause
from sanfu.records import files
from sanfu.records.actor import Refused
from sanfu.records.models import StoredFile
from sanfu.web.access import ONCE_FIELD, firm_page, once
from sanfu.web.components.enclosures import send_file
from sanfu.web.pieces.claims import answer_context, claim_steps, statement_rows
from sanfu.web.pieces.own import own_firm
from sanfu.web.pieces.units import short_names
from sanfu.web.request import Request

ACCEPT = ".pdf,.jpg,.jpeg,.png,.doc,.docx,.xls,.xlsx"


@dataclass
class Field:
    """One ask on the form with what was typed, the paper kept so far, and what is wrong."""

    ask: Ask
    raw: str
    value: Value = None
    file: StoredFile | None = None
    wrong: str = ""
    wrong_file: str = ""

    @property
    def name(self) -> str:
        return f"value-{self.ask.column}"

    @property
    def same(self) -> bool:
        """Whether it still says what was known."""
        return self.ask.known is not None and self.value == self.ask.known.value


@dataclass
class Form:
    """The whole form: its fields and the rule's answer to them."""

    firm: Enterprise
    me: Profile
    policy: Policy
    clause: Clause
    fields: list[Field]
    row: dict[str, Value]
    answer: Answer

    @property
    def values(self) -> dict[str, Value]:
        return {f.ask.column: f.value for f in self.fields if f.value is not None}

    @property
    def sound(self) -> bool:
        return not any(f.wrong or f.wrong_file for f in self.fields)

    def stated(self) -> list[Stated]:
        return [
            Stated(f.ask.column, f.value, _as_said(f), f.file.pk if f.file else None)
            for f in self.fields
            if f.value is not None
        ]


def _as_said(field: Field) -> str:
    return field.ask.fact.say(field.value)


def _read(request: Request, firm: Enterprise, found: tuple[Policy, Clause], *, keep: bool) -> Form:
    """The form as it was sent (or as it begins). `keep`: uploaded papers are stored at once and stay with it."""
    policy, clause = found
    me, words, day = profile(firm, request.today), dictionary(), request.today
    earlier = claims.said_before(firm, day, words)
    sent = request.method == "POST"
    raws = {
        key.removeprefix("value-"): str(value).strip()
        for key, value in request.POST.items()
        if key.startswith("value-")
    }
    said = {column: _value(column, raw)[0] for column, raw in raws.items()} if sent else {}
    given = {column: value for column, value in said.items() if value is not None}
    fields = [
        _field(request, firm, ask, raws.get(ask.column) if sent else None, keep=keep)
        for ask in asks_of(clause, me, day, words, earlier, given)
    ]
    shown = {f.ask.column for f in fields}  # what is on the form counts as it stands there, blank too
    row = {column: value for column, value in me.row.items() if column not in shown}
    values = {f.ask.column: f.value for f in fields if f.value is not None}
    return Form(firm, me, policy, clause, fields, row, answer_of(clause, row, values, day, words))


def _value(column: str, raw: str) -> tuple[Value, str]:
    found = dictionary().column(column)
    if found is None:
        return None, "字典里没有这个事实"
    try:
        return read_typed(found[0], raw), ""
    except ValueError as wrong:
        return None, str(wrong)


def _field(request: Request, firm: Enterprise, ask: Ask, raw: str | None, *, keep: bool) -> Field:
    field = Field(ask, ask.shown if raw is None else raw)
    field.value, field.wrong = _value(ask.column, field.raw)
    kept = request.POST.get(f"kept-{ask.column}", "") or (ask.known.file if ask.known else "")
    field.file = claims.own_file(request.actor, firm, kept) if kept else None
    upload = request.FILES.get(f"file-{ask.column}")
    if keep and upload is not None:
        try:
            field.file = files.store(
                name=upload.name or "材料", content=cast(BinaryIO, upload), by=request.actor, at=request.now
            )
        except Refused as refused:
            field.wrong_file = str(refused)
    return field


def _shown(request: Request, form: Form, **more: Any) -> dict[str, Any]:
    words = dictionary()
    return {
        "title": f"申报：{form.clause.title}",
        "lead": form.policy.document.title,
        "crumbs": [("政策明白卡", "firm:benefit_card")],
        "form": form,
        "accept": ACCEPT,
        "sources": short_names(request),
        "blocked": blocked(form.clause, form.me, request.today, words),
        **answer_context(form.answer, form.row, words, form.values),
        **more,
    }


@firm_page("benefits.own")
@once
def claim_new(request: Request, id: str) -> HttpResponse:
    """申报 one clause: only the missing facts are asked; the rule answers at once; then it is handed in."""
    firm, found = own_firm(request), _clause(request, id)
    live = claims.live(firm, id)
    if live is not None and request.method != "POST":
        messages.info(request, f"这一条已经申报（{live.case.number}），正在办理。")
        return redirect("firm:benefit_claim", id=live.pk)
    form = _read(request, firm, found, keep=request.method == "POST")
    if request.method == "POST" and "submit" in request.POST:
        refused = _obstacle(form)
        if not refused:
            try:
                made = actions.claim(
                    id,
                    form.stated(),
                    key=request.POST.get(ONCE_FIELD, "") or str(uuid.uuid4()),
                    by=request.actor,
                    at=request.now,
                )
            except Refused as said:
                refused = str(said)
            else:
                messages.success(request, f"已提交，编号 {made.case.number}。审核进度随时在这里看。")
                return redirect("firm:benefit_claim", id=made.pk)
        return render(
            request, "firm/benefits/claim_form.html", _shown(request, form, refused=refused), status=422
        )
    return render(request, "firm/benefits/claim_form.html", _shown(request, form))


def _clause(request: Request, id: str) -> tuple[Policy, Clause]:
    found = clause_on(request.actor.region, id, request.today)
    if found is None:
        raise Http404("没有这一条，或今天没有生效；请从政策明白卡重新进入。")
    return found


def _obstacle(form: Form) -> str:
    """Why the form cannot be handed in yet: wrong fields are marked, missing papers named."""
    for field in form.fields:
        if field.ask.column in form.answer.to_state and not field.wrong:
            field.wrong = "没有填写"
        if field.ask.evidence and field.value is not None and field.file is None and not field.wrong_file:
            field.wrong_file = "请上传佐证材料（发票、合同、证书等）。"
    if form.sound:
        return ""
    return "有几项还不能用，已经在下面标出；您填写的内容和已上传的材料都还在。"


@firm_page("benefits.own")
@require_POST
def claim_try(request: Request, id: str) -> HttpResponse:
    """边填边看: what the rule says with the values in the form. Writes nothing."""
    form = _read(request, own_firm(request), _clause(request, id), keep=False)
    return render(request, "benefits/claim_answer.html", _shown(request, form))


def find(request: Request, id: uuid.UUID) -> Claim:
    """The claim, if it is the firm's own."""
    found = claims.access(request.actor, id)
    if found is None:
        raise Http404("没有这件申报，或不是本企业的。")
    return found


@firm_page("benefits.own")
@require_GET
def claim(request: Request, id: uuid.UUID) -> HttpResponse:
    """One claim: where it stands, until when, what was stated, what was said to it."""
    found = find(request, id)
    pair = clause_on(request.actor.region, found.clause, request.today)
    context = {
        "title": found.case.number,
        "lead": found.case.title,
        "crumbs": [("政策明白卡", "firm:benefit_card")],
        "c": found,
        "state": ClaimState(found.case.state),
        "steps": claim_steps(found),
        "amount": worth(pair[1], found.amount) if pair else "",
        "policy": pair[0] if pair else None,
        "clause": pair[1] if pair else None,
        "rows": statement_rows(claims.statements(found)),
        "earlier": statement_rows(claims.earlier_rounds(found)),
        "clocks": claims.clocks(found, request.now),
        "timeline": claims.desk_timeline(found),
        "may_correct": found.case.state == ClaimState.CORRECTING,
        "may_withdraw": found.case.state
        in (ClaimState.SUBMITTED, ClaimState.CORRECTING, ClaimState.ACCEPTED),
    }
    return render(request, "firm/benefits/claim.html", context)


@firm_page("benefits.own")
@once
def claim_correct(request: Request, id: uuid.UUID) -> HttpResponse:
    """补正: the same form with what was stated, and what the officer asked for."""
    found = find(request, id)
    if found.case.state != ClaimState.CORRECTING:
        messages.info(request, "这件申报现在不需要补正。")
        return redirect("firm:benefit_claim", id=id)
    form = _read(request, own_firm(request), _clause(request, found.clause), keep=request.method == "POST")
    refused, status = "", 200
    if request.method == "POST" and "submit" in request.POST:
        refused, status = _obstacle(form), 422
        if not refused:
            try:
                actions.correct_claim(found, form.stated(), by=request.actor, at=request.now)
            except Refused as said:
                refused = str(said)
            else:
                messages.success(request, "补正已提交，审核时钟接着走。")
                return redirect("firm:benefit_claim", id=id)
    context = _shown(request, form, refused=refused, claim=found, title=f"补正：{found.case.number}")
    return render(request, "firm/benefits/claim_form.html", context, status=status)


@firm_page("benefits.own")
@once
@require_POST
def claim_withdraw(request: Request, id: uuid.UUID) -> HttpResponse:
    """撤回 while it is on no list."""
    found = find(request, id)
    try:
        actions.withdraw_claim(found, why=request.POST.get("why", ""), by=request.actor, at=request.now)
        messages.success(request, f"{found.case.number} 已撤回；需要时可以重新申报。")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("firm:benefit_claim", id=id)


@firm_page("benefits.own")
@require_GET
def claim_file(request: Request, id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """佐证材料 as it was uploaded."""
    stored = claims.evidence(find(request, id), file_id)
    if stored is None:
        raise Http404("这件申报没有这份材料。")
    return send_file(stored)
