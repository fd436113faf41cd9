"""Reads of land (用地): parcels of the reader's unit, or of the county."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from sanfu.kernel.land.areas import mu_of, shown
from sanfu.kernel.land.screening import Screened, Value, screen
from sanfu.kernel.rules.language.quantities import exact
from sanfu.people.scope import Parts, narrow
from sanfu.projects.land.content import screening
from sanfu.projects.land.models import LandOption, LandParcel, ParcelImport
from sanfu.records.actor import Actor

PARTS = Parts(see="land.see", see_all="land.see_all", unit="unit_id")


def parcels(actor: Actor) -> "QuerySet[LandParcel]":
    """Parcels that stand today."""
    rows = LandParcel.objects.filter(current=True).select_related("unit", "brought")
    return narrow(actor, rows, PARTS).order_by("number")


def parcel(actor: Actor, id: UUID) -> LandParcel | None:
    """One parcel, replaced ones too."""
    rows = LandParcel.objects.select_related("unit", "brought")
    return narrow(actor, rows, PARTS).filter(id=id).first()


def imports(actor: Actor) -> "QuerySet[ParcelImport]":
    """Files brought in, newest first."""
    return narrow(actor, ParcelImport.objects.select_related("unit", "file"), PARTS).order_by("-at")


def options(actor: Actor) -> "QuerySet[LandOption]":
    """Options of the parcels that the reader sees."""
    mine = narrow(actor, LandParcel.objects.all(), PARTS).values("id")
    rows = LandOption.objects.filter(region=actor.region, parcel__in=mine)
    return rows.select_related("parcel").order_by("-at")


def facts_of(stated: Mapping[str, object]) -> dict[str, Value]:
    """Facts as the screening reads them: figures exact, 是/否 as such, empty as unknown."""
    found: dict[str, Value] = {}
    for name, raw in stated.items():
        text = str(raw).strip() if raw is not None else ""
        if isinstance(raw, bool):
            found[name] = raw
        elif text in ("是", "否"):
            found[name] = text == "是"
        elif text:
            try:
                found[name] = exact(text.rstrip("%％"))
            except ValueError:
                found[name] = text
    return found


def screened(row: LandParcel) -> Screened:
    """The parcel against the rules of today's content."""
    return screen(screening(), facts_of(row.facts))


EMPTY = ("空地", "闲置", "待供", "未供", "未供应", "待出让")


def by_park(region: str) -> dict[str, dict[str, dict[str, str]]]:
    """亩 of the county's parcels by the park that their file names (所在园区): whole, and what is no empty lot."""
    sums: dict[str, list[Fraction]] = {}
    for row in LandParcel.objects.filter(region=region, current=True):
        stated = row.raw.get("attributes", {})
        park = str(stated.get("所在园区") or stated.get("园区") or "").strip()
        if not park:
            continue
        found, area = sums.setdefault(park, [Fraction(0), Fraction(0)]), mu_of(Fraction(row.square_metres))
        found[0] += area
        if str(stated.get("利用状况") or stated.get("供应状态") or "").strip() not in EMPTY:
            found[1] += area
    return {
        park: {"用地": {"total": shown(whole), "committed": shown(used)}}
        for park, (whole, used) in sums.items()
    }


def mu(row: LandParcel | Mapping[str, Any]) -> str:
    """亩 of a parcel, two decimals."""
    metres = row["square_metres"] if isinstance(row, Mapping) else row.square_metres
    return shown(mu_of(Fraction(metres)))
