"""What a person keeps of a list: saved views and chosen columns; each answer leads back to the list."""

import uuid
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from sanfu.people.views import actions, queries
from sanfu.records.actor import Refused
from sanfu.web.access import once, signed_in_page
from sanfu.web.request import Request


@signed_in_page
@require_POST
@once
def save_view(request: Request) -> HttpResponse:
    """保存视图: the question of the list under a name."""
    path, query = _back(request)
    try:
        view = actions.save(
            request.POST.get("name", ""), of=request.POST.get("list", "")[:60], query=query,
            shared=request.POST.get("shared") == "1", by=request.actor, at=request.now,
        )  # fmt: skip
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"视图“{view.name}”已保存{'，本单位的人都能用' if view.unit_id else ''}。")
    return redirect(f"{path}?{query}" if query else path)


@signed_in_page
@require_POST
@once
def drop_view(request: Request, id: uuid.UUID) -> HttpResponse:
    """删去视图: an own one."""
    if not queries.visible(request.actor).filter(pk=id).exists():
        raise Http404("没有这个视图，可能已经删去。")
    path, query = _back(request)
    messages.success(request, f"视图“{actions.drop(id, by=request.actor)}”已删去。")
    return redirect(f"{path}?{query}" if query else path)


@signed_in_page
@require_POST
def choose_columns(request: Request) -> HttpResponse:
    """选择列: which columns of the list this person sees from now on."""
    path, query = _back(request)
    ticked, usual = set(request.POST.getlist("on")), set(request.POST.getlist("usual"))
    every = request.POST.getlist("every")[:100]
    hide = [key for key in every if key in usual and key not in ticked]
    show = [key for key in every if key not in usual and key in ticked]
    try:
        actions.choose_columns(
            of=request.POST.get("list", "")[:60], hide=hide, show=show, by=request.actor, at=request.now
        )
    except Refused as refused:
        messages.error(request, str(refused))
    rest = urlencode([(k, v) for k, v in parse_qsl(query) if k not in {"hide", "show"}])
    return redirect(f"{path}?{rest}" if rest else path)


def _back(request: Request) -> tuple[str, str]:
    """Path and question of the list that the form stood on; the first page when it says another place."""
    path = request.POST.get("back", "")
    safe = path.startswith("/") and url_has_allowed_host_and_scheme(path, None)
    query = [(k, v) for k, v in parse_qsl(request.POST.get("query", ""))]
    return (path.partition("?")[0] if safe else "/home/"), urlencode(query)
