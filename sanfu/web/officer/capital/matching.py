"""基金匹配 and 上市对照 at the desk, for any firm that is named; nothing is stored."""

from django.http import HttpResponse
from django.shortcuts import render

from sanfu.enterprise.capital import queries
from sanfu.web.access import page
from sanfu.web.pieces.capital import check_context, funds_context, given
from sanfu.web.request import Request


@page("capital.see")
def check(request: Request) -> HttpResponse:
    """上市对照 of a firm that is named, or of figures alone."""
    name = given(request, "enterprise")
    context = check_context(request, queries.enterprise_said(request.actor, name), name)
    return render(request, "officer/capital/check.html", context, status=422 if context["problem"] else 200)


@page("capital.see")
def funds(request: Request) -> HttpResponse:
    """基金匹配."""
    context = funds_context(request)
    return render(request, "officer/capital/funds.html", context, status=422 if context["problem"] else 200)
