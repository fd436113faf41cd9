"""Engine (b): the whole population at once, one bit per enterprise and condition.

Every distinct condition is computed once as a pair of bitmaps, `true` and `false`; unknown is neither. The pairs
are kept, so they are the explanation of every cell: no second pass. Numbers are int64 where the plan proves that
they fit, otherwise exact Python integers.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from sanfu.kernel.rules.engines.columns import Bools, Column, Ints, Table
from sanfu.kernel.rules.engines.kernels import Kernels, load_kernels
from sanfu.kernel.rules.engines.naive import belongs
from sanfu.kernel.rules.engines.plan import Output, Plan, Rule

Bits = npt.NDArray[np.uint8]
Numbers = tuple[npt.NDArray[Any], Bools | None]  # values, and where they are known (None: everywhere)


@dataclass(frozen=True)
class Pair:
    """Where a condition is true and where it is false, eight enterprises a byte, high bit first.

    `refused` is None when the condition is known for everybody: then false is just the rest of `full`.
    """

    true: Bits
    refused: Bits | None
    full: Bits

    @property
    def false(self) -> Bits:
        return self.full ^ self.true if self.refused is None else self.refused

    def known(self) -> Bits:
        return self.full if self.refused is None else self.true | self.refused

    @property
    def opposite(self) -> "Pair":
        return Pair(self.false, None if self.refused is None else self.true, self.full)


class Population:
    """One run of a plan over a table."""

    def __init__(self, plan: Plan, table: Table, kernels: Kernels | None = None) -> None:
        self.plan, self.table = plan, table
        self.kernels = kernels or load_kernels()
        self.full = pack(np.ones(table.size, dtype=bool))
        self._pairs: dict[int, Pair] = {}
        self._numbers: dict[int, Numbers] = {}
        self._owned: set[int] = set()
        self._thresholds = self._by_column()

    def _by_column(self) -> dict[str, list[tuple[int, int]]]:
        """Thresholds of each column, so that one pass over the column answers all."""
        found: dict[str, list[tuple[int, int]]] = {}
        for index, node in enumerate(self.plan.core.bools):
            if node[0] == "ge":
                found.setdefault(node[1], []).append((node[2], index))
        return found

    # ---- conditions

    def pair(self, index: int) -> Pair:
        """The bitmaps of a condition node; computed once."""
        found = self._pairs.get(index)
        if found is None:
            found = self._pairs[index] = self._compute(index)
        return found

    def own(self, index: int) -> Pair:
        """The bitmaps of a node as its own copy: nodes may share bytes until one is written to."""
        pair = self.pair(index)
        if index not in self._owned:
            pair = self._pairs[index] = Pair(pair.true.copy(), pair.false.copy(), self.full)
            self._owned.add(index)
        return pair

    def decide(self) -> list[Pair]:
        """Every clause; afterwards every condition of every clause is known too."""
        return [self.pair(rule.test) for rule in self.plan.rules]

    def _compute(self, index: int) -> Pair:
        kind, *rest = self.plan.core.bools[index]
        match kind:
            case "true" | "false" | "unknown":
                none = np.zeros_like(self.full)
                return Pair(
                    self.full if kind == "true" else none, none if kind == "unknown" else None, self.full
                )
            case "flag":
                column = self.table.column(rest[0], "flag")
                return self._from(column.values, column.known)
            case "ge":
                self._column_thresholds(rest[0])
                return self._pairs[index]
            case "in" | "is":
                return self._codes(rest[0], rest[1], kind == "in")
            case "geq":
                return self._geq(rest[0], rest[1])
            case "not":
                return self.pair(rest[0]).opposite
        return self._join(kind == "and", rest[0])

    def _from(self, values: Bools, known: Bools | None) -> Pair:
        if known is None:
            return Pair(pack(values), None, self.full)
        base, true = pack(np.broadcast_to(known, values.shape)), pack(values & known)
        return Pair(true, base ^ true, self.full)

    def _column_thresholds(self, key: str) -> None:
        column = self.table.column(key, "number")
        wanted = self._thresholds[key]
        bits = self.kernels.at_least(column.values, [threshold for threshold, _ in wanted])
        base = None if column.known is None else pack(column.known)
        for row, (_, index) in zip(bits, wanted, strict=True):
            if base is None:
                self._pairs[index] = Pair(row, None, self.full)
            else:
                self._pairs[index] = Pair(row & base, base & ~row, self.full)

    def _codes(self, key: str, wanted: Any, member: bool) -> Pair:
        column = self.table.column(key, "code")
        if member:
            hits = [any(belongs(text, entry) for entry in wanted) for text in column.texts]
        else:
            hits = [text == wanted for text in column.texts]
        # "clip" only spares numpy the check of every index: a coded column indexes its own texts
        chosen = np.take(np.array(hits, dtype=bool), column.values, mode="clip")
        return self._from(chosen, column.known)

    def _geq(self, a: int, b: int) -> Pair:
        (left, left_known), (right, right_known) = self.numbers(a), self.numbers(b)
        values = np.broadcast_to(np.asarray(left >= right, dtype=bool), (self.table.size,))
        return self._from(values, both(left_known, right_known))

    def _join(self, conjunction: bool, items: tuple[int, ...]) -> Pair:
        return joined(conjunction, [self.pair(i) for i in items], self.full)

    # ---- numbers

    def numbers(self, index: int) -> Numbers:
        """Values of a number node for all rows (a scalar for constants)."""
        found = self._numbers.get(index)
        if found is None:
            found = self._numbers[index] = Evaluation(self, None).number(index)
        return found

    def amount(self, rule: Rule, rows: Ints) -> Numbers:
        """Amounts of one clause at the given rows only."""
        assert rule.amount is not None
        values, known = Evaluation(self, rows).number(rule.amount)
        return np.broadcast_to(values, rows.shape), None if known is None else np.broadcast_to(
            known, rows.shape
        )

    def output(self, output: Output) -> Numbers:
        """A numeric or text output for all rows: numerators (or indexes) and where they are known."""
        assert output.num is not None
        values, known = self.numbers(output.num)
        size = (self.table.size,)
        return np.broadcast_to(values, size), None if known is None else np.broadcast_to(known, size)

    def texts(self, output: Output) -> Column:
        """A text output as a coded column, ready to be a fact."""
        values, known = self.output(output)
        return Column(
            np.where(True if known is None else known, values, 0).astype(np.int32), known, output.texts
        )

    # ---- reading results

    def rows(self, bits: Bits) -> Ints:
        """Row numbers whose bit is set, ascending."""
        return self.kernels.indexes(bits, self.table.size)

    @cached_property
    def hits(self) -> list[Ints]:
        """Rows that meet each clause, in the order of the plan's rules."""
        return [self.rows(self.pair(rule.test).true) for rule in self.plan.rules]

    def awards(self) -> list[tuple[Rule, Ints, Numbers]]:
        """The award list: for each paying clause the rows that meet it and their amounts."""
        return [
            (rule, rows, self.amount(rule, rows))
            for rule, rows in zip(self.plan.rules, self.hits, strict=True)
            if rule.amount is not None
        ]

    def answer(self, index: int, row: int) -> bool | None:
        """One cell of the explanation: a condition node for one enterprise."""
        pair = self.pair(index)
        byte, mask = row >> 3, 128 >> (row & 7)
        if pair.true[byte] & mask:
            return True
        return False if pair.false[byte] & mask else None


def joined(conjunction: bool, pairs: list[Pair], full: Bits) -> Pair:
    """且: true where all are, false where one is; 或 the other way round."""
    true = _fold(np.bitwise_and if conjunction else np.bitwise_or, [p.true for p in pairs])
    if all(p.refused is None for p in pairs):
        return Pair(true, None, full)
    return Pair(true, _fold(np.bitwise_or if conjunction else np.bitwise_and, [p.false for p in pairs]), full)


def _fold(operation: np.ufunc, parts: list[Bits]) -> Bits:
    found: Bits = operation(parts[0], parts[1])
    for part in parts[2:]:
        operation(found, part, out=found)
    return found


class Evaluation:
    """Number nodes for all rows, or for chosen ones."""

    def __init__(self, population: Population, rows: Ints | None) -> None:
        self.population, self.rows = population, rows
        self.core = population.plan.core
        self._done: dict[int, Numbers] = {}
        self._places: tuple[Ints, Bits] | None = None  # byte and mask of each chosen row

    def number(self, index: int) -> Numbers:
        found = self._done.get(index)
        if found is None:
            found = self._done[index] = self._compute(index)
        return found

    def _compute(self, index: int) -> Numbers:
        kind, *rest = self.core.ints[index]
        match kind:
            case "const":
                return self._constant(rest[0], self.core.wide(index))
            case "null":
                return np.int64(0), np.zeros(1, dtype=bool)  # type: ignore[return-value]
            case "col":
                return self._column(rest[0])
            case "case":
                return self._case(index, rest[0], rest[1])
        (a, a_known), (b, b_known) = self.number(rest[0]), self.number(rest[1])
        known = both(a_known, b_known)
        if self.core.wide(index):
            a, b = exact(a), exact(b)
        match kind:
            case "orelse":
                return (a, None) if a_known is None else (np.where(a_known, a, b), either(a_known, b_known))
            case "add":
                return a + b, known
            case "sub":
                return a - b, known
            case "mul":
                return a * b, known
            case "max":
                return np.maximum(a, b), known
            case "min":
                return np.minimum(a, b), known
            case "guard":
                return b, both(known, np.asarray(a != 0, dtype=bool))
        if self.core.value(rest[1]):
            return a // b, known
        nonzero = np.asarray(b != 0, dtype=bool)
        return a // np.where(nonzero, b, 1), both(known, nonzero)

    def _constant(self, value: int, wide: bool) -> Numbers:
        return (np.array(value, dtype=object) if wide else np.int64(value)), None  # type: ignore[return-value]

    def _column(self, key: str) -> Numbers:
        column = self.population.table.column(key, "number")
        if self.rows is None:
            return column.values, column.known
        return column.values[self.rows], None if column.known is None else column.known[self.rows]

    def _case(self, index: int, rows: tuple[tuple[int, int], ...], otherwise: int) -> Numbers:
        """From the last row to the first: a true condition takes its value, an unknown one makes it unknown."""
        size = self.population.table.size if self.rows is None else len(self.rows)
        values, known = self.number(otherwise)
        values = np.broadcast_to(exact(values) if self.core.wide(index) else values, (size,))
        for condition, value in reversed(rows):
            pair = self.population.pair(condition)
            true = self._bits(pair.true)
            picked, picked_known = self.number(value)
            values = np.where(true, exact(picked) if self.core.wide(index) else picked, values)
            if known is None and picked_known is None and pair.refused is None:
                continue
            false = ~true if pair.refused is None else self._bits(pair.refused)
            rest = false if known is None else known & false
            known = np.broadcast_to(
                np.where(true, True if picked_known is None else picked_known, rest), (size,)
            )
        return values, known

    def _bits(self, bits: Bits) -> Bools:
        if self.rows is None:
            return unpack(bits, self.population.table.size)
        if self._places is None:
            self._places = self.rows >> 3, np.right_shift(np.uint8(128), (self.rows & 7).astype(np.uint8))
        places, masks = self._places
        found: Bools = (bits[places] & masks) != 0
        return found


def both(one: Bools | None, two: Bools | None) -> Bools | None:
    """Where both are known."""
    if one is None or two is None:
        return two if one is None else one
    return one & two


def either(one: Bools, two: Bools | None) -> Bools | None:
    """Where one of two is known; a second that is always known makes it everywhere."""
    return None if two is None else one | two


def exact(values: Any) -> npt.NDArray[Any]:
    """Python integers: never wrap."""
    return np.asarray(values).astype(object)


def pack(flags: Bools) -> Bits:
    return np.packbits(flags)


def unpack(bits: Bits, size: int) -> Bools:
    return np.unpackbits(bits, count=size).view(np.bool_)
