"""Lists of pages as a test asks them: each filter with its own choices and with nonsense."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict

from sanfu.web.components.filters import Choice, Dates, Filter, Flag
from sanfu.web.components.table import Listing

CHOICES = 3  # of each filter
NONSENSE = "没有这样的词"


def rows_of(rows: Any) -> list[str]:
    """Rows by key; a list that comes from no table by all that it says."""
    if isinstance(rows, QuerySet):
        return [str(key) for key in rows.values_list("pk", flat=True)]
    return [repr(sorted(row.items(), key=str)) for row in rows]


def questions(one: Filter) -> Iterator[tuple[dict[str, str], bool]]:
    """What a filter is asked, and whether the question has no meaning, so that nothing may be left out."""
    if isinstance(one, Choice):
        yield from (({one.key: value}, False) for value, _ in one.options()[:CHOICES] if value)
        yield {one.key: NONSENSE}, True
    elif isinstance(one, Dates):
        yield {f"{one.key}_from": "2026-11-01"}, False
        yield {f"{one.key}_to": "2026-11-20"}, False
        yield {f"{one.key}_from": NONSENSE, f"{one.key}_to": "2026-02-30"}, True
    elif isinstance(one, Flag):
        yield {one.key: "1"}, False
        yield {one.key: NONSENSE}, True
    else:
        yield from (({one.key: words}, False) for words in ("演示", "%", "' OR 1=1 --", NONSENSE))


def faults_of_filters(listing: Listing) -> list[str]:
    """Filters that show a row which the whole list has not, show one twice, or leave rows out for no reason."""
    whole = set(rows_of(listing.matching))
    wrong = []
    for one in listing.table.filters:
        for said, meaningless in questions(one):
            found = rows_of(one.apply_to(listing.matching, QueryDict(urlencode(said))))
            if set(found) - whole:
                wrong.append(f"{said} shows {len(set(found) - whole)} rows more")
            if len(found) != len(set(found)):
                wrong.append(f"{said} shows a row twice")
            if meaningless and set(found) != whole:
                wrong.append(f"{said} leaves out rows")
    return wrong
