"""防注水: request orders of a year as the checks read them, and their clues kept for the page of 督查."""

import json
import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from sanfu.kernel.gaming.finding import clues
from sanfu.kernel.gaming.model import Handled, Pause
from sanfu.measure.models import GamingClue
from sanfu.records.actor import Actor

LOOKS_BACK = timedelta(days=366)
# The clock as first promised ends before all pauses; extensions are few and only lengthen it.
SQL = """
SELECT c.id, c.lead_id, to_char(c.opened_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month, split_part(t.class_path, '/', 1) AS stratum,
    k.started_at, k.due_at, k.stopped_at, k.pauses, e.asked_at,
    EXISTS (SELECT FROM tickets_assignment a WHERE a.ticket_id = c.id AND a.return_reason <> '') AS returned,
    t.merged_into_id IS NOT NULL AS merged, r.device,
    CASE WHEN b.resolved IS NOT NULL THEN b.resolved AND b.rating IN ('very_good', 'good', 'fair') END AS own_call,
    s.content AS recall,
    t.reply_public
FROM cases_case c JOIN tickets_ticket t ON t.case_id = c.id
JOIN LATERAL (SELECT * FROM cases_clock k WHERE k.case_id = c.id AND k.name = '办结' ORDER BY started_at LIMIT 1) k ON true
LEFT JOIN LATERAL (SELECT min(asked_at) AS asked_at FROM tickets_extension WHERE ticket_id = c.id) e ON true
LEFT JOIN ratings_rating r ON r.case_id = c.id
LEFT JOIN LATERAL (SELECT resolved, rating FROM tickets_callback
    WHERE ticket_id = c.id AND reached AND resolved IS NOT NULL ORDER BY at DESC LIMIT 1) b ON true
LEFT JOIN measure_recall s ON s.case_id = c.id
WHERE c.region = %s AND c.kind = 'ticket' AND c.lead_id IS NOT NULL AND c.opened_at > %s AND c.opened_at <= %s
"""


def handled(region: str, at: datetime) -> list[Handled]:
    """Orders of the last twelve months with their clocks as shares of what was first promised."""
    with connection.cursor() as cursor:
        cursor.execute(SQL, [region, at - LOOKS_BACK, at])
        names = [column.name for column in cursor.description or []]
        return [_one(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _one(row: dict[str, Any]) -> Handled:
    paused = [
        (datetime.fromisoformat(p[0]), datetime.fromisoformat(p[1]) if p[1] else None)
        for p in _pauses(row["pauses"])
    ]
    begin, end = row["started_at"], row["due_at"]
    stood = sum(((until or end) - since for since, until in paused), timedelta())
    span = max((end - begin - stood).total_seconds(), 3600.0)

    def share(moment: datetime | None) -> float | None:
        return None if moment is None else (moment - begin).total_seconds() / span

    pauses = tuple(Pause(share(a) or 0.0, share(b or end) or 0.0) for a, b in paused)
    return Handled(
        str(row["id"]), str(row["lead_id"]), row["month"], row["stratum"], share(row["stopped_at"]), share(end) or 1.0, pauses,
        share(row["asked_at"]), row["returned"], row["merged"], row["device"] or "", row["own_call"], row["recall"], False,
        row["reply_public"],
    )  # fmt: skip


def _pauses(raw: Any) -> list[list[Any]]:
    return json.loads(raw) if isinstance(raw, str) else raw or []


@transaction.atomic
def find(*, region: str, at: datetime) -> int:
    """Make the clues of a region anew; return how many alarms there are."""
    found = [one for one in clues(handled(region, at)) if one.alarm]
    GamingClue.objects.filter(region=region).delete()
    GamingClue.objects.bulk_create(
        GamingClue(
            region=region, month=date.fromisoformat(f"{one.month}-01"), unit=uuid.UUID(one.unit), check_code=one.check,
            hits=one.hits, rows=one.rows, low=one.low, high=one.high, expected=one.expected, most=one.limit,
            chance=one.chance, county=one.county, cases=list(one.cases), made_at=at,
        )
        for one in found
    )  # fmt: skip
    return len(found)


def sweep(*, region: str, by: Actor, at: datetime) -> int:
    """The nightly round."""
    return find(region=region, at=at)
