"""Payment files out (xlsx for the treasury) and receipts in (the same table with two columns more)."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

import xlsxwriter

from sanfu.lists.sheets import Unreadable, read_sheets
from sanfu.records.actor import Refused

if TYPE_CHECKING:
    from sanfu.enterprise.benefits.models import Line

HEADS = ("付款编号", "户名", "统一社会信用代码", "开户行", "账号", "金额(元)", "用途")
RECEIPT_HEADS = ("付款编号", "结果", "凭证号", "原因")
OK_WORDS, FAILED_WORDS = {"成功", "已到账", "到账"}, {"退汇", "失败", "未到账"}


def payment_workbook(number: str, lines: Sequence["Line"]) -> bytes:
    """One row a payment and a total row; amounts as numbers with two decimals."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("拨付文件")
    money = book.add_format({"num_format": "#,##0.00"})
    bold = book.add_format({"bold": True})
    sheet.write_row(0, 0, HEADS, bold)
    for row, line in enumerate(lines, 1):
        firm = line.enterprise
        sheet.write_row(row, 0, [line.payment, firm.name, firm.credit_code, line.bank, line.account])
        sheet.write_number(row, 5, line.paid / 100, money)
        sheet.write_string(row, 6, f"{number} {line.clause}")
    sheet.write_string(len(lines) + 1, 0, "合计", bold)
    sheet.write_number(len(lines) + 1, 5, sum(line.paid for line in lines) / 100, money)
    sheet.set_column(0, 4, 24)
    sheet.set_column(5, 6, 20)
    book.close()
    return out.getvalue()


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
