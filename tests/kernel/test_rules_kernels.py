"""The compiled loops give what numpy gives, at every length and on every threshold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.rules.engines import kernels
from sanfu.kernel.rules.engines.kernels import CompiledKernels, Kernels, NumpyKernels


def engines() -> list[Kernels]:
    return [NumpyKernels()] + ([] if kernels.numba is None else [CompiledKernels()])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-5, 5), max_size=40), st.lists(st.integers(-6, 6), min_size=1, max_size=4))
def test_thresholds_and_indexes(values: list[int], bounds: list[int]) -> None:
    array = np.array(values, dtype=np.int64)
    for engine in engines():
        for bits, bound in zip(engine.at_least(array, bounds), bounds, strict=True):
            assert np.array_equal(bits, np.packbits(array >= bound))
            assert engine.indexes(bits, len(values)).tolist() == [
                i for i, v in enumerate(values) if v >= bound
            ]


def test_blocks_meet_without_a_seam() -> None:
    size = kernels.BLOCK * 2 + 13
    array = np.arange(size, dtype=np.int64)
    for engine in engines():
        (bits,) = engine.at_least(array, [kernels.BLOCK - 1])
        assert engine.indexes(bits, size)[0] == kernels.BLOCK - 1
        assert len(engine.indexes(bits, size)) == size - kernels.BLOCK + 1


def test_compiled_loops_are_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "numba", None)
    kernels.load_kernels.cache_clear()
    assert kernels.load_kernels().name == "numpy"
    kernels.load_kernels.cache_clear()
