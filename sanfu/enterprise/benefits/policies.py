"""Which policy texts are in force: shipped documents, and over them the approved versions. Reads only."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from sanfu.enterprise.benefits.content import parsed, shipped
from sanfu.enterprise.benefits.models import PolicyVersion
from sanfu.enterprise.benefits.states import VersionState
from sanfu.enterprise.registry.content import dictionary
from sanfu.kernel.rules.language.tree import Clause
from sanfu.kernel.rules.reading.document import Document
from sanfu.kernel.rules.reading.library import Library
from sanfu.people.models import Organisation
from sanfu.people.scope import Parts, narrow
from sanfu.records.actor import Actor

PARTS = Parts(see="benefits.edit", see_all="", unit="owner")


@dataclass(frozen=True)
class Policy:
    """One policy document as it stands on a day; version 0 is the text that came with the platform."""

    document: Document
    number: int
    own: bool
    golden: Mapping[str, Any]
    version: uuid.UUID | None = None

    @property
    def id(self) -> str:
        return self.document.id


def in_force(region: str, day: date) -> list[Policy]:
    """Every document of the county on a day, whether or not its 施行 and 失效 include the day."""
    newest: dict[str, PolicyVersion] = {}
    rows = PolicyVersion.objects.filter(region=region, state=VersionState.APPROVED, starts_on__lte=day)
    for row in rows.order_by("starts_on", "number"):
        newest[row.policy] = row
    found = []
    for one in shipped():
        document = parsed(one.name, one.text)
        later = newest.get(document.id)
        found.append(
            Policy(parsed(one.name, later.text), later.number, one.own, one.golden, later.id)
            if later
            else Policy(document, 0, one.own, one.golden)
        )
    return found


def find(region: str, policy: str, day: date) -> Policy | None:
    return next((one for one in in_force(region, day) if one.id == policy), None)


def library(policies: list[Policy], instead: Document | None = None) -> Library:
    """All texts as one rule base; `instead` takes the place of the document with its id."""
    documents = tuple(
        instead if instead is not None and one.id == instead.id else one.document for one in policies
    )
    return Library(dictionary(), documents)


def paying_clauses(policies: list[Policy], day: date) -> list[tuple[Policy, Clause]]:
    """Clauses of the county's own documents in force that give money or points."""
    return [
        (one, clause)
        for one in policies
        if one.own and one.document.in_force(day) and not one.document.problems
        for clause in one.document.clauses
        if clause.amount is not None
    ]


def clause_on(region: str, clause: str, day: date) -> tuple[Policy, Clause] | None:
    """A paying clause of the county in force on a day, with its policy."""
    return next((pair for pair in paying_clauses(in_force(region, day), day) if pair[1].id == clause), None)


def owner_of(region: str, document: Document) -> Organisation | None:
    return Organisation.objects.filter(region=region, code=document.owner).first()


def visible_versions(actor: Actor) -> "QuerySet[PolicyVersion]":
    """Approved versions for all who may see; those being worked on for their department; submitted ones for approvers."""
    every = PolicyVersion.objects.filter(region=actor.region)
    mine = narrow(actor, PolicyVersion.objects.all(), PARTS)
    seen = Q(pk__in=mine.values("pk"))
    if actor.may("benefits.see"):
        seen |= Q(state=VersionState.APPROVED)
    if actor.may("benefits.approve"):
        seen |= Q(state=VersionState.SUBMITTED)
    return every.filter(seen).select_related("drafted_by", "approved_by", "owner")


def open_version(actor: Actor, policy: str) -> PolicyVersion | None:
    """The draft or submitted version of a policy, if the actor may see it."""
    states = (VersionState.DRAFT, VersionState.SUBMITTED)
    return visible_versions(actor).filter(policy=policy, state__in=states).first()


def may_edit(actor: Actor, document: Document) -> bool:
    """A policy officer edits the documents of the own department."""
    owner = owner_of(actor.region, document)
    return actor.may("benefits.edit") and owner is not None and owner.id in actor.units
