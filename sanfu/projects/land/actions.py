"""Writes of land (用地): bring a file in, state facts, compute an option, take one up."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, BinaryIO

from django.db import transaction

from sanfu.kernel.land.areas import shown
from sanfu.kernel.land.datums import datum_of
from sanfu.kernel.land.far import Storey
from sanfu.kernel.land.intake import Intake, Parcel, WholeFileRefused, take_in
from sanfu.kernel.land.options import Option, Site, plan
from sanfu.lists.sheets import Unreadable
from sanfu.people.models import Organisation
from sanfu.projects.land.content import far_rule, limits, screening, ways
from sanfu.projects.land.files import read_parcels
from sanfu.projects.land.models import LandOption, LandParcel, ParcelImport
from sanfu.projects.land.queries import by_park, facts_of, parcels, screened
from sanfu.projects.land.states import OptionState
from sanfu.records.actions import append, number
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.files import checked, store

STATED = tuple(dict.fromkeys(test.fact for rule in screening() for test in rule.tests))


def _need(by: Actor, *permissions: str) -> None:
    if not by.may(*permissions):
        raise NotAllowed(f"{by.name}不能维护用地数据，请由资规部门的用地专员办理。")


@transaction.atomic
def bring(
    *, name: str, content: BinaryIO, datum: str, meridian: float | None, by: Actor, at: datetime
) -> ParcelImport:
    """导入宗地: what can stand is taken, the rest is named with its reason; the file is kept as it came."""
    _need(by, "land.edit")
    safe, whole, _ = checked(name, content)
    unit = Organisation.objects.filter(region=by.region, code=by.organisation_code).first()
    if unit is None:
        raise NotAllowed(f"{by.name}没有任职单位，不能导入宗地。")
    held = {row.number: row.polygons for row in parcels(by)}
    try:
        file = read_parcels(safe, whole)
        intake = take_in(file.rows, datum_of(datum), meridian, held, limits())
    except (Unreadable, WholeFileRefused, ValueError) as error:
        raise Refused(f"{error}。没有导入任何宗地。") from error
    content.seek(0)
    stored = store(name=safe, content=content, by=by, at=at)
    made = ParcelImport.objects.create(
        region=by.region, unit=unit, name=safe, file=stored, datum=datum_of(datum).code, meridian=meridian,
        taken=len(intake.parcels), notes=_notes(intake, file.said),
        refused=[{"number": r.number, "place": r.place, "why": r.why} for r in intake.refused],
        overlaps=[{"one": o.one, "other": o.other, "square_metres": round(o.square_metres, 1)} for o in intake.overlaps],
        offset_metres=intake.offset.metres if intake.offset else None, by_name=by.name, at=at,
    )  # fmt: skip
    _replace(made, intake.parcels, by, at)
    data: dict[str, Any] = {
        "name": safe,
        "datum": made.datum,
        "taken": made.taken,
        "refused": len(made.refused),
    }
    data["parks"] = by_park(by.region)
    append(stream=made.id, kind="land.brought", by=by, at=at, data=data)
    return made


def _notes(intake: Intake, said: str) -> list[str]:
    return intake.notes + ([f"文件自带的坐标说明：{said}"] if said else [])


def _replace(made: ParcelImport, taken: list[Parcel], by: Actor, at: datetime) -> None:
    """New rows; a parcel of the same number steps back, its facts go along."""
    old = LandParcel.objects.filter(
        region=by.region, unit=made.unit, current=True, number__in=[p.number for p in taken]
    )
    facts = dict(old.values_list("number", "facts"))
    old.update(current=False)
    rows = [_row(made, parcel, facts.get(parcel.number), at) for parcel in taken]
    for row in rows:
        row.finding = str(screened(row).finding)
    LandParcel.objects.bulk_create(rows)


def _row(made: ParcelImport, parcel: Parcel, facts: dict[str, Any] | None, at: datetime) -> LandParcel:
    brought = {k: v for k, v in parcel.raw.attributes.items() if k in STATED and str(v).strip()}
    raw = {
        "attributes": {k: str(v) for k, v in parcel.raw.attributes.items()},
        "polygons": parcel.raw.polygons,
    }
    return LandParcel(
        region=made.region, unit=made.unit, brought=made, number=parcel.number[:60], polygons=parcel.polygons,
        square_metres=Decimal(shown(parcel.square_metres, 4)), measured=parcel.measured,
        stated=parcel.stated is not None, notes=list(parcel.notes), raw=raw,
        facts={**(facts or {}), **{k: str(v) for k, v in brought.items()}}, at=at,
    )  # fmt: skip


@transaction.atomic
def state_facts(parcel: LandParcel, *, facts: Mapping[str, object], by: Actor, at: datetime) -> LandParcel:
    """补充事实: what the screening asks for; the finding is made again."""
    _need(by, "land.edit")
    row = LandParcel.objects.select_for_update().get(id=parcel.id)
    kept = {k: str(v).strip() for k, v in facts.items() if k in STATED and v is not None and str(v).strip()}
    row.facts = kept
    row.finding = str(screened(row).finding)
    row.save(update_fields=["facts", "finding"])
    append(stream=row.id, kind="land.facts", by=by, at=at, data={"facts": kept, "finding": row.finding})
    return row


@transaction.atomic
def propose(parcel: LandParcel, *, asked: Mapping[str, Any], by: Actor, at: datetime) -> LandOption:
    """测算盘活方案. `asked`: way, storeys (heights in metres), plate (m²), far_now, far_bound, numerator, per_mu_now, expected, far_limit."""
    _need(by, "land.edit")
    way = next((w for w in ways() if w.id == asked["way"]), None)
    if way is None:
        raise Refused("没有这种盘活方式。")
    try:
        answer = computed(parcel, way.id, asked)
    except (ValueError, ZeroDivisionError) as error:
        raise Refused(f"{error}。") from error
    made = LandOption.objects.create(
        region=by.region, parcel=parcel, way=way.id, asked={k: None if v is None else str(v) for k, v in asked.items()},
        answer=_told(answer), by_name=by.name, at=at,
    )  # fmt: skip
    append(stream=made.id, kind="land.option", by=by, at=at, data={"parcel": parcel.number, "way": way.name})
    return made


def computed(parcel: LandParcel, way: str, asked: Mapping[str, Any]) -> Option:
    """The option for a question. ValueError when it cannot be computed."""
    chosen = next(w for w in ways() if w.id == way)
    plate = Fraction(asked["plate"])
    storeys = [Storey(Fraction(h), plate) for h in asked["storeys"]]
    now, per_mu = asked.get("far_now"), asked.get("per_mu_now")
    site = Site(
        Fraction(parcel.square_metres), None if now is None else Fraction(now), asked.get("far_bound") or "等于",
        asked.get("numerator") or "", None if per_mu is None else Fraction(per_mu),
    )  # fmt: skip
    expected, limit = asked.get("expected"), asked.get("far_limit")
    return plan(
        site, chosen, storeys, far_rule(),
        None if expected is None else Fraction(expected), None if limit is None else Fraction(limit),
    )  # fmt: skip


def _told(option: Option) -> dict[str, Any]:
    return {
        "way": option.way.name, "land_mu": shown(option.land_mu), "gross": shown(option.floor.gross, 0),
        "counted": shown(option.floor.counted, 0), "doubled": list(option.floor.doubled), "far": shown(option.far),
        "coverage": shown(option.coverage * 100, 1), "added": shown(option.added, 0), "cost": shown(option.cost),
        "months": option.months, "cash": [shown(c) for c in option.cash], "numerator": option.numerator,
        "per_mu": None if option.per_mu is None else shown(option.per_mu), "sentences": dict(option.sentences),
        "warnings": list(option.warnings),
    }  # fmt: skip


@transaction.atomic
def decide(option: LandOption, *, adopt: bool, by: Actor, at: datetime) -> LandOption:
    """采用 (一事一档 with a number; the project register hears it) or 不采用: a person decides."""
    _need(by, "land.edit")
    row = LandOption.objects.select_for_update().select_related("parcel").get(id=option.id)
    if row.state != OptionState.DRAFT:
        raise Conflict(f"这个方案{OptionState(row.state).label}，不能再决定。")
    if adopt and any("不成立" in w for w in row.answer["warnings"]):
        raise Refused("这个方案不成立，不能立档。请改方案后重新测算。")
    row.state = OptionState.ADOPTED if adopt else OptionState.DROPPED
    row.number = number("DL", by=by, at=at) if adopt else ""
    row.save(update_fields=["state", "number"])
    data = {"number": row.number, "parcel": row.parcel.number, **row.answer}
    append(stream=row.id, kind="land.adopted" if adopt else "land.dropped", by=by, at=at, data=data)
    return row


__all__ = ["STATED", "bring", "computed", "decide", "facts_of", "propose", "state_facts"]
