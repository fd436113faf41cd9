"""Asking for ratings (评价邀请): every finished case once, whoever handled it and however it ended for the person."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from sanfu.cases.models import Case
from sanfu.grassroots.ratings.models import Invitation
from sanfu.grassroots.ratings.rules import handled, holds_for, rules, token
from sanfu.grassroots.ratings.states import Way
from sanfu.people.messages.actions import Telling, tell
from sanfu.people.messages.states import MessageKind
from sanfu.records.actions import append
from sanfu.records.actor import Actor

AT_ONCE = 500  # cases of one sweep; the next one takes those that are left
LOOKS_BACK = timedelta(days=7)  # the sweep comes every ten minutes; a week covers a platform that stood still


def ask(*, region: str, by: Actor, at: datetime) -> int:
    """Invite for cases that were closed since and have no invitation yet; return how many."""
    wanted = Q(pk__in=[])
    for kind, states in rules()["kinds"].items():
        wanted |= Q(kind=kind, state__in=states)
    fresh = Case.objects.filter(
        wanted, region=region, closed_at__gt=at - LOOKS_BACK, closed_at__lte=at, invitation=None
    )
    cases = list(fresh.order_by("closed_at")[:AT_ONCE])
    for case in cases:
        invite(case, by=by, at=at)
    return len(cases)


@transaction.atomic
def invite(case: Case, *, by: Actor, at: datetime, quiet: bool = False) -> Invitation:
    """The one invitation of a case; who applied through the platform finds the link among the messages.

    quiet: the rating is here already, so nobody is asked.
    """
    defaults = {
        "region": case.region,
        "case_kind": case.kind,
        "unit_id": case.lead_id,
        "asked_at": at,
        "until": at + holds_for(),
    }
    row, new = Invitation.objects.get_or_create(case=case, defaults=defaults)
    if new:
        event = append(stream=row.id, kind="ratings.asked", by=by, at=at, data={"case": str(case.id)})
        if case.applicant_id and not quiet and handled(case.kind):
            path = reverse("citizen:rate", args=[token(row.id, Way.WEB)])
            words = f"{case.number} 已办结，请您评价：{case.title}"
            tell(
                [case.applicant_id],
                Telling(MessageKind.REPLIED, words, path, event),
                region=case.region,
                at=at,
            )
    return row
