"""The ruling desk of 编办: objections, precedents, and rules made from rulings."""

import uuid
from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.grassroots.duties import actions, queries, versions
from sanfu.grassroots.duties.finding import names
from sanfu.grassroots.duties.models import Objection
from sanfu.grassroots.duties.states import Ruling
from sanfu.kernel.duties.judging.verdicts import Verdict
from sanfu.records.actor import Refused
from sanfu.web.access import once, page
from sanfu.web.components.table import Choice, Column, Row, Search, Table
from sanfu.web.officer.duties import show
from sanfu.web.officer.duties.forms import RuleForm, RulingForm
from sanfu.web.request import Request

OBJECTIONS = Table(
    "duty-objections",
    title="异议裁定",
    unit="件",
    default_sort="-raised_at",
    columns=[
        Column("task__case__number", "任务", link="officer:duty_objection"),
        Column("task__case__title", "标题", wide=True),
        Column("town__short", "镇（街道）"),
        Column("task__document__issuer__short", "发文部门"),
        Column("state", "裁定", tags=Ruling),
        Column("urgent", "紧急", kind="bool"),
        Column("raised_at", "提出时间", kind="datetime", sort=True),
        Column("ruled_at", "裁定时间", kind="datetime", sort=True),
    ],
    filters=[Choice("state", "裁定", Ruling.choices())],
    empty="没有异议。镇（街道）在任务页一键提出，证据会自动附上。",
)
PRECEDENTS = Table(
    "duty-precedents",
    title="裁定先例",
    unit="条",
    default_sort="-at",
    columns=[
        Column("number", "编号", sort=True),
        Column("text", "要求", wide=True),
        Column("issuer__short", "发文部门"),
        Column("verdict", "认定", tags=Verdict),
        Column("code", "清单事项"),
        Column("note", "理由", wide=True),
        Column("at", "裁定时间", kind="datetime", sort=True),
    ],
    filters=[
        Search(apply=queries.search_precedents),
        Choice("verdict", "认定", Verdict.choices()),
    ],
    empty="还没有先例。裁定一件异议，理由就会成为先例，供下次检索和引用。",
)


@page("duties.see")
def objection_list(request: Request) -> HttpResponseBase:
    """异议: a town sees its own, a department those against it, 编办 all."""
    return OBJECTIONS.respond(request, queries.objections(request.actor), "officer/duties/objections.html")


@page("duties.see")
def precedent_list(request: Request) -> HttpResponseBase:
    """裁定先例 and the rules made from them."""
    context = {"rules": queries.conditional_rules(request.actor.region), "verdicts": Verdict}
    headed = names(request.actor.region, request.today)

    def heading(row: Row) -> str:
        return f"{headed[row['code']]}（{row['code']}）" if row["code"] in headed else row["code"]

    columns = [
        replace(one, render=heading, export_as=heading) if one.key == "code" else one
        for one in PRECEDENTS.columns
    ]
    table = replace(PRECEDENTS, columns=columns)
    return table.respond(
        request, queries.precedents(request.actor), "officer/duties/precedents.html", context
    )


def objection_or_404(request: Request, objection_id: uuid.UUID) -> Objection:
    found = queries.objection(request.actor, objection_id)
    if found is None:
        raise Http404("没有这件异议，或不属于本单位。")
    return found


@page("duties.see")
def objection_page(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """One objection: evidence on both sides, near precedents, the ruling, and a rule made from it."""
    objection = objection_or_404(request, id)
    task = objection.task
    items = {item.code: item for item in versions.list_of(task.version)} if task.version else {}
    first = objection.evidence[0]["text"] if objection.evidence else task.document.text
    steward = request.actor.may("duties.rule")
    precedent = objection.precedents.select_related("issuer").first()
    context = {
        "title": f"异议：{task.case.title}",
        "crumbs": [("异议裁定", "officer:duty_objections")],
        "objection": objection,
        "state": Ruling(objection.state),
        "demands": show.demands(task.judged, items),
        "near": queries.similar_precedents(request.actor.region, first),
        "ruling": RulingForm(initial={"verdict": objection.evidence[0]["verdict"]})
        if steward and objection.state == "open"
        else None,
        "precedent": precedent,
        "rule_form": RuleForm() if steward and precedent else None,
        "rules": precedent.rules.all() if precedent else (),
        "verdict": Verdict.of(objection.verdict),
    }
    return render(request, "officer/duties/objection.html", context)


@page("duties.rule")
@require_POST
@once
def rule_on(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """作出裁定."""
    objection = objection_or_404(request, id)
    form = RulingForm(request.POST)
    if not form.is_valid():
        raise Refused("请选择裁定和认定，并写明理由。")
    said = form.cleaned_data
    actions.rule_on(
        objection, ruling=Ruling(said["ruling"]), verdict=said["verdict"], said=said["said"],
        by=request.actor, at=request.now,
    )  # fmt: skip
    messages.success(request, "已裁定，镇和部门均可看到；本裁定已成为先例。")
    return redirect("officer:duty_objection", id)


@page("duties.rule")
@require_POST
@once
def propose(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """检验 a conditional rule made from a ruling."""
    form = RuleForm(request.POST)
    precedent = objection_or_404(request, id).precedents.select_related("issuer").first()
    if precedent is None or not form.is_valid():
        raise Refused("请先裁定，再写条件词。")
    said = form.cleaned_data
    rule = actions.propose_rule(
        precedent,
        words=said["words"].split(),
        any_issuer=said["any_issuer"],
        by=request.actor,
        at=request.now,
    )
    messages.info(request, f"{rule.number} 已对照 {rule.tested['about']} 条先例检验。")
    return redirect("officer:duty_objection", id)


@page("duties.rule")
@require_POST
@once
def adopt(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """采用 a rule that passed its test."""
    rule = queries.conditional_rule(request.actor.region, id)
    if rule is None:
        raise Http404("没有这条规则。")
    actions.adopt_rule(rule, by=request.actor, at=request.now)
    messages.success(request, f"{rule.number} 已采用，之后的判断会用到它。")
    return redirect("officer:duty_objection", rule.precedent.objection_id)
