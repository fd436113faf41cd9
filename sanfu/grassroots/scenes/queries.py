"""Reads of joint applications, branches and catalogues. Rows of somebody's data go through row scope."""

import uuid
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from sanfu.cases.models import Case
from sanfu.cases.queries import OPEN, find_text, row_of
from sanfu.cases.queries import visible as visible_cases
from sanfu.grassroots.scenes.library import axis_for, shipped
from sanfu.grassroots.scenes.models import Application, Branch, CatalogueVersion, Mandate, Meeting, Submitted
from sanfu.grassroots.scenes.room import BRANCH, JOINT
from sanfu.grassroots.scenes.rules import Said
from sanfu.grassroots.scenes.states import (
    LOG_ACTIVITY,
    BranchEvent,
    JointEvent,
)
from sanfu.kernel.clocks import Light
from sanfu.kernel.joint.catalogue.catalog import Catalog
from sanfu.kernel.joint.catalogue.load import load
from sanfu.kernel.joint.catalogue.problems import CatalogError
from sanfu.kernel.joint.compiling.guide import Compiled, Order, compile_bundle
from sanfu.kernel.joint.conformance import achieved, deviations
from sanfu.people.models import User
from sanfu.people.scope import Parts
from sanfu.records.actor import Actor
from sanfu.records.models import Event, StoredFile
from sanfu.records.moments import day_of, wall
from sanfu.records.queries import timeline

PARTS = Parts(see="scenes.see", see_all="scenes.see_all", units="units", firm="firm")
BRANCH_PARTS = Parts(see="scenes.see", see_all="scenes.see_all", unit="lead", firm="firm")
STOPPING = (
    BranchEvent.RETURN, BranchEvent.CORRECT, BranchEvent.SPECIAL, BranchEvent.REFUSE, BranchEvent.FAIL,
)  # fmt: skip


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
    rows = visible_cases(actor, JOINT.code, PARTS)
    if actor.id and not actor.may("scenes.see_all"):
        firms = mandates(actor, on).values("firm")
        mandated = Case.objects.filter(region=actor.region, kind=JOINT.code, firm__in=firms)
        rows = Case.objects.filter(Q(pk__in=rows.values("pk")) | Q(pk__in=mandated.values("pk")))
    return rows


def with_late_branches() -> Q:
    """Applications under way that are late, or have a branch that is."""
    late = Case.objects.filter(OPEN, kind=BRANCH.code, light=Light.RED)
    return OPEN & (Q(light=Light.RED) | Q(pk__in=late.values("parent")))


def with_open_meetings() -> Q:
    """Applications under way whose meeting (联审联验) has no conclusion yet."""
    unsettled = Meeting.objects.filter(concluded_at=None)
    return OPEN & Q(pk__in=unsettled.values("application"))


def access(actor: Actor, case_id: uuid.UUID, on: date) -> Application | None:
    """One application, or None when it does not exist or is not the actor's to see."""
    rows = Application.objects.select_related("case", "case__firm", "version")
    return row_of(visible(actor, on), case_id, rows)


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
    return visible_cases(actor, BRANCH.code, BRANCH_PARTS)


def access_branch(actor: Actor, case_id: uuid.UUID) -> Branch | None:
    rows = Branch.objects.select_related("case", "case__lead", "application__case", "application__case__firm")
    return row_of(visible_branches(actor), case_id, rows)


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
    return wall(at).isoformat(timespec="seconds")


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
        pk__in=visible(actor, on).exclude(state__in=["withdrawn", "lapsed"]).values("pk"), bundle="b.nine"
    )
    for application in applications.order_by("-case__opened_at")[:60]:
        nine = application.version.raw and (application.guide or {}).get("input", {}).get("bundle", {}).get(
            "nine", []
        )
        makers = {r: i["id"] for i in (application.guide or {}).get("items", []) for r in i["results"]}
        titles = {r: i["n"] for i in application.version.raw["items"] for r in i.get("out", [])}
        states = states_of(application)
        opinions = {o.item: o for o in application.opinions.all()}
        names = {i["id"]: i["name"] for i in (application.guide or {}).get("items", [])}
        cells = []
        for result in nine or []:
            item = makers.get(result)
            state = states.get(
                item or "", "prereview" if item in opinions else "none" if item is None else "later"
            )
            cells.append(
                {
                    "result": result,
                    "item": item,
                    "name": names.get(item or "", titles.get(result, result)),
                    "state": state,
                }
            )
        rows.append({"application": application, "cells": cells})
    return rows


def search(rows: "QuerySet[Case]", words: str) -> "QuerySet[Case]":
    """Narrow a list by words of number or title."""
    return find_text(rows, words)


def guided(region: str, case_id: uuid.UUID | None) -> Application | None:
    """The application of a case whose guide is written; None without one. Who asks has the case from a row of its own."""
    rows = Application.objects.filter(region=region, pk=case_id).select_related("case", "version")
    found = rows.first() if case_id else None
    return found if found is not None and found.guide.get("schedule") else None


def promised_and_taken(region: str, most: int) -> list[tuple[date, date, float]]:
    """Start, last day and promised working days of closed applications, newest first; withdrawn ones are left out."""
    rows = Application.objects.filter(region=region, case__state="closed", case__closed_at__isnull=False)
    return [
        (date.fromisoformat(guide["start"]), day_of(closed), float(guide["workdays"]))
        for guide, closed in rows.order_by("-case__closed_at").values_list("guide", "case__closed_at")[:most]
        if closed and guide.get("workdays")
    ]


def compiled_of(application: Application) -> Compiled | None:
    """The application's situation compiled anew for what-if; None when its catalogue no longer loads."""
    start = date.fromisoformat(application.guide["start"])
    prereview = tuple(application.guide.get("prereview", ()))
    order = Order(application.bundle, start, application.answers, application.facts, prereview=prereview)
    try:
        return compile_bundle(catalog_of(application.version), order, axis_for(start))
    except CatalogError:
        return None


# ── for pages ──
def mandates_given(firm: uuid.UUID | None) -> "QuerySet[Mandate]":
    """Every mandate that a firm gave, newest first."""
    return Mandate.objects.filter(firm=firm).select_related("agent").order_by("-starts")


def mandates_in_force(firm: uuid.UUID | None, on: date) -> "QuerySet[Mandate]":
    return mandates_given(firm).filter(revoked_at=None, starts__lte=on, ends__gte=on)


def agents(region: str) -> "QuerySet[User]":
    """People who may act for a firm with its mandate."""
    return User.objects.filter(region=region, appointments__role="agent").distinct()


def branch_in(application: Application, branch_id: uuid.UUID) -> Branch | None:
    rows = Branch.objects.select_related("case", "application__case")
    return rows.filter(pk=branch_id, application=application).first()


def material_file(application: Application, file_id: uuid.UUID) -> StoredFile | None:
    """A stored file, only when it is a material of this application."""
    return StoredFile.objects.filter(pk=file_id, pk__in=application.materials.values("file")).first()


def version_of(region: str, version_id: uuid.UUID) -> CatalogueVersion | None:
    return CatalogueVersion.objects.filter(pk=version_id, region=region).first()


def newest_version(region: str) -> CatalogueVersion | None:
    """The newest version, published or draft: the one on which changes are made."""
    return CatalogueVersion.objects.filter(region=region).order_by("-number").first()


_LABELS = (
    {f"joint.{event}": event.label for event in JointEvent}
    | {f"branch.{event}": event.label for event in BranchEvent}
    | {
        "joint.open": "开始填报", "joint.answer": "回答情形", "joint.fill": "保存表单", "joint.upload": "上传材料",
        "joint.defer": "承诺容缺后补", "joint.opinion": "出具预审意见", "branch.open": "分派到部门",
        "branch.light": "亮灯", "joint.light": "亮灯",
    }
)  # fmt: skip


def history(stream: uuid.UUID, *, rated: bool = True) -> list[dict[str, Any]]:
    """The whole log of an application or a branch: Chinese act, when, who, what was said.

    rated: False leaves out that and how the firm rated, for the departments that handled it.
    """
    return [
        {
            "id": row["id"],
            "kind": row["kind"],
            "label": _LABELS.get(row["kind"], row["kind"]),
            "at": row["at"],
            "by": row["by_name"] + ("（代办）" if row["data"].get("agent") else ""),
            "note": _noted(row["data"]),
            "state": "done",
        }
        for row in timeline(stream)
        if rated or row["kind"] != "joint.rate"
    ]


def reason_of(branch: Branch) -> str:
    """Why a branch stands where it does: what the department wrote when it last sent it back, asked or refused; else empty."""
    kinds = {f"branch.{event}" for event in STOPPING}
    said = [row["data"] for row in timeline(branch.pk) if row["kind"] in kinds]
    return "；".join(str(said[-1][key]) for key in ("reason", "text") if said[-1].get(key)) if said else ""


def _noted(data: dict[str, Any]) -> str:
    """What a person would want to read of an event's data."""
    said = [str(data[key]) for key in ("reason", "why", "text", "number", "contract") if data.get(key)]
    if data.get("question"):  # events of the first weeks hold the question's code only
        said.append(
            f"{data.get('asked') or data['question']} {data.get('answered') or data.get('answer') or '收回回答'}".strip()
        )
    if data.get("name"):
        said.append(f"{data['name']}{',' + data['due_on'] + ' 前补交' if data.get('due_on') else ''}")
    if data.get("notice"):
        said.append(f"告知书 {data['notice']}")
    if data.get("materials"):
        said.append("需补:" + "、".join(data["materials"]))
    if data.get("guide"):
        said.append(f"指南指纹 {str(data['guide'])[:12]}")
    return ";".join(said)
