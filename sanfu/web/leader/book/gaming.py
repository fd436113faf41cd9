"""防注水线索 for 督查: unusual figures of a unit in a month, each with its interval and the cases behind it."""

import uuid
from typing import Any

from django.http import Http404, HttpResponseBase
from django.urls import reverse

from sanfu.kernel.gaming.checks import CHECKS
from sanfu.measure import reading
from sanfu.measure.models import GamingClue
from sanfu.records.moments import said
from sanfu.web.access import page
from sanfu.web.components.table import Choice, Column, Table
from sanfu.web.leader.book import show
from sanfu.web.request import Request

CLUES = Table(
    "gaming",
    title="防注水线索",
    unit="条",
    per_page=100,
    tie="",
    columns=[
        Column("what", "线索", link="leader:gaming_clue"),
        Column("unit", "单位"),
        Column("month", "月份"),
        Column("seen", "占比", kind="number"),
        Column("interval", "95%区间"),
        Column("expected", "按惯常应为"),
        Column("most", "偶然可达"),
        Column("chance", "偶然的可能"),
    ],
    filters=[Choice("code", "检查", lambda: [(one.code, one.label) for one in CHECKS.values()])],
    empty="没有超出偶然的线索。每天夜里核查一次。",
)
ROWS = Table(
    "gaming-rows",
    title="线索里的办件",
    unit="件",
    default_sort="-opened_at",
    columns=[
        Column("number", "编号", link="officer:ticket", sort=True),
        Column("title", "标题", wide=True),
        Column("lead__short", "承办单位"),
        Column("opened_at", "受理时间", kind="datetime", sort=True),
        Column("closed_at", "办结时间", kind="datetime", sort=True),
    ],
)


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"


def _line(row: GamingClue, names: dict[uuid.UUID, str]) -> dict[str, Any]:
    check = CHECKS[row.check_code]
    return {
        "id": row.id, "code": row.check_code, "what": check.label, "unit": names.get(row.unit, "其他"), "month": f"{row.month:%Y-%m}",
        "seen": f"{_percent(row.hits / row.rows)}（{row.hits}/{row.rows}）", "interval": f"{_percent(row.low)}–{_percent(row.high)}",
        "expected": _percent(row.expected), "most": _percent(row.most),
        "chance": f"{row.chance:.1e}" if row.chance < 1e-4 else f"{row.chance:.4f}",
    }  # fmt: skip


@page("measure.audit")
def clues(request: Request) -> HttpResponseBase:
    """Clues beyond what chance explains, least likely first: no proof, each opens to its cases."""
    rows = reading.clues(request.actor.region)
    names = reading.unit_names({row.unit for row in rows})
    made = max((row.made_at for row in rows), default=None)
    context = {
        "title": "防注水线索",
        "crumbs": [("评价", "")],
        "made": said(made) if made else "",
        "checks": CHECKS.values(),
    }
    return CLUES.respond(request, [_line(row, names) for row in rows], "leader/book/gaming.html", context)


@page("measure.audit")
def clue(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """One clue and its cases, as many as it counts."""
    row = reading.clue(request.actor.region, id)
    if row is None:
        raise Http404("没有这条线索：每天夜里重新核查，旧的已不在。")
    names = reading.unit_names([row.unit])
    line = _line(row, names)
    cases = reading.cases_of(row)
    check = CHECKS[row.check_code]
    context = {
        "title": f"{check.label} · {line['unit']} · {show.in_words(row.month)}", "crumbs": [("评价", ""), ("防注水线索", reverse("leader:gaming"))],
        "check": check, "line": line, "county": _percent(row.county),
    }  # fmt: skip
    return ROWS.respond(request, cases, "leader/book/gaming_clue.html", context)
