"""What a guide carries of its catalogue (指南所带的目录部分): enough to prove every word of it again."""

import json
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sanfu.kernel.joint.catalogue.catalog import Bundle, Catalog
from sanfu.kernel.joint.catalogue.implications import short
from sanfu.kernel.joint.compiling.situation import Situation, read_answer
from sanfu.kernel.schedule import Axis


def input_part(
    catalog: Catalog, bundle: Bundle, order: Any, axis: Axis, last: date, situation: Situation
) -> dict[str, Any]:
    """Everything the checker needs: part of the catalogue, the answers, and the days that are not usual."""
    raw_items = {row["id"]: row for row in catalog.raw["items"] if row.get("id") in bundle.items}
    used: dict[str, Any] = {}
    todo = [m for code in bundle.items for m in (r.material for r in catalog.items[code].materials)]
    while todo:
        code = todo.pop()
        if code not in used:
            material = catalog.materials[code]
            used[code] = {
                "n": material.name, "get": list(material.ways), "any_of": list(material.any_of),
                "dup_of": material.duplicate_of, "note": material.note,
            }  # fmt: skip
            todo += [*material.any_of, *([material.duplicate_of] if material.duplicate_of else [])]
    fields = dict.fromkeys(f for code in bundle.items for f in catalog.items[code].fields)
    part = {
        "items": [raw_items[code] for code in bundle.items if code in raw_items],
        "materials": dict(sorted(used.items())),
        "fields": {
            f: {"n": known.name, "t": known.kind, "share": known.share, "from": list(known.derived_from)}
            for f in fields
            if (known := catalog.fields.get(f))
        },
        "bundle": {"id": bundle.id, **bundle.extra},
        "departments": {
            code: catalog.departments[code]
            for code in dict.fromkeys([*(catalog.items[i].dept for i in bundle.items), bundle.lead])
            if code in catalog.departments
        },
        "sources": _sources(catalog, bundle),
        "catalog": {
            "digest": catalog.digest,
            "warnings": list(catalog.warnings),
            "departments": len(catalog.departments),
        },
        "given": {short(name): read_answer(bundle, name, value) for name, value in order.answers.items()},
        "facts": _facts(bundle, situation),
        "answers": dict(situation.answers),
        "calendar": _calendar(axis, order.start, last),
    }
    plain: dict[str, Any] = json.loads(json.dumps(part, ensure_ascii=False, default=_plain))
    return plain


def _sources(catalog: Catalog, bundle: Bundle) -> dict[str, Any]:
    """The texts that the bundle and its items cite, each with the title of what replaced it."""
    cited = [code for item in bundle.items for code in catalog.items[item].sources]
    found = {}
    for code in dict.fromkeys([*cited, *bundle.sources]):
        source = catalog.sources[code]
        successor = catalog.sources.get(source.replaced_by or "")
        found[code] = {
            "title": source.title, "how": source.how, "effective": source.effective, "repealed": source.repealed,
            "by": source.replaced_by, "by_title": successor.title if successor else None,
        }  # fmt: skip
    return found


def _facts(bundle: Bundle, situation: Situation) -> dict[str, Any]:
    """The facts that the questions' rules read, and no others: a guide goes to many hands."""
    read = dict.fromkeys(n for q in bundle.questions for condition, _ in q.rules for n in condition.names)
    return {name: situation.facts[name] for name in read if name in situation.facts}


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal | Fraction) else str(value)


def _calendar(axis: Axis, first: date, last: date) -> dict[str, Any]:
    """Days from the start to well after the finish that differ from Monday-to-Friday."""
    until = min(last + timedelta(days=60), date.fromordinal(axis.last))
    off, on = [], []
    for ordinal in range(first.toordinal(), until.toordinal() + 1):
        day = date.fromordinal(ordinal)
        works = axis.flags[ordinal - axis.first]
        if works and day.weekday() >= 5:
            on.append(day.isoformat())
        elif not works and day.weekday() < 5:
            off.append(day.isoformat())
    return {"from": first.isoformat(), "to": until.isoformat(), "days_off": off, "days_on": on}
