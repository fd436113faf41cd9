"""Money of a batch on the desk: payment file, receipts of the treasury, claw-back (追回)."""

import uuid
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase

from sanfu.enterprise.benefits import actions, queries
from sanfu.enterprise.benefits.actions.payments import Receipt
from sanfu.enterprise.benefits.models import Batch, Line
from sanfu.enterprise.benefits.payfile import RECEIPT_HEADS, read_receipts
from sanfu.enterprise.benefits.states import LineState
from sanfu.records import files
from sanfu.records.actor import Refused
from sanfu.web.access import page
from sanfu.web.components.enclosures import send_file
from sanfu.web.components.export import send
from sanfu.web.components.fields import Area, FitsRow
from sanfu.web.request import Request

L = LineState


def find(request: Request, id: uuid.UUID) -> Batch:
    """The batch, if the actor may see it."""
    found = queries.access(request.actor, id)
    if found is None:
        raise Http404("没有这个批次，或不在您可以查看的范围内。")
    return found


@page("benefits.pay", "benefits.batch")
def payment_file(request: Request, id: uuid.UUID, payment_id: uuid.UUID) -> HttpResponse:
    """拨付文件 as it went to the treasury."""
    found = find(request, id).payments.select_related("file").filter(pk=payment_id).first()
    if found is None:
        raise Http404("这个批次没有这份拨付文件。")
    return send_file(found.file)


@page("benefits.pay")
def receipt_form(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """回执模板: one row for every payment that waits for an answer."""
    found = find(request, id)
    rows = found.lines.filter(state=L.SENT).order_by("payment")
    return send(
        "xlsx", f"回执模板{found.case.number}", RECEIPT_HEADS, ((line.payment, "", "", "") for line in rows)
    )


class ReceiptForm(forms.Form):
    file = forms.FileField(label="国库回执文件（Excel 或 CSV）", widget=forms.FileInput())


def receive(batch: Batch, *, file: Any, expected: int | None, **who: Any) -> Any:
    """登记回执 from the treasury's file, all rows or none: payment numbers say what is answered, no version does."""
    stored = files.store(name=file.name or "回执", content=BytesIO(file.read()), **who)
    return actions.receive(
        batch, [Receipt(**row) for row in read_receipts(stored.name, files.read(stored))], **who
    )


def paid(batch: Batch) -> "QuerySet[Line]":
    """Lines of which something may be taken back."""
    return batch.lines.filter(state__in=(L.PAID, L.CLAWED)).select_related("enterprise").order_by("payment")


class ClawBackForm(FitsRow):
    payment = forms.ChoiceField(label="付款编号")
    amount = forms.DecimalField(
        label="追回金额（元）", min_value=Decimal("0.01"), max_digits=14, decimal_places=2
    )
    why = Area(3, 500, label="事由和依据", help_text="如：审计报告文号")

    def fit(self, row: Batch, on: date) -> None:
        """The payments that arrived, with what is left of each."""
        self.choose("payment", [(one.payment, _left(one)) for one in paid(row)])


def _left(line: Line) -> str:
    return f"{line.payment} {line.enterprise.name}（尚未追回 {(line.paid - line.clawed) / 100:,.2f} 元）"


def claw_back(batch: Batch, *, payment: str, amount: Decimal, expected: int | None, **given: Any) -> Any:
    """追回 a payment, whole or in part; what is left of it is checked, not the version."""
    line = paid(batch).filter(payment=payment).first()
    if line is None:
        raise Refused("本批次没有这个付款编号；请在名单里打开“付款编号”一列核对。")
    return actions.claw_back(line, amount=int(amount * 100), **given)
