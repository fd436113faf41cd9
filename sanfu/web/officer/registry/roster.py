"""企业名录 at the desk: a file of enterprises checked line by line and entered once; the account of a firm."""

import uuid

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.enterprise.registry import actions, queries
from sanfu.enterprise.registry.states import ImportState
from sanfu.people.queries import organisation
from sanfu.records import files
from sanfu.records.actor import Refused
from sanfu.web.access import once, page
from sanfu.web.pieces.small_forms import try_and_return
from sanfu.web.pieces.uploads import UploadPages
from sanfu.web.request import Request


class UploadForm(forms.Form):
    """One roster."""

    file = forms.FileField(
        label="Excel 或 CSV 文件",
        error_messages={"required": "请选择文件。"},
        widget=forms.ClearableFileInput(),
    )


@page("registry.merge")
@once
def upload(request: Request) -> HttpResponse:
    """登记企业名录: check a file; nothing is entered before the person says so."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["file"]
        try:
            stored = files.store(name=given.name, content=given, by=request.actor, at=request.now)
            made = actions.check_names(stored, by=request.actor, at=request.now)
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("officer:registry_import", id=made.id)
    context = {
        "title": "登记企业名录",
        "crumbs": [("一企一档", "officer:registry_firms")],
        "form": form,
        "recent": [(one, ImportState(one.state)) for one in queries.rosters(request.actor)[:10]],
    }
    return render(request, "officer/registry/roster.html", context, status=422 if form.errors else 200)


IMPORT = UploadPages(
    "registry_import", ("registry.merge",), queries.rosters, actions.decide_names, ImportState,
    [("一企一档", "officer:registry_firms"), ("登记企业名录", "officer:registry_roster")], word="登记", unit="家",
    more=lambda made: [("已在册", made.standing, "家")],
)  # fmt: skip


@page("registry.merge")
@once
@require_POST
def account(request: Request, id: uuid.UUID) -> HttpResponse:
    """登记企业账号: the organisation whose people act for the firm, by its code; empty takes it away."""
    firm = queries.listed(request.actor).filter(pk=id).first()
    if firm is None:
        raise Http404("没有这家企业，或它已并入另一份档案。")
    code = request.POST.get("organisation", "").strip()
    found = organisation(request.actor.region, code) if code else None

    def given() -> None:
        if code and found is None:
            raise Refused(f"没有代码为“{code}”的组织；请管理员先在组织机构里建立。")
        actions.give_account(firm, found, by=request.actor, at=request.now)

    done = "已登记，这个账号的人从现在起可以代表企业办事。" if found else "已没有企业账号。"
    return try_and_return(request, given, done, ("officer:registry_firm", id))
