"""Listing standards and funds: golden cases, every clause at its bound, laws of the unknown."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.enterprise.capital.content import boards, fund_terms, shipped_funds
from sanfu.kernel.capital.boards import check_listing, every_clause, listing_row
from sanfu.kernel.capital.clauses import Clause, Over, Verdict, check
from sanfu.kernel.capital.facts import FirmFacts, Span
from sanfu.kernel.capital.funds import Fund, match_funds, match_row, read_funds
from sanfu.kernel.capital.measures import MARKET_VALUE, Kind
from sanfu.kernel.capital.reading import UnreadableFacts, read_facts

HERE = Path(__file__).parent
BOARDS = yaml.safe_load((HERE / "capital_boards.yaml").read_text("utf-8"))["cases"]
FUNDS = yaml.safe_load((HERE / "capital_funds.yaml").read_text("utf-8"))["cases"]
DAY = date(2026, 3, 2)


@pytest.mark.parametrize("case", BOARDS, ids=lambda case: case["name"])
def test_a_board_says_what_the_case_says(case: dict[str, Any]) -> None:
    board = boards().named(case["board"])
    assert board is not None
    version = boards().on(board, case["day"])
    if "version" in case:
        assert (version.begin if version else None) == case["version"]
    if version is None:
        return
    facts = read_facts(case["facts"])
    row = listing_row(check_listing(version, facts, case["day"]), facts)
    found = {one["code"]: one for one in row["standards"]}
    assert {code: found[code]["verdict"] for code in case["standards"]} == case["standards"]
    for key in {"meets", "from_value"} & set(case):
        assert row[key] == case[key]
    for code, wanted in case.get("short", {}).items():
        short = {one["clause"]: one["short_by"] for one in found[code]["clauses"]}
        assert {text: short[text] for text in wanted} == wanted


CLAUSES = [
    pytest.param(clause, id=f"{board}-{version.begin}-{one.code}-{place}")
    for board in boards().boards
    for version in boards().history(board)
    for one in version.standards
    for place, clause in enumerate(every_clause(one.tree))
]


def facts_at(clause: Clause, value: Fraction) -> FirmFacts:
    """A firm whose compared value is exactly this one."""
    code, years = clause.measure.code, clause.years
    if code == MARKET_VALUE:
        return FirmFacts(market_value=Span(value, value))
    if clause.over is Over.YEAR_GROWTH:
        return FirmFacts(series={code: {1: Fraction(1), 0: 1 + value}})
    if clause.over is Over.SUM and clause.per is None:
        value = value / years
    held = dict.fromkeys(range(years), value)
    per = {clause.per.code: dict.fromkeys(range(years), Fraction(1))} if clause.per else {}
    return FirmFacts(series={code: held, **per})


@pytest.mark.parametrize("clause", CLAUSES)
def test_every_clause_at_its_bound_and_a_hair_below(clause: Clause) -> None:
    if clause.measure.kind is Kind.FLAG:
        assert check(clause, FirmFacts(single={clause.measure.code: True})).verdict is Verdict.MET
        assert check(clause, FirmFacts(single={clause.measure.code: False})).verdict is Verdict.MISSED
        return
    hair = Fraction(1, 10**6) if clause.kind is Kind.RATIO else Fraction(1, 100)
    bound = check(clause, facts_at(clause, clause.needed))
    below = check(clause, facts_at(clause, clause.needed - hair))
    above = check(clause, facts_at(clause, clause.needed + hair))
    assert bound.verdict is (Verdict.MISSED if clause.strict else Verdict.MET)
    assert (below.verdict, above.verdict) == (Verdict.MISSED, Verdict.MET)
    assert below.short == hair  # type: ignore[union-attr]
    assert check(clause, FirmFacts()).verdict is Verdict.UNKNOWN


MONEY = st.integers(-(10**9), 3 * 10**9).map(Fraction)
POSITIVE = st.integers(0, 3 * 10**9).map(Fraction)
FIRMS = st.builds(
    lambda profit, revenue, cash, rd: FirmFacts(
        series={
            code: dict(enumerate(values))
            for code, values in zip(
                ("net_profit", "revenue", "operating_cash", "rd"), (profit, revenue, cash, rd), strict=True
            )
        }
    ),
    *(st.lists(one, min_size=3, max_size=3) for one in (MONEY, POSITIVE, MONEY, POSITIVE)),
)


@settings(max_examples=40, deadline=None)
@given(
    FIRMS,
    st.sampled_from(boards().boards),
    st.sampled_from(["net_profit", "revenue", "rd"]),
    st.integers(0, 2),
)
def test_a_verdict_stays_whatever_a_missing_number_turns_out_to_be(
    firm: FirmFacts, board: str, code: str, back: int
) -> None:
    """Unknown is not no and not yes: what is decided without a number is decided the same with it."""
    less = {
        one: {b: v for b, v in held.items() if (one, b) != (code, back)} for one, held in firm.series.items()
    }
    version = boards().on(board, DAY)
    assert version is not None
    full = check_listing(version, firm, DAY)
    partly = check_listing(version, replace(firm, series=less), DAY)
    for one, other in zip(partly.standards, full.standards, strict=True):
        assert one.verdict in {Verdict.UNKNOWN, other.verdict}


@settings(max_examples=40, deadline=None)
@given(FIRMS, st.sampled_from(boards().boards))
def test_from_a_value_of_x_is_the_least_value_that_does(firm: FirmFacts, board: str) -> None:
    version = boards().on(board, DAY)
    assert version is not None
    for one in check_listing(version, firm, DAY).standards:
        if one.from_value is None or one.rest is not Verdict.MET:
            continue
        assert check(one.standard.tree, firm.at_value(one.from_value)).verdict is Verdict.MET
        assert check(one.standard.tree, firm.at_value(one.from_value - 1)).verdict is not Verdict.MET


@pytest.mark.parametrize("case", FUNDS, ids=lambda case: case["name"])
def test_funds_say_what_the_case_says(case: dict[str, Any]) -> None:
    read = read_funds(case["funds"], fund_terms())
    found = match_funds(read_facts(case["facts"]), read.funds, fund_terms(), DAY)
    assert {one.fund.name: str(one.verdict) for one in found} == case["verdicts"]
    said = dict(read.refused)
    assert set(said) == set(case.get("refused", {}))
    assert all(words in said[name] for name, words in case.get("refused", {}).items())
    assert [one.fund.name for one in found] == case.get("order", [one.fund.name for one in found])


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(["种子", "成长", "拟上市"]), st.sampled_from(["", "1倍", "3倍，奖励"]))
def test_return_investment_never_moves_a_fund(stage: str, recorded: str) -> None:
    facts, terms = FirmFacts(single={"stage": stage}), fund_terms()
    funds = shipped_funds().funds
    with_it = [replace(one, reinvest=recorded) for one in funds]

    def told(listed: tuple[Fund, ...] | list[Fund]) -> list[dict[str, Any]]:
        rows = [match_row(one, terms) for one in match_funds(facts, listed, terms, DAY)]
        return [{key: value for key, value in row.items() if key != "reinvest"} for row in rows]

    assert told(funds) == told(with_it)


SAME = [
    {"净利润": {2024: "3000万元", 2025: "0.4亿元"}},
    {"净利润（万元）": [3000, 4000]},
    {"net_profit_wan": {"2024": 3000, "2025年": 4000}},
    {"2024年净利润": "3000万元", "2025年净利润": "4000万元"},
    {"单位": "万元", "净利润": [3000, 4000]},
    {"financials": [{"year": 2024, "net profit": 30_000_000}, {"year": 2025, "net profit": 40_000_000}]},
    {"年度": {2024: {"净利润": 3000}, 2025: {"净利润": 4000}}},
    {
        "facts": [
            {"指标": "净利润", "年度": y, "值": v, "单位": "万元"} for y, v in ((2024, 3000), (2025, 4000))
        ]
    },
    {"净利润": {"前一年": "3,000万元", "最近一年": "4000万"}},
]


@pytest.mark.parametrize("raw", SAME, ids=str)
def test_one_truth_in_many_writings(raw: dict[str, Any]) -> None:
    assert read_facts(raw).series == {"net_profit": {1: Fraction(3 * 10**7), 0: Fraction(4 * 10**7)}}


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ([1], "名称: 值"),
        ({"营业收入": {2025: "很多"}}, "不是数"),
        ({"营业收入": {2025: "-3万元"}}, "不能为负"),
        ({"净利润": {2025: "300万港元"}}, "港元"),
        ({"市值": {"low": "9亿元", "high": "8亿元"}}, "下限高于上限"),
        ({"净利润": {2025: "1万元"}, "2025年净利润": "2万元"}, "两个不同的数"),
    ],
    ids=str,
)
def test_what_cannot_be_right_is_refused_with_words(raw: Any, words: str) -> None:
    with pytest.raises(UnreadableFacts, match=words):
        read_facts(raw)


def test_an_unknown_name_is_said_and_both_profits_give_the_lower_one() -> None:
    facts = read_facts(
        {"净利润": ["500万元"], "扣非净利润": ["400万元"], "吉祥物": "猫", "市值": "10亿元至15亿元"}
    )
    assert facts.series["net_profit"] == {0: Fraction(4 * 10**6)}
    assert facts.market_value == Span(Fraction(10**9), Fraction(15 * 10**8))
    assert any("吉祥物" in note for note in facts.notes)
