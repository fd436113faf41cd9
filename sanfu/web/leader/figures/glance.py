"""What a leader sees first (一眼): key figures against last year, and the units that need attention, with the reason."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from sanfu.measure import queries
from sanfu.measure.comparison import Adjusted, moved, stands_out
from sanfu.measure.queries import Cell, shown
from sanfu.measure.rules import Figure, Indicator, rounded
from sanfu.web.leader.figures.period import Period

KEY = (
    *("response_rate", "mean_response_hours", "satisfaction_rate", "resolution_rate"),
    *("on_time_rate", "mean_handling_days", "rework_rate", "loop_rate"),
)
RATES = ("response_rate", "satisfaction_rate", "on_time_rate")
WATCHED = ("response_rate", "resolution_rate", "satisfaction_rate", "on_time_rate", "rework_rate")
KINDS_OF_CHANGE = ((-1, "变差", "warn"), (1, "改善", "ok"), (0, "无明显变化", "muted"))
Figures = Mapping[Cell, Figure]
Fair = Callable[[str], Mapping[uuid.UUID, Adjusted]]  # indicator → unit → difficulty-adjusted


@dataclass(frozen=True, slots=True)
class Step:
    """From last year's figure to this year's: 1 better, -1 worse, 0 no more than chance may explain."""

    text: str
    better: int

    @property
    def words(self) -> str:
        """The change with its verdict."""
        return f"{self.text} {'改善' if self.better > 0 else '变差'}" if self.better else self.text


def step(one: Indicator, now: Figure | None, before: Figure | None) -> Step | None:
    """The change; of a mean also as a share of what it was. None when one of the two is unknown."""
    if now is None or before is None or now.value is None or before.value is None:
        return None
    change = now.value - before.value
    if not change:
        return Step("持平", 0)
    if one.is_ratio:
        return Step(f"{rounded(change * 100, 1):+}个百分点", moved(one, now, before))
    share = f"（{rounded(change / before.value * 100, 0):+}%）" if before.value else ""
    sure = 0 if now.small or before.small else 1 if (change > 0) == one.higher_is_better else -1
    return Step(f"{rounded(change, 2):+}{share}", sure)


def card(one: Indicator, period: Period, now_: Figures, before: Figures) -> dict[str, Any]:
    """A key figure with last year's beside it."""
    found, last = now_.get(Cell(one.id)), before.get(Cell(one.id))
    text = shown(one, found)
    change = step(one, found, last)
    note = f"上年同期 {shown(one, last)}" if last and last.denominator else "上年同期没有数据"
    few = "，小样本" if found and found.small and found.denominator else ""
    return {
        "name": one.name,
        "value": text.rstrip("%"),
        "unit": "%" if text.endswith("%") else "",
        "url": indicator_url(one, period),
        "note": f"{note}{f'，{change.words}' if change else ''}{few}",
        "tone": "warn" if change and change.better < 0 else "",
    }


def changes(period: Period, now_: Figures, before: Figures) -> list[tuple[str, str, list[dict[str, str]]]]:
    """All indicators against a year before: what got worse, what better, what stayed; each with the tone of its tags."""
    lists: dict[int, list[dict[str, str]]] = {-1: [], 1: [], 0: []}
    for one in queries.indicators().indicators:
        made = step(one, now_.get(Cell(one.id)), before.get(Cell(one.id)))
        if made:
            line = {"name": one.name, "url": indicator_url(one, period), "text": made.text}
            lists[made.better].append(line)
    return [(name, tone, lists[key]) for key, name, tone in KINDS_OF_CHANGE]


def attention(
    period: Period, units: Mapping[uuid.UUID, str], now_: Figures, before: Figures, fair: Fair
) -> list[dict[str, Any]]:
    """Units that are surely below the county or surely below their own last year, most reasons first.

    Chance accuses nobody: 95% ranges decide, small samples are left out (see `measure.comparison`).
    """
    found = []
    for unit, name in units.items():
        reasons = [r for one in WATCHED for r in _reasons(one, unit, period, now_, before, fair)]
        if reasons and unit != queries.NO_UNIT:
            found.append({"name": name, "reasons": reasons})
    return sorted(found, key=lambda row: -len(row["reasons"]))


def _reasons(
    name: str, unit: uuid.UUID, period: Period, now_: Figures, before: Figures, fair: Fair
) -> list[dict[str, str]]:
    one, cell = queries.indicators().get(name), Cell(name, unit)
    own, whole, last = now_.get(cell), now_.get(Cell(name)), before.get(cell)
    if own is None or whole is None:
        return []
    said = []
    if stands_out(one, own, whole) < 0:
        said.append(f"全市 {shown(one, whole)}")
    if last is not None and moved(one, own, last) < 0:
        said.append(f"上年同期 {shown(one, last)}")
    if not said:
        return []
    said.append(f"难度调整后 {percent(made.share)}" if (made := fair(name).get(unit)) else "")
    part = queries.Part.MISS if one.higher_is_better else queries.Part.HIT
    bad = own.denominator - own.numerator if one.higher_is_better else own.numerator
    line = {
        "name": one.name,
        "value": shown(one, own),
        "title": f"{own.numerator} ÷ {own.denominator}",
        "beside": "，".join(filter(None, said)),
        "url": rows_url(cell, period),
        "bad_url": rows_url(cell, period, part),
        "bad": f"{'未达' if one.higher_is_better else '计入'}{bad}件",
    }
    return [line]


def percent(share: Fraction | None, digits: int = 1) -> str:
    """A share as a page shows it; – when unknown."""
    return "–" if share is None else f"{rounded(share * 100, digits)}%"


def indicator_url(one: Indicator, period: Period) -> str:
    """The page of one indicator."""
    return reverse("leader:figure", args=[one.id]) + f"?{period.query}"


def rows_url(
    cell: Cell, period: Period, part: queries.Part = queries.Part.ALL, kind: str | None = None
) -> str:
    """The rows that a figure counts; `kind` one first-level class of request."""
    query = {"unit": cell.unit or "", "month": f"{cell.month:%Y-%m}" if cell.month else "", "part": part}
    kept = urlencode({key: str(value) for key, value in query.items() if value})
    more = "" if kind is None else "&" + urlencode({"kind": kind})
    return reverse("leader:figure_rows", args=[cell.indicator]) + f"?{period.query}&{kept}{more}"
