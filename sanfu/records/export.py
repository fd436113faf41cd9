"""The one writer of tables that leave the house: Excel and CSV cells that no office program runs.

What people typed (a bank's name, a complaint) ends in files that finance opens. A cell is a number, a date or a
text, never a formula and never a link. Word files: `sanfu/records/word.py`. `tests/architecture/test_exports.py` keeps every other writer out.
"""

import csv
import math
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import xlsxwriter
from django.utils.timezone import is_aware

from sanfu.records.moments import said, wall

MOST_ROWS = 200_000  # beyond this a file no longer opens in an office program in reasonable time
MOST_TEXT = 32_000  # characters of one cell; Excel holds 32,767
MOST_DIGITS = 15  # a longer number loses digits in a spreadsheet, so it is written as text
TOO_MANY = f"仅导出前 {MOST_ROWS:,} 行，请缩小查询条件后分批导出。"
# What starts a formula in a spreadsheet, also after blanks, also in full width (Excel's East Asian versions).
_FORMULA = re.compile(r"^[\s\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]")
# Characters that XML cannot hold: python-docx raises for them, spreadsheets show them as damage.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Row = Sequence[Any]


def clean(text: str) -> str:
    """The text without characters that a file in XML cannot hold."""
    return _NOT_XML.sub("", text)


def defused(text: str) -> str:
    """The text as a CSV cell: an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def csv_lines(heads: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """Lines of a CSV file for Excel: byte order mark first, because Excel guesses the encoding otherwise."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([defused(clean(head)) for head in heads])
    for n, row in enumerate(rows):
        if n >= MOST_ROWS:
            yield writer.writerow([TOO_MANY])
            return
        yield writer.writerow([_csv_cell(value) for value in row])


class _Echo:
    def write(self, value: str) -> str:
        return value


def workbook(name: str, heads: Sequence[str], rows: Iterable[Row], last: Row | None = None) -> BinaryIO:
    """An .xlsx file of one sheet, open at its begin; the caller closes it. Written in constant memory.

    Cells: None stays empty; bool → 是/否; a collection → joined by 、; date and aware datetime → dates of
    Excel in China's time; Decimal → #,##0.00 (元); other numbers as numbers; everything else as text.
    `last`: a row in bold under the others, such as the total.
    """
    target = tempfile.TemporaryFile()  # noqa: SIM115 — handed to the caller, who closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, options)
    page = _Page(book, name)
    page.head(heads)
    row = 0
    for row, cells in enumerate(rows, start=1):
        if row > MOST_ROWS:
            page.put(row, 0, TOO_MANY)
            break
        page.row(row, cells)
    if last is not None:
        page.row(row + 1, last, bold=True)
    book.close()
    target.seek(0)
    return target


class _Page:
    def __init__(self, book: Any, name: str) -> None:
        self.sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", clean(name)).strip()[:31] or "数据")
        self.bold = book.add_format({"bold": True, "bg_color": "#EEF4FE", "border": 1})
        self.total = book.add_format({"bold": True})
        self.days = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moments = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.money = book.add_format({"num_format": "#,##0.00"})

    def head(self, heads: Sequence[str]) -> None:
        self.sheet.freeze_panes(1, 0)
        self.sheet.set_column(0, max(0, len(heads) - 1), 18)
        for column, head in enumerate(heads):
            self.sheet.write_string(0, column, clean(head), self.bold)

    def row(self, row: int, cells: Row, bold: bool = False) -> None:
        for column, value in enumerate(cells):
            self.put(row, column, value, self.total if bold else None)

    def put(self, row: int, column: int, raw: Any, style: Any = None) -> None:
        value = plain(raw)
        if value is None:
            return
        if isinstance(value, datetime):
            self.sheet.write_datetime(row, column, value, self.moments)
        elif isinstance(value, date):
            self.sheet.write_datetime(row, column, datetime(*value.timetuple()[:3]), self.days)
        elif isinstance(value, str):
            self.sheet.write_string(row, column, value[:MOST_TEXT], style)
        else:
            self.sheet.write_number(row, column, value, self.money if isinstance(value, Decimal) else style)


def plain(value: Any) -> str | int | float | Decimal | date | datetime | None:
    """A cell's value as a file holds it: see `workbook`. Datetimes come back without zone, in China's time."""
    if isinstance(value, datetime):
        return wall(value).replace(tzinfo=None) if is_aware(value) else value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple | set | frozenset):
        return clean("、".join(str(one) for one in value))
    if isinstance(value, int | float | Decimal):
        short = math.isfinite(value) and abs(value) < 10**MOST_DIGITS
        return value if short else str(value)
    if value is None or isinstance(value, date):
        return value
    return clean(str(value))


def _csv_cell(value: Any) -> str:
    if isinstance(value, datetime) and is_aware(value):
        return said(value)
    value = plain(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if value is None:
        return ""
    return defused(value) if isinstance(value, str) else str(value)
