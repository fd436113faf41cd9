"""A file of monthly readings checked row by row: one row a firm and month. Nothing is written here."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sanfu.enterprise.registry.upload import CODE_NAMES, MOST_ROWS, RowError
from sanfu.kernel.monitoring.panel import SERIES, SERIES_WORDS, month_number, month_text
from sanfu.kernel.monitoring.reading import COLUMNS, GAPS
from sanfu.lists.sheets import Unreadable, read_sheets
from sanfu.records.actor import Refused

MOST = 1e12  # a reading beyond this is a typing error, whatever the series
Good = list[tuple[str, int, list[float | None]]]


@dataclass
class CheckedSeries:
    """Rows that passed as (credit code, month number, values of the series), and every error."""

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
    checked = CheckedSeries(total=len(rows) - 1)
    seen: dict[tuple[str, int], int] = {}
    for line, row in rows[1:]:
        _take(checked, line, row, place, firms, latest, seen)
    return checked


def _place(titles: list[str]) -> dict[str, int]:
    names = {alias: key for key, aliases in COLUMNS.items() for alias in aliases}
    names |= dict.fromkeys(CODE_NAMES, "firm")
    clean = [title.strip().replace("（", "(").replace("）", ")") for title in titles]
    place = {names[title]: at for at, title in enumerate(clean) if title in names}
    if "firm" not in place or "month" not in place:
        raise Refused("缺少“统一社会信用代码”或“月份”这一列；没有导入任何一行。")
    if not set(SERIES) & set(place):
        wanted = "、".join(SERIES_WORDS.values())
        raise Refused(f"没有一列是监测指标；可以有：{wanted}。没有导入任何一行。")
    return place


def _take(
    checked: CheckedSeries, line: int, row: list[str], place: dict[str, int], firms: Mapping[str, str],
    latest: int, seen: dict[tuple[str, int], int],
) -> None:  # fmt: skip
    def cell(key: str) -> str:
        return row[place[key]].strip() if key in place and place[key] < len(row) else ""

    errors: list[RowError] = []
    code = cell("firm")
    if code not in firms:
        errors.append(
            RowError(line, "统一社会信用代码", code, "企业档案里没有这家企业", "核对代码，或先登记企业")
        )
    month = _month(cell("month"))
    if month is None or month > latest:
        why = "不是月份" if month is None else f"晚于最近的月份 {month_text(latest)}"
        errors.append(RowError(line, "月份", cell("month"), why, "写作 2026-03"))
    values: list[float | None] = []
    for series in SERIES:
        value, problem = _number(line, SERIES_WORDS[series], cell(series))
        values.append(value)
        errors += [problem] if problem else []
    if not errors and month is not None:
        if (code, month) in seen:
            errors.append(
                RowError(
                    line,
                    "月份",
                    month_text(month),
                    f"第{seen[code, month]}行已有同一企业同一月份",
                    "只留一行",
                )
            )
        seen.setdefault((code, month), line)
    checked.errors += errors
    if not errors and month is not None and any(value is not None for value in values):
        checked.good.append((code, month, values))


def _month(text: str) -> int | None:
    """A month as people write it: 2026-03, 2026/3, 2026年3月, 202603, 2026-03-01."""
    plain = text.replace("年", "-").replace("月", "").replace("/", "-").replace(".", "-").strip()
    if plain.isdigit() and len(plain) == 6:
        plain = f"{plain[:4]}-{plain[4:]}"
    parts = plain.split(" ")[0].split("-")
    if len(parts) < 2:
        return None
    try:
        return month_number(f"{parts[0]}-{int(parts[1]):02d}")
    except ValueError:
        return None


def _number(line: int, name: str, text: str) -> tuple[float | None, RowError | None]:
    plain = text.replace(",", "").replace("，", "").replace(" ", "")
    if plain.lower() in GAPS:
        return None, None
    try:
        value = float(plain)
    except ValueError:
        return None, RowError(line, name, text, "不是数", "只写数字，不知道的留空")
    if not -MOST < value < MOST:
        return None, RowError(line, name, text, "数太大，不可能是一家企业一个月的数", "核对单位")
    return value, None
