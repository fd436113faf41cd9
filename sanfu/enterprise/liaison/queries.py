"""Reads of pairs, load and proposals; the optimiser's question from the rows of today."""

import uuid

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from sanfu.enterprise.liaison.models import LiaisonOfficer, Need, Pair, Proposal
from sanfu.enterprise.liaison.states import PairRole
from sanfu.enterprise.registry.models import Enterprise
from sanfu.kernel.assigning.model import Firm, Officer, Place, Prices, Problem
from sanfu.people.scope import Parts, narrow
from sanfu.records.actor import Actor
from sanfu.records.content import read_yaml

PARTS = Parts(see="", see_all="liaison.see_all", person="officer")
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


def uncovered(region: str) -> "QuerySet[Enterprise]":
    """Firms without a main officer today."""
    held = Pair.objects.filter(region=region, ends=None, role=PairRole.MAIN).values("enterprise")
    return Enterprise.objects.filter(region=region).exclude(pk__in=held)


def problem(region: str) -> Problem:
    """The question of today: all firms, all active officers, who serves whom now."""
    rules = read_yaml(settings.CONTENT / "enterprise" / "liaison.yaml")
    needs = {one.enterprise_id: one for one in Need.objects.filter(region=region)}
    firms = []
    for row in Enterprise.objects.filter(region=region).select_related("town").order_by("credit_code"):
        need = needs.get(row.pk)
        load = float(rules["above_scale_load"]) if row.size in BIG else 1.0
        place = Place((row.town.short,)) if row.town else Place()
        firms.append(Firm(str(row.pk), row.name, load, place, frozenset(need.languages if need else ()), "", frozenset(str(one) for one in (need.avoid if need else ()))))  # fmt: skip
    people = [
        Officer(str(one.user_id), one.user.name, float(one.capacity), Place((one.town.short,)) if one.town else Place(), frozenset(one.languages))
        for one in LiaisonOfficer.objects.filter(region=region, active=True).select_related("user", "town").order_by("user__login")
    ]  # fmt: skip
    held = Pair.objects.filter(region=region, ends=None, role=PairRole.MAIN)
    standing = {str(firm): str(officer) for firm, officer in held.values_list("enterprise", "officer")}
    return Problem(tuple(firms), tuple(people), standing, frozenset(), Prices(**rules["prices"]))


def proposals(actor: Actor) -> "QuerySet[Proposal]":
    return Proposal.objects.filter(region=actor.region).order_by("-made_at")


def proposal(actor: Actor, proposal_id: uuid.UUID) -> Proposal | None:
    return proposals(actor).filter(id=proposal_id).first()


def contact_days() -> int:
    """After how many days without a visit a firm should be contacted."""
    return int(read_yaml(settings.CONTENT / "enterprise" / "liaison.yaml")["contact_days"])
