"""Firms in the search box: by name, former name or credit code; the record itself asks why before it opens."""

import re
from datetime import date

from sanfu.enterprise.registry.models import OldName
from sanfu.enterprise.registry.queries import listed
from sanfu.records.actor import Actor
from sanfu.records.finding import SHORTEST, Hit, beginning, folded, holding

CODE = re.compile(r"[0-9a-z]{6,18}", re.ASCII)


def firms(actor: Actor, words: str, on: date, limit: int) -> list[Hit]:
    """Firms that the actor may see; nothing of a record is shown but its name and code. Six signs of a code will do."""
    words = folded(words)
    if len(words) < SHORTEST:
        return []
    mine = listed(actor)
    rows = list(holding(mine, "name", words)[: limit * 4])
    if CODE.fullmatch(words):
        begun = list(beginning(mine, "credit_code", words.upper()).order_by("credit_code")[:limit])
        rows += begun if len(begun) == limit else [*begun, *holding(mine, "credit_code", words)[: limit * 4]]
    if len(rows) < limit:
        former = OldName.objects.filter(name__icontains=words).values("enterprise")[:limit]
        rows += mine.filter(pk__in=list(former.values_list("enterprise", flat=True)))
    kept = {one.pk: one for one in sorted(rows, key=lambda one: (len(one.name), one.name))}
    return [
        Hit(one.name, "officer:registry_firm", (one.pk,), about=one.credit_code)
        for one in list(kept.values())[:limit]
    ]
