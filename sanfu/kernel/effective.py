"""Which text was in force on a day (时效): versions with two times, valid time and recorded time.

Valid time says when a version holds: [begin, end), half-open, `end` None for "until further notice".
Recorded time says since when we know it. Asking "what held on 1 March, as we knew it on 1 February" is one
call; a correction adds a version with a later recorded time and the earlier one stays readable.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Version(Generic[K, V]):
    """One version of a matter: it holds on days begin <= day < end and is known since `recorded`.

    `withdrawn`: from this recorded day on the version no longer counts (replaced by a correction).
    """

    matter: K
    begin: date
    end: date | None
    value: V
    recorded: date = date.min
    withdrawn: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.begin:
            raise ValueError(f"{self.matter}：失效日{self.end}不晚于生效日{self.begin}。")

    def holds(self, day: date) -> bool:
        return self.begin <= day and (self.end is None or day < self.end)

    def known(self, as_of: date) -> bool:
        return self.recorded <= as_of and (self.withdrawn is None or as_of < self.withdrawn)


class FlawKind(StrEnum):
    OVERLAP = "overlap"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Flaw(Generic[K]):
    """Days [begin, end) on which a matter has two versions (overlap) or none (gap)."""

    kind: FlawKind
    matter: K
    begin: date
    end: date | None

    def __str__(self) -> str:
        last = "长期" if self.end is None else f"{self.end - timedelta(days=1)}"
        return f"{self.matter}在{self.begin}至{last}{'有两个版本' if self.kind is FlawKind.OVERLAP else '没有版本'}"


class Timeline(Generic[K, V]):
    """Versions of many matters, asked by (matter, day) and by the day of knowledge."""

    def __init__(self, versions: Iterable[Version[K, V]]) -> None:
        matters: dict[K, list[Version[K, V]]] = defaultdict(list)
        for version in versions:
            matters[version.matter].append(version)
        self._matters = {
            matter: tuple(sorted(found, key=lambda one: (one.begin, one.recorded)))
            for matter, found in matters.items()
        }

    def matters(self) -> tuple[K, ...]:
        return tuple(self._matters)

    def history(self, matter: K) -> tuple[Version[K, V], ...]:
        """All versions of a matter in order of their begin, withdrawn ones included."""
        return self._matters.get(matter, ())

    def on(self, matter: K, day: date, as_of: date = date.max) -> Version[K, V] | None:
        """The version in force on `day` as known on `as_of`; None when there is none.

        Of two that overlap the one recorded later wins, then the one that began later: a published
        list has no overlaps (`flaws`), a history of corrections may.
        """
        found = [v for v in self.history(matter) if v.holds(day) and v.known(as_of)]
        return max(found, key=lambda v: (v.recorded, v.begin), default=None)

    def all_on(self, day: date, as_of: date = date.max) -> Mapping[K, Version[K, V]]:
        """Every matter in force on `day`."""
        found = ((matter, self.on(matter, day, as_of)) for matter in self._matters)
        return {matter: version for matter, version in found if version is not None}

    def next_change(self, matter: K, day: date) -> date | None:
        """The first day after `day` on which another answer may hold."""
        edges = {edge for v in self.history(matter) for edge in (v.begin, v.end) if edge and edge > day}
        return min(edges, default=None)

    def flaws(self, as_of: date = date.max) -> list[Flaw[K]]:
        """Overlaps and gaps between the first and the last day of each matter, as known on `as_of`."""
        found: list[Flaw[K]] = []
        for matter in self._matters:
            known = [version for version in self.history(matter) if version.known(as_of)]
            found += _flaws(matter, known)
        return found


def close(version: Version[K, V], end: date) -> Version[K, V]:
    """The same version ending on `end`: what publishing a successor does to its predecessor."""
    return Version(version.matter, version.begin, end, version.value, version.recorded, version.withdrawn)


def _flaws(matter: K, versions: list[Version[K, V]]) -> list[Flaw[K]]:
    found: list[Flaw[K]] = []
    reach: date | None = versions[0].begin if versions else None  # all days before `reach` are covered
    for version in versions:
        if reach is None or version.begin < reach:
            found.append(Flaw(FlawKind.OVERLAP, matter, version.begin, _earlier(reach, version.end)))
        elif version.begin > reach:
            found.append(Flaw(FlawKind.GAP, matter, reach, version.begin))
        reach = None if reach is None or version.end is None else max(reach, version.end)
    return [flaw for flaw in found if flaw.begin != flaw.end]


def _earlier(a: date | None, b: date | None) -> date | None:
    return b if a is None else a if b is None else min(a, b)
