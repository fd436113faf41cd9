"""Files as people send them, opened: text in UTF-8 or GB 18030, workbooks within a budget of cells.

Readers make sense of what is opened here; none opens a workbook by itself, so that none can be filled up by one cell
far away.
"""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

ENCODINGS = ("utf-8-sig", "gb18030")
MOST_COLUMNS = 500  # no list of ours has fifty
MOST_CELLS = 5_000_000  # of one sheet, empty ones inside its bounds counted: a reader gives each of them room
MOST_ROWS = 200_000  # of one sheet: a batch of orders may be long; nobody sends more in one file
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d+)"')
_FAR_COLUMN = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{2,3})\d')  # AA and beyond; most sheets have none

# Full-width digits and letters that people type in codes and numbers; punctuation of prose is left alone.
_NARROW: dict[int, int | str] = {
    **{ord("０") + n: ord("0") + n for n in range(10)},
    **{ord(wide) + n: ord(thin) + n for wide, thin in (("Ａ", "A"), ("ａ", "a")) for n in range(26)},
    ord("\u3000"): " ",
    ord("\u00a0"): " ",
}


class Unopened(ValueError):
    """A file that does not open; the message says why and what to do, to be said after the name of the file."""


@dataclass(frozen=True)
class Grid:
    """Cells of one sheet as the file holds them; merged ranges as (top, left, bottom, right) from 0, both ends included."""

    title: str
    rows: list[list[Any]]
    merged: tuple[tuple[int, int, int, int], ...] = ()


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, GB 18030 (in which Chinese Excel saves CSV) or marked UTF-16; else Unopened."""
    marked = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unopened("既不是 UTF-8 也不是 GBK 编码，请用 UTF-8 重新另存")


def open_grids(content: bytes, *, first: bool = False) -> list[Grid]:
    """The sheets of a workbook (xlsx, xls, ods), or its first one only; Unopened for what is none or too large."""
    try:
        if content[:2] == b"PK":
            _within_budget(content)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = book.sheet_names[:1] if first else book.sheet_names
        return [grid for name in names if (grid := _grid(book, name)) is not None]
    except Unopened:
        raise
    except (CalamineError, zipfile.BadZipFile, zlib.error, OSError, ValueError) as error:
        raise Unopened("打不开，可能已损坏或加了密码，请用表格软件重新另存为 .xlsx") from error


def within_budget(height: int, width: int) -> None:
    """Unopened when a sheet of this many rows and columns would take more room than any list of ours."""
    if width > MOST_COLUMNS or height * width > MOST_CELLS:
        raise Unopened(
            f"有 {height:,} 行、{width:,} 列，超过 {MOST_COLUMNS} 列或 {MOST_CELLS:,} 格；"
            "请删去多余的空列和空行，或拆成几个文件"
        )


def _within_budget(content: bytes) -> None:
    """Refuse a workbook whose cells lie too far apart, before a reader gives all between them room."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        for part in book.namelist():
            if part.startswith("xl/worksheets/") and part.endswith(".xml"):
                text = book.read(part)
                height = max((int(row) for row in _ROW.findall(text)), default=1)
                width = max((_place(word) for word in set(_FAR_COLUMN.findall(text))), default=26)
                within_budget(height, width)


def _place(word: bytes) -> int:
    """Number of a column from its letters: A → 1, AA → 27."""
    number = 0
    for letter in word:
        number = number * 26 + letter - 64
    return number


def _grid(book: CalamineWorkbook, name: str) -> Grid | None:
    try:
        sheet = book.get_sheet_by_name(name)
    except CalamineError:
        return None  # a chart sheet has no cells
    if sheet.total_height > MOST_ROWS:
        raise Unopened(f"的工作表“{name}”有 {sheet.total_height} 行，超过 {MOST_ROWS} 行，请拆成几个文件")
    within_budget(sheet.total_height, sheet.total_width)
    return Grid(name, sheet.to_python(skip_empty_area=False), _merged(sheet))


def _merged(sheet: CalamineSheet) -> tuple[tuple[int, int, int, int], ...]:
    return tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ())


def narrow(text: str) -> str:
    """A cell with full-width digits, letters and spaces as the narrow ones that codes and numbers are made of."""
    return text.translate(_NARROW)
