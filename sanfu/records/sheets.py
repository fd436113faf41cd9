"""Tables out of uploaded files (Excel, CSV): rows with the line they stand on, headers by name, mess forgiven.

The header row is the first one that holds the needed columns; blank lines are passed over; full-width digits
and spaces in headers are folded. What cannot be read is said with file, sheet and row.
"""

import csv
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from sanfu.records.actor import Refused

HEADER_WITHIN = 10  # titles and notes may stand above the header


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its line in the file (from 1) and its cells by column name."""

    line: int
    cells: Mapping[str, str]


def read_rows(name: str, whole: bytes, *, needs: Sequence[str], aliases: Mapping[str, str] | None = None) -> list[SheetRow]:
    """Rows of the first sheet that has the needed columns.

    `aliases` maps other spellings of a header to its name. Refused says which columns were found and which
    are missing.
    """
    known = {fold(other): column for other, column in (aliases or {}).items()}
    best: list[str] = []
    for sheet in _sheets(name, whole):
        for at, cells in enumerate(sheet[:HEADER_WITHIN]):
            header = [known.get(fold(cell), fold(cell)) for cell in cells]
            if all(column in header for column in needs):
                return _body(header, sheet[at + 1 :], at + 2)
            best = max(best, [h for h in header if h], key=lambda h: len(set(h) & set(needs)))
    missing = "、".join(column for column in needs if column not in best)
    seen = "、".join(best[:12]) or "空表"
    raise Refused(f"“{name}”缺少列:{missing}。读到的表头是:{seen}。请在表头补上缺少的列后重新上传。")


def _body(header: list[str], rows: list[list[str]], first: int) -> list[SheetRow]:
    found = []
    for n, cells in enumerate(rows):
        if any(cell.strip() for cell in cells):
            named = {column: cell.strip() for column, cell in zip(header, cells, strict=False) if column}
            found.append(SheetRow(first + n, named))
    return found


def _sheets(name: str, whole: bytes) -> Iterable[list[list[str]]]:
    if Path(name).suffix.lower() in {".xlsx", ".xls", ".ods"}:
        return _workbook(name, whole)
    return [list(csv.reader(StringIO(decode(name, whole))))]


def _workbook(name: str, whole: bytes) -> list[list[list[str]]]:
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(whole))
        return [[[_text(cell) for cell in row] for row in sheet.to_python()] for sheet in map(book.get_sheet_by_name, book.sheet_names)]
    except (CalamineError, ValueError, OSError) as broken:
        raise Refused(f"“{name}”打不开,可能已损坏或加密;请用 Excel 另存一份后再传。") from broken


def decode(name: str, whole: bytes) -> str:
    """Text of a file in UTF-8 or GB 18030."""
    for coding in ("utf-8-sig", "gb18030"):
        try:
            return whole.decode(coding)
        except UnicodeDecodeError:
            continue
    raise Refused(f"“{name}”的文字编码认不出;请另存为 UTF-8 编码的 CSV 后再传。")


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))
    return str(cell)


def fold(text: str) -> str:
    """A header without spaces, full-width forms and line breaks."""
    return "".join(unicodedata.normalize("NFKC", str(text)).split())
