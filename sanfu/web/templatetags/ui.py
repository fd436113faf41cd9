"""The tags of the pages: `{% load ui %}`. Each is shown with all its states on /design/."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from sanfu.records.ids import new_id
from sanfu.web.access import ONCE_FIELD
from sanfu.web.components import cells, enclosures, text
from sanfu.web.components.cases import left_in_words
from sanfu.web.components.chart import Chart
from sanfu.web.components.map import MapView, picker_context
from sanfu.web.components.table import Listing
from sanfu.web.components.tree import flatten

register = template.Library()

NOTICE_ICONS = {"info": "info", "ok": "circle-check", "warn": "triangle-alert", "danger": "circle-alert"}

register.simple_tag(cells.icon, name="icon")
register.simple_tag(cells.tag, name="tag")
register.simple_tag(cells.status, name="status")


def address(url: str, args: Iterable[Any] = (), query: str = "") -> str:
    """A path as it stands, or the path of a named route; with an optional query string."""
    path = url if url.startswith(("/", "#", "?", "http")) else reverse(url, args=list(args))
    return f"{path}?{query}" if query else path


@register.filter
def path_of(url: str) -> str:
    """The path behind a breadcrumb: a path as it stands, or that of a named route; empty stays empty."""
    return address(url) if url else ""


@register.simple_tag(takes_context=True)
def button(context: Context, label: str, url: str, *args: Any, icon: str = "", query: str = "",
           primary: bool = False, danger: bool = False, small: bool = False, plain: bool = False,
           permission: str = "") -> SafeString:  # fmt: skip
    """A link that looks like a button; nothing at all for a reader who lacks the permission."""
    if permission and not _may(context, permission):
        return mark_safe("")
    flags = {"primary": primary, "danger": danger, "small": small, "plain": plain}
    css = " ".join(["btn", *(name for name, on in flags.items() if on)])
    return format_html(
        '<a class="{}" href="{}">{}{}</a>',
        css,
        address(url, args, query),
        cells.icon(icon) if icon else "",
        label,
    )


def _may(context: Context, permission: str) -> bool:
    request = context.get("request")
    actor = getattr(request, "actor", None)
    return actor is not None and actor.may(*permission.split("|"))


@register.simple_tag
def figure(value: Any, url: str, query: str = "", *args: Any, unit: str = "") -> SafeString:
    """A number that opens to the rows it counts."""
    return format_html(
        '<a class="figure" href="{}">{}</a>{}', address(url, args, query), cells.number(value), unit
    )


@register.inclusion_tag("components/kpi.html")
def kpi(name: str, value: Any, unit: str = "", url: str = "", query: str = "", note: Any = "", tone: str = "",
        icon: str = "") -> dict[str, Any]:  # fmt: skip
    """A figure card; with `url` it opens to its rows."""
    shown = value if isinstance(value, str) else cells.number(value)
    if not shown:  # nothing to divide by: no figure, and no unit of one
        shown, unit = "—", ""
    link = address(url, (), query) if url else ""
    return {"name": name, "value": shown, "unit": unit, "url": link, "note": note, "tone": tone, "icon": icon}


@register.simple_block_tag
def card(content: SafeString, title: str = "", icon: str = "", more: str = "", more_label: str = "查看全部",
         flush: bool = False, id: str = "") -> SafeString:  # fmt: skip
    """A panel with an optional title line and a link to more."""
    head = ""
    if title:
        link = format_html('<a class="more" href="{}">{}</a>', address(more), more_label) if more else ""
        head = format_html("<header><h2>{}{}</h2>{}</header>", cells.icon(icon) if icon else "", title, link)
    anchor = format_html(' id="{}"', id) if id else ""
    body = "body flush" if flush else "body"
    return format_html(
        '<section class="card"{}>{}<div class="{}">{}</div></section>', anchor, head, body, content
    )


@register.simple_block_tag
def notice(content: SafeString, tone: str = "info", title: str = "") -> SafeString:
    """A framed remark: info, ok, warn or danger."""
    head = format_html('<b class="title">{}</b>', title) if title else ""
    symbol = cells.icon(NOTICE_ICONS.get(tone, "info"))
    role = "alert" if tone == "danger" else "note"
    return format_html(
        '<div class="notice {}" role="{}">{}<div>{}{}</div></div>', tone, role, symbol, head, content
    )


@register.simple_block_tag
def dialog(content: SafeString, id: str, title: str, drawer: bool = False) -> SafeString:
    """A `<dialog>`; `{% opens id label %}` opens it. With `drawer` it slides in from the right."""
    close = format_html(
        '<button type="button" class="btn plain small close" data-close aria-label="关闭">{}</button>',
        cells.icon("x"),
    )
    return format_html(
        '<dialog id="{0}" class="{1}" aria-labelledby="{0}-title"><header><h2 id="{0}-title">{2}</h2>{3}</header>'
        '<div class="body">{4}</div></dialog>',
        id, "drawer" if drawer else "", title, close, content,
    )  # fmt: skip


@register.simple_tag
def opens(id: str, label: str, icon: str = "", primary: bool = False, danger: bool = False,
          small: bool = False) -> SafeString:  # fmt: skip
    """The button that opens a dialog or drawer of this page."""
    flags = {"primary": primary, "danger": danger, "small": small}
    css = " ".join(["btn", *(name for name, on in flags.items() if on)])
    symbol = cells.icon(icon) if icon else ""
    return format_html(
        '<button type="button" class="{}" data-opens="{}">{}{}</button>', css, id, symbol, label
    )


@register.simple_tag(takes_context=True)
def once(context: Context) -> SafeString:
    """The key that makes a double submission one act; keeps its value when the form comes back with errors."""
    request = context.get("request")
    sent = request.POST.get(ONCE_FIELD, "") if request is not None else ""
    return format_html('<input type="hidden" name="{}" value="{}">', ONCE_FIELD, sent or new_id().hex)


@register.inclusion_tag("components/steps.html")
def steps(items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Numbered stages; each `label`, `state` (done, now, todo, bad), optional `note`."""
    return {"items": items}


@register.inclusion_tag("components/timeline.html")
def timeline(items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What happened, in order; each `label`, `state`, `at`, `by`, `note`."""
    return {"items": items}


@register.inclusion_tag("components/version_steps.html", takes_context=True)
def version_steps(context: Context, panel: Mapping[str, Any]) -> dict[str, Any]:
    """Where a version stands, who did what, and what may be done next; `panel` is `VersionSteps.panel(…)`."""
    return {"p": panel, "request": context.get("request"), "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/map.html", name="map")
def map_(view: MapView) -> dict[str, Any]:
    """A map with its list beside it."""
    return {"m": view}


@register.inclusion_tag("components/place_picker.html")
def place_picker(lon: Any, lat: Any) -> dict[str, Any]:
    """A place on the county's map into two fields; the form stays usable without it."""
    return picker_context(lon, lat)


@register.simple_tag
def facts(pairs: Iterable[tuple[str, Any]]) -> SafeString:
    """Label and value grid; an empty value shows a dash."""
    rows = format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", ((k, cells.plain(v)) for k, v in pairs))
    return format_html('<dl class="facts">{}</dl>', rows)


@register.inclusion_tag("components/field.html")
def field(bound: Any, full: bool = False) -> dict[str, Any]:
    """One field: label, help, and what is wrong with it."""
    kind = bound.field.widget.__class__.__name__
    if isinstance(bound.field, enclosures.EnclosureField):
        return {"enclosing": True, **enclosures.picker_context(bound)}
    if bound.errors:
        bound.field.widget.attrs["aria-invalid"] = "true"
    many = kind in {"RadioSelect", "CheckboxSelectMultiple"}
    return {
        "f": bound,
        "file": "FileInput" in kind,
        "many": many,
        "check": kind == "CheckboxInput",
        "full": full or kind == "Textarea" or many,
    }


@register.inclusion_tag("components/form_grid.html")
def form_grid(form: Any, submit: str = "提交", cancel: str = "", danger: bool = False) -> dict[str, Any]:
    """All visible fields of a form, its general errors first, and its buttons."""
    link = address(cancel) if cancel else ""
    return {"form": form, "submit": submit, "cancel": link, "danger": danger}


@register.inclusion_tag("components/upload.html")
def upload(bound: Any, accept: str = "", limit: str = "单个文件不超过 20 MB") -> dict[str, Any]:
    """A drop area around a file field."""
    return {"f": bound, "accept": accept, "limit": limit, "many": bound.field.widget.allow_multiple_selected}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Iterable[tuple[Any, ...]], current: str) -> dict[str, Any]:
    """Links between views of one thing: `(key, label, url[, count])`."""
    shown = [
        {"key": i[0], "label": i[1], "url": address(i[2]), "count": i[3] if len(i) > 3 else None}
        for i in items
    ]
    return {"items": shown, "current": current}


@register.inclusion_tag("components/table.html")
def table(listing: Listing) -> dict[str, Any]:
    """A list with its filters, tools, rows and pages."""
    return {"t": listing}


@register.inclusion_tag("components/filter_bar.html")
def filter_bar(listing: Listing) -> dict[str, Any]:
    """The filters of a list alone, for a page that shows its rows otherwise."""
    return {"t": listing}


@register.inclusion_tag("components/chart.html")
def chart(chart: Chart, tall: bool = False, open: bool = False) -> dict[str, Any]:
    """A chart with its table beside it."""
    return {"c": chart, "tall": tall, "open": open}


@register.simple_tag
def diff(old: str, new: str) -> SafeString:
    """Old and new text as one, word by word."""
    return format_html('<div class="diff">{}</div>', text.difference(old, new))


@register.inclusion_tag("components/diff_rows.html")
def diff_rows(changes: Iterable[tuple[str, Any, Any]]) -> dict[str, Any]:
    """Field changes `(label, old, new)`; None is "none"."""
    return {"changes": [(label, cells.plain(old), cells.plain(new)) for label, old, new in changes]}


@register.simple_tag
def evidence(whole: str, spans: Iterable[tuple[int, int, str]]) -> SafeString:
    """A text with its evidence marked: `(start, end, label)`, character positions."""
    return format_html('<p class="evidence">{}</p>', text.highlighted(whole, spans))


@register.inclusion_tag("components/explain.html")
def explain(days: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The day list of a clock: `date`, `counts`, `label`, `total`, optional `due`."""
    return {"days": days}


@register.simple_tag
def tree(nodes: Iterable[Mapping[str, Any]]) -> SafeString:
    """A foldable tree: nodes `label`, optional `url`, `count`, `children`, `open`."""
    return format_html('<div class="tree">{}</div>', cells.branches(nodes))


@register.inclusion_tag("components/cascader.html")
def cascader(bound: Any, nodes: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Linked selects over a tree of `value`, `label`, `children`; without script one long select."""
    return {"f": bound, "options": flatten(nodes)}


@register.inclusion_tag("components/progress.html")
def progress(job: Mapping[str, Any]) -> dict[str, Any]:
    """A background job: `label done total state message poll_url cancel_url`; polls itself while it runs."""
    total, done = int(job.get("total") or 0), int(job.get("done") or 0)
    running = job.get("state") in {"waiting", "running", "stalled"}
    return {
        "job": job,
        "done": done,
        "total": total,
        "percent": done * 100 // total if total else 0,
        "running": running,
    }


@register.inclusion_tag("components/empty.html")
def empty(title: str, do: str = "", url: str = "", label: str = "", icon: str = "inbox") -> dict[str, Any]:
    """Nothing here, and what to do next."""
    return {"title": title, "do": do, "url": address(url) if url else "", "label": label, "icon": icon}


@register.simple_tag
def skeleton(lines: int = 4) -> SafeString:
    """Grey lines while something loads."""
    bars = mark_safe("<i></i>" * int(lines))
    return format_html('<div class="skeleton" role="status" aria-label="正在加载">{}</div>', bars)


@register.filter
def as_json(value: Any) -> str:
    """Plain data as the text of a data attribute."""
    return json.dumps(value, ensure_ascii=False)


@register.filter
def left(remaining: str | float, unit: str) -> str:
    """What is left of a clock as people say it: 还剩 3 个工作日, 超 2 小时."""
    return left_in_words(float(remaining), unit)


@register.filter
def day(value: date | datetime | None) -> str:
    """2026-11-23, or a dash."""
    return cells.day(value)


@register.filter
def moment(value: datetime | None) -> str:
    """2026-11-23 09:05 in local time, or a dash."""
    return cells.moment(value)


@register.filter
def cells_number(value: Any) -> str:
    """1,234."""
    return cells.number(value)
