"""Writes of a batch after its notice: consent, account check, payment file, receipt, claw-back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from django.db import transaction
from django.db.models import QuerySet, Sum

from sanfu.cases.actions import Stepped
from sanfu.enterprise.benefits.actions.batches import move
from sanfu.enterprise.benefits.actions.claims import move_with_lines
from sanfu.enterprise.benefits.content import least_payment
from sanfu.enterprise.benefits.models import Batch, Line, PaymentFile
from sanfu.enterprise.benefits.payfile import payment_workbook
from sanfu.enterprise.benefits.rules import Paying, account_problem
from sanfu.enterprise.benefits.states import PAYABLE, BatchEvent, ClaimEvent, LineState
from sanfu.enterprise.registry.actions import Said, record
from sanfu.enterprise.registry.models import Fact
from sanfu.enterprise.registry.queries import own
from sanfu.records import files
from sanfu.records.actor import Actor, NotAllowed, Refused
from sanfu.records.moments import day_of

BE = BatchEvent


@transaction.atomic
def agree(batch: Batch, *, bank: str, account: str, by: Actor, at: datetime) -> int:
    """意愿确认 by the firm itself, one click for all its lines, with the account to pay to."""
    firm = own(by)
    if firm is None:
        raise NotAllowed("只有企业经办人可以代表本企业确认。")
    problem = account_problem(firm.name, bank, account, firm.name)
    if problem:
        raise Refused(f"{problem}；请填写本企业在开户行开立的对公账户。")
    lines = list(batch.lines.filter(enterprise=firm, state__in=(LineState.LISTED, LineState.FAILED)))
    if not lines:
        raise Refused("本批次里没有等您确认的事项；可能已经确认过，请刷新后查看。")
    _write_agreed(lines, bank=bank.strip(), account=account.replace(" ", ""), at=at)
    data = {"enterprise": firm.credit_code, "lines": len(lines)}
    move(batch, BE.CONSENT, by=by, at=at, data=data)
    return len(lines)


@transaction.atomic
def waive(batch: Batch, *, why: str, by: Actor, at: datetime) -> int:
    """放弃 by the firm; other enterprises are not affected."""
    firm = own(by)
    if firm is None:
        raise NotAllowed("只有企业经办人可以代表本企业放弃。")
    rows = batch.lines.filter(enterprise=firm, state__in=(LineState.LISTED, LineState.AGREED))
    waived = list(rows)
    count = rows.update(state=LineState.WAIVED, reason=f"企业放弃：{why}"[:200])
    if not count:
        raise Refused("本批次里没有可以放弃的事项；请刷新后查看。")
    move_with_lines(waived, ClaimEvent.DROP, by=by, at=at)
    move(batch, BE.CONSENT, by=by, at=at, data={"enterprise": firm.credit_code, "waived": count, "why": why})
    return count


@transaction.atomic
def agree_for_all(batch: Batch, *, grounds: str, by: Actor, at: datetime) -> tuple[int, int]:
    """登记线下确认: the officer enters consents collected on paper; accounts are those on file, each checked.

    Returns (agreed, left because the account on file cannot be used).
    """
    if not grounds.strip():
        raise Refused("请写明意愿是怎样收集的（如：承诺书编号、镇街汇总表）。")
    agreed, left = _with_account(batch.lines.filter(state=LineState.LISTED))
    _write_agreed(agreed, bank="", account="", at=at)
    data = {"grounds": grounds, "agreed": len(agreed), "left": len(left)}
    move(batch, BE.CONSENT, by=by, at=at, data=data)
    return len(agreed), len(left)


def _with_account(rows: "QuerySet[Line]") -> tuple[list[Line], list[Line]]:
    """Lines whose enterprise has a usable account on file, which is copied to the line; and the others."""
    good, bad = [], []
    for line in rows.select_related("enterprise"):
        firm = line.enterprise
        if account_problem(firm.name, firm.bank, firm.account, firm.account_name):
            bad.append(line)
        else:
            line.bank, line.account = firm.bank, firm.account
            good.append(line)
    return good, bad


def _write_agreed(lines: Sequence[Line], *, bank: str, account: str, at: datetime) -> None:
    for line in lines:
        line.state, line.agreed_at, line.account_checked_at = LineState.AGREED, at, at
        line.bank, line.account = bank or line.bank, account or line.account
    Line.objects.bulk_update(lines, ["state", "agreed_at", "account_checked_at", "bank", "account"])


@transaction.atomic
def check_accounts(batch: Batch, *, by: Actor, at: datetime) -> list[tuple[str, str]]:
    """账户核验 of what is still waiting; returns (enterprise, what is wrong)."""
    rows = batch.lines.filter(state=LineState.LISTED).select_related("enterprise")
    found = []
    for line in rows:
        firm = line.enterprise
        problem = account_problem(firm.name, firm.bank, firm.account, firm.account_name)
        if problem:
            found.append((firm.name, problem))
    move(batch, BE.ACCOUNT, by=by, at=at, data={"wrong": len(found)})
    return found


@transaction.atomic
def pay(batch: Batch, *, by: Actor, at: datetime, expected: int | None = None) -> PaymentFile:
    """生成拨付文件 for every agreed line not yet sent; its bytes are kept as they went out."""
    rows = batch.lines.filter(state__in=PAYABLE, paid__gte=least_payment())
    ready = list(rows.select_related("enterprise").order_by("clause", "enterprise__credit_code"))
    waiting = batch.lines.filter(state=LineState.LISTED).count()
    number = f"{batch.case.number}-{batch.payments.count() + 1:02d}"
    move(
        batch,
        BE.PAY,
        by=by,
        at=at,
        expected=expected,
        facts=Paying(len(ready), waiting),
        data={"number": number, "count": len(ready), "total": sum(line.paid for line in ready)},
    )
    for place, line in enumerate(ready, 1):
        line.state, line.payment = LineState.SENT, f"{number}-{place:04d}"
    Line.objects.bulk_update(ready, ["state", "payment"])
    content = payment_workbook(number, ready)
    stored = files.store(name=f"拨付文件{number}.xlsx", content=BytesIO(content), by=by, at=at)
    return PaymentFile.objects.create(
        region=by.region,
        batch=batch,
        number=number,
        file=stored,
        count=len(ready),
        total=sum(line.paid for line in ready),
        made_at=at,
    )


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the treasury answered for one payment."""

    payment: str
    ok: bool
    voucher: str = ""
    reason: str = ""


@transaction.atomic
def receive(batch: Batch, receipts: Iterable[Receipt], *, by: Actor, at: datetime) -> tuple[int, int]:
    """登记回执: paid lines get their voucher, returned ones say why. All or nothing. Returns (paid, failed)."""
    said = {one.payment: one for one in receipts}
    lines = list(batch.lines.filter(payment__in=said, state=LineState.SENT).select_related("enterprise"))
    unknown = sorted(set(said) - {line.payment for line in lines})
    if unknown or not lines:
        first = unknown[0] if unknown else ""
        raise Refused(
            f"付款编号{first}不在本批次待回执的付款里，没有登记任何一笔；请核对是否选错批次或重复登记。"
        )
    for line in lines:
        _answer(line, said[line.payment], at)
    Line.objects.bulk_update(lines, ["state", "voucher", "paid_at", "reason"])
    paid = [line for line in lines if line.state == LineState.PAID]
    _to_facts(paid, by=by, at=at)
    move_with_lines(paid, ClaimEvent.PAY, by=by, at=at)
    data = {"paid": len(paid), "failed": len(lines) - len(paid), "total": sum(line.paid for line in paid)}
    move(batch, BE.RECEIPT, by=by, at=at, data=data)
    return len(paid), len(lines) - len(paid)


def _answer(line: Line, receipt: Receipt, at: datetime) -> None:
    if receipt.ok and not receipt.voucher.strip():
        raise Refused(f"付款编号{line.payment}写的是成功，但没有凭证号；请补上凭证号。")
    if receipt.ok:
        line.state, line.voucher, line.paid_at = LineState.PAID, receipt.voucher.strip()[:60], at
    else:
        line.state, line.reason = LineState.FAILED, f"退汇：{receipt.reason or '银行未说明原因'}"[:200]


def _to_facts(lines: Sequence[Line], *, by: Actor, at: datetime) -> None:
    """What was enjoyed becomes a fact of the enterprise, so that later rules can ask for it."""
    day = day_of(at)
    firms = [line.enterprise_id for line in lines]
    told = Fact.objects.filter(enterprise__in=firms, indicator="已享受", source="CZJ", observed_on=day)
    there = set(told.values_list("enterprise_id", "period"))
    fresh = [line for line in lines if (line.enterprise_id, line.clause) not in there]
    said = [Said(line.enterprise, "已享受", line.clause, True, "CZJ", day) for line in fresh]
    said += [Said(line.enterprise, "已兑", line.clause, _ever(line), "CZJ", day) for line in fresh]
    if said:
        record(said, by=by, at=at)


def _ever(line: Line) -> int:
    rows = Line.objects.filter(enterprise=line.enterprise, clause=line.clause, state=LineState.PAID)
    return rows.aggregate(sum=Sum("paid"))["sum"] or 0


@transaction.atomic
def settle(batch: Batch, *, by: Actor, at: datetime, expected: int | None = None) -> Stepped:
    """拨付完毕 when nothing waits for a receipt and nothing that came back waits to be sent again."""
    waiting = batch.lines.filter(state__in=(LineState.SENT, LineState.FAILED, LineState.AGREED)).count()
    return move(batch, BE.SETTLE, by=by, at=at, expected=expected, facts=Paying(1, waiting))


@transaction.atomic
def claw_back(line: Line, *, amount: int, why: str, by: Actor, at: datetime) -> Stepped:
    """追回 all or a part of what was paid, in 分, with the grounds."""
    locked = Line.objects.select_for_update().get(pk=line.pk)
    if locked.state not in (LineState.PAID, LineState.CLAWED):
        raise Refused("这一笔还没有到账，谈不上追回。")
    left = locked.paid - locked.clawed
    if not 0 < amount <= left:
        raise Refused(f"追回金额应大于0、不超过尚未追回的{left / 100:.2f}元。")
    if not why.strip():
        raise Refused("请写明追回事由和依据（如：审计报告文号）。")
    Line.objects.filter(pk=locked.pk).update(
        state=LineState.CLAWED, clawed=locked.clawed + amount, reason=f"追回：{why}"[:200]
    )
    batch = Batch.objects.select_related("case").get(pk=locked.batch_id)
    data = {"line": str(locked.pk), "amount": amount, "why": why}
    return move(batch, BE.CLAW_BACK, by=by, at=at, data=data)


@transaction.atomic
def close(batch: Batch, *, by: Actor, at: datetime, expected: int | None = None) -> Stepped:
    return move(batch, BE.CLOSE, by=by, at=at, expected=expected)
