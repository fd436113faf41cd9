"""The independent checker: proves a guide from its own input part, with none of the compiler's code.

It reads the raw catalogue rows, walks the calendar day by day, tries every way of bringing less, and adds the
sums up again. Every objection is a sentence; no objection means that the guide is proved.
"""

import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Any

from sanfu.kernel.joint.reread import Days, Row, Truth, limit_of, many, needs_of

Guide = Mapping[str, Any]
CALENDAR_WORDS = ("day", "cal", "calendar", "natural")
SUBSET_LIMIT = 60_000  # smaller sets tried one by one; above it the disjoint sets must prove the bound


def verify(guide: Guide) -> list[str]:
    """Objections to the guide; empty when it holds. Never raises on a damaged guide: that is an objection."""
    try:
        return list(_Checker(guide).objections())
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, SyntaxError) as error:
        return [f"指南内容残缺,无法核验:{type(error).__name__} {error}"]


class _Checker:
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
        self.makers: dict[str, list[str]] = {}
        for code, row in self.rows.items():
            for result in many(row.get("out")):
                self.makers.setdefault(str(result), []).append(code)
        self.asked = [(code, m) for code, row in self.rows.items() for m in self.required(row)]
        self.asked_names = {m for _, m in self.asked}

    def objections(self) -> Iterator[str]:
        yield from self._items()
        yield from self._form()
        yield from self._dropped()
        yield from self._sufficient()
        yield from self._minimal()
        yield from self._order()
        yield from self._dates()
        yield from self._critical()
        yield from self._reductions()

    # ── reading the rows ──
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

    def finished_before(self, maker: str, code: str) -> bool:
        made, begun = self.schedule[maker], self.schedule[code]
        in_time = made["end_workday"] <= begun["begin_workday"] + 1e-6 and made["finish"] <= begun["start"]
        return maker != code and bool(in_time) and not self._depends(maker, code, ())

    def _depends(self, later: str, earlier: str, seen: tuple[str, ...]) -> bool:
        """Whether `later` cannot be finished without `earlier`: two items that take no time may tie."""
        return later not in seen and any(
            all(m == earlier or self._depends(m, earlier, (*seen, later)) for m in group)
            for group in self.schedule[later]["waits"]
        )

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
                if any(self.finished_before(m, code) for m in makers):
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

    # ── the proofs ──
    def _items(self) -> Iterator[str]:
        shown = [row["id"] for row in self.guide["items"]]
        if sorted(shown) != sorted(self.rows):
            yield f"事项与情形不符:应为 {sorted(self.rows)},指南写 {sorted(shown)}"
        if set(self.schedule) != set(self.rows):
            yield "排期没有恰好覆盖全部事项"

    def _form(self) -> Iterator[str]:
        asked: dict[str, list[str]] = {}
        for code, row in self.rows.items():
            for name in dict.fromkeys(many(row.get("f"))):
                asked.setdefault(str(name), []).append(code)
        fields = self.guide["form"]["fields"]
        names = [f["id"] for f in fields]
        if len(names) != len(set(names)):
            yield "表单中有字段出现两次"
        if set(names) != set(asked):
            yield f"表单字段与事项不符:{sorted(set(names) ^ set(asked))}"
        for field in fields:
            entry = self.input["fields"].get(field["id"], {})
            bases = many(entry.get("from"))
            if field["origin"] == "shared" and not (self.share and entry.get("share")):
                yield f"字段 {field['id']} 写作自动带入,但没有来源"
            if field["origin"] == "derived" and not (bases and all(b in asked for b in bases)):
                yield f"字段 {field['id']} 写作推导得出,但推导所需字段不在表单中"

    def _dropped(self) -> Iterator[str]:
        """Every reason for dropping is true of every item it is given for."""
        for row in self.guide["materials"]["dropped"]:
            for code in row["items"]:
                if (code, row["id"]) not in self.asked:
                    yield f"{code} 并不需要材料 {row['id']}"
                elif not self._reason_holds(code, row):
                    yield f"材料 {row['id']} 在 {code} 的免交理由“{row['reason']}”不成立"

    def _reason_holds(self, code: str, row: Row) -> bool:
        via, reason = row["via"] or row["id"], row["reason"]
        reachable = {row["id"]}
        todo = [row["id"]]
        while todo:
            for other in self.stand_ins(todo.pop()):
                if other not in reachable:
                    reachable.add(other)
                    todo.append(other)
        if via not in reachable:
            return False
        ways = (
            self.ways(code, via)
            if via == row["id"]
            else [str(w) for w in many(self.materials[via].get("get"))]
        )
        match reason:
            case "form":
                return "form" in ways
            case "shared":
                return self.share and "share" in ways
            case "promised":
                return "promise" in ways
            case "produced":
                in_time = any(self.finished_before(m, code) for m in row["producers"])
                made = all(row["result"] in many(self.rows[m].get("out")) for m in row["producers"])
                opinion = row["opinion"] and row["result"] in self.lifted(code)
                return f"result:{row['result']}" in ways and made and bool(in_time or opinion)
            case "duplicate":
                return via in self.kept or self.free(code, via, (row["id"],))
        return False

    def _sufficient(self) -> Iterator[str]:
        """With what is kept every item has every material; without any one of them some item has not."""
        for code, material in self._unmet(self.kept):
            yield f"事项 {code} 缺材料 {material}"
        for name in sorted(self.kept):
            if not self._unmet(self.kept - {name}):
                yield f"材料 {name} 不交也能办成,不应保留"

    def _unmet(self, brought: set[str]) -> list[tuple[str, str]]:
        return [
            (code, material)
            for code, material in self.asked
            if not self.free(code, material) and not (self.could_bring(code, material) & brought)
        ]

    def _minimal(self) -> Iterator[str]:
        """Nothing smaller works on this schedule: by disjoint sets, or by trying all smaller ones."""
        sets = [frozenset(self.could_bring(c, m)) for c, m in self.asked if not self.free(c, m)]
        bound = self.guide["materials"]["certificate"]["disjoint"]
        proven = [frozenset(group) for group in bound]
        apart = all(not (a & b) for a, b in itertools.combinations(proven, 2))
        if apart and all(any(s <= p for s in sets) for p in proven) and len(proven) == len(self.kept):
            return
        names = sorted(frozenset().union(*sets)) if sets else []
        size = len(self.kept) - 1
        if size >= 0 and math.comb(len(names), min(size, len(names))) <= SUBSET_LIMIT:
            for chosen in itertools.combinations(names, size):
                if all(s & set(chosen) for s in sets):
                    yield f"有更少的材料即可:{list(chosen)}"
                    return
        elif self.guide["materials"]["certificate"]["exact"]:
            yield "最少性无法核验:组合太多且下界不足"

    def _order(self) -> Iterator[str]:
        """No item starts before its prerequisites are there."""
        for code, row in self.rows.items():
            for need in needs_of(row):
                mode = need.get("mode", "hard")
                results = [str(r) for r in many(need.get("any_of") or need.get("r"))]
                if mode == "gate" or self.holds(need.get("when")) is not True:
                    continue
                if mode == "soft" and set(results) <= self.lifted(code):
                    continue
                makers = [m for r in results for m in self.makers.get(r, [])]
                if makers and not any(self.finished_before(m, code) for m in makers):
                    yield f"{code} 早于其前置 {'/'.join(results)} 开始"

    def _dates(self) -> Iterator[str]:
        """Every finish follows from its start by counting days, every start from what is waited for."""
        begin = self.guide["start"]
        for code, row in self.schedule.items():
            expected = self.calendar.after(
                row["begin_workday"], row["start"], self.length(code), self.runs_on(code)
            )
            if expected is not None and expected != row["finish"]:
                length = self.length(code)
                yield f"{code} 自 {row['start']} 起 {length} 日应为 {expected},指南写 {row['finish']}"
            waits = [min(self.schedule[m]["finish"] for m in group) for group in row["waits"]]
            if max([begin, *waits]) != row["start"]:
                yield f"{code} 的开始日 {row['start']} 与所等待的事项不符"
        last = max((row["finish"] for row in self.schedule.values()), default=begin)
        if last != self.guide["finish"]:
            yield f"总完成日应为 {last},指南写 {self.guide['finish']}"

    def length(self, code: str) -> float:
        """Promised days from the raw row; a pre-reviewed item keeps the conversion only."""
        row = self.rows[code]
        given, limit = row.get("prom"), limit_of(row)
        given = given.get("v", 0) if isinstance(given, Mapping) else given
        value = float(
            given if given is not None else (limit.get("v", 0) if limit.get("u") in ("wd", "day") else 0)
        )
        if code in self.guide["prereview"]:
            return min(value, float(self.input["bundle"].get("prereview_days", 1)))
        return value

    def runs_on(self, code: str) -> bool:
        row = self.rows[code]
        given, limit = row.get("prom"), limit_of(row)
        if code in self.guide["prereview"] and self.length(code) < self._unreviewed(code):
            return False
        if isinstance(given, Mapping):
            return given.get("u") == "day" and given.get("count_as", "wd") in CALENDAR_WORDS
        if row.get("prom_u"):
            return bool(row["prom_u"] == "day")
        return limit.get("u") == "day" and limit.get("count_as", "wd") in CALENDAR_WORDS

    def _unreviewed(self, code: str) -> float:
        given = self.rows[code].get("prom")
        return float((given.get("v", 0) if isinstance(given, Mapping) else given) or 0)

    def _critical(self) -> Iterator[str]:
        """The chain has no gap and ends at the finish."""
        path = self.guide["critical_path"]
        lasting = [c for c in self.rows if self.length(c) > 0]
        if not path:
            if self.rows:
                yield "没有关键路径"
            return
        if lasting and self.schedule[path[-1]]["finish"] != self.guide["finish"]:
            yield f"关键路径末项 {path[-1]} 不在总完成日结束"
        for before, after in itertools.pairwise(path):
            if self.schedule[before]["end_workday"] != self.schedule[after]["begin_workday"]:
                yield f"关键路径在 {before} 与 {after} 之间断开"
        if self.schedule[path[0]]["start"] != self.guide["start"] and not self.schedule[path[0]]["waits"]:
            yield f"关键路径首项 {path[0]} 不从起点开始"

    def _reductions(self) -> Iterator[str]:
        sums = self.guide["reductions"]
        expected = {
            "materials": (len(self.asked), len(self.kept)),
            "fields": (
                sum(len(dict.fromkeys(many(r.get("f")))) for r in self.rows.values()),
                sum(f["origin"] == "typed" for f in self.guide["form"]["fields"]),
            ),
        }
        for name, (before, after) in expected.items():
            if (sums[name]["before"], sums[name]["after"]) != (before, after):
                yield f"{name} 应为 {before} → {after},指南写 {sums[name]['before']} → {sums[name]['after']}"
            down = round((before - after) / before * 100, 1) if before else None
            if sums[name]["reduced_percent"] != down:
                yield f"{name} 的压减率应为 {down}"
        deferred = sum(bool(row["deferred"]) for row in self.guide["materials"]["kept"])
        if sums["materials"]["deferred"] != deferred:
            yield "容缺份数与材料清单不符"
        visits = sum(int(r.get("visits") or 0) for r in self.rows.values())
        if sums["visits"]["before"] != visits:
            yield f"跑动次数基数应为 {visits}"
        for row in sums["days"]["baselines"]:
            down = (
                round((row["workdays"] - sums["days"]["after"]) / row["workdays"] * 100, 1)
                if row["workdays"]
                else None
            )
            if row["reduced_percent"] != down:
                yield f"{row['name']} 的压减率应为 {down}"
