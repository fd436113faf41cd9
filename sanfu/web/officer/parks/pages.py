"""园区: the list, one park with its capacity, a sheet of capacity brought in, and where a firm fits."""

import uuid
from fractions import Fraction
from typing import Any

from django import forms
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.kernel.parks.capacity import Fit, Verdict
from sanfu.projects.parks import actions, queries
from sanfu.projects.parks.content import kinds
from sanfu.projects.parks.models import Park
from sanfu.records.actor import Refused
from sanfu.web.access import once, page, refuse
from sanfu.web.components.table import Column, Search, Table
from sanfu.web.pieces.parks import told
from sanfu.web.pieces.small_forms import act_and_return
from sanfu.web.request import Request

CRUMB = ("园区", "officer:parks")
SEE = ("parks.see", "parks.see_all")
LEVELS = [(word, word) for word in ("国家级", "省级", "市级", "镇级")]
PARKS = Table(
    "parks",
    title="园区",
    unit="个",
    default_sort="name",
    columns=[
        Column("name", "园区", link="officer:park", sort=True),
        Column("level", "级别", sort=True),
        Column("industries", "主导产业", wide=True),
        Column("unit__short", "所属单位"),
    ],
    filters=[Search("q", "园区、产业", ["name", "industries"])],
    empty="还没有园区档案。",
)


class ProfileForm(forms.Form):
    level = forms.ChoiceField(label="级别", choices=LEVELS)
    industries = forms.CharField(label="主导产业", max_length=200, required=False)
    note = forms.CharField(
        label="概况", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ParkForm(ProfileForm):
    name = forms.CharField(label="园区名称", max_length=100, min_length=2)
    field_order = ["name", "level", "industries", "note"]


def _amount(label: str, required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_digits=16, decimal_places=2, required=required)


class StockForm(forms.Form):
    kind = forms.ChoiceField(label="要素")
    total = _amount("总量")
    committed = _amount("已占用")
    pipeline = _amount("在谈项目要用")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind, f"{kind}（{unit}）") for kind, unit in kinds().items()]  # type: ignore[attr-defined]


class BringForm(forms.Form):
    file = forms.FileField(label="承载能力表（Excel 或 CSV）", widget=forms.FileInput())


class NeedForm(forms.Form):
    """What a firm needs of each kind; empty means nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, unit in kinds().items():
            self.fields[kind] = _amount(f"{kind}（{unit}）", required=False)


@page(*SEE)
def park_list(request: Request) -> HttpResponseBase:
    """Parks of the unit, or of the county."""
    return PARKS.respond(request, queries.parks(request.actor), "officer/parks/parks.html")


def _found(request: Request, id: uuid.UUID) -> Park:
    row = queries.park(request.actor, id)
    if row is None:
        raise Http404("没有这个园区，或不属于您的单位。")
    return row


@page(*SEE)
def park_page(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """One park: profile, capacity with its sources, what is not known."""
    row = _found(request, id)
    stocks = queries.stock_rows(row)
    mine = request.actor.may("parks.edit") and row.unit_id == request.actor.organisation
    context = {
        "title": row.name, "lead": row.level, "crumbs": [CRUMB], "row": row, "stocks": [told(one) for one in stocks],
        "unknown": [kind for kind in kinds() if kind not in {one.kind for one in stocks}], "may_edit": mine,
        "profile": ProfileForm(initial={"level": row.level, "industries": row.industries, "note": row.note}),
        "stock_form": StockForm(), "facts": [("所属单位", row.unit.name), ("主导产业", row.industries), ("概况", row.note)],
    }  # fmt: skip
    return render(request, "officer/parks/park.html", context)


@page("parks.edit")
@once
def new(request: Request) -> HttpResponseBase:
    """建园区档案."""
    form = ParkForm(request.POST or None)
    context = {"title": "建园区档案", "crumbs": [CRUMB], "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(
                "officer:park", actions.found(**form.cleaned_data, by=request.actor, at=request.now).id
            )
        except Refused as refused:
            form.add_error("name", str(refused))
    return (refuse if form.errors else render)(request, "officer/parks/new.html", context)


@page("parks.edit")
@once
def bring(request: Request) -> HttpResponseBase:
    """导入承载能力: what stands is taken, the rest is told by line."""
    form = BringForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"title": "导入承载能力", "crumbs": [CRUMB], "form": form, "kinds": kinds()}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            done = actions.bring(name=file.name, content=file, by=request.actor, at=request.now)
            return render(request, "officer/parks/bring.html", {**context, "done": done})
        except Refused as refused:
            form.add_error("file", str(refused))
    return (refuse if form.errors else render)(request, "officer/parks/bring.html", context)


def _do(request: Request, id: uuid.UUID, form: forms.Form, act: Any, said: str) -> HttpResponseBase:
    return act_and_return(request, form, act, _found(request, id), said, ("officer:park", id))


@page("parks.edit")
@require_POST
@once
def describe(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """改概况."""
    return _do(request, id, ProfileForm(request.POST), actions.describe, "概况已改。")


@page("parks.edit")
@require_POST
@once
def state(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """填一项承载能力."""
    return _do(request, id, StockForm(request.POST), actions.state, "承载能力已记下。")


@page(*SEE)
def fit_page(request: Request) -> HttpResponseBase:
    """放得下吗: a firm's need against every park; nothing is kept."""
    form = NeedForm(request.GET or None)
    context: dict[str, Any] = {"title": "放得下吗", "crumbs": [CRUMB], "form": form}
    if request.GET and form.is_valid():
        need = {kind: Fraction(v) for kind, v in form.cleaned_data.items() if v}
        if not need:
            form.add_error(None, "请至少填一项需求。")
        else:
            context["found"] = [_fit(row, one, need) for row, one in queries.fits(request.actor, need)]
    return render(request, "officer/parks/fit.html", context)


def _fit(row: Park, one: Fit, need: dict[str, Fraction]) -> dict[str, Any]:
    units = kinds()
    said = [f"{kind}差 {float(short):g} {units.get(kind, '')}" for kind, short in one.short.items()]
    if one.tight:
        said.append(f"{'、'.join(one.tight)}够，但在谈项目都来就不够")
    if one.unknown:
        said.append(f"{'、'.join(one.unknown)}没有数，要核实")
    if one.verdict in (Verdict.FITS, Verdict.TIGHT) and one.times:
        said.append(f"按现有余量，这样的企业放得下 {one.times} 家")
    return {"row": row, "tag": one.verdict.tag, "said": said}
