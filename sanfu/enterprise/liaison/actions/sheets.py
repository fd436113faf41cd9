"""Officers and standing pairs by the sheet that a county has: checked, then entered or dropped by a person."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from sanfu.enterprise.liaison import queries
from sanfu.enterprise.liaison.actions.outreach import hand_on
from sanfu.enterprise.liaison.actions.pairs import Begun, begin_pairs, may_plan, set_officer
from sanfu.enterprise.liaison.models import LiaisonOfficer, LiaisonSheet, Need, Pair
from sanfu.enterprise.liaison.states import PairRole, SheetKind
from sanfu.enterprise.liaison.upload import (
    CheckedSheet,
    KnownOfficers,
    KnownPairs,
    People,
    check_officers,
    check_pairs,
)
from sanfu.enterprise.registry.queries import places
from sanfu.enterprise.registry.states import ImportState
from sanfu.people.models import Organisation, User
from sanfu.records import files
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Conflict
from sanfu.records.models import StoredFile
from sanfu.records.moments import day_of


def check_officers_sheet(stored: StoredFile, *, by: Actor, at: datetime) -> LiaisonSheet:
    """Read a sheet of officers without entering anything; the result waits for a person."""
    may_plan(by)
    rows = LiaisonOfficer.objects.filter(region=by.region, active=True)
    standing = {one.user_id: (one.capacity, one.town_id, frozenset(one.languages)) for one in rows}
    people = People(queries.may_serve(by.region, day_of(at)).select_related("organisation"))
    known = KnownOfficers(people, places(by.region), standing)
    checked = check_officers(stored.name, files.read(stored), known)
    return _checked(stored, SheetKind.OFFICERS, checked, by, at)


def check_pairs_sheet(stored: StoredFile, *, by: Actor, at: datetime) -> LiaisonSheet:
    """Read a sheet of standing pairs without entering anything; the result waits for a person."""
    may_plan(by)
    firms: dict[str, set[UUID]] = defaultdict(set)
    for key, *words in queries.standing(by.region).values_list("pk", "name", "credit_code"):
        for word in words:
            firms[word].add(key)
    held = Pair.objects.filter(region=by.region, ends=None).values_list("enterprise", "role", "officer")
    served = {(firm, role): officer for firm, role, officer in held}
    avoid = dict(Need.objects.filter(region=by.region).values_list("enterprise", "avoid"))
    people = People(
        User.objects.filter(liaison__active=True, region=by.region).select_related("organisation")
    )
    known = KnownPairs(firms, people, avoid, served, day_of(at))
    return _checked(stored, SheetKind.PAIRS, check_pairs(stored.name, files.read(stored), known), by, at)


@transaction.atomic
def _checked(
    stored: StoredFile, kind: SheetKind, checked: CheckedSheet, by: Actor, at: datetime
) -> LiaisonSheet:
    made = LiaisonSheet.objects.create(
        region=by.region, kind=kind, file=stored, total=checked.total, standing=checked.standing,
        errors=[error.as_dict() for error in checked.errors], good=checked.good, by=by.id, at=at,
    )  # fmt: skip
    data = {
        "file": stored.sha256, "kind": str(kind), "total": made.total, "good": len(made.good),
        "errors": len(made.errors),
    }  # fmt: skip
    append(stream=made.id, kind="liaison.sheet_checked", by=by, at=at, data=data)
    return made


@transaction.atomic
def decide_sheet(made: LiaisonSheet, *, keep: bool, by: Actor, at: datetime) -> int:
    """Enter the good rows, all in one transaction, or drop the file; who got an officer meanwhile keeps him."""
    may_plan(by)
    after = ImportState.KEPT if keep else ImportState.DROPPED
    if not LiaisonSheet.objects.filter(pk=made.pk, state=ImportState.CHECKED).update(state=after):
        raise Conflict("这个文件已经处理过，请刷新后再看。")
    enter = _enter_officers if made.kind == SheetKind.OFFICERS else _enter_pairs
    count = enter(made.good, by, at) if keep else 0
    LiaisonSheet.objects.filter(pk=made.pk).update(kept=count)
    kind = "liaison.sheet_kept" if keep else "liaison.sheet_dropped"
    append(stream=made.id, kind=kind, by=by, at=at, data={"rows": count})
    return count


def _enter_officers(rows: list[dict[str, Any]], by: Actor, at: datetime) -> int:
    people = User.objects.filter(region=by.region).in_bulk([row["user"] for row in rows])
    towns = Organisation.objects.filter(region=by.region).in_bulk(
        [row["town"] for row in rows if row["town"]]
    )
    for row in rows:
        town = towns[UUID(row["town"])] if row["town"] else None
        set_officer(
            people[UUID(row["user"])], capacity=row["capacity"], town=town, languages=row["languages"], by=by, at=at
        )  # fmt: skip
    return len(rows)


def _enter_pairs(rows: list[dict[str, Any]], by: Actor, at: datetime) -> int:
    firms = [UUID(row["enterprise"]) for row in rows]
    held = Pair.objects.filter(region=by.region, enterprise__in=firms, ends=None)
    taken = set(held.values_list("enterprise", "role"))
    serving = set(held.values_list("enterprise", "officer"))
    open_firms = set(queries.standing(by.region).filter(pk__in=firms).values_list("pk", flat=True))
    new = [
        Begun(firm, UUID(row[str(role)]), role, date.fromisoformat(row["starts"]) if row["starts"] else None)
        for firm, row in zip(firms, rows, strict=True)
        for role in PairRole
        if str(role) in row and firm in open_firms
        and (firm, str(role)) not in taken and (firm, UUID(row[str(role)])) not in serving
    ]  # fmt: skip
    count = begin_pairs(new, by=by, at=at) if new else 0
    hand_on({one.enterprise for one in new}, "挂钩关系表登记", by=by, at=at)
    return count
