"""A user's table (CSV or Excel) as rows of text by heading, and amounts read with their units, notes kept.

Headings are compared without spaces, brackets and letter case, so 土地需求（亩） and land_need both find a column.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sanfu.kernel.opening import Unopened, decoded, open_grids

MOST_BYTES = 20_000_000
MOST_ROWS = 100_000
BRACKETS = re.compile(r"[（(\[【].*?[)）\]】]")
DAY = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?$|^(\d{4})(\d{2})(\d{2})$")
NUMBER = re.compile(r"^([+-]?\d[\d,，]*(?:\.\d+)?|[+-]?\.\d+)\s*(%|[^\d\s]*)$")
# Units of one kind, each as a multiple of the first: amounts typed with another unit are converted, and it is said.
UNITS: tuple[Mapping[str, float], ...] = (
    {"亩": 1.0, "公顷": 15.0, "ha": 15.0, "平方米": 0.0015, "㎡": 0.0015, "m2": 0.0015, "平方公里": 1500.0},
    {"万元": 1.0, "元": 0.0001, "亿元": 10000.0, "百万元": 100.0, "千元": 0.1},
    {"吨标煤": 1.0, "tce": 1.0, "万吨标煤": 10000.0},
    {"千伏安": 1.0, "kva": 1.0, "兆伏安": 1000.0, "mva": 1000.0},
    {"人": 1.0, "万人": 10000.0},
    {"吨": 1.0, "千克": 0.001, "公斤": 0.001, "万吨": 10000.0, "t": 1.0, "kg": 0.001},
)


class UnreadableSheet(ValueError):
    """A table that cannot be read; the message says what, where and what to do."""


@dataclass(frozen=True)
class Sheet:
    """Headings as typed, and rows of trimmed text with the line that each had in the file (heading line = 1)."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    notes: tuple[str, ...] = ()

    def column(self, *names: str) -> int | None:
        """Place of the first heading that one of the names fits; exact names win over contained ones."""
        plain = [plain_heading(heading) for heading in self.headings]
        for name in names:
            if plain_heading(name) in plain:
                return plain.index(plain_heading(name))
        return None


def plain_heading(text: str) -> str:
    """A heading without brackets, spaces, marks and case: the form in which headings are compared."""
    return re.sub(r"[\s_\-–—*·:：/.]", "", BRACKETS.sub("", text)).lower()


def unit_in(heading: str) -> str:
    """The unit that a heading carries in brackets, else empty: 土地需求（亩） → 亩."""
    found = re.search(r"[（(\[【]\s*(?:单位[:：])?([^)）\]】]+)[)）\]】]", heading)
    return found.group(1).strip() if found else ""


def read_sheet(data: bytes, name: str = "") -> Sheet:
    """Read the first sheet of a workbook, or a CSV in UTF-8 or GB18030. Raises UnreadableSheet."""
    label = f"“{name}”" if name else "文件"
    if not data.strip():
        raise UnreadableSheet(f"{label}是空的；请检查后重新选择")
    if len(data) > MOST_BYTES:
        raise UnreadableSheet(f"{label}超过 20 MB；请拆分后再导入")
    grid = (
        _workbook(data, label) if data[:2] == b"PK" or data[:4] == b"\xd0\xcf\x11\xe0" else _text(data, label)
    )
    lines = [(number, tuple(_cell(cell) for cell in row)) for number, row in enumerate(grid, 1)]
    filled = [(number, row) for number, row in lines if any(row)]
    if not filled:
        raise UnreadableSheet(f"{label}没有内容；第一行应是表头")
    top = _heading_row(filled)
    notes = [f"第 {number} 行在表头之前，没有读入" for number, _ in filled[:top]]
    headings = filled[top][1]
    rows = filled[top + 1 :]
    if len(rows) > MOST_ROWS:
        raise UnreadableSheet(f"{label}有 {len(rows)} 行，最多 {MOST_ROWS} 行；请拆分后再导入")
    width = len(headings)
    padded = tuple((number, (row + ("",) * width)[:width]) for number, row in rows)
    return Sheet(headings, padded, tuple(notes))


def _heading_row(filled: Sequence[tuple[int, tuple[str, ...]]]) -> int:
    """A title line above the headings has one filled cell where the table has several."""
    widest = max(sum(map(bool, row)) for _, row in filled[:5])
    for place, (_, row) in enumerate(filled[:5]):
        if sum(map(bool, row)) >= max(1, widest / 2):
            return place
    return 0


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return re.sub(r"[ \t\u3000\xa0]+", " ", str(value)).strip()


def _workbook(data: bytes, label: str) -> list[list[object]]:
    try:
        grids = open_grids(data, first=True)
    except Unopened as problem:
        raise UnreadableSheet(f"{label}{problem}") from problem
    return grids[0].rows if grids else []


def _text(data: bytes, label: str) -> list[list[object]]:
    try:
        text = decoded(data)
    except Unopened as problem:
        raise UnreadableSheet(f"{label}{problem}") from problem
    if "\x00" in text:
        raise UnreadableSheet(f"{label}不是表格；请提供 CSV 或 Excel")
    first = text.split("\n", 1)[0]
    mark = max(",\t;|，", key=first.count) if first else ","
    try:
        return [list(row) for row in csv.reader(io.StringIO(text), delimiter=mark)]
    except csv.Error as problem:
        raise UnreadableSheet(f"{label}的换行或引号有误（{problem}）；请用 Excel 重新保存后再试") from problem


@dataclass(frozen=True)
class Amount:
    """A number read from a cell, with a note when a unit was converted."""

    value: float
    note: str = ""


def read_amount(text: str, unit: str = "") -> Amount | None:
    """The number of a cell in `unit`; None when the cell is empty, UnreadableSheet when it is no number.

    1,200 and 1200 and 1.2亿元 are read; a unit other than the column's is converted and noted.
    """
    text = text.strip()
    if text in {"", "-", "—", "/", "无", "暂无"}:
        return None
    found = NUMBER.match(text)
    if found is None:
        raise UnreadableSheet(f"“{text}”不是数")
    value = float(found.group(1).replace(",", "").replace("，", ""))
    typed = found.group(2)
    if not typed or typed == unit or not unit:
        return Amount(value, "" if typed == unit or not typed else f"“{text}”的单位没有声明，按数值读入")
    for family in UNITS:
        if typed.lower() in family and unit.lower() in family:
            converted = value * family[typed.lower()] / family[unit.lower()]
            return Amount(converted, f"“{text}”换算为 {converted:g}{unit}")
    raise UnreadableSheet(f"“{text}”的单位与本列的“{unit}”不能换算")


def is_day(text: str) -> bool:
    """Whether a cell is written as a day is, on the calendar or not."""
    return DAY.match(text.strip()) is not None


def read_day(text: str) -> date | None:
    """A day of a cell: 2026-03-01, 2026/3/1, 2026年3月1日 or 20260301, with or without a time; None when empty.

    Raises:
        UnreadableSheet: neither empty nor a day of the calendar.
    """
    text = text.strip()
    if text in {"", "-", "—", "无"}:
        return None
    found = DAY.match(text)
    if found is None:
        raise UnreadableSheet(f"“{text}”不是日期，应写 2026-03-01")
    parts = [int(part) for part in found.groups() if part]
    try:
        return date(parts[0], parts[1], parts[2])
    except ValueError as problem:
        raise UnreadableSheet(f"“{text}”不是日历上的日子") from problem
