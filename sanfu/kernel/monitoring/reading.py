"""Reading (取数): the text of series, flags and events as rows, with every unusable line named and none guessed."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sanfu.kernel.monitoring.cleaning import Issue
from sanfu.kernel.monitoring.panel import FLAGS, SERIES, Panel, month_number, month_text, panel_of

COLUMNS = {
    "firm": ("firm", "企业", "统一社会信用代码", "信用代码"),
    "industry": ("industry", "行业", "行业代码"),
    "month": ("month", "月份", "所属月份"),
    "power": ("power", "power_kwh", "用电量", "用电量(千瓦时)"),
    "invoices": ("invoices", "invoices_wan", "开票额", "开票额(万元)"),
    "tax": ("tax", "tax_wan", "入库税额", "入库税额(万元)"),
    "insured": ("insured", "参保人数"),
    "flag": ("flag", "记录", "标志"),
    "months": ("months", "距公开月数"),
    "kind": ("kind", "类型"),
}
GAPS = {"", "-", "—", "na", "nan", "null", "none"}


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


def table(lines: Iterable[str], needed: Iterable[str], what: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and named cells of each row of a CSV text; Unreadable when a needed column is missing."""
    reader = csv.reader(lines)
    head = [cell.strip().lstrip("\ufeff") for cell in next(reader, [])]
    names = {alias: name for name, aliases in COLUMNS.items() for alias in aliases}
    place = {names[cell]: index for index, cell in enumerate(head) if cell in names}
    missing = [name for name in needed if name not in place]
    if missing:
        raise Unreadable(f"{what}缺少列：{'、'.join(missing)}；现有列：{'、'.join(head) or '无'}")
    for number, cells in enumerate(reader, 2):
        if any(cell.strip() for cell in cells):
            yield number, {name: cells[at].strip() for name, at in place.items() if at < len(cells)}


def read_series(lines: Iterable[str]) -> ReadSeries:
    """Monthly readings of a CSV text; a series without a column is a gap in all months."""
    read = ReadSeries()
    seen: dict[tuple[str, int, int], float] = {}
    for number, row in table(lines, ("firm", "month"), "月度数据"):
        firm = row.get("firm", "")
        try:
            month = month_number(row.get("month", "")[:7])
        except ValueError as problem:
            read.refused.append(f"第 {number} 行：{problem}")
            continue
        if not firm:
            read.refused.append(f"第 {number} 行：没有企业")
            continue
        for index, series in enumerate(SERIES):
            text = row.get(series, "").replace(",", "")
            if text.lower() in GAPS:
                continue
            try:
                value = float(text)
            except ValueError:
                read.refused.append(f"第 {number} 行：{series} 的“{text}”不是数")
                continue
            key = (firm, month, index)
            if seen.get(key, value) != value:
                read.issues.append(Issue(firm, month_text(month), series, "doubled", value, None))
            seen[key] = value
            read.rows.append((firm, row.get("industry", ""), month, index, value))
    return read


def read_flags(lines: Iterable[str]) -> list[tuple[str, int, str]]:
    """Public records (firm, month, kind) of a CSV text; kinds outside the list are left out."""
    rows = []
    for number, row in table(lines, ("firm", "month", "flag"), "公开记录"):
        if row.get("flag") in FLAGS:
            rows.append((row.get("firm", ""), _month(number, row), row["flag"]))
    return rows


def _month(number: int, row: dict[str, str]) -> int:
    """The month of a row; Unreadable names the line when it has none."""
    try:
        return month_number(row.get("month", "")[:7])
    except ValueError as problem:
        raise Unreadable(f"第 {number} 行：{problem}") from problem


def read_events(lines: Iterable[str], public_after: int = 6) -> list[Event]:
    """Events of a CSV text; without a usable `months` an event is taken as public after `public_after` months."""
    events = []
    for number, row in table(lines, ("firm", "month"), "事件"):
        onset = _month(number, row)
        text = row.get("months", "")
        after = int(float(text)) if text.replace(".", "", 1).isdigit() else public_after
        events.append(Event(row.get("firm", ""), onset, onset + after, row.get("kind", "")))
    return events


def read_panel(series: Iterable[str], flags: Iterable[str] | None) -> tuple[Panel, ReadSeries]:
    """Panel of a series text and an optional flags text, with what could not be read."""
    read = read_series(series)
    if not read.rows:
        raise Unreadable("月度数据没有一行可用")
    return panel_of(read.rows, read_flags(flags) if flags is not None else ()), read
