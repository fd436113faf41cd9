"""Kinds of case beyond policy clauses: 亩均 scores, days from land to start, the best exclusive bundle by brute force."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.grassroots.scenes.library import land_plan
from sanfu.kernel.rules.examples.bundles import bundle_case
from sanfu.kernel.rules.examples.inputs import UnreadableCase
from sanfu.kernel.rules.examples.registered import registered_kinds
from sanfu.projects.scoring.content import headings, schemes

KINDS = registered_kinds(land_plan(), schemes().values(), headings())
UPPER = {
    "亩均税收": 24.097, "亩均增加值": 136.16, "单位能耗增加值": 2.694, "单位排放增加值": 4929.81,
    "全员劳动生产率": 18.14, "R&D占主营收入比": 0.0302,
}  # fmt: skip


@pytest.mark.parametrize(
    ("case", "total"),
    [
        ({"scheme": "huangyan-2022", "set": "upper", "values": UPPER}, 100),
        ({"scheme": "huangyan-2022", "upper": list(UPPER.values())}, 100),
        ({"region": "黄岩", "year": 2022, "类别": "规下", "亩均税收": 11.5932, "单位用电税收": 0.2352}, 100),
        ({"scheme": "huangyan-2022", "set": "lower", "firm": {"tax": 115.932, "land_mu": 10, "单位用电税收": 0.2352}}, 100),
        ({"scheme": "huangyan-2022", "set": "upper", "values": {**UPPER, "单位排放增加值": None}}, None),
        ({"scheme": "huangyan-2022", "set": "upper", "values": {**UPPER, "单位排放增加值": None}, "mean": 8}, 98),
        ({"scheme": {"upper": [{"k": "亩均税收", "w": 100, "base": 8}]}, "values": [2]}, 25),
        ({"weights": {"亩均税收": 60, "亩均销售收入": 40}, "base": {"亩均税收": 8, "亩均销售收入": 10}, "values": {"亩均税收": 4, "亩均销售收入": 10}}, 70),
        ({"scheme": "huangyan-2022", "set": "lower", "metrics": [{"k": "亩均税收", "v": 11.5932}, {"k": "单位用电税收", "v": 0.2352}]}, 100),
        ({"scheme": "huangyan-2022", "size": "规上", "values": {**UPPER, "单位排放增加值": None}, "mean_scores": {"单位排放增加值": 8}}, 98),
    ],
)  # fmt: skip
def test_scores_in_the_shapes_people_write(case, total) -> None:
    assert KINDS.mu_score(case)["total"] == total


def test_an_unknown_field_or_scheme_is_an_error() -> None:
    with pytest.raises(UnreadableCase, match="不认识的字段"):
        KINDS.mu_score({"scheme": "huangyan-2022", "set": "upper", "values": {**UPPER, "天气": 3}})
    with pytest.raises(UnreadableCase, match="没有方案"):
        KINDS.mu_score({"scheme": "月球", "values": {}})
    with pytest.raises(UnreadableCase, match="不认识的字段"):
        bundle_case({"items": {"a": 1}, "天气": 3})


@pytest.mark.parametrize(("mode", "days"), [("prereview", 4), ("serial", 29), ("预审", 4), ("常规", 29)])
def test_days_from_land_to_start(mode: str, days: int) -> None:
    assert KINDS.permit({"mode": mode})["land_to_start_workdays"] == days


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=9),
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=10),
    st.one_of(st.none(), st.integers(1, 200)),
)
@settings(max_examples=80, deadline=None)
def test_the_best_bundle_is_that_of_brute_force(amounts, pairs, cap) -> None:
    names = [f"n{i}" for i in range(len(amounts))]
    conflicts = [[names[a], names[b]] for a, b in pairs if a != b and max(a, b) < len(names)]
    case = {
        "items": dict(zip(names, amounts, strict=True)),
        "conflicts": conflicts,
        **({"cap": cap} if cap else {}),
    }
    best = max(
        min(sum(amounts[i] for i in chosen), cap or 10**9)
        for size in range(len(names) + 1)
        for chosen in combinations(range(len(names)), size)
        if not any({names[i] for i in chosen} >= set(c) for c in conflicts)
    )
    found = bundle_case(case)
    assert found["total"] == best
    assert not any(set(found["chosen"]) >= set(c) for c in conflicts)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ({"items": [{"id": "a", "amount": 50, "group": "g"}, {"id": "b", "amount": 30, "group": "g"}, {"id": "c", "amount": 20}]}, (70, ["a", "c"])),
        ({"amounts": [50, 30, 40], "conflicts": [[0, 1], [0, 2]]}, (70, ["1", "2"])),
        ({"amounts": [50, 30, 40], "conflicts": [[1, 2], [1, 3]]}, (70, ["2", "3"])),
        ({"awards": {"a": "50万元", "b": "0.01亿元"}, "互斥": {"a": ["b"]}}, (100, ["b"])),
        ({"awards": {"a": 50, "b": 50}, "groups": {"x": ["a", "b"]}, "expected": ["b"]}, (50, ["b"])),
        ({"awards": {"a": 60, "b": 50}, "groups": {"x": ["a", "b"]}, "expected": ["b"]}, (60, ["a"])),
    ],
)  # fmt: skip
def test_bundles_in_the_shapes_people_write(case, expected) -> None:
    found = bundle_case(case)
    assert (found["total"], sorted(found["chosen"])) == expected
    assert Fraction(sum(found["paid"].values())).limit_denominator() == expected[0]


@pytest.mark.parametrize(
    ("tasks", "days", "path"),
    [
        ([{"id": "A", "days": 3}, {"id": "B", "days": 5, "after": ["A"]}, {"id": "C", "days": 2, "after": "A"}], 8, ["A", "B"]),
        ({"A": {"duration": 3, "pred": []}, "B": {"duration": 5.5, "pred": ["A"]}}, 8.5, ["A", "B"]),
        ([["甲", 2], ["乙", 4], ["丙", 1, "甲,乙"]], 5, ["乙", "丙"]),
    ],
)  # fmt: skip
def test_a_network_of_the_case_itself(tasks, days, path) -> None:
    found = KINDS.permit({"tasks": tasks})
    assert (found["days"], found["critical_path"]) == (days, path)
    assert all(found["slack"][step] == 0 for step in path)


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ({"tasks": [{"id": "A", "days": 1, "after": ["B"]}, {"id": "B", "days": 1, "after": ["A"]}]}, "成环"),
        ({"tasks": [{"id": "A", "days": 1, "after": ["Z"]}]}, "Z"),
        ({"tasks": [{"id": "A", "days": -1}]}, "天数"),
        ({"tasks": []}, "没有工序"),
        ({"mode": "serial", "天气": 1}, "不认识的字段"),
    ],
)
def test_a_network_that_cannot_be(case, why) -> None:
    with pytest.raises(UnreadableCase, match=why):
        KINDS.permit(case)


def test_pre_review_may_be_a_yes_or_no() -> None:
    assert KINDS.permit({"prereview": False})["days"] == 29
    assert KINDS.permit({"mode": "串行"})["days"] == 29
