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


# Eight bytes are one word: empty ones are passed over, in the others the lowest set bit is found by a multiplication
# (de Bruijn). Three swaps turn the bits of each byte around, so that the lowest bit is the first row.
WORD = np.uint64
BY_1, ODD = WORD(1), WORD(0x5555555555555555)
BY_2, PAIRS = WORD(2), WORD(0x3333333333333333)
BY_4, NIBBLES = WORD(4), WORD(0x0F0F0F0F0F0F0F0F)
EACH_BYTE, TOP_BYTE = WORD(0x0101010101010101), WORD(56)
DE_BRUIJN, TOP_BITS, ONE = 0x03F79D71B4CB0A89, WORD(58), WORD(1)
SPREAD = WORD(DE_BRUIJN)
PLACE_OF = np.zeros(64, dtype=np.int64)
for _bit in range(64):
    PLACE_OF[((DE_BRUIJN << _bit) & 0xFFFFFFFFFFFFFFFF) >> 58] = _bit


def _indexes_loop(bits):  # type: ignore[no-untyped-def]  # compiled
    whole = len(bits) // 8
    words = bits[: whole * 8].view(np.uint64)
    total: Any = 0
    for word in range(whole):
        x = words[word]
        if x:
            x -= (x >> BY_1) & ODD
            x = (x & PAIRS) + ((x >> BY_2) & PAIRS)
            x = (x + (x >> BY_4)) & NIBBLES
            total += np.int64((x * EACH_BYTE) >> TOP_BYTE)
    for byte in range(whole * 8, len(bits)):
        total += ONES[bits[byte]]
    found = np.empty(total, dtype=np.int64)
    place = 0
    for word in range(whole):
        x = words[word]
        if x:
            x = ((x >> BY_1) & ODD) | ((x & ODD) << BY_1)
            x = ((x >> BY_2) & PAIRS) | ((x & PAIRS) << BY_2)
            x = ((x >> BY_4) & NIBBLES) | ((x & NIBBLES) << BY_4)
            while x:
                lowest = x & (~x + ONE)
                found[place] = word * 64 + PLACE_OF[(lowest * SPREAD) >> TOP_BITS]
                place += 1
                x ^= lowest
    for byte in range(whole * 8, len(bits)):
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
