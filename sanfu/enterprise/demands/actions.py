"""Writes of demands and topics."""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from sanfu.cases.actions import Changes, Opening, open_case, step
from sanfu.enterprise.demands import content
from sanfu.enterprise.demands.models import Demand, Topic
from sanfu.enterprise.demands.room import DEMAND
from sanfu.enterprise.demands.states import CALLBACK, DEMAND_FLOW, HANDLING, RESPOND, DemandEvent, TopicState
from sanfu.enterprise.registry.models import Enterprise
from sanfu.people.models import Organisation
from sanfu.people.queries import organisation
from sanfu.records.actions import append, number
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused, machine
from sanfu.records.ids import new_id
from sanfu.records.models import Event
from sanfu.records.sealed import opened

E = DemandEvent
LEAST = 6


def _need(by: Actor, *permissions: str) -> None:
    if not by.may(*permissions):
        raise NotAllowed(f"{by.name}没有这项权限，请由有权限的人员办理。")


def _said(text: str, what: str, least: int = 4) -> str:
    text = text.strip()
    if len(text) < least:
        raise Refused(f"请写明{what}（不少于{least}个字）。")
    return text


@transaction.atomic
def submit(
    *,
    enterprise: Enterprise,
    text: str,
    source: str,
    by: Actor,
    at: datetime,
    origin: uuid.UUID | None = None,
) -> Demand:
    """Enter a demand into the pool; the same origin entered again gives the demand that is there."""
    _need(by, "demands.own", "demands.register")
    if "demands.register" not in by.permissions and enterprise.organisation_id != by.organisation:
        raise NotAllowed("只能为本企业提交诉求。")
    if enterprise.closed_on and "demands.register" not in by.permissions:
        raise Refused(f"企业已于 {enterprise.closed_on} 注销，不能再提诉求；历史诉求仍可查看。")
    if origin and (known := Demand.objects.filter(region=by.region, origin=origin).first()):
        return known
    return _entered(enterprise, _said(text, "诉求", LEAST), source, by, at, origin)


def _entered(
    enterprise: Enterprise, text: str, source: str, by: Actor, at: datetime, origin: uuid.UUID | None
) -> Demand:
    kind = content.suggest(text).kind
    centre = organisation(by.region, content.kinds()["other"]["unit"])
    case = open_case(
        Opening(
            kind=DEMAND.code,
            number=number(DEMAND.number, by=by, at=at),
            title=text.splitlines()[0],
            lead=centre.id if centre else None,
            units=frozenset({centre.id} if centre else ()),
            firm=enterprise.organisation_id,
            clocks={RESPOND: content.clock("respond")},
        ),
        DEMAND_FLOW,
        by=by,
        at=at,
    )
    return Demand.objects.create(
        region=by.region, case=case, enterprise=enterprise, source=source, kind=kind, text=text, origin=origin
    )


@transaction.atomic
def heard(event: Event) -> None:
    """Enter a demand heard on a visit or in a session into the pool, once for each origin; the listener is its author."""
    origin = uuid.UUID(event.data["origin"])
    firm = Enterprise.objects.filter(region=event.region, pk=event.data["enterprise"]).first()
    if firm is None or Demand.objects.filter(region=event.region, origin=origin).exists():
        return
    by = replace(machine(event.region, event.by_name), id=event.by)
    source = "visit" if event.kind.startswith("visits.") else "session"
    _entered(firm, event.data["text"], source, by, event.at, origin)


@transaction.atomic
def found(event: Event) -> None:
    """What an officer found true after an alert enters the pool (来源: 监测), once a task, in the officer's name."""
    said = event.data
    if said["finding"] != "true" or Demand.objects.filter(region=event.region, origin=event.stream).exists():
        return
    firm = Enterprise.objects.filter(region=event.region, pk=said["enterprise"], closed_on=None).first()
    if firm is not None:
        by = replace(machine(event.region, event.by_name), id=event.by)
        _entered(firm, said["said"], "monitoring", by, event.at, event.stream)


@transaction.atomic
def called(event: Event) -> None:
    """A firm that called the hotline for itself enters the pool (来源: 热线), once an order; the order goes its own way."""
    origin = uuid.UUID(event.data["order"])
    if Demand.objects.filter(region=event.region, origin=origin).exists():
        return
    said = opened([{"data": event.data}], origin)[0]["data"]  # the words lie under the order's key
    names = said["names"].split("；") if isinstance(said["names"], str) else said["names"]
    rows = Enterprise.objects.filter(region=event.region, name__in=names, merged_into=None, closed_on=None)
    firms = list(rows[:2])
    if len(firms) == 1:  # two firms in one call: a person has to say whose demand it is
        by = replace(machine(event.region, event.by_name), id=event.by)
        text = f"{said['title']}\n热线工单 {said['number']}：{said['text']}"
        _entered(firms[0], text[:2000], "hotline", by, event.at, origin)


def deregistered(event: Event) -> None:
    """A firm that is gone: its open demands end with the reason; what was said stays. Its hotline orders are told."""
    by = machine(event.region, "企业注销")
    called_in = Demand.objects.filter(
        region=event.region, enterprise=event.data["enterprise"], source="hotline"
    )
    for order in called_in.exclude(origin=None).values_list("origin", flat=True):
        data = {"order": str(order), "says": event.data["says"]}
        append(stream=new_id(), kind="demands.caller_closed", by=by, at=event.at, data=data)
    for row in Demand.objects.filter(
        region=event.region, enterprise=event.data["enterprise"], case__closed_at=None
    ):
        step(row.case_id, DEMAND_FLOW, E.LAPSE, by=by, at=event.at, data={"reason": event.data["says"]})


@transaction.atomic
def route(
    demand: Demand,
    *,
    kind: str,
    lead: Organisation,
    reason: str,
    by: Actor,
    at: datetime,
    assist: Iterable[Organisation] = (),
    expected: int | None = None,
) -> None:
    """研判派单: the kind, who leads, who assists, and why."""  # fmt: skip
    _need(by, "demands.route")
    if kind not in content.kinds():
        raise Refused("没有这个诉求类别。")
    reason = _said(reason, "派单理由")
    helpers = [unit for unit in assist if unit.id != lead.id]
    Demand.objects.filter(pk=demand.pk).update(kind=kind)
    changes = Changes(
        lead=lead.id,
        add_units=frozenset({lead.id, *(unit.id for unit in helpers)}),
        clocks={HANDLING: content.kind_clock(kind)},
    )
    data = {"kind": kind, "reason": f"主办{lead.short}" + (f"，协办{'、'.join(u.short for u in helpers)}" if helpers else "") + f"：{reason}"}  # fmt: skip
    step(demand.case_id, DEMAND_FLOW, E.ROUTE, by=by, at=at, data=data, changes=changes, expected=expected)


def sign(demand: Demand, *, by: Actor, at: datetime, expected: int | None = None) -> None:
    """签收, by the lead."""
    _own(demand, by)
    step(demand.case_id, DEMAND_FLOW, E.SIGN, by=by, at=at, expected=expected)


def send_back(demand: Demand, *, reason: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """退回研判 with the reason."""
    _own(demand, by)
    data = {"reason": _said(reason, "退回的理由和应由谁办")}
    step(demand.case_id, DEMAND_FLOW, E.RETURN, by=by, at=at, data=data, expected=expected)


@transaction.atomic
def reply(demand: Demand, *, said: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """答复; the firm sees it word for word."""
    _own(demand, by)
    said = _said(said, "答复内容", 8)
    Demand.objects.filter(pk=demand.pk).update(reply=said)
    changes = Changes(clocks={CALLBACK: content.clock("callback")})
    step(
        demand.case_id,
        DEMAND_FLOW,
        E.REPLY,
        by=by,
        at=at,
        data={"said": said},
        changes=changes,
        expected=expected,
    )


def confirm(demand: Demand, *, said: str = "", by: Actor, at: datetime, expected: int | None = None) -> None:
    """回访：已解决, on the firm's word."""
    _called(demand, E.CONFIRM, True, said, by, at, expected)


def explain(demand: Demand, *, said: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """回访：未解决, explained: closed, but not counted as solved."""
    _called(demand, E.EXPLAIN, False, _said(said, "未能解决的原因和向企业的说明"), by, at, expected)


@transaction.atomic
def _called(
    demand: Demand, event: DemandEvent, solved: bool, said: str, by: Actor, at: datetime, expected: int | None
) -> None:
    Demand.objects.filter(pk=demand.pk).update(solved=solved)
    step(
        demand.case_id,
        DEMAND_FLOW,
        event,
        by=by,
        at=at,
        data={"said": said, "solved": solved},
        expected=expected,
    )


@transaction.atomic
def redo(demand: Demand, *, said: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """回访：不满意，重办; after the limit of the county it is led by a person in charge, not sent round again."""
    limit = content.rules()["redo_limit"]
    if demand.redone >= limit:
        raise Refused(f"已重办 {limit} 次；请由分管领导包案，按“未解决，已说明”办结并写明去向。")
    Demand.objects.filter(pk=demand.pk).update(redone=demand.redone + 1)
    changes = Changes(clocks={HANDLING: content.clock("redo")})
    data = {"said": _said(said, "企业不满意在哪里")}
    step(demand.case_id, DEMAND_FLOW, E.REDO, by=by, at=at, data=data, changes=changes, expected=expected)


@transaction.atomic
def merge(demand: Demand, *, into: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """并案 into another open demand, by its number; both firms keep seeing their own."""
    _need(by, "demands.route")
    other = Demand.objects.filter(region=by.region, case__number=into.strip()).select_related("case").first()
    if other is None or other.pk == demand.pk:
        raise Refused(f"没有编号为“{into.strip()}”的另一件诉求；请从“可能重复”里抄编号。")
    if DEMAND_FLOW.states(other.case.state) in DEMAND_FLOW.final:
        raise Refused(f"{other.case.number} 已结束，不能并入；请另行派单。")
    Demand.objects.filter(pk=demand.pk).update(merged_into=other)
    data = {"reason": f"并入 {other.case.number}", "into": str(other.case_id)}
    step(demand.case_id, DEMAND_FLOW, E.MERGE, by=by, at=at, data=data, expected=expected)


def refuse(demand: Demand, *, reason: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """不予受理 with the reason and where to go."""
    data = {"reason": _said(reason, "不予受理的理由和企业可以去哪里")}
    step(demand.case_id, DEMAND_FLOW, E.REFUSE, by=by, at=at, data=data, expected=expected)


def withdraw(demand: Demand, *, by: Actor, at: datetime, expected: int | None = None) -> None:
    """撤回, by the firm itself."""
    if demand.enterprise.organisation_id != by.organisation:
        raise NotAllowed("只有提出诉求的企业可以撤回。")
    step(demand.case_id, DEMAND_FLOW, E.WITHDRAW, by=by, at=at, expected=expected)


def _own(demand: Demand, by: Actor) -> None:
    if demand.case.lead_id not in by.units:
        raise NotAllowed("这件诉求由别的单位主办。")


@transaction.atomic
def open_topic(demand: Demand, *, title: str, by: Actor, at: datetime) -> Topic:
    """提炼共性诉求 from a demand."""
    _need(by, "demands.topic")
    if demand.topic_id:
        raise Conflict("这件诉求已归入一个共性诉求。")
    topic = Topic.objects.create(
        region=by.region, title=_said(title, "共性诉求的名称")[:80], kind=demand.kind, made_at=at
    )
    Demand.objects.filter(pk=demand.pk).update(topic=topic)
    append(
        stream=topic.id,
        kind="demands.topic_opened",
        by=by,
        at=at,
        data={"title": topic.title, "from": str(demand.case_id)},
    )
    return topic


@transaction.atomic
def join_topic(topic: Topic, demands: Iterable[uuid.UUID], *, by: Actor, at: datetime) -> int:
    """Further demands of the same kind join a topic; how many did."""
    _need(by, "demands.topic")
    count = Demand.objects.filter(region=by.region, pk__in=list(demands), topic=None, kind=topic.kind).update(
        topic=topic
    )
    if not count:
        raise Refused("没有可归入的诉求：请勾选同类、尚未归入的诉求。")
    append(stream=topic.id, kind="demands.topic_joined", by=by, at=at, data={"count": count})
    return count


@transaction.atomic
def task_topic(topic: Topic, *, unit: Organisation, task: str, by: Actor, at: datetime) -> None:
    """政策修订任务: which unit changes what."""
    _need(by, "demands.topic")
    task = _said(task, "要修订哪份政策的哪一处", 8)
    changed = Topic.objects.filter(pk=topic.pk, state=TopicState.OPEN).update(
        state=TopicState.TASKED, unit=unit, task=task
    )
    if not changed:
        raise Conflict("这个共性诉求已提出任务，请刷新。")
    append(
        stream=topic.id, kind="demands.topic_tasked", by=by, at=at, data={"unit": unit.short, "task": task}
    )


@transaction.atomic
def change_topic(topic: Topic, *, changed: str, by: Actor, at: datetime) -> None:
    """政策已修订, by the unit that was asked or who asked it; from now on the effect is counted."""
    if not (by.may("demands.topic") or (by.may("demands.handle") and topic.unit_id in by.units)):
        raise NotAllowed("只有修订单位或研判员可以登记政策修订。")
    changed = _said(changed, "修订后的文号和施行日期", 4)
    done = Topic.objects.filter(pk=topic.pk, state=TopicState.TASKED).update(
        state=TopicState.CHANGED, changed=changed, changed_at=at
    )
    if not done:
        raise Conflict("请先提出政策修订任务，或刷新后再看。")
    append(stream=topic.id, kind="demands.topic_changed", by=by, at=at, data={"changed": changed})
