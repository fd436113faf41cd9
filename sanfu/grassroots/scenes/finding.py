"""Guides in the search box: joint applications (一件事) and the items that they are made of."""

from datetime import date

from sanfu.grassroots.scenes.queries import public_catalog
from sanfu.records.actor import Actor
from sanfu.records.finding import SHORTEST, Hit, folded


def guides(actor: Actor, words: str, on: date, limit: int) -> list[Hit]:
    """Guides by their name or that of an item in them."""
    words = folded(words)
    if len(words) < SHORTEST:
        return []
    catalog, found = public_catalog(actor.region), []
    for bundle in catalog.bundles.values():
        item = next((one for key in bundle.items if words in folded(one := catalog.items[key].name)), "")
        if item or words in folded(bundle.name):
            found.append(
                Hit(
                    bundle.name,
                    "citizen:scene_guide",
                    (bundle.id,),
                    about=f"含：{item}" if item else "一件事",
                )
            )
    return found[:limit]
