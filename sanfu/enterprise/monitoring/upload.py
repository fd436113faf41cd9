"""A file checked row by row: readings of months or days, or public records. Nothing is written here.

What a file holds is read from its headings: 记录 or 公开记录 makes public records, 日期 readings of days, 月份 of months.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sanfu.enterprise.registry.upload import CODE_NAMES, MOST_ROWS, RowError
from sanfu.kernel.monitoring.panel import (
    FLAG_WORDS,
    SERIES,
    SERIES_UNITS,
    SERIES_WORDS,
    month_said,
    month_text,
)
from sanfu.kernel.monitoring.reading import COLUMNS, GAPS, flag_kind, plain
from sanfu.kernel.sheets import UnreadableSheet, read_day, unit_in
from sanfu.lists.sheets import Unreadable, read_sheets
from sanfu.records.actor import Refused

MOST = 1e12  # a reading beyond this is a typing error, whatever the series
Good = list[tuple[str, int | str, list[float | None] | str]]
KWH = ("千瓦时", "度", "kwh")  # three words of one unit
NEVER_NEGATIVE = frozenset({"power", "insured"})  # a red invoice or a tax refund is a negative amount
DAY_NAMES, MARK_NAMES = ("日期", "day", "date"), ("记录", "公开记录", "记录类型", "类型", "flag")
MONTHS, DAYS, MARKS = "month", "day", "mark"


@dataclass
class CheckedSeries:
    """Rows that passed as (credit code, month number or ISO day, values of the series or kind of record), and every error."""

    what: str = MONTHS
    total: int = 0
    good: Good = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


def check_series(name: str, content: bytes, firms: Mapping[str, str], latest: int) -> CheckedSeries:
    """Check a whole file. firms: credit code → name; latest: the last month that can have data. Refused: bad columns."""
    try:
        sheet = read_sheets(name, content)[0]
    except (Unreadable, IndexError) as error:
        raise Refused(f"{error}；没有导入任何一行。") from error
    rows = [(n, row) for n, row in enumerate(sheet.rows, 1) if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        raise Refused("文件里没有数据行：第一行写列名，以下每行一家企业一个月。")
    if len(rows) > MOST_ROWS:
        raise Refused(f"一次最多导入{MOST_ROWS:,}行，这个文件有{len(rows):,}行；请按月拆分后再传。")
    place = _place(rows[0][1])
    what = MARKS if "mark" in place else DAYS if "day" in place else MONTHS
    checked = CheckedSeries(what, total=len(rows) - 1)
    seen: dict[tuple[str, int | str], int] = {}
    for line, row in rows[1:]:
        _take(checked, line, row, place, firms, latest, seen)
    return checked


def _place(titles: list[str]) -> dict[str, int]:
    names = {plain(alias): key for key, aliases in COLUMNS.items() for alias in aliases}
    for key, aliases in (("firm", CODE_NAMES), ("day", DAY_NAMES), ("mark", MARK_NAMES)):
        names |= {plain(alias): key for alias in aliases}
    place = {names[plain(title)]: at for at, title in enumerate(titles) if plain(title) in names}
    _same_units(titles, place)
    if "firm" not in place or not {"month", "day"} & set(place):
        raise Refused("缺少“统一社会信用代码”，或“月份”“日期”这一列；没有导入任何一行。")
    if "mark" not in place and not set(SERIES) & set(place):
        wanted = "、".join(SERIES_WORDS.values())
        raise Refused(f"没有一列是监测指标；可以有：{wanted}。没有导入任何一行。")
    return place


def _same_units(titles: list[str], place: Mapping[str, int]) -> None:
    """Refused for a heading in another unit: 元 beside 万元 would make every figure of its column wrong in silence."""
    for series, unit in SERIES_UNITS.items():
        said = unit_in(titles[place[series]]) if series in place else ""
        if said and said.lower() not in (KWH if unit in KWH else (unit,)):
            what = f"“{titles[place[series]]}”的单位是{said}，应为{unit}"
            raise Refused(f"{what}；请换算后再传，没有导入任何一行。")


def _take(
    checked: CheckedSeries, line: int, row: list[str], place: dict[str, int], firms: Mapping[str, str],
    latest: int, seen: dict[tuple[str, int | str], int],
) -> None:  # fmt: skip
    def cell(key: str) -> str:
        return row[place[key]].strip() if key in place and place[key] < len(row) else ""

    errors: list[RowError] = []
    code = cell("firm")
    if code not in firms:
        errors.append(
            RowError(line, "统一社会信用代码", code, "企业档案里没有这家企业", "核对代码，或先登记企业")
        )
    when, problem = _when(line, checked.what, cell, latest)
    errors += [problem] if problem else []
    said, problems = _said(line, checked.what, cell)
    errors += problems
    if not errors and checked.what != MARKS:
        if (code, when) in seen:
            what = f"第{seen[code, when]}行已有同一企业同一{'日' if checked.what == DAYS else '月份'}"
            shown = when if isinstance(when, str) else month_text(when)
            errors.append(RowError(line, "日期" if checked.what == DAYS else "月份", shown, what, "只留一行"))
        seen.setdefault((code, when), line)
    checked.errors += errors
    if not errors and (isinstance(said, str) or any(value is not None for value in said)):
        checked.good.append((code, when, said))


def _when(line: int, what: str, cell: Callable[[str], str], latest: int) -> tuple[int | str, RowError | None]:
    """The month number of a row, or its ISO day where the file is one of days; public records count by month."""
    text = cell("day") or cell("month")
    month = _month(text)
    label, sample = ("日期", "2026-03-05") if cell("day") else ("月份", "2026-03")
    day = _day(text) if what == DAYS else None
    if month is None or (what == DAYS and day is None):
        return "", RowError(line, label, text, f"不是{label}", f"写作 {sample}")
    if month > latest:
        return "", RowError(line, label, text, f"晚于最近的月份 {month_text(latest)}", f"写作 {sample}")
    return (day.isoformat() if day else month), None


def _said(
    line: int, what: str, cell: Callable[[str], str]
) -> tuple[list[float | None] | str, list[RowError]]:
    """What a row says: the kind of its public record, or a value for each series."""
    if what == MARKS:
        text = cell("mark")
        kind = flag_kind(text)
        known = f"可以是：{'、'.join(FLAG_WORDS.values())}"
        return kind, [] if kind else [RowError(line, "公开记录", text, "没有这种记录", known)]
    values: list[float | None] = []
    errors = []
    for series in SERIES:
        value, problem = _number(line, series, cell(series))
        values.append(value)
        errors += [problem] if problem else []
    return values, errors


def _day(text: str) -> date | None:
    """The day of a cell; None when it is none."""
    try:
        return read_day(text)
    except UnreadableSheet:
        return None


def _month(text: str) -> int | None:
    """The month number of a cell, None when it names no month."""
    try:
        return month_said(text)
    except ValueError:
        return None


def _number(line: int, series: str, text: str) -> tuple[float | None, RowError | None]:
    name = SERIES_WORDS[series]
    plain = text.replace(",", "").replace("，", "").replace(" ", "")
    if plain.lower() in GAPS:
        return None, None
    try:
        value = float(plain)
    except ValueError:
        return None, RowError(line, name, text, "不是数", "只写数字，不知道的留空")
    if not -MOST < value < MOST:
        return None, RowError(line, name, text, "数太大，不可能是一家企业一个月的数", "核对单位")
    if value < 0 and series in NEVER_NEGATIVE:
        return None, RowError(line, name, text, "不能是负数", "核对原表，不知道的留空")
    return value, None
