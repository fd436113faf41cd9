"""指标册: every indicator of a month, one by unit as league and funnel, and the rows behind each figure."""

import uuid
from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from sanfu.kernel.indicators.formula import Formula
from sanfu.kernel.indicators.league import Place, league, limits, strength
from sanfu.measure import reading
from sanfu.measure.book import formulas
from sanfu.measure.counting import COUNTY, Cell
from sanfu.measure.models import Closing
from sanfu.records.moments import said as said_at
from sanfu.web.access import page
from sanfu.web.components.chart import Chart
from sanfu.web.components.table import Column, Table
from sanfu.web.leader.book import show
from sanfu.web.request import Request

SMALL = mark_safe(' <abbr class="few" title="小样本：件数少，只供参考">*</abbr>')
PARTS = {"all": "全部", "hit": "计入分子", "miss": "未计入分子"}


def state_of(request: Request, closing: Closing | None) -> str:
    """Whether a page shows frozen or live figures, and of when."""
    if closing is not None:
        return f"封账数：{said_at(closing.cut_at)} 由{closing.by_name}封账，此后不变"
    known = reading.known_at(request.actor.region)
    return f"实时数：取数时间 {said_at(known)}，还会变动" if known else "还没有取数；每五分钟取一次"


def _table(name: str, title: str, columns: list[Column], unit: str = "项") -> Table:
    return Table(
        name, title=title, unit=unit, columns=columns, per_page=100, tie="", empty="这个月没有可统计的办件。"
    )


BOOK = _table(
    "book", "指标册",
    [
        Column("name", "指标", render=lambda row: format_html('<a href="{}">{}</a>', row["url"], row["name"])),
        Column("room", "业务"),
        Column("now", "本月", kind="number", render=lambda row: _figure(row, "now", "rows_url"), export_as=lambda row: row["now"]),
        Column("before", "上月", kind="number"),
        Column("year", "上年同月", kind="number"),
        Column("sentence", "公式", wide=True),
    ],
)  # fmt: skip


def _figure(row: Any, key: str, url: str) -> Any:
    if row[key] == "–":
        return "–"
    small = SMALL if row.get("small") else ""
    return format_html(
        '<a class="figure" href="{}" title="{}">{}</a>{}', row[url], row.get("title", ""), row[key], small
    )


@page("measure.see", "measure.own")
def book(request: Request) -> HttpResponseBase:
    """指标册: all indicators of one month beside the month before and a year before."""
    month = show.recent_month(request.GET, request.today)
    closing = show.closing_of(request, request.actor.region, month)
    last, year = show.back(month, 2)[0], month.replace(year=month.year - 1)
    every = formulas().values()
    now = {c.indicator: c for c in reading.cells(request.actor, every, [month], closing, totals=True)}
    other = reading.cells(request.actor, every, [last, year], totals=True)
    past = {(c.indicator, c.month): c for c in other}
    rows = [
        {
            "id": one.id, "name": one.name, "room": one.room, "sentence": one.sentence(),
            "url": show.indicator_url(one.id, month), "now": show.said(one, now.get(one.id)),
            "title": _parts(one, now.get(one.id)), "small": one.is_share and one.id in now and now[one.id].rows < one.small_sample,
            "rows_url": show.rows_url(one.id, month, frozen=closing is not None),
            "before": show.said(one, past.get((one.id, last))), "year": show.said(one, past.get((one.id, year))),
        }
        for one in formulas().values()
    ]  # fmt: skip
    context = {
        "title": f"指标册 · {show.in_words(month)}", "crumbs": [("评价", "")], "month": month,
        "state": state_of(request, closing), "frozen": closing is not None, "months": show.back(request.today.replace(day=1), 25)[::-1],
    }  # fmt: skip
    return BOOK.respond(request, rows, "leader/book/book.html", context)


def _parts(one: Formula, cell: Cell | None) -> str:
    if cell is None:
        return ""
    return f"{cell.hits} ÷ {cell.rows}" if one.is_share else f"{cell.rows}件"


LEAGUE = _table(
    "league", "各单位",
    [
        Column("rank", "名次", kind="number"),
        Column("name", "单位"),
        Column("shrunk", "稳健值", kind="number"),
        Column("now", "原始值", kind="number", render=lambda row: _figure(row, "now", "rows_url"), export_as=lambda row: row["now"]),
        Column("count", "件数", kind="number"),
        Column("outside", "与全市相比"),
    ],
    unit="个单位",
)  # fmt: skip


@page("measure.see", "measure.own")
def indicator(request: Request, name: str) -> HttpResponseBase:
    """One indicator of a month: the units by shrunk value, the funnel, its way over a year."""
    one, month = show.formula(name), show.recent_month(request.GET, request.today)
    closing = show.closing_of(request, request.actor.region, month)
    units = {c.unit: c for c in reading.cells(request.actor, [one], [month], closing)}
    names = reading.unit_names(units)
    context = {
        "title": f"{one.name} · {show.in_words(month)}", "one": one, "month": month, "sentence": one.sentence(),
        "crumbs": [("评价", ""), ("指标册", reverse("leader:book") + f"?month={month:%Y-%m}")],
        "state": state_of(request, closing), "frozen": closing is not None, "whole": show.said(one, units.get(COUNTY)), "whole_name": show.whole(request.actor, one),
        "whole_url": show.rows_url(name, month, frozen=closing is not None), "trend": _trend(request, one, month),
        "basis": one.basis or {}, "funnel": _funnel(one, units, names) if one.is_share else None,
        "prior": _prior(one, units), "may_correct": closing is not None and request.actor.may("measure.close"),
    }  # fmt: skip
    return LEAGUE.respond(
        request, _league_rows(one, units, names, month, closing), "leader/book/indicator.html", context
    )


def _counts(units: dict[uuid.UUID, Cell]) -> dict[uuid.UUID, tuple[int, int]]:
    return {unit: (cell.hits, cell.rows) for unit, cell in units.items() if unit != COUNTY}


def _prior(one: Formula, units: dict[uuid.UUID, Cell]) -> str:
    if not one.is_share or not units:
        return ""
    mean, weight = strength(_counts(units))
    return f"稳健值＝（本单位达到数＋{weight:.0f}×{mean * 100:.1f}%）÷（本单位件数＋{weight:.0f}）；{weight:.0f}由各单位之间的差异估计"


def _league_rows(
    one: Formula,
    units: dict[uuid.UUID, Cell],
    names: dict[uuid.UUID, str],
    month: Any,
    closing: Closing | None,
) -> list[dict[str, Any]]:
    places: list[Place[uuid.UUID]] = (
        league(_counts(units), one.small_sample, one.higher_is_better) if one.is_share else []
    )
    order = [place.unit for place in places] or [u for u in units if u != COUNTY]
    by = {place.unit: place for place in places}
    rows = []
    for unit in order:
        place = by.get(unit)
        rows.append(
            {
                "name": names.get(unit, "其他"), "now": show.said(one, units[unit]), "title": _parts(one, units[unit]),
                "count": units[unit].rows, "rank": (place.rank or "不排名") if place else "",
                "shrunk": f"{place.shrunk * 100:.1f}%" if place else "",
                "outside": {1: "高于漏斗上限", -1: "低于漏斗下限", 0: "偶然可以解释"}[place.outside] if place else "",
                "small": units[unit].rows < one.small_sample and one.is_share,
                "rows_url": show.rows_url(one.id, month, unit, frozen=closing is not None),
            }
        )  # fmt: skip
    return rows


def _trend(request: Request, one: Formula, month: Any) -> Chart:
    months = show.back(month, 12)
    found = {c.month: c for c in reading.cells(request.actor, [one], months, totals=True)}
    values = [show.value(one, found.get(m)) for m in months]
    shown = [None if v is None else round(v, 2) for v in values]
    links = [show.rows_url(one.id, m) for m in months]
    return Chart("trend", f"{one.name}（十二个月）", [show.in_words(m) for m in months], {one.name: shown}, kind="line",
                 unit=one.unit, links=links, x_label="月份")  # fmt: skip


def _funnel(one: Formula, units: dict[uuid.UUID, Cell], names: dict[uuid.UUID, str]) -> Chart | None:
    """Share against size with the limits of chance: beats a ranking where units differ in size."""
    own = sorted((u for u in units if u != COUNTY), key=lambda u: units[u].rows)
    if len(own) < 3:
        return None
    mean, _ = strength(_counts(units))
    bounds = [limits(mean, units[u].rows) for u in own]
    series = {
        one.name: [round(100 * units[u].hits / units[u].rows, 1) for u in own],
        "下限": [round(100 * low, 1) for low, _ in bounds],
        "上限": [round(100 * high, 1) for _, high in bounds],
    }
    return Chart("funnel", f"{one.name}：件数由少到多，上下限之间偶然可以解释", [f"{names.get(u, '其他')}（{units[u].rows}件）" for u in own],
                 series, kind="line", unit="%", x_label="单位")  # fmt: skip


ROWS = _table(
    "book-rows", "指标明细",
    [
        Column("number", "编号", render=lambda row: format_html('<a href="{}">{}</a>', row["url"], row["number"]) if row["url"] else row["number"]),
        Column("title", "标题", wide=True),
        Column("unit_name", "单位"),
        Column("at", "计入时点", kind="datetime"),
        Column("counts", "计入", tags={True: ("是", "ok"), False: ("否", "warn")}),
        Column("facts", "事实", wide=True),
    ],
    unit="件",
)  # fmt: skip


@page("measure.see", "measure.own")
def rows(request: Request, name: str) -> HttpResponseBase:
    """The rows that a figure counts, as they are now or as they were when the month was closed."""
    one, month = show.formula(name), show.month_in(request.GET, request.today)
    unit, part = show.unit_in(request.GET), request.GET.get("part", "all")
    part = part if part in PARTS else "all"
    closing = reading.closings(request.actor.region).get(month) if request.GET.get("frozen") else None
    listed = {
        each: reading.opened(request.actor, one, month, unit, each, closing)
        for each in (PARTS if one.hit else ["all"])
    }
    found = listed.get(part, listed["all"])
    for row in found:
        row["url"] = show.page_of(row)
    where = show.whole(request.actor, one) if unit == COUNTY else reading.unit_names([unit]).get(unit, "")
    context = {
        "title": f"{one.name} · {where} · {show.in_words(month)}", "sentence": one.sentence(),
        "crumbs": [("评价", ""), ("指标册", reverse("leader:book") + f"?month={month:%Y-%m}"), (one.name, show.indicator_url(name, month))],
        "state": state_of(request, closing), "part": part,
        "tabs": [(each, PARTS[each], show.rows_url(name, month, unit, each, closing is not None), len(some)) for each, some in listed.items()],
    }  # fmt: skip
    return ROWS.respond(request, found, "leader/book/rows.html", context)
