"""Reads of claims (政策申报): whose they are, what was stated, what a list may use of them."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Count, QuerySet

from sanfu.cases.models import Case
from sanfu.cases.queries import OPEN, find_text, reading, row_of
from sanfu.cases.queries import visible as visible_cases
from sanfu.enterprise.benefits.claiming import Known, column_on
from sanfu.enterprise.benefits.models import Claim, Statement
from sanfu.enterprise.benefits.room import CLAIM
from sanfu.enterprise.benefits.snapshot import Claimed
from sanfu.enterprise.benefits.states import ClaimEvent, ClaimState
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.registry.rules import value_of
from sanfu.kernel.rules.language.facts import Dictionary, Value
from sanfu.people.scope import Parts
from sanfu.records.actor import Actor
from sanfu.records.models import StoredFile
from sanfu.records.moments import day_of
from sanfu.records.queries import timeline

CLAIMS = Parts(see="benefits.see", see_all="", units="units", firm="firm")


def visible(actor: Actor) -> "QuerySet[Case]":
    """Claims as cases: those of the own department for officers, the own ones for a firm."""
    return visible_cases(actor, CLAIM.code, CLAIMS)


def search(rows: "QuerySet[Case]", words: str) -> "QuerySet[Case]":
    return find_text(rows, words)


def access(actor: Actor, case_id: uuid.UUID) -> Claim | None:
    """One claim by id, or None when it does not exist or is not the actor's to see."""
    rows = Claim.objects.select_related("case__lead", "enterprise__town", "reviewed_by", "batch__case")
    return row_of(visible(actor), case_id, rows)


def of_enterprise(enterprise: Enterprise) -> "QuerySet[Claim]":
    """申报记录 of one enterprise, newest first."""
    return Claim.objects.filter(enterprise=enterprise).select_related("case").order_by("-case__opened_at")


def live(enterprise: Enterprise, clause: str) -> Claim | None:
    """The claim of an enterprise for a clause that is still under way."""
    return of_enterprise(enterprise).filter(clause=clause, live=True).first()


def statements(claim: Claim) -> list[Statement]:
    """What was stated in the last round, the officer's judgements last."""
    rows = claim.statements.filter(round=claim.round).select_related("file")
    return list(rows.order_by("by_officer", "at", "id"))


def earlier_rounds(claim: Claim) -> list[Statement]:
    """What was stated before it was corrected."""
    rows = claim.statements.filter(round__lt=claim.round).select_related("file")
    return list(rows.order_by("-round", "at", "id"))


def said_in(claim: Claim, day: date, words: Dictionary) -> dict[str, Value]:
    """The stated values as columns a rule reads on `day`; the last year's 上年 is 前年 a year later."""
    found: dict[str, Value] = {}
    for one in statements(claim):
        fact = words.facts[one.indicator]
        column = column_on(fact, one.period, day) if not one.by_officer else one.column
        if column is not None:
            found[column] = value_of(fact, one.number, one.text)
    return found


def said_before(enterprise: Enterprise, day: date, words: Dictionary) -> dict[str, Known]:
    """What this enterprise stated in claims that were not refused, newest last: fills the next form."""
    states = (ClaimState.REFUSED, ClaimState.WITHDRAWN, ClaimState.LAPSED)
    rows = Statement.objects.filter(claim__enterprise=enterprise, by_officer=False)
    rows = rows.exclude(claim__case__state__in=states).select_related("file").order_by("at", "round")
    found: dict[str, Known] = {}
    for one in rows:
        fact = words.facts[one.indicator]
        column = column_on(fact, one.period, day)
        if column is not None:
            value = value_of(fact, one.number, one.text)
            file, name = (str(one.file.pk), one.file.name) if one.file else ("", "")
            found[column] = Known(value, "企业填报", day_of(one.at), file, name)
    return found


def evidence(claim: Claim, file_id: uuid.UUID) -> StoredFile | None:
    """A paper of the claim, of any round."""
    row = claim.statements.filter(file=file_id).select_related("file").first()
    return row.file if row else None


def own_file(actor: Actor, enterprise: Enterprise, file_id: str) -> StoredFile | None:
    """A file the actor just uploaded, or one that an earlier claim of the enterprise carries."""
    try:
        key = uuid.UUID(file_id)
    except ValueError:
        return None
    row = StoredFile.objects.filter(region=actor.region, pk=key).first()
    if row is None or row.by == actor.id:
        return row
    return row if Statement.objects.filter(claim__enterprise=enterprise, file=row).exists() else None


def waiting(region: str, clauses: Iterable[str], at: datetime) -> dict[str, int]:
    """Clause → how many accepted claims wait for a batch."""
    rows = Claim.objects.filter(region=region, clause__in=list(clauses), case__state=ClaimState.ACCEPTED)
    rows = rows.filter(reviewed_at__lte=at)
    return dict(rows.values_list("clause").annotate(n=Count("pk")).order_by())


def claimed(region: str, clauses: Iterable[str], day: date, at: datetime, words: Dictionary) -> dict[str, dict[str, Claimed]]:  # fmt: skip
    """Credit code → clause → the accepted claim as an award list uses it on `day`."""
    rows = Claim.objects.filter(region=region, clause__in=list(clauses), case__state=ClaimState.ACCEPTED)
    found: dict[str, dict[str, Claimed]] = {}
    for one in rows.filter(reviewed_at__lte=at).select_related("case", "enterprise", "reviewed_by"):
        who = one.reviewed_by.name if one.reviewed_by else ""
        on = day_of(one.reviewed_at).isoformat() if one.reviewed_at else ""
        values = said_in(one, day, words)
        mine = found.setdefault(one.enterprise.credit_code, {})
        mine[one.clause] = Claimed(one.case.number, who, on, values)
    return found


def counts(actor: Actor) -> dict[str, int]:
    """Open claims the actor may see, by state."""
    rows = visible(actor).filter(OPEN)
    return dict(rows.values_list("state").annotate(n=Count("pk")).order_by())


def clocks(claim: Claim, at: datetime) -> list[dict[str, Any]]:
    """Both clocks of a claim: due, what is left, whether it stands still, basis."""
    found = []
    for clock in claim.case.clocks.order_by("started_at", "due_at"):
        now = reading(clock, at)
        found.append(
            {
                "name": clock.name,
                "due_at": clock.due_at,
                "stopped_at": clock.stopped_at,
                "paused": bool(clock.pauses) and clock.pauses[-1][1] is None,
                "left": f"{float(now.remaining):.1f}",
                "n": clock.rule["n"],
                "basis": clock.rule.get("basis", ""),
            }
        )
    return found


_CLAIM_LABELS = {f"claim.{event}": event.label for event in ClaimEvent} | {
    "claim.open": "提交申报",
    "claim.stated": "填报事实",
    "claim.light": "亮灯",
}


def desk_timeline(claim: Claim) -> list[dict[str, Any]]:
    """The whole log of a claim: Chinese act, who, when, what was said."""
    return [
        {
            "label": _CLAIM_LABELS.get(row["kind"], row["kind"]),
            "at": row["at"],
            "by": row["by_name"],
            "note": told(row["data"]),
            "state": "done",
        }
        for row in timeline(claim.pk)
    ]


def told(data: dict[str, Any]) -> str:
    """What an event of a claim says, for its line."""
    said = [str(data[key]) for key in ("note", "why", "basis", "number", "batch") if data.get(key)]
    said += [f"{one['column']} {one['said']}" for one in data.get("facts", ())]
    said += [f"{column} {value}" for column, value in data.get("judged", {}).items()]
    if data.get("columns"):
        said.append("补正 " + "、".join(data["columns"]))
    return " · ".join(said)
