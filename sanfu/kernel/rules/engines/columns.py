"""A population as columns: whole numbers, flags and codes, each with the bits of what is known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sanfu.kernel.rules.language.facts import Dictionary, Value
from sanfu.kernel.rules.language.quantities import CODE, FLAG

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Column:
    """`values`: int64 numbers, bool flags, or int32 indexes into `texts`; `known` is None when all are."""

    values: npt.NDArray[Any]
    known: Bools | None = None
    texts: tuple[str, ...] = ()

    def take(self, rows: npt.NDArray[Any]) -> "Column":
        known = None if self.known is None else self.known[rows]
        return Column(self.values[rows], known, self.texts)


@dataclass(frozen=True)
class Table:
    """Columns of one length."""

    size: int
    columns: Mapping[str, Column]

    def column(self, key: str, kind: str) -> Column:
        """The column, or one that is wholly unknown when the table has none."""
        found = self.columns.get(key)
        if found is not None:
            return found
        empty = np.zeros(self.size, dtype=bool)
        if kind == "flag":
            return Column(np.zeros(self.size, dtype=bool), empty)
        if kind == "code":
            return Column(np.zeros(self.size, dtype=np.int32), empty, ("",))
        return Column(np.zeros(self.size, dtype=np.int64), empty)

    def take(self, rows: npt.NDArray[Any]) -> "Table":
        return Table(len(rows), {key: column.take(rows) for key, column in self.columns.items()})

    def row(self, index: int) -> dict[str, Value]:
        """One enterprise as the other engines read it."""
        found: dict[str, Value] = {}
        for key, column in self.columns.items():
            if column.known is not None and not column.known[index]:
                continue
            value = column.values[index]
            found[key] = column.texts[int(value)] if column.texts else value.item()
        return found


def from_rows(rows: Sequence[Mapping[str, Value]], keys: Iterable[str], dictionary: Dictionary) -> Table:
    """Columns from encoded rows; a key nobody has becomes a column of unknowns."""
    return Table(len(rows), {key: _column([row.get(key) for row in rows], key, dictionary) for key in keys})


def _column(values: list[Value], key: str, dictionary: Dictionary) -> Column:
    fact = dictionary.fact_of(key)
    known = np.array([v is not None for v in values], dtype=bool)
    mask = None if known.all() else known
    if fact.type == FLAG:
        return Column(np.array([v is True for v in values], dtype=bool), mask)
    if fact.type == CODE:
        return coded([None if v is None else str(v) for v in values])
    return Column(np.array([v if v is not None else 0 for v in values], dtype=np.int64), mask)


def coded(values: Sequence[str | None]) -> Column:
    """Texts as indexes into their sorted distinct values."""
    texts = tuple(sorted({v for v in values if v is not None})) or ("",)
    place = {text: i for i, text in enumerate(texts)}
    known = np.array([v is not None for v in values], dtype=bool)
    indexes = np.array([place[v] if v is not None else 0 for v in values], dtype=np.int32)
    return Column(indexes, None if known.all() else known, texts)
