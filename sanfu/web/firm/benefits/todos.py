"""What waits for a firm in benefits: batches that ask for its consent and account, claims sent back (待办)."""

from datetime import datetime

from django.urls import reverse

from sanfu.enterprise.benefits import claims, queries
from sanfu.enterprise.benefits.states import ClaimState
from sanfu.records.actor import Actor
from sanfu.web.todos import LOOKED_AT, Todo, Waiting


def consent_todos(actor: Actor, now: datetime) -> list[Todo]:
    """Money that waits for the own enterprise's word."""
    if not actor.may("benefits.own"):
        return []
    waiting = queries.awaiting(actor)
    url = reverse("firm:benefit_card")  # the question is asked on the card itself
    first = tuple(Waiting(f"{one['number']} {one['title']}", url) for one in waiting[:LOOKED_AT])
    return [Todo("待确认的奖补资金", len(waiting), url, "banknote", "warn", first=first)]


def claim_todos(actor: Actor, now: datetime) -> list[Todo]:
    """Claims of the own enterprise that wait for a correction."""
    if not actor.may("benefits.own"):
        return []
    count = claims.counts(actor).get(str(ClaimState.CORRECTING), 0)
    return [Todo("申报待补正", count, f"{reverse('firm:benefit_card')}#claims", "clipboard-pen", "warn")]
