"""技术供给 at the desk: the list, one offer, registering one, and a file of many, every fault by its line."""

import uuid

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.enterprise.research import actions, queries
from sanfu.enterprise.research.content import kind_choices
from sanfu.enterprise.research.models import Offer
from sanfu.enterprise.research.states import ContactState, UploadState
from sanfu.records.actor import Conflict, Refused
from sanfu.web.access import once, page, refuse
from sanfu.web.components.table import Choice, Column, Search, Table
from sanfu.web.pieces.research import WAN, parts
from sanfu.web.pieces.uploads import Start, UploadPages
from sanfu.web.request import Request

SAID = {True: ("在册", "ok"), False: ("已撤下", "muted")}
OFFERS = Table(
    "research-offers",
    title="技术供给",
    unit="条",
    default_sort="-made_at",
    columns=[
        Column("number", "编号", link="officer:research_offer", sort=True),
        Column("title", "名称", wide=True),
        Column("holder", "单位", sort=True),
        Column("kind", "类别", tags={code: (label, "info") for code, label in kind_choices()}),
        Column("least", "起步费用（元）", kind="number", sort=True),
        Column("ready", "最早交付", kind="date", sort=True),
        Column("active", "状态", tags=SAID),
        Column("made_at", "登记时间", kind="datetime", sort=True, hidden=True),
    ],
    filters=[
        Search(
            apply=lambda rows, words: (
                rows.filter(title__icontains=words) | rows.filter(holder__icontains=words)
            )
        ),
        Choice("kind", "类别", kind_choices),
    ],
    empty="还没有技术供给。可以逐条登记，也可以上传高校院所给的 Excel。",
)


class OfferForm(forms.Form):
    """One offer; what is not known stays empty and is asked later."""

    title = forms.CharField(label="名称", min_length=4, max_length=80, help_text="团队方向、平台或设备的名称")
    holder = forms.CharField(label="单位", min_length=2, max_length=80)
    kind = forms.ChoiceField(label="类别", choices=kind_choices)
    text = forms.CharField(
        label="能做什么", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    least = forms.DecimalField(
        label="起步费用（万元）", min_value=0, max_digits=10, decimal_places=2, required=False
    )
    ready = forms.DateField(label="最早交付", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    keeps_secrets = forms.NullBooleanField(label="能否保密", required=False, widget=forms.Select(choices=[("", "不清楚"), ("true", "能"), ("false", "不能")]))  # fmt: skip
    equipment = forms.CharField(
        label="设备", max_length=300, required=False, help_text="多个用顿号隔开；不清楚就留空"
    )
    readiness = forms.IntegerField(label="技术成熟度（1—9级）", min_value=1, max_value=9, required=False)
    contact = forms.CharField(label="联系人", max_length=80, required=False)

    def columns(self) -> dict[str, object]:
        """The cleaned form as columns of an offer."""
        given = dict(self.cleaned_data)
        given["least"] = None if given["least"] is None else given["least"] * WAN
        given["equipment"] = parts(given["equipment"]) or None
        return given


@page("research.see")
def offer_list(request: Request) -> HttpResponseBase:
    """技术供给."""
    return OFFERS.respond(request, queries.offers(request.actor), "officer/research/offers.html")


def _offer(request: Request, id: uuid.UUID) -> Offer:
    found = queries.offers(request.actor).filter(id=id).first()
    if found is None:
        raise Http404("没有这条技术供给。")
    return found


@page("research.see")
def offer(request: Request, id: uuid.UUID) -> HttpResponse:
    """One offer and the contacts that the reader may see."""
    row = _offer(request, id)
    mine = queries.visible(request.actor).filter(research__offer=row).order_by("-opened_at")
    context = {
        "title": row.number,
        "crumbs": [("技术供给", "officer:research_offers")],
        "row": row,
        "said": SAID[row.active],
        "facts": _facts(row),
        "contacts": [(one, ContactState(one.state)) for one in mine[:20]],
        "may": row.active and request.actor.may("research.work"),
    }
    return render(request, "officer/research/offer.html", context)


def _facts(row: Offer) -> list[tuple[str, object]]:
    return [
        ("单位", row.holder),
        ("类别", dict(kind_choices()).get(row.kind, row.kind)),
        ("起步费用", "没有说明" if row.least is None else f"{row.least / WAN:,.2f} 万元"),
        ("最早交付", row.ready or "没有说明"),
        ("能否保密", {None: "没有说明", True: "能", False: "不能"}[row.keeps_secrets]),
        ("设备", "没有说明" if row.equipment is None else "、".join(row.equipment)),
        ("技术成熟度", "没有说明" if row.readiness is None else f"{row.readiness} 级"),
        ("联系人", row.contact),
    ]


@page("research.work")
@once
def offer_new(request: Request) -> HttpResponse:
    """登记供给."""
    form = OfferForm(request.POST or None)
    context = {
        "title": "登记供给",
        "crumbs": [("技术供给", "officer:research_offers")],
        "form": form,
        "lead": "不清楚的留空：没有说明的不算不符合，会标出来等人去问",
        "cancel": "officer:research_offers",
    }
    if request.method != "POST":
        return render(request, "desk/new.html", context)
    if form.is_valid():
        try:
            made = actions.offer(form.columns(), by=request.actor, at=request.now)
        except Refused as problem:
            form.add_error("title", str(problem))
        else:
            messages.success(request, f"{made.number} 已登记。")
            return redirect("officer:research_offer", made.id)
    return refuse(request, "desk/new.html", context)


@page("research.work")
@require_POST
@once
def offer_retire(request: Request, id: uuid.UUID) -> HttpResponse:
    """撤下供给."""
    try:
        actions.retire(_offer(request, id), by=request.actor, at=request.now)
        messages.success(request, "已撤下，不再推荐；正在对接的不受影响。")
    except (Refused, Conflict) as problem:
        messages.error(request, str(problem))
    return redirect("officer:research_offer", id)


START = Start(
    "research_upload",
    "批量登记供给",
    actions.check_upload,
    "高校院所给的表可以直接传，先检查，您确认后才入库",
    "每行一个团队、平台或一台设备。列名：名称、单位、类别、说明、起步费用（万元）、最早交付、可保密、设备、技术成熟度、联系人；"
    "名称和单位必须有，其余有几列写几列，不清楚的留空。",
)
IMPORT = UploadPages(
    "research_import", ("research.work",), queries.uploads, actions.decide_upload, UploadState,
    [("技术供给", "officer:research_offers")], unit="条", start=START,
)  # fmt: skip
