"""Small pieces of HTML made without a template: icons, tags, dates, numbers. Used by tags and by every list row."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any

from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from sanfu.kernel.flow import TONES, Labelled
from sanfu.records.moments import said

DASH = "—"


@lru_cache(maxsize=512)
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sheet; hidden from screen readers unless it carries a label."""
    sheet = static("sanfu/icons.svg")
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>', label, sheet, name
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', sheet, name)


# What a mark on a text or figure means: shown at a touch, read aloud by a screen reader.
MEANINGS = {
    "已核": "打开原文核对过",
    "节选": "只看到原文的一部分，供参考，不作承诺的依据",
    "待核": "还没有看到原文，不作承诺的依据",
    "暂算": "这一年的放假安排还没公布，先按周末算，公布后重算",
    "设计": "按规则推算出来的，不是已经发生的",
}


@lru_cache(maxsize=2048)
def tag(label: str, tone: str = "muted") -> SafeString:
    """A status as a word in a frame; the colour only repeats what the word says.

    The word is always escaped, also when it claims to be safe: a kept answer must not depend on who asked first.
    """
    css = tone if tone in TONES else "muted"
    if meaning := MEANINGS.get(str(label)):
        return format_html(
            '<span class="tag {} meaning" tabindex="0" data-meaning="{}">{}<span class="sr">（{}）</span></span>',
            css, meaning, label, meaning,
        )  # fmt: skip
    return mark_safe(f'<span class="tag {css}">{escape(str(label))}</span>')


def status(state: Labelled | None) -> SafeString:
    """A status as its own word and tone; nothing for None."""
    return mark_safe("") if state is None else tag(state.label, state.tone)


def bar(percent: float, tone: str = "") -> SafeString:
    """A small filled bar; drawn, because the page allows no style attribute."""
    width = max(0, min(100, round(percent)))
    return format_html(
        '<svg class="bar-mini {}" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="6"/></svg>',
        tone, width,
    )  # fmt: skip


def number(value: Any) -> str:
    """1,234 · 97.4 · — for nothing. Floats keep at most two places."""
    if value is None or value == "":
        return DASH
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def day(value: date | datetime | None) -> str:
    """2026-11-23 in local time, or a dash."""
    if value is None or value == "":
        return DASH
    if isinstance(value, datetime) and timezone.is_naive(value):
        return value.isoformat()[:10]  # a table of the caller's own that says no zone is shown as it is
    return said(value, "%Y-%m-%d") if isinstance(value, date) else str(value)


def moment(value: datetime | None) -> str:
    """2026-11-23 09:05 in local time, or a dash."""
    if not isinstance(value, datetime):
        return day(value)
    return value.isoformat(" ", "minutes") if timezone.is_naive(value) else said(value)


def plain(value: Any) -> Any:
    """A value as people read it: dates, 是/否, a dash for nothing; safe HTML and text as they are."""
    if value is None or value == "":
        return DASH
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, int | float | Decimal):
        return number(value)
    if isinstance(value, list | tuple | set | frozenset):
        return "、".join(str(plain(v)) for v in value) or DASH
    return value


def branches(nodes: Iterable[Mapping[str, Any]]) -> SafeString:
    """Nested `<details>` of a tree."""
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((_branch(n),) for n in nodes)))


def _branch(node: Mapping[str, Any]) -> SafeString:
    label = node["label"]
    if node.get("url"):
        label = format_html('<a href="{}">{}</a>', node["url"], label)
    if node.get("count") is not None:
        label = format_html('{}<span class="count">{}</span>', label, number(node["count"]))
    children = node.get("children") or ()
    if not children:
        return format_html('<span class="leaf">{}</span>', label)
    state = " open" if node.get("open") else ""
    return format_html("<details{}><summary>{}</summary>{}</details>", state, label, branches(children))
