"""The few inner loops of the bitmap engine: numpy always, numba when it is installed; same results.

The compiled loops know nothing of any rule, so they are compiled once per machine and cached.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

try:
    import numba
except ImportError:  # the `speed` extra is not installed
    numba = None  # type: ignore[assignment, unused-ignore]

Bits = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
ONES = np.array([value.bit_count() for value in range(256)], dtype=np.int64)
FIRST = np.array(
    [8 - value.bit_length() for value in range(256)], dtype=np.int64
)  # highest set bit from the left
BLOCK = 1 << 16  # rows whose values stay in the cache while all thresholds are compared; a multiple of eight


class Kernels(Protocol):
    """What the engine needs done fast."""

    name: str

    def at_least(self, values: Ints, thresholds: Sequence[int]) -> list[Bits]:
        """One bitmap per threshold: where value ≥ threshold, high bit first, eight rows a byte."""
        ...

    def indexes(self, bits: Bits, size: int) -> Ints:
        """Row numbers of the set bits, ascending."""
        ...


class NumpyKernels:
    """Always there."""

    name = "numpy"

    def at_least(self, values: Ints, thresholds: Sequence[int]) -> list[Bits]:
        found = np.empty((len(thresholds), (len(values) + 7) // 8), dtype=np.uint8)
        for start in range(0, len(values), BLOCK):
            block = values[start : start + BLOCK]
            place = slice(start // 8, (start + len(block) + 7) // 8)
            for row, bound in enumerate(thresholds):
                found[row, place] = np.packbits(block >= bound)
        return list(found)

    def indexes(self, bits: Bits, size: int) -> Ints:
        """Only the bytes that are not empty are opened: award lists are sparse."""
        places = np.flatnonzero(bits)
        opened = np.flatnonzero(np.unpackbits(bits[places]))
        found: Ints = (places[opened >> 3] << 3) + (opened & 7)
        return found


class CompiledKernels(NumpyKernels):
    """The same, with a compiled loop where numpy needs several passes; its comparisons are fast as they are."""

    name = "numba"

    def __init__(self) -> None:
        self._indexes = _compiled()

    def indexes(self, bits: Bits, size: int) -> Ints:
        found: Ints = self._indexes(bits)
        return found


@cache
def _compiled() -> Callable[[Bits], Any]:
    loop: Callable[[Bits], Any] = numba.njit(cache=True, nogil=True)(_indexes_loop)
    return loop


def _indexes_loop(bits):  # type: ignore[no-untyped-def]  # compiled
    total = 0
    for byte in range(len(bits)):
        total += ONES[bits[byte]]
    found = np.empty(total, dtype=np.int64)
    place = 0
    for byte in range(len(bits)):
        value = bits[byte]
        while value:
            first = FIRST[value]
            found[place] = byte * 8 + first
            place += 1
            value ^= np.uint8(128 >> first)
    return found


@cache
def load_kernels() -> Kernels:
    """Compiled loops when numba is there, else numpy."""
    return NumpyKernels() if numba is None else CompiledKernels()
