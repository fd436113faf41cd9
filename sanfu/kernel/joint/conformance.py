"""Designed against actual (设计与实际): every way in which a real log leaves the compiled guide.

Rules: nothing is decided before its prerequisites or while it is paused or before it was accepted; a pause
needs a lawful reason and a written notice; a decision after its due day is late, where pauses with notice move
the due day; planned work that never happened, and unplanned work that did, are named too.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sanfu.kernel.schedule import Axis

KINDS = {
    "before_prerequisite": "前置未办结先作决定",
    "pause_without_notice": "暂停未书面告知",
    "pause_without_reason": "暂停没有法定事由",
    "decided_while_paused": "暂停期间作出决定",
    "decided_before_accepted": "未受理先作决定",
    "late": "超过承诺期限",
    "late_statutory": "超过法定期限",
    "not_in_guide": "指南外事项",
    "missing": "应办未办",
    "decided_twice": "重复办结",
}
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Deviation:
    """One deviation: which item, which event, what was expected."""

    kind: str
    item: str
    event: str
    at: str
    message: str

    def as_row(self) -> dict[str, str]:
        return {"kind": self.kind, "label": KINDS[self.kind], "item": self.item, "event": self.event, "at": self.at,
                "message": self.message}  # fmt: skip


@dataclass(slots=True)
class _Branch:
    accepted: date | None = None
    decided: date | None = None
    paused: Row | None = None
    pauses: list[tuple[date, date]] = field(default_factory=list)
    closed: bool = False


def deviations(guide: Row, log: Row, axis: Axis, finished: bool = True) -> list[Deviation]:
    """All deviations in the order of the log; `finished` also names what should have been done and was not."""
    return list(_Reading(guide, axis).read(log, finished))


class _Reading:
    def __init__(self, guide: Row, axis: Axis) -> None:
        self.rows = {row["id"]: row for row in guide["schedule"]}
        self.items = {item["id"]: item for item in guide["items"]}
        self.axis = axis
        self.branches = {code: _Branch() for code in self.rows}

    def read(self, log: Row, finished: bool) -> Iterator[Deviation]:
        moves: dict[str, Callable[[Row, _Branch], Iterator[Deviation]]] = {
            "decide": self._decide,
            "pause": self._pause,
            "correct": self._pause,
            "resume": self._resume,
            "supplied": self._resume,
        }
        for event in sorted(log["events"], key=lambda e: str(e["at"])):
            code = str(event.get("item") or "")
            if not code:
                continue
            branch = self.branches.get(code)
            if branch is None:
                yield self._say("not_in_guide", event, f"{code} 不在编译的指南中")
                continue
            if event["activity"] in ("accept", "accept_lacking"):
                branch.accepted = branch.accepted or _day(event)
            elif event["activity"] in ("withdraw", "return", "refuse"):
                branch.closed = True
            elif event["activity"] in moves:
                yield from moves[event["activity"]](event, branch)
        if finished:
            for code, branch in self.branches.items():
                if not branch.decided and not branch.closed:
                    yield Deviation("missing", code, "", "", f"{self.items[code]['name']} 没有办结记录")

    def _decide(self, event: Row, branch: _Branch) -> Iterator[Deviation]:
        code, day = str(event["item"]), _day(event)
        if branch.decided:
            yield self._say("decided_twice", event, f"{branch.decided} 已办结")
            return
        if branch.accepted is None:
            yield self._say("decided_before_accepted", event, "没有受理记录")
        if branch.paused is not None:
            yield self._say("decided_while_paused", event, f"自 {branch.paused['at']} 起处于暂停")
        for group in self.rows[code]["waits"]:
            if not any(self.branches[m].decided for m in group):
                names = "、".join(self.items[m]["name"] for m in group)
                yield self._say("before_prerequisite", event, f"此前“{names}”尚未办结")
        yield from self._late(event, branch, day)
        branch.decided = day

    def _late(self, event: Row, branch: _Branch, day: date) -> Iterator[Deviation]:
        """Due days are counted from the actual acceptance; pauses with notice do not count."""
        code = str(event["item"])
        begin = branch.accepted or date.fromisoformat(self.rows[code]["start"])
        row, limit = self.rows[code], self.items[code]["statutory"]
        promised = self._due(begin, row["days"], row["unit"] == "day", branch)
        statutory = None
        if limit["unit"] in ("wd", "day") and limit["value"]:
            statutory = self._due(begin, limit["value"], limit["count_as"] == "day", branch)
        if statutory and day > statutory:
            yield self._say("late_statutory", event, f"法定应于 {statutory} 前办结")
        elif day > promised:
            yield self._say("late", event, f"承诺应于 {promised} 前办结")

    def _due(self, begin: date, days: float, calendar: bool, branch: _Branch) -> date:
        """Fold the pauses into the running due day: the notice day counts, the day of the answer does not.

        A pause begun on the due day or later changes nothing; overlapping pauses count once.
        """
        due = self.axis.plus(float(begin.toordinal()), days, calendar)
        until = begin
        for paused, resumed in sorted(branch.pauses):
            since = max(paused, until)
            if since < resumed and paused < self.axis.day(due):
                first, last = float(since.toordinal()), float(resumed.toordinal())
                due = self.axis.plus(
                    due, last - first if calendar else self.axis.working_days(first, last), calendar
                )
                until = resumed
        return self.axis.day(due)

    def _pause(self, event: Row, branch: _Branch) -> Iterator[Deviation]:
        if event["activity"] == "correct" and branch.accepted is None:
            return  # before acceptance no clock runs
        branch.paused = event
        if not event.get("notice"):
            yield self._say("pause_without_notice", event, "没有书面告知文号，期限不停")
        if not event.get("reason"):
            yield self._say("pause_without_reason", event, "没有写明法定事由，期限不停")

    def _resume(self, event: Row, branch: _Branch) -> Iterator[Deviation]:
        if branch.paused is not None and branch.paused.get("notice") and branch.paused.get("reason"):
            branch.pauses.append((_day(branch.paused), _day(event)))
        branch.paused = None
        return iter(())

    def _say(self, kind: str, event: Row, message: str) -> Deviation:
        return Deviation(
            kind, str(event.get("item", "")), str(event.get("id", "")), str(event["at"]), message
        )


def _day(event: Row) -> date:
    return date.fromisoformat(str(event["at"])[:10])


def achieved(guide: Row, log: Row, axis: Axis) -> dict[str, Any]:
    """Promised figures beside those of the log: working days, corrections, materials asked for afterwards."""
    events = sorted(log["events"], key=lambda e: str(e["at"]))
    decided = [e for e in events if e["activity"] == "decide"]
    begun = next((e for e in events if e["activity"] == "submit"), events[0] if events else None)
    used = None
    if begun and decided:
        first, last = _day(begun).toordinal(), _day(decided[-1]).toordinal()
        used = axis.working_days(float(first), float(last))
    extra = sum(len(e.get("materials") or ()) for e in events if e["activity"] == "correct")
    kept = len(guide["materials"]["kept"])
    before = guide["reductions"]["materials"]["before"]
    return {
        "workdays": {"promised": guide["workdays"], "actual": used},
        "materials": {
            "promised": kept,
            "actual": kept + extra,
            "reduced_percent": round((before - kept - extra) / before * 100, 1) if before else None,
        },
        "corrections": sum(e["activity"] == "correct" for e in events),
        "decided": len(decided),
    }
