"""docs/security.md is held to: each finding has a line, and each test that a line names exists."""

import re

from tests.platform import ROOT

TABLE = (ROOT / "docs" / "security.md").read_text("utf-8")
FINDINGS = [f"A{n}" for n in range(1, 15)] + [f"B{n}" for n in range(1, 11)]


def test_every_finding_has_a_line_with_a_test() -> None:
    told = {
        finding: line
        for line in TABLE.splitlines()
        if line.startswith("| ")
        for finding in re.findall(r"\b[AB]\d+\b", line.split("|")[1])
    }
    assert [one for one in FINDINGS if "`test_" not in told.get(one, "")] == []


def test_every_test_that_the_table_names_exists() -> None:
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", TABLE))
    assert named
    assert sorted(one for one in named if f"def {one}(" not in source) == []
