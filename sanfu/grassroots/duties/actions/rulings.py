"""Writes of objections, rulings and the rules that come of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from sanfu.cases.actions import Changes, step
from sanfu.grassroots.duties import rules, versions
from sanfu.grassroots.duties.actions.bounds import clock, clock_rules, need, own
from sanfu.grassroots.duties.models import (
    ConditionalRule,
    Objection,
    Precedent,
    Task,
)
from sanfu.grassroots.duties.states import (
    RULING,
    TASK_FLOW,
    Ruling,
    TaskEvent,
)
from sanfu.records.actions import append, number
from sanfu.records.actor import Actor, Conflict, Refused


def _said_of(one: dict[str, Any]) -> str:
    """A demand of the evidence in words: which, its verdict, the heading of the item with its code."""
    item = f"：{one['item']['name']}（{one['item']['code']}）" if one["item"]["name"] else ""
    return f"第{one['number']}项{one['label']}{item}"


@transaction.atomic
def object_to(task: Task, *, grounds: str, by: Actor, at: datetime, expected: int | None = None) -> Objection:
    """提出异议: one click; the evidence of every stopped demand goes with it and the town's clock stops."""
    own(task, by)
    raw = clock_rules()
    evidence = [
        {
            key: demand[key]
            for key in ("number", "text", "verdict", "label", "item", "marks", "rule", "rewrite")
        }
        for demand in task.judged["demands"]
        if demand["verdict"] not in {"PASS_BASIC", "PASS_COOP", "EMERG"}
    ]
    if not evidence and len(grounds.strip()) < 6:
        raise Refused("预检认为各项要求都在清单内；坚持异议请写明理由（不少于6个字）。")
    rule = clock("紧急裁定" if task.document.urgent else "裁定", raw)
    step(
        task.case_id, TASK_FLOW, TaskEvent.OBJECT, by=by, at=at, expected=expected,
        changes=Changes(clocks={RULING: rule}),
    )  # fmt: skip
    default = "；".join(_said_of(one) for one in evidence)
    return Objection.objects.create(
        region=by.region,
        task=task,
        town=task.town,
        units=[task.town_id, task.document.issuer_id],
        grounds=grounds.strip() or default,
        evidence=evidence or task.judged["demands"],
        urgent=task.document.urgent,
        raised_name=by.name,
        raised_at=at,
    )


@transaction.atomic
def rule_on(
    objection: Objection, *, ruling: Ruling, verdict: str, said: str, by: Actor, at: datetime
) -> Precedent:
    """裁定: moves the task, answers the town and becomes a precedent at once."""
    need(by, "duties.rule")
    if len(said.strip()) < 6:
        raise Refused("请写明裁定理由和依据（不少于6个字）；理由会作为先例被引用。")
    event = {Ruling.UPHELD: TaskEvent.UPHOLD, Ruling.PART: TaskEvent.PART, Ruling.REJECTED: TaskEvent.REJECT}[
        ruling
    ]
    changed = Objection.objects.filter(id=objection.id, state=Ruling.OPEN).update(
        state=ruling, verdict=verdict, said=said.strip(), ruled_name=by.name, ruled_at=at
    )
    if not changed:
        raise Conflict("这件异议已经裁定，请刷新后再看。")
    step(
        objection.task.case_id,
        TASK_FLOW,
        event,
        by=by,
        at=at,
        data={"said": said.strip(), "verdict": verdict},
    )
    first = objection.evidence[0]
    return Precedent.objects.create(
        region=by.region,
        number=number("裁", by=by, at=at, digits=4, join="-"),
        objection=objection,
        issuer=objection.task.document.issuer,
        text=first["text"],
        verdict=verdict,
        code=first["item"]["code"],
        note=said.strip(),
        at=at,
    )


@transaction.atomic
def propose_rule(
    precedent: Precedent, *, words: Sequence[str], any_issuer: bool, by: Actor, at: datetime
) -> ConditionalRule:
    """A ruling made general, tested against every ruling so far."""
    need(by, "duties.rule")
    chosen = [word.strip() for word in words if len(word.strip()) >= 2]
    if not chosen:
        raise Refused("请至少写一个两字以上的词；条件太宽会误伤别的任务。")
    issuer = "" if any_issuer else precedent.issuer.short
    held = [
        {"number": row.number, "text": row.text, "issuer": row.issuer, "verdict": row.verdict.value}
        for row in versions.remembered(by.region)
    ]
    tested = rules.try_rule(issuer, chosen, precedent.verdict, held)
    rule = ConditionalRule.objects.create(
        region=by.region,
        number=number("则", by=by, at=at, digits=4, join="-"),
        precedent=precedent,
        issuer_name=issuer,
        words=chosen,
        verdict=precedent.verdict,
        tested=tested,
    )
    append(stream=rule.id, kind="duties.rule_proposed", by=by, at=at, data={"number": rule.number, **tested})
    return rule


@transaction.atomic
def adopt_rule(rule: ConditionalRule, *, by: Actor, at: datetime) -> None:
    """Adopt a rule that no ruling contradicts; every later judgement hears it."""
    need(by, "duties.rule")
    if not rule.tested.get("sound"):
        against = "、".join(rule.tested.get("against", [])) or "（没有先例可验）"
        raise Refused(f"规则与已有裁定不一致或无从检验：{against}；请收窄条件后重新检验。")
    ConditionalRule.objects.filter(id=rule.id).update(adopted_at=at, adopted_name=by.name)
    append(stream=rule.id, kind="duties.rule_adopted", by=by, at=at, data={"number": rule.number})
