"""Parks against brute force: fit, scores with their spans and rank intervals, comparison by industry; messy sheets."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.parks.capacity import Stock, Verdict, fit
from sanfu.kernel.parks.evaluation import evaluate
from sanfu.kernel.parks.mix import MixFirm, compare
from sanfu.kernel.parks.scheme import BadScheme, read_scheme
from sanfu.kernel.parks.sheets import read_firms, read_stocks, read_values
from sanfu.kernel.sheets import UnreadableSheet


def scheme(*items, missing="skip"):
    rows = [{"name": n, "weight": w, "measure": m, **more} for n, w, m, more in items]
    total = sum(r["weight"] for r in rows)
    return read_scheme(
        {"id": "x", "missing": missing, "groups": [{"name": "组", "weight": total, "items": rows}]}
    )


TWO = (("甲", 60, "target", {"target": 10}), ("乙", 40, "target", {"target": 4, "direction": "down"}))
values = st.lists(
    st.tuples(st.integers(1, 30).map(Fraction), st.integers(1, 30).map(Fraction)), min_size=1, max_size=3
)


@settings(max_examples=25, deadline=None)
@given(values, st.sampled_from([Fraction(0), Fraction(1, 20), Fraction(1, 5)]))
def test_rank_intervals_of_targets_are_exactly_what_the_corners_of_the_error_box_give(rows, error) -> None:
    chosen = scheme(*TWO)
    parks = {f"园{n}": {"甲": a, "乙": b} for n, (a, b) in enumerate(rows)}
    found = {one.park: one for one in evaluate(chosen, parks, error)}
    ranks: dict[str, set[int]] = {park: set() for park in parks}
    for signs in product((-1, 1), repeat=2 * len(parks)):
        moved = {
            park: {name: v * (1 + signs[2 * n + k] * error) for k, (name, v) in enumerate(row.items())}
            for n, (park, row) in enumerate(parks.items())
        }
        for one in evaluate(chosen, moved, Fraction(0)):
            ranks[one.park].add(one.rank)
            assert found[one.park].low <= one.total <= found[one.park].high
    for park, seen in ranks.items():
        assert (found[park].best, found[park].worst) == (min(seen), max(seen))


@settings(max_examples=40, deadline=None)
@given(values, st.sampled_from(["range", "percentile"]), st.lists(st.integers(-1, 1), min_size=8, max_size=8))
def test_spans_of_relative_measures_are_never_too_narrow(rows, measure, signs) -> None:
    chosen = scheme(("甲", 60, measure, {}), ("乙", 40, measure, {"direction": "down"}))
    parks = {f"园{n}": {"甲": a, "乙": b} for n, (a, b) in enumerate(rows)}
    found = {one.park: one for one in evaluate(chosen, parks, Fraction(1, 10))}
    moved = {
        park: {name: v * (1 + Fraction(signs[2 * n + k], 10)) for k, (name, v) in enumerate(row.items())}
        for n, (park, row) in enumerate(parks.items())
    }
    for one in evaluate(chosen, moved, Fraction(0)):
        held = found[one.park]
        assert held.low <= one.total <= held.high
        assert held.best <= one.rank <= held.worst


def test_a_park_at_every_target_has_100_and_a_missing_value_does_what_the_scheme_says() -> None:
    parks = {"全": {"甲": Fraction(10), "乙": Fraction(4)}, "缺": {"甲": Fraction(5), "乙": None}}
    full, less = evaluate(scheme(*TWO), parks, Fraction(0))
    assert (full.total, less.total, less.missing) == (100, 50, ("乙",))
    assert evaluate(scheme(*TWO, missing="zero"), parks, Fraction(0))[1].total == 30


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"weight": 50}, "权重之和"),
        ({"measure": "x"}, "计分方法"),
        ({"target": 0}, "目标值"),
        ({"weight": "多"}, "不是数"),
    ],
)
def test_a_scheme_that_cannot_be_used_is_refused_with_words(change, said) -> None:
    row = {"name": "甲", "weight": 100, "measure": "target", "target": 1, **change}
    weight = row["weight"] if row["weight"] != "多" else 100
    with pytest.raises(BadScheme, match=said):
        read_scheme({"groups": [{"name": "组", "weight": weight, "items": [row]}]})


amounts = st.one_of(st.none(), st.integers(0, 9).map(Fraction))


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from("abc"), st.tuples(amounts, st.integers(0, 5), st.integers(0, 4))),
       st.dictionaries(st.sampled_from("abcd"), st.integers(0, 6)))  # fmt: skip
def test_fit_equals_putting_firms_in_one_by_one(held, need) -> None:
    stocks = [
        Stock(k, "", total, Fraction(bound), Fraction(talks)) for k, (total, bound, talks) in held.items()
    ]
    found = fit(stocks, {k: Fraction(v) for k, v in need.items()})
    asked = {k: v for k, v in need.items() if v}
    left = {k: None if held.get(k, (None,))[0] is None else held[k][0] - held[k][1] for k in asked}
    assert set(found.short) == {k for k in asked if left[k] is not None and left[k] < asked[k]}
    assert set(found.unknown) == {k for k in asked if left[k] is None}
    if found.verdict in {Verdict.FITS, Verdict.TIGHT} and asked:
        count = 0
        while all(left[k] >= asked[k] * (count + 1) for k in asked):
            count += 1
        assert found.times == count >= 1


firm = st.tuples(st.sampled_from("甲乙"), st.sampled_from("机电化"), st.integers(0, 50), st.integers(1, 20))


@settings(max_examples=80, deadline=None)
@given(st.lists(firm, min_size=1, max_size=12))
def test_the_mix_equals_the_definition(rows) -> None:
    firms = [MixFirm(p, i, Fraction(a), Fraction(b)) for p, i, a, b in rows]
    for one in compare(firms, 5):
        own = [f for f in firms if f.park == one.park]
        want = sum(
            f.denominator * sum(g.numerator for g in firms if g.industry == f.industry)
            / sum(g.denominator for g in firms if g.industry == f.industry)
            for f in own
        )  # fmt: skip
        assert one.few == (len(own) < 5)
        assert one.ratio == (sum(f.numerator for f in own) / want if want else None)


def test_a_park_of_rich_industries_is_not_better_for_them() -> None:
    """Both parks are as good as the industry each has; plain figures differ five times."""
    firms = [MixFirm("甲", "芯片", Fraction(50), Fraction(1)), MixFirm("乙", "家具", Fraction(10), Fraction(1)),
             MixFirm("丙", "芯片", Fraction(50), Fraction(1)), MixFirm("丙", "家具", Fraction(10), Fraction(1))]  # fmt: skip
    assert {one.park: one.ratio for one in compare(firms)} == {"甲": 1, "乙": 1, "丙": 1}


def test_messy_sheets_are_read_and_bad_rows_named() -> None:
    stocks = read_stocks(
        "开发区承载能力（演示）\n园区名称,要素,总量,已占用\n甲园,用地,2公顷,10\n甲园,电力,10兆伏安,\n乙园,阳光,1,\n丙园,用地,很多,\n".encode("gb18030"),
        "a.csv", {"用地": "亩", "电力": "千伏安"},
    )  # fmt: skip
    assert [(p, s.kind, s.total, s.committed) for p, s in stocks.rows] == [
        ("甲园", "用地", 30, 10),
        ("甲园", "电力", 10000, 0),
    ]
    assert [line for line, _ in stocks.refused] == [5, 6]
    assert any("换算为 30亩" in note for note in stocks.notes)
    read = read_values("园区,甲\n东园,12.5%\n东园,3\n,4\n".encode(), "b.csv", ["甲", "乙"])
    assert read.rows == [("东园", {"甲": Fraction("12.5"), "乙": None})]
    assert len(read.refused) == 2
    with pytest.raises(UnreadableSheet):
        read_values("园区,丙\n东园,1\n".encode(), "b.csv", ["甲"])
    firms = read_firms(
        "园区,行业,税收（万元）,用地面积（亩）\n甲,机械,100,1公顷\n乙,机械,1,0\n".encode(), "c.csv"
    )
    assert [(f.numerator, f.denominator) for f in firms.rows] == [(100, 15)]
    assert len(firms.refused) == 1
