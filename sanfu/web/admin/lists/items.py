"""One item of a list: its conditions with a try-out, its clocks, basis and history; editing it in a draft."""

import uuid
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanfu.kernel.conditions import DateAttribute
from sanfu.lists import actions, queries
from sanfu.lists.columns import NAMES, cells_of, data_of
from sanfu.lists.difference import compare
from sanfu.lists.items import RequestType, Urgency
from sanfu.lists.models import ListVersion
from sanfu.records.actor import Refused
from sanfu.web.access import once, page, refuse
from sanfu.web.admin.lists.versions import CRUMB, KIND, find, named
from sanfu.web.pieces.items import item_context
from sanfu.web.request import Request

LONG = {"says", "rules", "file", "close", "basis", "elsewhere"}


@page("lists.see")
def item(request: Request, version_id: uuid.UUID, code: str) -> HttpResponse:
    """One item: conditions with a try-out, clocks, basis, and how it came to be so."""
    version = find(request, version_id)
    found = queries.item_of(version, code)
    if found is None:
        raise Http404("本版没有这个编码的事项。")
    context = {
        **item_context(request, found.item, version.region),
        "title": found.item.name,
        "crumbs": [CRUMB],
        "version": version,
        "back": reverse("manage:list_version", args=[version.id]),
        "history": _history(version, code),
        "may_edit": version.state == "draft" and request.actor.may("lists.edit"),
    }
    return render(request, "admin/lists/item.html", context)


def _history(version: ListVersion, code: str) -> list[dict[str, Any]]:
    """Versions in which the item came or changed, newest first, with what changed."""
    units = queries.units_of(version.region)
    before: dict[str, Any] | None = None
    steps = []
    for one in queries.history(version.region, KIND, code):
        change = compare([before] if before else [], [one.row.payload])
        if not change.empty:
            fields = [
                (f.label, named(f.before, units), named(f.after, units))
                for c in change.changed
                for f in c.fields
            ]
            steps.append({"version": one.version, "fields": fields})
        before = one.row.payload
    return steps[::-1]


class ItemForm(forms.Form):
    """The cells of one row, written as in a list file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column, names in NAMES.items():
            if column == "when":
                continue
            self.fields[column] = _field(column, names[0])


HELP = {
    "says": "一行一种说法，写群众的原话，3 条以上。",
    "keys": "用顿号隔开。",
    "lead": "责任分情形时留空，写在“条件和责任”里。",
    "assist": "用顿号隔开。",
    "rules": "一行一条：条件 → 主办单位（配合：单位、单位）；最后可加一条“其他情形”。",
    "basis": "一行一条，前面可写 已核、节选 或 待核。",
}


def _field(column: str, label: str) -> forms.Field:
    required = column in {"code", "l1", "l2", "name"}
    message = {"required": f"请填写{label}。"}
    if column in {"type", "urgency", "reply"}:
        choices = {
            "type": [(one.value, one.value) for one in RequestType],
            "urgency": [(one.value, one.value) for one in Urgency],
            "reply": [("", "（无）"), *((name, name) for name in queries.replies())],
        }[column]
        return forms.ChoiceField(label=label, choices=choices, required=False)
    widget = forms.Textarea(attrs={"rows": 3}) if column in LONG else forms.TextInput()
    return forms.CharField(
        label=label, required=required, widget=widget, help_text=HELP.get(column, ""), error_messages=message,
        max_length=20_000 if column in LONG else 500,
    )  # fmt: skip


def _save(request: Request, version: ListVersion, form: ItemForm, context: dict[str, Any]) -> HttpResponse:
    if form.is_valid():
        cells = {column: text.replace("\r\n", "\n").strip() for column, text in form.cleaned_data.items()}
        payload = data_of(cells, queries.units_of(version.region))
        try:
            row = actions.put_item(version_id=version.id, payload=payload, by=request.actor, at=request.now)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("manage:list_item", version.id, row.code)
    return refuse(request, "admin/lists/edit.html", context)


def _edit_context(version: ListVersion, form: ItemForm, title: str) -> dict[str, Any]:
    attributes = [
        (name, "、".join(one.values))
        for name, one in queries.vocabulary().items()
        if not isinstance(one, DateAttribute)
    ]
    back = reverse("manage:list_version", args=[version.id])
    return {
        "title": title,
        "crumbs": [CRUMB],
        "form": form,
        "version": version,
        "attributes": attributes,
        "back": back,
    }


@page("lists.edit")
@once
def edit(request: Request, version_id: uuid.UUID, code: str) -> HttpResponse:
    """Change one item of a draft."""
    version = find(request, version_id)
    found = queries.item_of(version, code)
    if found is None:
        raise Http404("本版没有这个编码的事项。")
    initial = cells_of(found.item, queries.units_of(version.region))
    form = ItemForm(request.POST or None, initial=initial)
    form.fields["code"].disabled = True
    context = _edit_context(version, form, f"编辑：{found.item.name}")
    if request.method == "POST":
        return _save(request, version, form, context)
    return render(request, "admin/lists/edit.html", context)


@page("lists.edit")
@once
def new(request: Request, version_id: uuid.UUID) -> HttpResponse:
    """Add an item to a draft."""
    version = find(request, version_id)
    form = ItemForm(request.POST or None)
    context = _edit_context(version, form, "新增事项")
    if request.method == "POST":
        return _save(request, version, form, context)
    return render(request, "admin/lists/edit.html", context)


@page("lists.edit")
@require_POST
@once
def remove(request: Request, version_id: uuid.UUID, code: str) -> HttpResponse:
    """Take an item out of a draft; the log keeps it."""
    version = find(request, version_id)
    actions.remove_item(version_id=version.id, code=code, by=request.actor, at=request.now)
    return redirect("manage:list_version", version.id)
