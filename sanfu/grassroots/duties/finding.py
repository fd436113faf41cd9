"""Duties in the search box: items of the published lists of the towns."""

import uuid
from datetime import date
from functools import lru_cache

from sanfu.grassroots.duties import queries
from sanfu.records.actor import Actor
from sanfu.records.finding import SHORTEST, Hit, folded


def items(actor: Actor, words: str, on: date, limit: int) -> list[Hit]:
    """Items of the lists in force whose name, code or keywords hold the words; each opens in its town's list."""
    words = folded(words)
    found: list[Hit] = []
    if len(words) < SHORTEST:
        return found
    for version in queries.published(actor.region, on).defer("items", "notes", "findings"):
        for name, code, text in _texts(version.pk, version.content_hash):
            if words in text:
                about = f"{version.town.short} · {code}"
                found.append(Hit(name, "citizen:duty_town", (version.town.code,), f"q={code}", about))
            if len(found) == limit:
                return found
    return found


def names(region: str, on: date) -> dict[str, str]:
    """Code → heading of every item of the lists in force; where towns differ, the first town's."""
    found: dict[str, str] = {}
    for version in queries.published(region, on).defer("items", "notes", "findings"):
        for name, code, _ in _texts(version.pk, version.content_hash):
            found.setdefault(code, name)
    return found


@lru_cache(maxsize=128)
def _texts(version: uuid.UUID, digest: str) -> tuple[tuple[str, str, str], ...]:
    """Name, code and what is looked through, of every item of a version; the digest says that it is still the same."""
    rows = queries.items_of(version)
    return tuple(
        (r["name"], r["code"], folded(f"{r['code']}{r['name']}{''.join(r['keywords'])}")[:400]) for r in rows
    )
