"""Writes of parks: found one, state its capacity, hear what other rooms know of it, evaluate."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, BinaryIO

from django.db import transaction

from sanfu.kernel.parks.capacity import Stock
from sanfu.kernel.parks.evaluation import ParkScore, evaluate
from sanfu.kernel.parks.mix import Mixed, compare
from sanfu.kernel.parks.scheme import BadScheme, ParkScheme, read_scheme
from sanfu.kernel.parks.sheets import read_firms, read_stocks, read_values
from sanfu.kernel.sheets import UnreadableSheet
from sanfu.people.models import Organisation
from sanfu.projects.parks.content import kinds
from sanfu.projects.parks.models import Park, ParkRun, ParkStock
from sanfu.records.actions import append
from sanfu.records.actor import Actor, NotAllowed, Refused
from sanfu.records.files import checked, store
from sanfu.records.models import Event
from sanfu.records.moments import day_of

FIGURES = ("total", "committed", "pipeline")


def _need(by: Actor, permission: str) -> Organisation:
    unit = Organisation.objects.filter(region=by.region, code=by.organisation_code).first()
    if not by.may(permission) or unit is None:
        raise NotAllowed(f"{by.name}不能维护园区，请由园区专员办理。")
    return unit


@transaction.atomic
def found(*, name: str, level: str, industries: str = "", note: str = "", by: Actor, at: datetime) -> Park:
    """建园区档案: once a name in the county."""
    unit = _need(by, "parks.edit")
    if Park.objects.filter(region=by.region, name=name.strip()).exists():
        raise Refused(f"{name}已有档案，不能重复建立。")
    made = Park.objects.create(
        region=by.region, unit=unit, name=name.strip(), level=level, industries=industries, note=note, at=at
    )
    append(stream=made.id, kind="parks.founded", by=by, at=at, data={"name": made.name})
    return made


@transaction.atomic
def describe(row: Park, *, level: str, industries: str, note: str, by: Actor, at: datetime) -> Park:
    """改概况."""
    _own(row, by)
    row.level, row.industries, row.note = level, industries, note
    row.save(update_fields=["level", "industries", "note"])
    data = {"level": level, "industries": industries, "note": note}
    append(stream=row.id, kind="parks.described", by=by, at=at, data=data)
    return row


def _own(row: Park, by: Actor) -> None:
    if _need(by, "parks.edit").id != row.unit_id:
        raise NotAllowed("只有园区所属单位可以维护它的数据。")


@transaction.atomic
def state(
    row: Park, *, kind: str, total: Decimal, committed: Decimal, pipeline: Decimal, by: Actor, at: datetime
) -> ParkStock:
    """填一项承载能力."""
    _own(row, by)
    if kind not in kinds():
        raise Refused("请选择要素。")
    if min(total, committed, pipeline) < 0:
        raise Refused("总量、已占用、在谈都不能是负数。")
    figures = {"total": str(total), "committed": str(committed), "pipeline": str(pipeline)}
    made = _put(row, kind, figures, f"{by.name}填报", at)
    append(stream=row.id, kind="parks.stated", by=by, at=at, data={"kind": kind, **figures})
    return made


@transaction.atomic
def bring(*, name: str, content: BinaryIO, by: Actor, at: datetime) -> dict[str, Any]:
    """导入承载能力: rows of own parks are taken, the others named; the file is kept."""
    unit = _need(by, "parks.edit")
    safe, whole, _ = checked(name, content)
    try:
        read = read_stocks(whole, safe, kinds())
    except UnreadableSheet as problem:
        raise Refused(f"{problem}。没有导入。") from problem
    own = {row.name: row for row in Park.objects.filter(region=by.region, unit=unit)}
    taken = [(own[park], stock) for park, stock in read.rows if park in own]
    strange = [park for park, _ in read.rows if park not in own]
    if not taken:
        names = (
            f"{'、'.join(dict.fromkeys(strange))}还没有本单位的园区档案，请先建档案再导入。"
            if strange
            else ""
        )
        why = "；".join(f"第 {n} 行：{said}" for n, said in read.refused[:6])
        raise Refused(f"没有一行属于本单位的园区。{names}{why}")
    content.seek(0)
    stored = store(name=safe, content=content, by=by, at=at)
    for row, stock in taken:
        _put(row, stock.kind, _figures(stock), f"{safe}（{by.name}）", at)
    data = {
        "name": safe,
        "taken": len(taken),
        "refused": [list(one) for one in read.refused],
        "strange": strange,
    }
    append(stream=stored.id, kind="parks.brought", by=by, at=at, data=data)
    return {**data, "notes": read.notes}


def _figures(stock: Stock) -> dict[str, str]:
    held = {"total": stock.total, "committed": stock.committed, "pipeline": stock.pipeline}
    return {name: str(_two(value)) for name, value in held.items() if value is not None}


def _two(value: Fraction) -> Decimal:
    return round(Decimal(value.numerator) / Decimal(value.denominator), 2)


def _put(row: Park, kind: str, figures: Mapping[str, str], source: str, at: datetime) -> ParkStock:
    """Write the figures that are stated; those that are not stay as they are."""
    made, _ = ParkStock.objects.select_for_update().get_or_create(
        park=row, kind=kind, defaults={"unit": kinds()[kind], "at": at}
    )
    for name in FIGURES:
        if name in figures:
            setattr(made, name, Decimal(figures[name]))
            made.sources[name] = f"{source}，{day_of(at)}"
    made.at = at
    made.save()
    return made


@transaction.atomic
def heard(event: Event) -> None:
    """What land, floors and resources know of a park (`parks` of their event): stated figures replace the older ones.

    Heard twice it writes the same; a park without a profile here is left out.
    """
    known: Mapping[str, Mapping[str, Mapping[str, str]]] = event.data.get("parks", {})
    says = {"land": "宗地一张图", "floors": "工业上楼", "resources": "要素统筹"}[event.kind.partition(".")[0]]
    for row in Park.objects.filter(region=event.region, name__in=list(known)):
        for kind, figures in known[row.name].items():
            stands = row.stocks.filter(kind=kind).first()
            if kind in kinds() and (stands is None or stands.at <= event.at):
                _put(row, kind, figures, says, event.at)


@transaction.atomic
def run(
    *, title: str, scheme: Mapping[str, Any], error: Decimal, name: str, content: BinaryIO,
    firms_name: str = "", firms: BinaryIO | None = None, by: Actor, at: datetime,
) -> ParkRun:  # fmt: skip
    """园区评价 from the user's sheet under a scheme, and the comparison by industry where firms are given."""
    unit = _need(by, "parks.evaluate")
    safe, whole, _ = checked(name, content)
    try:
        chosen = read_scheme(scheme)
        read = read_values(whole, safe, [item.name for item in chosen.items])
        scores = evaluate(chosen, dict(read.rows), Fraction(error))
        mixed, more = _mixed(firms_name, firms, chosen)
    except (BadScheme, UnreadableSheet, ValueError) as problem:
        raise Refused(f"{problem}。没有评价。") from problem
    if not scores:
        raise Refused("没有一行可以评价。" + "；".join(f"第 {n} 行：{why}" for n, why in read.refused[:6]))
    content.seek(0)
    kept = store(name=safe, content=content, by=by, at=at)
    second = None
    if firms is not None:
        firms.seek(0)
        second = store(name=firms_name, content=firms, by=by, at=at)
    made = ParkRun.objects.create(
        region=by.region, unit=unit, title=title, scheme=dict(scheme), error=error, file=kept, firms=second,
        result=[_scored(one) for one in scores], mixed=[_compared(one) for one in mixed],
        refused=[list(one) for one in [*read.refused, *more.get("refused", ())]],
        notes=[*read.notes, *more.get("notes", ())], by_name=by.name, at=at,
    )  # fmt: skip
    data = {"title": title, "scheme": chosen.id, "parks": len(scores)}
    append(stream=made.id, kind="parks.run", by=by, at=at, data=data)
    return made


def _mixed(name: str, firms: BinaryIO | None, scheme: ParkScheme) -> tuple[list[Mixed], dict[str, list[Any]]]:
    if firms is None:
        return [], {}
    safe, whole, _ = checked(name, firms)
    read = read_firms(whole, safe)
    return compare(read.rows, scheme.fewest), {"refused": read.refused, "notes": read.notes}


def _scored(one: ParkScore) -> dict[str, Any]:
    return {
        "park": one.park, "total": _say(one.total), "low": _say(one.low), "high": _say(one.high), "rank": one.rank,
        "best": one.best, "worst": one.worst, "missing": list(one.missing),
        "covered": _say(sum((line.item.weight for line in one.lines if line.points is not None), Fraction(0))),
        "lines": [
            {"item": line.item.name, "group": line.item.group, "weight": _say(line.item.weight), "value": _say(line.value),
             "points": _say(line.points)}
            for line in one.lines
        ],
    }  # fmt: skip


def _compared(one: Mixed) -> dict[str, Any]:
    return {key: _say(v) if isinstance(v, Fraction) else v for key, v in asdict(one).items()}


def _say(value: Fraction | None) -> str:
    return "" if value is None else f"{_two(value).normalize():f}"
