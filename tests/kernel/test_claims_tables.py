"""核数: shares of a named whole, sums that the text tells, values in brackets, cells of a table proved by each other."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanfu.kernel.claims.check import check
from sanfu.kernel.claims.numbers import Fit, fits, quantities
from sanfu.kernel.claims.verdicts import Verdict, percent


def verdict_of(text: str, number: str, facts: list[dict[str, Any]]) -> Verdict:
    """The verdict of the last number that is written so."""
    return [one for one in check(text, facts).numbers if one.text == number][-1].verdict


def count(name: str, value: Any, unit: str = "件", period: str = "2026-09") -> dict[str, Any]:
    return {"name": name, "period": period, "value": value, "unit": unit}


@given(st.integers(1, 900), st.integers(901, 5000), st.booleans())
def test_the_part_stands_above_and_the_whole_below_in_whatever_order_the_facts_come(
    part: int, whole: int, turned: bool
) -> None:
    facts = [count("诉求受理量", whole), count("咨询类诉求", part)]
    facts = facts[::-1] if turned else facts
    said, off = percent(Fraction(part, whole), 2), percent(Fraction(part, whole) + Fraction(1, 200), 2)
    text = f"9月受理诉求{whole}件，其中咨询类{part}件，占{{}}%。"
    even = fits(Fraction(part, whole), quantities(f"{said}%")[0]) is Fit.EITHER
    assert verdict_of(text.format(said), f"{said}%", facts) is Verdict.OK or even
    assert verdict_of(text.format(off), f"{off}%", facts) is Verdict.WRONG


PARTS = [count("诉求受理量", 1200), count("咨询类", 540), count("投诉类", 216), count("求助类", 444)]


@pytest.mark.parametrize(
    ("text", "number", "wanted"),
    [
        ("受理诉求1200件，其中咨询类占45.0%、投诉类18.0%。", "18.0%", Verdict.OK),
        ("受理诉求1200件，其中咨询类占45.0%、投诉类19.0%。", "19.0%", Verdict.WRONG),
        ("受理诉求1200件，咨询类、投诉类分别占45.0%、18.0%。", "18.0%", Verdict.OK),
        ("受理诉求1200件，其中咨询类540件，夜间来电占14.2%。", "14.2%", Verdict.UNCHECKED),
        ("受理诉求1200件，占全市的12.8%。", "12.8%", Verdict.UNCHECKED),
        ("投诉类216件，占咨询类的40.0%。", "40.0%", Verdict.OK),
        ("投诉类216件，占咨询类的18.0%。", "18.0%", Verdict.WRONG),
        ("投诉类216件，占受理量1200件的18.0%。", "18.0%", Verdict.OK),
        ("受理诉求1200件中，咨询类540件、占45.0%，投诉类216件、占18.0%。", "1200件", Verdict.OK),
        ("受理诉求1200件，其中咨询类近550件，投诉类超200件，其他440余件。", "1200件", Verdict.OK),
    ],
)
def test_a_share_is_wrong_only_where_no_pair_that_the_words_allow_makes_it(
    text: str, number: str, wanted: Verdict
) -> None:
    assert verdict_of(text, number, PARTS) is wanted


@pytest.mark.parametrize(
    ("said", "wanted"), [("5.5亿元", Verdict.OK), ("5.6亿元", Verdict.WRONG), ("5.4亿元", Verdict.WRONG)]
)
def test_two_figures_are_added_up_over_a_semicolon(said: str, wanted: Verdict) -> None:
    text = f"一产投资2.1亿元，增长5.0%；二产投资3.4亿元，增长13.3%，两项合计{said}，同比增长10.0%。"
    facts = [
        count("一产投资", 2.1, "亿元"), count("一产投资", 2.0, "亿元", "2025-09"),
        count("二产投资", 3.4, "亿元"), count("二产投资", 3.0, "亿元", "2025-09"),
    ]  # fmt: skip
    assert verdict_of(text, said, facts) is wanted
    assert verdict_of(text, "10.0%", facts) is Verdict.OK
    assert verdict_of(text.replace("10.0%", "13.3%"), "13.3%", facts) is Verdict.WRONG


@pytest.mark.parametrize(
    ("text", "number", "wanted"),
    [
        ("9月办件930件（上年同期为870件），同比增长6.9%。", "6.9%", Verdict.OK),
        ("9月办件930件（2025年同期为870件），同比增长9.6%。", "9.6%", Verdict.WRONG),
        ("9月参保率83.5%，较上年同期（80.6%）提高2.9个百分点。", "2.9个百分点", Verdict.OK),
        ("9月参保率83.5%，较上年同期（80.6%）提高3.9个百分点。", "3.9个百分点", Verdict.WRONG),
    ],
)
def test_a_value_in_brackets_is_the_base_without_any_fact(text: str, number: str, wanted: Verdict) -> None:
    assert verdict_of(text, number, []) is wanted


def test_a_bracket_that_names_last_year_is_held_against_last_year() -> None:
    facts = [count("办件量", 930), count("办件量", 870, period="2025-09")]
    assert check("9月办件量930件（2025年同期为870件）。", facts).verdict is Verdict.OK
    assert check("9月办件量930件（2025年同期为930件）。", facts).verdict is Verdict.WRONG
    only_then = [count("办件量", 870, period="2025-09"), count("走访量", 40)]
    assert verdict_of("9月办件量930件，走访量40件。", "930件", only_then) is Verdict.UNCHECKED


@given(st.lists(st.tuples(st.integers(1, 900), st.integers(1, 900)), min_size=2, max_size=5))
def test_the_cells_of_a_table_prove_each_other(rows: list[tuple[int, int]]) -> None:
    grown = [percent(Fraction(now - then, then), 3) for now, then in rows]
    lines = [f"第{'甲乙丙丁戊'[n]}镇｜{now}｜{then}｜{grown[n]}%" for n, (now, then) in enumerate(rows)]
    total = f"合计｜{sum(now for now, _ in rows)}｜{sum(then for _, then in rows)}｜—"
    text = "\n".join(["乡镇｜本期（件）｜上年同期（件）｜同比", *lines, total])
    report = check(text)
    assert not report.of(Verdict.WRONG)
    assert all(one.used for one in report.of(Verdict.OK))
    assert len(report.of(Verdict.OK)) >= 2
    off = check(text.replace(total, f"合计｜{sum(now for now, _ in rows) + 1}｜9｜—"))
    assert off.of(Verdict.WRONG)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("县区｜本期｜上年同期｜同比\n甲｜12680｜11940｜6.2%\n乙｜8450｜8920｜5.3%", ["5.3%"]),
        ("季度｜受理（件）｜认定（件）｜认定率\n一季度｜620｜558｜90.0%\n二季度｜700｜637｜92.0%", ["92.0%"]),
        ("乡镇\t任务数\t完成数\t完成率\n甲\t100\t80\t80.0%\n乙\t90\t99\t110.0%\n丙\t50\t40\t85.0%", ["85.0%"]),
        ("| 类别 | 数量 | 占比（%） |\n|---|---|---|\n| 咨询 | 1,200 | 60.0 |\n| 投诉 | 800 | 41.0 |\n| 合计 | 2,000 | 100 |", ["41.0"]),
        ("指标｜9月｜8月｜增减\n受理量｜21260｜20480｜3.8%\n办结率｜98.1%｜97.3%｜0.9个百分点", ["0.9个百分点"]),
        ("指标｜9月｜8月｜增减\n受理量｜20480｜21260｜下降3.7%\n办结量｜300｜400｜下降20.0%", ["20.0%"]),
        ("镇｜满意｜回访｜满意率\n甲｜90｜100｜90.0%\n乙｜110｜100｜99.0%", []),
        ("类别｜数量｜占比\n咨询｜120｜60.0%\n投诉｜80｜30.0%\n其中：重复｜20｜10.0%", []),
    ],
)  # fmt: skip
def test_only_what_a_table_tells_otherwise_is_wrong(text: str, wrong: list[str]) -> None:
    assert [one.text for one in check(text).of(Verdict.WRONG)] == wrong


def test_a_cell_is_put_right_in_the_way_of_its_column() -> None:
    text = "类别｜数量｜占比（%）\n咨询｜1200｜60.0\n投诉｜800｜41.0\n合计｜2000｜100"
    assert check(text).corrected == text.replace("41.0", "40.0")
