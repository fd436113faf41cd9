"""Writes of leads: report, progress, stages, transfer, award, release on silence, offers; each is one event of the case."""

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from sanfu.cases.actions import Changes, Opening, open_case, step
from sanfu.kernel.leads import keys
from sanfu.people.models import Organisation
from sanfu.projects.leads.content import rules, silence
from sanfu.projects.leads.models import Lead, LeadHold, LeadOffer
from sanfu.projects.leads.queries import alike, offers_apart, profile
from sanfu.projects.leads.room import LEAD
from sanfu.projects.leads.states import DO, FLOW, RULE, SILENCE, STANDING, Event, State
from sanfu.records.actions import append, number
from sanfu.records.actor import Actor, NotAllowed, Refused
from sanfu.records.moments import day_of


@transaction.atomic
def report(
    *, investor: str, code: str, shareholders: list[str], product: str, amount: Decimal, contact: str, phone: str,
    proof: str, proof_said: str, facts: Mapping[str, str], by: Actor, at: datetime,
) -> Lead:  # fmt: skip
    """报送: the first report holds name and code; a later one is kept as 后报. The unique index decides, not the clock.

    Raises:
        NotAllowed: the actor may not report. Refused: a minimum field or the proof of contact is missing.
    """
    if not by.may(*DO) or by.organisation is None:
        raise NotAllowed("您的岗位不能报送招商线索，请由招商专员办理。")
    _whole(investor, product, amount, contact, proof, proof_said)
    opening = Opening(
        kind=LEAD.code, number=number(LEAD.number, by=by, at=at, digits=5), title=f"{investor}：{product}"[:100],
        lead=by.organisation, units=frozenset({by.organisation}), clocks={SILENCE: silence()},
    )  # fmt: skip
    case = open_case(opening, FLOW, by=by, at=at)
    unit = Organisation.objects.get(pk=by.organisation)
    row = Lead.objects.create(
        case=case, region=by.region, investor=investor.strip(), code=code.strip(), shareholders=shareholders,
        product=product.strip(), amount=amount, contact=contact.strip(), phone_hash=_hash(phone, by.region), proof=proof,
        proof_said=proof_said.strip(), facts=dict(facts), stages=[[State.HELD.label, day_of(at).isoformat()]],
        credit={unit.short: 100}, silent_on=_silent(at),
    )  # fmt: skip
    first = _take(row)
    if first is not None:
        _behind(row, first, by, at)
    return row


def _whole(investor: str, product: str, amount: Decimal, contact: str, proof: str, said: str) -> None:
    lacking = [
        word
        for word, there in (
            ("投资方", len(investor.strip()) >= 2), ("产品", len(product.strip()) >= 2), ("投资额", amount > 0),
            ("联系人", bool(contact.strip())), ("接触证据", proof in rules()["首报证据"]), ("证据说明", len(said.strip()) >= 4),
        )
        if not there
    ]  # fmt: skip
    if lacking:
        raise Refused(f"首报保护要写全这些：{'、'.join(lacking)}。")


def _hash(phone: str, region: str) -> str:
    digits = "".join(c for c in phone if c.isdigit())
    return hashlib.sha256(f"{region}:{digits}".encode()).hexdigest() if digits else ""


def _silent(at: datetime) -> Any:
    return day_of(at) + timedelta(days=int(rules()["静默天数"]))


def _take(row: Lead) -> Lead | None:
    """Hold all keys of a lead, or none: the lead that holds one already. Waits for a report that is being written."""
    wanted = keys(profile(row))
    LeadHold.objects.bulk_create(
        [LeadHold(region=row.region, key=key, lead=row) for key in wanted], ignore_conflicts=True
    )
    held = LeadHold.objects.filter(region=row.region, key__in=wanted).exclude(lead=row)
    other = held.select_related("lead__case__lead").order_by("lead__case__opened_at").first()
    if other is None:
        return None
    row.holds.all().delete()
    return other.lead


def _behind(row: Lead, first: Lead, by: Actor, at: datetime) -> None:
    data = {
        "why": f"{first.case.lead.short if first.case.lead else ''} 已于 {day_of(first.case.opened_at)} 首报"
    }
    step(row.case_id, FLOW, Event.YIELD, by=by, at=at, data=data)
    row.stages, row.silent_on = [], None
    row.save(update_fields=["stages", "silent_on"])


def _own(row: Lead, by: Actor) -> None:
    if not by.may(*DO) or row.case.lead_id not in by.units:
        raise NotAllowed("只有承接板块可以办理这条线索。")


@transaction.atomic
def progress(
    row: Lead, *, said: str, proof: str, by: Actor, at: datetime, expected: int | None = None
) -> None:
    """报进展: with its proof the silence begins anew."""
    _own(row, by)
    _move(row, Event.PROGRESS, {"said": said, "proof": proof}, by, at, expected)


@transaction.atomic
def forward(
    row: Lead, event: Event, *, said: str, by: Actor, at: datetime, expected: int | None = None
) -> None:
    """进入在谈, 提交评审, 签约: the next stage; the day it began is kept for dwell times."""
    _own(row, by)
    stage = {Event.TALK: State.TALKS, Event.REVIEW: State.REVIEW, Event.SIGN: State.SIGNED}[event]
    if event is Event.SIGN and (apart := _open_alarm(row)):
        raise Refused(f"各板块给同一家的条件不一致，先统一再签：{'；'.join(apart)}。")
    _move(row, event, {"said": said}, by, at, expected)
    row.stages = [*row.stages, [stage.label, day_of(at).isoformat()]]
    row.save(update_fields=["stages"])
    if event is Event.SIGN:
        data = {"investor": row.investor, "product": row.product, "amount": str(row.amount), "code": row.code,
                "unit": str(row.case.lead_id), "number": row.case.number}  # fmt: skip
        append(stream=row.case_id, kind="leads.signed", by=by, at=at, data=data)


def _move(
    row: Lead, event: Event, data: dict[str, Any], by: Actor, at: datetime, expected: int | None
) -> None:
    changes = Changes(clocks={} if event is Event.SIGN else {SILENCE: silence()})
    step(row.case_id, FLOW, event, by=by, at=at, expected=expected, data=data, changes=changes)
    row.silent_on = None if event is Event.SIGN else _silent(at)
    row.save(update_fields=["silent_on"])


def _open_alarm(row: Lead) -> list[str]:
    last = row.offers.order_by("-at").first()
    return offers_apart(row, last.terms) if last else []


@transaction.atomic
def offer(row: Lead, *, terms: Mapping[str, str], by: Actor, at: datetime) -> LeadOffer:
    """登记拟给条件: kept, and compared at once with what other zones mean to offer the same firm."""
    _own(row, by)
    kept = {k: v.strip() for k, v in terms.items() if v.strip()}
    if not kept:
        raise Refused("请至少写一项条件。")
    if row.case.state not in STANDING and row.case.state != State.BEHIND:
        raise Refused("这条线索已经结束，不能再登记条件。")
    apart = offers_apart(row, kept)
    made = LeadOffer.objects.create(
        region=row.region, lead=row, terms=kept, alarm=apart, by_name=by.name, at=at
    )
    append(stream=row.case_id, kind="leads.offered", by=by, at=at, data={"terms": kept, "alarm": apart})
    return made


@transaction.atomic
def transfer(
    row: Lead, *, to: uuid.UUID, why: str, by: Actor, at: datetime, expected: int | None = None
) -> None:
    """转让 to another zone: the credit is shared as the content says, so that passing on pays."""
    _own(row, by)
    goal = Organisation.objects.filter(region=by.region, pk=to, kind__in=("town", "zone")).first()
    if goal is None or goal.id == row.case.lead_id:
        raise Refused("请选择另一个板块。")
    share = rules()["转让分享"]
    credit = {unit: Decimal(str(part)) * int(share["原板块"]) / 100 for unit, part in row.credit.items()}
    credit[goal.short] = credit.get(goal.short, Decimal(0)) + int(share["承接板块"])
    changes = Changes(lead=goal.id, add_units=frozenset({goal.id}), clocks={SILENCE: silence()})
    data = {"why": why, "to_unit": goal.short}
    step(row.case_id, FLOW, Event.TRANSFER, by=by, at=at, expected=expected, data=data, changes=changes)
    row.credit = {unit: float(part) for unit, part in credit.items()}
    row.silent_on = _silent(at)
    row.save(update_fields=["credit", "silent_on"])


@transaction.atomic
def award(row: Lead, *, why: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """裁定归属: the city gives the first report to this zone, with a written reason; who held it steps behind."""
    if not by.may(*RULE):
        raise NotAllowed("归属由市级统筹裁定。")
    if len(why.strip()) < 4:
        raise Refused("请写明裁定的理由。")
    wanted = keys(profile(row))
    holders = {
        hold.lead_id
        for hold in LeadHold.objects.select_for_update().filter(region=row.region, key__in=wanted)
    }
    for other in Lead.objects.filter(pk__in=holders).select_related("case"):
        other.holds.all().delete()
        if other.case.state in STANDING:
            step(other.case_id, FLOW, Event.YIELD, by=by, at=at, data={"why": why.strip()})
    step(row.case_id, FLOW, Event.AWARD, by=by, at=at, expected=expected, data={"why": why.strip()},
         changes=Changes(clocks={SILENCE: silence()}))  # fmt: skip
    _risen(row, at)


def _risen(row: Lead, at: datetime) -> None:
    _take(row)
    row.stages, row.silent_on = [[State.HELD.label, day_of(at).isoformat()]], _silent(at)
    row.save(update_fields=["stages", "silent_on"])


@transaction.atomic
def lose(row: Lead, *, why: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """终止, with the reason; the earliest later report steps up."""
    _own(row, by)
    step(row.case_id, FLOW, Event.LOSE, by=by, at=at, expected=expected, data={"why": why.strip()})
    _free(row, by, at)


def _free(row: Lead, by: Actor, at: datetime) -> None:
    """The keys of a lead become free; the earliest 后报 that they kept back takes them."""
    free = list(row.holds.values_list("key", flat=True))
    row.holds.all().delete()
    if not free:
        return
    waiting = [
        one for one, _ in alike(row) if one.case.state == State.BEHIND and set(keys(profile(one))) & set(free)
    ]
    for one in sorted(waiting, key=lambda lead: (lead.case.opened_at, lead.case.number)):
        if LeadHold.objects.filter(region=one.region, key__in=keys(profile(one))).exists():
            continue
        step(one.case_id, FLOW, Event.RISE, by=by, at=at, changes=Changes(clocks={SILENCE: silence()}),
             data={"why": f"{row.case.number} 不再受保护"})  # fmt: skip
        _risen(one, at)


def release_silent(*, region: str, by: Actor, at: datetime) -> int:
    """静默释放: leads without news until their day; for the sweep."""
    due = Lead.objects.filter(
        region=region, silent_on__lt=day_of(at), case__state__in=[State.HELD, State.TALKS]
    )
    done = 0
    for row in due.select_related("case__lead"):
        with transaction.atomic():
            data = {"why": f"到 {row.silent_on} 没有新进展"}
            step(row.case_id, FLOW, Event.RELEASE, by=by, at=at, data=data)
            _free(row, by, at)
        done += 1
    return done
