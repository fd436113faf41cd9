"""Reads of pairs, load and proposals; the optimiser's question from the rows of today."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from sanfu.cases.models import Case
from sanfu.cases.queries import find_text, row_of
from sanfu.cases.queries import visible as visible_cases
from sanfu.cases.timing import Rule
from sanfu.enterprise.liaison.models import LiaisonOfficer, LiaisonSheet, Need, Outreach, Pair, Proposal
from sanfu.enterprise.liaison.room import OUTREACH
from sanfu.enterprise.liaison.states import OutreachKind, OutreachState, PairRole, SheetKind
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.registry.timeline import Entry
from sanfu.kernel.assigning.model import Firm, Officer, Place, Prices, Problem
from sanfu.kernel.clocks import rule_of
from sanfu.people.models import Appointment, Organisation, User
from sanfu.people.roles import ROLES
from sanfu.people.scope import Parts, narrow
from sanfu.records.actor import Actor
from sanfu.records.content import read_yaml

PARTS = Parts(see="", see_all="liaison.see_all", person="officer")
TASKS = Parts(see="liaison.see", see_all="liaison.see_all", units="units")
BIG = {"大型", "中型"}


def pairs(actor: Actor) -> "QuerySet[Pair]":
    """Pairs that hold now: the officer's own, or all."""
    return narrow(actor, Pair.objects.filter(ends=None), PARTS)


def mine(actor: Actor) -> list[Pair]:
    """The actor's own firms, main ones first."""
    rows = pairs(actor).filter(officer_id=actor.id).select_related("enterprise__town")
    return sorted(rows, key=lambda one: (one.role != PairRole.MAIN, one.enterprise.name))


def history(enterprise: Enterprise) -> list[Pair]:
    """Who served the firm, newest first, with hand-over notes."""
    return list(
        Pair.objects.filter(enterprise=enterprise).select_related("officer").order_by("-starts", "role")
    )


def officers(region: str) -> list[LiaisonOfficer]:
    """Active officers with the number of firms that each serves as main (`mains`) and as deputy (`deputies`)."""
    rows = LiaisonOfficer.objects.filter(region=region, active=True).select_related("user", "town")
    held = Q(user__pairs__ends=None)
    return list(
        rows.annotate(
            mains=Count("user__pairs", filter=held & Q(user__pairs__role=PairRole.MAIN)),
            deputies=Count("user__pairs", filter=held & Q(user__pairs__role=PairRole.DEPUTY)),
        ).order_by("user__name")
    )


def may_serve(region: str, on: date) -> "QuerySet[User]":
    """Open accounts that hold a post of liaison on a day, by name."""
    roles = [code for code, role in ROLES.items() if "liaison.serve" in role.permissions]
    held = Appointment.objects.filter(role__in=roles, starts__lte=on).filter(Q(ends=None) | Q(ends__gt=on))
    return User.objects.filter(region=region, is_active=True, pk__in=held.values("user")).order_by("name")


def need_of(enterprise: Enterprise) -> Need | None:
    """What a firm needs of its officer, None when nothing was said."""
    return Need.objects.filter(enterprise=enterprise).first()


def standing(region: str) -> "QuerySet[Enterprise]":
    """Firms that somebody should serve: neither merged into another record nor deregistered."""
    return Enterprise.objects.filter(region=region, merged_into=None, closed_on=None)


def uncovered(region: str) -> "QuerySet[Enterprise]":
    """Firms without a main officer today."""
    held = Pair.objects.filter(region=region, ends=None, role=PairRole.MAIN).values("enterprise")
    return standing(region).exclude(pk__in=held)


def problem(region: str) -> Problem:
    """The question of today: all firms, all active officers, who serves whom now."""
    raw = rules()
    needs = {one.enterprise_id: one for one in Need.objects.filter(region=region)}
    firms = []
    for row in standing(region).select_related("town").order_by("credit_code"):
        need = needs.get(row.pk)
        load = float(raw["above_scale_load"]) if row.size in BIG else 1.0
        place = Place((row.town.short,)) if row.town else Place()
        firms.append(Firm(str(row.pk), row.name, load, place, frozenset(need.languages if need else ()), "", frozenset(str(one) for one in (need.avoid if need else ()))))  # fmt: skip
    people = [
        Officer(str(one.user_id), one.user.name, float(one.capacity), Place((one.town.short,)) if one.town else Place(), frozenset(one.languages))
        for one in LiaisonOfficer.objects.filter(region=region, active=True).select_related("user", "town").order_by("user__login")
    ]  # fmt: skip
    held = Pair.objects.filter(region=region, ends=None, role=PairRole.MAIN)
    served = {str(firm): str(officer) for firm, officer in held.values_list("enterprise", "officer")}
    return Problem(tuple(firms), tuple(people), served, frozenset(), Prices(**raw["prices"]))


def proposals(actor: Actor) -> "QuerySet[Proposal]":
    return Proposal.objects.filter(region=actor.region).order_by("-made_at")


def proposal(actor: Actor, proposal_id: uuid.UUID) -> Proposal | None:
    return proposals(actor).filter(id=proposal_id).first()


def sheets(actor: Actor, kind: SheetKind) -> "QuerySet[LiaisonSheet]":
    """Sheets of officers or of pairs, newest first."""
    return LiaisonSheet.objects.filter(region=actor.region, kind=kind).select_related("file").order_by("-at")


def contact_days() -> int:
    """After how many days without a visit a firm should be contacted."""
    return int(rules()["contact_days"])


def rules() -> dict[str, Any]:
    """What the county has decided about liaison, from content."""
    found: dict[str, Any] = read_yaml(settings.CONTENT / "enterprise" / "liaison.yaml")
    return found


# ---- 无求自应 ----


def contact_clock() -> Rule:
    """Until when the officer contacts the firm."""
    raw = rules()
    return Rule(
        rule_of(raw["contact"]), source="enterprise/liaison.yaml contact", basis=raw["source"]["document"]
    )


def planning_unit(region: str) -> uuid.UUID | None:
    """The unit that has the tasks of firms without an officer."""
    rows = Organisation.objects.filter(region=region, code=rules()["planner"])
    return rows.values_list("id", flat=True).first()


def officer_of(enterprise: Enterprise) -> User | None:
    """The main officer of today, else the deputy."""
    rows = Pair.objects.filter(enterprise=enterprise, ends=None).select_related("officer")
    held = sorted(rows, key=lambda one: one.role != PairRole.MAIN)
    return held[0].officer if held else None


def serving(enterprise: Enterprise) -> list[tuple[str, str]]:
    """Name and role of who serves the firm now, the main officer first."""
    rows = Pair.objects.filter(enterprise=enterprise, ends=None).values_list("officer__name", "role")
    return [
        (name, PairRole(role).label) for name, role in sorted(rows, key=lambda one: one[1] != PairRole.MAIN)
    ]


def outreach(actor: Actor) -> "QuerySet[Case]":
    """Tasks the actor may see: those of the own unit, or all."""
    return visible_cases(actor, OUTREACH.code, TASKS)


def search(rows: "QuerySet[Case]", words: str) -> "QuerySet[Case]":
    """Tasks whose firm or number holds the words."""
    return find_text(rows, words)


def access(actor: Actor, case_id: uuid.UUID) -> Outreach | None:
    """One task the actor may see."""
    rows = Outreach.objects.select_related("case__lead", "enterprise__town", "officer")
    return row_of(outreach(actor), case_id, rows)


def entries(actor: Actor, firms: Sequence[uuid.UUID], before: datetime, most: int) -> list[Entry]:
    """Tasks on a firm's timeline, for who may see them."""
    rows = Outreach.objects.filter(
        enterprise__in=firms, case__in=outreach(actor), case__opened_at__lt=before
    ).order_by("-case__opened_at")
    columns = rows.values_list("case__opened_at", "case__number", "kind", "case__state", "case_id")
    return [
        Entry(
            at, "主动联系", f"{number} {OutreachKind(kind).label}：{OutreachState(state).label}",
            "officer:outreach", (case,),
        )
        for at, number, kind, state, case in columns[:most]
    ]  # fmt: skip
