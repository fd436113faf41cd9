"""每月一题、未诉先办: weekly counts of what the actor may see by topic and town, hotspots, forecasts, effects."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from sanfu.cases.models import Case
from sanfu.grassroots.tickets.queries import visible
from sanfu.kernel.topics.effect import Effect, effect
from sanfu.kernel.topics.scan import Series
from sanfu.measure.models import Topic
from sanfu.records.actor import Actor

WEEKS = 52
ZONE = "Asia/Shanghai"
NO_CLASS = "未分类"
WEEK = f"date_trunc('week', t.received_at AT TIME ZONE '{ZONE}')::date"
TOPIC = f"coalesce(nullif(t.class_path, ''), '{NO_CLASS}')"
# A person is known by account or telephone; an anonymous message stands for a person of its own.
PERSON = "coalesce(c.applicant_id::text, nullif(p.phone, ''), c.id::text)"


@dataclass(frozen=True, slots=True)
class Weekly:
    """Counts by topic and town over whole weeks up to the last one that ended; persons of the last week."""

    weeks: tuple[date, ...]
    counts: Mapping[tuple[str, uuid.UUID | None], Sequence[int]]
    persons: Mapping[tuple[str, uuid.UUID | None], int]

    def series(self) -> list[Series]:
        return [
            Series(topic, str(area or ""), counts, self.persons.get((topic, area), 0))
            for (topic, area), counts in self.counts.items()
        ]

    def of(self, topics: Sequence[str], area: uuid.UUID | None = None) -> list[int]:
        """Week by week, of some topics, in one town or in all."""
        chosen = [
            some for (name, town), some in self.counts.items() if name in topics and area in (None, town)
        ]
        return [sum(one[n] for one in chosen) for n in range(len(self.weeks))]

    @property
    def topics(self) -> list[str]:
        """Most first."""
        sums: dict[str, int] = {}
        for (name, _), some in self.counts.items():
            sums[name] = sums.get(name, 0) + sum(some)
        return sorted(sums, key=lambda name: (-sums[name], name))


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def weekly(actor: Actor, today: date, weeks: int = WEEKS) -> Weekly:
    """Requests received in whole weeks before this one."""
    last = monday(today) - timedelta(weeks=1)
    days = tuple(last - timedelta(weeks=weeks - 1 - n) for n in range(weeks))
    place = {day: n for n, day in enumerate(days)}
    counts: dict[tuple[str, uuid.UUID | None], list[int]] = {}
    persons: dict[tuple[str, uuid.UUID | None], int] = {}
    for topic, area, week, count, people in _counted(actor, days[0], last + timedelta(weeks=1)):
        counts.setdefault((topic, area), [0] * weeks)[place[week]] = count
        if week == last:
            persons[(topic, area)] = people
    return Weekly(days, counts, persons)


def _counted(actor: Actor, first: date, after: date) -> list[tuple[str, uuid.UUID | None, date, int, int]]:
    try:
        seen, params = visible(actor).order_by().values("id").query.sql_with_params()
    except EmptyResultSet:
        return []
    inside = f"t.received_at AT TIME ZONE '{ZONE}' >= %s AND t.received_at AT TIME ZONE '{ZONE}' < %s"
    sql = (
        f"SELECT {TOPIC}, t.area_id, {WEEK}, count(*), count(DISTINCT {PERSON}) FROM tickets_ticket t "
        "JOIN cases_case c ON c.id = t.case_id LEFT JOIN tickets_contact p ON p.ticket_id = t.case_id "
        f"WHERE t.case_id IN ({seen}) AND t.split_from_id IS NULL AND {inside} GROUP BY 1, 2, 3"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, first, after])
        return list(cursor.fetchall())


def rows(
    actor: Actor, topic: str, area: uuid.UUID | None, everywhere: bool, first: date, after: date
) -> "QuerySet[Case]":
    """The requests behind a count: the same topic, town and weeks."""
    inside = (
        f"SELECT t.case_id FROM tickets_ticket t WHERE {TOPIC} = %s AND t.split_from_id IS NULL "
        f"AND (%s OR t.area_id IS NOT DISTINCT FROM %s::uuid) AND t.received_at AT TIME ZONE '{ZONE}' >= %s "
        f"AND t.received_at AT TIME ZONE '{ZONE}' < %s"
    )
    params = [topic, everywhere, str(area) if area else None, first, after]
    return visible(actor).filter(pk__in=RawSQL(inside, params))


def topics(actor: Actor) -> "QuerySet[Topic]":
    """Topics of the county, open ones first."""
    return Topic.objects.filter(region=actor.region).select_related("lead").order_by("ended_at", "-opened_at")


def judged(row: Topic, found: Weekly) -> Effect | None:
    """What the measure did, against the topics that it is compared with; None before it began."""
    if row.begins is None or row.begins not in found.weeks:
        return None
    begin = found.weeks.index(row.begins)
    # As many weeks before as after, at least eight: older ones say little about this year.
    start = max(begin - max(len(found.weeks) - begin, 8), 0)
    own, others = found.of([row.topic], row.area)[start:], found.of(row.others, row.area)[start:]
    return effect(own, others, begin - start)
