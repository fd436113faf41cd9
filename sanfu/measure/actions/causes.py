"""What moved a published figure: the rows that the cell counts otherwise than at the cut, and their events since then."""

import uuid
from typing import Any

from sanfu.measure import counting
from sanfu.measure.actions import store
from sanfu.measure.book import formulas
from sanfu.measure.models import Closing
from sanfu.records.models import Event

MOST = 200  # events kept with a correction; a figure moved by more is an error of the rule, not of rows


def moved(closing: Closing, indicator: str, unit: uuid.UUID) -> set[uuid.UUID]:
    """Streams of the rows that a cell counts now and not at the cut, or the other way round, or otherwise."""
    one = formulas()[indicator]
    frozen = counting.Source("measure_frozen_row", "closing_id = %s", (closing.id,))
    sides = [
        {(row["row_id"], row["counts"], row["value"]): row["case_id"] or row["row_id"] for row in rows}
        for rows in (
            counting.opened(source, one, closing.month, unit)
            for source in (frozen, store.live(closing.region))
        )
    ]
    before, now = sides
    return {stream for key, stream in {**before, **now}.items() if (key in before) != (key in now)}


def causing(closing: Closing, indicator: str, unit: uuid.UUID) -> list[dict[str, Any]]:
    """Events since the closing was written, oldest first, of what moved the figure: id, stream, kind, day, who."""
    closed = Event.objects.filter(stream=closing.id).order_by("seq").first()
    streams = moved(closing, indicator, unit)
    if closed is None or not streams:
        return []
    since = Event.objects.filter(stream__in=streams, recorded_at__gt=closed.recorded_at)
    return [
        {
            "id": str(one.id), "stream": str(one.stream), "kind": one.kind, "at": one.at.isoformat(),
            "recorded_at": one.recorded_at.isoformat(), "by": one.by_name,
        }
        for one in since.order_by("recorded_at", "id")[:MOST]
    ]  # fmt: skip
