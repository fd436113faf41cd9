"""Charts of the figures: their trend, this year against last year, the units in order."""

import uuid
from collections.abc import Mapping

from sanfu.measure import queries
from sanfu.measure.queries import Cell
from sanfu.measure.rules import Figure, Indicator, rounded
from sanfu.web.components.chart import Chart
from sanfu.web.leader.figures.glance import Figures, rows_url
from sanfu.web.leader.figures.period import Period


def _value(one: Indicator, found: Figure | None) -> float | None:
    if found is None or found.value is None:
        return None
    return float(rounded(found.value * 100, 1) if one.is_ratio else rounded(found.value, 2))


def _labels(period: Period) -> list[str]:
    return [f"{m.year}年{m.month}月" for m in period.months]


def trend(id_: str, title: str, names: tuple[str, ...], period: Period, now_: Figures) -> Chart:
    """Several ratios by month."""
    chosen = [queries.indicators().get(name) for name in names]
    series = {
        one.name: [_value(one, now_.get(Cell(one.id, None, m))) for m in period.months] for one in chosen
    }
    return Chart(id_, title, _labels(period), series, kind="line", unit="%", x_label="月份")


def against_last_year(one: Indicator, period: Period, now_: Figures, before: Figures) -> Chart:
    """One indicator by month, last year beside it; a point opens to its rows."""
    series = {
        "今年": [_value(one, now_.get(Cell(one.id, None, m))) for m in period.months],
        "上年同期": [_value(one, before.get(Cell(one.id, None, m))) for m in period.a_year_before.months],
    }
    links = [rows_url(Cell(one.id, None, m), period) for m in period.months]
    unit = "%" if one.is_ratio else ""
    return Chart(
        f"trend-{one.id}",
        f"{one.name}：今年与上年同期",
        _labels(period),
        series,
        kind="line",
        unit=unit,
        links=links,
        x_label="月份",
    )


def ranking(one: Indicator, units: Mapping[uuid.UUID, str], period: Period, now_: Figures) -> Chart:
    """Units best first; small samples are left out, because nobody should be ranked by a handful of orders."""
    large = [
        (u, f) for u in units if (f := now_.get(Cell(one.id, u))) and not f.small and f.value is not None
    ]
    large.sort(key=lambda pair: pair[1].value or 0, reverse=one.higher_is_better)
    return Chart(
        f"rank-{one.id}",
        f"{one.name}：各单位",
        [units[u] for u, _ in large],
        {one.name: [_value(one, f) for _, f in large]},
        kind="rank",
        unit="%" if one.is_ratio else "",
        links=[rows_url(Cell(one.id, u), period) for u, _ in large],
        note=f"不足{queries.indicators().small_sample}件的单位不参加排名",
        x_label="单位",
    )
