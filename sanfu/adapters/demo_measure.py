"""Demo figures (演示): the last two whole months are counted and closed, through the action that a person would use."""

from contextlib import suppress
from datetime import datetime

from sanfu.adapters.demo_scenes import cast
from sanfu.measure.actions import freezing, store
from sanfu.records.actor import Conflict
from sanfu.records.moments import day_of

CLOSED = 2  # whole months before this one


def close_months(now: datetime) -> None:
    """Close them oldest first; a month that is closed stays as it is."""
    by = cast("wushuang", day_of(now))
    store.refresh(region=by.region, at=now)
    this = day_of(now).replace(day=1)
    for back in range(CLOSED, 0, -1):
        place = this.year * 12 + this.month - 1 - back
        with suppress(Conflict):
            freezing.close(this.replace(year=place // 12, month=place % 12 + 1), by=by, at=now)
