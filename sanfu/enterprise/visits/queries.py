"""Reads of visits and wishes."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db.models import QuerySet

from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.registry.timeline import Entry
from sanfu.enterprise.visits.models import Operation, Photo, Visit, Wish
from sanfu.enterprise.visits.states import VisitState
from sanfu.enterprise.visits.upload import Known
from sanfu.people.models import Organisation
from sanfu.people.scope import Parts, narrow
from sanfu.records.actor import Actor
from sanfu.records.models import StoredFile
from sanfu.records.moments import day_of

PARTS = Parts(
    see="visits.see",
    see_all="visits.see_all",
    units="units",
    person="visitor",
    firm="enterprise__organisation",
)
WISHES = Parts(see="visits.wish", see_all="visits.plan", unit="department")
FIELDS = {"held_on": "走访日期", "people": "参加人员", "note": "走访记录", "promise": "当场答应的事"}


def visible(actor: Actor) -> "QuerySet[Visit]":
    """Visits that the actor's unit takes part in, the actor's own, the own firm's, or all."""
    return narrow(actor, Visit.objects.all(), PARTS)


def access(actor: Actor, visit_id: uuid.UUID) -> Visit | None:
    return visible(actor).select_related("enterprise__town", "lead").filter(id=visit_id).first()


def wishes(actor: Actor) -> "QuerySet[Wish]":
    """Wishes of the own department, or all for who plans."""
    return narrow(actor, Wish.objects.all(), WISHES)


def to_confirm(actor: Actor) -> "QuerySet[Visit]":
    """Records of the own firm, newest first."""
    rows = visible(actor).exclude(state=VisitState.PLANNED)
    return rows.select_related("enterprise").order_by("-made_at")


def of_phone(actor: Actor) -> list[Visit]:
    """Planned visits that the actor's unit takes part in, for the phone."""
    rows = visible(actor).filter(state=VisitState.PLANNED).select_related("enterprise")
    return list(rows.order_by("planned_on")[:100])


def arrived(actor: Actor, ids: Iterable[uuid.UUID]) -> list[str]:
    """Which of these operations and photos are here: the proof that nothing is missing."""
    wanted = list(ids)[:2000]
    mine = Operation.objects.filter(region=actor.region, by=actor.id, id__in=wanted).values_list(
        "id", flat=True
    )
    photos = Photo.objects.filter(region=actor.region, id__in=wanted).values_list("id", flat=True)
    return sorted(str(one) for one in {*mine, *photos})


def operations(visit: Visit) -> "QuerySet[Operation]":
    return Operation.objects.filter(region=visit.region, record=visit.id).order_by("at")


def photo(actor: Actor, photo_id: uuid.UUID) -> Photo | None:
    """A photo of a visit that the actor may see."""
    return Photo.objects.filter(id=photo_id, visit__in=visible(actor)).select_related("file").first()


def firm_said(region: str, said: str) -> Enterprise | None:
    """The enterprise of a whole name or credit code."""
    rows = Enterprise.objects.filter(region=region)
    return rows.filter(credit_code=said).first() or rows.filter(name=said).first()


def firms(region: str) -> list[str]:
    """Names of the enterprises, for the phone's list without network."""
    rows = Enterprise.objects.filter(region=region).order_by("name")
    return list(rows.values_list("name", flat=True)[:5000])


def known_to_sheet(actor: Actor, today: date) -> Known:
    """What a sheet of wishes may name."""
    firms: dict[str, Enterprise] = {}
    for one in Enterprise.objects.filter(region=actor.region, merged_into=None, closed_on=None):
        firms[one.name] = firms[one.credit_code] = one
    units = {
        name: unit
        for unit in Organisation.objects.filter(region=actor.region)
        for name in (unit.name, unit.short, unit.code)
    }
    own = next((unit for unit in units.values() if unit.pk == actor.organisation), None)
    return Known(firms, units, own, actor.may("visits.plan"), today)


def own_file(actor: Actor, file_id: uuid.UUID) -> StoredFile | None:
    """A file that the actor sent."""
    return StoredFile.objects.filter(region=actor.region, id=file_id, by=actor.id).first()


def of_week(actor: Actor, monday: date) -> list[Visit]:
    """Planned visits of a week that the actor may see, by firm."""
    rows = visible(actor).filter(state=VisitState.PLANNED, planned_on=monday)
    return list(rows.select_related("enterprise__town", "lead").order_by("enterprise__name")[:80])


def weeks(actor: Actor) -> list[date]:
    """Mondays of weeks with planned visits that the actor may see, in order."""
    rows = visible(actor).filter(state=VisitState.PLANNED).exclude(planned_on=None)
    return sorted({day for day in rows.values_list("planned_on", flat=True) if day})


def last_held(firms: Sequence[uuid.UUID], before: date) -> date | None:
    """The day of the last visit to one of the firms before a day: the day alone, whoever asks; None without a visit."""
    made = Visit.objects.filter(enterprise__in=firms, state__in=[VisitState.RECORDED, VisitState.CONFIRMED])
    days = [_held(values, at) for values, at in made.values_list("values", "made_at")]
    return max((day for day in days if day < before), default=None)


def _held(values: dict[str, str], at: datetime) -> date:
    """走访日期 of the record, else the day on which it was begun."""
    try:
        return date.fromisoformat(values.get("held_on", ""))
    except ValueError:
        return day_of(at)


def entries(actor: Actor, firms: Sequence[uuid.UUID], before: datetime, most: int) -> list[Entry]:
    """Visits on a firm's timeline, for who may see them."""
    rows = visible(actor).filter(enterprise__in=firms, made_at__lt=before).order_by("-made_at")
    columns = rows.values_list("made_at", "state", "visitor_name", "lead__short", "id")
    return [
        Entry(
            at, "走访", f"{name or unit or ''} {VisitState(state).label}".strip(), "officer:visit", (visit,)
        )
        for at, state, name, unit, visit in columns[:most]
    ]
