"""The quick way of a move is fenced in: nobody outside the room of cases names its columns."""

import re
from pathlib import Path

SANFU = Path(__file__).parents[2] / "sanfu"
COLUMNS = re.compile(r"\b(green_until|clocks_stopped_at|closed_state|ClockRow|cases_clock_row)\b")


def test_columns_of_the_quick_way_are_named_in_cases_alone() -> None:
    outside = [
        f"{path.relative_to(SANFU)}: {found[0]}"
        for path in sorted(SANFU.rglob("*"))
        if path.suffix in (".py", ".html", ".sql") and not path.is_relative_to(SANFU / "cases")
        if (found := COLUMNS.search(path.read_text(encoding="utf-8")))
    ]
    assert outside == []
