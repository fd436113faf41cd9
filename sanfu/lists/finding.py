"""Items of the responsibility list in the search box."""

from datetime import date

from sanfu.lists.queries import in_force, rows_of_version, search
from sanfu.lists.states import ListKind
from sanfu.records.actor import Actor
from sanfu.records.finding import SHORTEST, Hit, folded


def items(actor: Actor, words: str, on: date, limit: int) -> list[Hit]:
    """Items of the list in force by code, name, class or how people say it; each opens in the public list."""
    if len(folded(words)) < SHORTEST:
        return []
    version = in_force(ListKind.REQUESTS, on, region=actor.region)
    if version is None:
        return []
    rows = search(rows_of_version(version), words)[:limit]
    return [
        Hit(one.name, "citizen:list_item", (one.code,), about=f"{one.l1}/{one.l2} · {one.code}")
        for one in rows
    ]
