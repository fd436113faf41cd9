"""What differs between two versions of a list, item by item and field by field. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sanfu.lists.rules import LABELS

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one item: its name, and its value before and after as shown."""

    column: str
    before: str
    after: str

    @property
    def label(self) -> str:
        return LABELS.get(self.column, self.column)


@dataclass(frozen=True, slots=True)
class ItemChange:
    """An item that is in both versions and not the same."""

    code: str
    name: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Items only in the new version, only in the old one, and changed; `same` counts the rest."""

    added: tuple[Payload, ...]
    removed: tuple[Payload, ...]
    changed: tuple[ItemChange, ...]
    same: int

    @property
    def empty(self) -> bool:
        return not (self.added or self.removed or self.changed)

    def as_json(self) -> dict[str, Any]:
        return {
            "added": [{"code": one["code"], "name": one["name"]} for one in self.added],
            "removed": [{"code": one["code"], "name": one["name"]} for one in self.removed],
            "changed": [
                {
                    "code": change.code,
                    "name": change.name,
                    "fields": {
                        one.column: {"before": one.before, "after": one.after} for one in change.fields
                    },
                }
                for change in self.changed
            ],
            "same": self.same,
        }


def compare(old: Iterable[Payload], new: Iterable[Payload]) -> Difference:
    """Compare two versions by item code; order within a version does not matter."""
    before = {str(one["code"]): one for one in old}
    after = {str(one["code"]): one for one in new}
    both = [code for code in after if code in before]
    changed = [
        ItemChange(code, str(after[code]["name"]), fields)
        for code in both
        if (fields := _fields(before[code], after[code]))
    ]
    return Difference(
        added=tuple(after[code] for code in after if code not in before),
        removed=tuple(before[code] for code in before if code not in after),
        changed=tuple(changed),
        same=len(both) - len(changed),
    )


def _fields(before: Payload, after: Payload) -> tuple[FieldChange, ...]:
    columns = dict.fromkeys([*LABELS, *before, *after])
    return tuple(
        FieldChange(column, as_text(before.get(column)), as_text(after.get(column)))
        for column in columns
        if before.get(column) != after.get(column)
    )


def as_text(value: Any) -> str:
    """A field's value as people read it."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        assist = value.get("assist") or ()
        tail = f"（配合：{'、'.join(assist)}）" if assist else ""
        return f"{value.get('when', '')} → {value.get('lead', '')}{tail}"
    if isinstance(value, list | tuple):
        return "；".join(as_text(one) for one in value)
    return str(value)
