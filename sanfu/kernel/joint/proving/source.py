"""A guide held against the catalogue it says it comes from (与目录核对): nothing is compiled, rows are compared.

A guide proves every word from what it carries; whoever changes both the word and what is carried is found here.
Only the situation itself (answers, facts) has no source in a catalogue.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from sanfu.kernel.joint.proving.bases import CODE
from sanfu.kernel.joint.proving.reread import Row, limit_of, many, name_of, needs_of
from sanfu.kernel.joint.seal import digest_of

Works = Callable[[date], bool]


class Source:
    """`raw`: the catalogue's rows as read, in the usual form. `works`: the published working days, if known."""

    def __init__(self, carried: Row, raw: Row, works: Works | None = None) -> None:
        self.carried, self.raw, self.works = carried, raw, works
        self.items = {str(row.get("id", "")): row for row in many(raw.get("items"))}

    def objections(self) -> Iterator[str]:
        code = str(self.carried["bundle"].get("id", ""))
        bundle = next((row for row in many(self.raw.get("bundles")) if str(row.get("id", "")) == code), None)
        if bundle is None:
            yield f"所给目录中没有“{code}”这件事"
            return
        listed = [str(item) for item in many(bundle.get("items"))]
        yield from self._same("一件事", self.carried["bundle"], {"id": code, **bundle})
        yield from self._same(
            "事项", self.carried["items"], [self.items[c] for c in listed if c in self.items]
        )
        yield from self._same("部门", self.carried["departments"], self._departments(listed, bundle))
        yield from self._same("字段", self.carried["fields"], self._fields(listed))
        yield from self._same("材料", self.carried["materials"], self._materials(listed))
        yield from self._same("依据", self.carried["sources"], self._sources(listed, bundle))
        yield from self._same("目录提示", self.carried["catalog"]["warnings"], self._warnings())
        count = len(self._part("departments"))
        yield from self._same("部门总数", self.carried["catalog"]["departments"], count)
        digest = digest_of(self.raw)
        if self.carried["catalog"]["digest"] != digest:
            yield f"指南写明的目录版本 {self.carried['catalog']['digest']} 不是所给目录的版本 {digest}"
        if self.works is not None:
            yield from self._calendar(self.works)

    def _same(self, label: str, told: Any, wanted: Any) -> Iterator[str]:
        wanted = json.loads(json.dumps(wanted, ensure_ascii=False, default=str))
        if told == wanted and json.dumps(told, sort_keys=True) == json.dumps(wanted, sort_keys=True):
            return
        yield f"指南所带的{label}与目录不同：{_difference(told, wanted)}"

    def _part(self, key: str) -> dict[str, Any]:
        """One dictionary of the catalogue, also where it is written as a list of rows."""
        value = self.raw.get(key) or {}
        pairs = (
            value.items()
            if isinstance(value, Mapping)
            else [(row["id"], row) for row in value if "id" in row]
        )
        return {str(code): row for code, row in pairs}

    def _departments(self, listed: list[str], bundle: Row) -> dict[str, str]:
        known = self._part("departments")
        codes = [*(str(self.items[code].get("dept", "")) for code in listed), str(bundle.get("lead", ""))]
        return {code: _title(code, known[code]) for code in codes if code in known}

    def _fields(self, listed: list[str]) -> dict[str, Any]:
        known = self._part("fields")
        found = {}
        for name in dict.fromkeys(str(f) for code in listed for f in many(self.items[code].get("f"))):
            if name in known:
                row = known[name] if isinstance(known[name], Mapping) else {"n": known[name]}
                found[name] = {
                    "n": _title(name, row), "t": row.get("t", "text"), "share": row.get("share"),
                    "from": [str(base) for base in many(row.get("from"))],
                }  # fmt: skip
        return found

    def _materials(self, listed: list[str]) -> dict[str, Any]:
        """Those that the items ask for, with all that may stand in for them."""
        known = self._part("materials")
        found: dict[str, Any] = {}
        todo = [str(m) for code in listed for m in many(self.items[code].get("m"))]
        while todo:
            code = todo.pop()
            if code in found:
                continue
            row = known[code] if isinstance(known[code], Mapping) else {"n": known[code] or code}
            found[code] = {
                "n": _title(code, row), "get": [str(way) for way in many(row.get("get"))],
                "any_of": [str(m) for m in many(row.get("any_of"))], "dup_of": row.get("dup_of"),
                "note": row.get("note", ""),
            }  # fmt: skip
            todo += found[code]["any_of"] + ([row["dup_of"]] if row.get("dup_of") else [])
        return found

    # ── legal bases ──
    def _cited(self, row: Row) -> list[str]:
        texts = [
            limit_of(row).get("src"),
            *(need.get("src") for need in needs_of(row)),
            *many(row.get("src")),
        ]
        return _codes(texts)

    def _bundle_cited(self, row: Row) -> list[str]:
        return _codes(
            [row.get("src"), *((row.get(key) or {}).get("src") for key in ("milestone", "national"))]
        )

    def _sources(self, listed: list[str], bundle: Row) -> dict[str, Any]:
        known = {
            code: row if isinstance(row, Mapping) else {"title": row}
            for code, row in self._part("sources").items()
        }
        cited = [code for item in listed for code in self._cited(self.items[item])]
        found = {}
        for code in dict.fromkeys([*cited, *self._bundle_cited(bundle)]):
            if code in known:
                row = known[code]
                after = known.get(row.get("by") or "")
                found[code] = {
                    "title": _title(code, row, "title"), "how": row.get("how", "memory"),
                    "effective": _day(row.get("effective")), "repealed": _day(row.get("repealed")),
                    "by": row.get("by"),
                    "by_title": None if after is None else _title(row["by"], after, "title"),
                }  # fmt: skip
        return found

    def _warnings(self) -> list[str]:
        known = self._part("sources")
        rows = [(code, self._cited(row)) for code, row in self.items.items()]
        rows += [(str(row.get("id", "")), self._bundle_cited(row)) for row in many(self.raw.get("bundles"))]
        return [
            f"{code} 引用的依据 {one} 未登记" for code, cited in rows for one in cited if one not in known
        ]

    # ── working days ──
    def _calendar(self, works: Works) -> Iterator[str]:
        """Days of the guide's own calendar against the published ones."""
        told = self.carried["calendar"]
        day, last = date.fromisoformat(told["from"]), date.fromisoformat(told["to"])
        off: list[str] = []
        on: list[str] = []
        while day <= last:
            if works(day) is not (day.weekday() < 5):
                (on if day.weekday() >= 5 else off).append(day.isoformat())
            day += timedelta(days=1)
        for key, wanted in (("days_off", off), ("days_on", on)):
            if told[key] != wanted:
                odd = sorted(set(told[key]) ^ set(wanted)) or told[key]
                yield f"指南自带的日历与公布的放假安排不同：{'、'.join(odd[:5])}"


def _codes(texts: list[Any]) -> list[str]:
    return list(dict.fromkeys(code for text in texts for code in CODE.findall(str(text or ""))))


def _title(code: str, row: Any, key: str = "n") -> str:
    if not isinstance(row, Mapping):
        return str(row if row else code)
    return str(row[key]) if row.get(key) else name_of({**row, "n": None, "id": code})


def _day(value: Any) -> str | None:
    return date.fromisoformat(str(value)).isoformat() if value else None


def _difference(told: Any, wanted: Any, path: str = "") -> str:
    """The first place in which two values differ, and how."""
    if isinstance(told, dict) and isinstance(wanted, dict):
        for key in [*wanted, *told]:
            if key not in told or key not in wanted:
                return f"{path}/{key} {'目录里没有' if key not in wanted else '指南里没有'}"
            if told[key] != wanted[key] or type(told[key]) is not type(wanted[key]):
                return _difference(told[key], wanted[key], f"{path}/{key}")
    if isinstance(told, list) and isinstance(wanted, list) and len(told) == len(wanted):
        for place, (one, other) in enumerate(zip(told, wanted, strict=True)):
            if one != other or type(one) is not type(other):
                return _difference(one, other, f"{path}/{place}")
    return f"{path or '整体'} 应为 {wanted!s:.80}，指南写 {told!s:.80}"
