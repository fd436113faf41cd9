"""Figures for somebody (取数): cells and the rows behind them, live or frozen, of what the actor may see.

Who sees a whole kind of rows reads the kept tallies; everybody else's cells are counted over the rows of the cases that
row scope gives. Both open to lists made of the same condition, so a cell equals its list for everybody.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from sanfu.cases.models import Case
from sanfu.cases.queries import visible
from sanfu.kernel.indicators.formula import Formula
from sanfu.kernel.indicators.rowkind import RowKind
from sanfu.kernel.indicators.suppress import SMALLEST
from sanfu.measure import counting, passes
from sanfu.measure.actions.store import live
from sanfu.measure.book import formulas
from sanfu.measure.counting import COUNTY, Cell, Source
from sanfu.measure.models import (
    Bulletin,
    Checked,
    Closing,
    Correction,
    Display,
    FrozenCell,
    GamingClue,
    Mark,
    Recall,
    Subscription,
    Tally,
)
from sanfu.people.models import Organisation
from sanfu.records.actor import Actor
from sanfu.records.wires import case_kinds


def sees_whole(actor: Actor, kind: RowKind) -> bool:
    """Does the actor see every row of a kind in the county?"""
    return all(_sees_all(actor, code) for code in _codes(kind))


def sees_all_of(actor: Actor, one: Formula) -> bool:
    """Does the actor see every row that an indicator counts in the county?"""
    kinds = [code for code in one.only if code in case_kinds()]
    return all(_sees_all(actor, code) for code in kinds or _codes(one.kind))


def _codes(kind: RowKind) -> Sequence[str]:
    return kind.case_kinds or tuple(case_kinds())


def _sees_all(actor: Actor, code: str) -> bool:
    parts = import_string(case_kinds()[code].scope)
    return bool(parts.see_all) and actor.may(parts.see_all)


def source(actor: Actor, kind: RowKind, closing: Closing | None = None) -> Source:
    """The rows of a kind that the actor may see, live or of a closed month."""
    base = live(actor.region)
    if closing is not None:
        base = Source("measure_frozen_row", "closing_id = %s", (closing.id,))
    if sees_whole(actor, kind):
        return base
    scopes, params = ["false"], list(base.params)
    for code in _codes(kind):
        if _sees_all(actor, code):
            scopes.append("case_id IN (SELECT id FROM cases_case WHERE kind = %s AND region = %s)")
            params += [code, actor.region]
            continue
        mine = visible(actor, code, import_string(case_kinds()[code].scope)).order_by().values("id")
        try:
            sql, more = mine.query.sql_with_params()
        except EmptyResultSet:  # no permission at all: nothing of this kind
            continue
        scopes.append(f"case_id IN ({sql})")
        params += more
    return Source(base.table, f"{base.condition} AND ({' OR '.join(scopes)})", tuple(params))


def cells(
    actor: Actor,
    formulas: Iterable[Formula],
    months: Sequence[date],
    closing: Closing | None = None,
    totals: bool = False,
) -> list[Cell]:
    """Cells by unit and month with the actor's total under COUNTY; a closed month is read as it was closed.

    totals: only what stands under COUNTY, for pages that show no units.
    """
    whole: list[Formula] = []
    found: list[Cell] = []
    for some in _by_kind(formulas):
        if sees_whole(actor, some[0].kind):
            whole += some
        else:
            counted = passes.count(source(actor, some[0].kind, closing), some, months)
            named = _named(actor, some[0].kind)
            counted = [one for one in counted if not totals or one.unit == COUNTY]
            found += [cell for cell in counted if named or not _too_few(cell.indicator, some, cell.rows)]
    return found + (
        _kept(actor, whole, months, totals) if closing is None else _frozen(whole, closing, totals)
    )


def _named(actor: Actor, kind: RowKind) -> bool:
    """May lists say which case a rating is about?"""
    return sees_whole(actor, kind) or bool(kind.private_to and actor.may(kind.private_to))


def _too_few(name: str, some: Sequence[Formula], rows: int) -> bool:
    """Would a figure about ratings tell the unit that handled so few cases who rated?"""
    return rows < SMALLEST and any(one.id == name and one.names_raters for one in some)


def _by_kind(formulas: Iterable[Formula]) -> list[list[Formula]]:
    found: dict[str, list[Formula]] = {}
    for one in formulas:
        found.setdefault(one.kind.code, []).append(one)
    return list(found.values())


_NUMBERS = ("rows", "hits", "total", "below", "value")


def _kept(actor: Actor, some: Sequence[Formula], months: Sequence[date], totals: bool) -> list[Cell]:
    if not some:
        return []
    rows = Tally.objects.filter(
        region=actor.region, indicator__in=[one.id for one in some], month__in=list(months)
    )
    rows = rows.filter(unit=COUNTY) if totals else rows
    return [Cell(*row) for row in rows.values_list("indicator", "unit", "month", *_NUMBERS)]


def _frozen(some: Sequence[Formula], closing: Closing, totals: bool) -> list[Cell]:
    rows = FrozenCell.objects.filter(closing=closing, indicator__in=[one.id for one in some])
    rows = rows.filter(unit=COUNTY) if totals else rows
    return [
        Cell(name, unit, closing.month, *numbers)
        for name, unit, *numbers in rows.values_list("indicator", "unit", *_NUMBERS)
    ]


@dataclass(frozen=True, slots=True)
class Span:
    """What an actor opens of one kind of rows: which rows, and whether lists name their cases."""

    source: Source
    named: bool


def span(actor: Actor, kind: RowKind, closing: Closing | None = None) -> Span:
    """The actor's span over the rows of a kind, live or of a closed month."""
    return Span(source(actor, kind, closing), _named(actor, kind))


def behind(
    seen: Span, one: Formula, month: date, unit: uuid.UUID = COUNTY, part: str = "all"
) -> list[dict[str, Any]]:
    """The rows behind a cell. A figure about ratings opens to as many rows for the unit that handled them, naming none."""
    rows = counting.opened(seen.source, one, month, unit, part)
    if not one.names_raters or seen.named:
        return rows
    everything = rows if part == "all" else counting.opened(seen.source, one, month, unit)
    return [] if len(everything) < SMALLEST else [_unnamed(row) for row in rows]


def opened(
    actor: Actor,
    one: Formula,
    month: date,
    unit: uuid.UUID = COUNTY,
    part: str = "all",
    closing: Closing | None = None,
) -> list[dict[str, Any]]:
    """The rows behind a cell with number, title and unit of their cases, where the actor may know them."""
    kind, seen = one.kind, span(actor, one.kind, closing)
    rows = behind(seen, one, month, unit, part)
    if one.names_raters and not seen.named:
        return rows
    cases = Case.objects.in_bulk([row["case_id"] for row in rows if row["case_id"]])
    names = unit_names({row["unit"] for row in rows if row["unit"]})
    for row in rows:
        case = cases.get(row["case_id"])
        row["number"], row["title"] = (case.number, case.title) if case else ("", "")
        row["kind"] = case.kind if case else ""
        row["unit_name"] = names.get(row["unit"], "尚未派单")
        shown = row["bits"] if seen.named else row["bits"] & ~kind.mask(kind.private)
        row["facts"] = "、".join(counting.facts_in(shown, kind))
    return rows


def _unnamed(row: dict[str, Any]) -> dict[str, Any]:
    """A row that counts and says nothing about which case it is."""
    nothing = {
        "row_id": None,
        "case_id": None,
        "at": None,
        "bits": 0,
        "number": "不显示",
        "kind": "",
        "facts": "",
    }
    return row | nothing | {"title": "评价对应的办件不向承办单位显示", "unit_name": "本单位"}


def unit_names(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Short names of units, the county's total and rows without a unit included."""
    names = dict(Organisation.objects.filter(id__in=list(ids)).values_list("id", "short"))
    return names | {COUNTY: "全市", counting.NO_UNIT: "尚未派单"}


def closings(region: str) -> dict[date, Closing]:
    """Closed months of a county."""
    return {one.month: one for one in Closing.objects.filter(region=region).order_by("month")}


def checks(region: str) -> dict[date, Checked]:
    """The last check of each closed month."""
    found = Checked.objects.filter(closing__region=region).select_related("closing")
    return {one.closing.month: one for one in found}


def corrections(region: str, limit: int = 200) -> list[Correction]:
    """Corrections that wait or were approved, newest first."""
    rows = Correction.objects.filter(closing__region=region).select_related("closing")
    return list(rows.filter(Q(approved=None) | Q(approved=True)).order_by("-asked_at")[:limit])


def causes(actor: Actor, rows: Iterable[Correction]) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """The cases that caused each correction: number, kind, id, last day, how many events; unnamed where the actor may not see."""
    rows = list(rows)
    seen = _seen(actor, {uuid.UUID(event["stream"]) for row in rows for event in row.events})
    found: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for row in rows:
        one = formulas().get(row.indicator)
        hidden = one is None or (one.names_raters and not _named(actor, one.kind))
        told: dict[str, dict[str, Any]] = {}
        for event in row.events:
            case = None if hidden else seen.get(uuid.UUID(event["stream"]))
            cause = told.setdefault(
                event["stream"],
                {"number": case.number if case else "", "kind": case.kind if case else "",
                 "case_id": case.pk if case else None, "events": 0},
            )  # fmt: skip
            cause["events"] += 1
            cause["last"] = datetime.fromisoformat(event["at"])
        found[row.id] = list(told.values())
    return found


def _seen(actor: Actor, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Case]:
    """Those of some cases that the actor may see, each by the scope of its kind."""
    cases = Case.objects.filter(pk__in=set(ids), region=actor.region)
    found: dict[uuid.UUID, Case] = {}
    for code in cases.values_list("kind", flat=True).distinct():
        own = cases.filter(kind=code)
        if not _sees_all(actor, code):
            own = own.filter(
                pk__in=visible(actor, code, import_string(case_kinds()[code].scope)).values("pk")
            )
        found |= {one.pk: one for one in own}
    return found


def displays(region: str) -> list[Display]:
    """Tokens of screens, newest first."""
    return list(Display.objects.filter(region=region).order_by("-made_at"))


def bulletins(region: str, limit: int = 24) -> list[Bulletin]:
    """Issued bulletins, newest first."""
    return list(Bulletin.objects.filter(region=region).order_by("-issued_at")[:limit])


def bulletin(region: str, key: uuid.UUID) -> Bulletin | None:
    """One issued bulletin."""
    return Bulletin.objects.filter(region=region, pk=key).first()


def subscribed(actor: Actor) -> bool:
    """Whether a person is told of each weekly report."""
    return Subscription.objects.filter(user=actor.id, report="weekly").exists() if actor.id else False


def known_at(region: str) -> datetime | None:
    """The moment that live figures are of."""
    mark = Mark.objects.filter(region=region).first()
    return mark.at if mark else None


def clues(region: str) -> list[GamingClue]:
    """Clues of gaming, least likely first; the page that shows them is for 督查 alone."""
    return list(GamingClue.objects.filter(region=region).order_by("chance", "id"))


def clue(region: str, clue_id: uuid.UUID) -> GamingClue | None:
    return GamingClue.objects.filter(pk=clue_id, region=region).first()


def recalls(region: str) -> "QuerySet[Recall]":
    """Random re-calls of a county, the newest draw first."""
    return Recall.objects.filter(region=region).select_related("case", "case__lead").order_by("-month", "id")


def cases_of(row: GamingClue) -> "QuerySet[Case]":
    """The cases that a clue counts."""
    return Case.objects.filter(pk__in=row.cases, region=row.region)
