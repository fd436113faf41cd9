"""Minimum hitting set against trying every subset, and against a mixed-integer solver on larger ones."""

import itertools
import random

import highspy
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.joint.compiling import hitting

NAMES = list("abcdefg")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.frozensets(st.sampled_from(NAMES), min_size=1, max_size=4), max_size=8))
def test_as_small_as_the_smallest_subset(sets: list[frozenset[str]]) -> None:
    hit = hitting.minimum(sets, NAMES)
    assert all(members & set(hit.chosen) for members in sets)
    smallest = next(
        size
        for size in range(len(NAMES) + 1)
        if any(all(m & set(c) for m in sets) for c in itertools.combinations(NAMES, size))
    )
    assert len(hit.chosen) == smallest
    assert len(hit.disjoint) <= smallest
    assert all(not a & b for a, b in itertools.combinations(hit.disjoint, 2))


def test_as_small_as_a_solver_says_on_larger_instances() -> None:
    for seed in range(8):
        generator = random.Random(seed)
        names = [f"m{n:02}" for n in range(25)]
        sets = [frozenset(generator.sample(names, generator.randint(2, 5))) for _ in range(30)]
        hit = hitting.minimum(sets, names)
        assert hit.exact
        assert len(hit.chosen) == _solver(sets, names)


def _solver(sets: list[frozenset[str]], names: list[str]) -> int:
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    for _ in names:
        model.addVar(0, 1)
    model.changeColsCost(len(names), np.arange(len(names), dtype=np.int32), np.ones(len(names)))
    model.changeColsIntegrality(
        len(names), np.arange(len(names), dtype=np.int32), np.full(len(names), highspy.HighsVarType.kInteger)
    )
    for members in sets:
        index = np.array([names.index(n) for n in sorted(members)], dtype=np.int32)
        model.addRow(1, highspy.kHighsInf, len(index), index, np.ones(len(index)))
    model.run()
    return round(model.getObjectiveValue())
