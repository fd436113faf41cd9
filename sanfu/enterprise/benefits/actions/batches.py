"""Writes of a batch up to the end of its notice: generate, review, decide, publish, object, rule."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, Sum

from sanfu.cases.actions import Changes, Opening, Stepped, open_case, step
from sanfu.enterprise.benefits import archive
from sanfu.enterprise.benefits.actions.claims import follow, move_with_lines, release
from sanfu.enterprise.benefits.award import AwardList, CannotRun, can_run, replay
from sanfu.enterprise.benefits.city import is_automatic
from sanfu.enterprise.benefits.claims import claimed, waiting
from sanfu.enterprise.benefits.content import notice_rules
from sanfu.enterprise.benefits.models import Batch, Line, Objection
from sanfu.enterprise.benefits.policies import Policy, in_force, paying_clauses
from sanfu.enterprise.benefits.room import BATCH
from sanfu.enterprise.benefits.rules import GUARDS, Deciding, Noticing
from sanfu.enterprise.benefits.snapshot import Entry, Ledger, rules_bytes, snapshot_bytes
from sanfu.enterprise.benefits.states import (
    BATCH_FLOW,
    NOTICE_CLOCK,
    BatchEvent,
    BatchState,
    ClaimEvent,
    LineState,
    ObjectionState,
)
from sanfu.enterprise.registry.content import dictionary
from sanfu.enterprise.registry.queries import population
from sanfu.enterprise.registry.rules import Profile
from sanfu.kernel.rules.awards.points import share_pool
from sanfu.kernel.rules.language.tree import CONTROLLER, Clause, columns
from sanfu.records.actions import append, number
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused, machine
from sanfu.records.moments import day_of

BE = BatchEvent


def move(batch: Batch, event: BatchEvent, *, by: Actor, at: datetime, **more: Any) -> Stepped:
    """One step of the batch's case."""
    return step(batch.pk, BATCH_FLOW, event, by=by, at=at, guards=GUARDS, **more)


@transaction.atomic
def generate(
    clauses: Sequence[str], *, title: str, day: date, by: Actor, at: datetime, pool: int | None = None
) -> Batch:
    """发起批次: freeze a snapshot of the city and the rule texts, run them, and keep the list with both hashes."""
    if not by.may("benefits.batch") or by.id is None:
        raise NotAllowed("只有政策专员可以发起兑付批次。")
    if day > day_of(at):
        raise Refused("取数日不能晚于今天；请选今天或以前的日期。")
    policies = [one for one in in_force(by.region, day) if one.own]
    chosen = _chosen(policies, clauses, day, by, at)
    try:
        can_run(chosen, pool)
    except CannotRun as cannot:
        raise Refused(str(cannot)) from cannot
    profiles = population(by.region, day)
    if not profiles:
        raise Refused("企业档案是空的；请先导入企业和事实。")
    texts = {one.document.name: one.document.source for one in policies}
    by_claim = [one.id for one in chosen if not is_automatic(one, dictionary())]
    rules = rules_bytes(texts, clauses, day, pool, by_claim)
    snapshot = _snapshot(profiles, chosen, day, by.region, at)
    listed = replay(snapshot, rules, dictionary())  # made from the kept bytes, so that a replay cannot differ
    case = open_case(_opening(title, policies, clauses, by, at), BATCH_FLOW, by=by, at=at)
    batch = Batch.objects.create(
        case=case,
        region=by.region,
        clauses=sorted(clauses),
        day=day,
        snapshot=archive.keep(by.region, snapshot),
        rules=archive.keep(by.region, rules),
        list_hash=archive.keep(by.region, listed.canonical()),
        pool=pool,
        price=str(listed.price) if listed.price is not None else "",
        population=len(profiles),
        unknown=listed.unknown,
        total=listed.total,
        made_by_id=by.id,
        created_at=at,
    )
    _write_lines(batch, listed, profiles)
    follow(batch, by=by, at=at)
    hashes = {"snapshot": batch.snapshot, "rules": batch.rules, "list": batch.list_hash}
    counted = {"lines": len(listed.lines), "total": listed.total, "unknown": listed.unknown}
    append(stream=case.id, kind="batch.generated", by=by, at=at, data={**hashes, **counted})
    return batch


def _chosen(policies: list[Policy], clauses: Sequence[str], day: date, by: Actor, at: datetime) -> list[Clause]:  # fmt: skip
    accepted = waiting(by.region, clauses, at)
    known = {clause.id: (one, clause) for one, clause in paying_clauses(policies, day)}
    if not clauses:
        raise Refused("没有选条款；请至少选一条。")
    for name in clauses:
        if name not in known:
            raise Refused(f"条款{name}在{day}没有生效，不能发起批次；请核对取数日。")
        if not is_automatic(known[name][1], dictionary()) and not accepted.get(name):
            raise Refused(
                f"“{known[name][1].title}”要人工判断或企业举证，走快申快享；还没有审核通过的申报，不能发起批次。"
            )
    return [known[name][1] for name in clauses]


def _opening(title: str, policies: list[Policy], clauses: Sequence[str], by: Actor, at: datetime) -> Opening:
    used = [one for one in policies if any(c.id in clauses for c in one.document.clauses)]
    return Opening(
        BATCH.code,
        number("PC", by=by, at=at, digits=4),
        title.strip() or f"{used[0].document.title}兑付",
        lead=by.organisation,
        units=frozenset({by.organisation} if by.organisation else ()),
        pinned={one.id: f"{one.number}@{one.document.version[:12]}" for one in used},
    )


def _entries(profiles: Sequence[Profile], clauses: Iterable[str], region: str, day: date, at: datetime) -> list[Entry]:  # fmt: skip
    ledgers, claims = ledger(region, day), claimed(region, clauses, day, at, dictionary())
    return [Entry(one.code, one.row, ledgers.get(one.code, {}), claims.get(one.code, {})) for one in profiles]


def ledger(region: str, day: date) -> dict[str, Ledger]:
    """What each enterprise was given under each clause: [this year, ever, whole award], batches under way included."""
    live = (LineState.LISTED, LineState.AGREED, LineState.SENT, LineState.FAILED, LineState.PAID)
    rows = (
        Line.objects.filter(region=region, state__in=live, paid__gt=0, batch__day__lte=day)
        .exclude(batch__case__state=BatchState.CANCELLED)
        .values_list("enterprise__credit_code", "clause")
        .annotate(
            year=Sum("paid", filter=Q(batch__day__year=day.year)), ever=Sum("paid"), whole=Max("entitled")
        )
        .order_by()
    )
    found: dict[str, Ledger] = {}
    for code, clause, year, ever, whole in rows:
        found.setdefault(code, {})[clause] = [year or 0, ever, whole]
    return found


def _snapshot(profiles: Sequence[Profile], clauses: Sequence[Clause], day: date, region: str, at: datetime) -> bytes:  # fmt: skip
    keys = {key for clause in clauses for node in clause.nodes for key in columns(node)}
    if any(clause.by_controller for clause in clauses):
        keys.add(CONTROLLER)
    names = sorted(clause.id for clause in clauses)
    about = {"region": region, "day": day, "clauses": names}
    return snapshot_bytes(_entries(profiles, names, region, day, at), sorted(keys), dictionary(), about)


def _write_lines(batch: Batch, listed: AwardList, profiles: Sequence[Profile]) -> None:
    ids = {one.code: one.id for one in profiles}
    Line.objects.bulk_create(
        Line(
            region=batch.region,
            batch=batch,
            enterprise_id=ids[one.code],
            clause=one.clause,
            outcome=one.outcome,
            state=LineState.LISTED if one.paid else LineState.OUT,
            points=one.points,
            entitled=one.entitled,
            paid=one.paid,
            reason=one.reason,
        )
        for one in listed.lines
    )


@transaction.atomic
def review(batch: Batch, *, note: str, by: Actor, at: datetime, expected: int | None = None) -> Stepped:
    """初核: the officer has looked at the list, the exclusions and the credit of each enterprise."""
    _own(batch, by)
    return move(batch, BE.REVIEW, by=by, at=at, expected=expected, data={"note": note})


@transaction.atomic
def decide(batch: Batch, *, minutes: str, by: Actor, at: datetime, expected: int | None = None) -> Stepped:
    """审定, with the number of the meeting minutes; never by whoever made the batch."""
    if not minutes.strip():
        raise Refused("请填写会议纪要或审定文号；审计要看依据。")
    said = Deciding(batch.made_by_id, by.id)
    return move(batch, BE.DECIDE, by=by, at=at, expected=expected, facts=said, data={"minutes": minutes})


@transaction.atomic
def send_back(batch: Batch, *, why: str, by: Actor, at: datetime, expected: int | None = None) -> Stepped:
    if not why.strip():
        raise Refused("请写明退回理由。")
    return move(batch, BE.SEND_BACK, by=by, at=at, expected=expected, data={"why": why})


@transaction.atomic
def publish(batch: Batch, *, by: Actor, at: datetime, expected: int | None = None) -> Stepped:
    """公示: the list is public from now on and its clock runs."""
    _own(batch, by)
    return move(batch, BE.PUBLISH, by=by, at=at, expected=expected, changes=Changes(clocks=notice_rules()))


@transaction.atomic
def object_to(line: Line, *, text: str, contact: str, at: datetime, by: Actor | None = None) -> Objection:
    """异议 by anybody while the list is public."""
    if len(text.strip()) < 10:
        raise Refused("请写明异议的事实和理由（不少于10个字），便于核查。")
    actor = by or machine(line.region, "社会公众")
    made = Objection.objects.create(
        region=line.region, line=line, text=text.strip(), contact=contact.strip()[:80], at=at
    )
    data = {"line": str(line.pk), "clause": line.clause, "objection": str(made.pk)}
    move(line.batch, BE.OBJECT, by=actor, at=at, data=data)
    return made


@transaction.atomic
def rule(objection: Objection, *, upheld: bool, answer: str, by: Actor, at: datetime) -> Stepped:
    """异议处理: an upheld one takes the line off the list; points are then priced again over the rest."""
    locked = Objection.objects.select_for_update().select_related("line__batch").get(pk=objection.pk)
    batch = locked.line.batch
    _own(batch, by)
    if locked.state != ObjectionState.OPEN:
        raise Conflict("这条异议已经处理过；请刷新后查看结论。")
    if not answer.strip():
        raise Refused("请写明核查情况和结论，要答复提出人。")
    state = ObjectionState.UPHELD if upheld else ObjectionState.REJECTED
    Objection.objects.filter(pk=locked.pk).update(state=state, answer=answer, decided_at=at)
    if upheld:
        Line.objects.filter(pk=locked.line_id).update(
            state=LineState.REMOVED, paid=0, reason=f"异议成立：{answer}"[:200]
        )
        price_again(batch)
        move_with_lines([locked.line], ClaimEvent.DROP, by=by, at=at)
    data = {"objection": str(locked.pk), "upheld": upheld, "answer": answer}
    return move(batch, BE.RULE, by=by, at=at, data=data)


def price_again(batch: Batch) -> None:
    """The pool is shared anew by the points that are left."""
    if batch.pool is None:
        return
    lines = {str(line.pk): line for line in batch.lines.filter(state=LineState.LISTED).order_by("clause", "enterprise__credit_code")}  # fmt: skip
    shares = share_pool({key: line.points or 0 for key, line in lines.items()}, batch.pool)
    if shares is None:
        return
    for key, line in lines.items():
        line.paid = line.entitled = shares.paid[key]
    Line.objects.bulk_update(lines.values(), ["paid", "entitled"])
    Batch.objects.filter(pk=batch.pk).update(price=str(shares.price * 10**4))


@transaction.atomic
def end_notice(batch: Batch, *, by: Actor, at: datetime, expected: int | None = None) -> Stepped:
    """公示结束: not before the clock says so, and not with an open objection."""
    _own(batch, by)
    clock = batch.case.clocks.filter(name=NOTICE_CLOCK, stopped_at=None).first()
    waiting = Objection.objects.filter(line__batch=batch, state=ObjectionState.OPEN).count()
    said = Noticing(clock.due_at if clock else None, at, waiting)
    return move(batch, BE.END_NOTICE, by=by, at=at, expected=expected, facts=said)


@transaction.atomic
def cancel(batch: Batch, *, why: str, by: Actor, at: datetime, expected: int | None = None) -> Stepped:
    """撤销 before anything is paid; the lines count for nobody's caps any more."""
    _own(batch, by)
    if not why.strip():
        raise Refused("请写明撤销理由。")
    release(batch, by=by, at=at)
    return move(batch, BE.CANCEL, by=by, at=at, expected=expected, data={"why": why})


def _own(batch: Batch, by: Actor) -> None:
    if batch.case.lead_id not in by.units:
        raise NotAllowed("这个批次由其他部门发起；请由发起部门办理。")
