"""Parcels: messy input is converted with a note or refused; overlaps equal brute force; wording and plot ratio."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from sanfu.kernel.claims.check import check
from sanfu.kernel.claims.verdicts import Verdict
from sanfu.kernel.land.areas import polygon_area
from sanfu.kernel.land.datums import BD09, CGCS2000, GCJ02, GRID3, from_official
from sanfu.kernel.land.evidence import Layout, axes_of
from sanfu.kernel.land.far import FarRule, Storey, count, coverage_for
from sanfu.kernel.land.grids import metres_of, zone_3
from sanfu.kernel.land.intake import Raw, WholeFileRefused, take_in
from sanfu.kernel.land.options import Site, Way, plan
from sanfu.kernel.land.overlaps import overlaps
from sanfu.kernel.land.quantities import read_area, read_money
from sanfu.kernel.land.screening import Finding, read_rules, screen
from sanfu.kernel.land.wording import BELOW, Change
from sanfu.projects.land.content import far_rule, screening, ways

RING = [(120.5, 31.9), (120.502, 31.9), (120.502, 31.902), (120.5, 31.902)]
AREA = polygon_area([RING])


def raw(number: str = "A", ring=RING, area: object = None, heading: str = "面积（平方米）") -> Raw:
    return Raw(number, {heading: area}, [[list(ring)]] if ring else [], "第 2 行", heading)


def test_every_datum_lands_on_the_same_ground() -> None:
    for datum in (GCJ02, BD09):
        lon, lat = from_official(datum, *np.array(RING).T)
        (parcel,) = take_in([raw(ring=zip(lon, lat, strict=True))], datum).parcels
        assert np.max(np.abs(np.array(parcel.polygons[0][0]) - RING)) < 1e-8
    east, north = metres_of(zone_3(40), *np.array(RING).T)
    survey = take_in([raw(ring=zip(north, east, strict=True))], GRID3)
    assert np.max(np.abs(np.array(survey.parcels[0].polygons[0][0]) - RING)) < 1e-8
    assert any("北（X）在前" in note for note in survey.notes)
    short = [(e - 40_000_000, n) for e, n in zip(east, north, strict=True)]
    assert take_in([raw(ring=short)], GRID3, meridian=120).parcels
    with pytest.raises(WholeFileRefused, match="中央经线"):
        take_in([raw(ring=short)], GRID3)


def test_swapped_axes_are_turned_and_said() -> None:
    intake = take_in([raw(ring=[(y, x) for x, y in RING])], CGCS2000)
    assert intake.parcels[0].polygons[0][0] == RING
    assert any("纬度在前" in note for note in intake.notes)
    assert intake.parcels[0].raw.polygons[0][0][0] == (31.9, 120.5)  # the original stays


@given(st.lists(st.tuples(st.floats(73, 135), st.floats(4, 53)), min_size=3, max_size=30))
@settings(max_examples=50, deadline=None)
def test_swapped_axes_are_always_caught(points) -> None:
    first, second = np.array(points).T
    assert axes_of(first, second).layout is Layout.DEGREES
    assert axes_of(second, first).layout is Layout.SWAPPED


@pytest.mark.parametrize(
    ("ring", "datum", "said"),
    [
        (RING, GRID3, "经纬度"),
        ([(500_000, 3_500_000), (500_100, 3_500_000), (500_100, 3_500_100)], CGCS2000, "米"),
        ([(120.5, 31.9), (31.9, 120.6), (120.6, 31.95)], CGCS2000, "纬度在前"),
        ([(1, 2), (3, 4), (5, 600)], CGCS2000, "中国境内"),
        ([(21_500_000, 3_500_000), (21_500_100, 3_500_000), (21_500_100, 3_500_100)], GRID3, "6 度带"),
    ],
)
def test_a_file_that_contradicts_its_datum_is_refused_whole(ring, datum, said: str) -> None:
    with pytest.raises(WholeFileRefused, match=said):
        take_in([raw(ring=ring)], datum)


def test_parcels_that_cannot_stand_are_refused_one_by_one() -> None:
    bow_tie = [RING[0], RING[2], RING[1], RING[3]]
    rows = [
        raw("good", area=round(AREA)), raw("good", area=1), raw("", area=1), raw("none", ring=None), raw("tie", bow_tie),
        raw("line", [(120.5, 31.9), (120.6, 31.9), (120.7, 31.9)]), raw("word", area="很大"), raw("minus", area=-3),
        raw("far", [(x + 0.1, y) for x, y in RING], area=AREA * 1.2),
    ]  # fmt: skip
    intake = take_in(rows, CGCS2000)
    assert [p.number for p in intake.parcels] == ["good"]
    why = {r.number: r.why for r in intake.refused}
    assert "编号" in why[""]
    for number, said in (
        ("none", "界址"),
        ("tie", "相交"),
        ("line", "面积"),
        ("word", "读不成"),
        ("minus", "正数"),
        ("far", "差"),
    ):
        assert said in why[number], number


def test_no_area_is_taken_with_a_note_and_overlap_is_refused() -> None:
    moved = [(x + 0.001, y) for x, y in RING]
    intake = take_in([raw("A"), raw("B", moved)], CGCS2000)
    assert [p.number for p in intake.parcels] == ["A"]
    assert "没有登记面积" in intake.parcels[0].notes[-1]
    assert "与 A 重叠" in intake.refused[0].why
    held = take_in([raw("C", moved)], CGCS2000, held={"old": [[RING]]})
    assert "与 old 重叠" in held.refused[0].why


def test_a_wrong_datum_shows_against_parcels_that_are_held() -> None:
    lon, lat = from_official(GCJ02, *np.array(RING).T)
    intake = take_in([raw("A", zip(lon, lat, strict=True))], CGCS2000, held={"A": [[RING]]})
    assert intake.offset is not None
    assert intake.offset.suggests is GCJ02
    assert 300 < intake.offset.metres < 700


@given(st.lists(st.tuples(*[st.integers(0, 40)] * 2, *[st.integers(1, 15)] * 2), min_size=1, max_size=12))
@settings(max_examples=30, deadline=None)
def test_overlaps_equal_brute_force(boxes) -> None:
    step = 1e-4
    shapes = [box(x, y, x + w, y + h) for x, y, w, h in boxes]
    parcels = {
        str(n): [[[(120 + cx * step, 31 + cy * step) for cx, cy in s.exterior.coords]]]
        for n, s in enumerate(shapes)
    }
    wanted = {
        (i, j) for i in range(len(shapes)) for j in range(i) if shapes[i].intersection(shapes[j]).area > 0.5
    }
    assert {(int(o.one), int(o.other)) for o in overlaps(parcels)} == wanted


@pytest.mark.parametrize(
    ("cell", "heading", "metres"),
    [
        ("15亩", "面积", 10_000), (1, "面积（公顷）", 10_000), ("10,000.5㎡", "面积", Fraction(20001, 2)),
        ("3", "面积", 2000), ("0.01", "面积（平方公里）", 10_000), ("2公顷", "面积（亩）", 20_000), ("", "面积", None),
    ],
)  # fmt: skip
def test_areas_with_their_units(cell, heading: str, metres) -> None:
    assert read_area(cell, heading).value == metres


def test_what_was_assumed_or_contradicted_is_noted() -> None:
    assert "没有写单位" in read_area("3", "面积").note
    assert "表头" in read_area("2公顷", "面积（亩）").note
    assert read_money("1.2亿元").value == 12_000
    assert read_money("3000", "投资（元）").value == Fraction(3, 10)
    with pytest.raises(ValueError, match="单位"):
        read_area("3立方")


# ---- plot ratio, options, wording


SEED = [Storey(Fraction(h), Fraction(1000)) for h in ("12", "7", "7", "4.5", "4.5", "4.5")]


def test_a_storey_above_eight_metres_counts_twice() -> None:
    found = count(SEED, far_rule())
    assert (found.gross, found.counted, found.doubled) == (6000, 7000, (1,))
    assert count([Storey(Fraction(8), Fraction(1000))], FarRule()).counted == 1000
    assert round(float(coverage_for(Fraction("2.9"), [s.height for s in SEED], far_rule())), 3) == 0.414


def test_the_seeds_example_comes_out_right() -> None:
    land = Fraction(100) * Fraction(2000, 3)
    plate = land * Fraction("2.9") / 7
    site = Site(land, Fraction("0.6"), BELOW, "税收", Fraction(5))
    option = plan(
        site, ways()[0], [Storey(s.height, plate) for s in SEED], far_rule(), expected=Fraction(6000)
    )
    assert option.far == Fraction("2.9")
    assert option.per_mu == 60
    assert round(option.added) == 153_333
    assert sum(option.cash) == option.cost
    assert "超过原来的 4.83 倍" in option.sentences["容积率"]
    assert "是原来的 12 倍" in option.sentences["亩均"]
    assert "1100%" in option.sentences["亩均"]
    assert any("两倍计入" in w for w in option.warnings)


def test_without_a_named_numerator_there_is_no_per_mu_figure() -> None:
    option = plan(Site(Fraction(10_000), None), ways()[0], SEED, far_rule(), expected=Fraction(100))
    assert option.per_mu is None
    assert any("分子" in w for w in option.warnings)


@given(st.fractions(0, 100, max_denominator=100), st.integers(0, 24), st.integers(1, 40))
@settings(max_examples=50, deadline=None)
def test_cash_adds_up_to_the_cost(cost: Fraction, before: int, least: int) -> None:
    way = Way("w", "w", cost, cost, before, Fraction(0), least)
    option = plan(Site(Fraction(5000), Fraction(1)), way, SEED, far_rule())
    assert sum(option.cash) == option.cost
    assert option.months == before + least


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("容积率从不足0.6提升到2.9，提升4倍", Verdict.AMBIGUOUS), ("容积率由不足0.6提高到2.9，提升超过3.8倍", Verdict.OK),
        ("容积率从不足0.6提升到2.9，是原来的4.83倍", Verdict.AMBIGUOUS), ("亩均产出从5万元提升到60万元，提升12倍", Verdict.WRONG),
        ("亩均产出从5万元提升到60万元，提升11倍", Verdict.OK), ("亩均产出从5万元提升到60万元，增长1100%", Verdict.OK),
        ("亩均产出从5万元提升到60万元，是原来的12倍", Verdict.OK), ("从60亩到75亩，提高25%", Verdict.OK),
    ],
)  # fmt: skip
def test_the_seeds_sentences_are_held_against_their_figures_by_the_one_check(
    text: str, verdict: Verdict
) -> None:
    assert check(text).verdict is verdict


def test_a_bound_stays_true_when_rounded() -> None:
    assert Change(Fraction("0.6"), Fraction("2.9"), BELOW).sentences()["increase"] == "增加超过 3.83 倍"
    assert "不足" in Change(Fraction("0.6"), Fraction("0.3"), BELOW).sentences()["percent"]
    with pytest.raises(ValueError, match="不能说"):
        Change(Fraction(0), Fraction(1)).sentences()


# ---- screening


def facts(**known):
    return {
        k: Fraction(str(v)) if isinstance(v, int | float) and not isinstance(v, bool) else v
        for k, v in known.items()
    }


def test_unknown_is_not_no() -> None:
    rules = list(screening())
    assert screen(rules, facts(容积率=0.5, 取得土地年数=5)).finding is Finding.LOW
    assert screen(rules, facts(容积率=0.5, 取得土地年数=1)).finding is Finding.OUT
    answer = screen(rules, facts(容积率=0.5))
    assert (answer.finding, answer.missing) == (Finding.OPEN, ("取得土地年数",))
    answer = screen(rules, facts(容积率=2, 取得土地年数=5))
    assert answer.finding is Finding.OPEN
    assert "亩均税收" in answer.missing
    fine = facts(
        容积率=2,
        取得土地年数=5,
        亩均税收=20,
        建筑系数=50,
        闲置月数=0,
        停产月数=0,
        产业类别="鼓励类",
        安全环保否决=False,
    )
    assert screen(rules, fine).finding is Finding.FINE


def test_a_malformed_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="比较"):
        read_rules({"低效": [{"id": "x", "名": "x", "当": [["容积率", "大概", 1]], "依据": ""}]})


def test_a_parcel_with_swapped_axes_among_others_is_turned_with_a_note() -> None:
    straight = [(120.5, 31.5), (120.503, 31.5), (120.503, 31.502), (120.5, 31.502)]
    swapped = [(lat, lon + 0.1) for lon, lat in straight]
    torn = [straight[0], swapped[1], straight[2]]
    rows = [Raw(n, {}, [[ring]], n) for n, ring in (("A", straight), ("B", swapped), ("C", torn))]
    intake = take_in(rows, CGCS2000)
    assert [p.number for p in intake.parcels] == ["A", "B"]
    assert any("纬度在前" in note for note in intake.parcels[1].notes)
    assert intake.parcels[1].raw.polygons[0][0][0] == swapped[0]
    assert intake.parcels[1].measured == pytest.approx(intake.parcels[0].measured, rel=1e-6)
    assert [r.number for r in intake.refused] == ["C"]
