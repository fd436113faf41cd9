"""帮助: the guides of docs/guides/ in the app, and the section that belongs to a page.

A guide is Markdown. Its sections say for which pages they are:

    ## 派单 {#dispatch}
    <!-- pages: officer:ticket_list officer:ticket* -->

A page without a section of its own opens the guide of its audience.
"""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import cache_control
from markdown_it import MarkdownIt

from sanfu.web.access import public_page
from sanfu.web.request import PublicRequest

# Guides in the order of the overview; lists.md is for whoever works at the command line.
GUIDES = ("citizen", "firm", "officer", "desk", "leader", "editor", "administrator")
_AUDIENCES = {
    "citizen": "citizen",
    "firm": "firm",
    "officer": "officer",
    "leader": "leader",
    "manage": "administrator",
}
_HEADING = re.compile(r"^## (.+?) \{#([a-z-]+)\}\s*$", re.MULTILINE)
_PAGES = re.compile(r"<!-- pages: (.+?) -->")


@dataclass(frozen=True)
class Section:
    """One section of a guide: heading, anchor, and the route names (with *) whose help it is."""

    title: str
    anchor: str
    pages: tuple[str, ...]


@dataclass(frozen=True)
class Guide:
    """One guide: for whom, its sections, its text as HTML."""

    name: str
    title: str
    sections: tuple[Section, ...]
    html: SafeString


@cache
def guide(name: str) -> Guide:
    """A guide by name, read once; FileNotFoundError when there is none."""
    text = (Path(settings.ROOT) / "docs" / "guides" / f"{name}.md").read_text("utf-8")
    title = text.partition("\n")[0].removeprefix("# ").strip()
    heads = list(_HEADING.finditer(text))
    ends = [*(one.start() for one in heads[1:]), len(text)]
    sections = tuple(
        Section(one[1], one[2], tuple(" ".join(_PAGES.findall(text[one.end() : end])).split()))
        for one, end in zip(heads, ends, strict=True)
    )
    return Guide(name, title, sections, _html(text))


def _html(text: str) -> SafeString:
    """The guide without its own title: raw HTML in it stays text, comments go, headings carry their anchors."""
    body = _PAGES.sub("", text.partition("\n")[2])
    drawn = MarkdownIt("commonmark", {"html": False}).enable("table").render(body)
    drawn = drawn.replace('<img src="images/', f'<img loading="lazy" src="{reverse("guides")}images/')
    anchored = re.sub(r"<h2>(.+?) \{#([a-z-]+)\}</h2>", r'<h2 id="\2">\1</h2>', drawn)
    return mark_safe(anchored)  # the guides are part of the platform; html=False escapes what is in them


@cache
def help_url(view: str) -> str:
    """The address of the help of a page by its route name: the most exact pattern wins."""
    found = [
        (len(pattern.rstrip("*")), name, section.anchor)
        for name in GUIDES
        for section in guide(name).sections
        for pattern in section.pages
        if fnmatchcase(view, pattern)
    ]
    if found:
        _, name, anchor = max(found)
        return f"{reverse('guide', args=[name])}#{anchor}"
    name = _AUDIENCES.get(view.partition(":")[0], "")
    return reverse("guide", args=[name]) if name else reverse("guides")


@public_page
def guides(request: PublicRequest) -> HttpResponse:
    """帮助: which guides there are."""
    return render(request, "help/guides.html", {"title": "帮助", "guides": [guide(name) for name in GUIDES]})


LONGEST_NAME = 100  # a file system refuses to look for a name of some hundred letters


@public_page
@cache_control(public=True, max_age=86_400)
def picture(request: PublicRequest, name: str) -> FileResponse:
    """A picture of the guides; only what lies in their folder has a name that fits."""
    path = Path(settings.ROOT) / "docs" / "guides" / "images" / f"{name}.webp"
    if len(name) > LONGEST_NAME or not path.is_file():
        raise Http404("没有这张图。")
    return FileResponse(path.open("rb"), content_type="image/webp")


@public_page
def guide_page(request: PublicRequest, name: str) -> HttpResponse:
    """One guide with its contents."""
    if name not in GUIDES:
        raise Http404("没有这份说明。")
    found = guide(name)
    context = {"title": found.title, "guide": found, "crumbs": [("帮助", "guides")]}
    return render(request, "help/guide.html", context)
