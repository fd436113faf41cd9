"""A user's table (CSV or Excel) as rows of text by heading, and amounts read with their units, notes kept.

Headings are compared without spaces, brackets and letter case, so 土地需求（亩） and land_need both find a column.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sanfu.kernel.opening import Grid, Unopened, decoded, narrow, open_grids

MOST_BYTES = 20_000_000
MOST_ROWS = 100_000
BRACKETS = re.compile(r"[（(\[【].*?[)）\]】]")
DAY = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?$|^(\d{4})(\d{2})(\d{2})$")
TOTALS = frozenset({"合计", "小计", "总计", "共计", "累计"})
YEAR = re.compile(r"^(?:19|20)\d\d年?$")
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
    above: tuple[str, ...] = ()  # of a heading in two lines: what stands over each column (计划 over 开工)

    def column(self, *names: str) -> int | None:
        """Place of the first heading that one of the names fits, alone or with what stands over it."""
        plain = [plain_heading(heading) for heading in self.headings]
        whole = [plain_heading(over) + heading for over, heading in zip(self.above, plain, strict=False)]
        for name in map(plain_heading, names):
            for words in (plain, whole):
                if name in words:
                    return words.index(name)
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
    workbook = data[:2] == b"PK" or data[:4] == b"\xd0\xcf\x11\xe0"
    grid, notes = _workbook(data, label) if workbook else (_text(data, label), [])
    lines = [(number, tuple(_cell(cell) for cell in row)) for number, row in enumerate(grid, 1)]
    filled = [(number, row) for number, row in lines if any(row)]
    if not filled:
        raise UnreadableSheet(f"{label}没有内容；第一行应是表头")
    top = _heading_row(filled)
    notes += [f"第 {number} 行在表头之前，没有读入" for number, _ in filled[:top]]
    headings, above = filled[top][1], tuple[str, ...]()
    if two := _two_lines(headings, filled[top + 1 : top + 2]):
        headings, above = two
    rows = filled[top + (2 if two else 1) :]
    notes += [f"第 {number} 行是“{_first(row)}”，没有读入" for number, row in rows if is_total(row)]
    rows = [(number, row) for number, row in rows if not is_total(row)]
    if len(rows) > MOST_ROWS:
        raise UnreadableSheet(f"{label}有 {len(rows)} 行，最多 {MOST_ROWS} 行；请拆分后再导入")
    width = len(headings)
    padded = tuple((number, (row + ("",) * width)[:width]) for number, row in rows)
    return Sheet(headings, padded, tuple(notes), above)


def _two_lines(
    headings: tuple[str, ...], after: Sequence[tuple[int, tuple[str, ...]]]
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Headings and what stands over them, when the next line is filled only below headings that span columns."""
    if not after:
        return None
    lower = (after[0][1] + ("",) * len(headings))[: len(headings)]
    above, over = [], ""
    for place, heading in enumerate(headings):
        over = heading or (over if lower[place] else "")
        spans = bool(lower[place]) and "" in headings[place : place + 2]
        if lower[place] and not (spans and over and _is_word(lower[place])):
            return None
        above.append(over if spans else "")
    if not any(lower[place] for place, heading in enumerate(headings) if not heading):
        return None
    found = [_lower(*pair, lower) for pair in zip(above, lower, strict=True)]
    return tuple(low or high for low, high in zip(found, headings, strict=True)), tuple(above)


def _is_word(text: str) -> bool:
    """Whether a cell may head a column: no amount and no day; a year may."""
    return YEAR.match(text) is not None or not (NUMBER.match(text) or is_day(text))


def _lower(over: str, heading: str, line: Sequence[str]) -> str:
    """A heading of the second line: with what stands over it where it is there twice, with its unit always."""
    if not heading:
        return ""
    word = over + heading if line.count(heading) > 1 else heading
    return word if unit_in(word) or not unit_in(over) else f"{word}（{unit_in(over)}）"


def _first(row: Sequence[str]) -> str:
    return next((cell for cell in row if cell), "")


def is_total(row: Sequence[str]) -> bool:
    """Whether a line only adds up the lines above it: read as a row it would count everything twice."""
    return re.sub(r"[\s:：]", "", _first(row)) in TOTALS


def _heading_row(filled: Sequence[tuple[int, tuple[str, ...]]]) -> int:
    """A title line above the headings has one filled cell where the table has several, two at the least."""
    widest = max(sum(map(bool, row)) for _, row in filled[:5])
    for place, (_, row) in enumerate(filled[:5]):
        count = sum(map(bool, row))
        if count >= widest / 2 and (count > 1 or widest == 1):
            return place
    return 0


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return re.sub(r"[ \t]+", " ", narrow(str(value))).strip()


def _workbook(data: bytes, label: str) -> tuple[list[list[object]], list[str]]:
    """Rows of the first sheet that is a table (a cover page is none), and notes on the sheets that are left out."""
    try:
        grids = [grid for grid in open_grids(data) if any(map(_width, grid.rows))]
    except Unopened as problem:
        raise UnreadableSheet(f"{label}{problem}") from problem
    if not grids:
        return [], []
    read = next((grid for grid in grids if _is_table(grid)), grids[0])
    notes = [
        f"只读工作表“{read.title}”，“{grid.title}”没有读入；要导入请另存为一个文件"
        for grid in grids
        if grid is not read
    ]
    return _filled(read), notes


def _width(row: Sequence[object]) -> int:
    return sum(1 for cell in row if _cell(cell))


def _is_table(grid: Grid) -> bool:
    return sum(1 for row in grid.rows if _width(row) > 1) > 1


def _filled(grid: Grid) -> list[list[object]]:
    """Rows in which words of a cell merged downwards stand in each of its rows; a number is left once, it may be added up."""
    rows = grid.rows
    for top, left, bottom, _ in grid.merged:
        value = rows[top][left] if top < len(rows) and left < len(rows[top]) else None
        below = rows[top + 1 : bottom + 1]
        if not isinstance(value, str) or NUMBER.match(value.strip()) or not any(map(_width, below)):
            continue
        for row in below:
            if left < len(row) and _width(row):
                row[left] = value
    return rows


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
