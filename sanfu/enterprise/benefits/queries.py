"""Reads of batches, lines, notices and payments. Every one of somebody's rows goes through row scope."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from sanfu.cases.models import Case
from sanfu.cases.queries import find_text, reading, row_of
from sanfu.cases.queries import visible as visible_cases
from sanfu.enterprise.benefits import archive
from sanfu.enterprise.benefits.award import replay
from sanfu.enterprise.benefits.models import Batch, Line, Objection
from sanfu.enterprise.benefits.room import BATCH
from sanfu.enterprise.benefits.states import (
    NOTICE_CLOCK,
    BatchState,
    LineState,
    ObjectionState,
)
from sanfu.enterprise.registry.content import dictionary
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.registry.timeline import Entry
from sanfu.people.scope import Parts, narrow
from sanfu.records.actor import Actor

LINES = Parts(see="", see_all="benefits.see", firm="enterprise__organisation")
BATCHES = Parts(see="benefits.see", see_all="benefits.see")


def visible(actor: Actor) -> "QuerySet[Case]":
    """Batches as cases, for those who work on benefits."""
    return visible_cases(actor, BATCH.code, BATCHES)


def objected() -> Q:
    """Batches with an objection that nobody has ruled on."""
    open_ones = Line.objects.filter(objections__state=ObjectionState.OPEN)
    return Q(pk__in=open_ones.values("batch"))


def notice_over(now: datetime) -> Q:
    """Batches on notice whose last day is past at a moment."""
    return Q(state=BatchState.NOTICE, due_at__lte=now)


def search(rows: "QuerySet[Case]", words: str) -> "QuerySet[Case]":
    return find_text(rows, words)


def access(actor: Actor, case_id: uuid.UUID) -> Batch | None:
    """One batch by id, or None when it does not exist or is not the actor's to see."""
    rows = Batch.objects.select_related("case", "case__lead", "made_by")
    return row_of(visible(actor), case_id, rows)


def lines(actor: Actor, batch: Batch | None = None) -> "QuerySet[Line]":
    """Lines the actor may see: all for officers, the own enterprise's for a firm."""
    rows = narrow(actor, Line.objects.all(), LINES)
    return rows if batch is None else rows.filter(batch=batch)


def awaiting(actor: Actor) -> list[dict[str, Any]]:
    """Batches that wait for the consent of the actor's enterprise: id, number, title, sum, clauses."""
    states = (BatchState.CONSENT, BatchState.PAYING)
    rows = lines(actor).filter(batch__case__state__in=states, state__in=(LineState.LISTED, LineState.FAILED))
    found: dict[uuid.UUID, dict[str, Any]] = {}
    for row in rows.select_related("batch__case"):
        case = row.batch.case
        one = found.setdefault(
            case.pk, {"id": case.pk, "number": case.number, "title": case.title, "sum": 0, "clauses": []}
        )
        one["sum"] += row.paid
        one["clauses"].append(row.clause)
    return list(found.values())


def summary(batch: Batch) -> dict[str, Any]:
    """Figures of a batch now: rows and money by outcome and by state."""
    rows = batch.lines.all()
    states = {
        state: (n, money or 0)
        for state, n, money in rows.values_list("state").annotate(n=Count("pk"), m=Sum("paid")).order_by()
    }
    outcomes = dict(rows.values_list("outcome").annotate(n=Count("pk")).order_by())
    live = rows.exclude(state__in=(LineState.OUT, LineState.REMOVED, LineState.WAIVED))
    firms = live.aggregate(n=Count("enterprise", distinct=True), m=Sum("paid"), back=Sum("clawed"))
    return {
        "states": states,
        "outcomes": outcomes,
        "firms": firms["n"],
        "money": firms["m"] or 0,
        "clawed": firms["back"] or 0,
        "objections": Objection.objects.filter(line__batch=batch).count(),
        "open_objections": Objection.objects.filter(line__batch=batch, state=ObjectionState.OPEN).count(),
    }


def open_objections(batch: Batch) -> "QuerySet[Objection]":
    """Objections to a batch that nobody has ruled on, oldest first."""
    rows = Objection.objects.filter(line__batch=batch, state=ObjectionState.OPEN)
    return rows.select_related("line__enterprise").order_by("at")


def objections(batch: Batch) -> list[Objection]:
    """Objections to a batch with their lines, open ones first."""
    rows = Objection.objects.filter(line__batch=batch).select_related("line__enterprise", "line__batch")
    return sorted(rows.order_by("at"), key=lambda one: one.state != ObjectionState.OPEN)


def notice_clock(batch: Batch, at: datetime) -> dict[str, Any] | None:
    """The clock of the public notice: due, what is left, basis."""
    clock = batch.case.clocks.filter(name=NOTICE_CLOCK).order_by("-started_at").first()
    if clock is None:
        return None
    now = reading(clock, at)
    return {
        "due_at": clock.due_at,
        "started_at": clock.started_at,
        "stopped_at": clock.stopped_at,
        "left": f"{float(now.remaining):.1f}",
        "basis": clock.rule.get("basis", ""),
        "n": clock.rule["n"],
    }


def public_batches(region: str) -> "QuerySet[Batch]":
    """Lists on public notice now, newest first: anybody may read these."""
    rows = Batch.objects.filter(region=region, case__state=BatchState.NOTICE)
    return rows.select_related("case", "case__lead").order_by("-case__opened_at")


def public_batch(region: str, case_id: uuid.UUID) -> Batch | None:
    """A list on notice, or None."""
    return public_batches(region).filter(pk=case_id).first()


def public_line(batch: Batch, line_id: uuid.UUID) -> Line | None:
    return public_lines(batch).filter(pk=line_id).first()


def public_lines(batch: Batch) -> "QuerySet[Line]":
    """What a public notice shows: name, matter, amount; no account, no facts."""
    live = batch.lines.exclude(state__in=(LineState.OUT, LineState.REMOVED))
    return live.select_related("enterprise").order_by("clause", "enterprise__credit_code")


_SAID = ("note", "minutes", "why", "answer", "grounds", "number", "enterprise")


def told(data: dict[str, Any]) -> str:
    """What an event of a batch says, for its line."""
    said = [str(data[key]) for key in _SAID if data.get(key)]
    if "snapshot" in data:
        said.append(f"快照 {data['snapshot'][:12]}…，规则 {data['rules'][:12]}…，名单 {data['list'][:12]}…")
    if "total" in data and "count" in data:
        said.append(f"{data['count']}笔，{data['total'] / 100:,.2f}元")
    return " · ".join(said)


def replayed(batch: Batch) -> dict[str, Any]:
    """重放: make the list once more from the kept bytes and compare it with the one that was made then."""
    again = replay(
        archive.load(batch.region, batch.snapshot), archive.load(batch.region, batch.rules), dictionary()
    ).canonical()
    then = archive.load(batch.region, batch.list_hash)
    return {"same": again == then, "size": len(again), "lines": again.count(b"\n") - 1, "list": again}


def payments_of(enterprise: Enterprise) -> "QuerySet[Line]":
    """兑付记录 of one enterprise, newest first."""
    shown = ~Q(batch__case__state=BatchState.CANCELLED)
    return (
        Line.objects.filter(enterprise=enterprise)
        .filter(shown)
        .select_related("batch__case")
        .order_by("-batch__created_at", "clause")
    )


def entries(actor: Actor, firms: Sequence[uuid.UUID], before: datetime, most: int) -> list[Entry]:
    """Payout lines on a firm's timeline, for who works on benefits."""
    if not actor.may("benefits.see"):
        return []
    rows = Line.objects.filter(enterprise__in=firms, batch__created_at__lt=before)
    rows = rows.exclude(batch__case__state=BatchState.CANCELLED).order_by("-batch__created_at")
    return [
        Entry(
            line.batch.created_at, "兑付", f"{line.batch.case.number} {line.get_state_display()}",
            "officer:benefit_batch", (line.batch_id,),
        )
        for line in rows.select_related("batch__case")[:most]
    ]  # fmt: skip
