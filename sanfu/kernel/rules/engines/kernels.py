"""The few inner loops of the bitmap engine: numpy always, numba when it is installed; same results.

The compiled loops know nothing of any rule, so they are compiled once per machine and cached.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]


class Kernels(Protocol):
    """What the engine needs done fast."""

    name: str

    def at_least(self, values: Ints, thresholds: Sequence[int]) -> list[Bits]:
        """One bitmap per threshold: where value ≥ threshold, high bit first, eight rows a byte."""
        ...

    def indexes(self, bits: Bits, size: int) -> Ints:
        """Row numbers of the set bits."""
        ...


class NumpyKernels:
    """Always there."""

    name = "numpy"

    def at_least(self, values: Ints, thresholds: Sequence[int]) -> list[Bits]:
        return [np.packbits(values >= bound) for bound in thresholds]

    def indexes(self, bits: Bits, size: int) -> Ints:
        return np.flatnonzero(np.unpackbits(bits, count=size))


def load_kernels() -> Kernels:
    return NumpyKernels()
