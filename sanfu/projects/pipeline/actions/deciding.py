"""Writes of 议定事项: each decision is a case with its clock, owed by a unit, struck off by who keeps the meeting."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from sanfu.cases.actions import Opening, open_case, step
from sanfu.cases.models import Case
from sanfu.cases.timing import Rule
from sanfu.people.models import Organisation
from sanfu.projects.pipeline.models import Decision, Pack
from sanfu.projects.pipeline.room import DECISION
from sanfu.projects.pipeline.states import ANSWER, DUE, FLOW, MEET, Event
from sanfu.records.actions import append, number
from sanfu.records.actor import Actor, NotAllowed, Refused
from sanfu.records.moments import day_of


@transaction.atomic
def decide(pack: Pack, *, text: str, owner: str, due: date, by: Actor, at: datetime) -> Decision:
    """记下议定事项 as a case of the unit that owes it, with its clock."""
    if not by.may(*MEET):
        raise NotAllowed(f"{by.name}不能记议定事项，请由重大办专员办理。")
    days = (due - day_of(at)).days
    if days < 0:
        raise Refused("办结期限不能在今天之前。")
    if days == 0:
        raise Refused("办结期限至少是明天；当场办结的写进会议纪要即可。")
    unit = _unit(owner, by)
    rule = Rule.of(
        {"n": days, "unit": "day", "source": f"{pack.month} 专题分析会", "basis": "会议议定的期限"}
    )
    opening = Opening(
        kind=DECISION.code, number=number(DECISION.number, by=by, at=at, digits=5), title=text[:100], lead=unit.id,
        units=frozenset({unit.id}), clocks={DUE: rule},
    )  # fmt: skip
    case = open_case(opening, FLOW, by=by, at=at)
    made = Decision.objects.create(case=case, pack=pack, text=text, owner=unit.short, due=due)
    data: dict[str, Any] = {"text": text, "owner": unit.short, "due": due.isoformat(), "number": case.number}
    append(stream=pack.id, kind="pipeline.decided", by=by, at=at, data=data)
    return made


def _unit(owner: str, by: Actor) -> Organisation:
    rows = Organisation.objects.filter(region=by.region).exclude(kind__in=("placeholder", "firm"))
    for name in ("short", "name", "code"):
        found = rows.filter(**{name: owner.strip()}).first()
        if found is not None:
            return found
    raise Refused(f"没有“{owner.strip()}”这个单位；请按机构简称填写，例如 市生态环境局。")


@transaction.atomic
def report(row: Decision, *, said: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """报结果 by the unit that owes it."""
    case = _case(row)
    if not by.may(*ANSWER) or case.lead_id not in by.units:
        raise NotAllowed("只有责任单位可以报结果。")
    step(case.pk, FLOW, Event.REPORT, by=by, at=at, expected=expected, data={"said": said.strip()})
    row.said = said.strip()
    row.save(update_fields=["said"])


def send_back(row: Decision, *, why: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """退回再办, with the reason; the day does not move."""
    _meets(by)
    step(_case(row).pk, FLOW, Event.RETURN, by=by, at=at, expected=expected, data={"why": why.strip()})


@transaction.atomic
def finish(row: Decision, *, said: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """销号."""
    _meets(by)
    step(_case(row).pk, FLOW, Event.FINISH, by=by, at=at, expected=expected, data={"said": said.strip()})
    row.done, row.said = day_of(at), said.strip() or row.said
    row.save(update_fields=["done", "said"])


def _case(row: Decision) -> Case:
    """The case of a decision; one of an earlier release has none and is closed in its pack."""
    if row.case is None:
        raise Refused("这项议定事项是早先登记的，没有时钟，不能在这里办理。")
    return row.case


def _meets(by: Actor) -> None:
    if not by.may(*MEET):
        raise NotAllowed("由重大办专员销号或退回。")
