"""要素统筹: two tables in, the plan with its gap, every project left out with its reason, curves. Nothing is kept."""

from typing import Any

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import render

from sanfu.kernel.allocating.model import BadProblem
from sanfu.kernel.allocating.report import allocate
from sanfu.kernel.allocating.tables import read_problem
from sanfu.records.actor import Refused
from sanfu.records.files import checked
from sanfu.web.access import page, refuse
from sanfu.web.request import Request

TEMPLATE = "officer/resources/allocate.html"
MOST_PROJECTS = 600


class TablesForm(forms.Form):
    """The two tables of an allocation."""

    projects = forms.FileField(label="项目表", widget=forms.FileInput())
    factors = forms.FileField(label="要素表", widget=forms.FileInput())


@page("resources.allocate")
def allocate_page(request: Request) -> HttpResponseBase:
    """The form, and under it the plan; a person adopts it in the meeting."""
    form = TablesForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"title": "要素统筹", "form": form}
    if request.method != "POST":
        return render(request, TEMPLATE, context)
    if not form.is_valid():
        return refuse(request, TEMPLATE, context)
    try:
        context |= _answer(form.cleaned_data["projects"], form.cleaned_data["factors"])
    except (BadProblem, Refused) as problem:
        form.add_error(None, str(problem))
        return refuse(request, TEMPLATE, context)
    return render(request, TEMPLATE, context)


def _answer(projects: Any, factors: Any) -> dict[str, Any]:
    tables = [checked(file.name, file) for file in (projects, factors)]
    read = read_problem(tables[0][1], tables[1][1], 0.0, (tables[0][0], tables[1][0]))
    if len(read.problem.projects) > MOST_PROJECTS:
        raise BadProblem(f"页面最多测算 {MOST_PROJECTS} 个项目；更多的请用命令 sanfu resources allocate")
    answer = allocate(read.problem, seconds=4.0)
    gap = f"{answer['gap']:.2%}"
    return {"answer": answer, "gap": gap, "notes": list(read.notes)}
