"""兑付批次 on the desk: list, begin, one batch with its rows, its acts, objections and replay."""

import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from sanfu.enterprise.benefits import actions, queries
from sanfu.enterprise.benefits.city import is_automatic
from sanfu.enterprise.benefits.claims import waiting
from sanfu.enterprise.benefits.describe import amount_line, money, pays_points
from sanfu.enterprise.benefits.models import Batch
from sanfu.enterprise.benefits.policies import in_force, paying_clauses, title_of
from sanfu.enterprise.benefits.states import BATCH_FLOW, BatchEvent, BatchState, LineOutcome, LineState
from sanfu.enterprise.registry.content import dictionary
from sanfu.records.actor import Actor, Refused
from sanfu.web.access import once, page
from sanfu.web.components.desk import Act, CaseDesk
from sanfu.web.components.fields import Area
from sanfu.web.components.table import Choice, Column, Flag, Search, Table
from sanfu.web.officer.benefits import objections, payments
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
        "crumbs": [("兑付批次", "officer:benefit_batch_list")],
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


class NoteForm(forms.Form):
    note = Area(3, 500, label="核查情况", required=False)


class MinutesForm(forms.Form):
    minutes = Area(3, 500, label="会议纪要或审定文号", help_text="审计要看依据")


class WhyForm(forms.Form):
    why = Area(3, 500, label="理由")


class GroundsForm(forms.Form):
    grounds = Area(3, 500, label="意愿怎样收集（承诺书、汇总表编号）")


def _agree(batch: Batch, *, expected: int | None, **given: Any) -> Any:
    """意愿 collected on paper; may go on while firms confirm their own, so the version is not asked."""
    return actions.agree_for_all(batch, **given)


def _who(row: Batch, actor: Actor, event: Any) -> bool:
    """The department that began the batch; besides, those who approve or pay batches of all departments."""
    held = {code for move in BATCH_FLOW.table if move.event == event for code in move.who}
    return row.case.lead_id in actor.units or bool(actor.permissions & held - {"benefits.batch"})


def _mono(text: str) -> SafeString:
    return format_html('<span class="mono small">{}</span>', text)


def _facts(row: Batch) -> list[tuple[str, Any]]:
    return [
        ("发起", f"{row.case.lead.short if row.case.lead else ''} {row.made_by.name}"),
        ("取数日", row.day),
        ("参与企业", f"{row.population} 家"),
        ("数据快照", _mono(row.snapshot)),
        ("规则版本", _mono(row.rules)),
        ("名单", _mono(row.list_hash)),
        *((policy, _mono(pin)) for policy, pin in row.case.pinned.items()),
    ]


def _more(request: Request, row: Batch) -> Mapping[str, Any]:
    summary = queries.summary(row)
    return {
        "steps": _steps(row.case.state),
        "summary": summary,
        "outcomes": [
            (one.label, summary["outcomes"][str(one)], str(one))
            for one in LineOutcome
            if summary["outcomes"].get(str(one))
        ],
        "price": money(_fraction(row.price)) if row.price else "",
        "clock": queries.notice_clock(row, request.now),
        "objections": queries.objections(row),
        "payments": row.payments.select_related("file").order_by("number"),
    }


def _fraction(raw: str) -> Any:
    top, _, bottom = raw.partition("/")
    return Decimal(top) / Decimal(bottom or 1)


class BatchDesk(CaseDesk):
    """The desk of batches, whose record holds the list of the batch."""

    def record_page(self, request: Request, id: uuid.UUID) -> HttpResponseBase:
        """One batch with its list, which filters, turns pages and is taken out like every list."""
        row = self._found(request, id)
        return LINES.respond(
            request, queries.lines(request.actor, row), self.template, self.context(request, row)
        )


DESK = BatchDesk(
    name="benefit_batch",
    title="兑付批次",
    flow=BATCH_FLOW,
    table=BATCHES,
    see=("benefits.see",),
    cases=queries.visible,
    find=queries.access,
    who=_who,
    facts=_facts,
    acts={
        E.REVIEW: Act(NoteForm, actions.review, "核对名单、信用和互斥封顶结果。", "primary"),
        E.DECIDE: Act(MinutesForm, actions.decide, tone="primary"),
        E.SEND_BACK: Act(WhyForm, actions.send_back),
        E.PUBLISH: Act(None, actions.publish, tone="primary"),
        E.RULE: Act(
            objections.RuleForm,
            objections.rule,
            "成立的移出名单，并重算积分单价；要答复提出人。",
            "primary",
            when=lambda row, actor: queries.open_objections(row).exists(),
        ),
        E.END_NOTICE: Act(None, actions.end_notice, tone="primary"),
        E.CONSENT: Act(GroundsForm, _agree, label="登记线下意愿"),
        E.PAY: Act(None, actions.pay, tone="primary"),
        E.RECEIPT: Act(
            payments.ReceiptForm,
            payments.receive,
            "先下载回执模板，填好后整份登记：全部成功，或者一笔也不登。",
            files=False,
        ),
        E.SETTLE: Act(None, actions.settle, tone="primary"),
        E.CLAW_BACK: Act(
            payments.ClawBackForm,
            payments.claw_back,
            "累计不超过已付。",
            "danger",
            when=lambda row, actor: payments.paid(row).exists(),
        ),
        E.CLOSE: Act(None, actions.close, tone="primary"),
        E.CANCEL: Act(WhyForm, actions.cancel, "付款前可撤销。", "danger"),
    },
    labels={"open": "发起批次", "generated": "生成名单", "firm_closed": "企业注销，移出名单"},
    said=lambda event: queries.told(event["data"]),
    more=_more,
    list_template="officer/benefits/batches.html",
    template="officer/benefits/batch.html",
)


@page("benefits.see")
@require_POST
def batch_replay(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """重放: the list made once more from its hashes, compared byte for byte. Writes nothing."""
    try:
        done = queries.replayed(payments.find(request, id))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        size = f"{done['lines']} 行、{done['size']} 字节"
        if done["same"]:
            messages.success(request, f"重放一致：由快照和规则重新生成 {size}，与当时的名单逐字节相同。")
        else:
            messages.error(request, "重放不一致：请立即报告系统管理员并暂停拨付。")
    return redirect(DESK.url("", id))
