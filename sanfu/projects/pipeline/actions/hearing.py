"""What the project register hears: an adopted option and a signed lead become projects, an allocation its gaps."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from sanfu.people.models import Organisation
from sanfu.projects.pipeline.models import FactorGap, Milestone, Project
from sanfu.records.actions import append, number
from sanfu.records.actor import machine
from sanfu.records.models import Event
from sanfu.records.moments import day_of

OFFICE = "FGW"  # the unit that keeps a project until its own unit takes it


@transaction.atomic
def heard(event: Event) -> None:
    """A project from an option (盘活) or a lead (签约); once for each origin."""
    origin = UUID(str(event.stream))
    if Project.objects.filter(region=event.region, origin=origin).exists():
        return
    data: dict[str, Any] = event.data
    by = replace(machine(event.region, event.by_name), id=event.by)
    units = Organisation.objects.filter(region=event.region)
    unit = units.filter(pk=data["unit"]).first() if data.get("unit") else units.filter(code=OFFICE).first()
    if unit is None:
        return
    signed = event.kind == "leads.signed"
    name = f"{data['investor']} {data['product']}" if signed else f"{data['parcel']} {data['way']}项目"
    made = Project.objects.create(
        region=event.region, unit=unit, number=number("XM", by=by, at=event.at), code=data.get("code", "")[:40],
        name=name[:200], owner=data.get("investor", "")[:200], tier="", total=Decimal(data["amount" if signed else "cost"]),
        origin=origin, notes=[f"来自{'招商线索' if signed else '盘活方案'} {data['number']}"], at=event.at,
    )  # fmt: skip
    if signed:
        Milestone.objects.create(project=made, name="签约", actual=day_of(event.at))
    append(
        stream=made.id,
        kind="pipeline.entered",
        by=by,
        at=event.at,
        data={"number": made.number, "name": made.name},
    )


@transaction.atomic
def gaps_heard(event: Event) -> None:
    """The gaps of an adopted allocation, once."""
    FactorGap.objects.get_or_create(
        event=event.id,
        defaults={
            "region": event.region,
            "number": event.data["number"],
            "body": event.data["gaps"],
            "at": event.at,
        },
    )
