"""Clocks of a case between the database and the kernel: rules in, rows out, lights and the next check.

The kernel (`sanfu.kernel.clocks`) does the arithmetic; this module turns a row into a kernel clock and back,
and finds the next moment at which a light can change, which is the one column that the sweep reads.
"""

import math
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from sanfu.kernel.clocks import (
    CHINA,
    ClockRule,
    Light,
    Pause,
    Reading,
    Timekeeper,
    plain,
    rule_of,
)
from sanfu.kernel.clocks import Clock as KernelClock
from sanfu.kernel.flow import ClockAct, Effect
from sanfu.records.actor import Refused
from sanfu.records.content import timekeeper
from sanfu.records.ids import new_id
from sanfu.records.moments import day_of

# How bad a light is; a paused clock worries nobody.
ORDER = {Light.PAUSED: 0, Light.GREEN: 1, Light.YELLOW: 2, Light.ORANGE: 3, Light.RED: 4}


NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # before every case: no clock is green until then


@dataclass(frozen=True, slots=True)
class Rule:
    """A clock rule with where it comes from, as it is pinned in the case.

    source names the row of content/clocks, basis the document; both are shown beside the due date.
    """

    clock: ClockRule
    source: str = ""
    basis: str = ""

    def json(self) -> dict[str, Any]:
        return {**plain(self.clock), "source": self.source, "basis": self.basis}

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> "Rule":
        return cls(rule_of(raw), raw.get("source", ""), raw.get("basis", ""))


@dataclass(frozen=True, slots=True)
class FoldedClock:
    """One clock of a case with what the kernel computed for it: the row of `cases_clock_row`; `changed` when it must be written."""

    id: uuid.UUID
    name: str
    rule: Rule
    started_at: datetime
    pauses: tuple[Pause, ...] = ()
    stopped_at: datetime | None = None
    due_at: datetime = field(default=datetime.max)
    provisional: bool = False
    light: Light = Light.GREEN
    rung: str = ""
    next_check_at: datetime | None = None
    changed: bool = False

    def columns(self) -> dict[str, Any]:
        """Columns of the row except region and case."""
        return {
            "id": self.id,
            "name": self.name,
            "rule": self.rule.json(),
            "started_at": self.started_at,
            "pauses": [[_iso(p.begin), _iso(p.end), p.reason] for p in self.pauses],
            "stopped_at": self.stopped_at,
            "due_at": self.due_at,
            "provisional": self.provisional,
            "light": str(self.light),
            "rung": self.rung,
            "next_check_at": self.next_check_at,
        }

    def kernel(self) -> KernelClock:
        """The same clock for the kernel, for example to explain its days."""
        return KernelClock(self.rule.clock, self.started_at, self.pauses, self.stopped_at, self.name)


def keeper() -> Timekeeper:
    """Calendar and office hours of the county."""
    return _keeper_of(settings.CONTENT)


@cache  # a path is put together once, not at every reading of a clock
def _keeper_of(content: Path) -> Timekeeper:
    return timekeeper(content / "calendar")


def start(name: str, rule: Rule, at: datetime) -> FoldedClock:
    """A clock that begins at `at`."""
    if not rule.clock.unit.by_day:
        return relight(FoldedClock(new_id(), name, rule, at, changed=True), at)
    first = _first_day(settings.CONTENT, rule.clock, day_of(at))
    return FoldedClock(
        new_id(), name, rule, at, due_at=first.due_at, provisional=first.provisional, light=first.light,
        rung=first.rung, next_check_at=first.next_check_at, changed=True,
    )  # fmt: skip


@lru_cache(maxsize=4096)  # a county starts thousands of clocks a day by a few dozen rules
def _first_day(content: Path, rule: ClockRule, day: date) -> FoldedClock:
    """How a clock that counts in days stands when it begins, whatever the hour of that day."""
    at = begin_of(day)
    return relight(FoldedClock(uuid.UUID(int=0), "", Rule(rule), at), at)


def relight(clock: FoldedClock, at: datetime) -> FoldedClock:
    """The clock as it stands at `at`: due date, light, step of the ladder, and when to look again."""
    reading = keeper().read(clock.kernel(), at)
    return replace(
        clock,
        due_at=end_of(reading.due),
        provisional=reading.provisional,
        light=reading.light,
        rung=reading.rung.to if reading.rung else "",
        next_check_at=None if clock.stopped_at or reading.paused else _next_check(clock, reading, at),
    )


def _next_check(clock: FoldedClock, reading: Reading, at: datetime) -> datetime | None:
    """The first moment after `at` at which the light or the ladder can change."""
    rule, keep = clock.rule.clock, keeper()
    due = reading.due
    parts = [replace(rule, n=_part(rule, share), roll=False) for share in (rule.yellow, rule.orange)]
    moments = [begin_of(keep.due(part, clock.started_at, clock.pauses, at)) for part in parts]
    moments.append(begin_of(due))
    moments.append(end_of(due) + timedelta(seconds=1))
    moments += [begin_of(keep.calendar.add(day_of(due), rung.after)) for rung in rule.ladder]
    return min((moment for moment in moments if moment > at), default=None)


def _part(rule: ClockRule, share: Fraction) -> Fraction:
    part = rule.n * share
    return Fraction(math.ceil(part)) if rule.unit.by_day else part


def apply(
    clocks: Sequence[FoldedClock],
    effects: Iterable[Effect],
    rules: Mapping[str, Rule],
    extend: Mapping[str, int],
    at: datetime,
) -> list[FoldedClock]:
    """What a move does to the clocks: stop, pause, resume, extend those running and start new ones.

    A named clock is started when `rules` has its rule; a move that starts it without a rule starts nothing,
    because a place may not count it. Clocks started by `rules` alone (not by the move) start as well.
    """
    result = list(clocks)
    started: set[str] = set()
    for effect in effects:
        if effect.act is ClockAct.START:
            started.add(effect.clock)
            continue
        result = [_act(c, effect, at) if effect.clock in ("*", c.name) else c for c in result]
    for name, n in extend.items():
        result = [_extended(c, n, at) if c.name == name else c for c in result]
    for name, rule in rules.items():
        result = [_act(c, Effect(ClockAct.STOP, name), at) if c.name == name else c for c in result]
        result.append(start(name, rule, at))
    return result


def _act(clock: FoldedClock, effect: Effect, at: datetime) -> FoldedClock:
    if clock.stopped_at is not None:
        return clock
    if effect.act is ClockAct.STOP:
        closed = tuple(replace(p, end=at) if p.end is None else p for p in clock.pauses)
        stopped = relight(replace(clock, pauses=closed), at)
        return replace(stopped, stopped_at=at, next_check_at=None, changed=True)
    paused = any(p.end is None for p in clock.pauses)
    if effect.act is ClockAct.PAUSE and not paused:
        fresh = replace(clock, pauses=(*clock.pauses, Pause(at, None)), changed=True)
        return relight(fresh, at)
    if effect.act is ClockAct.RESUME and paused:
        closed = tuple(replace(p, end=at) if p.end is None else p for p in clock.pauses)
        return relight(replace(clock, pauses=closed, changed=True), at)
    return clock


def _extended(clock: FoldedClock, n: int, at: datetime) -> FoldedClock:
    if clock.stopped_at is not None:
        raise Refused(f"“{clock.name}”时钟已停，不能延期")
    longer = replace(clock.rule.clock, n=clock.rule.clock.n + n)
    return relight(replace(clock, rule=replace(clock.rule, clock=longer), changed=True), at)


# --- rows ---


def read(row: Mapping[str, Any]) -> FoldedClock:
    """A clock from a row as JSON (times are ISO text) or as `.values()`."""
    return FoldedClock(
        id=uuid.UUID(str(row["id"])),
        name=row["name"],
        rule=Rule.of(row["rule"]),
        started_at=_time(row["started_at"]),
        pauses=tuple(
            Pause(_time(begin), _time(end) if end else None, reason) for begin, end, reason in row["pauses"]
        ),
        stopped_at=_time(row["stopped_at"]) if row["stopped_at"] else None,
        due_at=_time(row["due_at"]),
        provisional=row["provisional"],
        light=Light(row["light"]),
        rung=row["rung"],
        next_check_at=_time(row["next_check_at"]) if row["next_check_at"] else None,
    )


def earliest_due(clocks: Iterable[FoldedClock]) -> datetime | None:
    """The due date that presses most among running clocks."""
    return min((c.due_at for c in clocks if c.stopped_at is None), default=None)


def green_until(clocks: Iterable[FoldedClock]) -> datetime | None:
    """Until when every running clock is green, unpaused and due as its row says; None for good.

    If any running clock is paused or no longer green, NEVER: even a backdated move must then compute it anew.
    """
    running = [c for c in clocks if c.stopped_at is None]
    if any(c.light != Light.GREEN or c.pauses for c in running):
        return NEVER
    return min((c.next_check_at for c in running if c.next_check_at), default=None)


def summary_of(clocks: Iterable[FoldedClock]) -> dict[str, Any]:
    """Columns of a case that follow from its running clocks: due_at, light, green_until."""
    running = [c for c in clocks if c.stopped_at is None]
    return {
        "due_at": earliest_due(running),
        "light": worst(c.light for c in running),
        "green_until": green_until(running),
    }


def worst(lights: Iterable[Light]) -> Light:
    """The light to show for several clocks; green when none runs."""
    return max(lights, key=lambda one: ORDER[one], default=Light.GREEN)


def end_of(moment: date) -> datetime:
    """The last second at which something due then is still in time."""
    if isinstance(moment, datetime):
        return moment
    return datetime.combine(moment, time(23, 59, 59), CHINA)


def begin_of(moment: date) -> datetime:
    """The first moment of a due date."""
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time(0), CHINA)


def _time(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def _iso(moment: date | None) -> str | None:
    return moment.isoformat() if moment is not None else None
