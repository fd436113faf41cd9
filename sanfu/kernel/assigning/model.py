"""Firms, officers and the table of pairs: what each pair costs and which rule forbids it."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from enum import IntFlag
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.uint8]
Truths = npt.NDArray[np.bool_]
RowKind = TypeVar("RowKind", bound=Hashable)
ColumnKind = TypeVar("ColumnKind", bound=Hashable)
KM_A_DEGREE = 111.2


class Bar(IntFlag):
    """Why an officer may not serve a firm; several may hold at once."""

    NONE = 0
    LANGUAGE = 1
    DISTANCE = 2
    CONFLICT = 4


BAR_WORDS = {
    Bar.LANGUAGE: "语言不通",
    Bar.DISTANCE: "路程过远",
    Bar.CONFLICT: "需要回避",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a firm or an officer is: districts by name, and a point (longitude, latitude or km) when known."""

    districts: tuple[str, ...] = ()
    point: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm to be served; `load` is how much of an officer's capacity it takes."""

    code: str
    name: str = ""
    load: float = 1.0
    place: Place = Place()
    languages: frozenset[str] = frozenset()
    trade: str = ""
    avoid: frozenset[str] = frozenset()  # officers (code or name) who must withdraw


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer who serves firms; `only_here` means that the districts listed are all that the officer serves."""

    code: str
    name: str = ""
    capacity: float = 0.0
    place: Place = Place()
    languages: frozenset[str] = frozenset()
    trades: frozenset[str] = frozenset()
    avoid: frozenset[str] = frozenset()  # firms (code or name) that the officer must not serve
    only_here: bool = False


@dataclass(frozen=True, slots=True)
class Prices:
    """What a plan pays for: points, decided by the county (content/enterprise/liaison.yaml)."""

    step: float = 10.0  # each district between firm and officer
    most_steps: float = 2.0  # further is forbidden
    km_a_step: float = 10.0  # with coordinates, this many kilometres count as one step
    trade: float = 4.0  # the officer does not know the firm's trade
    change: float = 25.0  # the firm loses an officer who is still there
    # What it would cost to lift a rule for one firm; used only to name the cheapest rule, never to break one.
    interpreter: float = 60.0
    far: float = 30.0
    overload: float = 40.0  # for each unit of load above capacity


@dataclass(frozen=True)
class Problem:
    """One question: these firms, these officers, who serves whom now, and who is next to whom."""

    firms: tuple[Firm, ...]
    officers: tuple[Officer, ...]
    standing: dict[str, str] = field(default_factory=dict)  # firm → officer of today
    neighbours: frozenset[tuple[str, str]] = frozenset()  # pairs of districts that touch
    prices: Prices = Prices()
    barred: frozenset[tuple[str, str]] = frozenset()  # further pairs that must not be (firm, officer)

    @cached_property
    def firm_at(self) -> dict[str, int]:
        return {firm.code: row for row, firm in enumerate(self.firms)}

    @cached_property
    def officer_at(self) -> dict[str, int]:
        return {officer.code: column for column, officer in enumerate(self.officers)}

    @cached_property
    def loads(self) -> Floats:
        return np.array([firm.load for firm in self.firms], dtype=float)

    @cached_property
    def capacities(self) -> Floats:
        return np.array([officer.capacity for officer in self.officers], dtype=float)

    @cached_property
    def held(self) -> npt.NDArray[np.int64]:
        """Column of each firm's officer of today, -1 for none; shape (firms,)."""
        return np.array(
            [self.officer_at.get(self.standing.get(f.code, ""), -1) for f in self.firms], dtype=int
        )

    @cached_property
    def steps(self) -> Floats:
        """How far apart each pair is, in steps; shape (firms, officers); 0 where a place is unknown."""
        return _steps(self)

    @cached_property
    def costs(self) -> Floats:
        """Points that each pair costs, shape (firms, officers); forbidden pairs have a cost too."""
        table = self.steps * self.prices.step
        strange = _by_kind(
            [firm.trade for firm in self.firms],
            [officer.trades for officer in self.officers],
            lambda trade, known: bool(trade) and bool(known) and trade not in known,
        )
        table += self.prices.trade * strange
        known = self.held >= 0
        table[known] += self.prices.change
        table[known, self.held[known]] -= self.prices.change
        return table

    @cached_property
    def bars(self) -> Flags:
        """Rules that forbid each pair as bits of `Bar`; shape (firms, officers)."""
        table = np.zeros((len(self.firms), len(self.officers)), dtype=np.uint8)
        table[self.steps > self.prices.most_steps + 1e-9] |= np.uint8(Bar.DISTANCE)
        needed = [firm.languages for firm in self.firms]
        spoken = [officer.languages for officer in self.officers]
        table[_by_kind(needed, spoken, lambda need, have: bool(need - have))] |= np.uint8(Bar.LANGUAGE)
        for row, column in self._conflicts():
            table[row, column] |= np.uint8(Bar.CONFLICT)
        return table

    @cached_property
    def possible(self) -> Truths:
        """Whether any officer may serve each firm; shape (firms,)."""
        return np.asarray((self.bars == 0).any(axis=1))

    @cached_property
    def payable(self) -> Floats:
        """Costs with infinity for forbidden pairs; shape (firms, officers)."""
        return np.where(self.bars == 0, self.costs, np.inf)

    def _conflicts(self) -> set[tuple[int, int]]:
        by_firm = _found(self.firms)
        by_officer = _found(self.officers)
        pairs = {
            (self.firm_at[f], self.officer_at[o])
            for f, o in self.barred
            if f in self.firm_at and o in self.officer_at
        }
        pairs |= {
            (row, o)
            for row, firm in enumerate(self.firms)
            for word in firm.avoid
            for o in by_officer.get(word, ())
        }
        pairs |= {
            (f, col)
            for col, one in enumerate(self.officers)
            for word in one.avoid
            for f in by_firm.get(word, ())
        }
        return pairs


def _by_kind(
    rows: list[RowKind], columns: list[ColumnKind], holds: Callable[[RowKind, ColumnKind], bool]
) -> Truths:
    """Whether `holds` for each row and column, asked once for each two kinds; shape (rows, columns)."""
    row_kinds, column_kinds = list(dict.fromkeys(rows)), list(dict.fromkeys(columns))
    small = np.array([[holds(row, column) for column in column_kinds] for row in row_kinds], dtype=bool)
    row_at = {kind: place for place, kind in enumerate(row_kinds)}
    column_at = {kind: place for place, kind in enumerate(column_kinds)}
    picked = np.ix_([row_at[row] for row in rows], [column_at[column] for column in columns])
    return np.asarray(small.reshape(len(row_kinds), len(column_kinds))[picked])


def _found(rows: "tuple[Firm, ...] | tuple[Officer, ...]") -> dict[str, list[int]]:
    """Places in `rows` by code and by name."""
    found: dict[str, list[int]] = {}
    for place, (code, name) in enumerate((row.code, row.name) for row in rows):
        for word in {code, name} - {""}:
            found.setdefault(word, []).append(place)
    return found


def _steps(problem: Problem) -> Floats:
    places = [firm.place for firm in problem.firms] + [officer.place for officer in problem.officers]
    names = sorted({district for place in places for district in place.districts})
    at = {name: place for place, name in enumerate(names)}
    hops = _hops(names, problem.neighbours)
    table = np.zeros((len(problem.firms), len(problem.officers)))
    points = np.array([firm.place.point or (np.nan, np.nan) for firm in problem.firms]).reshape(-1, 2)
    most = max((len(firm.place.districts) for firm in problem.firms), default=0) or 1
    homes = np.full((len(problem.firms), most), len(names))  # the last column below: place unknown
    for row, firm in enumerate(problem.firms):
        homes[row, : len(firm.place.districts)] = [at[d] for d in firm.place.districts]
    nowhere = homes[:, 0] == len(names)
    for column, officer in enumerate(problem.officers):
        near = np.zeros(len(problem.firms))
        mine = [at[d] for d in officer.place.districts]
        if mine:
            reach = hops[mine].min(axis=0)
            if officer.only_here:
                reach = np.where(reach > 0, np.inf, 0.0)
            near = np.where(nowhere, 0.0, np.append(reach, np.inf)[homes].min(axis=1))
        if officer.place.point is not None:
            km = _km(points, officer.place.point)
            known = ~np.isnan(km)
            near[known] = np.where(np.isinf(near[known]), np.inf, km[known] / problem.prices.km_a_step)
        table[:, column] = near
    table[np.isinf(table)] = problem.prices.most_steps + 1
    return table


def _hops(names: list[str], neighbours: frozenset[tuple[str, str]]) -> Floats:
    """Steps between districts: along neighbours when they are known, else 1 between any two."""
    size = len(names)
    if not neighbours:
        return np.asarray(1.0 - np.eye(size))
    at = {name: place for place, name in enumerate(names)}
    table = np.full((size, size), np.inf)
    np.fill_diagonal(table, 0.0)
    extra: dict[str, set[str]] = {}
    for one, other in neighbours:
        extra.setdefault(one, set()).add(other)
        extra.setdefault(other, set()).add(one)
    for start in names:
        seen, ring, far = {start}, {start}, 0
        while ring:
            for name in ring & at.keys():
                table[at[start], at[name]] = far
            ring = {n for name in ring for n in extra.get(name, ())} - seen
            seen |= ring
            far += 1
    return table


def _km(points: Floats, home: tuple[float, float]) -> Floats:
    """Kilometres as the crow flies; points that look like degrees (lon 70–140, lat 15–55) are read as degrees."""
    across, up = points[:, 0] - home[0], points[:, 1] - home[1]
    if 70 <= home[0] <= 140 and 15 <= home[1] <= 55:
        across = across * np.cos(np.radians(home[1])) * KM_A_DEGREE
        up = up * KM_A_DEGREE
    return np.asarray(np.hypot(across, up))
