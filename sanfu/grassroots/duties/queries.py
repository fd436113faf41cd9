"""Reads of 履职; whose rows are seen is decided by `people.scope` alone."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from sanfu.cases.models import Case
from sanfu.cases.queries import find_text, row_of
from sanfu.cases.queries import visible as visible_cases
from sanfu.grassroots.duties import library, rules, versions
from sanfu.grassroots.duties.models import (
    Admission,
    ConditionalRule,
    Document,
    ListVersion,
    Objection,
    Precedent,
    Rating,
    Task,
)
from sanfu.grassroots.duties.room import TASK
from sanfu.grassroots.duties.states import DocumentState, DutyChange, Ruling
from sanfu.kernel.duties.items import DutyItem
from sanfu.kernel.duties.judging.precedents import PrecedentMemory
from sanfu.kernel.duties.judging.precheck import Paper
from sanfu.kernel.duties.judging.verdicts import Verdict
from sanfu.lists.versions import IN_FORCE, VersionState, in_force_rows
from sanfu.people import queries as people
from sanfu.people.models import Organisation
from sanfu.people.scope import Parts, narrow
from sanfu.records.actor import Actor, Refused
from sanfu.records.moments import day_of

TASKS = Parts(see="duties.see", see_all="duties.see_all", units="units")


def tasks(actor: Actor) -> "QuerySet[Case]":
    """Tasks that the actor may see: own town's, own department's, or all for 编办 and leaders."""
    return visible_cases(actor, TASK.code, TASKS)


def search(rows: "QuerySet[Case]", words: str) -> "QuerySet[Case]":
    return find_text(rows, words)


def task(actor: Actor, case_id: uuid.UUID) -> Task | None:
    """One task the actor may see."""
    rows = Task.objects.select_related("case", "document__issuer", "town", "version__town")
    return row_of(tasks(actor), case_id, rows)


def objections(actor: Actor) -> "QuerySet[Objection]":
    """Objections of the own town, against the own department, or all; never another town's."""
    return narrow(actor, Objection.objects.all(), TASKS)


def objection(actor: Actor, objection_id: uuid.UUID) -> Objection | None:
    rows = objections(actor).select_related(
        "task__case", "task__document__issuer", "town", "task__version__town"
    )
    return rows.filter(id=objection_id).first()


def documents(actor: Actor) -> "QuerySet[Document]":
    """Documents drafted by the own unit, all for 编办; a town sees what was sent to it."""
    rows = narrow(actor, Document.objects.all(), TASKS)
    if actor.may("duties.see_all") or actor.may("duties.precheck"):
        return rows
    return rows.filter(state=DocumentState.SENT)


def document(actor: Actor, document_id: uuid.UUID) -> Document | None:
    return documents(actor).select_related("issuer", "version__town").filter(id=document_id).first()


def admissions(actor: Actor) -> "QuerySet[Admission]":
    return narrow(actor, Admission.objects.all(), TASKS)


def lists(actor: Actor) -> "QuerySet[ListVersion]":
    """Versions: all for 编办 and approvers; others see what is consulted or published."""
    rows = ListVersion.objects.filter(region=actor.region)
    if actor.may("duties.edit") or actor.may("lists.approve"):
        return rows
    return rows.filter(state__in=[VersionState.CONSULT, *IN_FORCE])


def published(region: str, on: date) -> "QuerySet[ListVersion]":
    """The lists in force on a day, one a town."""
    rows = in_force_rows(ListVersion, on, region=region)
    return rows.select_related("town").order_by("town__code")


def items_of(version: uuid.UUID) -> list[dict[str, Any]]:
    """The rows of one version as they are kept."""
    return list(ListVersion.objects.values_list("items", flat=True).get(pk=version))


TOWN_KINDS = ("town", "zone")


def units(region: str, kinds: Sequence[str] = TOWN_KINDS) -> "QuerySet[Organisation]":
    """Organisations of some kinds, towns by area."""
    return people.units(region, kinds).order_by("area", "code")


def unit_choices(kinds: Sequence[str]) -> list[tuple[str, str]]:
    """Short names of organisations of some kinds in this region, for filters."""
    return [(name, name) for name in units(settings.REGION, kinds).values_list("short", flat=True)]


def own_unit(actor: Actor) -> Organisation:
    """The actor's own organisation; Refused for somebody without one."""
    found = Organisation.objects.filter(region=actor.region, id__in=[actor.organisation]).first()
    if found is None:
        raise Refused("您的账号没有所属单位，请联系系统管理员。")
    return found


def unit(region: str, code: str) -> Organisation | None:
    return Organisation.objects.filter(region=region, code=code).first()


def conditional_rule(region: str, rule_id: uuid.UUID) -> ConditionalRule | None:
    return ConditionalRule.objects.filter(region=region, id=rule_id).select_related("precedent").first()


def similar_precedents(region: str, text: str, limit: int = 5) -> list[dict[str, Any]]:
    """Rulings nearest to a text, with similarity, best first."""
    held = versions.remembered(region)
    if not held:
        return []
    memory = PrecedentMemory(held, 0.0)
    near = memory.similarities([text])
    row = near.toarray()[0] if near is not None else []
    order = sorted(range(len(held)), key=lambda i: -row[i])[:limit]
    return [
        {"number": held[i].number, "text": held[i].text, "issuer": held[i].issuer, "note": held[i].note,
         "label": held[i].verdict.label, "similarity": round(float(row[i]), 2)}
        for i in order if row[i] > 0.1
    ]  # fmt: skip


def precedents(actor: Actor) -> "QuerySet[Precedent]":
    """Precedents speak to everybody who works with tasks, but without the town that raised them."""
    return Precedent.objects.filter(region=actor.region)


def search_precedents(rows: "QuerySet[Precedent]", words: str) -> "QuerySet[Precedent]":
    return rows.filter(Q(text__icontains=words) | Q(note__icontains=words) | Q(number__icontains=words))


def conditional_rules(region: str) -> list[ConditionalRule]:
    return list(ConditionalRule.objects.filter(region=region).select_related("precedent").order_by("-number"))


def compare(old: ListVersion, new: ListVersion) -> list[dict[str, Any]]:
    """What differs between two versions or two towns, item by item, matched by code and else by name."""
    before = {item.code: item for item in versions.list_of(old)}
    names = {item.name: item for item in before.values()}
    rows, met = [], set()
    for item in versions.list_of(new):
        twin = before.get(item.code) or names.get(item.name)
        if twin is None:
            rows.append({"code": item.code, "change": DutyChange.ADDED, "old": "", "new": _plain(item)})
            continue
        met.add(twin.code)
        if _plain(twin) != _plain(item):
            kind = DutyChange.TYPE if twin.list_type is not item.list_type else DutyChange.TEXT
            rows.append({"code": item.code, "change": kind, "old": _plain(twin), "new": _plain(item)})
    rows += [
        {"code": code, "change": DutyChange.REMOVED, "old": _plain(item), "new": ""}
        for code, item in before.items()
        if code not in met
    ]
    return rows


def _plain(item: DutyItem) -> str:
    parts = [
        item.list_type.value,
        item.name,
        item.department_names,
        item.superior_duty,
        item.town_duty,
        item.method,
    ]
    return "｜".join(part for part in parts if part)


def burden(actor: Actor, *, since: datetime, until: datetime, hours: dict[str, float]) -> dict[str, Any]:
    """Department × town: documents, demands, forms, fields, hours of the sent tasks in a period."""
    rows = Task.objects.filter(
        case__in=tasks(actor), case__opened_at__gte=since, case__opened_at__lt=until
    ).values_list("document__issuer__short", "town__short", "document__burden")
    cells: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for issuer, town, counted in rows:
        cell = cells[issuer, town]
        cell["document"] += 1
        for kind, count in counted.items():
            cell[kind] += count
        cell["hours"] += rules.hours_of(counted, hours)
    issuers = sorted(
        {issuer for issuer, _ in cells},
        key=lambda one: -sum(v["hours"] for k, v in cells.items() if k[0] == one),
    )
    return {
        "issuers": issuers,
        "towns": sorted({town for _, town in cells}),
        "cells": {
            key: {kind: round(value, 1) for kind, value in cell.items()} for key, cell in cells.items()
        },
    }


def replay(actor: Actor, *, draft: ListVersion, since: date, limit: int = 20_000) -> dict[str, Any]:
    """Documents of a period through a draft list: what each was and would be, before adopting it."""
    rows = list(
        narrow(actor, Document.objects.filter(drafted_at__date__gte=since), TASKS)
        .select_related("issuer")
        .order_by("drafted_at")[:limit]
    )
    checker = library.checker(versions.list_of(draft), [*versions.remembered(actor.region)])
    answers = checker.check_all(
        [Paper(row.text, row.issuer.short, row.kind, row.number, row.title) for row in rows]
    )
    changed = [
        {"id": row.id, "number": row.number, "title": row.title, "issuer": row.issuer.short,
         "was": Verdict(row.verdict).label, "is": answer.verdict.label}
        for row, answer in zip(rows, answers, strict=True) if row.verdict != answer.verdict.value
    ]  # fmt: skip
    tally: dict[str, list[int]] = {verdict.label: [0, 0] for verdict in Verdict}
    for row, answer in zip(rows, answers, strict=True):
        tally[Verdict(row.verdict).label][0] += 1
        tally[answer.verdict.label][1] += 1
    return {"documents": len(rows), "changed": changed, "tally": tally}


def evaluation(actor: Actor, *, since: datetime, until: datetime) -> dict[str, Any]:
    """Indicators of a period, each computed from tasks, objections and ratings of that period."""
    held = (
        Task.objects.filter(case__in=tasks(actor), case__opened_at__gte=since, case__opened_at__lt=until)
        .select_related("document__issuer", "case")
        .prefetch_related("objections")
    )
    rows = [_logged(one) for one in held]
    ruled = [row for row in rows if row["hours"] is not None]
    used = {code for row in rows for code in row["codes"]}
    return {
        **rules.rates(rows),
        "rulings": rules.spread([row["hours"] for row in ruled]),
        "by_department": _by_department(rows),
        "idle": idle_items(actor.region, day_of(until), used),
        "rows": rows,
    }


def _logged(one: Task) -> dict[str, Any]:
    raised = list(one.objections.all())
    last = raised[-1] if raised else None
    closed = last if last and last.ruled_at else None
    return {
        "id": one.case_id,
        "number": one.case.number,
        "issuer": one.document.issuer.short,
        "verdict": one.verdict,
        "demands": [demand["verdict"] for demand in one.judged["demands"]],
        "codes": [demand["item"]["code"] for demand in one.judged["demands"]],
        "upheld": None if closed is None else closed.state != Ruling.REJECTED,
        "hours": None
        if closed is None or closed.ruled_at is None
        else (closed.ruled_at - closed.raised_at).total_seconds() / 3600,
    }


def _by_department(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["issuer"]].append(row)
    return [
        {"issuer": issuer, "upheld": sum(row["upheld"] is True for row in own), **rules.rates(own)}
        for issuer, own in sorted(found.items())
    ]


def idle_items(region: str, on: date, used: set[str]) -> list[dict[str, str]]:
    """僵尸事项: items of lists in force that no task named in the period."""
    found: dict[str, dict[str, str]] = {}
    for version in published(region, on):
        for raw in version.items:
            if raw["list"] != "收回" and raw["code"] not in used:
                found.setdefault(raw["code"], {"code": raw["code"], "list": raw["list"], "name": raw["name"]})
    return list(found.values())


def ratings(region: str, period: str) -> list[dict[str, Any]]:
    """Ratings of a period as rows: rater, rated, score, reason."""
    rows = Rating.objects.filter(region=region, period=period).order_by("rated__code", "rater__code")
    return [
        dict(row)
        for row in rows.values("rater__short", "rated__short", "rated__kind", "score", "reason", "at")
    ]
