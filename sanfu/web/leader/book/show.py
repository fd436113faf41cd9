"""How figures of the book are said: values, months, addresses."""

import uuid
from datetime import date
from fractions import Fraction
from typing import Any

from django.http import Http404, HttpRequest, QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from sanfu.kernel.indicators.formula import Formula, Measure
from sanfu.measure import book, reading
from sanfu.measure.counting import COUNTY, Cell
from sanfu.measure.models import Closing
from sanfu.records.actor import Actor
from sanfu.web.components.fields import as_uuid

PAGES_OF = {"ticket": "officer:ticket", "task": "officer:duty_task", "visit": "officer:visit"}


def value(one: Formula, cell: Cell | None) -> float | None:
    """The figure of a cell: shares in percent; None where nothing counts."""
    if cell is None or not cell.rows:
        return 0.0 if one.measure is Measure.COUNT and cell is not None else None
    if one.measure is Measure.COUNT:
        return float(cell.rows)
    if one.measure is Measure.SHARE:
        return float(Fraction(cell.hits * 100, cell.rows))
    if one.measure in (Measure.QUANTILE, Measure.DISTINCT):
        return cell.value
    if cell.total is None:
        return None
    if one.measure is Measure.RATIO:
        return cell.total / cell.below if cell.below else None
    return cell.total / cell.rows if one.measure is Measure.MEAN else cell.total


def said(one: Formula, cell: Cell | None) -> str:
    """As text: 97.4%, 12件, –."""
    number = value(one, cell)
    if number is None:
        return "–"
    if one.measure is Measure.COUNT:
        return f"{int(number)}{one.unit}"
    return f"{number:.1f}{one.unit}"


def whole(actor: Actor, one: Formula) -> str:
    """What the total of an indicator is of: the county, or no more than the reader may see of it."""
    return "全市" if reading.sees_all_of(actor, one) else "您可见的合计"


def scope(actor: Actor) -> str:
    """A sentence for who sees figures of an own part of the county only."""
    return "" if actor.may("measure.see") else "只统计您的岗位看得到的办件，不是全市数"


def formula(name: str) -> Formula:
    found = book.get(name)
    if found is None:
        raise Http404("没有这项指标；请从指标册点进来。")
    return found


def month_in(query: QueryDict, today: date) -> date:
    """The month asked for, this one by default."""
    text = query.get("month", "")
    try:
        month = date.fromisoformat(f"{text}-01") if text else today.replace(day=1)
        if not 2000 <= month.year < 3000:  # pages look a year back and ahead, where the calendar must not end
            raise ValueError(text)
        return month
    except ValueError as problem:
        raise Http404("月份写作 2026-10。") from problem


SETTLES = 7  # days of a new month that tell nothing yet


def recent_month(query: QueryDict, today: date) -> date:
    """The month asked for; by default this one, in its first days the one before: an empty page decides nothing."""
    young = today.day <= SETTLES and not query.get("month")
    return back(today.replace(day=1), 2)[0] if young else month_in(query, today)


def unit_in(query: QueryDict) -> uuid.UUID:
    text = query.get("unit", "")
    return (as_uuid(text) or COUNTY) if text else COUNTY


def back(month: date, count: int) -> list[date]:
    """So many months up to this one, oldest first."""
    found = [month]
    while len(found) < count:
        first = found[0]
        found.insert(0, date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1))
    return found


def in_words(month: date) -> str:
    return f"{month.year}年{month.month}月"


def rows_url(
    name: str, month: date, unit: uuid.UUID = COUNTY, part: str = "all", frozen: bool = False
) -> str:
    query = {"month": f"{month:%Y-%m}", "unit": str(unit), "part": part} | ({"frozen": "1"} if frozen else {})
    return reverse("leader:book_rows", args=[name]) + "?" + urlencode(query)


def indicator_url(name: str, month: date) -> str:
    return reverse("leader:book_indicator", args=[name]) + f"?month={month:%Y-%m}"


def closing_of(request: HttpRequest, region: str, month: date) -> Closing | None:
    """The closed month, unless the live figures are asked for."""
    return None if request.GET.get("live") else reading.closings(region).get(month)


def page_of(row: dict[str, Any]) -> str:
    """The address of the page of a row's case (`kind`, `case_id`), or "" where it has none."""
    name = PAGES_OF.get(row["kind"], f"officer:{row['kind']}")
    try:
        return reverse(name, args=[row["case_id"]]) if row["case_id"] else ""
    except NoReverseMatch:
        return ""
