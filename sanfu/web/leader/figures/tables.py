"""Lists behind a figure: the orders that it counts, and its rows by class of request."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.utils.html import format_html

from sanfu.grassroots.tickets.states import TicketState
from sanfu.measure.comparison import unwanted
from sanfu.measure.queries import Cell, Part
from sanfu.measure.rules import Indicator, Tally, rounded
from sanfu.web.components.table import Column, Table
from sanfu.web.leader.figures.glance import rows_url
from sanfu.web.leader.figures.period import Period

_COMMON = [
    Column("number", "编号", link="officer:ticket", link_args=("id",), sort=True),
    Column("title", "诉求", wide=True),
    Column("unit_name", "单位", sort=True),
    Column("state", "状态", tags=TicketState),
    Column("at", "计入时点", kind="datetime", sort=True),
]
_EMPTY = "这个数字没有对应的工单。"
RATIO_ROWS = Table(
    "rows",
    title="指标明细",
    unit="件",
    tie="",
    columns=[
        *_COMMON,
        Column("counts", "计入分子", tags={True: ("是", "ok"), False: ("否", "warn")}, sort=True),
    ],
    empty=_EMPTY,
)
VALUE_ROWS = Table(
    "rows",
    title="指标明细",
    unit="件",
    tie="",
    columns=[*_COMMON, Column("value", "数值", kind="number", sort=True)],
    empty=_EMPTY,
)

KIND_ROWS = Table(
    "kinds",
    title="难度调整明细",
    unit="类",
    tie="",
    columns=[
        Column("kind", "诉求类别（一级）"),
        Column("own", "本单位件数", kind="number", export_as=lambda row: row["plain own"]),
        Column("bad", "本单位未达", kind="number", export_as=lambda row: row["plain bad"]),
        Column("county", "全市件数", kind="number"),
        Column("rate", "全市未达率", kind="number"),
        Column("due", "应有未达（件数×全市未达率）", kind="number"),
    ],
    empty="这个单位在这段时间没有可统计的工单；请换一段月份。",
)


def kind_rows(
    one: Indicator, cell: Cell, period: Period, own: Mapping[str, Tally], county: Mapping[str, Tally]
) -> list[dict[str, Any]]:
    """A unit's rows by class, most first, beside what the county's rate of the class makes of them."""
    bad_part = Part.MISS if one.higher_is_better else Part.HIT
    made = []
    for kind, found in sorted(own.items(), key=lambda pair: -pair[1].denominator):
        whole, bad = county[kind], unwanted(one, found)
        rate = Fraction(unwanted(one, whole), whole.denominator)
        link = '<a class="figure" href="{}">{}</a>'
        made.append(
            {
                "kind": kind or "未分类",
                "own": format_html(link, rows_url(cell, period, kind=kind), found.denominator),
                "plain own": found.denominator,
                "bad": format_html(link, rows_url(cell, period, bad_part, kind), bad),
                "plain bad": bad,
                "county": whole.denominator,
                "rate": f"{rounded(rate * 100, 1)}%",
                "due": str(rounded(found.denominator * rate, 2)),
            }
        )
    return made
