"""Indicators: published bulletins recomputed, tallies that add in any order, honest small samples."""

import random
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.measure.comparison import adjusted, moved, stands_out, unwanted
from sanfu.measure.rules import (
    BadIndicator,
    Figure,
    Indicator,
    IndicatorSet,
    Scoring,
    Tally,
    agrees,
    figure,
    gap,
    rounded,
    shrunk,
    tally,
    wilson,
)
from sanfu.records.content import CONTENT, read_yaml

GOLDEN = read_yaml(CONTENT / "indicators" / "published.golden.yaml")
RAW = read_yaml(CONTENT / "indicators" / "requests.yaml")
REQUESTS = IndicatorSet.parse(RAW)


@pytest.mark.parametrize("case", GOLDEN["ratios"], ids=lambda case: f"{case['place']} {case['indicator']}")
def test_published_ratios(case: dict[str, str]) -> None:
    share = Fraction(str(case["numerator"])) / Fraction(str(case["denominator"]))
    assert agrees(share * 100, case["published"])
    assert case["indicator"] in {one.name for one in REQUESTS.indicators}


@pytest.mark.parametrize("case", GOLDEN["totals"], ids=lambda case: case["place"])
def test_published_totals_and_the_one_that_does_not_add_up(case: dict[str, object]) -> None:
    assert gap(case["parts"], case["published"]) == case["gap"]


RULES = {name: Scoring.parse(raw) for name, raw in GOLDEN["rules"].items()}


@pytest.mark.parametrize("row", GOLDEN["scores"], ids=lambda row: f"{row[0]} {row[1]} {row[2]}")
def test_published_scores(row: list[str]) -> None:
    _, _, percent, rule, published = row
    assert agrees(RULES[rule].score(Fraction(percent)), published)


def percent_of(text: str) -> Fraction:
    return Fraction(text) * 100 if "/" in text else Fraction(text)


@pytest.mark.parametrize("case", GOLDEN["unit_totals"], ids=lambda case: f"{case['month']} {case['unit']}")
def test_published_unit_totals(case: dict[str, object]) -> None:
    lost = sum(RULES[rule].lost(percent_of(percent)) for rule, percent in case["items"])
    assert 100 - lost - sum(case["other"].values()) == Decimal(case["published"])


def test_scores_are_rounded_before_they_are_added() -> None:
    """铁塔 2021-08 lost 9.2857 and 11.6667 and got 78.04, which the unrounded sum misses."""
    assert 100 - RULES["签收"].lost(Fraction(600, 7)) - RULES["按时"].lost(Fraction(500, 6)) - 1 == Decimal(
        "78.04"
    )
    assert rounded(100 - Fraction(65, 7) - Fraction(35, 3) - 1, 2) == Decimal("78.05")


@given(st.fractions(0, 100), st.sampled_from(sorted(RULES)))
@settings(max_examples=100, deadline=None)
def test_scores_rise_with_the_rate_and_stay_in_their_bounds(percent: Fraction, rule: str) -> None:
    scoring = RULES[rule]
    assert scoring.floor <= scoring.score(percent) <= scoring.full
    assert scoring.score(percent) <= scoring.score(percent + 1)
    assert scoring.score(scoring.target) == scoring.full


@st.composite
def orders(draw: st.DrawFn) -> list[dict[str, object]]:
    names = [*RAW["facts"]["orders"]]
    rows = []
    for _ in range(draw(st.integers(0, 25))):
        row: dict[str, object] = {name: draw(st.booleans()) for name in names}
        row |= {name: draw(st.integers(0, 9)) for name in RAW["values"]["orders"]}
        rows.append(row | {"unit": draw(st.sampled_from("甲乙丙"))})
    return rows


ORDER_INDICATORS = [one for one in REQUESTS.indicators if one.of == "orders"]


@pytest.mark.slow
@given(orders(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_tallies_add_up_over_units_in_any_order(rows: list[dict[str, object]], source: random.Random) -> None:
    shuffled = rows.copy()
    source.shuffle(shuffled)
    for one in ORDER_INDICATORS:
        whole = tally(one, rows)
        assert tally(one, shuffled) == whole
        by_unit = [tally(one, [row for row in rows if row["unit"] == unit]) for unit in "丙甲乙"]
        assert sum(by_unit, Tally()) == whole
        assert whole.numerator <= whole.denominator <= len(rows)


@given(orders())
@settings(max_examples=100, deadline=None)
def test_figures_equal_the_plain_formula(rows: list[dict[str, object]]) -> None:
    by_name = {one.name: figure(one, tally(one, rows), 30) for one in ORDER_INDICATORS}
    due = [row for row in rows if row["counted"] and row["due"]]
    late = [row for row in due if not row["closed_in_time"]]
    shown = by_name["按时办结率"].value
    assert shown == (None if not due else 1 - Fraction(len(late), len(due)))
    hops = sorted(row["hops"] for row in rows if row["counted"] and row["dispatched"])
    mean, p95 = by_name["平均流转次数"].value, by_name["流转次数P95"].value
    assert mean == (Fraction(sum(hops), len(hops)) if hops else None)
    if hops:
        assert sum(hop <= p95 for hop in hops) >= 0.95 * len(hops)
        assert sum(hop < p95 for hop in hops) < 0.95 * len(hops)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@settings(max_examples=100, deadline=None)
def test_small_samples_show_a_wide_range_and_shrink_to_the_county(pair: tuple[int, int]) -> None:
    hits, count = pair
    low, high = wilson(hits, count)
    assert 0 <= low <= hits / count + 1e-9
    assert hits / count - 1e-9 <= high <= 1
    wider = wilson(hits * 4, count * 4)
    assert wider[1] - wider[0] < high - low
    county = Tally(900, 810, Counter())
    pulled = shrunk(Tally(count, hits, Counter()), county, 30)
    own, mean = Fraction(hits, count), Fraction(810, 900)
    assert min(own, mean) <= pulled <= max(own, mean)


def test_no_rows_is_unknown_not_zero() -> None:
    one = REQUESTS.get("on_time_rate")
    empty = figure(one, tally(one, []), 30)
    assert (empty.value, empty.percent(), empty.small) == (None, None, True)


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (Fraction(17665, 1000), 2, "17.67"),
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(-1, 8), 2, "-0.13"),
        (Fraction(999, 1000), 2, "1.00"),
        (Fraction(5), 0, "5"),
    ],
)
def test_rounding_is_half_up(value: Fraction, digits: int, shown: str) -> None:
    assert str(rounded(value, digits)) == shown


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"denominator": {"label": "", "all": ["sunny"]}}, "没有登记的事实：sunny"),
        ({"numerator": None}, "比率要有分子"),
        ({"value": "hops"}, "二者不能都写"),
        ({"good": "maybe"}, "缺少或写错"),
        ({"show": "median"}, "缺少或写错"),
    ],
)
def test_a_wrong_indicator_is_refused(change: dict[str, object], words: str) -> None:
    raw = RAW | {"indicators": [RAW["indicators"][0] | change]}
    with pytest.raises(BadIndicator, match=words):
        IndicatorSet.parse(raw)


def test_every_formula_can_be_read_aloud() -> None:
    one = REQUESTS.get("first_time_rate")
    assert one.formula == "一次解决率 ＝ 解决、未返工、30天内未再提 ÷ 有效回访且办结已满30天"
    assert "非“返工" in REQUESTS.words(one)[1]
    with pytest.raises(BadIndicator, match="没有编号"):
        REQUESTS.get("nothing")
    twice = RAW | {"indicators": [RAW["indicators"][0]] * 2}
    with pytest.raises(BadIndicator, match="重复"):
        IndicatorSet.parse(twice)


ON_TIME, REWORK = REQUESTS.get("on_time_rate"), REQUESTS.get("rework_rate")
KINDS = ("城乡建设", "劳动和社会保障", "商贸旅游")
# one row: unit, kind of request, whether it counts in the numerator
ROWS = st.lists(
    st.tuples(st.sampled_from("甲乙丙"), st.sampled_from(KINDS), st.booleans()), min_size=1, max_size=60
)


def tallies(rows: list[tuple[str, str, bool]]) -> dict[str, Tally]:
    kinds = {kind for _, kind, _ in rows}
    return {
        kind: Tally(sum(k == kind for _, k, _ in rows), sum(k == kind and hit for _, k, hit in rows))
        for kind in kinds
    }


@settings(max_examples=200, deadline=None)
@given(ROWS, st.sampled_from([ON_TIME, REWORK]))
def test_difficulty_adjustment_equals_counting_row_by_row(
    rows: list[tuple[str, str, bool]], one: Indicator
) -> None:
    """Brute force: every row of the unit is due as often as an average row of its kind in the county."""
    own = [row for row in rows if row[0] == rows[0][0]]
    found = adjusted(one, tallies(own), tallies(rows))
    bad = [row for row in rows if row[2] != one.higher_is_better]
    due = Fraction(0)
    for _, kind, _ in own:
        same = [row for row in rows if row[1] == kind]
        due += Fraction(sum(row in bad for row in same), len(same))
    assert found.expected == due
    assert found.observed == sum(row[2] != one.higher_is_better for row in own)
    if not due:
        assert found.share is None
        assert found.observed == 0
        return
    unwanted_share = min(found.observed / due * Fraction(len(bad), len(rows)), Fraction(1))
    assert found.share == (1 - unwanted_share if one.higher_is_better else unwanted_share)
    assert 0 <= found.share <= 1


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9), st.integers(1, 9)), min_size=1, max_size=5),
    st.sampled_from([ON_TIME, REWORK]),
)
def test_a_unit_with_the_countys_rate_in_every_kind_gets_the_countys_rate(
    kinds: list[tuple[int, int, int]], one: Indicator
) -> None:
    """Whatever its mix: ten times (rows, hits) per unit of weight, the same share in every unit, weights differ."""
    here = {str(n): Tally(10 * own, min(hits, 10) * own) for n, (own, hits, _) in enumerate(kinds)}
    there = {str(n): Tally(10 * rest, min(hits, 10) * rest) for n, (_, hits, rest) in enumerate(kinds)}
    whole = {kind: here[kind] + there[kind] for kind in here}
    found = adjusted(one, here, whole)
    hits, rows = sum(t.numerator for t in whole.values()), sum(t.denominator for t in whole.values())
    if found.expected:
        assert found.share == Fraction(hits, rows)


def test_the_hard_kinds_do_not_make_a_unit_look_worse() -> None:
    """甲 has only hard requests and does them as well as everybody: 80% raw, the county's 92% adjusted."""
    own = {"劳动和社会保障": Tally(50, 40)}
    whole = {"劳动和社会保障": Tally(100, 80), "商贸旅游": Tally(200, 196)}
    found = adjusted(ON_TIME, own, whole)
    assert (found.observed, found.expected, found.whole) == (10, 10, Fraction(24, 300))
    assert found.share == Fraction(276, 300)
    assert unwanted(ON_TIME, own["劳动和社会保障"]) == 10
    assert unwanted(REWORK, Tally(50, 40)) == 40


def test_standing_out_and_moving_take_more_than_chance() -> None:
    def of(hits: int, rows: int) -> Figure:
        return figure(ON_TIME, Tally(rows, hits), 30)

    assert stands_out(ON_TIME, of(60, 100), of(900, 1000)) == -1
    assert stands_out(REWORK, of(60, 100), of(900, 1000)) == 1
    assert stands_out(ON_TIME, of(88, 100), of(900, 1000)) == 0
    assert stands_out(ON_TIME, of(0, 29), of(900, 1000)) == 0, "a small sample accuses nobody"
    assert moved(ON_TIME, of(95, 100), of(70, 100)) == 1
    assert moved(REWORK, of(95, 100), of(70, 100)) == -1
    assert moved(ON_TIME, of(95, 100), of(93, 100)) == 0
    assert moved(ON_TIME, of(95, 100), of(0, 0)) == 0
