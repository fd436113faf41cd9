"""Writes of a claim (政策申报): handed in, corrected, accepted, refused, withdrawn; and what batches do to it."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from sanfu.cases.actions import Opening, Stepped, open_case, step
from sanfu.enterprise.benefits.claiming import Answer, answer_of, judged_by_person, statable
from sanfu.enterprise.benefits.claims import said_in
from sanfu.enterprise.benefits.content import claim_rules
from sanfu.enterprise.benefits.describe import pays_points
from sanfu.enterprise.benefits.models import Batch, Claim, Line, Statement
from sanfu.enterprise.benefits.policies import Policy, clause_on, owner_of
from sanfu.enterprise.benefits.room import CLAIM
from sanfu.enterprise.benefits.rules import GUARDS, Accepting
from sanfu.enterprise.benefits.states import CLAIM_FLOW, ClaimEvent, ClaimState, LineState
from sanfu.enterprise.registry.content import dictionary
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.registry.queries import own, profile
from sanfu.kernel.rules.language.facts import Value
from sanfu.kernel.rules.language.quantities import POINT_SCALE
from sanfu.kernel.rules.language.tree import Clause
from sanfu.records.actions import append, number, remember
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.models import StoredFile
from sanfu.records.moments import day_of
from sanfu.records.queries import result_of

CE = ClaimEvent
WITH_ENDED = {CE.REFUSE, CE.WITHDRAW, CE.PAY, CE.DROP, CE.LAPSE}


@dataclass(frozen=True, slots=True)
class Stated:
    """One fact as it was typed, with its column value and the stored paper that proves it."""

    column: str
    value: Value
    said: str
    file: uuid.UUID | None = None


def _move(claim: Claim, event: ClaimEvent, *, by: Actor, at: datetime, **more: Any) -> Stepped:
    done = step(claim.pk, CLAIM_FLOW, event, by=by, at=at, guards=GUARDS, **more)
    if event in WITH_ENDED:
        Claim.objects.filter(pk=claim.pk).update(live=False)
    return done


def _firm(by: Actor) -> Enterprise:
    firm = own(by)
    if firm is None:
        raise NotAllowed("只有企业经办人可以代表本企业申报。")
    return firm


def claim(clause: str, stated: Sequence[Stated], *, key: str, by: Actor, at: datetime) -> Claim:
    """申报 one clause with the facts that were missing. The same key again gives the same claim.

    Refused when the rule says no to these values, or when a fact is still open that the enterprise can state.
    """
    firm = _firm(by)
    first = result_of(region=by.region, scope="claim", key=key)
    if first:
        return Claim.objects.get(pk=first)
    try:
        with transaction.atomic():
            made = _open(firm, clause, stated, by=by, at=at)
            if not remember(scope="claim", key=key, result=made.pk, by=by, at=at):
                raise _SentTwiceError
    except _SentTwiceError:
        return Claim.objects.get(pk=result_of(region=by.region, scope="claim", key=key))
    return made


class _SentTwiceError(Exception):
    """Another request finished the same claim first: this one is undone."""


def _open(firm: Enterprise, clause: str, stated: Sequence[Stated], *, by: Actor, at: datetime) -> Claim:
    day = day_of(at)
    Enterprise.objects.select_for_update().get(pk=firm.pk)  # two claims of one firm come one after the other
    live = Claim.objects.filter(enterprise=firm, clause=clause, live=True).select_related("case").first()
    if live is not None:
        raise Conflict(f"本企业已申报过这一条（{live.case.number}），正在办理；请在申报记录里查看进度。")
    policy, found = _in_force(by.region, clause, at)
    answer = _checked(found, firm, stated, at)
    case = open_case(_opening(firm, policy, found, by, at), CLAIM_FLOW, by=by, at=at)
    made = Claim.objects.create(
        case=case,
        region=by.region,
        enterprise=firm,
        policy=policy.id,
        clause=clause,
        day=day,
        amount=_units(found, answer),
    )
    _write(made, stated, by_officer=False, at=at)
    _told(made, stated, answer, by=by, at=at)
    return made


def _in_force(region: str, clause: str, at: datetime) -> tuple[Policy, Clause]:
    found = clause_on(region, clause, day_of(at))
    if found is None:
        raise Refused("这一条今天没有生效，不能申报；请从政策明白卡重新进入。")
    return found


def _opening(firm: Enterprise, policy: Policy, clause: Clause, by: Actor, at: datetime) -> Opening:
    owner = owner_of(by.region, policy.document)
    return Opening(
        CLAIM.code,
        number("SB", by=by, at=at, digits=5),
        f"{firm.name}申报{clause.title}",
        lead=owner.id if owner else None,
        units=frozenset({owner.id} if owner else ()),
        applicant=by.id,
        firm=by.organisation,
        clocks=claim_rules(),
        pinned={policy.id: f"{policy.number}@{policy.document.version[:12]}"},
    )


def _checked(clause: Clause, firm: Enterprise, stated: Sequence[Stated], at: datetime) -> Answer:
    """The rule's answer to what was stated; Refused unless only an officer's judgement is left."""
    day, words = day_of(at), dictionary()
    for one in stated:
        if one.column not in clause.needs or statable(one.column, day, words) is None:
            raise Refused(f"“{one.column}”不是这一条可以由企业填报的事实；请刷新页面后重填。")
    answer = answer_of(clause, profile(firm, day).row, {s.column: s.value for s in stated}, day, words)
    if answer.refused:
        labels = "”“".join(failed.label for failed in answer.verdict.failed)
        raise Refused(f"按这些数，条件“{labels}”不成立，没有提交；请核对数值，数据有误的先请来源部门更正。")
    if not answer.complete:
        raise Refused(f"还缺{'、'.join((*answer.to_state, *answer.elsewhere))}，没有提交；请补上后再提交。")
    return answer


def _units(clause: Clause, answer: Answer) -> int | None:
    amount = answer.verdict.amount
    return None if amount is None else int(amount * (POINT_SCALE if pays_points(clause) else 1))


def _write(claim: Claim, stated: Iterable[Stated], *, by_officer: bool, at: datetime) -> None:
    words = dictionary()
    rows = []
    for one in stated:
        fact = words.fact_of(one.column)
        period = statable(one.column, claim.day, words) or ""
        rows.append(
            Statement(
                region=claim.region,
                claim=claim,
                round=claim.round,
                column=one.column,
                indicator=fact.name,
                period=period,
                number=int(one.value) if isinstance(one.value, bool | int) else None,
                text=one.value if isinstance(one.value, str) else "",
                said=one.said[:80],
                file_id=one.file,
                by_officer=by_officer,
                at=at,
            )
        )
    Statement.objects.bulk_create(rows)


def _told(claim: Claim, stated: Sequence[Stated], answer: Answer, *, by: Actor, at: datetime) -> None:
    """The event with every value and the hash of every paper."""
    ids = [one.file for one in stated if one.file]
    hashes = {row.id: row.sha256 for row in StoredFile.objects.filter(region=claim.region, id__in=ids)}
    if len(hashes) != len(set(ids)):
        raise Refused("有一份佐证材料找不到；请重新上传。")
    said = [{"column": s.column, "said": s.said, "sha256": hashes[s.file] if s.file else ""} for s in stated]
    data = {"round": claim.round, "status": str(answer.verdict.status), "amount": claim.amount, "facts": said}
    append(stream=claim.pk, kind="claim.stated", by=by, at=at, data=data)


@transaction.atomic
def correct_claim(claim: Claim, stated: Sequence[Stated], *, by: Actor, at: datetime) -> Stepped:
    """补正: the facts once more as a new round; the earlier rounds stay readable and the clocks run on."""
    locked = _mine(claim, by)
    clause = _in_force(by.region, locked.clause, at)[1]
    answer = _checked(clause, locked.enterprise, stated, at)
    done = _move(locked, CE.CORRECT, by=by, at=at, data={"round": locked.round + 1})
    locked.round, locked.day, locked.amount = locked.round + 1, day_of(at), _units(clause, answer)
    locked.asked = []
    locked.save(update_fields=["round", "day", "amount", "asked"])
    _write(locked, stated, by_officer=False, at=at)
    _told(locked, stated, answer, by=by, at=at)
    return done


def _mine(claim: Claim, by: Actor) -> Claim:
    locked = _locked(claim)
    if locked.enterprise_id != _firm(by).pk:
        raise NotAllowed("只能办理本企业的申报。")
    return locked


def _locked(claim: Claim) -> Claim:
    return Claim.objects.select_for_update(of=("self",)).select_related("case", "enterprise").get(pk=claim.pk)


@transaction.atomic
def withdraw_claim(claim: Claim, *, why: str, by: Actor, at: datetime) -> Stepped:
    """撤回 by the enterprise, as long as the claim is on no list."""
    return _move(_mine(claim, by), CE.WITHDRAW, by=by, at=at, data={"why": why.strip()[:200]})


@transaction.atomic
def ask_correction(
    claim: Claim, *, why: str, columns: Sequence[str], by: Actor, at: datetime, expected: int | None = None
) -> Stepped:
    """要求补正: which facts and why; both clocks stand still until the enterprise answers."""
    locked = _reviewed(claim, by)
    if not why.strip():
        raise Refused("请写明哪里不对、要补什么；企业才能一次补齐。")
    known = set(locked.statements.filter(round=locked.round).values_list("column", flat=True))
    asked = [column for column in columns if column in known]
    data = {"why": why.strip(), "columns": asked}
    done = _move(locked, CE.ASK, by=by, at=at, expected=expected, data=data)
    Claim.objects.filter(pk=locked.pk).update(asked=asked, answer=why.strip())
    return done


@transaction.atomic
def accept_claim(
    claim: Claim,
    *,
    judged: Mapping[str, Value],
    note: str,
    by: Actor,
    at: datetime,
    expected: int | None = None,
) -> Stepped:
    """审核通过: only when the rule holds for what was stated and judged. `judged`: facts a person must judge."""
    locked = _reviewed(claim, by)
    day, words = day_of(at), dictionary()
    clause = _in_force(by.region, locked.clause, at)[1]
    row = profile(locked.enterprise, day).row
    persons = set(judged_by_person(clause, row, words))
    own_words = {key: value for key, value in judged.items() if key in persons and value is not None}
    said = said_in(locked, day, words)
    answer = answer_of(clause, row, {**said, **own_words}, day, words)
    open_ = (*answer.to_judge, *answer.to_state, *answer.elsewhere)
    facts = Accepting(tuple(c.label for c in answer.verdict.failed), open_)
    data = {"note": note.strip(), "judged": {k: words.fact_of(k).say(v) for k, v in own_words.items()}}
    done = _move(locked, CE.ACCEPT, by=by, at=at, expected=expected, facts=facts, data=data)
    stated = [Stated(k, v, words.fact_of(k).say(v)) for k, v in own_words.items()]
    _write(locked, stated, by_officer=True, at=at)
    Claim.objects.filter(pk=locked.pk).update(
        amount=_units(clause, answer), reviewed_by=by.id, reviewed_at=at, answer=note.strip()
    )
    return done


@transaction.atomic
def refuse_claim(
    claim: Claim, *, why: str, basis: str, by: Actor, at: datetime, expected: int | None = None
) -> Stepped:
    """不予支持, with the reason and the condition of the clause it rests on."""
    locked = _reviewed(claim, by)
    if not why.strip() or not basis.strip():
        raise Refused("请写明不予支持的理由，并选择依据的条款条件；企业有权知道为什么。")
    data = {"why": why.strip(), "basis": basis.strip()}
    done = _move(locked, CE.REFUSE, by=by, at=at, expected=expected, data=data)
    Claim.objects.filter(pk=locked.pk).update(
        answer=why.strip(), basis=basis.strip()[:200], reviewed_by=by.id, reviewed_at=at
    )
    return done


def _reviewed(claim: Claim, by: Actor) -> Claim:
    locked = _locked(claim)
    if locked.case.lead_id not in by.units:
        raise NotAllowed("这件申报由政策的责任部门审核；请由该部门的政策专员办理。")
    if by.id is None or by.id == locked.case.applicant_id:
        raise NotAllowed("不能审核自己提交的申报。")
    return locked


def lapse_claims(rows: Iterable[Claim], *, says: str, by: Actor, at: datetime) -> None:
    """终止: claims of a firm that is gone end with the words; what was stated and found stays readable."""
    for one in rows:
        _move(one, CE.LAPSE, by=by, at=at, data={"why": says})
        Claim.objects.filter(pk=one.pk).update(answer=says)


# ---- what a batch does to the claims on its list


def follow(batch: Batch, *, by: Actor, at: datetime) -> int:
    """After a list was made: claims that are on it are 已入批次, the others stay for the next. Returns the former."""
    rows = Claim.objects.filter(
        region=batch.region, clause__in=batch.clauses, case__state=ClaimState.ACCEPTED
    )
    lines = {(line.enterprise_id, line.clause): line for line in batch.lines.all()}
    listed = 0
    for one in rows.select_for_update(of=("self",)).select_related("case"):
        line = lines.get((one.enterprise_id, one.clause))
        data = {"batch": batch.case.number}
        if line is not None and line.state == LineState.LISTED:
            _move(one, CE.LIST, by=by, at=at, data=data)
            Claim.objects.filter(pk=one.pk).update(batch=batch)
            listed += 1
        else:
            why = line.reason if line is not None else "按取数日的数据，规则不再成立或没有结论"
            _move(one, CE.PASS_OVER, by=by, at=at, data={**data, "why": why})
    return listed


def release(batch: Batch, *, by: Actor, at: datetime) -> None:
    """The batch was cancelled: its claims wait for the next one."""
    for one in batch.claims.filter(case__state=ClaimState.LISTED):
        _move(one, CE.RELEASE, by=by, at=at, data={"batch": batch.case.number})
        Claim.objects.filter(pk=one.pk).update(batch=None)


def move_with_lines(lines: Iterable[Line], event: ClaimEvent, *, by: Actor, at: datetime) -> None:
    """A line was paid, removed or waived: so was the claim behind it."""
    keys = {(line.batch_id, line.enterprise_id, line.clause) for line in lines}
    rows = Claim.objects.filter(batch__in={key[0] for key in keys}, case__state=ClaimState.LISTED)
    for one in rows:
        if (one.batch_id, one.enterprise_id, one.clause) in keys:
            _move(one, event, by=by, at=at)
