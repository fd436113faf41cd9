"""组织机构: the units of the county; lists, scope and posts name them by their code."""

import re
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from sanfu.people import actions, queries
from sanfu.people.models import Organisation
from sanfu.people.states import OrganisationKind
from sanfu.records.actor import Refused
from sanfu.web.access import once, page, refuse
from sanfu.web.components import cells
from sanfu.web.components.table import Choice, Column, Search, Table
from sanfu.web.request import Request

KINDS = OrganisationKind.choices()
UNITS = Table(
    "units",
    title="组织机构",
    unit="个",
    columns=[
        Column("name", "名称", sort="pinyin", link="manage:unit", wide=True),
        Column("code", "编码", sort=True),
        Column("kind", "类别", tags={value: (label, "muted") for value, label in KINDS}, sort=True),
        Column("short", "简称"),
        Column(
            "aliases",
            "别名",
            render=lambda row: "、".join(row["aliases"]) or cells.DASH,
            export_as=lambda row: "、".join(row["aliases"]),
            wide=True,
        ),
        Column("parent__short", "上级"),
        Column("people", "在用账号", kind="number", sort=True),
    ],
    filters=[
        Search(fields=("name", "short", "code", "pinyin"), hint="名称、简称、编码、拼音"),
        Choice("kind", "类别", KINDS),
    ],
    empty="还没有组织机构。先新增市级部门和镇（街道），清单和账号都要用到它们。",
)


class UnitForm(forms.Form):
    """One organisation as the lists will name it."""

    code = forms.RegexField(
        r"[A-Z][A-Z0-9-]{1,19}",
        label="编码",
        help_text="清单、派单和接口用它指这个单位，保存后不再改。",
        error_messages={
            "required": "请填写编码。",
            "invalid": "以大写字母开头，由大写字母、数字和横线组成，2 至 20 个字符。",
        },
    )
    name = forms.CharField(label="全称", max_length=80, error_messages={"required": "请填写全称。"})
    short = forms.CharField(label="简称", max_length=40, required=False, help_text="不填就用全称。")
    kind = forms.ChoiceField(label="类别", choices=KINDS)
    aliases = forms.CharField(
        label="别名",
        max_length=400,
        required=False,
        help_text="清单和群众还会怎样叫它，用顿号分开；导入清单时据此认单位。",
    )
    parent = forms.ChoiceField(label="上级单位", required=False, help_text="上级能看到下级的办件。")

    def __init__(self, *args: Any, region: str, own: Organisation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [
            (o["code"], o["short"])
            for o in queries.organisations(region)
            if own is None or o["code"] != own.code
        ]
        self.fields["parent"].choices = [("", "没有"), *others]  # type: ignore[attr-defined]
        if own is not None:
            self.fields["code"].disabled = True

    def row(self) -> dict[str, Any]:
        """What `put_organisation` takes."""
        said = self.cleaned_data
        return {**said, "aliases": [a for a in re.split(r"[、,，;；\s]+", said["aliases"]) if a]}


@page("people.manage")
def unit_list(request: Request) -> HttpResponseBase:
    """组织机构: all units with their open accounts."""
    return UNITS.respond(request, queries.organisation_rows(request.actor.region), "admin/people/units.html")


@page("people.manage")
@once
def unit_new(request: Request) -> HttpResponse:
    """新增组织."""
    return _edit(request, None)


@page("people.manage")
@once
def unit(request: Request, id: uuid.UUID) -> HttpResponse:
    """One organisation, to be corrected."""
    own = queries.organisation_by_id(request.actor.region, id)
    if own is None:
        raise Http404("没有这个组织。")
    return _edit(request, own)


def _edit(request: Request, own: Organisation | None) -> HttpResponse:
    now = {}
    if own is not None:
        now = {"code": own.code, "name": own.name, "short": own.short, "kind": own.kind}
        now |= {"aliases": "、".join(own.aliases), "parent": own.parent.code if own.parent else ""}
    form = UnitForm(request.POST or None, initial=now, region=request.actor.region, own=own)
    title = own.name if own else "新增组织"
    context = {"title": title, "crumbs": [("组织机构", "manage:units")], "form": form, "own": own}
    if request.method != "POST":
        return render(request, "admin/people/unit.html", context)
    if form.is_valid() and (own or _free(form, request.actor.region)):
        area = {"area": own.area} if own else {}
        try:
            saved = actions.put_organisation(row={**form.row(), **area}, by=request.actor, at=request.now)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{saved.name}已保存。")
            return redirect("manage:units")
    return refuse(request, "admin/people/unit.html", context)


def _free(form: UnitForm, region: str) -> bool:
    taken = queries.organisation(region, form.cleaned_data["code"])
    if taken is not None:
        form.add_error("code", f"编码已被{taken.name}使用。")
    return taken is None
