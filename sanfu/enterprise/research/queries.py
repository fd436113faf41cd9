"""Reads of research: needs, offers, matches with reasons, contacts, milestones, a firm's own."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from django.db.models import Count, Q, QuerySet

from sanfu.cases.models import Case
from sanfu.cases.queries import find_text, row_of
from sanfu.cases.queries import visible as visible_cases
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.registry.timeline import Entry
from sanfu.enterprise.research.content import decided
from sanfu.enterprise.research.models import Contact, Milestone, Need, Offer, OfferUpload
from sanfu.enterprise.research.room import RESEARCH
from sanfu.enterprise.research.states import ContactState, NeedState
from sanfu.kernel.research import matching
from sanfu.people.models import Organisation
from sanfu.people.scope import Parts, narrow
from sanfu.records.actor import Actor

PARTS = Parts(see="research.see", see_all="research.see_all", units="units", firm="firm")
NEEDS = Parts(see="research.see_all", see_all="research.see_all", firm="enterprise__organisation")
OFFERS = Parts(see="research.see", see_all="research.see")


def visible(actor: Actor) -> "QuerySet[Case]":
    """Contacts the actor may see: the own unit's, the own firm's, or all."""
    return visible_cases(actor, RESEARCH.code, PARTS)


def search(rows: "QuerySet[Case]", words: str) -> "QuerySet[Case]":
    """Contacts whose firm, offer or number holds the words."""
    return find_text(rows, words)


def access(actor: Actor, case_id: uuid.UUID) -> Contact | None:
    """One contact the actor may see."""
    rows = Contact.objects.select_related("case__lead", "need__enterprise__town", "offer")
    return row_of(visible(actor), case_id, rows)


def milestones(contact: Contact) -> list[Milestone]:
    """In the order in which they are due."""
    return list(contact.milestones.order_by("due", "id"))


def late(on: date) -> Q:
    """The condition of contacts with a milestone past its day."""
    rows = Milestone.objects.filter(done_on=None, due__lt=on)
    return Q(state=ContactState.SIGNED, research__in=rows.values("contact"))


def needs(actor: Actor) -> "QuerySet[Need]":
    """Needs the actor may see: all for the brokers, the own firm's for a firm."""
    rows = narrow(actor, Need.objects.all(), NEEDS).select_related("enterprise__town")
    return rows.annotate(n_contacts=Count("contacts"))


def need(actor: Actor, need_id: uuid.UUID) -> Need | None:
    """One need the actor may see."""
    return needs(actor).filter(id=need_id).first()


def offers(actor: Actor) -> "QuerySet[Offer]":
    """Offers, those taken down too."""
    return narrow(actor, Offer.objects.all(), OFFERS)


def proposed(row: Need, offer_id: uuid.UUID) -> Offer | None:
    """An offer of the need's county, by id: what a firm that sees the need may ask for."""
    return Offer.objects.filter(region=row.region, id=offer_id).first()


def uploads(actor: Actor) -> "QuerySet[OfferUpload]":
    """Files of offers, newest first."""
    return narrow(actor, OfferUpload.objects.all(), OFFERS).select_related("file").order_by("-at")


def _money(value: object) -> Fraction | None:
    return None if value is None else Fraction(str(value))


def as_need(row: Need) -> matching.Need:
    """The row as the kernel reads it."""
    return matching.Need(
        str(row.id), row.title, row.text, _money(row.budget), row.needed_by, row.secret, tuple(row.equipment), row.readiness
    )  # fmt: skip


def as_offer(row: Offer) -> matching.Offer:
    """The row as the kernel reads it."""
    return matching.Offer(
        str(row.id), row.title, f"{row.holder} {row.text}", row.kind, _money(row.least), row.ready, row.keeps_secrets,
        None if row.equipment is None else tuple(row.equipment), row.readiness,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """An offer for a need, why, and the open contact if there is one."""

    offer: Offer
    match: matching.Match
    contact: Contact | None


def matches(row: Need, most: int = 10) -> tuple[list[Found], list[tuple[Offer, str]]]:
    """The best offers for a need, and those left out with the broken constraint in words (at most twenty)."""
    rows = {
        str(one.id): one for one in Offer.objects.filter(region=row.region, active=True).order_by("number")
    }
    held = matching.Offers(as_offer(one) for one in rows.values())
    asked = as_need(row)
    contacts = {str(one.offer_id): one for one in row.contacts.filter(open=True).select_related("case")}
    found = [Found(rows[m.offer.code], m, contacts.get(m.offer.code)) for m in held.match(asked, most)]
    words = set(matching.words_of(asked.title))
    out = [
        (rows[offer.code], "；".join(f"{one.about}：{one.says}" for one in broken))
        for offer, broken in held.left_out(asked)
        if words & set(matching.words_of(offer.title + offer.text))
    ]
    return found, out[:20]


def broker_unit(region: str) -> uuid.UUID | None:
    """The unit that leads contacts, as the county's content says."""
    rows = Organisation.objects.filter(region=region, code=decided()["broker"])
    return rows.values_list("id", flat=True).first()


def open_needs(enterprise: Enterprise) -> "QuerySet[Need]":
    """Needs of one firm that still look for an offer."""
    return Need.objects.filter(enterprise=enterprise, state=NeedState.OPEN)


def enterprise_said(actor: Actor, said: str) -> Enterprise | None:
    """The one enterprise of the county that the words name; None where several fit."""
    if not actor.may("research.work") or len(said) < 2:
        return None
    rows = Enterprise.objects.filter(region=actor.region, merged_into=None)
    exact = rows.filter(Q(name=said) | Q(credit_code=said)).first()
    found = list(rows.filter(name__contains=said)[:2])
    return exact or (found[0] if len(found) == 1 else None)


def entries(actor: Actor, firms: Sequence[uuid.UUID], before: datetime, most: int) -> list[Entry]:
    """Contacts on a firm's timeline, for who may see them."""
    rows = Contact.objects.filter(
        need__enterprise__in=firms, case__in=visible(actor), case__opened_at__lt=before
    )
    columns = rows.order_by("-case__opened_at").values_list(
        "case__opened_at", "case__number", "case__state", "case_id"
    )
    return [
        Entry(at, "产学研", f"{number} {ContactState(state).label}", "officer:research", (case,))
        for at, number, state, case in columns[:most]
    ]
