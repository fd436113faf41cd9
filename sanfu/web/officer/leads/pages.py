"""招商线索 on the desk: list, report form, one lead with overlap, admission, chain and offers, the funnel."""

import uuid
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.kernel.clocks import Light
from sanfu.kernel.leads import admit, chain_of
from sanfu.projects.leads import actions, queries
from sanfu.projects.leads.content import rules
from sanfu.projects.leads.models import Lead
from sanfu.projects.leads.states import FLOW, Event, State
from sanfu.records.actor import Actor, NotAllowed, Refused
from sanfu.records.moments import day_of, year_of
from sanfu.web.access import once, page, refuse
from sanfu.web.components.cases import due_column, light_choice, light_column, state_choice
from sanfu.web.components.desk import Act, CaseDesk, Wait
from sanfu.web.components.table import Column, Dates, Search, Table
from sanfu.web.request import Request

S, E = State, Event
SEE = ("leads.see", "leads.see_all")
TERMS = ("土地价格", "厂房租金", "奖补", "能耗和排放", "人才和用工", "其他")

ROWS = Table(
    "leads",
    title="招商线索",
    unit="条",
    default_sort="-opened_at",
    columns=[
        Column("number", "编号", link="officer:lead", sort=True),
        Column("title", "投资方和产品", wide=True),
        Column("lead__short", "板块"),
        Column("lead_row__amount", "投资额（万元）", kind="number", sort=True),
        Column("state", "状态", tags=State),
        light_column(),
        due_column(),
        Column("opened_at", "报送时间", kind="datetime", sort=True),
    ],
    filters=[
        Search(apply=queries.search),
        state_choice(FLOW),
        light_choice(),
        Dates("opened_at", "报送日期"),
    ],
    empty="还没有招商线索。点“报送线索”。",
)


class ReportForm(forms.Form):
    """Minimum fields of a protected first report, proof of contact, and facts for admission."""

    investor = forms.CharField(label="投资方（全称）", min_length=2, max_length=200)
    code = forms.CharField(label="统一社会信用代码", max_length=40, required=False)
    shareholders = forms.CharField(label="主要股东（用顿号分开）", max_length=300, required=False)
    product = forms.CharField(label="产品", min_length=2, max_length=300)
    amount = forms.DecimalField(label="计划总投资（万元）", min_value=1, max_digits=14, decimal_places=2)
    contact = forms.CharField(label="对方联系人", max_length=40)
    phone = forms.CharField(label="对方电话（只存摘要，用来查重）", max_length=40, required=False)
    proof = forms.ChoiceField(label="接触证据")
    proof_said = forms.CharField(label="证据说明（何时何地见了谁）", min_length=4, max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["proof"].choices = [("", "请选择"), *((p, p) for p in rules()["首报证据"])]  # type: ignore[attr-defined]
        for rule in rules()["准入"]:
            label = f"{rule['fact']}（{rule['unit']}）" if rule.get("unit") else rule["fact"]
            self.fields[f"fact_{rule['fact']}"] = forms.CharField(label=label, max_length=40, required=False)

    def given(self) -> dict[str, Any]:
        """The fields as the action wants them."""
        data = dict(self.cleaned_data)
        facts = {name[5:]: value for name, value in data.items() if name.startswith("fact_") and value}
        behind = [
            one.strip() for one in data["shareholders"].replace("，", "、").replace(",", "、").split("、")
        ]
        kept = {name: value for name, value in data.items() if not name.startswith("fact_")}
        return {**kept, "shareholders": [one for one in behind if one], "facts": facts}


class SaidForm(forms.Form):
    said = forms.CharField(
        label="说明", min_length=4, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class ProgressForm(SaidForm):
    proof = forms.ChoiceField(label="证据")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["proof"].choices = [(p, p) for p in rules()["首报证据"]]  # type: ignore[attr-defined]


class WhyForm(forms.Form):
    why = forms.CharField(
        label="理由", min_length=4, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class TransferForm(WhyForm):
    to = forms.ChoiceField(label="转给哪个板块")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(str(one.id), one.short) for one in queries.zones()]  # type: ignore[attr-defined]

    def clean_to(self) -> uuid.UUID:
        """The id of the unit."""
        return uuid.UUID(self.cleaned_data["to"])


class OfferForm(forms.Form):
    """Terms that a zone means to offer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for term in TERMS:
            self.fields[term] = forms.CharField(label=term, max_length=200, required=False)


def _facts(row: Lead) -> list[tuple[str, Any]]:
    return [
        ("投资方", row.investor), ("产品", row.product), ("计划总投资", f"{row.amount} 万元"),
        ("统一社会信用代码", row.code), ("主要股东", "、".join(row.shareholders)), ("对方联系人", row.contact),
        ("接触证据", f"{row.proof}：{row.proof_said}"), ("成效分享", "，".join(f"{u} {p:g}%" for u, p in row.credit.items())),
        ("没有新进展就释放", row.silent_on),
    ]  # fmt: skip


def _more(request: Request, row: Lead) -> dict[str, Any]:
    same = [
        {"number": one.case.number, "unit": one.case.lead.short if one.case.lead else "", "state": S(one.case.state),
         "why": "；".join(why)}
        for one, why in queries.alike(row)
    ]  # fmt: skip
    judged = [{"one": j, "tag": j.answer.tag} for j in admit(rules()["准入"], row.facts)]
    mine = row.case.lead_id in request.actor.units and request.actor.may("leads.do")
    last = row.offers.order_by("-at").first()
    return {
        "same": same, "judged": judged, "chains": chain_of(row.product, rules()["产业链"]),
        "offers": row.offers.order_by("-at")[:5], "apart": queries.offers_apart(row, last.terms) if last else [],
        "offer_form": OfferForm(initial=last.terms if last else None) if mine and row.case.state not in FLOW.final else None,
    }  # fmt: skip


def _who(row: Lead, actor: Actor, event: Event) -> bool:
    """The zone that holds the lead; the award is the city's."""
    return event is E.AWARD or row.case.lead_id in actor.units


DESK = CaseDesk(
    name="lead",
    title="招商线索",
    flow=FLOW,
    table=ROWS,
    see=SEE,
    cases=queries.visible,
    find=queries.access,
    facts=_facts,
    who=_who,
    acts={
        E.PROGRESS: Act(ProgressForm, actions.progress, "有新进展，静默重新起算。", "primary"),
        E.TALK: Act(SaidForm, partial(actions.forward, event=E.TALK), tone="primary"),
        E.REVIEW: Act(SaidForm, partial(actions.forward, event=E.REVIEW), tone="primary"),
        E.SIGN: Act(
            SaidForm, partial(actions.forward, event=E.SIGN), "有约束力的协议；框架协议不算。", "primary"
        ),
        E.TRANSFER: Act(TransferForm, actions.transfer, "转出后成效由双方分享。"),
        E.AWARD: Act(WhyForm, actions.award, "原首报转为后报；理由双方都看得到。", "primary"),
        E.LOSE: Act(WhyForm, actions.lose, "终止后最早的后报递补。", "danger"),
    },
    waiting=(
        Wait(S.HELD, "leads.do", "受首报保护的线索", "info"),
        Wait(S.BEHIND, "leads.rule", "有后报、可能要裁定的线索"),
        Wait(Light.RED, "leads.do", "超过静默期的线索", "danger", "clock-alert"),
    ),
    labels={"offered": "登记拟给条件", "signed": "转入项目库"},
    more=_more,
    template="officer/leads/lead.html",
    list_more=lambda request: {"new": "officer:lead_new", "new_permission": "leads.do"},
)
todos = DESK.todos


@page("leads.do")
@once
def new(request: Request) -> HttpResponse:
    """Report one; a refusal comes back as the filled form with the reason."""
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.report(**form.given(), by=request.actor, at=request.now)
        except (Refused, NotAllowed) as refused:
            form.add_error(None, str(refused))
        else:
            row.case.refresh_from_db()
            behind = row.case.state == S.BEHIND
            said = "另一板块已先报，这条记为后报；对方释放后自动递补。" if behind else "已受首报保护。"
            (messages.warning if behind else messages.success)(request, f"{row.case.number} {said}")
            return redirect("officer:lead", id=row.pk)
    context = {"title": "报送线索", "crumbs": [("招商线索", "officer:lead_list")], "form": form}
    return (refuse if form.errors else render)(request, "desk/new.html", context)


@page("leads.do")
@require_POST
@once
def offer(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """登记拟给条件; what differs between zones is said at once."""
    row = queries.access(request.actor, id)
    if row is None:
        raise Http404("没有这条线索，或不在您可以查看的范围内。")
    form = OfferForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused("条件每项最多 200 字。")
        made = actions.offer(row, terms=form.cleaned_data, by=request.actor, at=request.now)
    except (Refused, NotAllowed) as problem:
        messages.error(request, str(problem))
        return redirect("officer:lead", id)
    if made.alarm:
        messages.warning(request, "各板块给同一家的条件不一致，统一之前不能签约。")
    else:
        messages.success(request, "条件已登记。")
    return redirect("officer:lead", id)


@page(*SEE)
def funnel_page(request: Request) -> HttpResponseBase:
    """The year's funnel toward the aim."""
    today = day_of(request.now)
    found = queries.funnel_of(request.actor, year_of(request.now), today)
    steps = [
        {
            "one": one,
            "dwell": "—" if one.dwell is None else f"{one.dwell:g}",
            "onward": "—" if one.onward is None else f"{round(float(one.onward) * 100)}%",
        }
        for one in found.steps
    ]
    context = {
        "title": "招商漏斗", "crumbs": [("招商线索", "officer:lead_list")], "found": found, "steps": steps,
        "aim": rules()["年度目标"], "year": today.year,
    }  # fmt: skip
    return render(request, "officer/leads/funnel.html", context)
