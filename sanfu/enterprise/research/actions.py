"""Writes of research: needs, offers, files of offers, contacts with contract and milestones."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from sanfu.cases.actions import Opening, open_case, step
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.research import queries
from sanfu.enterprise.research.content import contact_clock
from sanfu.enterprise.research.models import Contact, Milestone, Need, Offer, OfferUpload
from sanfu.enterprise.research.room import RESEARCH
from sanfu.enterprise.research.states import CONTACT, CONTACT_FLOW, ContactEvent, NeedState, UploadState
from sanfu.enterprise.research.upload import check_offers
from sanfu.kernel.research.matching import Bound, Offers, constraints, match_row
from sanfu.records import files
from sanfu.records.actions import append, number
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused, machine
from sanfu.records.models import Event, StoredFile
from sanfu.records.moments import day_of

E = ContactEvent
MOST_MILESTONES = 20


def _broker(by: Actor) -> None:
    if not by.may("research.work"):
        raise NotAllowed(f"{by.name}没有办理产学研对接的权限。")


def _said(text: str, what: str) -> str:
    text = text.strip()
    if len(text) < 4:
        raise Refused(f"请写明{what}（不少于4个字）。")
    return text


@transaction.atomic
def publish(enterprise: Enterprise, columns: Mapping[str, Any], *, by: Actor, at: datetime) -> Need:
    """发布需求: the firm's own person, or a broker for it. columns: as in `Need`, without number and state."""
    own = by.may("research.own") and enterprise.organisation_id == by.organisation
    if not (own or by.may("research.work")):
        raise NotAllowed("只能发布本企业的技术需求。")
    title = _said(str(columns.get("title", "")), "需求名称")
    if columns.get("needed_by") and columns["needed_by"] < day_of(at):
        raise Refused("最晚需要的日期已经过去。")
    made = Need.objects.create(
        **{**columns, "title": title}, region=by.region, enterprise=enterprise,
        number=number("XQ", by=by, at=at), by_name=by.name, made_at=at,
    )  # fmt: skip
    append(
        stream=made.id,
        kind="research.need",
        by=by,
        at=at,
        data={"number": made.number, "firm": enterprise.credit_code},
    )
    return made


@transaction.atomic
def close_need(row: Need, *, by: Actor, at: datetime) -> None:
    """撤下需求: contacts under way go on."""
    own = by.may("research.own") and row.enterprise.organisation_id == by.organisation
    if not (own or by.may("research.work")):
        raise NotAllowed("只能撤下本企业的技术需求。")
    if not Need.objects.filter(pk=row.pk, state=NeedState.OPEN).update(state=NeedState.CLOSED):
        raise Conflict("这条需求已撤下，请刷新。")
    append(stream=row.id, kind="research.need_closed", by=by, at=at)


@transaction.atomic
def offer(columns: Mapping[str, Any], *, by: Actor, at: datetime, upload: OfferUpload | None = None) -> Offer:
    """登记供给: one team, platform or machine; the same title of one holder stands once."""
    _broker(by)
    try:
        with transaction.atomic():
            made = Offer.objects.create(
                **columns, region=by.region, number=number("GJ", by=by, at=at), upload=upload, made_at=at
            )
    except IntegrityError as twice:
        raise Refused(f"{columns['holder']}的“{columns['title']}”已经登记，先撤下旧的再登记。") from twice
    append(
        stream=made.id,
        kind="research.offer",
        by=by,
        at=at,
        data={"number": made.number, "holder": made.holder},
    )
    return made


@transaction.atomic
def retire(row: Offer, *, by: Actor, at: datetime) -> None:
    """撤下供给: no longer proposed; contacts under way go on."""
    _broker(by)
    if not Offer.objects.filter(pk=row.pk, active=True).update(active=False):
        raise Conflict("这条供给已撤下，请刷新。")
    append(stream=row.id, kind="research.offer_retired", by=by, at=at)


@transaction.atomic
def check_upload(stored: StoredFile, *, by: Actor, at: datetime) -> OfferUpload:
    """Read a file of offers without taking anything in; the result waits for a person."""
    _broker(by)
    there = set(Offer.objects.filter(region=by.region, active=True).values_list("holder", "title"))
    checked = check_offers(stored.name, files.read(stored), there)
    made = OfferUpload.objects.create(
        region=by.region, file=stored, total=checked.total, errors=[one.as_dict() for one in checked.errors],
        good=checked.good, at=at,
    )  # fmt: skip
    data = {"file": stored.sha256, "total": made.total, "good": len(made.good), "errors": len(made.errors)}
    append(stream=made.id, kind="research.upload_checked", by=by, at=at, data=data)
    return made


@transaction.atomic
def decide_upload(made: OfferUpload, *, keep: bool, by: Actor, at: datetime) -> int:
    """Keep the good rows, all in one transaction, or drop the file. Returns offers kept."""
    _broker(by)
    after = UploadState.KEPT if keep else UploadState.DROPPED
    if not OfferUpload.objects.filter(pk=made.pk, state=UploadState.CHECKED).update(state=after):
        raise Conflict("这个文件已经处理过，请刷新后再看。")
    for row in made.good if keep else ():
        offer(_columns(row), by=by, at=at, upload=made)
    kept = len(made.good) if keep else 0
    OfferUpload.objects.filter(pk=made.pk).update(kept=kept)
    append(stream=made.id, kind=f"research.upload_{after}", by=by, at=at, data={"offers": kept})
    return kept


def _columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of an upload, from JSON back to column values."""
    least, ready = row["least"], row["ready"]
    return {
        **row,
        "least": None if least is None else Decimal(least),
        "ready": None if ready is None else date.fromisoformat(ready),
    }


@transaction.atomic
def connect(need: Need, found: Offer, *, by: Actor, at: datetime) -> Contact:
    """发起对接: by a broker, or by the firm itself; a broken hard constraint refuses and is named."""
    own = by.may("research.own") and need.enterprise.organisation_id == by.organisation
    if not (own or by.may("research.work")):
        raise NotAllowed("只能为本企业的需求发起对接。")
    if need.state != NeedState.OPEN or not found.active:
        raise Refused("需求或供给已撤下，不能对接。")
    asked, offered = queries.as_need(need), queries.as_offer(found)
    broken = [one for one in constraints(asked, offered) if one.bound is Bound.BROKEN]
    if broken:
        raise Refused(f"不满足硬条件，不能对接：{'；'.join(f'{one.about}：{one.says}' for one in broken)}。")
    match = Offers([offered]).match(asked, 1)
    why = match_row(match[0]) if match else {"words": [], "near_words": [], "asks": []}
    lead = queries.broker_unit(by.region)
    case = open_case(
        Opening(
            kind=RESEARCH.code, number=number(RESEARCH.number, by=by, at=at), title=f"{need.title} ↔ {found.title}"[:200],
            lead=lead, units=frozenset({lead} if lead else ()), firm=need.enterprise.organisation_id, clocks={CONTACT: contact_clock()},
        ),
        CONTACT_FLOW, by=by, at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            return Contact.objects.create(region=by.region, case=case, need=need, offer=found, why=why)
    except IntegrityError as twice:
        raise Conflict("这条需求和这条供给已在对接中，请刷新。") from twice


@transaction.atomic
def start(row: Contact, *, said: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """建立联系: who spoke with whom, what was agreed."""
    said = _said(said, "和谁联系、谈了什么")
    step(row.case_id, CONTACT_FLOW, E.START, by=by, at=at, data={"said": said}, expected=expected)


@transaction.atomic
def sign(
    row: Contact, *, contract_no: str, amount: Decimal, signed_on: date, milestones: str, by: Actor, at: datetime,
    expected: int | None = None,
) -> None:  # fmt: skip
    """签订合同 with its milestones, a line each: 2026-09-30 样机交付."""
    if signed_on > day_of(at):
        raise Refused("签订日期不能晚于今天。")
    if amount < 0:
        raise Refused("合同金额不能是负数。")
    lines = milestone_lines(milestones, signed_on)
    data = {"note": f"{contract_no}，{amount:,.2f} 元，{len(lines)} 个里程碑"}
    step(row.case_id, CONTACT_FLOW, E.SIGN, by=by, at=at, data=data, expected=expected)
    Contact.objects.filter(pk=row.pk).update(
        contract_no=contract_no.strip(), amount=amount, signed_on=signed_on
    )
    Milestone.objects.bulk_create(
        Milestone(region=row.region, contact=row, due=due, title=title) for due, title in lines
    )


def milestone_lines(text: str, signed_on: date) -> list[tuple[date, str]]:
    """Milestones of lines of a day and words; Refused names every line that cannot be read."""
    found, wrong = [], []
    for place, line in enumerate((one.strip() for one in text.splitlines() if one.strip()), 1):
        read = re.fullmatch(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?[\s,，:：]*(.+)", line)
        try:
            due = date(*map(int, read.groups()[:3])) if read else None
        except ValueError:
            due = None
        if read is None or due is None or due < signed_on:
            wrong.append(f"第{place}行“{line[:20]}”")
        else:
            found.append((due, read.group(4).strip()[:100]))
    if wrong or not found or len(found) > MOST_MILESTONES:
        raise Refused(
            f"里程碑每行写“日期 内容”，日期不早于签订日期，1 到 {MOST_MILESTONES} 行；{'、'.join(wrong) or '现在没有可用的行'}。"
        )
    return sorted(found)


@transaction.atomic
def reach(row: Contact, *, said: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """里程碑完成: the next one that is due."""
    said = _said(said, "完成了什么、凭什么")
    held = (
        Milestone.objects.select_for_update().filter(contact=row, done_on=None).order_by("due", "id").first()
    )
    if held is None:
        raise Refused("里程碑都已完成，可以验收。")
    data = {"said": f"{held.title}：{said}"}
    step(row.case_id, CONTACT_FLOW, E.REACH, by=by, at=at, data=data, expected=expected)
    Milestone.objects.filter(pk=held.pk).update(done_on=day_of(at), said=said[:300])


@transaction.atomic
def finish(row: Contact, *, said: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """验收: only when every milestone is reached."""
    left = [one.title for one in queries.milestones(row) if one.done_on is None]
    if left:
        raise Refused(f"还有里程碑没有完成：{'、'.join(left)}。")
    said = _said(said, "验收的结果")
    step(row.case_id, CONTACT_FLOW, E.FINISH, by=by, at=at, data={"said": said}, expected=expected)
    Contact.objects.filter(pk=row.pk).update(open=False)


@transaction.atomic
def fail(row: Contact, *, reason: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """终止对接 with the reason; the pair may be brought together again."""
    data = {"reason": _said(reason, "没有达成的原因")}
    step(row.case_id, CONTACT_FLOW, E.FAIL, by=by, at=at, data=data, expected=expected)
    Contact.objects.filter(pk=row.pk).update(open=False)


def deregistered(event: Event) -> None:
    """A firm that is gone: its needs are taken down, its open contacts end with the reason."""
    by = machine(event.region, "企业注销")
    firm = event.data["enterprise"]
    Need.objects.filter(region=event.region, enterprise=firm, state=NeedState.OPEN).update(
        state=NeedState.CLOSED
    )
    for row in Contact.objects.filter(region=event.region, need__enterprise=firm, open=True):
        step(row.case_id, CONTACT_FLOW, E.LAPSE, by=by, at=event.at, data={"reason": event.data["says"]})
        Contact.objects.filter(pk=row.pk).update(open=False)
