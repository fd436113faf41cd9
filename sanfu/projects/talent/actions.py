"""Writes of talent: apply, accept, ask, supply, answer, withdraw; each is one event of the case."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from sanfu.cases.actions import Changes, Opening, open_case, step
from sanfu.cases.timing import Rule
from sanfu.kernel.rules.judging.verdict import Status
from sanfu.people.models import Organisation
from sanfu.projects.talent.models import TalentApplication
from sanfu.projects.talent.programmes import encoded, matched
from sanfu.projects.talent.room import TALENT
from sanfu.projects.talent.states import ANSWER, FLOW, HANDLING, OWN, Event
from sanfu.records.actions import number
from sanfu.records.actor import Actor, NotAllowed, Refused
from sanfu.records.moments import day_of

DAYS = Rule.of({"n": 20, "unit": "workday", "source": "人才申报办理期限（演示）", "basis": "演示期限"})
LEAD = "RSJ"  # 人社: the department of the demo county that keeps the programmes


@transaction.atomic
def apply(
    *, clause: str, person: str, facts: Mapping[str, str], by: Actor, at: datetime
) -> TalentApplication:
    """申报 one clause for one person under a code; what the rule says that day is kept with it.

    Raises: NotAllowed: not a firm's person. Refused: a fact that cannot be, an unknown clause, one not met.
    """
    if not by.may(*OWN) or by.organisation is None:
        raise NotAllowed("请用企业账号为本企业的人才申报。")
    if not person.strip():
        raise Refused("请给申报人一个代号（不要写姓名和证件号）。")
    row, wrong = encoded(facts)
    if wrong:
        raise Refused("；".join(f"{name}：{why}" for name, why in wrong.items()))
    found = next((one for one in matched(row, day_of(at)) if one.clause == clause), None)
    if found is None:
        raise Refused("没有这项计划，或今天已不在施行。")
    if found.status is Status.NOT_MET:
        failed = "、".join(line.label for line in found.explanation.lines if line.answer == "不符合")
        raise Refused(f"按所填的情况不符合：{failed}。情况有误请改后再报。")
    lead = Organisation.objects.filter(region=by.region, code=LEAD).first()
    if lead is None:
        raise Refused("本市还没有设人才工作单位，请与管理员联系。")
    name = found.explanation.clause.title
    opening = Opening(
        kind=TALENT.code, number=number(TALENT.number, by=by, at=at, digits=5), title=f"{name}：{person.strip()}"[:100],
        lead=lead.id, units=frozenset({lead.id}), firm=by.organisation, applicant=by.id,
    )  # fmt: skip
    case = open_case(opening, FLOW, by=by, at=at)
    return TalentApplication.objects.create(
        case=case, region=by.region, firm_name=by.organisation_name, person=person.strip()[:40], clause=clause,
        programme=f"{found.explanation.document.title} {found.explanation.document.version}"[:200],
        facts={k: v for k, v in facts.items() if v}, said={line.label: line.answer for line in found.explanation.lines},
        amount=found.explanation.amount[:40],
    )  # fmt: skip


def _officer(row: TalentApplication, by: Actor) -> None:
    if not by.may(*ANSWER) or row.case.lead_id not in by.units:
        raise NotAllowed("只有承办单位可以办理。")


def _own(row: TalentApplication, by: Actor) -> None:
    if not by.may(*OWN) or row.case.firm_id != by.organisation:
        raise NotAllowed("只有申报企业可以办理。")


def accept(row: TalentApplication, *, by: Actor, at: datetime, expected: int | None = None) -> None:
    """受理: the clock begins."""
    _officer(row, by)
    step(
        row.case_id,
        FLOW,
        Event.ACCEPT,
        by=by,
        at=at,
        expected=expected,
        changes=Changes(clocks={HANDLING: DAYS}),
    )


def ask(row: TalentApplication, *, why: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """要求补充, with what is missing; the clock stands still."""
    _officer(row, by)
    step(row.case_id, FLOW, Event.ASK, by=by, at=at, expected=expected, data={"why": why.strip()})


@transaction.atomic
def supply(row: TalentApplication, *, said: str, by: Actor, at: datetime) -> None:
    """补充 by the firm."""
    _own(row, by)
    if len(said.strip()) < 2:
        raise Refused("请写明补充了什么。")
    step(row.case_id, FLOW, Event.SUPPLY, by=by, at=at, data={"said": said.strip()})
    row.supplied = f"{row.supplied}\n{said.strip()}".strip()
    row.save(update_fields=["supplied"])


@transaction.atomic
def answer(
    row: TalentApplication, event: Event, *, said: str, by: Actor, at: datetime, expected: int | None = None
) -> None:
    """通过 or 不通过, with words; a person decides, what the rule left open is named in the answer."""
    _officer(row, by)
    data: dict[str, Any] = {"said": said.strip(), "open": [k for k, v in row.said.items() if v == "未知"]}
    step(row.case_id, FLOW, event, by=by, at=at, expected=expected, data=data)
    row.answer = said.strip()
    row.save(update_fields=["answer"])


def withdraw(row: TalentApplication, *, by: Actor, at: datetime) -> None:
    """撤回 by the firm."""
    _own(row, by)
    step(row.case_id, FLOW, Event.WITHDRAW, by=by, at=at)
