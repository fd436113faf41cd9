"""Reads of joint applications, branches and catalogues. Rows of somebody's data go through row scope."""

import uuid
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from sanfu.cases.models import Case
from sanfu.cases.queries import days_of, find_text, reading
from sanfu.cases.queries import visible as visible_cases
from sanfu.cases.states import CaseKind
from sanfu.grassroots.scenes.library import axis_for, shipped
from sanfu.grassroots.scenes.models import Application, Branch, CatalogueVersion, Mandate, Submitted
from sanfu.grassroots.scenes.rules import Said
from sanfu.grassroots.scenes.states import (
    BRANCH_FLOW,
    LOG_ACTIVITY,
    BranchEvent,
    BranchState,
)
from sanfu.kernel.clocks import CHINA
from sanfu.kernel.joint.catalog import Catalog
from sanfu.kernel.joint.conformance import achieved, deviations
from sanfu.kernel.joint.guide import Compiled, Order, compile_bundle
from sanfu.kernel.joint.load import load
from sanfu.kernel.joint.problems import CatalogError
from sanfu.people.scope import Parts
from sanfu.records.actor import Actor
from sanfu.records.models import Event

PARTS = Parts(see="scenes.see", see_all="scenes.see_all", units="units", firm="firm")
BRANCH_PARTS = Parts(see="scenes.see", see_all="scenes.see_all", unit="lead", firm="firm")


# ── catalogue ──
def current_version(region: str) -> CatalogueVersion | None:
    """The newest published catalogue."""
    return (
        CatalogueVersion.objects.filter(region=region, published_at__isnull=False).order_by("-number").first()
    )


def versions(region: str) -> "QuerySet[CatalogueVersion]":
    return CatalogueVersion.objects.filter(region=region).order_by("-number").defer("raw")


def catalog_of(version: CatalogueVersion) -> Catalog:
    return _loaded(version.pk, version.digest)


@lru_cache(maxsize=8)
def _loaded(version_id: uuid.UUID, digest: str) -> Catalog:
    return load(CatalogueVersion.objects.get(pk=version_id).raw)


def public_catalog(region: str) -> Catalog:
    """What the public sees: the published catalogue, or the shipped one before anything was published."""
    version = current_version(region)
    return catalog_of(version) if version else shipped()


# ── applications ──
def visible(actor: Actor, on: date) -> "QuerySet[Case]":
    """Joint applications that the actor may see: own firm's, own department's, mandated ones, or all."""
    rows = visible_cases(actor, CaseKind.JOINT, PARTS)
    if actor.id and not actor.may("scenes.see_all"):
        firms = mandates(actor, on).values("firm")
        mandated = Case.objects.filter(region=actor.region, kind=CaseKind.JOINT, firm__in=firms)
        rows = Case.objects.filter(Q(pk__in=rows.values("pk")) | Q(pk__in=mandated.values("pk")))
    return rows


def access(actor: Actor, case_id: uuid.UUID, on: date) -> Application | None:
    """One application, or None when it does not exist or is not the actor's to see."""
    if not visible(actor, on).filter(pk=case_id).exists():
        return None
    return Application.objects.select_related("case", "case__firm", "version").get(pk=case_id)


def mandates(actor: Actor, on: date) -> "QuerySet[Mandate]":
    """Mandates in force that name the actor."""
    return Mandate.objects.filter(
        region=actor.region, agent=actor.id, starts__lte=on, ends__gte=on, revoked_at__isnull=True
    )


def mandate_of(actor: Actor, firm: uuid.UUID | None, on: date) -> Mandate | None:
    return mandates(actor, on).filter(firm=firm).first() if actor.id else None


def materials_by_code(application: Application) -> dict[str, Submitted]:
    return {row.material: row for row in application.materials.select_related("file")}


# ── branches ──
def visible_branches(actor: Actor) -> "QuerySet[Case]":
    return visible_cases(actor, CaseKind.BRANCH, BRANCH_PARTS)


def access_branch(actor: Actor, case_id: uuid.UUID) -> Branch | None:
    if not visible_branches(actor).filter(pk=case_id).exists():
        return None
    return Branch.objects.select_related(
        "case", "case__lead", "application__case", "application__case__firm"
    ).get(pk=case_id)


def states_of(application: Application) -> dict[str, str]:
    return dict(application.branches.values_list("item", "case__state"))


def said_of(branch: Branch, reason: str = "", notice: str = "") -> Said:
    """Which of the materials that this item takes part in are missing, and which are put off."""
    given = materials_by_code(branch.application)
    kept = [m for m in branch.application.guide["materials"]["kept"] if branch.item in m["items"]]
    extra = [row for row in given.values() if row.asked_by == branch.item and row.file_id is None]
    missing = [m["name"] for m in kept if m["id"] not in given] + [
        row.name for row in extra if not row.deferred
    ]
    deferred = [m["name"] for m in kept if m["id"] in given and given[m["id"]].file_id is None]
    return Said(tuple(missing), tuple(deferred), reason, notice)


def acts(branch: Branch, actor: Actor) -> list[BranchEvent]:
    """What the actor may do with the branch now, in the order of the table; guards are not asked here."""
    found = []
    for move in BRANCH_FLOW.moves(BranchState(branch.case.state)):
        department = "scenes.handle" in move.who
        if not move.who or not any(actor.may(permission) for permission in move.who):
            continue
        if department and branch.case.lead_id not in actor.units:
            continue
        found.append(move.event)
    return found


def clocks(case: Case, at: datetime) -> list[dict[str, Any]]:
    """Clocks of a branch with their day lists."""
    rows = []
    for clock in case.clocks.order_by("started_at", "name"):
        now = reading(clock, clock.stopped_at or at)
        rows.append(
            {
                "name": clock.name, "due_at": clock.due_at, "stopped_at": clock.stopped_at, "light": clock.light,
                "late": bool(clock.stopped_at and clock.stopped_at > clock.due_at), "paused": now.paused,
                "provisional": clock.provisional, "basis": clock.rule.get("basis", ""),
                "source": clock.rule.get("source", ""), "n": clock.rule.get("n"),
                "days": [
                    {"date": d.date, "counts": d.counted, "label": d.why, "total": f"{float(d.total):g}"}
                    for d in days_of(clock, at)
                ],
            }
        )  # fmt: skip
    return rows


# ── designed and actual ──
def log_of(application: Application) -> dict[str, Any]:
    """The real event log in the exchange form."""
    branches = {b.pk: b for b in application.branches.select_related("case__lead")}
    rows = Event.objects.filter(stream__in=[application.pk, *branches]).order_by("at", "recorded_at")
    events = []
    for row in rows:
        activity = LOG_ACTIVITY.get(row.kind)
        if activity is None:
            continue
        branch = branches.get(row.stream)
        events.append(
            {
                "id": str(row.id), "activity": activity, "at": _china(row.at), "item": branch.item if branch else "",
                "dept": branch.case.lead.code if branch and branch.case.lead else "", "by": row.by_name,
                "notice": row.data.get("notice", ""), "reason": row.data.get("reason", ""),
                "materials": row.data.get("materials", []),
            }
        )  # fmt: skip
    return {"case": application.case.number, "name": application.case.title, "events": events}


def _china(at: datetime) -> str:
    return at.astimezone(CHINA).isoformat(timespec="seconds")


def conformance(application: Application) -> dict[str, Any]:
    """Deviations of the log from the pinned guide, and promised beside achieved figures."""
    axis = axis_for(date.fromisoformat(application.guide["start"]))
    log, done = log_of(application), application.case.closed_at is not None
    found = deviations(application.guide, log, axis, finished=done)
    names = {i["id"]: i["name"] for i in application.guide["items"]}
    return {
        "deviations": [d.as_row() | {"name": names.get(d.item, d.item)} for d in found],
        "achieved": achieved(application.guide, log, axis),
        "log": log,
    }


def promised_and_achieved(actor: Actor, on: date, limit: int = 100) -> list[dict[str, Any]]:
    """Closed applications with what was promised and what came of it, newest first."""
    cases = visible(actor, on).filter(closed_at__isnull=False, state="closed").order_by("-closed_at")[:limit]
    rows = []
    for application in Application.objects.select_related("case").filter(pk__in=[c.pk for c in cases]):
        seen = conformance(application)
        rows.append({"application": application, **seen["achieved"], "deviations": len(seen["deviations"])})
    return rows


def permit_wall(actor: Actor, on: date) -> list[dict[str, Any]]:
    """Projects × the permits of their bundle: which are there, running, waiting, or not needed."""
    rows = []
    applications = Application.objects.select_related("case", "case__firm").filter(
        pk__in=visible(actor, on).exclude(state="withdrawn").values("pk"), bundle="b.nine"
    )
    for application in applications.order_by("-case__opened_at")[:60]:
        nine = application.version.raw and (application.guide or {}).get("input", {}).get("bundle", {}).get(
            "nine", []
        )
        makers = {r: i["id"] for i in (application.guide or {}).get("items", []) for r in i["results"]}
        states = states_of(application)
        opinions = {o.item: o for o in application.opinions.all()}
        names = {i["id"]: i["name"] for i in (application.guide or {}).get("items", [])}
        cells = []
        for result in nine or []:
            item = makers.get(result)
            state = states.get(
                item or "", "prereview" if item in opinions else "none" if item is None else "waiting"
            )
            cells.append(
                {"result": result, "item": item, "name": names.get(item or "", result), "state": state}
            )
        rows.append({"application": application, "cells": cells})
    return rows


def search(rows: "QuerySet[Case]", words: str) -> "QuerySet[Case]":
    """Narrow a list by words of number or title."""
    return find_text(rows, words)


def compiled_of(application: Application) -> Compiled | None:
    """The application's situation compiled anew for what-if; None when its catalogue no longer loads."""
    start = date.fromisoformat(application.guide["start"])
    prereview = tuple(application.guide.get("prereview", ()))
    order = Order(application.bundle, start, application.answers, application.facts, prereview=prereview)
    try:
        return compile_bundle(catalog_of(application.version), order, axis_for(start))
    except CatalogError:
        return None
