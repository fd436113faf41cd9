"""Writes of 每月一题: set a topic, say its measure, end it with what came of it."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from sanfu.measure.models import Topic
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused


def _may(by: Actor) -> None:
    if not by.may("measure.topic"):
        raise NotAllowed("立题和定措施由督查人员办理。")


@transaction.atomic
def set_topic(
    *, topic: str, area: uuid.UUID | None, lead: uuid.UUID | None, why: str, foreseen: dict[str, Any], by: Actor, at: datetime
) -> Topic:  # fmt: skip
    """立题: what was foreseen for the coming week is kept with it, to be held against what happens."""
    _may(by)
    if not topic or len(why.strip()) < 4:
        raise Refused("请写明为什么立这个题（不少于4个字）。")
    try:
        with transaction.atomic():
            row = Topic.objects.create(
                region=by.region, topic=topic, area=area, lead_id=lead, why=why.strip(), foreseen=foreseen, opened_at=at, opened_name=by.name,
            )  # fmt: skip
    except IntegrityError as problem:
        raise Conflict("这个题已经立过，还没有结束；请在原来的题上接着办。") from problem
    append(
        stream=row.id,
        kind="measure.topic_set",
        by=by,
        at=at,
        data={"topic": topic, "why": why.strip(), "foreseen": foreseen},
    )
    return row


@transaction.atomic
def plan(
    row: Topic, *, plan: str, target: str, begins: date, others: Sequence[str], by: Actor, at: datetime
) -> None:
    """定措施: what is done from which week, what it should reach, and which topics it is compared with."""
    _may(by)
    if row.ended_at is not None:
        raise Conflict("这个题已经结束。")
    if len(plan.strip()) < 4 or not target.strip():
        raise Refused("请写明措施和目标。")
    if begins.weekday():
        raise Refused("措施从星期一算起；请选一个星期一。")
    others = [one for one in others if one != row.topic]
    if not others:
        raise Refused("请至少选一个没有采取措施的类别作对照；没有对照，升降都说明不了问题。")
    Topic.objects.filter(pk=row.pk).update(
        plan=plan.strip(), target=target.strip(), begins=begins, others=others
    )
    data = {"plan": plan.strip(), "target": target.strip(), "begins": begins.isoformat(), "others": others}
    append(stream=row.id, kind="measure.topic_planned", by=by, at=at, data=data)


@transaction.atomic
def end_topic(row: Topic, *, result: str, said: str, by: Actor, at: datetime) -> None:
    """结题: in the person's words, with what the comparison said beside them."""
    _may(by)
    if len(result.strip()) < 4:
        raise Refused("请写明结题意见（不少于4个字）；“看不出效果”也是结论。")
    if not Topic.objects.filter(pk=row.pk, ended_at=None).update(
        ended_at=at, result=f"{result.strip()}（比较：{said}）"
    ):
        raise Conflict("这个题已经结束。")
    append(
        stream=row.id, kind="measure.topic_ended", by=by, at=at, data={"result": result.strip(), "said": said}
    )
