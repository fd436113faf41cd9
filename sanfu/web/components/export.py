"""Files of a list: Excel and CSV of the filtered rows, written in constant memory."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO
from urllib.parse import quote
from uuid import UUID

import xlsxwriter
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

MOST_ROWS = 200_000  # beyond this a file no longer opens in an office program in reasonable time
FORMULA = ("=", "+", "-", "@", "\t", "\r")
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send(kind: str, name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    """The rows as a download named after the list and the day."""
    file = f"{name}-{timezone.localdate():%Y%m%d}.{kind}"
    if kind == "csv":
        response: HttpResponseBase = StreamingHttpResponse(
            _lines(heads, rows), content_type="text/csv; charset=utf-8"
        )
    else:
        response = FileResponse(_workbook(name, heads, rows), content_type=SHEET)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file)}"
    return response


class _Echo:
    def write(self, value: str) -> str:
        return value


def _lines(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """CSV with a byte order mark, because Excel guesses the encoding; formulas are defused with an apostrophe."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(heads)
    for n, row in enumerate(rows):
        if n >= MOST_ROWS:
            yield writer.writerow([f"仅导出前 {MOST_ROWS:,} 行，请缩小查询条件后分批导出。"])
            return
        yield writer.writerow([_text(v) for v in row])


def _text(value: Any) -> str:
    value = _flat(value)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    text = str(value)
    return "'" + text if isinstance(value, str) and text.startswith(FORMULA) else text


def _flat(value: Any) -> Any:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value).replace(tzinfo=None)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple | set | frozenset):
        return "、".join(str(v) for v in value)
    if value is None or isinstance(value, int | float | Decimal | date | datetime):
        return value
    return str(value)


def _workbook(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> BinaryIO:
    target = tempfile.TemporaryFile()  # noqa: SIM115 — handed to the response, which closes it
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "in_memory": False,
    }
    book = xlsxwriter.Workbook(target, options)
    sheet = book.add_worksheet(name[:31] or "数据")
    bold = book.add_format({"bold": True, "bg_color": "#EEF4FE", "border": 1})
    days, moments = (
        book.add_format({"num_format": "yyyy-mm-dd"}),
        book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    )
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(0, len(heads) - 1), 18)
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
    for n, row in enumerate(rows, start=1):
        if n > MOST_ROWS:
            sheet.write_string(n, 0, f"仅导出前 {MOST_ROWS:,} 行，请缩小查询条件后分批导出。")
            break
        for column, raw in enumerate(row):
            value = _flat(raw)
            if value is None:
                continue
            if isinstance(value, datetime):
                sheet.write_datetime(n, column, value, moments)
            elif isinstance(value, date):
                sheet.write_datetime(n, column, datetime(value.year, value.month, value.day), days)
            elif isinstance(value, str) or isinstance(raw, UUID):
                sheet.write_string(n, column, str(value)[:32_000])
            else:
                sheet.write_number(n, column, float(value))
    book.close()
    target.seek(0)
    return target
