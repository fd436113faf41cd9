"""Open a case, and note something about one."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from sanfu.cases import timing
from sanfu.cases.models import Case, ClockRow
from sanfu.kernel.flow import Flow
from sanfu.records.actions import append
from sanfu.records.actor import Actor


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new case begins with.

    kind: the code of a `CaseKind` of the room. clocks: name → rule as the content says it (see `timing.Rule`); they start at the opening.
    pinned: versions that the case keeps, for example {"list": "requests@3", "guide": "sha256:…"}.
    """

    kind: str
    number: str
    title: str
    lead: uuid.UUID | None = None
    units: frozenset[uuid.UUID] = frozenset()
    withheld: frozenset[uuid.UUID] = frozenset()
    applicant: uuid.UUID | None = None
    firm: uuid.UUID | None = None
    parent: uuid.UUID | None = None
    urgency: str = ""
    clocks: Mapping[str, timing.Rule] = field(default_factory=dict)
    pinned: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def open_case(opening: Opening, flow: Flow[Any, Any], *, by: Actor, at: datetime) -> Case:
    """Open a case in the first state of its flow, start its clocks and record the event."""
    clocks = [timing.start(name, rule, at) for name, rule in opening.clocks.items()]
    case = Case.objects.create(
        region=by.region,
        kind=opening.kind,
        number=opening.number,
        title=opening.title[:200],
        state=flow.initial,
        urgency=opening.urgency,
        parent_id=opening.parent,
        lead_id=opening.lead,
        units=sorted(opening.units, key=str),
        withheld=sorted(opening.withheld, key=str),
        applicant_id=opening.applicant,
        firm_id=opening.firm,
        opened_at=at,
        **timing.summary_of(clocks),
        pinned=dict(opening.pinned),
        data=dict(opening.data),
    )
    ClockRow.objects.bulk_create(ClockRow(region=by.region, case=case, **one.columns()) for one in clocks)
    data = {
        "to": str(flow.initial),
        "number": opening.number,
        "lead": str(opening.lead) if opening.lead else None,
        "clocks": {one.name: one.due_at.isoformat() for one in clocks},
        "pinned": dict(opening.pinned),
    }
    append(stream=case.id, kind=f"{opening.kind}.open", by=by, at=at, data=data)
    return case


def note(
    case: Case, kind: str, *, by: Actor, at: datetime, data: Mapping[str, Any] | None = None
) -> uuid.UUID:
    """Record something about a case that moves nothing: a look at personal data, a reminder, a comment."""
    with transaction.atomic():
        return append(stream=case.id, kind=f"{case.kind}.{kind}", by=by, at=at, data=dict(data or {}))
