"""The sweep: relight clocks whose light can have changed, and let lists find what has closed."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from sanfu.cases import timing
from sanfu.cases.models import Case, ClockRow
from sanfu.kernel.clocks import Light
from sanfu.records.actions import append
from sanfu.records.actor import Actor
from sanfu.records.wires import case_kinds


@dataclass(frozen=True, slots=True)
class LightChange:
    """One change of light or of the step of the ladder that a sweep made."""

    case: uuid.UUID
    clock: str
    light: Light
    rung: str


def sweep(*, region: str, by: Actor, at: datetime, limit: int = 500) -> list[LightChange]:
    """Relight the clocks whose next check has come; return those whose light or step of the ladder changed.

    Reads one indexed column. Rows are taken with SKIP LOCKED, so that several workers share the work and none is
    relit twice, and with their cases, so that nobody closes one meanwhile; each change is an event of its case, kind
    "….light". A clock that stopped together with all others of its case is met here once and then left alone.
    """
    changed: list[LightChange] = []
    with transaction.atomic():
        come = ClockRow.objects.filter(region=region, next_check_at__lte=at)
        ended = come.filter(case__clocks_stopped_at__isnull=False).values("pk")
        free = ended.select_for_update(skip_locked=True, no_key=True, of=("self",))
        ClockRow.objects.filter(pk__in=free).update(next_check_at=None)
        run = come.filter(case__clocks_stopped_at=None).select_related("case").order_by("next_check_at")
        for row in run.select_for_update(skip_locked=True, no_key=True, of=("self", "case"))[:limit]:
            fresh = timing.relight(timing.read(_plain(row)), at)
            ClockRow.objects.filter(id=row.id).update(
                light=fresh.light, rung=fresh.rung, next_check_at=fresh.next_check_at
            )
            _write_summary(row.case_id)
            if (fresh.light, fresh.rung) != (row.light, row.rung):
                changed.append(LightChange(row.case_id, row.name, fresh.light, fresh.rung))
                _record_change(row, fresh, by=by, at=at)
    return changed


def sweep_all(*, region: str, by: Actor, at: datetime) -> int:
    """Relight all that is due, in several passes when much is waiting, and write the state of what has closed."""
    done = 0
    for _ in range(20):
        changed = sweep(region=region, by=by, at=at)
        done += len(changed)
        if not changed:
            break
    while write_closed_states(region=region):
        pass
    return done


@transaction.atomic
def write_closed_states(*, region: str, limit: int = 1000) -> int:
    """Write `closed_state` of cases that have closed and have no running clock; return how many.

    A move leaves this to the sweep, so that it need not write the case into every index. A row that somebody is just
    moving is left for the next time.
    """
    # region and kind first, like the index `case_by_closed_state`
    unwritten = Case.objects.filter(closed_state="", region=region, kind__in=list(case_kinds()))
    closed = unwritten.filter(closed_at__isnull=False, due_at=None)
    free = closed.select_for_update(skip_locked=True, no_key=True).values("pk")[:limit]
    return Case.objects.filter(pk__in=free).update(closed_state=F("state"))


def _write_summary(case: uuid.UUID) -> None:
    """Write the light of a case, and until when its clocks are green, from the clocks that run."""
    running = [timing.read(_plain(row)) for row in ClockRow.objects.filter(case=case, stopped_at=None)]
    columns = timing.summary_of(running)
    del columns["due_at"]  # a sweep moves no due date
    Case.objects.filter(id=case).update(**columns)


def _plain(row: ClockRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _CLOCK_COLUMNS}


_CLOCK_COLUMNS = (
    *("id", "name", "rule", "started_at", "pauses", "stopped_at"),
    *("due_at", "provisional", "light", "rung", "next_check_at"),
)


def _record_change(row: ClockRow, fresh: timing.FoldedClock, *, by: Actor, at: datetime) -> None:
    data = {"clock": row.name, "was": row.light, "light": str(fresh.light), "rung": fresh.rung}
    append(
        stream=row.case_id,
        kind=f"{row.case.kind}.light",
        by=by,
        at=at,
        data={**data, "due": row.due_at.isoformat()},
    )
