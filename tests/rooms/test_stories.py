"""The stories that docs/projects.md promises are tests that exist, each in a browser."""

import re
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
TABLE = (HOUSE / "docs" / "projects.md").read_text(encoding="utf-8")
BENCHES = {path.stem.removeprefix("bench_") for path in (HOUSE / "bench").glob("bench_*.py")}


def test_every_story_of_the_table_names_a_browser_test_that_exists() -> None:
    rows = [line for line in TABLE.splitlines() if re.match(r"\| \d \|", line)]
    assert [int(row.split("|")[1]) for row in rows] == list(range(1, 10))
    for row in rows:
        browser, others = row.split("|")[3], row.split("|")[4]
        named = re.findall(r"`(tests/journeys/\S+?)::(\w+)`", browser)
        assert named, row
        for file, test in named:
            said = (HOUSE / file).read_text(encoding="utf-8")
            assert f"def {test}(" in said, (file, test)
            assert "pytest.mark.browser" in said, file
        files = re.findall(r"`(tests/rooms/\S+?)`", others)
        assert files, row
        assert [one for one in files if not (HOUSE / one).exists()] == []


def test_every_bench_that_the_table_names_exists() -> None:
    said = TABLE.rpartition("Figures: ")[2].partition(";")[0]
    assert set(re.findall(r"`(?:\./test --bench )?(\w+)`", said)) <= BENCHES
