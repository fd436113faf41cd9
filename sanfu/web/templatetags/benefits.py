"""Money of the benefits pages: `{% load benefits %}`."""

from django import template
from django.conf import settings

from sanfu.enterprise.benefits.describe import money
from sanfu.enterprise.benefits.policies import title_of

register = template.Library()


@register.filter
def yuan(fen: int | None) -> str:
    """分 as yuan with two decimals: 1,234.50."""
    return "—" if fen is None else f"{fen / 100:,.2f}"


@register.filter
def wan(fen: int | None) -> str:
    """分 the way an official writes it: 50万元."""
    return money(fen)


@register.filter
def matter(clause: str) -> str:
    """The title of a clause."""
    return title_of(settings.REGION, clause)


@register.filter
def under(table: dict[str, object], key: str) -> object:
    """The entry of a table under a key, or None."""
    return table.get(key) if table else None
