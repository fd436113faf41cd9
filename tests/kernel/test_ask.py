"""Questions: exact equals brute force, leaves are settled, nothing implied is asked, greedy stays close."""

import itertools
import random
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.ask import Contradiction, Irrelevance, Questionnaire, Table, Variable


@st.composite
def questionnaires(
    draw: st.DrawFn, most: int = 4
) -> tuple[list[Variable], list[Table], list[Table], list[Irrelevance]]:
    count = draw(st.integers(1, most))
    variables = []
    for n in range(count):
        share = draw(st.sampled_from([0.1, 0.3, 0.5]))
        variables.append(Variable(f"x{n}", (True, False), (share, 1 - share)))
    names = [v.name for v in variables]

    def table() -> Table:
        used = tuple(sorted(draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))))
        truth = draw(st.lists(st.booleans(), min_size=2 ** len(used), max_size=2 ** len(used)))
        return Table(used, lambda w: truth[sum((w[n] is True) << k for k, n in enumerate(used))])

    outputs = [table() for _ in range(draw(st.integers(1, 3)))]
    rules = []
    if count > 1 and draw(st.booleans()):
        a, b = draw(st.permutations(names))[:2]
        rules.append(Table((a, b), lambda w: not w[a] or bool(w[b])))
    return variables, outputs, rules, []


def worlds(variables: list[Variable], rules: list[Table]) -> list[tuple[dict[str, Any], float]]:
    found = []
    for values in itertools.product(*(range(len(v.values)) for v in variables)):
        world = {v.name: v.values[i] for v, i in zip(variables, values, strict=True)}
        weight = 1.0
        for v, i in zip(variables, values, strict=True):
            weight *= v.prior[i]
        if all(r.value(world) for r in rules):
            found.append((world, weight))
    return found


def best_by_trying(variables: list[Variable], outputs: list[Table], rules: list[Table]) -> float:
    everything = worlds(variables, rules)

    @cache
    def cost(known: frozenset[tuple[str, Any]]) -> float:
        left = [(w, p) for w, p in everything if all(w[n] == a for n, a in known)]
        if len({tuple(o.value(w) for o in outputs) for w, _ in left}) <= 1:
            return 0.0
        total, asked, best = sum(p for _, p in left), {n for n, _ in known}, float("inf")
        for v in variables:
            if v.name not in asked:
                price = 1.0
                for answer in v.values:
                    share = sum(p for w, p in left if w[v.name] == answer) / total
                    price += share * cost(known | {(v.name, answer)}) if share else 0.0
                best = min(best, price)
        return best

    return cost(frozenset())


@settings(max_examples=80, deadline=None)
@given(questionnaires(5))
def test_exact_is_the_brute_force_optimum(given_: Any) -> None:
    variables, outputs, rules, gone = given_
    asked = Questionnaire(variables, outputs, rules, gone)
    assert asked.expected() == pytest.approx(best_by_trying(variables, outputs, rules), abs=1e-9)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(questionnaires(6))
def test_exact_is_the_brute_force_optimum_for_six(given_: Any) -> None:
    variables, outputs, rules, gone = given_
    asked = Questionnaire(variables, outputs, rules, gone)
    assert asked.expected() == pytest.approx(best_by_trying(variables, outputs, rules), abs=1e-9)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(questionnaires(5), st.booleans())
def test_every_leaf_is_settled_and_nothing_implied_is_asked(given_: Any, exact: bool) -> None:
    variables, outputs, rules, gone = given_
    asked = Questionnaire(variables, outputs, rules, gone)
    for group in asked.groups:
        group.exact = exact
    everything = worlds(variables, rules)
    for world, _ in everything:
        known: dict[str, Any] = {}
        while (name := asked.next_question(known)) is not None:
            assert name not in known
            assert name not in asked.implied(known)
            known[name] = world[name]
        left = [w for w, _ in everything if all(w[n] == a for n, a in known.items())]
        assert len({tuple(o.value(w) for o in outputs) for w in left}) == 1


def test_greedy_is_within_five_percent_of_exact() -> None:
    for seed in range(12):
        generator = random.Random(seed)
        names = [f"x{n}" for n in range(8)]
        variables = [Variable(n, (True, False), (p := generator.uniform(0.1, 0.9), 1 - p)) for n in names]
        outputs = [
            Table(tuple(sorted(generator.sample(names, 2))), lambda w: all(w.values()) if len(w) else None)
            for _ in range(8)
        ]
        exact = Questionnaire(variables, outputs)
        greedy = Questionnaire(variables, outputs)
        for group in greedy.groups:
            group.exact = False
        assert greedy.expected() <= 1.05 * exact.expected() + 1e-9


def test_an_irrelevant_answer_is_not_asked() -> None:
    zone = Variable("zone", (True, False), (0.4, 0.6))
    size = Variable("size", ("big", "small"), (0.5, 0.5))
    outputs = [Table(("size",), lambda w: w["size"] == "big")]
    gone = [Irrelevance(Table(("zone",), lambda w: not w["zone"]), "size")]
    asked = Questionnaire([zone, size], outputs, [], gone)
    assert asked.next_question({"zone": False}) is None
    assert asked.next_question({"zone": True}) == "size"


def test_answers_that_exclude_each_other_are_named() -> None:
    names = [Variable(n, (True, False), (0.5, 0.5)) for n in "ab"]
    rule = Table(("a", "b"), lambda w: not w["a"] or w["b"])
    asked = Questionnaire(names, [Table(("a", "b"), lambda w: (w["a"], w["b"]))], [rule])
    with pytest.raises(Contradiction) as clash:
        asked.implied({"a": True, "b": False})
    assert clash.value.names == ("a", "b")
    assert asked.implied({"b": False}) == {"a": False}
