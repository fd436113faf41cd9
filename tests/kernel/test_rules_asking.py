"""The fewest facts that settle an unknown, and the smallest change that wins a clause: against brute force."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.rules.engines.naive import Naive
from sanfu.kernel.rules.judging.asking import as_questions, fewest_questions
from sanfu.kernel.rules.judging.changes import Step, smallest_changes
from sanfu.kernel.rules.language.facts import Dictionary, Value
from sanfu.kernel.rules.language.tree import Clause, columns
from sanfu.kernel.rules.reading.document import read_document

DAY = date(2026, 4, 15)
NAMES = "甲乙丙丁"
TOP = 6  # numbers go from 0 to 6, so that every combination can be tried
DICTIONARY = Dictionary.from_content(
    [{"名称": f"数{n}", "类型": "计数", "单位": "件", "最大": TOP} for n in NAMES]
    + [{"名称": f"是{n}", "类型": "是否", "核验": "人工", "问": f"{n}是不是?"} for n in NAMES]
)


def clause_of(*conditions: str) -> Clause:
    text = "\n".join(f"条件 {c}" for c in conditions)
    front = "---\n编号: r\n标题: r\n文号: r\n发布机关: r\n层级: 县级\n施行: 2020-01-01\n---\n"
    document = read_document(f"{front}# r\n\n一段。\n\n```规则\n条款 r 试\n{text}\n```\n", DICTIONARY, "r")
    assert not document.problems, document.problems
    return document.clauses[0]


def atoms(both: bool) -> st.SearchStrategy[str]:
    number = st.builds(
        "数{} {} {}件".format,
        st.sampled_from(NAMES),
        st.sampled_from(("≥", "<", "超过", "等于")),
        st.integers(0, 5),
    )
    flag = st.sampled_from(NAMES).map("是{}".format)
    total = st.builds("数{} + 数{} ≥ {}件".format, *[st.sampled_from(NAMES)] * 2, st.integers(1, 9))
    return st.one_of(number, flag, total) if both else st.one_of(number, flag)


def conditions(both: bool) -> st.SearchStrategy[str]:
    return st.recursive(
        atoms(both),
        lambda inner: st.one_of(
            st.builds("({} 且 {})".format, inner, inner),
            st.builds("({} 或 {})".format, inner, inner),
            inner.map("非 ({})".format),
        ),
        max_leaves=5,
    )


def values_of(key: str) -> Iterator[Value]:
    yield from (True, False) if key.startswith("是") else range(TOP + 1)


def settles(clause: Clause, row: dict[str, Value], asked: tuple[str, ...]) -> bool:
    return all(
        Naive({**row, **dict(zip(asked, answer, strict=True))}, DAY).test(clause.test) is not None
        for answer in product(*[list(values_of(key)) for key in asked])
    )


def rows() -> st.SearchStrategy[dict[str, Value]]:
    numbers = {f"数{n}": st.one_of(st.none(), st.integers(0, TOP)) for n in NAMES}
    flags = {f"是{n}": st.one_of(st.none(), st.booleans()) for n in NAMES}
    return st.fixed_dictionaries({**numbers, **flags})


@settings(max_examples=120, deadline=None)
@given(conditions(False), rows())
def test_the_fewest_questions_equal_brute_force(text: str, row: dict[str, Value]) -> None:
    clause = clause_of(text)
    found = fewest_questions(clause, row, DAY)
    missing = [key for key in columns(clause.test) if row[key] is None]
    smallest = next(
        (n for n in range(len(missing) + 1) for c in combinations(missing, n) if settles(clause, row, c)),
        None,
    )
    assert found is not None
    assert len(found) == smallest
    assert settles(clause, row, found)


def fits(clause: Clause, row: dict[str, Value]) -> bool:
    return all(Naive(row, DAY).test(c.test) is not False for c in clause.conditions)


def brute_change(clause: Clause, row: dict[str, Value], size: int) -> dict[frozenset[str], Fraction]:
    """Cheapest way for every set of exactly `size` facts."""
    found: dict[frozenset[str], Fraction] = {}
    for keys in combinations([k for k in columns(clause.test) if row[k] is not None], size):
        for values in product(*[list(values_of(k)) for k in keys]):
            changed = dict(zip(keys, values, strict=True))
            if any(row[k] == v for k, v in changed.items()) or not fits(clause, {**row, **changed}):
                continue
            cost = sum((Step(k, row[k], v, "", "").cost() for k, v in changed.items()), Fraction(0))
            key = frozenset(keys)
            found[key] = min(found.get(key, cost), cost)
    return found


@pytest.mark.slow
@settings(max_examples=120, deadline=None)
@given(st.lists(conditions(True), min_size=1, max_size=2), rows())
def test_the_smallest_change_equals_brute_force(texts: list[str], row: dict[str, Value]) -> None:
    clause = clause_of(*texts)
    found = smallest_changes(clause, row, DAY, DICTIONARY, most=2)
    if fits(clause, row):
        assert found == []
        return
    for size in (1, 2):
        expected = brute_change(clause, row, size)
        if expected:
            got = {frozenset(s.column for s in c.steps): c.cost for c in found}
            assert got.keys() == expected.keys()
            assert all(fits(clause, {**row, **{s.column: s.new for s in c.steps}}) for c in found)
            assert got == expected
            return
    assert found == []


@pytest.mark.parametrize(
    ("text", "row", "fewest"),
    [
        ("数甲 ≥ 3件 且 数乙 ≥ 3件", {"数甲": 1}, ()),  # already no
        ("数甲 ≥ 3件 或 是乙", {"数甲": 1}, ("是乙",)),
        ("(是甲 且 是乙) 或 (是丙 且 是丁)", {"是甲": False}, ("是丁", "是丙")),
        ("是甲 或 非 是甲", {}, ("是甲",)),
    ],
)
def test_questions_a_clerk_would_ask(text: str, row: dict[str, Value], fewest: tuple[str, ...]) -> None:
    assert set(fewest_questions(clause_of(text), row, DAY) or ()) == set(fewest)


def test_a_question_says_whom_to_ask_and_that_a_person_judges() -> None:
    (question,) = as_questions(("是甲",), DICTIONARY)
    assert (question.ask, question.person) == ("甲是不是?", True)
