"""适配研究: a list, a new one from what the user writes, and the page with section, fit, conflicts and placement."""

import uuid
from typing import Any

import yaml
from django import forms
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render

from sanfu.kernel.floors.fit import Fit
from sanfu.kernel.floors.reading import BadFloors
from sanfu.kernel.floors.tables import buildings_of, needs_of
from sanfu.projects.floors import actions, queries
from sanfu.projects.land.content import far_rule
from sanfu.records.actor import Refused
from sanfu.records.files import checked
from sanfu.web.access import once, page, refuse
from sanfu.web.components.table import Column, Table
from sanfu.web.officer.floors.section import section
from sanfu.web.request import Request

LIST = Table(
    "floor-studies",
    title="工业上楼",
    unit="项",
    default_sort="-at",
    columns=[
        Column("title", "适配研究", link="officer:floor_study"),
        Column("unit__short", "单位"),
        Column("by_name", "经办"),
        Column("at", "时间", kind="datetime", sort=True),
    ],
    empty="还没有适配研究。点“新的研究”，贴上厂房和需求。",
)
HOUSES = "厂房:\n  - 名称: 一号楼\n    耐火等级: 一级\n    楼层:\n      - {层: 1, 层高: 12, 荷载: 3t, 面积: 4000}\n      - {层: 2-3, 层高: 7, 荷载: 1.5t, 面积: 4000}\n"
WANTS = "需求:\n  - {名称: 甲公司, 净高: 5, 荷载: 1t, 面积: 2000, 特征: [精密]}\n"


class StudyForm(forms.Form):
    """Both lists as text."""

    title = forms.CharField(label="名称", max_length=100)
    houses_file = forms.FileField(
        label="厂房表（Excel 或 CSV，可不传）", required=False, widget=forms.FileInput(),
        help_text="一层一行：厂房、层、层高、净高、荷载（t/㎡）、面积…；传了就用它，不用下面的清单。",
    )  # fmt: skip
    needs_file = forms.FileField(
        label="需求表（Excel 或 CSV，可不传）",
        required=False,
        widget=forms.FileInput(),
        help_text="一家一行。",
    )
    buildings = forms.CharField(
        label="厂房清单", required=False, max_length=100_000, initial=HOUSES, widget=forms.Textarea(attrs={"rows": 12}),
        help_text="荷载可写 t 或 kN；只有层高时净高按层高减 1 米估。",
    )  # fmt: skip
    needs = forms.CharField(
        label="企业需求", required=False, max_length=100_000, initial=WANTS, widget=forms.Textarea(attrs={"rows": 8}),
        help_text="可写 净高、荷载、柱距、货梯、面积、电力、振动、噪声、火灾危险性、废气、首层；特征：强振动、精密、湿作业、洁净、粉尘。",
    )  # fmt: skip

    def lists(self) -> dict[str, str]:
        """Both lists as text; a table that was uploaded takes the place of its list. Refused when it cannot be read."""
        given = self.cleaned_data
        out = {"buildings": given["buildings"], "needs": given["needs"]}
        for key, field, read in (
            ("buildings", "houses_file", buildings_of),
            ("needs", "needs_file", needs_of),
        ):
            if given[field]:
                name, whole, _ = checked(given[field].name, given[field])
                try:
                    out[key] = yaml.safe_dump(read(whole, name), allow_unicode=True, sort_keys=False)
                except BadFloors as odd:
                    raise Refused(f"{odd}。") from odd
        return out


@page("floors.see", "floors.see_all")
def study_list(request: Request) -> HttpResponseBase:
    """All studies that the reader sees."""
    return LIST.respond(request, queries.studies(request.actor), "officer/floors/studies.html")


@page("floors.edit")
@once
def new_study(request: Request) -> HttpResponseBase:
    """新的研究."""
    form = StudyForm(request.POST or None, request.FILES or None)
    context = {"title": "新的适配研究", "crumbs": [("工业上楼", "officer:floor_studies")], "form": form}
    if request.method != "POST":
        return render(request, "officer/floors/new.html", context)
    if not form.is_valid():
        return refuse(request, "officer/floors/new.html", context)
    try:
        made = actions.study(
            title=form.cleaned_data["title"], **form.lists(), by=request.actor, at=request.now
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return refuse(request, "officer/floors/new.html", context)
    return redirect("officer:floor_study", made.id)


@page("floors.see", "floors.see_all")
def study_page(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """One study, computed from its texts."""
    row = queries.studies(request.actor).filter(id=id).first()
    if row is None:
        raise Http404("没有这项研究，或不属于您的单位。")
    found = queries.result(row.buildings, row.needs, far_rule())
    names = {n.id: n.name for n in found.needs}
    houses = [
        {
            "name": b.name, "drawing": section(b, found.placed[b.id], names), "consequences": found.consequences[b.id],
            "fits": [_told(f, names) for f in found.fits[b.id]], "left": [names[n] for n in found.placed[b.id].left],
            "proven": found.placed[b.id].proven,
        }
        for b in found.buildings
    ]  # fmt: skip
    context = {
        "title": row.title, "crumbs": [("工业上楼", "officer:floor_studies")], "row": row, "houses": houses, "notes": found.notes,
    }  # fmt: skip
    return render(request, "officer/floors/study.html", context)


def _told(one: Fit, names: dict[str, str]) -> dict[str, Any]:
    if one.fits:
        return {
            "name": names[one.need],
            "tag": ("合适", "ok"),
            "words": [f"{'、'.join(map(str, one.fits))} 层"],
        }
    if one.open:
        words = [f"{n} 层缺数据，要问：{'、'.join(keys)}" for n, keys in one.open]
        return {"name": names[one.need], "tag": ("待核", "warn"), "words": words}
    words = [c.words for c in one.conflicts] or ["没有足够的相邻楼层"]
    return {"name": names[one.need], "tag": ("不合", "danger"), "words": words}
