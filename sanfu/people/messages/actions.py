"""Writes of messages: tell people once, read, choose, and hand notices to the channels outside."""

import logging
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from sanfu.people.messages.models import Delivery, Message, MessageAddress, MessageChoice
from sanfu.people.messages.states import DeliveryState, MessageKind
from sanfu.records.actor import Actor, Refused
from sanfu.records.models import Job
from sanfu.records.moments import begin_of, day_of
from sanfu.records.states import JobState

log = logging.getLogger(__name__)
TRIES = 6  # after 1, 2, 4, 8, 16 minutes; then it is given up and the message in the platform is what remains
Send = Callable[[Delivery], None]


class NotSent(Exception):
    """A channel could not take a notice now; the message says why."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told: kind, words of at most 300 characters, path of the thing, the event it tells of."""

    kind: MessageKind
    words: str
    path: str
    event: uuid.UUID | None = None


@transaction.atomic
def tell(people: Collection[uuid.UUID], telling: Telling, *, region: str, at: datetime) -> int:
    """Give each of some people the message, once for an event; return to how many it is new."""
    off = set(
        MessageChoice.objects.filter(user__in=people, kind=telling.kind, shown=False).values_list(
            "user_id", flat=True
        )
    )
    wanted = [one for one in dict.fromkeys(people) if one not in off]
    had = set()
    if telling.event is not None:
        known = Message.objects.filter(region=region, event=telling.event, kind=telling.kind, user__in=wanted)
        had = set(known.values_list("user_id", flat=True))
    fresh = [one for one in wanted if one not in had]
    Message.objects.bulk_create(
        [
            Message(
                region=region, user_id=one, kind=telling.kind, words=telling.words[:300], path=telling.path[:300],
                event=telling.event, at=at,
            )
            for one in fresh
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    _outside(fresh, telling, region, at)
    return len(fresh)


def _outside(people: Iterable[uuid.UUID], telling: Telling, region: str, at: datetime) -> None:
    """Notices for those who want this kind outside at once. They say that there is something, never what."""
    want = MessageChoice.objects.filter(user__in=list(people), kind=telling.kind, outside=True)
    rows = MessageAddress.objects.filter(user__in=want.values("user"), daily=False)
    for row in rows:
        key = f"{telling.event or uuid.uuid4()}:{row.user_id}"
        _queue(row, key, f"您有一条新消息（{telling.kind.label}），请登录查看。", region, at)


def _queue(row: MessageAddress, key: str, text: str, region: str, at: datetime) -> int:
    made = 0
    for channel, address in (("mail", row.mail), ("hook", row.phone)):
        if address and channel in settings.SANFU_CHANNELS:
            _, new = Delivery.objects.get_or_create(
                region=region, channel=channel, key=key[:80],
                defaults={"user_id": row.user_id, "address": address, "text": text, "next_at": at},
            )  # fmt: skip
            made += new
    return made


def daily_digest(*, region: str, by: Actor, at: datetime) -> int:
    """Each morning one notice with how many unread messages of which kind; return how many notices were queued."""
    queued = 0
    for row in MessageAddress.objects.filter(region=region, daily=True).exclude(mail="", phone=""):
        unread = Message.objects.filter(user=row.user_id, read_at=None)
        counts = dict(unread.values_list("kind").annotate(n=Count("pk")).order_by("kind"))
        if not counts:
            continue
        said = "、".join(f"{MessageKind(kind).label} {n} 条" for kind, n in counts.items())
        key = f"daily:{day_of(at)}:{row.user_id}"
        queued += _queue(row, key, f"您有未读消息：{said}，请登录查看。", region, at)
    return queued


def hand_over(channels: Mapping[str, Send], *, region: str, at: datetime, limit: int = 100) -> int:
    """Give waiting notices to their channels, each in its own transaction; return how many were taken.

    A channel that fails is tried again later, each time after twice as long. A county's own channel may fail in any way:
    whatever it raises counts as not sent, or the one notice would stand before all others for ever.
    """
    due = Delivery.objects.filter(region=region, state=DeliveryState.WAITING, next_at__lte=at)
    return sum(
        _hand(pk, channels, at) for pk in list(due.order_by("next_at").values_list("pk", flat=True)[:limit])
    )


@transaction.atomic
def _hand(pk: uuid.UUID, channels: Mapping[str, Send], at: datetime) -> int:
    waiting = Delivery.objects.select_for_update(skip_locked=True).filter(pk=pk, state=DeliveryState.WAITING)
    row = waiting.first()
    if row is None:
        return 0
    row.tries += 1
    try:
        channels[row.channel](row)
    except Exception as problem:
        if not isinstance(problem, NotSent):
            log.warning("a channel failed with %s", type(problem).__name__)
        row.error = str(problem).replace("\x00", "")[:300]
        row.next_at = at + timedelta(minutes=2 ** (row.tries - 1))
        row.state = DeliveryState.GIVEN_UP if row.tries >= TRIES else DeliveryState.WAITING
        row.save()
        return 0
    row.state, row.sent_at, row.error = DeliveryState.SENT, at, ""
    row.save()
    return 1


def tell_failed_jobs(*, region: str, by: Actor, at: datetime) -> int:
    """Tell whoever began a background job that it failed, once; return how many were told."""
    told = 0
    for job in Job.objects.filter(region=region, state=JobState.FAILED, ended_at__gt=at - timedelta(days=1)):
        if job.by:
            telling = Telling(MessageKind.FAILED, f"{job.title}没有办成：{job.message}", "/messages/", job.pk)
            told += tell([job.by], telling, region=region, at=at)
    return told


def read(ids: Collection[uuid.UUID] | None, *, by: Actor, at: datetime) -> int:
    """Mark one's own messages read, all of them for None; return how many were unread."""
    rows = Message.objects.filter(user=by.id, read_at=None)
    return rows.filter(pk__in=ids).update(read_at=at) if ids is not None else rows.update(read_at=at)


@transaction.atomic
def choose(
    shown: Collection[str], outside: Collection[str], *, mail: str, phone: str, daily: bool, by: Actor
) -> None:
    """Keep what a person wants to hear, and where."""
    if by.id is None:
        raise Refused("请先登录。")
    if outside and not (mail or phone):
        raise Refused("要在平台外收到通知，请填写邮箱或手机号。")
    for kind in MessageKind:
        values = {"shown": kind in shown, "outside": kind in outside}
        MessageChoice.objects.update_or_create(region=by.region, user_id=by.id, kind=kind, defaults=values)
    where = {"region": by.region, "mail": mail, "phone": phone, "daily": daily}
    MessageAddress.objects.update_or_create(user_id=by.id, defaults=where)


def forget(*, region: str, by: Actor, at: datetime) -> int:
    """Delete read messages older than half a year: the record of the thing is where it always was."""
    old = begin_of(day_of(at) - timedelta(days=183))
    return Message.objects.filter(region=region, read_at__lt=old).delete()[0]
