"""Conditions laid out over every case that their attributes allow.

A grid has one axis per attribute in use. A date axis is cut where some range begins or ends, so that inside
one segment no condition can change: a finite grid speaks for all days. A condition becomes an array of bool
over the grid; and, or, not, "always", "never" and "depends" are array operations.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sanfu.kernel.conditions.language import (
    All,
    Among,
    Condition,
    DateAttribute,
    During,
    Not,
    Vocabulary,
    attributes_of,
)

Facts = Mapping[str, str | date]
Cells = NDArray[np.bool_]

MAX_CELLS = 1_000_000  # memory guard: beyond it a topic is too wide for a person to read anyway


@dataclass(frozen=True, slots=True)
class Segment:
    """Days between two cuts, both ends included; an open end is None."""

    start: date | None
    end: date | None

    def __str__(self) -> str:
        if self.start is None:
            return f"{self.end} 及以前" if self.end else "任何一天"
        if self.end is None:
            return f"{self.start} 起"
        return str(self.start) if self.start == self.end else f"{self.start} 至 {self.end}"

    def holds(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Axis:
    """One attribute of the grid and its values (texts) or segments (days)."""

    name: str
    values: tuple[str | Segment, ...]

    def index(self, fact: str | date) -> int:
        """Where a fact lies on the axis; ValueError when the attribute cannot have that value."""
        for place, value in enumerate(self.values):
            if value.holds(fact) if isinstance(value, Segment) and isinstance(fact, date) else value == fact:
                return place
        allowed = "、".join(str(value) for value in self.values)
        raise ValueError(f"“{self.name}”没有取值“{fact}”，可用：{allowed}")


class Grid:
    """All cases over the attributes that the given conditions test."""

    def __init__(self, vocabulary: Vocabulary, conditions: Iterable[Condition]) -> None:
        held = list(conditions)
        used = set().union(*(attributes_of(condition) for condition in held))
        self.axes = tuple(_axis(name, vocabulary, held) for name in vocabulary if name in used)
        self.place = {axis.name: number for number, axis in enumerate(self.axes)}
        self.shape = tuple(len(axis.values) for axis in self.axes)
        size = int(np.prod(self.shape, dtype=np.int64)) if self.shape else 1
        if size > MAX_CELLS:
            raise ValueError(f"条件涉及的情形有 {size} 种，超过 {MAX_CELLS}，请拆成几个事项或减少属性")

    def cells(self, condition: Condition) -> Cells:
        """The cases in which the condition holds: bool array of the grid's shape."""
        return np.broadcast_to(self._narrow(condition), self.shape)

    def _narrow(self, condition: Condition) -> Cells:
        """Like `cells`, but with length-1 axes where the condition does not care."""
        if isinstance(condition, Among | During):
            return self._test(condition)
        if isinstance(condition, Not):
            return ~self._narrow(condition.part)
        every = isinstance(condition, All)
        result = np.full((1,) * len(self.shape), every)
        for part in condition.parts:
            cells = self._narrow(part)
            result = result & cells if every else result | cells
        return result

    def _test(self, test: Among | During) -> Cells:
        number = self.place[test.name]
        line = np.array([_fits(value, test) for value in self.axes[number].values])
        shape = [1] * len(self.shape)
        shape[number] = len(line)
        return line.reshape(shape)

    def at(self, facts: Facts) -> tuple[int | slice, ...]:
        """Index of the part of the grid that the known facts leave; facts off the grid do not matter."""
        return tuple(
            axis.index(facts[axis.name]) if axis.name in facts else slice(None) for axis in self.axes
        )

    def open_axes(self, facts: Facts) -> tuple[Axis, ...]:
        """The axes that the facts leave unknown."""
        return tuple(axis for axis in self.axes if axis.name not in facts)


def _axis(name: str, vocabulary: Vocabulary, conditions: Iterable[Condition]) -> Axis:
    attribute = vocabulary[name]
    if not isinstance(attribute, DateAttribute):
        return Axis(name, attribute.values)
    cuts: set[date] = set()
    for condition in conditions:
        cuts |= _cuts(condition, name)
    begins: list[date | None] = [None, *sorted(cuts)]
    pairs = pairwise([*begins, None])
    return Axis(name, tuple(Segment(a, b - timedelta(days=1) if b else None) for a, b in pairs))


def _cuts(condition: Condition, name: str) -> set[date]:
    """First days of the segments that the ranges over this attribute make."""
    if isinstance(condition, During):
        if condition.name != name:
            return set()
        ends = condition.end + timedelta(days=1) if condition.end and condition.end < date.max else None
        return {day for day in (condition.start, ends) if day is not None}
    if isinstance(condition, Among):
        return set()
    parts = (condition.part,) if isinstance(condition, Not) else condition.parts
    return set().union(*(_cuts(part, name) for part in parts))


def _fits(value: str | Segment, test: Among | During) -> bool:
    if isinstance(test, Among):
        return value in test.values
    if not isinstance(value, Segment):
        raise ValueError(f"“{test.name}”不是日期")
    after = test.start is None or (value.start is not None and value.start >= test.start)
    before = test.end is None or (value.end is not None and value.end <= test.end)
    return after and before


def holds(condition: Condition, facts: Facts, vocabulary: Vocabulary) -> bool | None:
    """Whether the condition holds: True, False, or None when the known facts do not settle it.

    Exact, not Kleene: `产权 = 甲 或 产权 ≠ 甲` holds although 产权 is unknown.
    """
    grid = Grid(vocabulary, [condition])
    left = grid.cells(condition)[grid.at(facts)]
    if left.all():
        return True
    return None if left.any() else False


__all__ = ["MAX_CELLS", "Axis", "Cells", "Facts", "Grid", "Segment", "holds"]
