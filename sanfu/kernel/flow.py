"""State machines as data (流程): one table of moves that runs, is checked and is drawn.

A `Flow` is a table of `Move` rows over an enum of states and an enum of events, both with Chinese labels.
It refuses to exist when the table is unsound, so an import of a broken table fails in the first test and
not on the desk of an officer. Nothing here keeps a current state: the caller has it in a row and asks.

    flow.moves(state)                 what may happen now, for menus
    flow.move(state, event)           the row that applies, or IllegalMove with what is possible instead
    flow.decide(state, event, ...)    the same, with the role and the guard asked as well
    flow.mermaid(), flow.drawing()    the picture, from the same rows
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Generic, Self, TypeVar

ALL_CLOCKS = "*"


# What a status asks of its reader: act soon, nothing yet, all well, something failed, or simply past.
TONES = frozenset({"warn", "info", "ok", "danger", "muted"})


class Labelled(StrEnum):
    """An enum whose members are written `NAME = "value", "中文"[, "tone"]`; the database keeps the value.

    tone: one of TONES; a member without one is muted. ValueError for any other word.
    """

    label: str
    tone: str

    def __new__(cls, value: str, label: str = "", tone: str = "muted") -> Self:
        if tone not in TONES:
            raise ValueError(f"状态“{label or value}”的色调“{tone}”不在 {sorted(TONES)} 中")
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.tone = tone
        return member

    @property
    def tag(self) -> tuple[str, str]:
        """Label and tone, as a page's tag takes them."""
        return self.label, self.tone

    @classmethod
    def of(cls, value: object) -> Self | None:
        """The member with this value, or None."""
        found = cls._value2member_map_.get(value)
        return found if isinstance(found, cls) else None

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Pairs (value, Chinese label), the form that form fields and model fields take."""
        return [(member.value, member.label) for member in cls]


class ClockAct(Labelled):
    """What a move does to a clock."""

    START = "start", "起算"
    PAUSE = "pause", "暂停"
    RESUME = "resume", "恢复"
    STOP = "stop", "停止"


@dataclass(frozen=True, slots=True)
class Effect:
    """One act on one named clock; the name `*` means every clock that is running."""

    act: ClockAct
    clock: str = ALL_CLOCKS


def start(clock: str = ALL_CLOCKS) -> Effect:
    return Effect(ClockAct.START, clock)


def pause(clock: str = ALL_CLOCKS) -> Effect:
    return Effect(ClockAct.PAUSE, clock)


def resume(clock: str = ALL_CLOCKS) -> Effect:
    return Effect(ClockAct.RESUME, clock)


def stop(clock: str = ALL_CLOCKS) -> Effect:
    return Effect(ClockAct.STOP, clock)


S = TypeVar("S", bound=Labelled)
E = TypeVar("E", bound=Labelled)

# A guard looks at the facts of the case and answers None (go) or the reason, in Chinese, why not.
Guard = Callable[[Any], str | None]


@dataclass(frozen=True, slots=True)
class Move(Generic[S, E]):
    """One row of the table. `target=None` means that the state stays (督办, 催办, 协办 …)."""

    event: E
    sources: tuple[S, ...]
    target: S | None = None
    guard: str | None = None
    who: tuple[str, ...] = ()
    clocks: tuple[Effect, ...] = ()
    note: str = ""

    def lands(self, state: S) -> S:
        """The state after this move from `state`."""
        return state if self.target is None else self.target


class UnsoundFlow(Exception):
    """The table has defects; `.defects` lists each one in Chinese."""

    def __init__(self, name: str, defects: Collection[str]) -> None:
        self.defects = tuple(defects)
        super().__init__(f"流程“{name}”不成立：" + "；".join(self.defects))


class IllegalMove(Exception):
    """The event is not possible in this state; `.possible` holds the events that are."""

    def __init__(self, message: str, possible: Collection[Labelled] = ()) -> None:
        self.possible = tuple(possible)
        super().__init__(message)


@dataclass(frozen=True)
class Flow(Generic[S, E]):
    """A state machine as data, checked total and closed when it is built.

    states, events: the enums. initial: where a new row begins. final: where nothing more can change the
    state. retired: states no longer entered, kept so that history can still be read. guards, roles and
    clocks: the names that rows may use; leave one None to skip the check of its names.
    """

    name: str
    states: type[S]
    events: type[E]
    initial: S
    final: frozenset[S]
    table: tuple[Move[S, E], ...]
    retired: frozenset[S] = frozenset()
    groups: Mapping[str, frozenset[S]] = field(default_factory=dict)
    guards: frozenset[str] | None = None
    roles: frozenset[str] | None = None
    clocks: frozenset[str] | None = None

    def __post_init__(self) -> None:
        found = defects(self)
        if found:
            raise UnsoundFlow(self.name, found)

    @cached_property
    def _index(self) -> dict[tuple[S, E], Move[S, E]]:
        return {(source, row.event): row for row in self.table for source in row.sources}

    def moves(self, state: S) -> tuple[Move[S, E], ...]:
        """Rows that may be taken from `state`, in table order."""
        return tuple(row for row in self.table if state in row.sources)

    def legal(self, state: S) -> tuple[E, ...]:
        """Events that may happen in `state`."""
        return tuple(row.event for row in self.moves(state))

    def move(self, state: S, event: E) -> Move[S, E]:
        """The row for (state, event); IllegalMove names what is possible instead."""
        row = self._index.get((state, event))
        if row is None:
            possible = self.legal(state)
            now = "、".join(one.label for one in possible) or "没有可办的动作"
            raise IllegalMove(f"当前状态“{state.label}”不能“{event.label}”，此时可以：{now}。", possible)
        return row

    def is_final(self, state: S) -> bool:
        return state in self.final

    def reachable(self, state: S) -> frozenset[S]:
        """States that can follow from `state`, itself included."""
        return _closure({state}, _arrows(self.table))

    def drawing(self) -> "Drawing":
        """Nodes with rank (steps from the start) and order in the rank, and arrows: enough to draw an SVG."""
        ranks = _ranks(self.initial, _arrows(self.table))
        seen: dict[int, int] = {}
        nodes = []
        for state in sorted((s for s in self.states if s in ranks), key=lambda s: ranks[s]):
            order = seen.get(ranks[state], 0)
            seen[ranks[state]] = order + 1
            nodes.append(Node(state.value, state.label, ranks[state], order, state in self.final))
        arrows = tuple(
            Arrow(s.value, row.lands(s).value, row.event.label, row.who, row.clocks)
            for row in self.table
            for s in row.sources
        )
        return Drawing(tuple(nodes), arrows)


@dataclass(frozen=True, slots=True)
class Node:
    """A state in a drawing."""

    state: str
    label: str
    rank: int
    order: int
    final: bool


@dataclass(frozen=True, slots=True)
class Arrow:
    """A move in a drawing."""

    source: str
    target: str
    label: str
    who: tuple[str, ...]
    clocks: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]


# --- soundness: each check returns the defects that it finds, as Chinese sentences ---


def defects(flow: Flow[Any, Any]) -> list[str]:
    """Everything that is wrong with a table; empty when it is total and closed."""
    unknown = _unknown_names(flow)
    if unknown:  # the other checks follow arrows and would stumble over names that do not exist
        return unknown
    return [*_double_targets(flow), *_dead_ends(flow), *_unused(flow), *_endless_pauses(flow)]


def _unknown_names(flow: Flow[Any, Any]) -> list[str]:
    named = [flow.initial, *flow.final, *flow.retired, *(s for group in flow.groups.values() for s in group)]
    named += [s for row in flow.table for s in row.sources]
    named += [row.target for row in flow.table if row.target is not None]
    # Equality is by text, so a member of another enum could pass unseen: the class is what counts.
    found = [f"状态“{one}”不在状态表中" for one in named if not isinstance(one, flow.states)]
    found += [f"动作“{r.event}”不在动作表中" for r in flow.table if not isinstance(r.event, flow.events)]
    found += [f"动作“{row.event.label}”没有起始状态" for row in flow.table if not row.sources]
    for row in flow.table:
        clocks = [effect.clock for effect in row.clocks if effect.clock != ALL_CLOCKS]
        found += _unknown(row.event.label, "条件", [row.guard] if row.guard else [], flow.guards)
        found += _unknown(row.event.label, "角色", row.who, flow.roles)
        found += _unknown(row.event.label, "时钟", clocks, flow.clocks)
    return found


def _unknown(event: str, kind: str, names: Iterable[str], known: frozenset[str] | None) -> list[str]:
    return [
        f"动作“{event}”用了未登记的{kind}“{one}”" for one in names if known is not None and one not in known
    ]


def _double_targets(flow: Flow[Any, Any]) -> list[str]:
    seen: set[tuple[Any, Any]] = set()
    found = []
    for row in flow.table:
        for source in row.sources:
            if (source, row.event) in seen:
                found.append(f"“{source.label}”上的动作“{row.event.label}”出现两次")
            seen.add((source, row.event))
    return found


def _dead_ends(flow: Flow[Any, Any]) -> list[str]:
    arrows = _arrows(flow.table)
    live = [one for one in flow.states if one not in flow.retired]
    found = [f"停用状态“{b.label}”仍可从“{a.label}”进入" for a, b in arrows if b in flow.retired and a != b]
    found += [f"终态“{a.label}”还能变为“{b.label}”" for a, b in arrows if a in flow.final and a != b]
    reached = _closure({flow.initial}, arrows)
    found += [f"状态“{one.label}”到不了" for one in live if one not in reached]
    finishing = _closure(set(flow.final), [(b, a) for a, b in arrows])
    found += [f"状态“{one.label}”没有通向终态的路" for one in live if one not in finishing]
    return found


def _unused(flow: Flow[Any, Any]) -> list[str]:
    used = {row.event for row in flow.table}
    return [f"动作“{one.label}”没有用到" for one in flow.events if one not in used]


def _endless_pauses(flow: Flow[Any, Any]) -> list[str]:
    """A clock that was paused must have a way to run again or to stop."""
    arrows = _arrows(flow.table)
    found = []
    for row in flow.table:
        for effect in row.clocks:
            if effect.act is not ClockAct.PAUSE:
                continue
            after = _closure({row.lands(s) for s in row.sources}, arrows)
            if not any(
                _ends_pause(other, effect.clock) and after & set(other.sources) for other in flow.table
            ):
                found.append(f"动作“{row.event.label}”暂停时钟后没有恢复或停止的路")
    return found


def _ends_pause(row: Move[Any, Any], clock: str) -> bool:
    return any(e.act is not ClockAct.PAUSE and e.clock in (clock, ALL_CLOCKS) for e in row.clocks)


def _arrows(table: Iterable[Move[S, E]]) -> list[tuple[S, S]]:
    return [(source, row.lands(source)) for row in table for source in row.sources]


def _closure(begin: Collection[S], arrows: Collection[tuple[S, S]]) -> frozenset[S]:
    reached, work = set(begin), list(begin)
    while work:
        state = work.pop()
        fresh = {b for a, b in arrows if a == state} - reached
        reached |= fresh
        work += fresh
    return frozenset(reached)


def _ranks(initial: S, arrows: Collection[tuple[S, S]]) -> dict[S, int]:
    ranks, work = {initial: 0}, deque([initial])
    while work:
        state = work.popleft()
        for a, b in arrows:
            if a == state and b not in ranks:
                ranks[b] = ranks[state] + 1
                work.append(b)
    return ranks
