"""Writes of reports: issue a bulletin after its numbers were checked; subscribe to the weekly report and be told of it."""

import hashlib
import uuid
from datetime import date, datetime, timedelta

from django.db import transaction

from sanfu.kernel.claims.verdicts import Verdict
from sanfu.measure.bulletin import compose, examine
from sanfu.measure.models import Bulletin, Subscription
from sanfu.people.messages.actions import Telling, tell
from sanfu.people.messages.states import MessageKind
from sanfu.records.actions import append, number
from sanfu.records.actor import Actor, NotAllowed, Refused
from sanfu.records.moments import day_of

LONGEST = 20_000
WEEKLY = "weekly"
EVENT = uuid.UUID("5b0f5f5e-6f0a-4a55-9d0b-6a1f4e3b7c21")  # names the weeks of all counties


@transaction.atomic
def issue(month: date, text: str, *, looked: bool, by: Actor, at: datetime) -> Bulletin:
    """Issue the bulletin of a month. Its text may have been edited; every number of it is checked before.

    Raises:
        NotAllowed: the permission measure.issue is missing.
        Refused: no text, a number that contradicts the figures (the sentence is named), or numbers left open that
            nobody said to have looked at.
    """
    if not by.may("measure.issue"):
        raise NotAllowed("简报由有签发权限的人签发。")
    text = "\n".join(line.strip() for line in text.replace("\x00", "").splitlines() if line.strip())
    if not text or len(text) > LONGEST:
        raise Refused(f"简报正文不能为空，也不能超过{LONGEST}字。")
    draft = compose(by, month)
    checked = examine(text, draft.facts)
    if checked.wrong:
        said = "；".join(f"“{sentence}”：{why}" for sentence, why in checked.wrong[:5])
        raise Refused(f"有{len(checked.wrong)}处数字与指标不符，没有签发。{said}")
    if checked.open and not looked:
        said = "；".join(f"“{sentence}”：{why}" for sentence, why in checked.open[:5])
        raise Refused(f"有{len(checked.open)}处数字机器不能判定，请逐句核实后勾选“已人工核实”再签发。{said}")
    counts = {str(verdict): len(checked.report.of(verdict)) for verdict in Verdict}
    row = Bulletin.objects.create(
        region=by.region, month=month, number=number("JB", by=by, at=at, digits=3), title=draft.title, text=text,
        digest=hashlib.sha256(text.encode()).hexdigest(), frozen=draft.frozen, checked=counts, by=by.id,
        by_name=by.name, issued_at=at,
    )  # fmt: skip
    data = {"month": f"{month:%Y-%m}", "number": row.number, "digest": row.digest, "checked": counts}
    append(stream=row.id, kind="measure.bulletin", by=by, at=at, data=data)
    return row


@transaction.atomic
def subscribe(wanted: bool, *, by: Actor, at: datetime) -> None:
    """Want to be told of each weekly report, or no longer; twice is once."""
    if by.id is None:
        raise Refused("请先登录。")
    if wanted:
        Subscription.objects.get_or_create(
            user=by.id, report=WEEKLY, defaults={"region": by.region, "at": at}
        )
    else:
        Subscription.objects.filter(user=by.id, report=WEEKLY).delete()


def tell_weekly(*, region: str, by: Actor, at: datetime) -> int:
    """Tell everybody who subscribed that last week's report is there, once a week; return how many are new to it."""
    monday = day_of(at) - timedelta(days=day_of(at).weekday() + 7)
    people = list(Subscription.objects.filter(region=region, report=WEEKLY).values_list("user", flat=True))
    said = f"{monday.year}年{monday.month}月{monday.day}日起一周的周报可以看了。"
    path, event = f"/leader/weekly/?week={monday}", uuid.uuid5(EVENT, f"{region}:{monday}")
    return tell(people, Telling(MessageKind.NOTICE, said, path, event), region=region, at=at)
