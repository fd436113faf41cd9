"""Days proved again: what each item waits for, working days, slack, due days, baselines, the milestone.

A plan is simulated once more by walking the calendar one day at a time; an instant is the end of a day, or a
part of the day after it, as in the guide.
"""

import math
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sanfu.kernel.joint.proving.reread import Row, limit_of, many, needs_of
from sanfu.kernel.joint.proving.subject import CALENDAR_WORDS, Subject

TINY = 1e-6
HALF = 0.5
Length = tuple[float, bool]  # days, and whether they run on through holidays


class Beyond(Exception):
    """The calendar in the guide does not reach that far."""


class Times:
    def __init__(self, subject: Subject) -> None:
        self.of = subject
        self.guide = subject.guide
        self.start = float(date.fromisoformat(self.guide["start"]).toordinal())
        self.last = date.fromisoformat(subject.calendar.until).toordinal()
        self.works: dict[int, bool] = {}
        self.known: dict[tuple[float, Length], float] = {}

    def objections(self) -> Iterator[str]:
        yield from self._reach()
        yield from self._waits()
        yield from self._positions()
        yield from self._slack()
        yield from self._dues()
        yield from self._baselines()
        yield from self._milestone()

    # ── a calendar of one's own ──
    def working(self, day: int) -> bool:
        if day > self.last:
            raise Beyond
        if day not in self.works:
            self.works[day] = self.of.calendar.works(date.fromordinal(day))
        return self.works[day]

    def after(self, instant: float, length: Length) -> float:
        """The instant when a stretch that begins at `instant` ends."""
        key = (instant, length)
        if key not in self.known:
            self.known[key] = self._walk(instant, *length)
        return self.known[key]

    def _walk(self, instant: float, amount: float, calendar: bool) -> float:
        if amount <= TINY:
            return instant
        if calendar:
            return instant + amount
        day, part = math.floor(instant + TINY), instant % 1 if instant % 1 > TINY else 0.0
        if part and self.working(day + 1):
            if amount <= 1 - part + TINY:
                return instant + amount
            amount, day = amount - (1 - part), day + 1
        while True:
            day += 1
            if self.working(day):
                if amount <= 1 + TINY:
                    return day - 1 + amount if amount < 1 - TINY else float(day)
                amount -= 1

    def workdays(self, since: float, until: float) -> float:
        """Working time between two instants."""
        first, last = math.floor(since + TINY), math.floor(until + TINY)
        whole = sum(self.working(day) for day in range(first + 1, last + 1))
        return whole + self._part(until) - self._part(since)

    def _part(self, instant: float) -> float:
        part = instant % 1
        return part if part > TINY and self.working(math.floor(instant) + 1) else 0.0

    def plan(
        self,
        lengths: Mapping[str, Length],
        waits: Mapping[str, list[list[str]]],
        late: tuple[str, float] | None = None,
    ) -> dict[str, float]:
        """Finish of every item; `late` ends one of them later by so many working days."""
        ends = dict.fromkeys(lengths, math.inf)
        for _ in range(len(lengths) + 1):
            moved = False
            for code, length in lengths.items():
                begin = max((min(ends[m] for m in group) for group in waits[code]), default=self.start)
                end = self.after(begin, length) if begin < math.inf else math.inf
                if late and late[0] == code and end < math.inf:
                    end = self.after(end, (late[1], False))
                if end != ends[code]:
                    ends[code], moved = end, True
            if not moved:
                break
        return ends

    def needed(
        self, code: str, soft: bool = True, modes: tuple[str, ...] = ("hard", "soft")
    ) -> list[list[str]]:
        """Groups of producers that the item's own prerequisites make it wait for."""
        groups = []
        for need in needs_of(self.of.rows[code]):
            mode = need.get("mode", "hard")
            results = [str(r) for r in many(need.get("any_of") or need.get("r"))]
            if mode not in modes or self.of.holds(need.get("when")) is not True:
                continue
            if mode == "soft" and (
                set(results) <= self.of.lifted(code) if soft else self.of.rows[code].get("soft_waived")
            ):
                continue
            group = list(dict.fromkeys(m for r in results for m in self.of.makers.get(r, []) if m != code))
            if group and group not in groups:
                groups.append(group)
        return groups

    # ── the proofs ──
    def _reach(self) -> Iterator[str]:
        """The calendar carried begins with the guide and holds every day that it counts."""
        days = self.guide["input"]["calendar"]
        ends = [
            self.guide["finish"],
            *(row["finish"] for row in self.guide["reductions"]["days"]["baselines"]),
        ]
        if days["from"] != self.guide["start"] or days["to"] < max(ends):
            yield f"指南自带的日历应自 {self.guide['start']} 起，至 {max(ends)} 以后"

    def _waits(self) -> Iterator[str]:
        """Waits are those of the prerequisites, and those for a result that spares a material."""
        materials = self.guide["materials"]
        spared = {
            (c, row["id"])
            for row in materials["dropped"]
            if row["reason"] in ("produced", "duplicate")
            for c in row["items"]
        }
        spared |= {(c, row["id"]) for row in materials["kept"] for c in row["also_satisfied"]}
        for code, row in self.of.schedule.items():
            needed = self.needed(code)
            if any(row["waits"].count(group) > 1 for group in row["waits"]):
                yield f"{code} 的等待列了两次"
            for group in needed:
                if group not in row["waits"]:
                    yield f"{code} 没有等待其前置事项 {'/'.join(group)}"
            for group in row["waits"]:
                makers = [self._makers(code, material) for c, material in spared if c == code]
                if group not in needed and not any(set(group) <= made for made in makers):
                    yield f"{code} 等待 {'/'.join(group)} 没有理由"
            soft = [
                g
                for g in needed
                if g in self.needed(code, modes=("soft",)) and g not in self.needed(code, modes=("hard",))
            ]
            if sorted(row["soft_waits"]) != sorted(soft):
                yield f"{code} 的工作前置应为 {soft}，指南写 {row['soft_waits']}"

    def _makers(self, code: str, material: str) -> set[str]:
        """Items whose results can stand for a material, at once or through what may replace it."""
        found, todo, seen = set(), [material], {material}
        while todo:
            name = todo.pop()
            own = (
                self.of.ways(code, name)
                if name == material
                else [str(w) for w in many(self.of.materials[name].get("get"))]
            )
            found |= {m for way in own if way.startswith("result:") for m in self.of.makers.get(way[7:], [])}
            todo += [other for other in self.of.stand_ins(name) if other not in seen]
            seen.update(todo)
        return found - {code}

    def _positions(self) -> Iterator[str]:
        for code, row in self.of.schedule.items():
            begins = [min(self.of.schedule[m]["end_workday"] for m in group) for group in row["waits"]]
            if abs(row["begin_workday"] - max(begins, default=0)) > TINY:
                yield f"{code} 的开始工作日序 {row['begin_workday']} 与所等待的事项不符"
            if row["days"] != self.of.length(code) or row["unit"] != (
                "day" if self.of.runs_on(code) else "wd"
            ):
                yield f"{code} 的时限应为 {self.of.length(code)}，指南写 {row['days']}{row['unit']}"
            if row["unit"] == "wd" and abs(row["end_workday"] - row["begin_workday"] - row["days"]) > TINY:
                yield f"{code} 的完成工作日序 {row['end_workday']} 与时限不符"
            if row["unit"] == "day" and not self._ends(row):
                yield f"{code} 的完成工作日序 {row['end_workday']} 与完成日 {row['finish']} 不符"
        last = max((row["end_workday"] for row in self.of.schedule.values()), default=0)
        if abs(self.guide["workdays"] - last) > TINY:
            yield f"总工作日应为 {last}，指南写 {self.guide['workdays']}"

    def _ends(self, row: Row) -> bool:
        """Working days up to the finish of a stretch in calendar days that begins at the end of a day."""
        begin = self._begin(row)
        if begin is None or row["days"] % 1:
            return True
        since = float(date.fromisoformat(self.guide["start"]).toordinal())
        return bool(abs(self.workdays(since, begin + row["days"]) - row["end_workday"]) <= TINY)

    def lengths(self) -> dict[str, Length]:
        return {code: (self.of.length(code), self.of.runs_on(code)) for code in self.of.rows}

    def _slack(self) -> Iterator[str]:
        """A delay by the slack moves nothing; half a day more moves the finish."""
        lengths = self.lengths()
        waits = {code: self.of.schedule[code]["waits"] for code in lengths}
        try:
            finish = max(self.plan(lengths, waits).values(), default=self.start)
            for code in lengths:
                yield from self._slack_of(code, lengths, waits, finish)
        except Beyond:
            yield "指南自带的日历不够长，余量无法核验"

    def _slack_of(
        self, code: str, lengths: dict[str, Length], waits: dict[str, list[list[str]]], finish: float
    ) -> Iterator[str]:
        row = self.of.schedule[code]
        harmless = max(self.plan(lengths, waits, (code, row["slack"])).values())
        harmful = max(self.plan(lengths, waits, (code, row["slack"] + HALF)).values())
        if row["slack"] < 0 or harmless > finish + TINY or harmful <= finish + TINY:
            yield f"{code} 的余量 {row['slack']} 不成立"
        if row["critical"] != (row["slack"] == 0 and lengths[code][0] > 0):
            yield f"{code} 的关键标记与余量不符"

    def _dues(self) -> Iterator[str]:
        cap = self.guide["input"]["bundle"].get("cap")
        for code, row in self.of.schedule.items():
            if row["promised_due"] != row["finish"]:
                yield f"{code} 的承诺到期日应为 {row['finish']}"
            begin = self._begin(row)
            if begin is not None and row["statutory_due"] != self._due(
                begin, _limit(limit_of(self.of.rows[code]))
            ):
                yield f"{code} 的法定到期日 {row['statutory_due']} 不成立"
            if row["cap_due"] != (self._due(self.start, _limit(cap)) if cap else None):
                yield f"{code} 的联办时限到期日 {row['cap_due']} 不成立"

    def _begin(self, row: Row) -> float | None:
        """The instant of a start day; unknown where only a part of the day is used."""
        if row["begin_workday"] % 1 > TINY:
            return None
        return float(date.fromisoformat(row["start"]).toordinal())

    def _due(self, begin: float, length: Length) -> str | None:
        if not length[0]:
            return None
        try:
            return day_of(self.after(begin, length))
        except Beyond:
            return None

    def _baselines(self) -> Iterator[str]:
        days = self.guide["reductions"]["days"]
        if days["after"] != self.guide["workdays"]:
            yield f"压减后的工作日应为 {self.guide['workdays']}"
        running = [
            (code, round(self.of.promised(code), 2))
            for code in self.of.rows
            if self._plain(code)[1] and self._plain(code)[0]
        ]
        if [(row["item"], row["days"]) for row in days["calendar_days"]] != running:
            yield "按自然日计的事项与时限不符"
        found = {row["id"]: row for row in days["baselines"]}
        wanted = self._kinds()
        if [row["id"] for row in days["baselines"]] != list(wanted):
            yield f"时限基线应为 {list(wanted)}"
        for name, lengths in wanted.items():
            yield from self._baseline(found[name], lengths, "parallel" in name)

    def _plain(self, code: str) -> Length:
        """The promised length before any pre-review."""
        return self.of.promised(code), self.of.promised_runs_on(code)

    def _kinds(self) -> dict[str, dict[str, Length]]:
        limits = {code: _limit(limit_of(row)) for code, row in self.of.rows.items()}
        merged = {
            code: (0.0, False) if limit_of(row).get("inside") in self.of.rows else limits[code]
            for code, row in self.of.rows.items()
        }
        kinds = {"statutory_serial": limits, "statutory_serial_merged": merged, "statutory_parallel": limits,
                 "statutory_parallel_merged": merged,
                 "promised_serial": {code: self._plain(code) for code in self.of.rows}}  # fmt: skip
        if merged == limits and not any(
            limit_of(r).get("inside") in self.of.rows for r in self.of.rows.values()
        ):
            kinds = {name: kind for name, kind in kinds.items() if not name.endswith("merged")}
        return kinds

    def _baseline(self, row: Row, lengths: dict[str, Length], parallel: bool) -> Iterator[str]:
        try:
            if parallel:
                waits = {code: self.needed(code, soft=False) for code in lengths}
                end = max(self.plan(lengths, waits).values(), default=self.start)
            else:
                end = self.start
                for length in lengths.values():
                    end = self.after(end, length)
            total = self.workdays(self.start, end)
        except Beyond:
            yield f"指南自带的日历不够长，{row['name']}无法核验"
            return
        if abs(total - row["workdays"]) > TINY * 10 or row["finish"] != day_of(end):
            yield f"{row['name']}应为 {total:g} 个工作日({day_of(end)}),指南写 {row['workdays']}({row['finish']})"

    def _milestone(self) -> Iterator[str]:
        told, rule = self.guide["milestone"], self.guide["input"]["bundle"].get("milestone")
        if not rule:
            if told:
                yield "指南写了目录里没有的里程碑"
            return
        gates = []
        for result in many(rule.get("gates")):
            makers = self.of.makers.get(str(result), [])
            if makers:
                day = min(self.of.schedule[m]["finish"] for m in makers)
                gates.append({"result": result, "item": makers[0], "day": day})
        last = max((gate["day"] for gate in gates), default=None)
        names = (rule.get("id"), rule.get("n", ""), rule.get("src", ""))
        if (
            told["gates"] != gates
            or told["day"] != last
            or (told["id"], told["name"], told["basis"]) != names
        ):
            yield f"里程碑“{rule.get('n', '')}”应为 {last}，与卡口事项的完成日不符"


def _limit(limit: Any) -> Length:
    """A limit's length for schedules: nothing for what is instant or unlimited."""
    row = limit if isinstance(limit, Mapping) else {"v": limit, "u": "wd"}
    unit = row.get("u", "wd")
    value = float(row.get("v") or 0) if unit in ("wd", "day") else 0.0
    return value, unit == "day" and row.get("count_as", "wd") in CALENDAR_WORDS


def day_of(instant: float) -> str:
    return date.fromordinal(math.ceil(instant - TINY)).isoformat()
