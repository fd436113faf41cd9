"""One form for the whole bundle (一张表单): each field once, and typed only where nothing knows it."""

from typing import Any

from sanfu.kernel.joint.catalogue.catalog import Catalog, Field, Item


def one_form(catalog: Catalog, items: list[Item], share: bool) -> list[dict[str, Any]]:
    """Fields in the order in which the items first ask for them; `origin` is shared, derived or typed."""
    asked: dict[str, list[str]] = {}
    for item in items:
        for name in item.fields:
            asked.setdefault(name, []).append(item.id)
    return [_row(_field(catalog, name), users, asked, share) for name, users in asked.items()]


def _field(catalog: Catalog, name: str) -> Field:
    return catalog.fields.get(name) or Field(name, name, "text")


def _row(field: Field, users: list[str], asked: dict[str, list[str]], share: bool) -> dict[str, Any]:
    origin, source = "typed", ""
    if share and field.share:
        origin, source = "shared", field.share
    elif field.derived_from and all(name in asked for name in field.derived_from):
        origin, source = "derived", "、".join(field.derived_from)
    return {
        "id": field.id,
        "name": field.name,
        "kind": field.kind,
        "origin": origin,
        "source": source,
        "items": users,
    }
