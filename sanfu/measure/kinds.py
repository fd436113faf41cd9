"""All kinds of rows (行类): the free one over every case with clocks, those of requests, and what rooms declare."""

from functools import cache

from django.utils.module_loading import import_string

from sanfu.kernel.indicators.rowkind import RowKind
from sanfu.measure.facts import MOMENTS, SOURCES
from sanfu.measure.queries import indicators
from sanfu.records.wires import case_kinds, rooms

# The closing clock of a case is 办结 where there is one, else the one that is due last.
CASES = """
closing AS (
    SELECT DISTINCT ON (case_id) case_id, started_at, due_at, stopped_at, pauses, light FROM cases_clock
    WHERE region = %(region)s AND case_id IN (SELECT id FROM seen)
    ORDER BY case_id, (name = '办结') DESC, due_at DESC, started_at),
rows AS MATERIALIZED (
    SELECT c.id AS case_id, c.id AS row_id, c.lead_id AS unit, c.kind AS stratum,
        c.opened_at AS at_opened, k.due_at AS at_due, c.closed_at AS at_closed,
        c.closed_at IS NOT NULL AS closed,
        k.case_id IS NOT NULL AS clocked,
        coalesce(k.stopped_at IS NOT NULL OR (k.due_at < %(now)s AND k.light <> 'paused'), false) AS due,
        coalesce(k.stopped_at <= k.due_at, false) AS in_time,
        coalesce(k.stopped_at IS NULL AND c.closed_at IS NULL AND k.due_at < %(now)s AND k.light <> 'paused', false) AS overdue,
        coalesce(jsonb_array_length(k.pauses) > 0, false) AS paused,
        coalesce(k.stopped_at <= k.started_at + (k.due_at - k.started_at) / 2, false) AS quick,
        c.closed_at IS NOT NULL AND c.closed_at <= c.opened_at + interval '1 day' AS same_day,
        round((extract(epoch FROM c.closed_at - c.opened_at) / 86400)::numeric, 4) AS days,
        c.version AS moves,
        CASE WHEN k.stopped_at IS NULL AND k.due_at >= %(now)s THEN k.due_at END AS stale_at
    FROM cases_case c LEFT JOIN closing k ON k.case_id = c.id
    WHERE c.region = %(region)s AND c.id IN (SELECT id FROM seen))
"""

# An order changes by time when a due date passes and thirty days after its answer.
ORDERS = f"""{SOURCES["orders"]}, aged AS (
    SELECT rows.*, least(
        CASE WHEN NOT closed AND at_due >= %(now)s THEN at_due END,
        CASE WHEN NOT responded AND r.due_at >= %(now)s THEN r.due_at END,
        CASE WHEN t.handled_at + interval '30 days' > %(now)s THEN t.handled_at + interval '30 days' END) AS stale_at
    FROM rows JOIN tickets_ticket t ON t.case_id = rows.case_id LEFT JOIN response r ON r.case_id = rows.case_id)"""
DISPATCHES = f"""{SOURCES["dispatches"]}, aged AS (
    SELECT rows.*, CASE WHEN NOT sign_due AND s.due_at >= %(now)s THEN s.due_at END AS stale_at
    FROM rows LEFT JOIN signing s ON s.case_id = rows.case_id AND s.started_at = rows.at_dispatched)"""
# Orders of the same person that were answered shortly before: whatever item, for a touched order may have changed its own.
_BEFORE = "other.handled_at BETWEEN one.received_at - interval '31 days' AND one.received_at"
AGAIN = f"""
SELECT other.case_id FROM tickets_ticket one
JOIN tickets_contact mine ON mine.ticket_id = one.case_id AND mine.phone <> ''
JOIN tickets_contact theirs ON theirs.phone = mine.phone AND theirs.region = mine.region
JOIN tickets_ticket other ON other.case_id = theirs.ticket_id
WHERE one.case_id IN (SELECT id FROM seen) AND {_BEFORE}
UNION
SELECT other.case_id FROM tickets_ticket one
JOIN cases_case mine ON mine.id = one.case_id
JOIN cases_case theirs ON theirs.applicant_id = mine.applicant_id AND theirs.region = mine.region
JOIN tickets_ticket other ON other.case_id = theirs.id
WHERE one.case_id IN (SELECT id FROM seen) AND {_BEFORE}
"""


@cache
def row_kinds() -> dict[str, RowKind]:
    """Every kind of rows by code."""
    known = indicators()
    words = {"received": "受理", "due": "应办结", "called_back": "回访", "dispatched": "派单"}
    found = [
        RowKind(
            "cases", "办件", CASES,
            facts={
                "closed": "已办结", "clocked": "有时限", "due": "已到期或已停表", "in_time": "按时办结",
                "overdue": "超期在办", "paused": "曾暂停计时", "quick": "用时不到时限一半", "same_day": "一日内办结",
            },
            moments={"opened": "受理", "due": "应办结", "closed": "办结"},
            values={"days": "办理用时（自然日）", "moves": "办理动作数"},
        ),
        *(
            RowKind(
                code, {"orders": "工单", "dispatches": "派单"}[code], ORDERS if code == "orders" else DISPATCHES,
                facts={name: str(text) for name, text in known.facts[code].items()},
                moments={name: words[name] for name in MOMENTS[code]},
                values={name: str(text) for name, text in known.values.get(code, {}).items()},
                case_kinds=("ticket",),
                table="aged",
                stratum="request_kind",
                related=AGAIN if code == "orders" else "",
                private=("rated", "satisfied") if code == "orders" else (),
            )
            for code in SOURCES
        ),
    ]  # fmt: skip
    for room in rooms():
        for name in room.row_kinds:
            one = import_string(name)
            found += one if isinstance(one, list | tuple) else [one]
    return {one.code: one for one in found}


def kinds_of_cases() -> dict[str, str]:
    """Code of every kind of case → what people call it."""
    return {code: kind.label for code, kind in case_kinds().items()}
