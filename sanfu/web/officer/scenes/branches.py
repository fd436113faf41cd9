"""The department's desk: its branches, one branch, and every act on it."""

import uuid
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from sanfu.grassroots.scenes import queries
from sanfu.grassroots.scenes.actions import branch as desk
from sanfu.grassroots.scenes.models import Branch
from sanfu.grassroots.scenes.states import BRANCH_FLOW, BranchEvent, BranchState, SpecialReason
from sanfu.records.actor import Actor
from sanfu.web.access import page
from sanfu.web.components import enclosures
from sanfu.web.components.cases import due_column, left_choice, light_choice, light_column, state_choice
from sanfu.web.components.desk import Act, CaseDesk
from sanfu.web.components.enclosures import send_file
from sanfu.web.components.fields import Area
from sanfu.web.components.table import Column, Dates, Search, Table
from sanfu.web.pieces.scenes import STOPPED
from sanfu.web.request import Request

E = BranchEvent
BRANCHES = Table(
    "branches",
    title="联办分支",
    unit="支",
    default_sort="due_at",
    columns=[
        Column("number", "编号", link="officer:branch", link_args=("id",), sort=True),
        Column("title", "事项", wide=True),
        Column("firm__short", "申请人"),
        Column("parent__title", "一件事"),
        Column("lead__short", "承办部门"),
        Column("state", "状态", tags=BranchState),
        light_column(),
        due_column(),
    ],
    filters=[
        Search(apply=queries.search),
        state_choice(BRANCH_FLOW),
        light_choice(),
        left_choice(),
        Dates("opened_at", "收到日期"),
    ],
    empty="没有分派到本部门的分支。",
)


OPEN_FILES = ("scenes.handle", "scenes.edit", "scenes.agent")


class ReasonForm(forms.Form):
    words = Area(max_length=2000, label="理由", help_text="申请人会看到")


class CorrectForm(forms.Form):
    what = Area(max_length=2000, label="需要补正的全部内容", help_text="一次性写全，之后不得再要求")
    materials = Area(max_length=2000, label="需要补的材料", required=False, help_text="一行一份，没有就不填")
    notice = forms.CharField(
        label="补正告知书文号", required=False, max_length=60, help_text="受理后补正停表时必填"
    )

    def clean_materials(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["materials"].splitlines() if line.strip()]


class SpecialForm(forms.Form):
    reason = forms.TypedChoiceField(
        label="法定事由",
        choices=SpecialReason.choices(),
        coerce=SpecialReason,
        help_text="行政许可法第四十五条",
    )
    notice = forms.CharField(
        label="告知书文号", required=False, max_length=60, help_text="书面告知所需时间，不告知不停表"
    )
    words = Area(max_length=2000, label="说明", required=False)


class ResultForm(forms.Form):
    number = forms.CharField(label="结果文号", max_length=80)


def _lacking(found: Branch, actor: Actor) -> bool:
    """容缺 only where a material was put off."""
    return bool(queries.said_of(found).deferred)


def _facts(found: Branch) -> list[tuple[str, Any]]:
    facts = [
        ("事项", found.name),
        ("申请人", found.case.firm.name if found.case.firm else ""),
        ("整件申请", found.application.case.number),
        ("预审", "预审转正" if found.prereviewed else ""),
        ("结果文号", found.result_number),
    ]
    return [(label, value) for label, value in facts if value]


def _more(request: Request, found: Branch) -> dict[str, Any]:
    """The item of the guide, its materials and what the one form says to it."""
    guide = found.application.guide
    item = next((i for i in guide["items"] if i["id"] == found.item), None)
    given = queries.materials_by_code(found.application)
    kept = [m for m in guide["materials"]["kept"] if found.item in m["items"]]
    may_open = request.actor.may(*OPEN_FILES)
    return {
        "lead": f"{found.name} · {found.case.firm.name if found.case.firm else ''}",
        "why": queries.reason_of(found) if found.case.state in STOPPED else "",
        "b": found, "item": item, "may_open": may_open, "fields": _fields(found),
        "kept": [{**m, "given": given.get(m["id"])} for m in kept],
        "shared": [m for m in guide["materials"]["dropped"] if found.item in m["items"]],
        "extra": [row for row in given.values() if row.asked_by == found.item],
        "meetings": [m for m in found.application.meetings.all() if found.item in m.items],
        "timeline": enclosures.with_files(
            queries.history(found.pk), found.pk, "officer:branch_file", may_open=may_open
        ),
    }  # fmt: skip


def _fields(found: Branch) -> list[tuple[str, str]]:
    """What the one form says to this item."""
    filled = {**found.application.facts, **found.application.form}
    return [
        (f["name"], filled.get(f["id"]) or (f"由{f['source']}带入" if f["origin"] == "shared" else "—"))
        for f in found.application.guide["form"]["fields"]
        if found.item in f["items"]
    ]


DESK = CaseDesk(
    name="branch", title="联办分支", flow=BRANCH_FLOW, table=BRANCHES, see=("scenes.see",),
    cases=queries.visible_branches, find=queries.access_branch, facts=_facts, more=_more,
    template="officer/scenes/branch.html", opens=OPEN_FILES,
    acts={
        E.ACCEPT: Act(None, desk.accept, tone="primary"),
        E.ACCEPT_LACKING: Act(None, desk.accept_lacking, when=_lacking),
        E.CORRECT: Act(CorrectForm, desk.correct),
        E.SPECIAL: Act(SpecialForm, desk.special),
        E.SPECIAL_END: Act(ReasonForm, lambda b, words, **k: desk.special_end(b, result=words, **k), tone="primary"),
        E.RETURN: Act(ReasonForm, lambda b, words, **k: desk.send_back(b, why=words, **k)),
        E.REFUSE: Act(ReasonForm, lambda b, words, **k: desk.refuse(b, why=words, **k), tone="danger"),
        E.PASS: Act(ResultForm, lambda b, **k: desk.decide(b, E.PASS, **k), tone="primary"),
        E.PASS_LACKING: Act(ResultForm, lambda b, **k: desk.decide(b, E.PASS_LACKING, **k), when=_lacking),
        E.FAIL: Act(ReasonForm, lambda b, words, **k: desk.decide(b, E.FAIL, why=words, **k), tone="danger"),
    },
)  # fmt: skip


@page(*OPEN_FILES)
@require_GET
def material(request: Request, id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """A material that this item shares, as a download: for who handles it, not for who only looks on."""
    found = queries.access_branch(request.actor, id)
    stored = queries.material_file(found.application, file_id) if found else None
    if stored is None:
        raise Http404("这件申请没有这份材料，或不由您的部门承办。")
    return send_file(stored)
