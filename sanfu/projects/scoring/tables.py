"""Finds the heading row of a firms' sheet below titles, and its rows as records."""

from sanfu.kernel.land.scoring.headings import Headings, squeeze
from sanfu.kernel.land.scoring.sheet import ID, NAME
from sanfu.lists.sheets import Sheet


def head_of(sheet: Sheet, known: Headings) -> int | None:
    """The first of fifteen rows that names a firm; None when none does."""
    for number, row in enumerate(sheet.rows[:15]):
        words = [cell for cell in row if cell.strip()]
        named = any(squeeze(word) in NAME | ID for word in words)
        if named and (len(words) == 1 or any(known.indicator(w) or known.fact(w) for w in words)):
            return number
    return None


def records_of(sheet: Sheet, head: int) -> list[dict[str, object]]:
    """Rows below the heading as mappings; cells without a heading are left out."""
    headings = [cell.strip() for cell in sheet.rows[head]]
    return [{h: cell for h, cell in zip(headings, row, strict=False) if h} for row in sheet.rows[head + 1 :]]
