"""The stories that the tables of docs/ promise are tests that exist, each in a browser, with its oracles beside it."""

import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
BENCHES = {path.stem.removeprefix("bench_") for path in (HOUSE / "bench").glob("bench_*.py")}
TABLES = ("projects.md", "enterprise_care.md")


def table(name: str) -> str:
    return (HOUSE / "docs" / name).read_text(encoding="utf-8")


def rows(name: str) -> list[str]:
    """Lines of a table of stories: number, story, browser tests, files of oracles."""
    return [line for line in table(name).splitlines() if re.match(r"\| \d \|", line)]


def browser_tests(row: str) -> list[tuple[str, str]]:
    return re.findall(r"`(tests/journeys/\S+?)::(\w+)`", row.split("|")[3])


@pytest.mark.parametrize("name", TABLES)
def test_every_story_of_the_table_names_a_browser_test_that_exists(name: str) -> None:
    assert [int(row.split("|")[1]) for row in rows(name)] == list(range(1, 10))
    for row in rows(name):
        assert browser_tests(row), row
        for file, test in browser_tests(row):
            said = (HOUSE / file).read_text(encoding="utf-8")
            assert f"def {test}(" in said, (file, test)
            assert "pytest.mark.browser" in said, file
        files = re.findall(r"`(tests/rooms/\S+?)`", row.split("|")[4])
        assert files, row
        assert [one for one in files if not (HOUSE / one).exists()] == []


def test_visits_are_walked_on_a_phone_and_without_network() -> None:
    """Story 3 of 服务企业 asks for both by name."""
    walked = []
    for file, test in browser_tests(rows("enterprise_care.md")[2]):
        body = (HOUSE / file).read_text(encoding="utf-8").partition(f"def {test}(")[2].partition("\ndef ")[0]
        walked.append("phone=True" in body and "set_offline(True)" in body)
    assert any(walked)


def test_every_bench_that_the_table_names_exists() -> None:
    said = table("projects.md").rpartition("Figures: ")[2].partition(";")[0]
    assert set(re.findall(r"`(?:\./test --bench )?(\w+)`", said)) <= BENCHES
