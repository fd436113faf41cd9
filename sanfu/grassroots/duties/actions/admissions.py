"""Writes of temporary duties (准入) and of the ratings between towns and departments."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from sanfu.grassroots.duties import rules
from sanfu.grassroots.duties.actions.bounds import need
from sanfu.grassroots.duties.models import (
    Admission,
    Rating,
)
from sanfu.grassroots.duties.states import (
    AdmissionState,
)
from sanfu.people.models import Organisation
from sanfu.records.actions import append, number
from sanfu.records.actor import Actor, Conflict, Refused
from sanfu.records.moments import day_of


@transaction.atomic
def apply_admission(
    *, department: Organisation, fields: Mapping[str, Any], by: Actor, at: datetime
) -> Admission:
    """申请职责准入: 权、人、钱 must be filled; a temporary duty needs its last day."""
    need(by, "duties.send")
    missing = [
        label
        for key, label in (("power", "权随事转"), ("staff", "人随事转"), ("money", "钱随事转"))
        if not str(fields.get(key, "")).strip()
    ]
    if missing:
        raise Refused(f"缺少{'、'.join(missing)}；没有权、人、钱随事转的安排，不受理准入申请。")
    if fields["temporary"] and not fields.get("ends_on"):
        raise Refused("临时任务必须写明截止日期，到期自动清退。")
    row = Admission.objects.create(
        region=by.region, number=number("准", by=by, at=at, digits=4, join="-"), department=department,
        units=[department.id, *fields["towns"]], applied_name=by.name, applied_at=at, **fields,
    )  # fmt: skip
    append(
        stream=row.id,
        kind="duties.admission_applied",
        by=by,
        at=at,
        data={"number": row.number, "name": row.name},
    )
    return row


@transaction.atomic
def decide_admission(
    row: Admission, *, opinions: Mapping[str, str], approve: bool, decision: str, by: Actor, at: datetime
) -> None:
    """准入决定: 编办、司法、镇（街道） must have spoken, and the approving document is named."""
    need(by, "duties.rule")
    silent = [who for who in ("编办", "司法", "镇（街道）") if not opinions.get(who, "").strip()]
    if silent:
        raise Refused(f"缺少{'、'.join(silent)}意见；三方意见齐全后才能决定。")
    if approve and not decision.strip():
        raise Refused("准入须写明县委、县政府的批准文件。")
    changed = Admission.objects.filter(id=row.id, state=AdmissionState.APPLIED).update(
        state=AdmissionState.APPROVED if approve else AdmissionState.REFUSED,
        opinions=dict(opinions),
        decision=decision.strip(),
        decided_at=at,
    )
    if not changed:
        raise Conflict("这件申请已经决定，请刷新后再看。")
    append(stream=row.id, kind="duties.admission_decided", by=by, at=at, data={"approved": approve})


@transaction.atomic
def expire_admissions(*, region: str, on: date, by: Actor, at: datetime) -> int:
    """到期清退: close every temporary duty whose last day has passed; returns how many."""
    rows = list(
        Admission.objects.select_for_update().filter(
            region=region, state=AdmissionState.APPROVED, temporary=True, ends_on__lt=on
        )
    )
    for row in rows:
        Admission.objects.filter(id=row.id).update(state=AdmissionState.EXPIRED)
        append(stream=row.id, kind="duties.admission_expired", by=by, at=at, data={"number": row.number})
    return len(rows)


def end_admissions(*, region: str, by: Actor, at: datetime) -> int:
    """到期清退 of each night; returns how many duties ended."""
    return expire_admissions(region=region, on=day_of(at), by=by, at=at)


@transaction.atomic
def rate(*, rated: Organisation, score: int, reason: str, by: Actor, at: datetime) -> Rating:
    """互评: one rating of each other side a quarter; a later one in the same quarter replaces it, both in the log."""
    rater = Organisation.objects.filter(id__in=[by.organisation]).first()
    if rater is None or rater.kind == rated.kind:
        raise Refused("镇（街道）评部门、部门评镇（街道）；请选择对方单位。")
    if score <= 2 and len(reason.strip()) < 4:
        raise Refused("评分较低时请写明事实。")
    values = {"score": score, "reason": reason.strip(), "by_name": by.name, "at": at}
    row, _ = Rating.objects.update_or_create(
        region=by.region, period=rules.quarter_of(day_of(at)), rater=rater, rated=rated, defaults=values
    )
    append(stream=row.id, kind="duties.rated", by=by, at=at, data={"score": score, "rated": rated.short})
    return row
