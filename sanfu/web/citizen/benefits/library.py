"""Public policy library, and the lists on public notice with their objections."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from sanfu.enterprise.benefits import actions, queries
from sanfu.enterprise.benefits.city import delivery_of
from sanfu.enterprise.benefits.describe import amount_line, condition, money
from sanfu.enterprise.benefits.policies import find, in_force
from sanfu.enterprise.registry.content import dictionary
from sanfu.records.actor import Refused
from sanfu.web.access import once, public_page
from sanfu.web.request import PublicRequest


@public_page
def benefit_list(request: PublicRequest) -> HttpResponse:
    """惠企政策: what is in force today, in plain words, and the lists on notice."""
    words = request.GET.get("q", "").strip()
    policies = [
        one
        for one in in_force(settings.REGION, request.today)
        if one.own and one.document.in_force(request.today)
    ]
    cards = [
        {"p": one, "clauses": [{"c": c, "amount": amount_line(c)} for c in one.document.clauses]}
        for one in policies
        if not words or words in one.document.source
    ]
    context = {
        "title": "惠企政策",
        "cards": cards,
        "words": words,
        "notices": queries.public_batches(settings.REGION),
    }
    return render(request, "citizen/benefits/list.html", context)


@public_page
def benefit_policy(request: PublicRequest, id: str) -> HttpResponse:
    """One policy for the public: clause text, amount, conditions, how it is paid."""
    found = find(settings.REGION, id, request.today)
    if found is None:
        raise Http404("没有这份政策。")
    clauses = [
        {
            "c": c,
            "amount": amount_line(c),
            "delivery": delivery_of(c, dictionary()),
            "conditions": [(one.label, condition(one.test)) for one in c.conditions],
        }
        for c in found.document.clauses
    ]
    d = found.document
    about = [("文号", d.number), ("发布机关", d.issuer), ("施行", d.start), ("失效", d.end), ("标记", d.mark)]
    context = {
        "title": d.title,
        "crumbs": [("惠企政策", "citizen:benefit_list")],
        "p": found,
        "clauses": clauses,
        "about": about,
    }
    return render(request, "citizen/benefits/policy.html", context)


@public_page
@once
def benefit_notice(request: PublicRequest, id: uuid.UUID) -> HttpResponseBase:
    """公示 of one list: names, matters, amounts, until when; anybody may object."""
    batch = queries.public_batch(settings.REGION, id)
    if batch is None:
        raise Http404("这份名单不在公示期内；公示结束的名单请向发起部门查询。")
    refused = ""
    if request.method == "POST":
        try:
            _object(request, batch)
        except Refused as no:
            refused = str(no)
        else:
            messages.success(request, "已收到您的异议，发起部门核查后处理。")
            return redirect("citizen:benefit_notice", id=id)
    lines = list(queries.public_lines(batch))
    context: dict[str, Any] = {
        "title": f"公示：{batch.case.title}",
        "crumbs": [("惠企政策", "citizen:benefit_list")],
        "b": batch,
        "rows": [{"l": line, "amount": money(line.paid)} for line in lines],
        "total": money(sum(line.paid for line in lines)),
        "clock": queries.notice_clock(batch, request.now),
        "refused": refused,
        "said": request.POST,
    }
    return render(request, "citizen/benefits/notice.html", context, status=422 if refused else 200)


def _object(request: PublicRequest, batch: Any) -> None:
    try:
        line = queries.public_line(batch, uuid.UUID(request.POST.get("line", "")))
    except ValueError:
        line = None
    if line is None:
        raise Refused("请选择对哪家企业的哪一项有异议。")
    actions.object_to(
        line,
        text=request.POST.get("text", ""),
        contact=request.POST.get("contact", ""),
        by=request.actor,
        at=request.now,
    )
