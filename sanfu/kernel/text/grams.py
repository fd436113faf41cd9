"""Letter n-grams as exact 64-bit numbers, and sparse matrices made of them (字串).

A code point needs 21 bits, so three letters fit one unsigned 64-bit number without collision: counting grams
is arithmetic on arrays instead of a dictionary of strings, and a gram can be read back.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Keys = NDArray[np.uint64]

_BITS = np.uint64(21)
_LONGEST = 3


def code_points(text: str) -> Keys:
    """Code points of the text, one number a letter; lone surrogates are kept as they are."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)


def gram_keys(text: str, longest: int = _LONGEST, shortest: int = 1) -> Keys:
    """Keys of all grams of `shortest` to `longest` letters (at most three), repeated as they occur."""
    if not 1 <= shortest <= longest <= _LONGEST:
        raise ValueError(f"grams have 1 to {_LONGEST} letters, not {shortest} to {longest}")
    points = code_points(text)
    runs: list[Keys] = []
    grams = points
    for size in range(1, longest + 1):
        if size > 1:
            grams = (grams[:-1] << _BITS) | points[size - 1 :]
        if size >= shortest:
            runs.append(grams)
        if len(points) <= size:
            break
    return np.concatenate(runs) if runs else np.empty(0, np.uint64)


def gram_text(key: int) -> str:
    """The letters of a key: the way back, for showing evidence."""
    letters = ""
    while key:
        letters = chr(key & 0x1FFFFF) + letters
        key >>= 21
    return letters


def shingle_keys(text: str, size: int = 6) -> Keys:
    """Distinct keys of all runs of `size` letters; two runs share a key by chance about once in 10**19."""
    points = code_points(text)
    if len(points) < size:
        return np.unique(points[:0])
    mixed = np.zeros(len(points) - size + 1, np.uint64)
    for step in range(size):
        mixed = (mixed ^ points[step : step + len(mixed)]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return np.unique(mixed)


class Vocabulary:
    """The sorted keys that a matrix has columns for."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys

    @classmethod
    def of(cls, documents: Iterable[Keys], at_least: int = 1) -> "Vocabulary":
        """Keys that occur in at least that many documents."""
        distinct = [np.unique(keys) for keys in documents]
        if not distinct:
            return cls(np.empty(0, np.uint64))
        keys, counts = np.unique(np.concatenate(distinct), return_counts=True)
        return cls(keys[counts >= at_least])

    def __len__(self) -> int:
        return len(self.keys)

    def counts(self, documents: Sequence[Keys]) -> sparse.csr_matrix:
        """Occurrences, one row a document, float32; unknown keys are left out."""
        columns: list[NDArray[np.int32]] = []
        values: list[NDArray[np.float32]] = []
        ends = np.zeros(len(documents) + 1, np.int64)
        for row, document in enumerate(documents):
            keys, times = np.unique(document, return_counts=True)
            if len(self.keys):
                place = np.searchsorted(self.keys, keys)
                known = self.keys[np.minimum(place, len(self.keys) - 1)] == keys
                columns.append(place[known].astype(np.int32))
                values.append(times[known].astype(np.float32))
                ends[row + 1] = known.sum()
        shape = (len(documents), len(self.keys))
        if not columns:
            return sparse.csr_matrix(shape, dtype=np.float32)
        cells = (np.concatenate(values), np.concatenate(columns), np.cumsum(ends))
        return sparse.csr_matrix(cells, shape=shape)
