"""Reading (取数): rows of series, flags and events as numbers, with every unusable line named and none guessed."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sanfu.kernel.monitoring.cleaning import Issue
from sanfu.kernel.monitoring.panel import (
    FLAG_WORDS,
    SERIES,
    SERIES_WORDS,
    Panel,
    month_said,
    month_text,
    panel_of,
)

Row = Sequence[str]
# Headers that people use; compared without case, spaces, underscores and what stands in brackets.
COLUMNS = {
    "firm": ("firm", "firm_id", "firm_code", "企业", "企业代码", "统一社会信用代码", "信用代码"),
    "industry": ("industry", "industry_code", "行业", "行业代码", "所属行业"),
    "month": ("month", "月份", "所属月份", "年月"),
    "power": ("power", "power_kwh", "用电量", "用电量(千瓦时)"),
    "invoices": ("invoices", "invoices_wan", "开票额", "开票额(万元)", "开票金额", "开票销售额"),
    "tax": ("tax", "tax_wan", "入库税额", "入库税额(万元)", "入库税收"),
    "insured": ("insured", "参保人数", "社保人数"),
    "flag": ("flag", "记录", "公开记录", "记录类型", "标志"),
    "months": ("months", "距公开月数"),
    "kind": ("kind", "类型", "事件类型"),
}
GAPS = {"", "-", "—", "na", "nan", "null", "none"}
LONGEST = (
    240  # months between the middle reading and any other: beyond twenty years the year is a typing error
)


class Unreadable(ValueError):
    """A table that cannot be used at all; the message says what is missing."""


@dataclass
class ReadSeries:
    """Rows that could be read, and what could not: doubled months, negative and unreadable numbers, bad months."""

    rows: list[tuple[str, str, int, int, float]] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Event:
    """Something that happened to a firm (停减产 外迁 欠薪 资金链): it begins in `onset`, everybody knows it in `public`."""

    firm: str
    onset: int
    public: int
    kind: str = ""


def plain(header: str) -> str:
    """A header as it is compared: lower case, without spaces, underscores and what stands in brackets."""
    return re.sub(r"[\s_\-\ufeff]|[（(].*?[)）]", "", header).lower()


_NAMES = {plain(alias): name for name, aliases in COLUMNS.items() for alias in aliases}


def table(rows: Iterable[Row], needed: Iterable[str], what: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and named cells of each row; Unreadable when a needed column is missing."""
    lines = enumerate(rows, 1)
    head: Row = next((row for _, row in lines if any(cell.strip() for cell in row)), [])
    place: dict[str, int] = {}
    for index, cell in enumerate(head):
        if (name := _NAMES.get(plain(cell))) is not None:
            place.setdefault(name, index)
    missing = [name for name in needed if name not in place]
    if missing:
        wanted = "、".join(f"{name}（{COLUMNS[name][-1]}）" for name in missing)
        found = "、".join(cell.strip() for cell in head if cell.strip())
        raise Unreadable(f"{what}缺少列：{wanted}；现有列：{found or '无'}")
    for number, cells in lines:
        if any(cell.strip() for cell in cells):
            yield number, {name: cells[at].strip() for name, at in place.items() if at < len(cells)}


def read_series(rows: Iterable[Row]) -> ReadSeries:
    """Monthly readings of a table; a series without a column is a gap in all months."""
    read = ReadSeries()
    seen: dict[tuple[str, int, int], float] = {}
    lines: list[int] = []
    for number, row in table(rows, ("firm", "month"), "月度数据"):
        firm = row.get("firm", "")
        try:
            month = month_said(row.get("month", ""))
        except ValueError as problem:
            read.refused.append(f"第 {number} 行：{problem}")
            continue
        if not firm:
            read.refused.append(f"第 {number} 行：没有企业")
            continue
        for index, series in enumerate(SERIES):
            value = _number(row.get(series, ""), number, series, read.refused)
            if value is None:
                continue
            key = (firm, month, index)
            if seen.get(key, value) != value:
                read.issues.append(Issue(firm, month_text(month), series, "doubled", value, None))
            seen[key] = value
            read.rows.append((firm, row.get("industry", ""), month, index, value))
            lines.append(number)
    _refuse_far(read, lines)
    return read


def _number(text: str, line: int, series: str, refused: list[str]) -> float | None:
    """The number of a cell; None for a gap, and for what is no finite number, which is then refused."""
    bare = text.replace(",", "").replace("，", "").replace(" ", "")
    if bare.lower() in GAPS:
        return None
    try:
        value = float(bare)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        refused.append(f"第 {line} 行：{SERIES_WORDS[series]}的“{text}”不是数")
        return None
    return value


def _refuse_far(read: ReadSeries, lines: Sequence[int]) -> None:
    """Take out readings of a year that cannot be: a table from now to year 9999 would fill the memory with gaps."""
    if not read.rows:
        return
    middle = sorted(row[2] for row in read.rows)[len(read.rows) // 2]
    near = [abs(row[2] - middle) <= LONGEST for row in read.rows]
    far = {(line, row[2]) for line, row, kept in zip(lines, read.rows, near, strict=True) if not kept}
    for line, month in sorted(far):
        words = f"第 {line} 行：{month_text(month)} 与其他数据相隔二十年以上，请核对年份"
        read.refused.append(words)
    read.rows = [row for row, kept in zip(read.rows, near, strict=True) if kept]


def read_flags(rows: Iterable[Row], refused: list[str] | None = None) -> list[tuple[str, int, str]]:
    """Public records (firm, month, kind) of a table, kinds as codes or in Chinese; what is unusable joins `refused`."""
    found = []
    refused = [] if refused is None else refused
    for number, row in table(rows, ("firm", "month", "flag"), "公开记录"):
        kind = flag_kind(row.get("flag", ""))
        if not kind:
            known = "、".join(FLAG_WORDS.values())
            refused.append(f"公开记录第 {number} 行：没有“{row.get('flag', '')}”这种记录；可以是{known}")
            continue
        try:
            found.append((row.get("firm", ""), month_said(row.get("month", "")), kind))
        except ValueError as problem:
            refused.append(f"公开记录第 {number} 行：{problem}")
    return found


def flag_kind(text: str) -> str:
    """Code of a kind of public record, said as code or in Chinese; empty when no kind or several are meant."""
    said = text.strip().lower()
    meant = [
        code for code, word in FLAG_WORDS.items() if said and (said == code or said in word or word in said)
    ]
    return meant[0] if len(meant) == 1 else ""


def read_events(rows: Iterable[Row], public_after: int = 6) -> list[Event]:
    """Events of a table; without a usable `months` an event is taken as public after `public_after` months."""
    events = []
    for number, row in table(rows, ("firm", "month"), "事件"):
        try:
            onset = month_said(row.get("month", ""))
        except ValueError as problem:
            raise Unreadable(f"事件第 {number} 行：{problem}") from problem
        text = row.get("months", "")
        after = int(float(text)) if re.fullmatch(r"\d{1,3}(\.\d*)?", text) else public_after
        events.append(Event(row.get("firm", ""), onset, onset + after, row.get("kind", "")))
    return events


def read_panel(series: Iterable[Row], flags: Iterable[Row] | None) -> tuple[Panel, ReadSeries]:
    """Panel of a table of series and an optional one of flags, with what could not be read."""
    read = read_series(series)
    if not read.rows:
        raise Unreadable("月度数据没有一行可用" + (f"；{read.refused[0]}" if read.refused else ""))
    marks = read_flags(flags, read.refused) if flags is not None else ()
    return panel_of(read.rows, marks), read
