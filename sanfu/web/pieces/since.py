"""What changed since the last visit (上次走访以来): for a firm's record and for the brief of the next visit."""

from datetime import date
from typing import Any

from sanfu.enterprise.registry import queries
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.visits.queries import last_held
from sanfu.records.moments import begin_of

MOST = 12


def since_the_visit(firm: Enterprise, today: date) -> dict[str, Any]:
    """Context of `pieces/since_the_visit.html`: the day of the last visit, and what facts say now and said then."""
    held = last_held(queries.members(firm), today)
    if held is None:
        return {"last_visit": None}
    found = queries.changes_since(
        firm, begin_of(held)
    )  # what came in on that day may have come too late for it
    return {"last_visit": held, "changes": found[:MOST], "more_changes": max(0, len(found) - MOST)}
