"""评价汇总 for units and leaders, 评价明细 for the steward alone."""

from datetime import date
from typing import Any

from django.http import HttpResponseBase

from sanfu.grassroots.ratings import queries
from sanfu.grassroots.ratings.rules import rules
from sanfu.grassroots.ratings.states import BAD, LEVELS, Way
from sanfu.measure.queries import unit_names
from sanfu.records.wires import case_kinds
from sanfu.web.access import page
from sanfu.web.components.chart import Chart
from sanfu.web.components.table import Choice, Column, Dates, Table
from sanfu.web.request import Request

SUMMARY = Table(
    "rating-summary",
    title="评价汇总",
    unit="行",
    per_page=100,
    tie="",
    columns=[
        Column("month", "月份"),
        Column("unit", "承办单位"),
        Column("asked", "邀请评价", kind="number"),
        Column("answered", "已评价", kind="number"),
        Column("rate", "参评率"),
        Column("good", "满意", kind="number"),
        Column("bad", "差评", kind="number"),
        Column("share", "满意率"),
    ],
    empty="还没有办结后邀请评价的办件。",
)
RATINGS = Table(
    "ratings",
    title="评价明细",
    unit="件",
    default_sort="-given_at",
    columns=[
        Column("case__number", "办件编号"),
        Column("case__title", "办件", wide=True),
        Column("unit__short", "承办单位"),
        Column("level", "评价", tags={level: (words, "danger" if level <= BAD else "ok") for level, words in LEVELS.items()}, sort=True),
        Column("way", "渠道", tags=Way),
        Column("words", "原话", wide=True),
        Column("given_at", "评价时间", kind="datetime", sort=True),
    ],
    filters=[
        Choice("level", "评价", sorted(LEVELS.items(), reverse=True)),
        Choice("way", "渠道", Way.choices()),
        Choice("case_kind", "业务", lambda: [(k, case_kinds()[k].label) for k in rules()["kinds"] if k in case_kinds()]),
        Dates("given_at", "评价日期"),
    ],
    empty="还没有评价。",
)  # fmt: skip


def _percent(part: int | None, whole: int | None) -> str:
    return f"{100 * part / whole:.1f}%" if part is not None and whole else "–"


@page("ratings.see")
def summary(request: Request) -> HttpResponseBase:
    """By month and unit: rate of response beside the share of content answers; nothing where few answered."""
    lines = queries.summary(request.actor)
    names = unit_names(one.unit for one in lines)
    few = rules()["few"]
    rows = [
        {
            "month": f"{one.month:%Y-%m}", "unit": names.get(one.unit, "未派单") if one.unit else "未派单", "asked": one.asked,
            "answered": f"不足{few}" if one.answered is None else one.answered, "rate": _percent(one.answered, one.asked),
            "good": "–" if one.good is None else one.good, "bad": "–" if one.bad is None else one.bad,
            "share": _percent(one.good, one.answered),
        }
        for one in lines
    ]  # fmt: skip
    context = {"title": "评价汇总", "few": few, "ways": _by_month(lines)}
    return SUMMARY.respond(request, rows, "officer/ratings/summary.html", context)


def _by_month(lines: list[queries.Line]) -> Chart | None:
    """Rate of response and share of content answers over twelve months, of the units that may be named."""
    sums: dict[date, list[int]] = {}
    for one in lines:
        if one.answered is not None and one.good is not None:
            found = sums.setdefault(one.month, [0, 0, 0])
            found[:] = [found[0] + one.asked, found[1] + one.answered, found[2] + one.good]
    months = sorted(sums)[-12:]
    if len(months) < 2:
        return None
    series: dict[str, list[Any]] = {
        "参评率": [round(100 * sums[m][1] / sums[m][0], 1) for m in months],
        "满意率": [round(100 * sums[m][2] / sums[m][1], 1) if sums[m][1] else None for m in months],
    }
    return Chart(
        "rating-ways",
        "参评率与满意率",
        [f"{m.year}年{m.month}月" for m in months],
        series,
        kind="line",
        unit="%",
        x_label="月份",
    )


@page("ratings.manage")
def ratings(request: Request) -> HttpResponseBase:
    """Single ratings with their matters: for whoever verifies them."""
    return RATINGS.respond(request, queries.ratings(request.actor), "desk/list.html", {"title": "评价明细"})
