"""Passkeys of the own account (通行密钥): the list, adding one, removing one; each after a fresh proof of a second factor."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from sanfu.people.actions import passkeys, second_factor
from sanfu.people.models import User
from sanfu.records.actor import Refused
from sanfu.web import second_proof
from sanfu.web.access import once, signed_in_page, to_login
from sanfu.web.request import Request
from sanfu.web.second_step import code_form
from sanfu.web.sessions import BIND

TITLE = "通行密钥"


@signed_in_page
@never_cache
@sensitive_post_parameters("code", second_proof.FIELD)
@require_http_methods(["GET", "POST"])
def passkey_list(request: Request) -> HttpResponse:
    """通行密钥: my keys and a form for one more; first a second factor is proved where one is bound."""
    user = request.user
    if not isinstance(user, User):
        return to_login(request)
    return _prove(request, user) if second_proof.must_prove(request, user) else _list(request, user)


def _prove(request: Request, user: User) -> HttpResponse:
    """A code, a recovery code or a passkey, before the keys of an account can be changed."""
    signs = second_proof.FIELD in request.POST
    form = code_form(None if signs else request.POST, user)
    problem = ""
    if request.method == "POST" and (signs or form.is_valid()):
        try:
            if signs:
                second_proof.check_key(request, user, request.actor)
            if signs or second_factor.check(
                user=user, code=form.cleaned_data["code"], by=request.actor, at=request.now
            ):
                second_proof.proved(request)
                return redirect("passkeys")
            form.add_error("code", "动态码不对，或已经用过；请等下一个码再试。")
        except Refused as refused:
            problem = str(refused)
    context = {
        "title": TITLE,
        "proving": True,
        "form": form,
        "problem": problem,
        "options": second_proof.ask_for_key(request, user),
    }
    return _page(request, context, faulty=bool(problem or form.errors))


def _list(request: Request, user: User, problem: str = "", name: str = "") -> HttpResponse:
    origin = second_proof.origin_of(request)
    can = second_proof.has_name(origin)
    context = {
        "title": TITLE,
        "keys": passkeys.keys_of(user),
        "problem": problem,
        "name": name,
        "longest": passkeys.LONGEST_NAME,
        "origin": origin,
        "options": second_proof.ask(request, passkeys.begin_adding(user, origin)) if can else "",
        "codes": second_factor.has_authenticator(user),
    }
    return _page(request, context, faulty=bool(problem))


def _page(request: Request, context: dict[str, object], *, faulty: bool) -> HttpResponse:
    return render(request, "entrance/passkeys.html", context, status=422 if faulty else 200)


@signed_in_page
@never_cache
@sensitive_post_parameters(second_proof.FIELD)
@require_POST
def passkey_add(request: Request) -> HttpResponse:
    """添加通行密钥: keep the key that the browser made; the challenge of the page is good for one answer."""
    user = request.user
    if not isinstance(user, User):
        return to_login(request)
    if second_proof.must_prove(request, user):
        return redirect("passkeys")
    name = request.POST.get("name", "")[:200]
    try:
        answer, kept = second_proof.answered(request)
        codes = passkeys.add(
            user=user, name=name, answer=answer, kept=kept,
            origin=second_proof.origin_of(request), by=request.actor, at=request.now,
        )  # fmt: skip
    except Refused as refused:
        return _list(request, user, problem=str(refused), name=name)
    request.session.pop(BIND, None)
    second_proof.proved(request)
    messages.success(request, "通行密钥已添加。")
    if codes:
        return render(request, "entrance/second_factor.html", {"title": "备用码", "codes": codes})
    return redirect("passkeys")


@signed_in_page
@once
@require_POST
def passkey_remove(request: Request, id: uuid.UUID) -> HttpResponse:
    """删除通行密钥: one of my own, after a fresh proof."""
    user = request.user
    if not isinstance(user, User):
        return to_login(request)
    if not passkeys.keys_of(user).filter(pk=id).exists():
        raise Http404("没有这把通行密钥，可能已经删除。")
    if not second_proof.must_prove(request, user):
        passkeys.remove(user=user, id=id, by=request.actor, at=request.now)
        messages.success(request, "通行密钥已删除。")
    return redirect("passkeys")
