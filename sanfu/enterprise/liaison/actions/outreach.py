"""无求自应: an alert or a near miss becomes a task for the firm's officer, with the brief; findings flow back."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from sanfu.cases.actions import Changes, Opening, open_case, step
from sanfu.enterprise.liaison import queries
from sanfu.enterprise.liaison.models import Outreach, Pair
from sanfu.enterprise.liaison.room import OUTREACH
from sanfu.enterprise.liaison.states import CONTACTING, OUTREACH_FLOW, Finding, OutreachEvent, OutreachKind
from sanfu.enterprise.registry.models import Enterprise
from sanfu.people.models import User
from sanfu.records.actions import append, number
from sanfu.records.actor import Actor, NotAllowed, Refused, machine
from sanfu.records.models import Event
from sanfu.records.moments import day_of, year_of

E, K = OutreachEvent, OutreachKind


def alerted(event: Event) -> None:
    """企业预警 of monitoring: one task an alert."""
    said = event.data
    why = [f"{said['month']} 预警，需要核实的可能 {said['chance']:.0%}", *said.get("why", ())]
    _open(
        event, K.ALERT, f"alert:{said['case']}", {"why": why, "alert": said["case"], "number": said["number"]}
    )


def entering(event: Event) -> None:
    """将入规: one task a firm and year, from the county's least chance on."""
    said = event.data
    if said["chance"] < queries.rules()["opportunities"]["entering_least"]:
        return
    why = [
        f"今年到 {said['month']} 已开票 {said['so_far']:,.0f} 万元，按此速度全年约 {said['rate']:,.0f} 万元",
        f"年内达到规上标准的可能 {said['chance']:.0%}",
    ]
    _open(event, K.ENTERING, f"entering:{said['enterprise']}:{year_of(event.at)}", {"why": why})


def near_missed(event: Event) -> None:
    """将跨档、将满足资质: one task a firm and clause."""
    said = event.data
    why = [f"{said['policy']}“{said['title']}”只差一项：{said['condition']}"]
    if said.get("step"):
        why.append(f"最小变化：{said['step']}")
    _open(
        event, K.NEAR, f"near:{said['enterprise']}:{said['clause']}", {"why": why, "clause": said["clause"]}
    )


@transaction.atomic
def _open(event: Event, kind: OutreachKind, origin: str, brief: Mapping[str, Any]) -> None:
    """The task, once for each origin; without an officer it goes to the office that plans liaison."""
    firm = (
        Enterprise.objects.select_for_update(of=("self",))
        .filter(region=event.region, pk=event.data["enterprise"])
        .first()
    )
    if firm is None or firm.closed_on or Outreach.objects.filter(region=event.region, origin=origin).exists():
        return
    by = machine(event.region, "无求自应")
    officer = queries.officer_of(firm)
    lead = officer.organisation_id if officer else queries.planning_unit(event.region)
    case = open_case(
        Opening(
            kind=OUTREACH.code, number=number(OUTREACH.number, by=by, at=event.at), title=f"{firm.name}：{kind.label}",
            lead=lead, units=frozenset({lead} if lead else ()), clocks={CONTACTING: queries.contact_clock()},
        ),
        OUTREACH_FLOW, by=by, at=event.at,
    )  # fmt: skip
    Outreach.objects.create(
        region=event.region,
        case=case,
        enterprise=firm,
        officer=officer,
        kind=kind,
        origin=origin,
        brief=dict(brief),
    )


def _may(row: Outreach, by: Actor) -> None:
    """The firm's officer, or who plans liaison, acts; nobody else of the unit."""
    if row.officer_id != by.id and not by.may("liaison.plan"):
        raise NotAllowed("只有这家企业的挂钩干部或挂钩统筹员可以办理。")


@transaction.atomic
def contacted(
    row: Outreach, *, finding: str, said: str, by: Actor, at: datetime, expected: int | None = None
) -> None:
    """已联系: what the officer found; of an alert the finding flows back to monitoring."""
    _may(row, by)
    found = Finding.of(finding)
    words = said.strip()
    if found is None or len(words) < 4:
        raise Refused("请选核实结果，并写明和谁联系、了解到什么（不少于4个字）。")
    step(
        row.case_id,
        OUTREACH_FLOW,
        E.CONTACT,
        by=by,
        at=at,
        expected=expected,
        data={"said": f"{found.label}：{words}"},
    )
    Outreach.objects.filter(pk=row.pk).update(finding=found, said=words[:1000])
    data = {
        "enterprise": str(row.enterprise_id),
        "kind": str(row.kind),
        "finding": str(found),
        "said": words[:1000],
        **row.brief,
    }
    append(stream=row.id, kind="liaison.found", by=by, at=at, data=data)


@transaction.atomic
def passed(row: Outreach, *, reason: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """无须联系, with the reason: somebody else has the matter in hand, or the firm asked to be left alone."""
    _may(row, by)
    words = reason.strip()
    if len(words) < 4:
        raise Refused("请写明为什么不用联系（不少于4个字）。")
    step(row.case_id, OUTREACH_FLOW, E.PASS, by=by, at=at, expected=expected, data={"reason": words})


@transaction.atomic
def take_over(row: Outreach, *, by: Actor, at: datetime, expected: int | None = None) -> None:
    """接手: the officer of today, where a task did not come along with a hand-over."""
    if not by.may("liaison.see"):
        raise NotAllowed("只有挂钩干部可以接手。")
    officer = queries.officer_of(row.enterprise)
    if officer is None or (officer.pk != by.id and not by.may("liaison.plan")):
        raise Refused("您现在不是这家企业的挂钩干部；请先由统筹员办理交接。")
    if row.officer_id == officer.pk:
        raise Refused("这项任务已在现任挂钩干部名下。")
    _give(row, officer, officer.name, by, at, expected)


@transaction.atomic
def hand_on(firms: Iterable[uuid.UUID], note: str, *, by: Actor, at: datetime) -> int:
    """Open tasks of firms go along with the hand-over of the firm to whoever serves it now; how many went.

    The unit of whoever had a task keeps its part in it; the unit of the new officer gets one and leads.
    """
    waiting = Outreach.objects.filter(region=by.region, enterprise__in=list(firms), case__closed_at=None)
    count = 0
    for row in waiting.select_related("enterprise").order_by("case__number"):
        officer = queries.officer_of(row.enterprise)
        if officer is not None and officer.pk != row.officer_id:
            _give(row, officer, f"随挂钩交接给{officer.name}：{note}".rstrip("："), by, at, None)
            count += 1
    return count


def _give(row: Outreach, officer: User, note: str, by: Actor, at: datetime, expected: int | None) -> None:
    unit = officer.organisation_id
    changes = Changes(lead=unit, add_units=frozenset({unit})) if unit else Changes()
    step(
        row.case_id,
        OUTREACH_FLOW,
        E.TAKE,
        by=by,
        at=at,
        expected=expected,
        data={"note": note},
        changes=changes,
    )
    Outreach.objects.filter(pk=row.pk).update(officer=officer)


def deregistered(event: Event) -> None:
    """A firm that is gone: its open tasks end with the reason and nobody is paired with it; nothing is deleted."""
    by = machine(event.region, "企业注销")
    held = Pair.objects.filter(region=event.region, enterprise=event.data["enterprise"], ends=None)
    held.update(ends=Greatest(F("starts"), day_of(event.at)), note=event.data["says"])
    for row in Outreach.objects.filter(
        region=event.region, enterprise=event.data["enterprise"], case__closed_at=None
    ):
        step(row.case_id, OUTREACH_FLOW, E.LAPSE, by=by, at=event.at, data={"reason": event.data["says"]})
