"""每月一题、未诉先办: hotspots of the last week, topics by volume, a topic with its forecast, measure and comparison."""

import uuid
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from sanfu.grassroots.tickets.states import TicketState
from sanfu.kernel.topics.effect import SAYS, Effect
from sanfu.kernel.topics.foreseeing import forecast, held
from sanfu.kernel.topics.scan import hotspots, volumes
from sanfu.measure import topics as reads
from sanfu.measure.actions import topics as acts
from sanfu.measure.models import Topic
from sanfu.measure.queries import unit_names
from sanfu.people.queries import organisation_rows
from sanfu.records.actor import Conflict, Refused
from sanfu.web.access import once, page, refuse
from sanfu.web.components.chart import Chart
from sanfu.web.components.fields import as_uuid
from sanfu.web.components.table import Column, Table
from sanfu.web.request import Request

EVERYWHERE = "all"
ROWS = Table(
    "topic-rows", title="诉求", unit="件", default_sort="-opened_at",
    columns=[
        Column("number", "编号", link="officer:ticket", sort=True),
        Column("title", "标题", wide=True),
        Column("lead__short", "承办单位"),
        Column("state", "状态", tags=TicketState),
        Column("opened_at", "受理时间", kind="datetime", sort=True),
    ],
)  # fmt: skip
VOLUMES = Table(
    "topics", title="类别", unit="类", per_page=100, tie="",
    columns=[
        Column("topic", "类别", render=lambda row: format_html('<a href="{}">{}</a>', row["url"], row["topic"]), wide=True),
        Column("now", "近四周", kind="number"),
        Column("before", "前四周", kind="number"),
        Column("growth", "增长"),
        Column("foreseen", "下周预计"),
    ],
    empty="还没有满一周的诉求。",
)  # fmt: skip


def rows_url(topic: str, area: str, first: date, weeks: int = 1) -> str:
    query = urlencode({"topic": topic, "area": area, "first": f"{first:%Y-%m-%d}", "weeks": str(weeks)})
    return f"{reverse('leader:topic_rows')}?{query}"


@page("measure.see")
def topics(request: Request) -> HttpResponseBase:
    """Where something is unusual now, which topics are large or grow, and those that were set."""
    found = reads.weekly(request.actor, request.today)
    last, series = found.weeks[-1], found.series()
    names = {id: name for id, name in unit_names({as_uuid(one.place) for one in series}).items() if id}
    spots = [
        {
            "topic": one.topic, "place": _place(one.place, names), "count": one.count, "persons": one.persons,
            "expected": f"{one.expected:.1f}", "rate": f"{one.rate:.3f}", "url": rows_url(one.topic, one.place or "none", last),
            "set": f"{reverse('leader:topic_new')}?{urlencode({'topic': one.topic, 'area': one.place})}",
        }
        for one in hotspots(series)[:30]
    ]  # fmt: skip
    lines = [_volume(one, found, last) for one in volumes(series)[:40]]
    context = {
        "title": "每月一题", "crumbs": [("评价", "")], "spots": spots, "week": last, "looked": len(series),
        "set": [_set(one, names) for one in reads.topics(request.actor)[:20]], "may": request.actor.may("measure.topic"),
    }  # fmt: skip
    return VOLUMES.respond(request, lines, "leader/book/topics.html", context)


def _place(area: str, names: dict[uuid.UUID, str]) -> str:
    town = as_uuid(area) if area else None
    return names.get(town, "未填属地") if town else "未填属地"


def _volume(one: Any, found: reads.Weekly, last: date) -> dict[str, Any]:
    said = forecast(found.of([one["topic"]]))
    growth = "–" if one["growth"] != one["growth"] else f"{100 * one['growth']:+.0f}%"
    return {
        "topic": one["topic"], "now": one["now"], "before": one["before"], "growth": growth,
        "foreseen": f"{said.mean:.1f}（{said.low}–{said.high}）", "url": rows_url(one["topic"], EVERYWHERE, last - timedelta(weeks=3), 4),
    }  # fmt: skip


def _set(row: Topic, names: dict[uuid.UUID, str]) -> dict[str, Any]:
    state = ("已结题", "ok") if row.ended_at else ("治理中", "info") if row.begins else ("已立题", "warn")
    return {"row": row, "state": state, "place": names.get(row.area, "") if row.area else "全市"}


@page("measure.see")
def rows(request: Request) -> HttpResponseBase:
    """The requests behind a count of a topic in a town over some weeks."""
    said = request.GET
    if "first" not in said:
        return redirect("leader:topics")
    try:
        first, weeks = date.fromisoformat(said.get("first", "")), min(max(int(said.get("weeks", "1")), 1), 60)
        if not 2000 <= first.year < 3000:  # the weeks that follow must be in the calendar
            raise ValueError(first)
    except ValueError as problem:
        raise Http404("周写作 2026-03-02；请从每月一题点进来。") from problem
    area = said.get("area", EVERYWHERE)
    topic = said.get("topic", "").replace("\x00", "")
    cases = reads.rows(
        request.actor, topic, as_uuid(area), area == EVERYWHERE, first, first + timedelta(weeks=weeks)
    )
    context = {
        "title": f"{topic} · {first:%Y-%m-%d} 起{weeks}周",
        "crumbs": [("评价", ""), ("每月一题", reverse("leader:topics"))],
    }
    return ROWS.respond(request, cases, "desk/list.html", context)


class SetForm(forms.Form):
    """Why a topic is set, and who leads it."""

    lead = forms.ChoiceField(label="牵头单位")
    why = forms.CharField(label="为什么立这个题", max_length=400, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, region: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = organisation_rows(region).values_list("id", "short")
        self.fields["lead"].choices = [(str(id), name) for id, name in units]  # type: ignore[attr-defined]


@page("measure.topic")
@once
def new(request: Request) -> HttpResponseBase:
    """立题, from a hotspot or a class."""
    topic, area = request.GET.get("topic", "").replace("\x00", "")[:120], as_uuid(request.GET.get("area", ""))
    if not topic:
        return redirect("leader:topics")
    found = reads.weekly(request.actor, request.today)
    if topic not in found.topics:
        raise Http404("没有这个类别的诉求；请从每月一题点“立题”。")
    said = forecast(found.of([topic], area))
    week = found.weeks[-1] + timedelta(weeks=1)
    form = SetForm(request.actor.region, request.POST or None)
    if request.method == "POST" and form.is_valid():
        foreseen = {"week": f"{week}", "mean": round(said.mean, 2), "low": said.low, "high": said.high}
        lead = as_uuid(form.cleaned_data["lead"])
        try:
            row = acts.set_topic(
                topic=topic,
                area=area,
                lead=lead,
                why=form.cleaned_data["why"],
                foreseen=foreseen,
                by=request.actor,
                at=request.now,
            )
            return redirect("leader:topic", row.id)
        except (Refused, Conflict) as problem:
            form.add_error(None, str(problem))
    context = {
        "title": f"立题：{topic}", "crumbs": [("评价", ""), ("每月一题", reverse("leader:topics"))], "form": form,
        "says": f"{week:%Y-%m-%d} 这一周预计 {said.mean:.1f} 件，八成把握在 {said.low}–{said.high} 件之间。",
    }  # fmt: skip
    return (refuse if form.errors else render)(request, "leader/book/topic_new.html", context)


class PlanForm(forms.Form):
    """What is done from when, and what it is compared with."""

    plan = forms.CharField(label="措施", widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    target = forms.CharField(label="目标", max_length=200, help_text="如：八周内每周不超过5件")
    begins = forms.DateField(label="从哪一周开始（星期一）", widget=forms.DateInput(attrs={"type": "date"}))
    others = forms.MultipleChoiceField(
        label="对照类别（没有采取措施的）", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, choices: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["others"].choices = [(one, one) for one in choices]  # type: ignore[attr-defined]


class EndForm(forms.Form):
    result = forms.CharField(label="结题意见", widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)


@page("measure.see")
@once
def topic(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """One topic: its weeks, what was foreseen and what happened, its measure and what came of it."""
    row = reads.topics(request.actor).filter(pk=id).first()
    if row is None:
        raise Http404("没有这个题。")
    found = reads.weekly(request.actor, request.today)
    shown = reads.judged(row, found)
    may = request.actor.may("measure.topic") and row.ended_at is None
    planning = PlanForm(
        [one for one in found.topics if one != row.topic][:24],
        request.POST if "plan" in request.POST else None,
    )
    ending = EndForm(request.POST if "result" in request.POST else None)
    if request.method == "POST" and may:
        form = ending if "result" in request.POST else planning
        try:
            if form.is_valid():
                _write(row, form, shown, request)
                return redirect("leader:topic", row.id)
        except (Refused, Conflict) as problem:
            form.add_error(None, str(problem))
    counts = found.of([row.topic], row.area)
    context = {
        "title": row.topic, "crumbs": [("评价", ""), ("每月一题", reverse("leader:topics"))], "row": row, "may": may,
        "planning": planning, "ending": ending, "chart": _weeks(row, found), "held": _held(row, found), "effect": _said(shown),
        "state": _set(row, unit_names([row.area]))["state"], "past": held(counts[-39:]) if sum(counts) else None,
    }  # fmt: skip
    return (refuse if planning.errors or ending.errors else render)(
        request, "leader/book/topic.html", context
    )


def _write(row: Topic, form: forms.Form, shown: Effect | None, request: Request) -> None:
    if isinstance(form, EndForm):
        said = _said(shown)
        acts.end_topic(
            row,
            result=form.cleaned_data["result"],
            said=said[0] if said else "没有采取措施",
            by=request.actor,
            at=request.now,
        )
        messages.success(request, "已结题。")
    else:
        acts.plan(row, **form.cleaned_data, by=request.actor, at=request.now)
        messages.success(request, "措施已定，从那一周起与对照类别比较。")


def _weeks(row: Topic, found: reads.Weekly) -> Chart:
    place = max(len(found.weeks) - 26, 0)
    weeks = found.weeks[place:]
    area = str(row.area) if row.area else EVERYWHERE
    return Chart(
        "topic-weeks", f"{row.topic}（每周件数）", [f"{w.month}月{w.day}日" for w in weeks],
        {"件数": found.of([row.topic], row.area)[place:]}, kind="bar", unit="件", links=[rows_url(row.topic, area, w) for w in weeks], x_label="周",
    )  # fmt: skip


def _held(row: Topic, found: reads.Weekly) -> str:
    """What was foreseen when the topic was set, against what happened."""
    said = row.foreseen
    if not said:
        return ""
    week = date.fromisoformat(said["week"])
    text = f"立题时预计 {week:%Y-%m-%d} 这一周 {said['mean']:.1f} 件（八成把握 {said['low']}–{said['high']}）"
    if week not in found.weeks:
        return f"{text}；这一周还没有过完。"
    count = found.of([row.topic], row.area)[found.weeks.index(week)]
    return f"{text}，实际 {count} 件，{'在' if said['low'] <= count <= said['high'] else '不在'}预计范围内。"


def _said(one: Effect | None) -> tuple[str, str] | None:
    """The comparison in words: (verdict, figures)."""
    if one is None:
        return None
    if one.ratio != one.ratio:
        return SAYS[one.seen], "措施前后、本题和对照各要有至少四周、十件。"
    figures = (
        f"本题每周 {one.treated[0]:.1f} → {one.treated[1]:.1f} 件，对照 {one.others[0]:.1f} → {one.others[1]:.1f} 件；"
        f"扣除对照的变化后，是原来的 {100 * one.ratio:.0f}%（95%区间 {100 * one.low:.0f}–{100 * one.high:.0f}%）"
    )
    return SAYS[one.seen], figures
