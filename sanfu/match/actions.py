"""Writes of the match room: what people decided, what the desk promises, learning anew."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pgtrigger
from django.db import transaction
from django.db.models import Max

from sanfu.kernel.codes import mask
from sanfu.match.events import DECIDED, PROMISED, REFITTED
from sanfu.match.learned import learned
from sanfu.match.models import Decision, Promise, Refit
from sanfu.match.queries import list_of
from sanfu.records import jobs
from sanfu.records.actions import append
from sanfu.records.actor import Actor, NotAllowed, Refused
from sanfu.records.ids import new_id
from sanfu.records.models import Job
from sanfu.records.moments import day_of
from sanfu.records.states import JobState

REFIT_AFTER = 25  # decisions after which the weights are learned anew in the background


@transaction.atomic
def decide(
    *,
    text: str,
    item_code: str,
    unit_code: str = "",
    by: Actor,
    at: datetime,
    suggested: Mapping[str, Any] | None = None,
    source: uuid.UUID | None = None,
    number: str = "",
) -> Decision:
    """Keep what a person chose for a message; the next suggestion already knows it.

    `suggested`: what had been shown (`Suggested.as_data()`), so that confidence rests on a record.
    """
    if not by.may("match.correct") and not by.may("tickets.dispatch"):
        raise NotAllowed("只有派单人员可以更正匹配建议。")
    if not text.strip():
        raise Refused("没有诉求内容，无从学习；请选择一件有内容的工单。")
    version, items = list_of(by.region, day_of(at))
    item = next((one for one in items if one.code == item_code), None)
    if item is None:
        raise Refused(f"清单里没有事项“{item_code}”；请从清单中选择，或先把事项加进清单。")
    said = dict(suggested or {})
    lead, right = _judged(said, unit_code)
    decision = Decision.objects.create(
        region=by.region,
        at=at,
        by=by.id,
        by_name=by.name,
        text=mask(text),  # no telephone or identity number is learned
        label=item.l1,
        item_code=item.code,
        unit_code=unit_code,
        list_version=version,
        source=source,
        number=number,
        suggested=said,
        lead=lead,
        right=right,
    )
    data = {"item": item.code, "unit": unit_code, "right": right, "number": number}
    append(stream=source or decision.id, kind=DECIDED, by=by, at=at, data=data)
    if Decision.objects.filter(region=by.region).count() % REFIT_AFTER == 0:
        ask_refit(by=by, at=at)
    return decision


def correct(
    *, text: str, item_code: str, by: Actor, at: datetime, unit_code: str = "", **more: Any
) -> Decision:
    """Correct a suggestion (更正): the same as deciding otherwise than it said."""
    return decide(text=text, item_code=item_code, unit_code=unit_code, by=by, at=at, **more)


def _judged(said: Mapping[str, Any], unit_code: str) -> tuple[float | None, bool | None]:
    """Lead of the suggestion and whether its first unit was chosen; nothing when it had not named one."""
    units = said.get("units") or ()
    lead = said.get("lead")
    if lead is None or not units or not unit_code or not units[0].get("unit"):
        return None, None
    return float(lead), units[0]["unit"] == unit_code


@transaction.atomic
def promise(*, precision: float, enabled: bool, by: Actor, at: datetime) -> Promise:
    """Set how often automatic dispatch must be right, and switch it on or off."""
    if not by.may("tickets.dispatch"):
        raise NotAllowed("只有派单中心可以设定自动派单的精度承诺。")
    if not 0.8 <= precision <= 0.995:
        raise Refused("精度承诺须在 80% 到 99.5% 之间；更低不应自动派，更高无法验证。")
    row = Promise.objects.create(
        region=by.region, at=at, by=by.id, by_name=by.name, precision=precision, enabled=enabled
    )
    append(stream=row.id, kind=PROMISED, by=by, at=at, data={"precision": precision, "enabled": enabled})
    return row


def ask_refit(*, by: Actor, at: datetime) -> Job | None:
    """A background job that learns all decisions anew; None when one is already waiting."""
    if Job.objects.filter(region=by.region, kind="match.refit", state=JobState.WAITING).exists():
        return None
    return jobs.create(kind="match.refit", title="匹配器重学", total=1, params={}, by=by, at=at)


@transaction.atomic
def refit(*, by: Actor, at: datetime) -> Refit:
    """Number a new matcher version; every process then learns it behind the running one."""
    newest = Refit.objects.filter(region=by.region).aggregate(newest=Max("number"))["newest"] or 0
    version, _ = list_of(by.region, day_of(at))
    count = Decision.objects.filter(region=by.region).count()
    row = Refit.objects.create(
        id=new_id(), region=by.region, list_version=version, number=newest + 1, at=at, decisions=count
    )
    append(stream=row.id, kind=REFITTED, by=by, at=at, data={"number": row.number, "decisions": count})
    return row


def warm(region: str, at: datetime) -> None:
    """Build this process's matcher before the first citizen types."""
    version, items = list_of(region, day_of(at))
    if items:
        learned(region, version, items)


@transaction.atomic
def forget(*, source: uuid.UUID, words: str) -> int:
    """Replace the texts of decisions about an erased order; the one change of a decision there is. Returns how many."""
    with pgtrigger.ignore("match.Decision:append_only"):
        return Decision.objects.filter(source=source).update(text=words, suggested={})
