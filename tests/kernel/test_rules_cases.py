"""The shipped documents read without a problem, and the table of enterprise sizes is right at every bound."""

import json
from datetime import date
from pathlib import Path

import pytest

from sanfu.adapters.commandline.rulebase import load_library, read_yaml
from sanfu.kernel.rules.examples.answers import CaseBook, same, same_change
from sanfu.kernel.rules.reading.library import Library

CONTENT = Path(__file__).parents[2] / "content"


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(CONTENT)


@pytest.fixture(scope="module")
def book(library: Library) -> CaseBook:
    return CaseBook(
        library,
        read_yaml(CONTENT / "facts" / "cases.yaml"),
        date(2026, 11, 1),
        read_yaml(CONTENT / "facts" / "industries.yaml")["门类"],
    )


def test_every_shipped_document_reads(library: Library) -> None:
    assert [(d.name, p.span.line, p.message) for d in library.documents for p in d.problems] == []


def test_at_least_thirty_benefit_clauses(library: Library) -> None:
    assert sum(1 for _, clause in library.clauses() if clause.category == "奖补") >= 30


@pytest.mark.parametrize(
    ("matter", "day", "number"),
    [
        ("新申请", "2026-03-31", "工信部企业〔2022〕63号"),
        ("新申请", "2026-04-01", "工信部企业〔2026〕2号"),
        ("新申请", "2026-04-15", "工信部企业〔2026〕2号"),
        ("小巨人复核", "2026-04-15", "工信部企业〔2022〕63号(117号通知特例)"),
        ("小巨人复核", "2026-03-31", "工信部企业〔2022〕63号"),
        ("小巨人复核", "2026-12-31", "工信部企业〔2022〕63号(117号通知特例)"),
        ("小巨人复核", "2027-01-01", "工信部企业〔2026〕2号"),
        ("专精特新复核", "2026-04-15", "工信部企业〔2026〕2号"),
        ("新申请", "2020-01-01", "没有适用的文件"),
    ],
)
def test_the_version_follows_matter_and_day(book: CaseBook, matter: str, day: str, number: str) -> None:
    case = {"kind": "rule_version", "matter": matter, "date": day, "expected": number}
    assert book.answer(case).found == number


def test_an_unknown_kind_is_not_answerable_and_no_crash(book: CaseBook) -> None:
    outcome = book.answer({"kind": "astrology", "expected": 1})
    assert outcome.ok is None
    assert "astrology" in outcome.note


@pytest.mark.parametrize(
    ("expected", "found", "ok"),
    [
        (38.0, 38, True),
        (33.33, 33.3333333, True),
        (33.3, 33.4, False),
        (True, 1, False),
        ("小型", "中型", False),
    ],
)
def test_comparison_is_sensible_not_lenient(expected: object, found: object, ok: bool) -> None:
    assert same(expected, found) is ok


def test_a_smallest_change_is_compared_by_its_steps() -> None:
    assert same_change(["营收+0.01万 或 融资+1万"], "融资+1万 或 营收+0.01万")
    assert not same_change(["营收+0.01万 或 融资+1万"], "融资+1万 或 营收+0.02万")
    assert not same_change(["营收+0.01万 或 融资+1万"], "营收+0.01万")


def test_short_cases_are_answered_from_the_content(book: CaseBook) -> None:
    """One line a case, with the short field names in which a clerk would put the question."""
    file = CONTENT.parent / "tests" / "golden" / "rule_cases.jsonl"
    outcomes = [book.answer(json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [(i, o.expected, o.found, o.note) for i, o in enumerate(outcomes, 1) if not o.ok] == []
    assert len(outcomes) >= 400


@pytest.mark.parametrize(
    "case",
    [
        {"kind": "payout", "clause": "nothing", "x": 1},
        {"kind": "payout", "clause": "cf-1"},
        {"kind": "payout", "clause": "cf-1", "colour": "red"},
        {"kind": "sme_size", "industry": "工业", "从业人员": -3, "营业收入": 1},
        {"kind": "sme_size", "industry": "工业", "从业人员": "很多", "营业收入": 1},
        {"kind": "small_profit", "income": 1, "staff_q": [[1]], "assets_q": [[1, 2]]},
        {"kind": "points_pool", "points": None, "pool_wan": 1},
        {"kind": "rule_version", "matter": "新申请", "date": "2026-02-30"},
        {"kind": "tech_sme_score"},
        {},
    ],
)
def test_a_case_that_makes_no_sense_is_a_note_not_a_crash(book: CaseBook, case: dict[str, object]) -> None:
    outcome = book.answer({**case, "expected": 1})
    assert outcome.ok is not True
    assert outcome.note or outcome.ok is False
