"""指标: the overview by month, one indicator by unit and month, the rows behind a figure, the wall."""

import uuid
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from sanfu.measure import queries
from sanfu.measure.comparison import Adjusted
from sanfu.measure.queries import Cell, Part, shown
from sanfu.measure.rules import BadIndicator, Figure, Indicator, rounded
from sanfu.web.access import page
from sanfu.web.components.cells import tag
from sanfu.web.components.table import Column, Table
from sanfu.web.leader.figures.charts import against_last_year, ranking, trend
from sanfu.web.leader.figures.glance import (
    KEY,
    RATES,
    Figures,
    attention,
    card,
    changes,
    indicator_url,
    percent,
    rows_url,
    step,
)  # fmt: skip
from sanfu.web.leader.figures.period import Period
from sanfu.web.leader.figures.tables import KIND_ROWS, RATIO_ROWS, VALUE_ROWS, kind_rows
from sanfu.web.request import Request

PARTS = {Part.ALL: "全部", Part.HIT: "计入分子", Part.MISS: "未计入分子"}
WHOLE = "全市"
SMALL = mark_safe('<abbr class="few" title="小样本：件数少，只供参考">*</abbr>')


@page("measure.see")
def overview(request: Request) -> HttpResponseBase:
    """指标总览: every indicator by month, this year beside last year."""
    period = Period.read(request.GET, request.today)
    now_, before = _both(request, period)
    rows = [_overview_row(one, period, now_, before) for one in queries.indicators().indicators]
    context = _first_look(request, period, now_, before) | {
        "title": "指标总览",
        "crumbs": [("评价", "")],
        "period": period,
        "charts": [
            trend("keys", "响应、满意、按时办结走势", RATES, period, now_),
            against_last_year(queries.indicators().get("mean_response_hours"), period, now_, before),
        ],
        "small": queries.indicators().small_sample,
    }
    return _matrix("figures", "指标总览", "指标", period).respond(
        request, rows, "leader/figures/overview.html", context
    )


@page("measure.see")
def indicator(request: Request, name: str) -> HttpResponseBase:
    """One indicator by unit and month, with its formula, its ranking and last year's figures."""
    one, period = _indicator(name), Period.read(request.GET, request.today)
    now_, before = _both(request, period, only=[name])
    units = _busiest_first(one, queries.unit_names(cell.unit for cell in now_), now_, before)
    fair = queries.adjusted_for_difficulty(request.actor, name, now=request.now, **period.span)
    rows = [_unit_row(one, None, WHOLE, period, now_, before)]
    rows += [
        _unit_row(one, unit, short, period, now_, before) | _fair_cells(one, unit, period, fair)
        for unit, short in units.items()
    ]
    context = {
        "title": one.name,
        "crumbs": [("评价", ""), _overview_crumb(period)],
        "period": period,
        "one": one,
        "words": queries.indicators().words(one),
        "month_words": _MONTH_WORDS[one.month],
        "small": queries.indicators().small_sample,
        "scoring": queries.scoring().get(one.id),
        "trend": against_last_year(one, period, now_, before),
        "rank": ranking(one, units, period, now_),
        "fair": bool(fair),
    }
    score = one.id in queries.scoring()
    table = _matrix(f"figure-{name}", one.name, "单位", period, score=score, fair=bool(fair))
    return table.respond(request, rows, "leader/figures/indicator.html", context)


@page("measure.see")
def kinds(request: Request, name: str) -> HttpResponseBase:
    """难度调整: a unit's rows by class of request, what the county's rates would lead to expect, and the result."""
    one, period = _indicator(name), Period.read(request.GET, request.today)
    unit = _uuid(request.GET.get("unit", ""))
    fair = queries.adjusted_for_difficulty(request.actor, name, now=request.now, **period.span)
    if unit is None or unit not in fair:
        raise Http404("这个单位在这段时间没有可比的工单；请从指标页点进来。")
    units = queries.by_kind(request.actor, name, now=request.now, **period.span)
    found, short = fair[unit], queries.unit_names([unit])[unit]
    context = {
        "title": f"{one.name} · {short} · 难度调整",
        "crumbs": [("评价", ""), _overview_crumb(period), (one.name, indicator_url(one, period))],
        "period": period,
        "one": one,
        "found": found,
        "whole": percent(found.whole, 2),
        "share": percent(found.share),
        "expected": rounded(found.expected, 2),
    }
    rows = kind_rows(one, Cell(name, unit), period, units[unit], queries.county_of(units))
    return KIND_ROWS.respond(request, rows, "leader/figures/kinds.html", context)


@page("measure.see")
def rows(request: Request, name: str) -> HttpResponseBase:
    """The rows that a figure counts: all of the denominator, those in the numerator, those not."""
    one, period = _indicator(name), Period.read(request.GET, request.today)
    part = Part(request.GET["part"]) if request.GET.get("part") in set(Part) else Part.ALL
    cell = Cell(name, _uuid(request.GET.get("unit", "")), _month_in(request.GET.get("month", ""), period))
    of_kind = request.GET.get("kind")
    found = {
        each: queries.opened(request.actor, cell, part=each, now=request.now, kind=of_kind, **period.span)
        for each in (Part if one.is_ratio else [Part.ALL])
    }
    units = queries.unit_names([cell.unit])
    where = [units.get(cell.unit, WHOLE) if cell.unit else WHOLE]
    where.append(f"{cell.month.year}年{cell.month.month}月" if cell.month else period.words)
    where += [of_kind or "未分类"] if of_kind is not None else []
    context = {
        "title": f"{one.name} · {' · '.join(where)}",
        "crumbs": [
            ("评价", ""),
            _overview_crumb(period),
            (one.name, indicator_url(one, period)),
        ],
        "one": one,
        "tabs": [
            (each, PARTS[each], rows_url(cell, period, each, of_kind), len(listed))
            for each, listed in found.items()
        ],
        "part": part,
        "sum": f"{len(found[Part.HIT])} ÷ {len(found[Part.ALL])}" if one.is_ratio else "",
    }
    table = RATIO_ROWS if one.is_ratio else VALUE_ROWS
    return table.respond(request, found.get(part, found[Part.ALL]), "leader/figures/rows.html", context)


@page("measure.see")
def wall(request: Request) -> HttpResponse:
    """指标大屏 as it was: leads to the wall of all three services."""
    return redirect("leader:wall")


def _first_look(request: Request, period: Period, now_: Figures, before: Figures) -> dict[str, Any]:
    """Cards, what got better or worse, and which unit needs attention."""

    def fair(name: str) -> Mapping[uuid.UUID, Adjusted]:
        return queries.adjusted_for_difficulty(request.actor, name, now=request.now, **period.span)

    units = queries.unit_names(cell.unit for cell in now_)
    return {
        "cards": [card(queries.indicators().get(name), period, now_, before) for name in KEY],
        "changes": changes(period, now_, before),
        "attention": attention(period, units, now_, before, cache(fair)),
        "baseline": period.a_year_before.words,
    }


# --- rows of the matrices ---


def _both(request: Request, period: Period, only: list[str] | None = None) -> tuple[Figures, Figures]:
    spans = [(one.first, one.last) for one in (period, period.a_year_before)]
    now_, before = queries.figures_of(request.actor, spans, now=request.now, only=only or [])
    return now_, before


def _overview_row(one: Indicator, period: Period, now_: Figures, before: Figures) -> dict[str, Any]:
    link = indicator_url(one, period)
    row = _cells(one, None, period, now_, before)
    return row | {"name": format_html('<a href="{}">{}</a>', link, one.name), "plain_name": one.name}


def _unit_row(
    one: Indicator, unit: uuid.UUID | None, name: str, period: Period, now_: Figures, before: Figures
) -> dict[str, Any]:
    row = _cells(one, unit, period, now_, before) | {"name": name, "plain_name": name}
    scoring = queries.scoring().get(one.id)
    whole = now_.get(Cell(one.id, unit))
    if (
        scoring
        and unit not in (None, queries.NO_UNIT)
        and whole
        and whole.value is not None
        and not whole.small
    ):
        row["score"] = f"{rounded(scoring.score(whole.value * 100), 2)}/{scoring.full}"
    return row


def _busiest_first(
    one: Indicator, units: Mapping[uuid.UUID, str], now_: Figures, before: Figures
) -> dict[uuid.UUID, str]:
    """Units that had rows in one of the two years, most rows first; what nobody leads yet comes last."""

    def rows_of(found: Figures, unit: uuid.UUID) -> int:
        figure = found.get(Cell(one.id, unit))
        return figure.denominator if figure else 0

    kept = [unit for unit in units if rows_of(now_, unit) or rows_of(before, unit)]
    kept.sort(key=lambda unit: (unit == queries.NO_UNIT, -rows_of(now_, unit)))
    return {unit: units[unit] for unit in kept}


def _fair_cells(
    one: Indicator, unit: uuid.UUID, period: Period, fair: Mapping[uuid.UUID, Adjusted]
) -> dict[str, Any]:
    found = fair.get(unit)
    if found is None or found.share is None:
        return {}
    url = reverse("leader:figure_kinds", args=[one.id]) + f"?{period.query}&{urlencode({'unit': str(unit)})}"
    title = f"未达{found.observed}件，应有{rounded(found.expected, 2)}件"
    text = percent(found.share)
    return {
        "fair": format_html('<a class="figure fair" href="{}" title="{}">{}</a>', url, title, text),
        "plain fair": text,
    }


def _cells(
    one: Indicator, unit: uuid.UUID | None, period: Period, now_: Figures, before: Figures
) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for month in period.months:
        cell = Cell(one.id, unit, month)
        row[f"{month:%Y-%m}"] = _linked(one, cell, now_.get(cell), period)
        row[f"plain {month:%Y-%m}"] = shown(one, now_.get(cell))
    cell = Cell(one.id, unit)
    whole, last = now_.get(cell), before.get(cell)
    row["whole"], row["plain whole"] = _linked(one, cell, whole, period), shown(one, whole)
    row["range"] = _range(whole)
    row["last"] = _linked(one, cell, last, period.a_year_before)
    row["plain last"] = shown(one, last)
    row["change"] = _change(one, whole, last)
    return row


def _linked(one: Indicator, cell: Cell, found: Figure | None, period: Period) -> SafeString | str:
    text = shown(one, found)
    if found is None or not found.denominator:
        return ""
    title = f"{found.numerator} ÷ {found.denominator}" if one.is_ratio else f"{found.denominator}件"
    small = SMALL if found.small else ""
    url = rows_url(cell, period)
    return format_html('<a class="figure" href="{}" title="{}">{}</a>{}', url, title, text, small)


def _range(found: Figure | None) -> str:
    if found is None or found.low is None or found.high is None:
        return ""
    return f"{found.low * 100:.0f}—{found.high * 100:.0f}%"


def _change(one: Indicator, whole: Figure | None, last: Figure | None) -> SafeString | str:
    made = step(one, whole, last)
    if made is None:
        return ""
    return tag(made.words, "ok" if made.better > 0 else "warn" if made.better < 0 else "muted")


def _matrix(
    name: str, title: str, first: str, period: Period, score: bool = False, fair: bool = False
) -> Table:
    """The whole period beside last year first, then its months; every figure in it opens to its rows."""
    columns = [_column("name", first, "plain_name"), _column("whole", "合计", "plain whole")]
    columns += [_column("fair", "难度调整后", "plain fair")] if fair else []
    columns += [_column("last", "上年同期", "plain last"), _column("change", "比上年", "change")]
    columns += [_column("range", "95%区间", "range")]
    columns += [_column("score", "得分（演示）", "score")] if score else []
    columns += [_column(f"{m:%Y-%m}", f"{m.year}年{m.month}月", f"plain {m:%Y-%m}") for m in period.months]
    return Table(
        name,
        title=f"{title} {period.words}",
        unit="行",
        columns=columns,
        per_page=100,
        tie="",
        empty="这些月份没有可统计的工单；请换一段月份，或先受理、派单。",
    )


def _column(key: str, label: str, plain: str) -> Column:
    return Column(
        key,
        label,
        kind="text" if key in ("name", "change") else "number",
        render=lambda row: row.get(key, ""),
        export_as=lambda row: str(row.get(plain, "–")),
    )


# --- addresses ---

_MONTH_WORDS = {
    "received": "按受理月份",
    "due": "按应办结（到期）月份",
    "called_back": "按回访月份",
    "dispatched": "按派单月份",
}


def _overview_crumb(period: Period) -> tuple[str, str]:
    return "指标总览", reverse("leader:figures") + f"?{period.query}"


def _indicator(name: str) -> Indicator:
    try:
        return queries.indicators().get(name)
    except BadIndicator as error:
        raise Http404(str(error)) from error


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError as error:
        raise Http404("没有这个单位；请从指标页点进来。") from error


def _month_in(text: str, period: Period) -> date | None:
    if not text:
        return None
    found = [month for month in period.months if f"{month:%Y-%m}" == text]
    if not found:
        raise Http404("这个月份不在所选时段里；请从指标页点进来。")
    return found[0]
