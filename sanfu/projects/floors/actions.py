"""Writes of 工业上楼: a study is kept as it was written."""

from datetime import datetime

from django.db import transaction

from sanfu.kernel.floors.reading import BadFloors
from sanfu.kernel.land.far import FarRule
from sanfu.people.models import Organisation
from sanfu.projects.floors.models import FloorStudy
from sanfu.projects.floors.queries import by_park, result
from sanfu.records.actions import append
from sanfu.records.actor import Actor, NotAllowed, Refused


@transaction.atomic
def study(*, title: str, buildings: str, needs: str, by: Actor, at: datetime) -> FloorStudy:
    """新的适配研究; refused when a text cannot be read."""
    unit = Organisation.objects.filter(region=by.region, code=by.organisation_code).first()
    if not by.may("floors.edit") or unit is None:
        raise NotAllowed(f"{by.name}不能做适配研究，请由工信部门的上楼专员办理。")
    try:
        found = result(buildings, needs, FarRule())
    except BadFloors as odd:
        raise Refused(f"{odd}。") from odd
    made = FloorStudy.objects.create(
        region=by.region, unit=unit, title=title, buildings=buildings, needs=needs, by_name=by.name, at=at
    )
    data = {
        "title": title,
        "buildings": len(found.buildings),
        "needs": len(found.needs),
        "parks": by_park(buildings, found),
    }
    append(stream=made.id, kind="floors.study", by=by, at=at, data=data)
    return made
