"""What the search box finds of research: offers and needs by their words."""

from datetime import date

from django.db.models import Q

from sanfu.enterprise.research import queries
from sanfu.records.actor import Actor
from sanfu.records.finding import SHORTEST, Hit, folded


def offers(actor: Actor, words: str, on: date, limit: int) -> list[Hit]:
    """Offers whose title, holder or words hold what is asked, those that stand first."""
    asked = folded(words)
    if len(asked) < SHORTEST:
        return []
    rows = queries.offers(actor).filter(
        Q(title__icontains=asked)
        | Q(holder__icontains=asked)
        | Q(text__icontains=asked)
        | Q(number__iexact=asked)
    )
    return [
        Hit(one.title, "officer:research_offer", (one.id,), about=f"{one.number} {one.holder}")
        for one in rows.order_by("-active", "number")[:limit]
    ]


def needs(actor: Actor, words: str, on: date, limit: int) -> list[Hit]:
    """Needs whose title or words hold what is asked, newest first."""
    asked = folded(words)
    if len(asked) < SHORTEST:
        return []
    rows = queries.needs(actor).filter(
        Q(title__icontains=asked) | Q(text__icontains=asked) | Q(number__iexact=asked)
    )
    return [
        Hit(one.title, "officer:research_need", (one.id,), about=f"{one.number} {one.enterprise.name}")
        for one in rows.order_by("-made_at")[:limit]
    ]
