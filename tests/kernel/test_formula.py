"""Formulas: what cannot be is refused in words, conditions on bits equal conditions on facts, tallies add in any order."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanfu.kernel.indicators.formula import BadFormula, Tally, Where, of_values, parse, tally, value_of
from sanfu.kernel.indicators.rowkind import RowKind

KIND = RowKind(
    "visits", "走访", "", facts={"done": "已走访", "late": "超期", "asked": "提出诉求"},
    moments={"planned": "计划"}, values={"hours": "用时", "firms": "家数"},
)  # fmt: skip
KINDS = {"visits": KIND}
GOOD: dict[str, Any] = {
    "id": "asked", "name": "诉求率", "rows": "visits", "month": "planned", "measure": "share", "where": ["done"],
    "hit": ["asked"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"where": ["gone"]}, "gone"),
        ({"rows": "nothing"}, "没有行类"),
        ({"month": "never"}, "没有时点"),
        ({"measure": "median"}, "median"),
        ({"hit": None}, "hit"),
        ({"measure": "mean", "hit": None}, "of"),
        ({"measure": "mean", "hit": None, "of": "weight"}, "weight"),
        ({"measure": "ratio", "hit": None, "of": "hours"}, "over"),
        ({"measure": "ratio", "hit": None, "of": "hours", "over": "firms", "where": None}, "可能为零"),
        ({"better": "blue"}, "high"),
        ({"cap": 1, "floor": 2}, "封顶"),
        ({"measure": "quantile", "hit": None, "of": "hours", "q": 1}, "分位"),
        ({"where": {"every": ["done"]}}, "every"),
    ],
)
def test_a_formula_that_cannot_be_is_refused_in_words(change: Mapping[str, Any], says: str) -> None:
    with pytest.raises(BadFormula, match=says):
        parse(GOOD | change, KINDS)


def test_the_sentence_is_made_from_the_parts() -> None:
    one = parse(GOOD | {"hit": {"all": ["asked"], "none": ["late"]}, "cap": "0.9"}, KINDS)
    assert one.sentence() == "按计划月份计：已走访的走访中，提出诉求，且不含超期的占比，最高0.9；越高越好。"


FACTS = st.lists(
    st.tuples(st.booleans(), st.booleans(), st.booleans(), st.integers(0, 9), st.integers(0, 3)), max_size=30
)
NAMES = st.lists(st.sampled_from(["done", "late", "asked"]), unique=True, max_size=2)


@given(FACTS, NAMES, NAMES, NAMES)
def test_bits_say_the_same_as_facts(
    rows: list[Any], every: list[str], some: list[str], none: list[str]
) -> None:
    where = Where(tuple(every), tuple(some), tuple(none))
    for done, late, asked, _, _ in rows:
        facts = {"done": done, "late": late, "asked": asked}
        bits = sum(KIND.bit(name) for name, holds in facts.items() if holds)
        plain = (
            all(facts[n] for n in every)
            and not any(facts[n] for n in none)
            and (not some or any(facts[n] for n in some))
        )
        assert where.meets(bits, KIND) == plain


def as_rows(rows: list[Any]) -> list[tuple[int, dict[str, Any]]]:
    return [
        (KIND.bit("done") * d | KIND.bit("late") * e | KIND.bit("asked") * a, {"hours": h, "firms": f})
        for d, e, a, h, f in rows
    ]


@given(FACTS, st.integers(0, 30), st.randoms(use_true_random=False))
def test_tallies_add_in_any_order(rows: list[Any], cut: int, dice: Any) -> None:
    for change in ({}, {"measure": "ratio", "hit": None, "of": "hours", "over": "firms"}):
        one = parse(GOOD | change, KINDS)
        whole = tally(one, as_rows(rows))
        assert tally(one, as_rows(rows[:cut])) + tally(one, as_rows(rows[cut:])) == whole
        dice.shuffle(rows)
        assert tally(one, as_rows(rows)) == whole


def test_nothing_that_counts_is_unknown_not_zero() -> None:
    one = parse(GOOD, KINDS)
    assert value_of(one, Tally()) is None
    assert value_of(one, Tally(4, 3)) == Fraction(3, 4)
    ratio = parse(GOOD | {"measure": "ratio", "hit": None, "of": "hours", "over": "firms"}, KINDS)
    assert value_of(ratio, Tally(2, 0, Fraction(5), Fraction(0))) is None
    capped = parse(GOOD | {"cap": "0.5"}, KINDS)
    assert value_of(capped, Tally(4, 3)) == Fraction(1, 2)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40))
def test_a_quantile_is_a_value_that_occurred(values: list[int]) -> None:
    one = parse(GOOD | {"measure": "quantile", "hit": None, "of": "hours", "q": "0.9"}, KINDS)
    found = of_values(one, [Fraction(v) for v in values])
    assert found is not None
    assert found in values
    assert sum(v <= found for v in values) >= 0.9 * len(values)
