"""亩均评价: published bases come out exactly, quotas, ties, exclusions, missing figures, objections, rebasing."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.land.scoring.engine import Firm, mean_scores, score_all, score_one
from sanfu.kernel.land.scoring.grading import grade_all, interval, needed, quotas
from sanfu.kernel.land.scoring.reading import read_scheme
from sanfu.kernel.land.scoring.rebase import shifts
from sanfu.kernel.land.scoring.schemes import Grades, Rounding, SchemeError
from sanfu.kernel.land.scoring.sheet import merged, read_sheet, share_site
from sanfu.projects.scoring.content import headings, schemes

COMPLETE = [
    s for s in schemes().values() if not s.without_base() and all(i.bases for g in s.sets.values() for i in g)
]


def at_base(scheme, group: str, factor: str = "1") -> Firm:
    values = {i.key: i.base(scheme.year) * Decimal(factor) for i in scheme.sets[group]}
    return Firm("f", "f", group, values=values)


@pytest.mark.parametrize("scheme", COMPLETE, ids=lambda s: s.id)
def test_a_firm_at_every_base_scores_a_hundred(scheme) -> None:
    for group in scheme.sets:
        assert score_one(scheme, at_base(scheme, group)).total == 100
        assert score_one(scheme, at_base(scheme, group, "0.5")).total == 50


def test_the_published_years_are_there() -> None:
    assert {"huangyan-2021", "huangyan-2022"} <= {s.id for s in COMPLETE}


@given(st.lists(st.fractions(Fraction(1, 100), 10_000, max_denominator=10_000), min_size=8, max_size=8))
@settings(max_examples=40, deadline=None)
def test_both_huangyan_years_agree_with_fractions_to_a_billionth(figures: list[Fraction]) -> None:
    for name in ("huangyan-2021", "huangyan-2022"):
        scheme = schemes()[name]
        for group, start in (("upper", 0), ("lower", 6)):
            indicators = scheme.sets[group]
            mine = figures[start : start + len(indicators)]
            values = {
                i.key: Decimal(f.numerator) / Decimal(f.denominator)
                for i, f in zip(indicators, mine, strict=True)
            }
            wanted = sum(
                f / Fraction(i.base(scheme.year)) * Fraction(i.weight)
                for i, f in zip(indicators, mine, strict=True)
            )
            found = score_one(scheme, Firm("f", "f", group, values=values)).total
            assert abs(Fraction(found) - wanted) < Fraction(1, 10**9) * max(1, wanted)


def test_the_base_alone_moves_a_score_so_years_do_not_compare() -> None:
    moved = {(s.set, s.indicator): s for s in shifts(schemes()["huangyan-2021"], schemes()["huangyan-2022"])}
    assert round(moved["upper", "亩均税收"].factor, 3) == Decimal("1.079")
    assert round(moved["lower", "亩均税收"].factor, 3) == Decimal("1.432")


def scheme_of(**more: object):
    return read_scheme(
        {
            "id": "t", "year": 2025,
            "upper": [{"k": "亩均税收", "w": 60, "base": 10}, {"k": "亩均销售收入", "w": 40, "base": 100}],
            "grades": {"A": 20, "B": 60, "C": 95, "D": 100}, **more,
        },
        headings(),
    )  # fmt: skip


def firm(name: str, tax: object, sales: object, **more) -> Firm:
    values = {"亩均税收": tax, "亩均销售收入": sales}
    return Firm(
        name,
        name,
        "upper",
        values={k: None if v is None else Decimal(str(v)) for k, v in values.items()},
        **more,
    )


@pytest.mark.parametrize("weights", [(60, 39), (60, 40.5), (0, 0)])
def test_weights_that_miss_a_hundred_are_refused(weights) -> None:
    with pytest.raises(SchemeError, match="100"):
        read_scheme({"upper": [{"k": str(n), "w": w, "base": 1} for n, w in enumerate(weights)]}, headings())


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ([], "对象"),
        ({}, "upper"),
        ({"upper": [{"k": "甲", "w": "多"}]}, "不是数"),
        ({"upper": [{"k": "甲", "w": 100, "base": 0}]}, "大于 0"),
        ({"upper": [{"k": "甲", "w": 50, "base": 1}, {"k": "甲", "w": 50, "base": 1}]}, "重名"),
        ({"upper": [{"k": "甲", "w": 100, "base": 1}], "grades": {"A": 60, "B": 20, "D": 100}}, "递增"),
        ({"upper": [{"k": "甲", "w": 100, "base": 1}], "grades": {"A": 100}, "rounding": "随便"}, "取整"),
    ],
)
def test_a_scheme_that_cannot_be_used_says_why(raw, said: str) -> None:
    with pytest.raises(SchemeError, match=said):
        read_scheme(raw, headings())


def test_cap_and_floor_leave_their_note() -> None:
    score = score_one(scheme_of(cap="1.5倍"), firm("a", 100, -5))
    assert [line.score for line in score.lines] == [90, 0]
    assert "封顶" in score.lines[0].note
    assert score.lines[1].raw < 0
    assert score_one(scheme_of(floor="无"), firm("a", 10, -100)).total == 20


def test_a_missing_figure_is_unknown_unless_the_scheme_says_otherwise() -> None:
    assert score_one(scheme_of(), firm("a", 10, None)).total is None
    assert score_one(scheme_of(missing="zero"), firm("a", 10, None)).total == 60
    assert score_one(scheme_of(missing="full"), firm("a", 10, None)).total == 100
    group = [firm("a", 10, 100), firm("b", 10, 50), firm("c", 10, None)]
    scores = score_all(scheme_of(missing="mean"), group)
    assert scores[2].total == 60 + 30
    again = score_one(scheme_of(missing="mean"), firm("c", 10, None), means=mean_scores(scores))
    assert again.total == 90  # one objection re-run alone gets the mean of the published run


def test_refunds_are_restored_and_leases_move_land() -> None:
    facts = {
        "实缴税收": Decimal(70),
        "留抵退税": Decimal(30),
        "用地面积": Decimal(12),
        "租入面积": Decimal(3),
        "租出面积": Decimal(5),
    }
    score = score_one(scheme_of(), Firm("a", "a", "upper", {**facts, "营业收入": Decimal(1000)}))
    assert (score.lines[0].numerator, score.lines[0].denominator) == (100, 10)
    assert score.total == 100


@pytest.mark.parametrize(
    ("rounding", "ends"),
    [
        (Rounding.FLOOR, [7, 22, 35, 37]),
        (Rounding.HALF_UP, [7, 22, 35, 37]),
        (Rounding.CEILING, [8, 23, 36, 37]),
    ],
)
def test_quotas_of_37_firms(rounding: Rounding, ends: list[int]) -> None:
    assert quotas(Grades(tuple("ABCD"), tuple(map(Decimal, (20, 60, 95, 100))), rounding), 37) == ends


def test_ties_at_the_line_go_up_or_down_together() -> None:
    firms = [firm(n, tax, 100) for n, tax in (("a", 20), ("b", 9), ("c", 9), ("d", 5), ("e", 1))]
    up = grade_all(scheme_of(grades={"A": 40, "B": 100}), score_all(scheme_of(), firms))
    assert [g.grade for g in up] == ["A", "A", "A", "B", "B"]
    assert [g.rank for g in up] == [1, 2, 2, 4, 5]
    down = scheme_of(grades={"A": 40, "B": 100}, ties="down")
    assert [g.grade for g in grade_all(down, score_all(down, firms))] == ["A", "B", "B", "B", "B"]


@given(st.lists(st.integers(0, 12), min_size=1, max_size=60), st.sampled_from(list(Rounding)), st.booleans())
@settings(max_examples=80, deadline=None)
def test_grades_follow_scores_and_quotas(taxes: list[int], rounding: Rounding, up: bool) -> None:
    scheme = scheme_of(rounding=rounding.value, ties="up" if up else "down")
    graded = grade_all(scheme, score_all(scheme, [firm(str(n), tax, 10) for n, tax in enumerate(taxes)]))
    ordered = sorted(graded, key=lambda g: -g.score.total)
    assert "".join(g.grade for g in ordered) == "".join(sorted(g.grade for g in ordered))
    by_total = {}
    for g in graded:
        assert by_total.setdefault(g.score.total, g.grade) == g.grade
        better = sum(o.score.total > g.score.total for o in graded)
        assert g.rank == better + 1
        if g.to_next is not None:
            assert g.to_next >= 0
    ends = quotas(scheme.grades, len(graded))
    if len(set(taxes)) == len(taxes):
        counts = [sum(g.grade <= name for g in graded) for name in "ABCD"]
        assert counts == ends


def test_exclusions_with_dates_and_vetoes() -> None:
    scheme = scheme_of(
        exclusions=[{"id": "new", "name": "不满两年", "fact": "注册日期", "years": 2}],
        vetoes=[{"id": "s", "name": "事故", "fact": "安全否决"}],
    )
    firms = [
        firm("young", 10, 100, days={"注册日期": date(2024, 1, 1)}),
        firm("old", 10, 100, days={"注册日期": date(2023, 12, 31)}),
        firm("unsafe", 99, 999, days={"注册日期": date(2000, 2, 29)}, flags={"安全否决": True}),
        firm("unknown", 5, 50),
    ]
    graded = {g.score.firm.id: g for g in grade_all(scheme, score_all(scheme, firms, date(2025, 12, 31)))}
    assert graded["young"].grade == "T"
    assert graded["young"].score.total is None
    assert graded["old"].rank == 1
    assert graded["unsafe"].grade == "D"
    assert graded["unsafe"].rank is None
    assert "缺注册日期" in graded["unknown"].score.doubts[0]


def test_a_tenant_takes_the_grade_of_the_lots_owner() -> None:
    firms = [firm("owner", 20, 100), firm("tenant", 1, 1, follows="owner"), firm("other", 9, 9)]
    graded = grade_all(scheme_of(), score_all(scheme_of(), firms))
    assert graded[1].grade == graded[0].grade
    assert "宗地主" in graded[1].reason


@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_no_error_of_the_stated_size_leaves_the_interval(tax: int, sales: int, percent: int) -> None:
    error = Decimal(percent) / 100
    scheme = scheme_of(cap="1.5倍")
    facts = {"评价税收": Decimal(tax), "用地面积": Decimal(7), "营业收入": Decimal(sales)}
    low, high = interval(score_one(scheme, Firm("a", "a", "upper", facts)), error, Decimal(0))
    for signs in ((1, -1, 1), (-1, 1, -1), (1, 1, 1), (-1, -1, 1)):
        off = {k: v * (1 + s * error) for (k, v), s in zip(facts.items(), signs, strict=True)}
        total = score_one(scheme, Firm("a", "a", "upper", off)).total
        # a raw score over the cap may fall below the cap: the interval must hold the capped value only from below
        assert low - Decimal("1e-20") <= total <= high + Decimal("1e-20")


def test_what_closes_the_gap_closes_it() -> None:
    scheme = scheme_of(cap="1.5倍")
    score = score_one(scheme, firm("a", 8, 80))
    for name, value in needed(
        score, Decimal(10), {"亩均税收": Decimal("1.5"), "亩均销售收入": Decimal("1.5")}
    ):
        figures = {"亩均税收": Decimal(8), "亩均销售收入": Decimal(80), name: value}
        assert score_one(scheme, Firm("a", "a", "upper", values=figures)).total == 90
    assert needed(score, Decimal(50), {"亩均税收": Decimal("1.5"), "亩均销售收入": Decimal("1.5")}) == []


def test_a_messy_sheet_is_converted_or_refused_row_by_row() -> None:
    rows = [
        {
            "企业名称": "甲",
            "规模": "规上",
            "评价税收（元）": "1,000,000",
            "用地面积(公顷)": "1",
            "注册日期": "2020年3月1日",
            "备注": "x",
        },
        {"企业名称": "乙", "规模": "规上", "评价税收（元）": "10万元", "用地面积(公顷)": "2000㎡"},
        {"企业名称": "丙", "规模": "规下", "评价税收（元）": "约多少", "用地面积(公顷)": "1"},
        {"企业名称": "", "规模": "", "评价税收（元）": "", "用地面积(公顷)": ""},
    ]
    sheet = read_sheet(rows, headings())
    assert [f.facts["用地面积"] for f in sheet.firms] == [15, 3]
    assert [f.facts["评价税收"] for f in sheet.firms] == [100, 10]
    assert sheet.firms[0].days["注册日期"] == date(2020, 3, 1)
    assert [(r.row, r.name, r.column) for r in sheet.refused] == [(4, "丙", "评价税收（元）")]
    assert sheet.ignored == ["备注"]


def test_sites_of_one_firm_add_up_and_a_shared_lot_splits() -> None:
    one = Firm("a", "甲", "upper", {"评价税收": Decimal(10), "用地面积": Decimal(5)})
    two = Firm("a", "甲", "upper", {"评价税收": Decimal(20), "用地面积": None})
    (whole,) = merged([one, two])
    assert whole.facts == {"评价税收": 30, "用地面积": None}  # unknown is not zero
    shares = share_site(Decimal("10"), {"x": Decimal(1), "y": Decimal(1), "z": Decimal(1)})
    assert sum(shares.values()) == 10
