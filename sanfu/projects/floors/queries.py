"""Reads of 工业上楼: studies, and what comes out of one."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import yaml
from django.db.models import QuerySet

from sanfu.kernel.floors.consequences import Consequence, consequences
from sanfu.kernel.floors.fit import Fit, fit
from sanfu.kernel.floors.model import Building, Need
from sanfu.kernel.floors.placing import Placed, place
from sanfu.kernel.floors.reading import BadFloors, Notes, read_buildings, read_needs
from sanfu.kernel.land.far import FarRule
from sanfu.people.scope import Parts, narrow
from sanfu.projects.floors.content import clear_loss, fire_rule, neighbours
from sanfu.projects.floors.models import FloorStudy
from sanfu.records.actor import Actor
from sanfu.records.content import SAFE

PARTS = Parts(see="floors.see", see_all="floors.see_all", unit="unit_id")
MOST = 60  # buildings or needs of one study: a page that a person can still read


@dataclass(frozen=True, slots=True)
class Result:
    """What comes out of a study, building by building."""

    buildings: list[Building]
    needs: list[Need]
    fits: dict[str, list[Fit]]  # by building id, in the order of the needs
    placed: dict[str, Placed]
    consequences: dict[str, list[Consequence]]
    notes: list[str]


def studies(actor: Actor) -> "QuerySet[FloorStudy]":
    """Studies, newest first."""
    return narrow(actor, FloorStudy.objects.select_related("unit"), PARTS).order_by("-at")


def result(buildings: str, needs: str, far: FarRule) -> Result:
    """Read both texts and compute. BadFloors says what is wrong and where."""
    notes = Notes()
    houses = read_buildings(_parsed(buildings, "厂房"), notes, clear_loss())
    wants = read_needs(_parsed(needs, "需求"), notes)
    if len(houses) > MOST or len(wants) > MOST:
        raise BadFloors(f"一次最多 {MOST} 栋、{MOST} 家，请分开测算")
    return Result(
        houses,
        wants,
        {b.id: [fit(b, n) for n in wants] for b in houses},
        {b.id: place(b, wants, neighbours()) for b in houses},
        {b.id: consequences(b, fire_rule(), far) for b in houses},
        notes.lines,
    )


def _parsed(text: str, what: str) -> Any:
    try:
        return yaml.load(text, Loader=SAFE)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"第 {mark.line + 1} 行" if mark else ""
        raise BadFloors(f"{what}清单{place}写法有误，请核对缩进和括号") from error


def by_park(buildings: str, found: Result) -> dict[str, dict[str, dict[str, str]]]:
    """㎡ of the buildings by the park that a building names (园区): whole, and what the placement would take."""
    raw = _parsed(buildings, "厂房")
    rows = next((v for v in raw.values() if isinstance(v, list)), []) if isinstance(raw, dict) else raw
    named = [str(row.get("园区") or "").strip() if isinstance(row, dict) else "" for row in rows or ()]
    areas = {need.id: need.area for need in found.needs}
    sums: dict[str, list[Decimal]] = {}
    for house, park in zip(found.buildings, named, strict=False):
        if not park:
            continue
        held = sums.setdefault(park, [Decimal(0), Decimal(0)])
        held[0] += sum((Decimal(str(floor.has.get("area", 0))) for floor in house.floors), Decimal(0))
        held[1] += sum((areas[need] for need in found.placed[house.id].at), Decimal(0))
    return {
        p: {"标准厂房": {"total": str(whole), "pipeline": str(part)}} for p, (whole, part) in sums.items()
    }
