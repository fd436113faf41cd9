"""兑付批次 on the desk: list, begin, one batch with its rows, its moves, objections and replay."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from sanfu.enterprise.benefits import actions, queries
from sanfu.enterprise.benefits.city import is_automatic
from sanfu.enterprise.benefits.claims import waiting
from sanfu.enterprise.benefits.describe import amount_line, money, pays_points
from sanfu.enterprise.benefits.models import Batch
from sanfu.enterprise.benefits.policies import in_force, paying_clauses, title_of
from sanfu.enterprise.benefits.states import BatchEvent, BatchState, LineOutcome, LineState
from sanfu.enterprise.registry.content import dictionary
from sanfu.records.actor import Actor, Refused
from sanfu.web.access import once, page
from sanfu.web.components.fields import VersionField
from sanfu.web.components.table import Choice, Column, Flag, Search, Table
from sanfu.web.request import Request

S, E, L = BatchState, BatchEvent, LineState
BATCHES = Table(
    "batches",
    title="兑付批次",
    unit="批",
    default_sort="-opened_at",
    columns=[
        Column("number", "编号", link="officer:benefit_batch", link_args=("id",), sort=True),
        Column("title", "批次", wide=True),
        Column("lead__short", "发起部门"),
        Column("state", "状态", tags=BatchState),
        Column("batch__total", "名单金额", kind="number", render=lambda row: money(row["batch__total"])),
        Column("batch__day", "取数日", kind="date"),
        Column("opened_at", "发起时间", kind="datetime", sort=True),
    ],
    filters=[
        Search(apply=queries.search),
        Choice("state", "状态", BatchState.choices()),
        Flag("objected", "有异议待处理", condition=queries.objected),
        Flag("over", "公示期满", condition=lambda: queries.notice_over(timezone.now())),
    ],
    empty="还没有批次。点“发起批次”，选条款后系统冻结数据、生成名单。",
)
LINES = Table(
    "lines",
    title="批次名单",
    unit="行",
    default_sort="clause",
    columns=[
        Column("enterprise__name", "企业", wide=True, link="officer:benefit_firm", link_args=("enterprise_id",)),
        Column(
            "clause",
            "条款",
            sort=True,
            wide=True,
            render=lambda row: title_of(settings.REGION, row["clause"]),
        ),
        Column("outcome", "结论", tags=LineOutcome),
        Column("entitled", "应享（元）", kind="number", sort=True, render=lambda row: f"{row['entitled'] / 100:,.2f}", export_as=lambda row: row["entitled"] / 100),
        Column("paid", "兑付（元）", kind="number", sort=True, render=lambda row: f"{row['paid'] / 100:,.2f}", export_as=lambda row: row["paid"] / 100),
        Column("state", "进度", tags=LineState),
        Column("reason", "说明", wide=True),
        Column("payment", "付款编号", hidden=True),
        Column("voucher", "凭证号", hidden=True),
    ],
    filters=[
        Search(apply=lambda rows, words: rows.filter(enterprise__name__icontains=words)),
        Choice("outcome", "结论", LineOutcome.choices()),
        Choice("state", "进度", LineState.choices()),
    ],
    empty="名单里没有企业。可能条款没有命中，或数据缺失；请看数据就绪度。",
)  # fmt: skip


@page("benefits.see")
def batch_list(request: Request) -> HttpResponseBase:
    """兑付批次: every batch of the county."""
    return BATCHES.respond(request, queries.visible(request.actor), "officer/benefits/batches.html")


@page("benefits.batch")
@once
def batch_new(request: Request) -> HttpResponse:
    """发起批次: choose clauses that can be paid without application; the snapshot is frozen at once."""
    day = _day(request.POST.get("day", "")) or request.today
    clauses = paying_clauses(in_force(request.actor.region, day), day)
    error = ""
    if request.method == "POST":
        try:
            made = actions.generate(
                request.POST.getlist("clause"),
                title=request.POST.get("title", ""),
                day=day,
                pool=_pool(request.POST.get("pool", "")),
                by=request.actor,
                at=request.now,
            )
        except Refused as refused:
            error = str(refused)
        else:
            messages.success(request, f"已冻结数据并生成名单：{made.case.number}。")
            return redirect("officer:benefit_batch", id=made.pk)
    accepted = waiting(request.actor.region, [c.id for _, c in clauses], request.now)
    rows = [
        {
            "c": c,
            "p": p,
            "amount": amount_line(c),
            "auto": is_automatic(c, dictionary()),
            "claims": accepted.get(c.id, 0),
            "points": pays_points(c),
            "on": c.id in request.POST.getlist("clause"),
        }
        for p, c in clauses
    ]
    context = {
        "title": "发起批次",
        "crumbs": [("兑付批次", "officer:benefit_batches")],
        "rows": rows,
        "error": error,
        "day": day,
        "said": request.POST,
    }
    return render(request, "officer/benefits/batch_new.html", context, status=422 if error else 200)


def _day(raw: str) -> date | None:
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None


def _pool(raw: str) -> int | None:
    if not raw.strip():
        return None
    try:
        value = Decimal(raw.strip().replace(",", ""))
    except InvalidOperation as wrong:
        raise Refused(f"可用资金“{raw}”不是数；请填写万元数，如 500。") from wrong
    if not value.is_finite() or not 0 < value < 10**8:
        raise Refused("可用资金要大于 0；请填写万元数，如 500。")
    return int(value * 10**6)


def find(request: Request, id: uuid.UUID) -> Batch:
    """The batch, if the actor may see it."""
    found = queries.access(request.actor, id)
    if found is None:
        raise Http404("没有这个批次，或不在您可以查看的范围内。")
    return found


_WAY = (
    ("名单", (S.GENERATED,)),
    ("审定", (S.REVIEWED, S.DECIDED)),
    ("公示", (S.NOTICE,)),
    ("意愿和账户", (S.CONSENT,)),
    ("拨付", (S.PAYING,)),
    ("到账", (S.PAID, S.CLOSED)),
)


def _steps(state: str) -> list[dict[str, str]]:
    if state == S.CANCELLED:
        return [{"label": "已撤销", "state": "bad"}]
    here = next(n for n, (_, states) in enumerate(_WAY) if state in states)
    return [
        {
            "label": label,
            "state": "done" if n < here or state == S.CLOSED else ("now" if n == here else "todo"),
        }
        for n, (label, _) in enumerate(_WAY)
    ]


@page("benefits.see")
def batch(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """批次页: figures, hashes, the list row by row, objections, payments, what may be done next."""
    found = find(request, id)
    return LINES.respond(
        request, queries.lines(request.actor, found), "officer/benefits/batch.html", context(request, found)
    )


def context(request: Request, found: Batch, **more: Any) -> dict[str, Any]:
    case = found.case
    summary = queries.summary(found)
    return {
        "title": case.title,
        "lead": case.number,
        "crumbs": [("兑付批次", "officer:benefit_batches")],
        "b": found,
        "case": case,
        "state": BatchState(case.state),
        "steps": _steps(case.state),
        "summary": summary,
        "outcomes": [
            (one.label, one.tone, summary["outcomes"].get(str(one), 0), str(one))
            for one in LineOutcome
            if summary["outcomes"].get(str(one))
        ],
        "price": money(_fraction(found.price)) if found.price else "",
        "pinned": list(case.pinned.items()),
        "clock": queries.notice_clock(found, request.now),
        "timeline": queries.desk_timeline(found),
        "objections": queries.objections(found),
        "payments": found.payments.select_related("file").order_by("number"),
        "acts": buttons(found, request.actor),
        "may": {e.value: True for e in queries.acts(found, request.actor)},
        **more,
    }


def _fraction(raw: str) -> Any:
    top, _, bottom = raw.partition("/")
    return Decimal(top) / Decimal(bottom or 1)


class NoteForm(forms.Form):
    """One line of grounds."""

    words = forms.CharField(
        label="说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = VersionField()


Do = Callable[[Batch, str, Actor, datetime, int], Any]


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its button, what it asks, the action."""

    do: Do
    asks: str = ""
    tone: str = ""


ACTS: Mapping[BatchEvent, Act] = {
    E.REVIEW: Act(
        lambda b, w, by, at, v: actions.review(b, note=w, by=by, at=at, expected=v), "核查情况", "primary"
    ),
    E.DECIDE: Act(
        lambda b, w, by, at, v: actions.decide(b, minutes=w, by=by, at=at, expected=v),
        "会议纪要或审定文号",
        "primary",
    ),
    E.SEND_BACK: Act(
        lambda b, w, by, at, v: actions.send_back(b, why=w, by=by, at=at, expected=v), "退回理由"
    ),
    E.PUBLISH: Act(lambda b, w, by, at, v: actions.publish(b, by=by, at=at, expected=v), tone="primary"),
    E.END_NOTICE: Act(
        lambda b, w, by, at, v: actions.end_notice(b, by=by, at=at, expected=v), tone="primary"
    ),
    E.CONSENT: Act(
        lambda b, w, by, at, v: actions.agree_for_all(b, grounds=w, by=by, at=at),
        "意愿怎样收集（承诺书、汇总表编号）",
    ),
    E.PAY: Act(lambda b, w, by, at, v: actions.pay(b, by=by, at=at, expected=v), tone="primary"),
    E.SETTLE: Act(lambda b, w, by, at, v: actions.settle(b, by=by, at=at, expected=v), tone="primary"),
    E.CLOSE: Act(lambda b, w, by, at, v: actions.close(b, by=by, at=at, expected=v), tone="primary"),
    E.CANCEL: Act(
        lambda b, w, by, at, v: actions.cancel(b, why=w, by=by, at=at, expected=v), "撤销理由", "danger"
    ),
}
LABELS = {E.CONSENT: "登记线下意愿"}


def buttons(found: Batch, actor: Actor) -> list[dict[str, Any]]:
    """What the actor may press now."""
    return [
        {
            "event": str(event),
            "label": LABELS.get(event, event.label),
            "asks": ACTS[event].asks,
            "tone": ACTS[event].tone,
        }
        for event in queries.acts(found, actor)
        if event in ACTS
    ]


@page("benefits.batch", "benefits.approve", "benefits.pay")
@once
@require_POST
def batch_act(request: Request, id: uuid.UUID, event: str) -> HttpResponseBase:
    """Do one act; a refusal comes back on the batch's page with the reason."""
    found = find(request, id)
    known = {str(one): (one, row) for one, row in ACTS.items()}
    if event not in known:
        raise Http404("没有这个动作。")
    chosen, row = known[event]
    form = NoteForm(request.POST)
    if not form.is_valid():
        raise Refused("表单不完整，没有办理；请刷新页面后再试。")
    try:
        row.do(found, form.cleaned_data["words"], request.actor, request.now, form.cleaned_data["version"])
    except Refused as refused:
        return shown_again(request, found, str(refused))
    messages.success(request, f"{found.case.number} 已办理：{LABELS.get(chosen, chosen.label)}。")
    return redirect("officer:benefit_batch", id=id)


def shown_again(request: Request, found: Batch, why: str) -> HttpResponseBase:
    """The batch with the reason of a refusal above it; nothing was written."""
    shown = context(request, found, refused=why)
    listing = LINES.read(request, queries.lines(request.actor, found))
    return render(request, "officer/benefits/batch.html", {**shown, "table": listing}, status=422)


@page("benefits.see")
@require_POST
def batch_replay(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """重放: the list made once more from its hashes, compared byte for byte. Writes nothing."""
    found = find(request, id)
    try:
        replayed = queries.replayed(found)
    except Refused as refused:
        return shown_again(request, found, str(refused))
    shown = context(request, found, replayed=replayed)
    listing = LINES.read(request, queries.lines(request.actor, found))
    return render(request, "officer/benefits/batch.html", {**shown, "table": listing})


@page("benefits.batch")
@once
@require_POST
def objection_rule(request: Request, id: uuid.UUID, objection_id: uuid.UUID) -> HttpResponseBase:
    """异议处理: upheld or not, with the answer."""
    found = find(request, id)
    objection = next((o for o in queries.objections(found) if o.pk == objection_id), None)
    if objection is None:
        raise Http404("没有这条异议。")
    upheld = request.POST.get("upheld") == "1"
    try:
        actions.rule(
            objection, upheld=upheld, answer=request.POST.get("answer", ""), by=request.actor, at=request.now
        )
    except Refused as refused:
        return shown_again(request, found, str(refused))
    messages.success(request, "异议已处理：" + ("成立，已移出名单。" if upheld else "不成立，已记录理由。"))
    return redirect("officer:benefit_batch", id=id)
