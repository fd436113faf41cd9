"""The guide under examination: its own input part, read without any of the compiler's code."""

from collections.abc import Mapping
from typing import Any

from sanfu.kernel.joint.proving.reread import Days, Row, Truth, limit_of, many, needs_of

Guide = Mapping[str, Any]
CALENDAR_WORDS = ("day", "cal", "calendar", "natural")


class Subject:
    """A guide with the rows that apply in its situation, and what they say."""

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self.input: Row = guide["input"]
        self.answers: Row = self.input["answers"]
        self.materials: Row = self.input["materials"]
        self.share = guide["share"] == "on"
        rows = {row["id"]: row for row in self.input["items"]}
        listed = [str(i) for i in self.input["bundle"]["items"]]
        self.rows = {code: rows[code] for code in listed if self.holds(rows[code].get("when")) is True}
        self.schedule = {row["id"]: row for row in guide["schedule"]}
        self.kept = {row["id"] for row in guide["materials"]["kept"]}
        self.calendar = Days(self.input["calendar"])
        self._known: dict[frozenset[str], set[str]] = {}
        self.makers: dict[str, list[str]] = {}
        for code, row in self.rows.items():
            for result in many(row.get("out")):
                self.makers.setdefault(str(result), []).append(code)
        self.asked = [(code, m) for code, row in self.rows.items() for m in self.required(row)]
        self.asked_names = {m for _, m in self.asked}

    def holds(self, condition: Any) -> bool | None:
        return True if condition in (None, True, "") else Truth(self.answers).of(str(condition))

    def required(self, row: Row) -> list[str]:
        when = row.get("m_when") or {}
        return [m for m in dict.fromkeys(many(row.get("m"))) if self.holds(when.get(m)) is True]

    def ways(self, code: str, material: str) -> list[str]:
        own = (self.rows[code].get("m_get") or {}).get(material)
        return [str(w) for w in many(own if own else self.materials[material].get("get"))]

    def lifted(self, code: str) -> set[str]:
        """Results that an item may read as a pre-review opinion."""
        row, waived = self.rows[code], code in self.guide["waive"]
        if not (waived or row.get("soft_waived")):
            return set()
        return {
            str(r)
            for need in needs_of(row)
            if need.get("mode") == "soft" and self.holds(need.get("when"))
            for r in many(need.get("any_of") or need.get("r"))
        }

    def in_time(self, makers: list[str], code: str) -> bool:
        """Whether one of the makers is finished before the item begins, in every course of things.

        Finished on an earlier day, or waited for: two items that end and begin at the same moment may come
        in either order, unless one waits for the other.
        """
        others = frozenset(makers) - {code}
        return any(self._earlier(m, code) for m in others) or code in self._behind(others)

    def _earlier(self, maker: str, code: str) -> bool:
        made, begun = self.schedule[maker], self.schedule[code]
        gap = begun["begin_workday"] - made["end_workday"]
        return bool(
            made["finish"] <= begun["start"]
            and gap > -1e-6
            and (gap > 1e-6 or made["finish"] < begun["start"])
        )

    def _behind(self, makers: frozenset[str]) -> set[str]:
        """Items that cannot begin before one of the makers is finished: the least set closed under waiting."""
        if makers not in self._known:
            behind: set[str] = set()
            grown = bool(makers)
            while grown:
                more = {
                    code
                    for code, row in self.schedule.items()
                    if code not in behind
                    and any(all(m in makers or m in behind for m in group) for group in row["waits"])
                }
                behind |= more
                grown = bool(more)
            self._known[makers] = behind
        return self._known[makers]

    def free(self, code: str, material: str, seen: tuple[str, ...] = ()) -> bool:
        """Whether this item can have this material without the applicant bringing anything."""
        if material in seen:
            return False
        entry = self.materials[material]
        ways = self.ways(code, material) if not seen else [str(w) for w in many(entry.get("get"))]
        for way in ways:
            if way in ("form", "promise") or (way == "share" and self.share):
                return True
            if way.startswith("result:"):
                makers = [m for m in self.makers.get(way[7:], []) if m != code]
                if makers and way[7:] in self.lifted(code):
                    return True
                if self.in_time(makers, code):
                    return True
        return any(self.free(code, other, (*seen, material)) for other in self.stand_ins(material))

    def stand_ins(self, material: str) -> list[str]:
        entry = self.materials[material]
        twin = entry.get("dup_of")
        return [str(m) for m in many(entry.get("any_of"))] + (
            [twin] if twin and twin in self.asked_names else []
        )

    def could_bring(self, code: str, material: str, seen: tuple[str, ...] = ()) -> set[str]:
        """Materials of which any one, brought by the applicant, satisfies this item."""
        if material in seen:
            return set()
        entry = self.materials[material]
        ways = self.ways(code, material) if not seen else [str(w) for w in many(entry.get("get"))]
        own = (
            {material}
            if any(w in ("submit", "defer") or (w == "share" and not self.share) for w in ways)
            else set()
        )
        return own.union(
            *(self.could_bring(code, o, (*seen, material)) for o in self.stand_ins(material)), set()
        )

    def length(self, code: str) -> float:
        """Days that the item takes: as promised; a pre-reviewed item keeps the conversion only."""
        value = self.promised(code)
        if code in self.guide["prereview"]:
            return min(value, float(self.input["bundle"].get("prereview_days", 1)))
        return value

    def promised(self, code: str) -> float:
        """Promised days from the raw row, the statutory limit where nothing is promised."""
        row = self.rows[code]
        given, limit = row.get("prom"), limit_of(row)
        if isinstance(given, Mapping):
            return float(given.get("v") or 0) if given.get("u", "wd") in ("wd", "day") else 0.0
        if given is None:
            given = limit.get("v") if limit.get("u", "wd") in ("wd", "day") else 0
        return float(given or 0) if (row.get("prom_u") or "wd") in ("wd", "day") else 0.0

    def runs_on(self, code: str) -> bool:
        """Whether its days run on through holidays."""
        if code in self.guide["prereview"] and self.length(code) < self.promised(code):
            return False
        return self.promised_runs_on(code)

    def promised_runs_on(self, code: str) -> bool:
        row = self.rows[code]
        given, limit = row.get("prom"), limit_of(row)
        if isinstance(given, Mapping):
            return given.get("u") == "day" and given.get("count_as", "wd") in CALENDAR_WORDS
        if row.get("prom_u"):
            return bool(row["prom_u"] == "day")
        return limit.get("u") == "day" and limit.get("count_as", "wd") in CALENDAR_WORDS
