"""Burden map, replay of a draft list, evaluation of a period, and mutual ratings."""

import re
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from sanfu.grassroots.duties import actions, queries, rules
from sanfu.records.actor import Refused
from sanfu.web.access import once, page, refuse
from sanfu.web.components.chart import Chart
from sanfu.web.components.fields import as_uuid
from sanfu.web.components.table import Column, Table
from sanfu.web.officer.duties.forms import RatingForm
from sanfu.web.request import Request

BURDENS = {
    "document": "文件", "demand": "要求", "form": "形式", "meeting": "会议", "assessment": "考核", "app": "系统APP",
    "field": "填报字段", "held": "重复字段", "hours": "估算工时",
}  # fmt: skip


def span(request: Request) -> tuple[datetime, datetime, str]:
    """The period asked for: `quarter=2026-Q1`, default this one."""
    quarter = request.GET.get("quarter") or rules.quarter_of(request.today)
    year, _, number = quarter.partition("-Q")
    if not (re.fullmatch(r"20[0-9]{2}", year) and number in {"1", "2", "3", "4"}):
        quarter = rules.quarter_of(request.today)
        year, _, number = quarter.partition("-Q")
    first = date(int(year), 3 * int(number) - 2, 1)
    after = date(first.year + (first.month == 10), (first.month + 2) % 12 + 1, 1)
    zone = timezone.get_current_timezone()
    return (
        datetime(*first.timetuple()[:3], tzinfo=zone),
        datetime(*after.timetuple()[:3], tzinfo=zone),
        quarter,
    )


def quarters(today: date) -> list[str]:
    return list(dict.fromkeys(rules.quarter_of(today - timedelta(days=91 * back)) for back in range(6)))


@page("duties.see")
def burden(request: Request) -> HttpResponseBase:
    """负担地图: department × town, one kind of burden at a time, figures that open to tasks."""
    since, until, quarter = span(request)
    kind = request.GET.get("kind", "hours")
    kind = kind if kind in BURDENS else "hours"
    heat = queries.burden(request.actor, since=since, until=until, hours=actions.clock_rules()["hours"])
    cells = heat["cells"]
    series = {
        issuer: [cells.get((issuer, town), {}).get(kind, 0) for town in heat["towns"]]
        for issuer in heat["issuers"]
    }
    context = {
        "title": "负担地图", "kind": kind, "kinds": BURDENS, "quarter": quarter, "quarters": quarters(request.today),
        "towns": heat["towns"], "label": BURDENS[kind],
        "rows": [(issuer, [(*_cell(value, series), town) for value, town in zip(values, heat["towns"], strict=True)], round(sum(values), 1)) for issuer, values in series.items()],
        "chart": Chart("burden", f"{quarter} 各镇{BURDENS[kind]}", heat["towns"], series, kind="stack", x_label="镇（街道）") if series else None,
    }  # fmt: skip
    return render(request, "officer/duties/burden.html", context)


def _cell(value: float, series: dict[str, list[float]]) -> tuple[float, str]:
    """A value with its tone: a third, two thirds of the largest."""
    most = max((one for values in series.values() for one in values), default=0) or 1
    share = value / most
    return value, "danger" if share > 0.66 else "warn" if share > 0.33 else "ok" if value else "muted"


CHANGED = Table(
    "duty-replay",
    title="回放",
    unit="份",
    columns=[
        Column("number", "编号", link="officer:duty_document"),
        Column("title", "标题", wide=True),
        Column("issuer", "发文部门"),
        Column("was", "现行清单"),
        Column("is", "草案清单"),
    ],
    tie="",
    empty="没有结论会改变的文稿。",
)


@page("duties.edit")
def replay(request: Request) -> HttpResponseBase:
    """回放: last year's documents through a draft list, before it is adopted."""
    versions = queries.lists(request.actor).select_related("town").order_by("-created_at")
    wanted = as_uuid(request.GET.get("list", ""))
    chosen = versions.filter(id=wanted).first() if wanted else None
    context: dict[str, Any] = {"title": "回放", "versions": versions[:60], "chosen": chosen}
    if chosen is None:
        return CHANGED.respond(request, [], "officer/duties/replay.html", context)
    shown = queries.replay(request.actor, draft=chosen, since=request.today - timedelta(days=365))
    context |= {
        "documents": shown["documents"],
        "tally": [(name, old, new) for name, (old, new) in shown["tally"].items() if old or new],
        "changed": len(shown["changed"]),
    }
    return CHANGED.respond(request, shown["changed"], "officer/duties/replay.html", context)


@page("duties.see")
def evaluation(request: Request) -> HttpResponseBase:
    """清单评价: the indicators of a period, computed from the log; the rows are below."""
    since, until, quarter = span(request)
    report = queries.evaluation(request.actor, since=since, until=until)
    shares = [
        ("清单内占比", "on_list", "清单内要求 ÷ 全部要求"), ("拦截率", "blocked", "被预检拦截的任务 ÷ 全部任务"),
        ("误拦率", "false_block", "被拦后裁定有效 ÷ 被拦且已裁定"), ("漏拦率", "missed_block", "放行后异议成立 ÷ 放行"),
        ("转嫁率", "shifted", "主责转嫁的要求 ÷ 全部要求"),
    ]  # fmt: skip
    context = {
        "title": "清单评价", "quarter": quarter, "quarters": quarters(request.today), "report": report,
        "kpis": [(name, percent(report[key]), say) for name, key, say in shares],
        "departments": [{**row, **{key: percent(row[key]) for _, key, _ in shares}} for row in report["by_department"]],
        "ladder": actions.clock_rules()["ladder"], "few": report["tasks"] < 20,
        "ratings": queries.ratings(request.actor.region, quarter),
        "idle": report["idle"][:200],
        "may_rate": bool(request.actor.may("duties.receive") or request.actor.may("duties.send")),
    }  # fmt: skip
    return render(request, "officer/duties/evaluation.html", context)


def percent(value: float | None) -> str:
    return "—" if value is None else f"{value:.1%}"


@page("duties.receive", "duties.send")
@once
def rate(request: Request) -> HttpResponseBase:
    """互评: towns rate departments, departments rate towns."""
    other = ["department"] if request.actor.may("duties.receive") else ["town", "zone"]
    form = RatingForm(request.POST or None, region=request.actor.region, other=other)
    context = {
        "title": "互评",
        "form": form,
        "crumbs": [("清单评价", "officer:duty_evaluation")],
        "submit": "提交评价",
    }
    if request.method == "POST":
        if form.is_valid():
            try:
                actions.rate(**form.cleaned_data, by=request.actor, at=request.now)
                messages.success(request, "评价已提交，本季度内可更正。")
                return redirect("officer:duty_evaluation")
            except Refused as problem:
                form.add_error(None, str(problem))
        return refuse(request, "officer/duties/form.html", context)
    return render(request, "officer/duties/form.html", context)
