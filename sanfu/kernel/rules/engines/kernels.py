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


class CompiledKernels:
    """The same with compiled loops."""

    name = "numba"

    def __init__(self) -> None:
        self._at_least, self._indexes = _compiled()

    def at_least(self, values: Ints, thresholds: Sequence[int]) -> list[Bits]:
        found = np.empty((len(thresholds), (len(values) + 7) // 8), dtype=np.uint8)
        self._at_least(np.ascontiguousarray(values), np.array(thresholds, dtype=np.int64), found)
        return list(found)

    def indexes(self, bits: Bits, size: int) -> Ints:
        found: Ints = self._indexes(bits)
        return found


@cache
def _compiled() -> tuple[Callable[..., Any], Callable[..., Any]]:
    compile_ = numba.njit(cache=True, nogil=True)
    return compile_(_at_least_loop), compile_(_indexes_loop)


def _at_least_loop(values, bounds, found):  # type: ignore[no-untyped-def]  # compiled
    whole = len(values) // 8
    for byte in range(whole):
        base = byte * 8
        v0, v1, v2, v3 = values[base], values[base + 1], values[base + 2], values[base + 3]
        v4, v5, v6, v7 = values[base + 4], values[base + 5], values[base + 6], values[base + 7]
        for row in range(len(bounds)):
            k = bounds[row]
            found[row, byte] = (
                (v0 >= k) << 7 | (v1 >= k) << 6 | (v2 >= k) << 5 | (v3 >= k) << 4
                | (v4 >= k) << 3 | (v5 >= k) << 2 | (v6 >= k) << 1 | (v7 >= k)
            )  # fmt: skip
    if len(values) % 8:
        for row in range(len(bounds)):
            last = 0
            for i in range(whole * 8, len(values)):
                last |= (values[i] >= bounds[row]) << (7 - i % 8)
            found[row, whole] = last


def _indexes_loop(bits):  # type: ignore[no-untyped-def]  # compiled
    total = 0
    for byte in range(len(bits)):
        rest = bits[byte]
        while rest:
            rest &= rest - 1
            total += 1
    found = np.empty(total, dtype=np.int64)
    place = 0
    for byte in range(len(bits)):
        value = bits[byte]
        if value:
            for bit in range(8):
                if value & (128 >> bit):
                    found[place] = byte * 8 + bit
                    place += 1
    return found


@cache
def load_kernels() -> Kernels:
    """Compiled loops when numba is there, else numpy."""
    return NumpyKernels() if numba is None else CompiledKernels()
