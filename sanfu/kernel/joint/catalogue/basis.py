"""Legal bases with validity (依据): which cited text no longer binds, and how well a number is known."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from sanfu.kernel.joint.catalogue.catalog import CONFIDENCE, Bundle, Catalog, Item, Source
from sanfu.kernel.joint.catalogue.load import SOURCE_CODE

ORDER = ("text", "excerpt", "memory", "design")


def in_force(source: Source, on: date) -> bool:
    """A text binds from its first day until the day before it is repealed."""
    return (source.effective is None or source.effective <= on) and (
        source.repealed is None or on < source.repealed
    )


def lapsed(catalog: Catalog, codes: Iterable[str], on: date) -> list[dict[str, Any]]:
    """The cited texts that do not bind on the day, with what replaced them.

    A text and its successor cited together are one basis: whichever of the two binds on the day carries it.
    """
    cited = {code: catalog.sources[code] for code in codes if code in catalog.sources}
    found = []
    for code, source in cited.items():
        if not in_force(source, on) and not _carried(cited, code, on):
            successor = catalog.sources.get(source.replaced_by or "")
            found.append(
                {
                    "source": code,
                    "title": source.title,
                    "effective": source.effective.isoformat() if source.effective else None,
                    "repealed": source.repealed.isoformat() if source.repealed else None,
                    "replaced_by": source.replaced_by,
                    "replaced_by_title": successor.title if successor else None,
                }
            )
    return found


def _carried(cited: dict[str, Source], code: str, on: date) -> bool:
    """Does the successor or the predecessor of a text, cited beside it, bind on the day?"""
    after = cited[code].replaced_by
    kin = [row for name, row in cited.items() if name == after or row.replaced_by == code]
    return any(in_force(row, on) for row in kin)


def out_of_date(item: Item, on: date) -> list[dict[str, Any]]:
    """The item itself, when it is not done yet or no longer done on the day (事项有效期)."""
    early = item.effective is not None and on < item.effective
    late = item.ends is not None and item.ends <= on
    if not (early or late):
        return []
    return [
        {
            "source": item.id,
            "title": item.name,
            "effective": item.effective.isoformat() if item.effective else None,
            "repealed": item.ends.isoformat() if item.ends and late else None,
            "replaced_by": None,
            "replaced_by_title": None,
            "item": True,
        }
    ]


def readable(catalog: Catalog, text: str) -> str:
    """A citation with the titles of its texts instead of their codes: `XKF§42` → 《行政许可法》§42."""

    def title(found: re.Match[str]) -> str:
        source = catalog.sources.get(found.group())
        if source is None:
            return found.group()
        return source.title if source.how in ("memory", "design") else f"《{source.title.split('(')[0]}》"

    return SOURCE_CODE.sub(title, text)


def confidence(catalog: Catalog, item: Item) -> str:
    """The mark of an item's statutory limit: that of the weakest text cited for it, 待核 when none is."""
    codes = [c for c in SOURCE_CODE.findall(item.statutory.source) if c in catalog.sources]
    if not codes:
        return CONFIDENCE["memory"]
    worst = max((catalog.sources[c].how for c in codes), key=lambda h: ORDER.index(h) if h in ORDER else 2)
    return CONFIDENCE.get(worst, CONFIDENCE["memory"])


def red_items(catalog: Catalog, on: date) -> dict[str, list[dict[str, Any]]]:
    """Items that cite a text which does not bind on the day."""
    found = {
        item.id: out_of_date(item, on) + lapsed(catalog, item.sources, on) for item in catalog.items.values()
    }
    return {code: rows for code, rows in found.items() if rows}


def red_bundles(catalog: Catalog, on: date) -> dict[str, list[str]]:
    """Bundles turned red by their own basis or by one of their items: the codes that are at fault."""
    items = red_items(catalog, on)
    found = {b.id: _faults(catalog, b, items, on) for b in catalog.bundles.values()}
    return {code: faults for code, faults in found.items() if faults}


def _faults(catalog: Catalog, bundle: Bundle, items: dict[str, Any], on: date) -> list[str]:
    own = [row["source"] for row in lapsed(catalog, bundle.sources, on)]
    return [*own, *(code for code in bundle.items if code in items)]


def sentence(where: str, row: dict[str, Any]) -> str:
    """One lapsed basis, or an item out of its own days, in words."""
    if row.get("item"):
        told = f"自 {row['repealed']} 起停办" if row["repealed"] else f"自 {row['effective']} 起施行"
        return f"事项不在有效期：{where} {told}"
    if row["repealed"]:
        after = f"，由《{row['replaced_by_title']}》取代" if row["replaced_by_title"] else ""
        return f"依据失效：{where} 引用的“{row['title']}”自 {row['repealed']} 起废止{after}"
    return f"依据未施行：{where} 引用的“{row['title']}”自 {row['effective']} 起施行"
