"""Rules of one topic: which applies, what to ask next, and proof of no overlap and no gap."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from sanfu.kernel.conditions.grid import Axis, Cells, Facts, Grid, Segment
from sanfu.kernel.conditions.language import ALWAYS, All, Condition, Vocabulary, show
from sanfu.kernel.flow import Labelled

T = TypeVar("T")  # the outcome of a rule, such as the code of the lead unit; compared with ==
Witness = tuple[tuple[str, str], ...]  # (attribute, value) pairs: the smallest example


@dataclass(frozen=True, slots=True)
class Rule(Generic[T]):
    """When the condition holds the outcome applies; `when=None` is 其他情形: no other rule applies."""

    when: Condition | None
    outcome: T
    name: str = ""


class Standing(Labelled):
    """What the known facts say about a topic."""

    SETTLED = "已确定", "已确定", "ok"
    ASK = "需补问", "需补问", "info"
    CONFLICT = "规则重叠", "规则重叠", "danger"
    GAP = "无规则适用", "无规则适用", "danger"
    OUTSIDE = "不在本事项范围", "不在本事项范围", "warn"


@dataclass(frozen=True, slots=True)
class Decision(Generic[T]):
    """Answer for given facts. `ask`: the fewest attributes that settle it in every case, best one first."""

    standing: Standing
    rules: tuple[int, ...]
    outcome: T | None = None
    ask: tuple[str, ...] = ()


class FindingKind(StrEnum):
    """What can be wrong with the rules of a topic."""

    OVERLAP = "重叠"
    GAP = "空白"
    CONTRADICTION = "自相矛盾"
    UNREACHABLE = "永不适用"
    REDUNDANT = "多余"


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect: the rules concerned (numbers from 0) and the smallest example that shows it."""

    kind: FindingKind
    rules: tuple[int, ...]
    witness: Witness = ()
    detail: str = ""

    def example(self) -> str:
        """The smallest example as text: a case with these facts shows the defect whatever the rest is."""
        return " 且 ".join(f"{name} = {value}" for name, value in self.witness) or "任何情形"


@dataclass(frozen=True, slots=True)
class _Layout:
    """The rules over the grid: `valid` marks the topic's own cases, `by_rule` has a leading axis of rules."""

    grid: Grid
    valid: Cells
    by_rule: Cells


@dataclass(frozen=True)
class RuleTable(Generic[T]):
    """The rules of one topic over a vocabulary; `given` limits the topic to the cases it is about."""

    vocabulary: Vocabulary
    rules: Sequence[Rule[T]]
    given: Condition = ALWAYS
    _layout: _Layout = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if sum(rule.when is None for rule in self.rules) > 1:
            raise ValueError("“其他情形”只能有一条")
        conditions = [rule.when for rule in self.rules if rule.when is not None]
        grid = Grid(self.vocabulary, [self.given, *conditions])
        never = np.zeros(grid.shape, bool)
        rows = [never if rule.when is None else grid.cells(rule.when) for rule in self.rules]
        covered = np.logical_or.reduce(rows) if rows else never
        rows = [~covered if rule.when is None else row for rule, row in zip(self.rules, rows, strict=True)]
        by_rule = np.stack(rows) if rows else np.zeros((0, *grid.shape), bool)
        object.__setattr__(self, "_layout", _Layout(grid, grid.cells(self.given), by_rule))

    @property
    def size(self) -> int:
        """How many cases the topic has over the attributes that its rules test."""
        return int(self._layout.valid.sum())

    def decide(self, facts: Facts) -> Decision[T]:
        """The rule that applies, or the fewest attributes to ask; ValueError for a value outside a domain."""
        layout = self._layout
        here = layout.grid.at(facts)
        valid = np.atleast_1d(layout.valid[here])
        by_rule = layout.by_rule[(slice(None), *here)].reshape(len(self.rules), *valid.shape)
        if not valid.any():
            return Decision(Standing.OUTSIDE, ())
        classes = self._classes(by_rule)
        seen = np.unique(classes[valid])
        if len(seen) > 1:
            axes = layout.grid.open_axes(facts)
            ask = _fewest(np.where(valid, classes, -1), axes)
            return Decision(Standing.ASK, _any(by_rule & valid), ask=ask)
        return self._settled(_any(by_rule & valid))

    def _settled(self, applying: tuple[int, ...]) -> Decision[T]:
        if not applying:
            return Decision(Standing.GAP, ())
        outcome = self.rules[applying[0]].outcome
        if any(self.rules[number].outcome != outcome for number in applying):
            return Decision(Standing.CONFLICT, applying)
        return Decision(Standing.SETTLED, applying, outcome)

    def _classes(self, by_rule: Cells) -> NDArray[np.int64]:
        """Number each cell so that two cells share a number iff the same set of outcomes applies there."""
        outcomes: list[T] = []
        for rule in self.rules:
            if rule.outcome not in outcomes:
                outcomes.append(rule.outcome)
        if not outcomes:
            return np.zeros(by_rule.shape[1:], np.int64)
        rows = [
            np.logical_or.reduce(
                [by_rule[number] for number, rule in enumerate(self.rules) if rule.outcome == outcome]
            )
            for outcome in outcomes
        ]
        flat = np.stack(rows).reshape(len(rows), -1)
        _, number = np.unique(flat, axis=1, return_inverse=True)
        return np.asarray(number, np.int64).reshape(by_rule.shape[1:])

    def check(self) -> list[Finding]:
        """Every defect of the rules with its smallest example; empty when the rules prove themselves."""
        layout = self._layout
        axes = layout.grid.axes
        findings = self._overlaps(axes)
        uncovered = layout.valid & ~np.logical_or.reduce(layout.by_rule, axis=0)
        if uncovered.any():
            findings.append(Finding(FindingKind.GAP, (), _witness(uncovered, layout.valid, axes)))
        return findings + self._idle_rules()

    def _overlaps(self, axes: tuple[Axis, ...]) -> list[Finding]:
        layout = self._layout
        found = []
        for one, two in combinations(range(len(self.rules)), 2):
            if self.rules[one].outcome == self.rules[two].outcome:
                continue
            both = layout.by_rule[one] & layout.by_rule[two] & layout.valid
            if both.any():
                witness = _witness(both, layout.valid, axes)
                found.append(Finding(FindingKind.OVERLAP, (one, two), witness))
        return found

    def _idle_rules(self) -> list[Finding]:
        """Rules that contradict themselves, never come to apply, or add nothing to the others."""
        layout = self._layout
        found = []
        dropped: set[int] = set()
        for number, rule in enumerate(self.rules):
            if rule.when is not None and not layout.grid.cells(rule.when).any():
                detail = _core(rule.when, self.vocabulary)
                found.append(Finding(FindingKind.CONTRADICTION, (number,), detail=detail))
                dropped.add(number)
            elif not (layout.by_rule[number] & layout.valid).any():
                found.append(Finding(FindingKind.UNREACHABLE, (number,)))
                dropped.add(number)
        for number in reversed(range(len(self.rules))):
            twins = self._twins(number, dropped)
            if number not in dropped and twins and self._adds_nothing(number, twins):
                dropped.add(number)
                found.append(Finding(FindingKind.REDUNDANT, (number, *twins)))
        return found

    def _twins(self, number: int, dropped: set[int]) -> tuple[int, ...]:
        """Other rules with the same outcome that are still counted."""
        outcome = self.rules[number].outcome
        return tuple(
            other
            for other, rule in enumerate(self.rules)
            if other != number and other not in dropped and rule.outcome == outcome
        )

    def _adds_nothing(self, number: int, twins: tuple[int, ...]) -> bool:
        layout = self._layout
        others = np.logical_or.reduce([layout.by_rule[twin] for twin in twins])
        return not bool((layout.by_rule[number] & layout.valid & ~others).any())


def _any(by_rule: Cells) -> tuple[int, ...]:
    return tuple(number for number, cells in enumerate(by_rule) if cells.any())


def _fewest(classes: NDArray[np.int64], axes: tuple[Axis, ...]) -> tuple[str, ...]:
    """The smallest set of axes that settles the class for every answer; -1 marks cells outside the topic."""
    for size in range(1, len(axes) + 1):
        for chosen in combinations(range(len(axes)), size):
            if _worst_variety(classes, chosen) <= 1:
                first = sorted(chosen, key=lambda axis: (_worst_variety(classes, (axis,)), axis))
                return tuple(axes[axis].name for axis in first)
    raise AssertionError("fixing every axis leaves one cell, which has one class")


def _worst_variety(classes: NDArray[np.int64], chosen: tuple[int, ...]) -> int:
    """How many classes can still be possible, in the worst case, when the chosen axes are known."""
    front = np.moveaxis(classes, chosen, range(len(chosen)))
    rows = front.reshape(int(np.prod([classes.shape[axis] for axis in chosen])), -1)
    return max(len(np.unique(row[row >= 0])) for row in rows)


def _witness(problem: Cells, valid: Cells, axes: tuple[Axis, ...]) -> Witness:
    """The fewest facts that lead into the problem whatever the others are (cells outside the topic aside)."""
    fine = valid & ~problem
    for size in range(len(axes) + 1):
        for chosen in combinations(range(len(axes)), size):
            rest = tuple(axis for axis in range(len(axes)) if axis not in chosen)
            sure = problem.any(axis=rest) & ~fine.any(axis=rest)
            if sure.any():
                spot = np.argwhere(sure)[0] if chosen else []
                pairs = zip(chosen, spot, strict=True)
                return tuple((axes[axis].name, _text(axes[axis].values[int(at)])) for axis, at in pairs)
    raise AssertionError("a single cell of the problem is itself a witness")


def _text(value: str | Segment) -> str:
    return str(value)


def _core(condition: Condition, vocabulary: Vocabulary) -> str:
    """The fewest parts of an impossible condition that cannot hold together."""
    parts = condition.parts if isinstance(condition, All) else (condition,)
    for size in range(1, len(parts) + 1):
        for chosen in combinations(parts, size):
            if not Grid(vocabulary, [All(chosen)]).cells(All(chosen)).any():
                return " 与 ".join(show(part, vocabulary) for part in chosen) + " 不能同时成立"
    raise AssertionError("the condition as a whole cannot hold")
