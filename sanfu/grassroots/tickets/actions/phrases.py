"""The phrases (常用语) of a unit: kept and dropped by its own people."""

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from sanfu.grassroots.tickets.models import Phrase
from sanfu.grassroots.tickets.replies import MOST_PHRASES, phrases
from sanfu.records.actions import append
from sanfu.records.actor import Actor, NotAllowed, Refused


@transaction.atomic
def keep_phrase(*, text: str, by: Actor, at: datetime) -> Phrase:
    """Keep a phrase for everybody of the own unit."""
    said = " ".join(text.split())
    if not by.organisation:
        raise NotAllowed("您的账号没有所属单位，不能设置常用语。")
    if not 4 <= len(said) <= 500:
        raise Refused("常用语写4到500个字。")
    if phrases(by).count() >= MOST_PHRASES:
        raise Refused(f"一个单位最多{MOST_PHRASES}条常用语；请先删去不用的。")
    try:
        with transaction.atomic():
            kept = Phrase.objects.create(
                region=by.region, unit_id=by.organisation, text=said, by_name=by.name, at=at
            )
    except IntegrityError as twice:
        raise Refused("这条常用语已经有了。") from twice
    append(stream=kept.pk, kind="tickets.phrase_kept", by=by, at=at, data={"text": said})
    return kept


@transaction.atomic
def drop_phrase(id: uuid.UUID, *, by: Actor, at: datetime) -> None:
    """Take a phrase of the own unit out of use."""
    found = phrases(by).filter(pk=id).first()
    if found is None:
        raise Refused("没有这条常用语，或已经删去。")
    Phrase.objects.filter(pk=id).update(retired_at=at)
    append(stream=id, kind="tickets.phrase_dropped", by=by, at=at)
