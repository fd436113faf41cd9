"""Units and people in the search box."""

from datetime import date

from django.db.models import Q

from sanfu.people.models import Organisation, User
from sanfu.people.states import OrganisationKind
from sanfu.records.actor import Actor
from sanfu.records.finding import SHORTEST, Hit, folded, holding


def units(actor: Actor, words: str, on: date, limit: int) -> list[Hit]:
    """Units of the county by name, short name, alias, code or first letters; each opens to its orders."""
    words = folded(words)
    if len(words) < SHORTEST:
        return []
    rows = Organisation.objects.filter(region=actor.region).exclude(kind=OrganisationKind.FIRM)
    said = Q(name__icontains=words) | Q(short__icontains=words) | Q(code__iexact=words)
    said |= Q(aliases__contains=[words]) | Q(pinyin__istartswith=words)
    return [
        Hit(one.short, "officer:ticket_list", query=f"unit={one.pk}", about=one.name)
        for one in rows.filter(said).order_by("pinyin")[:limit]
    ]


def people(actor: Actor, words: str, on: date, limit: int) -> list[Hit]:
    """Accounts by name or login, with their organisation; for who keeps accounts."""
    words = folded(words)
    if len(words) < SHORTEST:
        return []
    rows = User.objects.filter(region=actor.region).select_related("organisation")
    named = holding(rows, "name", words).order_by("name")[:limit]
    login = rows.filter(login=words)
    found = {one.pk: one for one in (*login, *named)}
    return [
        Hit(one.name, "manage:account", (one.pk,), about=one.organisation.short if one.organisation else "")
        for one in list(found.values())[:limit]
    ]
