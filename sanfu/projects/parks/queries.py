"""Reads of parks: parks of the reader's unit or of the county, their stocks, what fits, evaluations."""

from collections.abc import Mapping
from fractions import Fraction
from uuid import UUID

from django.db.models import QuerySet

from sanfu.kernel.parks.capacity import Fit, Stock, fit
from sanfu.people.scope import Parts, narrow
from sanfu.projects.parks.content import kinds
from sanfu.projects.parks.models import Park, ParkRun, ParkStock
from sanfu.records.actor import Actor

PARTS = Parts(see="parks.see", see_all="parks.see_all", unit="unit_id")
RUN_PARTS = Parts(see="parks.evaluate", see_all="parks.see_all", unit="unit_id")


def parks(actor: Actor) -> "QuerySet[Park]":
    """Parks that the reader sees."""
    return narrow(actor, Park.objects.select_related("unit"), PARTS).order_by("name")


def park(actor: Actor, id: UUID) -> Park | None:
    """One park, or None when it is not there or not to be seen."""
    return parks(actor).filter(id=id).first()


def runs(actor: Actor) -> "QuerySet[ParkRun]":
    """Evaluations, newest first."""
    return narrow(actor, ParkRun.objects.select_related("unit"), RUN_PARTS).order_by("-at")


def stock_rows(row: Park) -> list[ParkStock]:
    """A park's stocks in the order of the content; kinds without a row are not known."""
    order = list(kinds())
    known = [stock for stock in row.stocks.all() if stock.kind in order]
    return sorted(known, key=lambda stock: order.index(stock.kind))


def stock(row: ParkStock) -> Stock:
    """The stored row as the kernel reads it."""
    total = None if row.total is None else Fraction(row.total)
    return Stock(row.kind, row.unit, total, Fraction(row.committed), Fraction(row.pipeline))


def fits(actor: Actor, need: Mapping[str, Fraction]) -> list[tuple[Park, Fit]]:
    """The need against every park that the reader sees; those where it fits first."""
    order = ["放得下", "与在谈项目相争", "待核实", "放不下"]
    rows = parks(actor).prefetch_related("stocks")
    found = [(row, fit([stock(one) for one in row.stocks.all()], need)) for row in rows]
    return sorted(found, key=lambda pair: (order.index(pair[1].verdict), -(pair[1].times or 0), pair[0].name))
