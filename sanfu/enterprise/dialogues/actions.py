"""Writes of sessions: freeze, draw, question, answer, promise, keep."""

import secrets
import uuid
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from sanfu.enterprise.dialogues import queries
from sanfu.enterprise.dialogues.models import Promise, Question, Session
from sanfu.enterprise.dialogues.states import PromiseState, SessionState
from sanfu.enterprise.registry.models import Enterprise
from sanfu.kernel.drawing import Candidate, DrawRefused, commit, draw, list_digest
from sanfu.people.models import Organisation
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.moments import day_of


def _need(by: Actor, permission: str) -> None:
    if not by.may(permission):
        raise NotAllowed(f"{by.name}没有这项权限，请由有权限的人员办理。")


@transaction.atomic
def prepare(
    *, title: str, held_on: date, seats: int, least: Mapping[str, int], by: Actor, at: datetime
) -> Session:
    """筹备一期: theme, day, seats, least seats of each stratum."""
    _need(by, "dialogues.host")
    if len(title.strip()) < 2 or not 1 <= seats <= 500:
        raise Refused("请写明主题，席位在 1 到 500 之间。")
    if sum(least.values()) > seats or min(least.values(), default=0) < 0:
        raise Refused("各组保底席位之和不能超过总席位，也不能为负。")
    made = Session.objects.create(
        region=by.region,
        title=title.strip()[:80],
        held_on=held_on,
        seats=seats,
        least=dict(least),
        made_at=at,
    )
    append(stream=made.id, kind="dialogues.prepared", by=by, at=at, data={"title": made.title})
    return made


@transaction.atomic
def freeze(session: Session, *, by: Actor, at: datetime) -> None:
    """公布名单: the list, the rule and the digest of a seed that nobody sees before the draw."""
    _need(by, "dialogues.host")
    row = Session.objects.select_for_update().get(pk=session.pk)
    if row.state != SessionState.DRAFT:
        raise Conflict("名单已公布，请刷新。")
    row.candidates, row.sitting_out = queries.candidates(by.region), queries.drawn_lately(row)
    if not row.candidates:
        raise Refused("还没有企业可以抽签。")
    row.seed = secrets.token_hex(32)
    row.commitment = commit(row.seed)
    row.list_digest = list_digest([Candidate(*one) for one in row.candidates], queries.rule_of(row))
    row.state = SessionState.FROZEN
    row.save()
    append(
        stream=row.id,
        kind="dialogues.frozen",
        by=by,
        at=at,
        data={"commitment": row.commitment, "list": row.list_digest},
    )


@transaction.atomic
def drawn(session: Session, *, public_word: str, by: Actor, at: datetime) -> None:
    """抽签 with a public word of the day; refused when the list or the rule changed since it was published."""
    _need(by, "dialogues.host")
    row = Session.objects.select_for_update().get(pk=session.pk)
    if row.state != SessionState.FROZEN:
        raise Conflict("还没有公布名单，或已经抽过签；一期只抽一次。")
    if len(public_word.strip()) < 3:
        raise Refused("请填写抽签当天的公开数字（如当日福彩3D开奖号），公布名单时谁也不知道它。")
    try:
        result = draw(
            [Candidate(*one) for one in row.candidates], queries.rule_of(row), row.seed,
            commitment=row.commitment, frozen=row.list_digest, public=public_word.strip(),
        )  # fmt: skip
    except DrawRefused as problem:
        raise Refused(str(problem)) from problem
    row.invited, row.reserves, row.public_word = (
        list(result.invited),
        list(result.reserves),
        public_word.strip()[:60],
    )
    row.state, row.drawn_at = SessionState.DRAWN, at
    row.save()
    append(
        stream=row.id,
        kind="dialogues.drawn",
        by=by,
        at=at,
        data={"seed": row.seed, "public": row.public_word, "invited": row.invited},
    )


@transaction.atomic
def ask(session: Session, enterprise: Enterprise, *, text: str, by: Actor, at: datetime) -> Question:
    """提问; it also enters the pool of demands, so that it is handled even if the hour is too short."""
    if not by.may("dialogues.host") and not (
        by.may("dialogues.ask") and enterprise.organisation_id == by.organisation
    ):
        raise NotAllowed("只能为本企业提问。")
    if len(text.strip()) < 6:
        raise Refused("请写明问题（不少于6个字）。")
    made = Question.objects.create(
        region=by.region, session=session, enterprise=enterprise, text=text.strip()[:2000], at=at
    )
    data = {"enterprise": str(enterprise.pk), "text": made.text, "origin": str(made.id)}
    append(stream=session.id, kind="dialogues.demand_said", by=by, at=at, data=data)
    return made


@transaction.atomic
def answer(session: Session, question_id: uuid.UUID, *, said: str, by: Actor, at: datetime) -> None:
    """会上答复."""
    _need(by, "dialogues.host")
    if len(said.strip()) < 4:
        raise Refused("请写明答复。")
    if not Question.objects.filter(session=session, pk=question_id).update(answer=said.strip()[:2000]):
        raise Refused("没有这个问题。")
    append(stream=session.id, kind="dialogues.answered", by=by, at=at, data={"question": str(question_id)})


@transaction.atomic
def promise(
    session: Session, *, text: str, owner: Organisation, due: date, by: Actor, at: datetime
) -> Promise:
    """会上承诺: becomes a task of its owner."""
    _need(by, "dialogues.host")
    if len(text.strip()) < 4:
        raise Refused("请写明承诺的内容。")
    if due < session.held_on:
        raise Refused("兑现日期不能早于会期。")
    made = Promise.objects.create(
        region=by.region, session=session, text=text.strip()[:300], owner=owner, due=due
    )
    append(
        stream=session.id,
        kind="dialogues.promised",
        by=by,
        at=at,
        data={"text": made.text, "owner": owner.short, "due": due.isoformat()},
    )
    return made


@transaction.atomic
def keep(made: Promise, *, said: str, by: Actor, at: datetime) -> None:
    """兑现, by the owner, with what was done; published as it is."""
    _need(by, "dialogues.keep")
    if made.owner_id not in by.units:
        raise NotAllowed(f"这项承诺由 {made.owner.short} 兑现。")
    if len(said.strip()) < 4:
        raise Refused("请写明做了什么、结果如何；会公开。")
    done = Promise.objects.filter(pk=made.pk, state=PromiseState.OPEN).update(
        state=PromiseState.KEPT, done=said.strip()[:2000], done_on=day_of(at)
    )
    if not done:
        raise Conflict("这项承诺已记为兑现。")
    append(
        stream=made.session_id,
        kind="dialogues.kept",
        by=by,
        at=at,
        data={"promise": str(made.pk), "said": said.strip()},
    )
