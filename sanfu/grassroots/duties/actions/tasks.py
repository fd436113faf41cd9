"""Writes of documents and the tasks they become: check, send, withdraw, accept, finish."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.db import transaction

from sanfu.cases.actions import Opening, open_case, step
from sanfu.cases.timing import Rule
from sanfu.grassroots.duties import rules, versions
from sanfu.grassroots.duties.actions.bounds import clock, clock_rules, need, own
from sanfu.grassroots.duties.models import (
    Document,
    Task,
)
from sanfu.grassroots.duties.reports import checked_json
from sanfu.grassroots.duties.room import TASK
from sanfu.grassroots.duties.states import (
    HANDLING,
    SIGNING,
    TASK_FLOW,
    DocumentState,
    TaskEvent,
)
from sanfu.kernel.clocks import rule_of
from sanfu.kernel.duties.documents import ReadDocument, UnreadableDocument, read_document
from sanfu.kernel.duties.judging.precheck import Paper
from sanfu.people.models import Organisation
from sanfu.records.actions import append, number
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.files import store
from sanfu.records.models import StoredFile
from sanfu.records.moments import day_of


def read_upload(*, name: str, data: bytes, by: Actor, at: datetime) -> tuple[StoredFile, ReadDocument]:
    """Keep the original, then read its text; Refused says what to do when there is none."""
    stored = store(name=name, content=BytesIO(data), by=by, at=at)
    try:
        return stored, read_document(data, name)
    except UnreadableDocument as problem:
        raise Refused(str(problem)) from problem


def judge(
    *, text: str, issuer: Organisation, kind: str, town: uuid.UUID, on: date, title: str = ""
) -> tuple[dict[str, Any], Any]:
    """Judgement of a text by a town's list of the day, with adopted rules; (data, version). Writes nothing."""
    version = versions.in_force(issuer.region, town, on)
    if version is None:
        raise Refused("该镇当日没有已公布的履职清单，无法比对；请先导入并公布清单。")
    checked = versions.checker_of(issuer.region, version, on).check(
        Paper(text, issuer.short, kind, title=title)
    )
    return rules.apply_rules(
        checked_json(checked), issuer.short, versions.adopted_rules(issuer.region)
    ), version


@transaction.atomic
def save_document(
    *,
    text: str,
    title: str,
    kind: str,
    issuer: Organisation,
    town: uuid.UUID,
    by: Actor,
    at: datetime,
    source: StoredFile | None = None,
    notes: Sequence[str] = (),
) -> Document:
    """Keep a draft with its pre-check."""
    need(by, "duties.precheck")
    judged, version = judge(text=text, issuer=issuer, kind=kind, town=town, on=day_of(at), title=title)
    document = Document.objects.create(
        region=by.region,
        number=number("文", by=by, at=at, digits=5, join="-"),
        issuer=issuer,
        kind=kind,
        title=(title or judged["title"] or text.strip().splitlines()[0])[:200],
        text=text,
        source=source,
        notes=list(notes),
        verdict=judged["verdict"],
        judged=judged,
        version=version,
        urgent=judged["verdict"] == "EMERG",
        burden=rules.burden_of(judged),
        units=[issuer.id],
        drafted_name=by.name,
        drafted_at=at,
    )
    append(
        stream=document.id, kind="duties.document_checked", by=by, at=at,
        data={"number": document.number, "verdict": document.verdict, "version": str(version)},
    )  # fmt: skip
    return document


@transaction.atomic
def rewrite(document: Document, *, demand: int, was: str, text: str, by: Actor, at: datetime) -> None:
    """采纳改写: put a sentence in the place of a demand and check the whole text again; empty text takes it out.

    Conflict when the demand no longer reads as it did on the page.
    """
    need(by, "duties.precheck")
    document = Document.objects.select_for_update().get(id=document.id)
    if document.issuer_id not in by.units:
        raise NotAllowed("只有拟稿单位可以改写文稿。")
    if document.state != DocumentState.CHECKED:
        raise Conflict("这份文稿已经下发或撤回，请刷新后再看。")
    found = next((one for one in document.judged["demands"] if one["number"] == demand), None)
    if found is None or found["text"] != was:
        raise Conflict("这一项已经改过了，请刷新后再看。")
    start, end = found["span"]
    text = " ".join(text.split())
    changed = document.text[:start] + text + document.text[end:]
    if not changed.strip():
        raise Refused("改写后文稿没有内容了；不需要下发的，请撤回文稿。")
    assert document.version is not None
    judged, version = judge(
        text=changed, issuer=document.issuer, kind=document.kind, town=document.version.town_id,
        on=day_of(at), title=document.title,
    )  # fmt: skip
    document.text, document.judged, document.version = changed, judged, version
    document.verdict, document.urgent = judged["verdict"], judged["verdict"] == "EMERG"
    document.burden = rules.burden_of(judged)
    document.save(update_fields=["text", "judged", "version", "verdict", "urgent", "burden"])
    append(
        stream=document.id, kind="duties.document_rewritten", by=by, at=at,
        data={"demand": demand, "was": was, "text": text, "verdict": document.verdict},
    )  # fmt: skip


@transaction.atomic
def send(
    document: Document, *, towns: Sequence[Organisation], workdays: int, reason: str, by: Actor, at: datetime
) -> list[Task]:
    """Send to towns: one task each, judged by its own list of the day. An emergency goes at once.

    A document that the pre-check would stop needs a written reason; the reason is shown to the town and to 编办.
    """
    need(by, "duties.send")
    if not towns:
        raise Refused("没有选接收的镇（街道）；请至少选一个。")
    blocked = not document.judged["may_send"]
    if blocked and document.verdict != "EMERG" and not reason.strip():
        raise Refused("预检有不可直接下发的要求：请改写、撤回、申请准入，或写明坚持下发的理由。")
    changed = Document.objects.filter(id=document.id, state=DocumentState.CHECKED).update(
        state=DocumentState.SENT,
        sent_at=at,
        insisted=reason.strip() if blocked else "",
        units=[document.issuer_id, *[town.id for town in towns]],
    )
    if not changed:
        raise Conflict("这份文稿已经下发或撤回，请刷新后再看。")
    made = [_task(document, town, workdays, by=by, at=at) for town in towns]
    append(
        stream=document.id, kind="duties.document_sent", by=by, at=at,
        data={"towns": [town.short for town in towns], "insisted": reason.strip() if blocked else ""},
    )  # fmt: skip
    return made


def _task(document: Document, town: Organisation, workdays: int, *, by: Actor, at: datetime) -> Task:
    judged, version = judge(
        text=document.text,
        issuer=document.issuer,
        kind=document.kind,
        town=town.id,
        on=day_of(at),
        title=document.title,
    )
    raw = clock_rules()
    handling = Rule(rule_of({"n": workdays, "unit": "workday"}), source=document.number, basis=document.title)
    case = open_case(
        Opening(
            kind=TASK.code,
            number=number("任", by=by, at=at, digits=5, join="-"),
            title=document.title,
            lead=town.id,
            units=frozenset({town.id, document.issuer_id}),
            urgency="紧急" if document.urgent else "",
            clocks={SIGNING: clock(SIGNING, raw), HANDLING: handling},
            pinned={"list": f"{version}", "version": str(version.id)},
        ),
        TASK_FLOW,
        by=by,
        at=at,
    )
    return Task.objects.create(
        region=by.region,
        case=case,
        document=document,
        town=town,
        version=version,
        verdict=judged["verdict"],
        judged=judged,
    )


@transaction.atomic
def withdraw(document: Document, *, by: Actor, at: datetime) -> None:
    """Take a checked draft back; what was sent is recalled task by task (`recall`)."""
    need(by, "duties.send")
    changed = Document.objects.filter(id=document.id, state=DocumentState.CHECKED).update(
        state=DocumentState.WITHDRAWN
    )
    if not changed:
        raise Conflict("这份文稿已经下发或撤回，请刷新后再看。")
    append(stream=document.id, kind="duties.document_withdrawn", by=by, at=at)


def accept(task: Task, *, by: Actor, at: datetime, expected: int | None = None) -> None:
    """接办."""
    own(task, by)
    step(task.case_id, TASK_FLOW, TaskEvent.ACCEPT, by=by, at=at, expected=expected)


def finish(task: Task, *, said: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """办结, with what was done."""
    own(task, by)
    if len(said.strip()) < 4:
        raise Refused("请写明办理结果（不少于4个字）。")
    step(
        task.case_id,
        TASK_FLOW,
        TaskEvent.FINISH,
        by=by,
        at=at,
        expected=expected,
        data={"said": said.strip()},
    )


def recall(task: Task, *, said: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """撤回: the issuing department takes a task back while the town has it; an objected one awaits its ruling."""
    if task.document.issuer_id not in by.units:
        raise NotAllowed("只有发文部门可以撤回这件任务。")
    if len(said.strip()) < 4:
        raise Refused("请写明撤回的原因（不少于4个字），镇（街道）会看到。")
    step(
        task.case_id,
        TASK_FLOW,
        TaskEvent.WITHDRAW,
        by=by,
        at=at,
        expected=expected,
        data={"said": said.strip()},
    )
