"""The table of stories names tests that are there."""

import re
from pathlib import Path

JOURNEYS = Path(__file__).resolve().parents[1] / "journeys"
NAMED = re.compile(r"`(test_\w+\.py)::(test_\w+)`")
ELSEWHERE = re.compile(r"`tests/((?:rooms|kernel)/test_\w+\.py)::(test_\w+)`")
CLAUSE = re.compile(r"^\| (\d+)[a-z] ", re.MULTILINE)
ROW = re.compile(r"^\| (\d+) ", re.MULTILINE)


def test_every_story_names_a_test_that_exists() -> None:
    table = (JOURNEYS / "README.md").read_text("utf-8")
    assert ROW.findall(table) == [str(n) for n in range(1, 13)]
    missing = [
        f"{file}::{name}"
        for file, name in NAMED.findall(table)
        if f"def {name}(" not in (JOURNEYS / file).read_text("utf-8")
    ]
    assert not missing


def test_every_clause_names_a_test_that_exists() -> None:
    table = (JOURNEYS / "README.md").read_text("utf-8")
    assert set(CLAUSE.findall(table)) == {str(n) for n in range(1, 12)}, "12 is whole in its own row"
    named = ELSEWHERE.findall(table)
    assert len(named) > 20
    missing = [
        f"{file}::{name}"
        for file, name in named
        if f"def {name}(" not in (JOURNEYS.parent / file).read_text("utf-8")
    ]
    assert not missing
