"""Before the visit: a week's day routes on the map, the two-language brief, and wishes by sheet."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from sanfu.enterprise.demands import queries as demands
from sanfu.enterprise.registry.actions import look_for_task
from sanfu.enterprise.registry.queries import known_facts
from sanfu.enterprise.registry.states import Purpose
from sanfu.enterprise.visits import actions, foreign, queries
from sanfu.enterprise.visits.models import Visit
from sanfu.enterprise.visits.upload import check_wishes
from sanfu.kernel.visiting.routing import DETOUR, route
from sanfu.records import files
from sanfu.records.actor import Refused
from sanfu.records.places import county_map
from sanfu.web.access import once, page
from sanfu.web.components.fields import as_uuid
from sanfu.web.components.map import MapView, Mark
from sanfu.web.pieces.since import since_the_visit
from sanfu.web.request import Request

Spot = tuple[float, float]


def _spot(visit: Visit) -> Spot:
    """Where a firm is: the middle of its town, as the register holds no coordinates; the county's own without a town."""
    code = visit.enterprise.town.code if visit.enterprise.town else ""
    return next((area.middle for area in county_map().areas if area.code == code), _start())


def _start() -> Spot:
    west, south, east, north = county_map().bounds
    return ((west + east) / 2, (south + north) / 2)


@page("visits.see")
def day_routes(request: Request) -> HttpResponse:
    """走访路线: the visits of a week as days of a car, on the map, with the order and the kilometres."""
    weeks = queries.weeks(request.actor)
    week = _week(request, weeks)
    visits = queries.of_week(request.actor, week) if week else []
    spots = [_spot(one) for one in visits]
    minutes = [float(sum(wish.minutes for wish in one.wishes.all()) or 60) for one in visits]
    found = route(_start(), spots, minutes, tries=20) if visits else None
    days = [[visits[at] for at in day] for day in found.days] if found else []
    shown = MapView(
        marks=[
            Mark(
                *spots[visits.index(one)], f"第{n}天第{at}站 {one.enterprise.name}", f"/desk/visits/{one.id}/"
            )
            for n, day in enumerate(days, 1)
            for at, one in enumerate(day, 1)
        ],
        title="走访路线",
    )
    context: dict[str, Any] = {
        "title": "走访路线",
        "crumbs": [("企业走访", "officer:visits")],
        "weeks": weeks,
        "week": week,
        "days": [
            (n, [(one, foreign.holiday_of_week(one.enterprise.home, week)) for one in day])
            for n, day in enumerate(days, 1)
        ],
        "km": found.km if found else 0,
        "detour": DETOUR,
        "too_long": [visits[at] for at in found.too_long] if found else [],
        "map": MapView(shown.marks, title=shown.title, extra=_lines(shown, [[spots[at] for at in day] for day in (found.days if found else [])])),
    }  # fmt: skip
    return render(request, "officer/visits/route.html", context)


def _week(request: Request, weeks: list[date]) -> date | None:
    """The week of the address, else the next one with visits."""
    try:
        asked = date.fromisoformat(request.GET.get("week", ""))
    except ValueError:
        asked = None
    if asked in weeks:
        return asked
    return next((one for one in weeks if one >= request.today), weeks[-1] if weeks else None)


def _lines(view: MapView, days: list[list[Spot]]) -> SafeString:
    """Each day as one line from the start through its stops and back."""
    rows = []
    for day in days:
        points = [view.projection.point(*spot) for spot in (_start(), *day, _start())]
        rows.append((" ".join(f"{x},{y}" for x, y in points),))
    return format_html_join(
        "", '<polyline class="road" points="{}" fill="none" stroke-dasharray="6 4"></polyline>', rows
    )


@page("visits.see")
def brief(request: Request, id: uuid.UUID) -> HttpResponse:
    """走访一页纸 to print, in Chinese and the language of the head office."""
    row = queries.access(request.actor, id)
    if row is None:
        raise Http404("没有这次走访，或不在您可以查看的范围内。")
    look_for_task(row.enterprise, Purpose.VISIT, "走访一页纸", by=request.actor, at=request.now)
    home = row.enterprise.home
    language = foreign.language_of(home)

    def words(key: str, group: str = "words") -> str:
        return foreign.word(key, language, group)

    context = {
        "title": f"走访一页纸 {row.enterprise.name}",
        "visit": row,
        "home": foreign.country_name(home) if home else "",
        "language": foreign.foreign()["languages"].get(language, language) if home else "",
        "holiday": foreign.holiday_of_week(home, row.planned_on),
        "two": {key: words(key) if home else "" for key in foreign.foreign()["words"]},
        "wishes": [
            (one, words(one.department.code, "departments") if home else "")
            for one in row.wishes.select_related("department")
        ],
        "demands": demands.of_enterprise(request.actor, row.enterprise)[:6],
        "facts": [
            (fact, words(fact["indicator"], "indicators") if home else "")
            for fact in known_facts(row.enterprise)
            if not home or fact["indicator"] in foreign.foreign()["indicators"]
        ][:10],
        **since_the_visit(row.enterprise, request.today),
    }
    return render(request, "officer/visits/brief.html", context)


class SheetForm(forms.Form):
    """One sheet of wishes."""

    file = forms.FileField(
        label="Excel 或 CSV 文件",
        error_messages={"required": "请选择文件。"},
        widget=forms.ClearableFileInput(),
    )


@page("visits.wish")
@once
def sheet(request: Request) -> HttpResponse:
    """批量提出走访意向: check a sheet; every fault by its line, nothing is written yet."""
    form = SheetForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {
        "title": "批量提出走访意向",
        "crumbs": [("走访意向", "officer:visit_wishes")],
        "form": form,
    }
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["file"]
        try:
            stored = files.store(name=given.name, content=given, by=request.actor, at=request.now)
            known = queries.known_to_sheet(request.actor, request.today)
            checked = check_wishes(stored.name, files.read(stored), known)
        except Refused as problem:
            form.add_error("file", str(problem))
        else:
            bad = len({error.line for error in checked.errors})
            context |= {"checked": checked, "stored": stored, "bad": bad, "errors": checked.errors[:200]}
    return render(request, "officer/visits/sheet.html", context, status=422 if form.errors else 200)


@page("visits.wish")
@require_POST
@once
def sheet_keep(request: Request) -> HttpResponse:
    """好行登记: the sheet is checked again, as firms may have changed since."""
    key = as_uuid(request.POST.get("file", ""))
    stored = queries.own_file(request.actor, key) if key else None
    if stored is None:
        raise Http404("没有这份文件。")
    checked = check_wishes(
        stored.name, files.read(stored), queries.known_to_sheet(request.actor, request.today)
    )
    try:
        count = actions.wish_all(checked.good, by=request.actor, at=request.now)
        messages.success(request, f"已登记 {count} 条走访意向，归并后会告诉您并入哪一次走访。")
    except Refused as problem:
        messages.error(request, str(problem))
    return redirect("officer:visit_wishes")
