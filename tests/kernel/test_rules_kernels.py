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


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 400), st.integers(0, 9), st.sampled_from([0.0, 0.02, 0.3, 1.0]), st.integers(0, 2**32 - 1)
)
def test_rows_of_words_and_of_what_is_left_over(size: int, skipped: int, share: float, seed: int) -> None:
    """The loop as plain Python, so that it is held without numba too; `skipped` bytes put the words out of step."""
    chosen = np.random.default_rng(seed).random(size + 8 * skipped) < share
    bits = np.packbits(chosen)[skipped:]
    expected = np.flatnonzero(chosen[8 * skipped :])
    with np.errstate(over="ignore"):  # the multiplication wraps on purpose
        assert np.array_equal(kernels._indexes_loop(bits), expected)
    for engine in engines():
        assert np.array_equal(engine.indexes(bits, size), expected)


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
