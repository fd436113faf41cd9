"""One box over everything (检索): cases of every room by number and words, firms, units, policies, items, duties, guides."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_GET

from sanfu.cases import finding
from sanfu.records.actor import Actor
from sanfu.records.finding import SHORTEST, Hit, folded
from sanfu.records.manifest import Finder
from sanfu.records.wires import rooms
from sanfu.web.access import signed_in_page
from sanfu.web.navigation import address_of
from sanfu.web.request import Request

SHOWN = 5  # of each group


@dataclass(frozen=True, slots=True)
class Group:
    """One heading of what was found: its lines (words, about, address) and the list that shows all of them."""

    label: str
    lines: tuple[tuple[str, str, str], ...]
    more: str = ""


@cache
def finders() -> tuple[tuple[Finder, Any], ...]:
    """What the rooms offer to the box, with their functions."""
    return tuple((one, import_string(one.does)) for room in rooms() for one in room.finders)


@signed_in_page
@require_GET
def search(request: Request) -> HttpResponse:
    """检索: grouped results; a whole number leads straight to its only case."""
    words = request.GET.get("q", "")[:100]
    groups, straight = found(request, words)
    typing = request.headers.get("HX-Target") == "found"
    if straight and not typing:
        return redirect(straight)
    context = {
        "title": "检索", "q": words, "groups": groups, "short": 0 < len(folded(words)) < SHORTEST,
        "asked": len(folded(words)) >= SHORTEST,
    }  # fmt: skip
    return render(request, "search/groups.html" if typing else "search/page.html", context)


def found(request: Request, words: str) -> tuple[list[Group], str]:
    """The groups that have something, and the address of the only case whose number was asked for."""
    if len(folded(words)) < SHORTEST:
        return [], ""
    groups, straight = [], ""
    for some in finding.find(request.actor, words, SHOWN):
        group = Group(some.kind.label, _lines(some.hits), _list_of(some.kind.page, words))
        groups.append(group)
        straight = group.lines[0][2] if some.exact and group.lines else ""
    for finder, does in finders():
        if not _may(request.actor, finder):
            continue
        hits = does(request.actor, words, request.today, SHOWN)
        if hits:
            more = address_of(finder.page) if finder.page else None
            groups.append(Group(finder.label, _lines(hits), f"{more}?{_asks(words)}" if more else ""))
    return groups, straight if len(groups) == 1 else ""


def _may(actor: Actor, finder: Finder) -> bool:
    return not finder.permission or actor.may(*finder.permission.split("|"))


def _lines(hits: Any) -> tuple[tuple[str, str, str], ...]:
    return tuple((hit.title, hit.about, _address(hit)) for hit in hits)


def _address(hit: Hit) -> str:
    path = reverse(hit.route, args=hit.args)
    return f"{path}?{hit.query}" if hit.query else path


def _list_of(page: str, words: str) -> str:
    """The list beside a case's page, asked the same; the house names them x and x_list."""
    path = address_of(f"{page}_list")
    return f"{path}?{_asks(words)}" if path else ""


def _asks(words: str) -> str:
    return urlencode({"q": words})
