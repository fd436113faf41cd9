"""Tables as they come (Excel, CSV) turned into plain rows of text, with what was odd about them."""

import csv
import io
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sanfu.kernel.opening import Unopened, narrow, open_grids, within_budget
from sanfu.kernel.opening import decoded as text_of

DELIMITERS = ",\t|;"


class Unreadable(Exception):
    """A file that is not a table; the message says what, why and what to do."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged range of cells, rows and columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        first, last = f"{letters(self.left)}{self.top + 1}", f"{letters(self.right)}{self.bottom + 1}"
        return f"{first}:{last}"


@dataclass(frozen=True)
class Sheet:
    """Rows of text cells; `rows[0]` is line 1 of the file. Merged ranges are already filled in."""

    name: str
    rows: list[list[str]]
    merged: list[Merged] = field(default_factory=list)


def letters(column: int) -> str:
    """Column letters of a spreadsheet: 0 → A, 26 → AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def read_sheets(name: str, content: bytes) -> list[Sheet]:
    """The sheets of an Excel or CSV file by its ending; Unreadable when it is none."""
    ending = name.lower().rpartition(".")[2]
    if ending in {"xlsx", "xls", "xlsm", "ods", "et"}:
        return _read_excel(name, content)
    if ending in {"csv", "txt", "psv", "tsv"}:
        return [_read_csv(name, content)]
    raise Unreadable(f"“{name}”不是 Excel、CSV 或 YAML 文件，请另存为 .xlsx 或 .csv 后再试")


def _read_excel(name: str, content: bytes) -> list[Sheet]:
    try:
        grids = open_grids(content)
    except Unopened as error:
        raise Unreadable(f"“{name}”{error}") from error
    sheets = []
    for grid in grids:
        rows = [[_text(cell) for cell in row] for row in grid.rows]
        merged = [Merged(*place) for place in grid.merged]
        sheets.append(Sheet(grid.title, _filled(rows, merged), merged))
    return sheets


def _filled(rows: list[list[str]], merged: list[Merged]) -> list[list[str]]:
    """Give every cell of a merged range the value of its first cell."""
    for area in merged:
        if area.top >= len(rows) or area.left >= len(rows[area.top]):
            continue
        value = rows[area.top][area.left]
        for row in rows[area.top : area.bottom + 1]:
            for column in range(area.left, min(area.right + 1, len(row))):
                row[column] = value
    return rows


def decoded(name: str, content: bytes) -> str:
    """The text of a file in UTF-8, GBK or marked UTF-16; Unreadable when it is none of these."""
    try:
        text = text_of(content)
    except Unopened as error:
        raise Unreadable(f"“{name}”{error}") from error
    if "\x00" in text:
        raise Unreadable(f"“{name}”不是文本文件，请核对扩展名")
    return text


def delimiter_of(text: str) -> str:
    """What stands between the cells of a text: the mark that its first lines hold most often."""
    lines = text[:20_000].splitlines()[:20]
    return max(DELIMITERS, key=lambda mark: sum(line.count(mark) for line in lines))


def _read_csv(name: str, content: bytes) -> Sheet:
    text = decoded(name, content)
    delimiter = delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    widest = 1
    try:
        for row in reader:
            widest = max(widest, len(row))
            within_budget(len(rows) + 1, widest)
            while len(rows) < reader.line_num - 1 - sum(cell.count("\n") for cell in row):
                rows.append([])  # keep line numbers true after a quoted cell of several lines
            rows.append([_text(cell) for cell in row])
    except Unopened as error:
        raise Unreadable(f"“{name}”{error}") from error
    except csv.Error as error:
        raise Unreadable(f"“{name}”第 {reader.line_num} 行写法有误（{error}），请检查引号是否成对") from error
    return Sheet("", rows)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat()[:10]
    if isinstance(cell, date):
        return cell.isoformat()
    return narrow(str(cell)).strip()
