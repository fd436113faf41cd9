"""What officers and firms share on pages of research: the form of a need, its facts and matches, and what both do with it."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse

from sanfu.enterprise.research import actions
from sanfu.enterprise.research.models import Contact, Need, Offer
from sanfu.enterprise.research.queries import Found
from sanfu.records.actor import Conflict, Refused
from sanfu.web.pieces.small_forms import try_and_return
from sanfu.web.request import Request

WAN = Decimal(10_000)


class NeedForm(forms.Form):
    """A need: words, and hard constraints that may stay empty."""

    title = forms.CharField(label="需求名称", min_length=4, max_length=80, help_text="一句话说清要解决什么")
    text = forms.CharField(
        label="具体情况", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="现象、材料、指标、想过的办法；写得越具体越好匹配",
    )  # fmt: skip
    budget = forms.DecimalField(label="预算（万元）", min_value=0, max_digits=10, decimal_places=2, required=False, help_text="起步费用高于预算的不会列出")  # fmt: skip
    needed_by = forms.DateField(
        label="最晚需要的日期", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    secret = forms.BooleanField(label="需要保密", required=False, help_text="不接受保密的不会列出")
    equipment = forms.CharField(
        label="必须有的设备", max_length=200, required=False, help_text="多个用顿号隔开"
    )
    readiness = forms.IntegerField(
        label="技术成熟度不低于（1—9级）", min_value=1, max_value=9, required=False
    )

    def columns(self) -> dict[str, Any]:
        """The cleaned form as columns of a need."""
        given = dict(self.cleaned_data)
        given["budget"] = None if given["budget"] is None else given["budget"] * WAN
        given["equipment"] = parts(given["equipment"])
        return given


def parts(text: str) -> list[str]:
    """Words between 、 and commas, each at most forty letters."""
    for mark in "，,;；\n":
        text = text.replace(mark, "、")
    return [one.strip()[:40] for one in text.split("、") if one.strip()]


def need_facts(row: Need) -> list[tuple[str, Any]]:
    """Label and value of a need."""
    return [
        ("企业", row.enterprise.name),
        ("预算", "" if row.budget is None else f"{row.budget / WAN:,.2f} 万元"),
        ("最晚需要", row.needed_by or ""),
        ("保密", "需要" if row.secret else "不要求"),
        ("必须有的设备", "、".join(row.equipment)),
        ("技术成熟度", "" if row.readiness is None else f"{row.readiness} 级以上"),
        ("发布人", row.by_name),
    ]


def close_need(request: Request, row: Need, back: str) -> HttpResponse:
    """撤下需求 by whoever may, and back to the page of the need: `back` is its route."""
    return try_and_return(
        request, lambda: actions.close_need(row, by=request.actor, at=request.now),
        "已撤下；正在对接的不受影响。", (back, row.id),
    )  # fmt: skip


def bring_together(request: Request, row: Need, offer: Offer) -> Contact | None:
    """发起对接 of a need and an offer; None when it was refused, which the next page says."""
    try:
        return actions.connect(row, offer, by=request.actor, at=request.now)
    except (Refused, Conflict) as problem:
        messages.error(request, str(problem))
        return None


def shown(found: Found) -> dict[str, Any]:
    """A match for the page: reasons and constraints with their tones."""
    said = found.match
    return {
        "offer": found.offer,
        "score": f"{said.score:.1f}",
        "words": "、".join(said.words),
        "near": "、".join(said.near),
        "constraints": [(one, one.bound.tag) for one in said.constraints],
        "contact": found.contact,
    }
