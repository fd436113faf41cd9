"""Rows of a table turned into wishes; weeks may be numbers or dates; a row that cannot be used says why."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from sanfu.kernel.assigning.reading import YES, BadRow, Refusal, Table, number
from sanfu.kernel.visiting.model import Wish

WISH_COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("code", "wish", "wish_id", "id", "编号", "计划编号", "序号"),
    "firm": ("firm", "firm_id", "firm_code", "enterprise", "企业代码", "统一社会信用代码", "信用代码", "企业编号", "企业", "企业名称"),
    "department": ("department", "dept", "unit", "agency", "部门", "单位", "提出部门", "走访部门"),
    "first": ("first", "start", "from", "earliest", "start_week", "week_from", "first_week", "week_start", "window_start", "最早", "开始", "起", "起始周", "开始日期", "最早周"),
    "last": ("last", "end", "to", "latest", "end_week", "week_to", "last_week", "week_end", "window_end", "最晚", "结束", "止", "截止周", "结束日期", "最晚周"),
    "window": ("window", "weeks", "week", "date", "时间", "周次", "走访时间", "日期"),
    "purpose": ("purpose", "topic", "kind", "type", "事由", "目的", "类型", "类别", "走访事由"),
    "minutes": ("minutes", "duration", "length", "时长", "分钟", "预计时长"),
    "alone": ("alone", "must_be_alone", "separate", "exclusive", "单独", "须单独", "单独走访"),
    "lawful": ("lawful", "inspection", "is_inspection", "enforcement", "unannounced", "statutory", "执法检查", "是否执法检查", "法定检查"),
    "x": ("x", "lon", "lng", "longitude", "经度"),
    "y": ("y", "lat", "latitude", "纬度"),
}  # fmt: skip
LAWFUL_WORDS = ("执法", "inspection", "unannounced", "enforcement", "双随机")
QUARTER_WEEKS = 13
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}")


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def start_of(table: Table) -> date | None:
    """The Monday of the week of the earliest date in the table; None when its weeks are numbers."""
    days = []
    for _, row in table.rows:
        for text in _DATE.findall(
            " ".join(_dashed(row.get(name, "")) for name in ("first", "last", "window"))
        ):
            try:
                days.append(date(*map(int, re.split(r"[-/.]", text))))
            except ValueError:
                continue  # the row with this date is refused by itself, with its line
    return monday(min(days)) if days else None


def _dashed(text: str) -> str:
    """The text with 2026年10月5日 written 2026-10-5."""
    return re.sub(r"(\d{4})年(\d{1,2})月(\d{1,2})日?", r"\1-\2-\3", text)


def wishes_of(table: Table, start: date | None) -> list[Wish]:
    """Wishes of the table; week 1 begins on `start` when dates are used. Refused rows join `table.refused`."""
    made: dict[str, Wish] = {}
    lines: dict[str, int] = {}
    for line, row in table.rows:
        try:
            wish = _wish(line, row, start)
            if wish.code in made:
                raise BadRow(f"编号“{wish.code}”与第 {lines[wish.code]} 行重复；请改成不同的编号")
        except BadRow as problem:
            table.refused.append(Refusal(table.file, line, str(problem)))
            continue
        made[wish.code], lines[wish.code] = wish, line
    return list(made.values())


def _wish(line: int, row: Mapping[str, str], start: date | None) -> Wish:
    firm, department = row.get("firm", ""), row.get("department", "")
    if not firm:
        raise BadRow("没有写企业；请补上企业代码或名称")
    if not department:
        raise BadRow("没有写部门；请补上提出走访的部门")
    first, last = _window(row, start)
    across, up = row.get("x", ""), row.get("y", "")
    if bool(across) != bool(up):
        raise BadRow("经度、纬度只填了一个；请两个都填，或都不填")
    minutes = number(row.get("minutes", ""), "时长", 60.0)
    if minutes <= 0:
        raise BadRow(f"时长应大于 0 分钟，实为 {minutes:g}")
    lawful = _yes(row.get("lawful", "")) or any(
        word in row.get("purpose", "").lower() for word in LAWFUL_WORDS
    )
    point = (number(across, "经度", 0.0), number(up, "纬度", 0.0)) if across else None
    return Wish(row.get("code", "") or f"L{line}", firm, department, first, last, row.get("purpose", ""), minutes, _yes(row.get("alone", "")) or lawful, lawful, point)  # fmt: skip


def _yes(text: str) -> bool:
    return text.strip().lower() in YES or any(word in text.lower() for word in LAWFUL_WORDS)


def _window(row: Mapping[str, str], start: date | None) -> tuple[int, int]:
    texts = [_dashed(row.get("first", "")), _dashed(row.get("last", ""))]
    if not any(texts):
        window = _dashed(row.get("window", ""))
        found = re.findall(_DATE.pattern + r"|\d+", window)
        if window and not found:
            raise BadRow(f"时间“{window}”看不懂；请写周次（如 3-6）或日期（如 2026-10-12）")
        texts = [found[0], found[-1]] if found else ["1", str(QUARTER_WEEKS)]
    first = _week(texts[0] or "1", start)
    last = _week(texts[1] or str(max(QUARTER_WEEKS, first)), start)
    if last < first:
        raise BadRow(f"最晚（{texts[1]}）早于最早（{texts[0]}）；请核对两列")
    if start is not None and _date(texts[1]) is not None:
        if last < 1:
            raise BadRow(f"最晚（{texts[1]}）早于计划的第一天 {start}；请改期，或用 --from 换一个起始日")
        first = max(1, first)
    return first, last


def _week(text: str, start: date | None) -> int:
    day = _date(text)
    if day is not None and start is not None:
        return (day - start).days // 7 + 1
    digits = re.fullmatch(r"[^\d\-－−]{0,3}(\d{1,3})(?:\.0+)?\D{0,3}", text)
    if not digits:
        raise BadRow(f"时间“{text}”看不懂；请写周次（如 3）或日期（如 2026-10-12）")
    return int(digits[1])


def _date(text: str) -> date | None:
    parts = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?", text.strip())
    if not parts:
        return None
    try:
        return date(int(parts[1]), int(parts[2]), int(parts[3]))
    except ValueError as problem:
        raise BadRow(f"日期“{text}”不存在；请改正") from problem


def reduction(wishes: int, visits: int) -> float:
    """Share of visits saved; 0 for no wishes."""
    return 1 - visits / wishes if wishes else 0.0
