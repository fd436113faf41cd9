"""Money of a batch on the desk: payment file, receipts of the treasury, claw-back (追回)."""

import uuid
from decimal import Decimal, InvalidOperation
from io import BytesIO

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from sanfu.enterprise.benefits import actions
from sanfu.enterprise.benefits.actions.payments import Receipt
from sanfu.enterprise.benefits.payfile import RECEIPT_HEADS, read_receipts
from sanfu.enterprise.benefits.states import LineState
from sanfu.records import files
from sanfu.records.actor import Refused
from sanfu.web.access import once, page
from sanfu.web.components.enclosures import send_file
from sanfu.web.components.export import send
from sanfu.web.officer.benefits import batches
from sanfu.web.request import Request


@page("benefits.pay", "benefits.batch")
def payment_file(request: Request, id: uuid.UUID, payment_id: uuid.UUID) -> HttpResponse:
    """拨付文件 as it went to the treasury."""
    found = batches.find(request, id).payments.select_related("file").filter(pk=payment_id).first()
    if found is None:
        raise Http404("这个批次没有这份拨付文件。")
    return send_file(found.file)


@page("benefits.pay")
def receipt_form(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """回执模板: one row for every payment that waits for an answer."""
    found = batches.find(request, id)
    rows = found.lines.filter(state=LineState.SENT).order_by("payment")
    return send(
        "xlsx", f"回执模板{found.case.number}", RECEIPT_HEADS, ((line.payment, "", "", "") for line in rows)
    )


@page("benefits.pay")
@once
@require_POST
def receipts(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """登记回执 from the treasury's file, all rows or none."""
    found = batches.find(request, id)
    given = request.FILES.get("file")
    try:
        if given is None:
            raise Refused("请选择国库回执文件。")
        stored = files.store(
            name=given.name or "回执", content=BytesIO(given.read()), by=request.actor, at=request.now
        )
        rows = [Receipt(**row) for row in read_receipts(stored.name, files.read(stored))]
        paid, failed = actions.receive(found, rows, by=request.actor, at=request.now)
    except Refused as refused:
        return batches.shown_again(request, found, str(refused))
    messages.success(request, f"已登记回执：到账 {paid} 笔，退汇 {failed} 笔。")
    return redirect("officer:benefit_batch", id=id)


@page("benefits.pay")
@once
@require_POST
def claw_back(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """追回 a payment, whole or in part."""
    found = batches.find(request, id)
    line = found.lines.filter(payment=request.POST.get("payment", "").strip()).exclude(payment="").first()
    try:
        if line is None:
            raise Refused("本批次没有这个付款编号；请在名单里打开“付款编号”一列核对。")
        amount = _yuan(request.POST.get("amount", ""))
        actions.claw_back(
            line, amount=amount, why=request.POST.get("why", ""), by=request.actor, at=request.now
        )
    except Refused as refused:
        return batches.shown_again(request, found, str(refused))
    messages.success(request, f"已登记追回 {amount / 100:,.2f} 元。")
    return redirect("officer:benefit_batch", id=id)


def _yuan(raw: str) -> int:
    try:
        value = Decimal(raw.strip().replace(",", ""))
    except InvalidOperation as wrong:
        raise Refused(f"追回金额“{raw}”不是数；请填写元，如 20000。") from wrong
    if not value.is_finite() or not 0 < value < 10**12:
        raise Refused("追回金额要大于 0；请填写元，如 20000。")
    return int(value * 100)
