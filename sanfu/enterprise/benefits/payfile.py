"""Payment files out (xlsx for the treasury) and receipts in (the same table with two columns more)."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sanfu.lists.sheets import Unreadable, read_sheets
from sanfu.records.actor import Refused
from sanfu.records.export import workbook

if TYPE_CHECKING:
    from sanfu.enterprise.benefits.models import Line

HEADS = ("付款编号", "户名", "统一社会信用代码", "开户行", "账号", "金额(元)", "用途")
RECEIPT_HEADS = ("付款编号", "结果", "凭证号", "原因")
OK_WORDS, FAILED_WORDS = {"成功", "已到账", "到账"}, {"退汇", "失败", "未到账"}


def payment_workbook(number: str, lines: Sequence["Line"]) -> bytes:
    """One row a payment and a total row; amounts in 元 as numbers with two decimals."""
    rows = (
        (
            *(line.payment, line.enterprise.name, line.enterprise.credit_code, line.bank, line.account),
            yuan(line.paid),
            f"{number} {line.clause}",
        )
        for line in lines
    )
    total = ("合计", None, None, None, None, yuan(sum(line.paid for line in lines)))
    with workbook("拨付文件", HEADS, rows, last=total) as made:
        return made.read()


def yuan(fen: int) -> Decimal:
    """An amount in 分 as 元."""
    return Decimal(fen) / 100


def read_receipts(name: str, content: bytes) -> list[dict[str, Any]]:
    """Rows {payment, ok, voucher, reason}; Refused with the line when one cannot be read. Nothing is half-read."""
    try:
        rows = read_sheets(name, content)[0].rows
    except (Unreadable, IndexError) as error:
        raise Refused(f"{error}；没有登记任何一笔。") from error
    heads = {title.strip(): place for place, title in enumerate(rows[0] if rows else [])}
    missing = [head for head in RECEIPT_HEADS[:3] if head not in heads]
    if missing:
        raise Refused(f"回执文件缺少这些列：{'、'.join(missing)}；请下载回执模板填写。没有登记任何一笔。")
    return list(_receipts(rows, heads))


def _receipts(rows: Sequence[Sequence[str]], heads: dict[str, int]) -> Iterable[dict[str, Any]]:
    seen: set[str] = set()
    for number, row in enumerate(rows[1:], 2):
        cells = {head: row[place].strip() if place < len(row) else "" for head, place in heads.items()}
        payment, said = cells["付款编号"], cells["结果"]
        if not payment:
            continue
        if said not in OK_WORDS | FAILED_WORDS:
            raise Refused(f"第{number}行“结果”写的是“{said}”；请写 成功 或 退汇。没有登记任何一笔。")
        if payment in seen:
            raise Refused(f"第{number}行付款编号{payment}重复；请删去一行。没有登记任何一笔。")
        seen.add(payment)
        ok = said in OK_WORDS
        yield {"payment": payment, "ok": ok, "voucher": cells["凭证号"], "reason": cells.get("原因", "")}
