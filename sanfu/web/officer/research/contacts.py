"""产学研对接 at the desk: first contact, contract with milestones, acceptance."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone

from sanfu.enterprise.research import actions, queries
from sanfu.enterprise.research.content import kind_choices
from sanfu.enterprise.research.models import Contact
from sanfu.enterprise.research.states import CONTACT_FLOW, ContactEvent, ContactState
from sanfu.kernel.clocks import Light
from sanfu.kernel.research.matching import Bound
from sanfu.records.actor import Actor
from sanfu.records.moments import day_of
from sanfu.web.components.cases import due_column, light_choice, light_column, state_choice
from sanfu.web.components.desk import Act, CaseDesk, Wait
from sanfu.web.components.fields import Area
from sanfu.web.components.table import Column, Flag, Search, Table
from sanfu.web.pieces.research import WAN
from sanfu.web.request import Request
from sanfu.web.todos import Todo, of_cases

S, E = ContactState, ContactEvent


def _late() -> Q:
    return queries.late(day_of(timezone.now()))


CONTACTS = Table(
    "research-contacts",
    title="产学研对接",
    unit="件",
    default_sort="-opened_at",
    columns=[
        Column("number", "编号", link="officer:research", sort=True),
        Column("research__need__enterprise__name", "企业", wide=True),
        Column("research__need__title", "需求", wide=True),
        Column("research__offer__holder", "供给单位", wide=True),
        Column("state", "状态", tags=ContactState),
        light_column(),
        due_column(),
        Column("opened_at", "发起时间", kind="datetime", sort=True),
    ],
    filters=[
        Search(apply=queries.search),
        state_choice(CONTACT_FLOW),
        light_choice(),
        Flag("late", "里程碑过期的", condition=_late),
    ],
    empty="还没有对接。在技术需求里选一条匹配的供给，点“发起对接”。",
)


class SaidForm(forms.Form):
    said = Area(label="情况", min_length=4, max_length=300)


class ReasonForm(forms.Form):
    reason = Area(label="原因", min_length=4, max_length=300)


class SignForm(forms.Form):
    """The contract and its milestones."""

    contract_no = forms.CharField(label="合同编号", max_length=40)
    amount = forms.DecimalField(label="合同金额（元）", min_value=0, max_digits=14, decimal_places=2)
    signed_on = forms.DateField(label="签订日期", widget=forms.DateInput(attrs={"type": "date"}))
    milestones = Area(label="里程碑", rows=4, max_length=2000, help_text="每行一个：2026-09-30 样机交付")


def _facts(row: Contact) -> list[tuple[str, Any]]:
    need, offer = row.need, row.offer
    facts: list[tuple[str, Any]] = [
        ("企业", need.enterprise.name),
        ("需求", f"{need.number} {need.title}"),
        ("供给", f"{offer.number} {offer.title}"),
        ("单位", f"{offer.holder}（{dict(kind_choices()).get(offer.kind, offer.kind)}）"),
        ("联系人", offer.contact or "没有登记"),
    ]
    if row.contract_no:
        amount = "" if row.amount is None else f"{row.amount / WAN:,.2f} 万元"
        facts += [("合同", f"{row.contract_no}，{amount}"), ("签订日期", row.signed_on)]
    return facts


def _more(request: Request, row: Contact) -> dict[str, Any]:
    today = day_of(request.now)
    lines = [
        (
            one,
            ("已完成", "ok")
            if one.done_on
            else ("已过期", "danger")
            if one.due < today
            else ("未到期", "info"),
        )
        for one in queries.milestones(row)
    ]
    why = row.why
    bounds = [(one, Bound(one["bound"]).tag) for one in why.get("constraints", ())]
    return {"lines": lines, "words": "、".join(why.get("words", ())), "near": "、".join(why.get("near_words", ())), "bounds": bounds}  # fmt: skip


def _label(row: Contact, actor: Actor, event: Any) -> bool:
    return row.case.lead_id in actor.units


DESK = CaseDesk(
    name="research",
    title="产学研对接",
    flow=CONTACT_FLOW,
    table=CONTACTS,
    see=("research.see",),
    cases=queries.visible,
    find=queries.access,
    facts=_facts,
    who=_label,
    acts={
        E.START: Act(SaidForm, actions.start, "写明和谁联系、谈了什么。", "primary"),
        E.SIGN: Act(SignForm, actions.sign, "合同由双方签订，这里只作登记。", "primary"),
        E.REACH: Act(
            SaidForm, actions.reach, "登记最早到期的那个里程碑；写明完成了什么、凭什么。", "primary"
        ),
        E.FINISH: Act(SaidForm, actions.finish, "里程碑都完成后才能验收。", "primary"),
        E.FAIL: Act(ReasonForm, actions.fail, "写明没有达成的原因，企业会看到。", "danger"),
    },
    waiting=(
        Wait(S.PROPOSED, "research.work", "待联系的产学研对接"),
        Wait(Light.RED, "research.work", "超期未联系的产学研对接", "danger", "clock-alert"),
    ),
    labels={"open": "发起对接"},
    more=_more,
    template="officer/research/contact.html",
)


def todos(actor: Actor, now: datetime) -> list[Todo]:
    """Lines of the desk, and milestones past their day."""
    found = DESK.todos(actor, now)
    if actor.may("research.work"):
        found.append(
            of_cases(
                "里程碑过期的产学研合同", queries.visible(actor), url=f"{DESK.url('list')}?late=1",
                page="officer:research", icon="flag", tone="danger", about=queries.late(day_of(now)),
            )
        )  # fmt: skip
    return found
