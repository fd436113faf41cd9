"""Style sheets close what they open: an open @media swallows every rule below it without a word."""

from pathlib import Path

import pytest

from tests.architecture.test_house import ROOT

SHEETS = sorted((ROOT / "sanfu/web/static/sanfu").glob("*.css"))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_style_sheet_closes_what_it_opens(sheet: Path) -> None:
    depth = 0
    for number, line in enumerate(sheet.read_text("utf-8").splitlines(), 1):
        assert not (depth and line.startswith("@media")), (
            f"{sheet.name}:{number}: the block above is still open"
        )
        depth += line.count("{") - line.count("}")
    assert depth == 0
