"""Which policy texts are in force: shipped documents, and over them the published versions. Reads only."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from sanfu.enterprise.benefits.content import clause_titles, parsed, read_golden, shipped
from sanfu.enterprise.benefits.models import PolicyVersion
from sanfu.enterprise.registry.content import dictionary
from sanfu.kernel.rules.language.tree import Clause
from sanfu.kernel.rules.reading.document import Document
from sanfu.kernel.rules.reading.library import Library
from sanfu.lists.versions import IN_FORCE, VersionState
from sanfu.people.models import Organisation
from sanfu.people.scope import Parts, narrow
from sanfu.records.actor import Actor

BEING_WRITTEN = (VersionState.DRAFT, VersionState.CONSULT, VersionState.WAITING)
PARTS = Parts(see="benefits.edit", see_all="", unit="owner")


@dataclass(frozen=True)
class Policy:
    """One policy document as it stands on a day; version 0 is the text that came with the platform."""

    document: Document
    number: int
    own: bool
    golden: Mapping[str, Any]
    golden_text: str = ""
    version: uuid.UUID | None = None
    written: bool = False  # only being written: never yet in force

    @property
    def id(self) -> str:
        return self.document.id


def in_force(region: str, day: date) -> list[Policy]:
    """Every document of the county on a day, whether or not its 施行 and 失效 include the day.

    What came with the platform, the published versions over it, and policies that were written here.
    """
    versions: dict[str, list[PolicyVersion]] = {}
    rows = PolicyVersion.objects.filter(region=region, state__in=IN_FORCE, effective_from__lte=day)
    for row in rows.order_by("effective_from", "number"):
        versions.setdefault(row.policy, []).append(row)
    found = []
    for one in shipped():
        document = parsed(one.name, one.text)
        later = versions.pop(document.id, [])
        found.append(
            _published(one.name, one.own, later, one.golden_text)
            if later
            else Policy(document, 0, one.own, one.golden, one.golden_text)
        )
    return found + [
        _published(name_of(policy), True, later, "") for policy, later in sorted(versions.items())
    ]


def name_of(policy: str) -> str:
    """The name under which the document of a policy written here is read and kept."""
    return f"{policy}.md"


def _published(name: str, own: bool, versions: Sequence[PolicyVersion], golden: str) -> Policy:
    """The newest of the versions, with the golden cases that were said last."""
    newest = versions[-1]
    said = next((one.golden for one in reversed(versions) if one.golden), golden)
    return Policy(parsed(name, newest.text), newest.number, own, read_golden(said), said, newest.id)


def find(region: str, policy: str, day: date) -> Policy | None:
    return next((one for one in in_force(region, day) if one.id == policy), None)


def work_in_progress(actor: Actor, policy: str) -> Policy | None:
    """A policy that is only being written: its text as it stands, without force. None if the actor may not see it."""
    row = visible_versions(actor).filter(policy=policy).order_by("-number").first()
    if row is None:
        return None
    return Policy(parsed(name_of(policy), row.text), 0, True, {}, written=True)


def library(policies: list[Policy], instead: Document | None = None) -> Library:
    """All texts as one rule base; `instead` takes the place of the document with its id, or is added."""
    if instead is None:
        return Library(dictionary(), tuple(one.document for one in policies))
    documents = [instead if one.id == instead.id else one.document for one in policies]
    if all(one.id != instead.id for one in policies):
        documents.append(instead)
    return Library(dictionary(), tuple(documents))


def title_of(region: str, clause: str) -> str:
    """The title of a clause, also of one that a later version or a new policy added; its id when nobody knows it."""
    return clause_titles().get(clause) or _later_titles(region).get(clause, clause)


def _later_titles(region: str) -> dict[str, str]:
    rows = PolicyVersion.objects.filter(region=region, state__in=IN_FORCE)
    stamp = rows.aggregate(n=Count("pk"), last=Max("published_at"))
    return _titles_at(region, (stamp["n"], stamp["last"]))


@lru_cache(maxsize=4)
def _titles_at(region: str, stamp: tuple[Any, ...]) -> dict[str, str]:
    rows = PolicyVersion.objects.filter(region=region, state__in=IN_FORCE).order_by("published_at")
    texts = rows.values_list("policy", "text")
    return {
        clause.id: clause.title for policy, text in texts for clause in parsed(name_of(policy), text).clauses
    }


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
    """Published versions for all who may see; drafts for their department; what waits for approval for approvers."""
    every = PolicyVersion.objects.filter(region=actor.region)
    mine = narrow(actor, PolicyVersion.objects.all(), PARTS)
    seen = Q(pk__in=mine.values("pk"))
    if actor.may("benefits.see"):
        seen |= Q(state__in=IN_FORCE)
    if actor.may("benefits.approve"):
        seen |= Q(state=VersionState.WAITING)
    return every.filter(seen).select_related("owner")


def open_version(actor: Actor, policy: str) -> PolicyVersion | None:
    """The version of a policy that is written or waits for approval, if the actor may see it."""
    return visible_versions(actor).filter(policy=policy, state__in=BEING_WRITTEN).first()


def may_edit(actor: Actor, document: Document) -> bool:
    """A policy officer edits the documents of the own department."""
    owner = owner_of(actor.region, document)
    return actor.may("benefits.edit") and owner is not None and owner.id in actor.units
