"""随机复访: some of the call-backs that said “satisfied” are drawn by lot and called again by somebody else."""

import hashlib
import math
import uuid
from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import connection, transaction

from sanfu.measure.models import Recall
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.content import read_yaml
from sanfu.records.ids import new_id
from sanfu.records.moments import day_of

# The last call-back that reached somebody: solved, and at least 基本满意.
SATISFIED = """
SELECT c.id, c.lead_id FROM cases_case c JOIN LATERAL (
    SELECT at, resolved, rating FROM tickets_callback
    WHERE ticket_id = c.id AND reached AND resolved IS NOT NULL ORDER BY at DESC LIMIT 1) b ON true
WHERE c.region = %s AND c.lead_id IS NOT NULL AND b.resolved AND b.rating IN ('very_good', 'good', 'fair')
    AND date_trunc('month', b.at AT TIME ZONE 'Asia/Shanghai')::date = %s
    AND NOT EXISTS (SELECT FROM measure_recall s WHERE s.case_id = c.id)
"""


def share() -> float:
    """The share that is called again, in percent, as the content says it."""
    return float(read_yaml(settings.CONTENT / "indicators" / "recalls.yaml")["share"]["value"])


def _may(by: Actor) -> None:
    if not by.may("measure.audit"):
        raise NotAllowed("随机复访由督查人员抽取和记录。")


def drawn(cases: Sequence[uuid.UUID], seed: str, percent: float) -> list[uuid.UUID]:
    """The cases that a lot takes: the same seed always takes the same ones, so anybody can draw again."""
    ordered = sorted(cases, key=lambda one: hashlib.sha256(f"{seed}{one}".encode()).digest())
    return ordered[: math.ceil(len(ordered) * percent / 100)]


@transaction.atomic
def draw(month: date, *, by: Actor, at: datetime) -> int:
    """抽取: a share of each unit's satisfied call-backs of a month, at least one; return how many were drawn."""
    _may(by)
    if month > day_of(at):
        raise Refused("还没有到这个月，没有可抽的回访。")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('measure.recalls'), hashtext(%s))", [by.region])
        cursor.execute(SATISFIED, [by.region, month])
        units: dict[uuid.UUID, list[uuid.UUID]] = {}
        for case, unit in cursor.fetchall():
            units.setdefault(unit, []).append(case)
    if Recall.objects.filter(region=by.region, month=month).exists():
        raise Conflict("这个月已经抽过；再抽会让人挑选结果，所以一个月只抽一次。")
    if not units:
        raise Refused("这个月没有回访满意的办件可抽。")
    lot = new_id()
    rows = [
        Recall(
            region=by.region, case_id=case, month=month, unit=unit, drawn_at=at, drawn_name=by.name, lot=lot
        )
        for unit, cases in units.items()
        for case in drawn(cases, str(lot), share())
    ]
    Recall.objects.bulk_create(rows)
    append(
        stream=lot, kind="measure.calls_drawn", by=by, at=at,
        data={"month": f"{month:%Y-%m}", "drawn": len(rows), "of": sum(map(len, units.values()))},
    )  # fmt: skip
    return len(rows)


@transaction.atomic
def record(row: Recall, *, reached: bool, content: bool | None, note: str, by: Actor, at: datetime) -> None:
    """记录: what was said the second time; once, and never by the unit that handled the case."""
    _may(by)
    if row.unit in by.units:
        raise NotAllowed("承办单位不能复访自己的办件。")
    if reached and content is None:
        raise Refused("联系上了，请选满意还是不满意。")
    written = Recall.objects.filter(pk=row.pk, done_at=None).update(
        done_at=at,
        done_name=by.name,
        reached=reached,
        content=content if reached else None,
        note=note.strip(),
    )
    if not written:
        raise Conflict("这一件已经复访过，结果不能改。")
    data = {"case": str(row.case_id), "reached": reached, "content": content if reached else None}
    append(stream=row.id, kind="measure.call_recorded", by=by, at=at, data=data)
