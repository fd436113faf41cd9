"""Writes of 履职. Every one takes who acts and when, runs in one transaction and leaves one event."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.conf import settings
from django.db import transaction

from sanfu.cases.actions import Changes, Opening, open_case, step
from sanfu.cases.states import CaseKind
from sanfu.cases.timing import Rule
from sanfu.grassroots.duties import library, rules, versions
from sanfu.grassroots.duties.models import (
    Admission,
    ConditionalRule,
    Document,
    ListVersion,
    Objection,
    Precedent,
    Rating,
    Task,
)
from sanfu.grassroots.duties.reports import checked_json
from sanfu.grassroots.duties.states import (
    HANDLING,
    RULING,
    SIGNING,
    TASK_FLOW,
    AdmissionState,
    DocumentState,
    Ruling,
    TaskEvent,
    VersionState,
)
from sanfu.kernel.clocks import rule_of
from sanfu.kernel.duties.documents import ReadDocument, UnreadableDocument, read_document
from sanfu.kernel.duties.items import UnreadableList
from sanfu.kernel.duties.judging.precheck import Paper
from sanfu.kernel.duties.lists.files import read_list
from sanfu.kernel.duties.lists.lint import lint
from sanfu.people.models import Organisation
from sanfu.records.actions import append, next_number
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.content import read_yaml
from sanfu.records.files import store
from sanfu.records.models import StoredFile


def clock_rules() -> Mapping[str, Any]:
    """The county's times for tasks, from content."""
    raw: Mapping[str, Any] = read_yaml(settings.CONTENT / "duties" / "clocks.yaml")
    return raw


def _clock(name: str, raw: Mapping[str, Any]) -> Rule:
    row = {key: value for key, value in raw["clocks"][name].items() if key != "note"}
    return Rule(rule_of(row), source=f"duties/clocks.yaml {name}", basis=raw["source"]["document"])


# --- lists ---


@transaction.atomic
def import_list(
    *, town: Organisation, name: str, data: bytes, by: Actor, at: datetime, mark: str = "演示"
) -> ListVersion:
    """Keep the file as it came, read it row by row, check it, and make a draft version."""
    _need(by, "duties.edit")
    source = store(name=name, content=BytesIO(data), by=by, at=at)
    try:
        reading = read_list(data, name, town.short)
    except UnreadableList as problem:
        raise Refused(f"“{name}”不能作为清单导入：{problem}。原件已保留。") from problem
    findings = lint(reading.duty_list, library.lexicon())
    version = ListVersion.objects.create(
        region=by.region,
        town=town,
        number=next_number(region=by.region, kind=f"dutylist{town.code}", year=0),
        mark=reading.duty_list.mark or mark,
        items=[versions.item_json(item) for item in reading.duty_list],
        notes=[note.__dict__ for note in reading.notes],
        findings=[finding.as_dict() for finding in findings],
        source=source,
        edited_by=by.id,
        edited_name=by.name,
        edited_at=at,
    )
    told = {"town": town.short, "items": len(version.items), "refused": reading.count("refused")}
    append(stream=version.id, kind="duties.list_imported", by=by, at=at, data=told)
    return version


@transaction.atomic
def consult(version: ListVersion, *, by: Actor, at: datetime) -> None:
    """草稿 → 征求意见: from here on every town and department sees it and may comment."""
    _need(by, "duties.edit")
    changed = ListVersion.objects.filter(id=version.id, state=VersionState.DRAFT).update(
        state=VersionState.CONSULT
    )
    if not changed:
        raise Conflict("这一版已不是草稿，请刷新后再看。")
    append(stream=version.id, kind="duties.list_consulted", by=by, at=at)


@transaction.atomic
def publish(version: ListVersion, *, effective_from: date, doc_no: str, by: Actor, at: datetime) -> None:
    """Approve and publish, by a second person; the version before ends the day the new one begins."""
    _need(by, "lists.approve")
    if by.id == version.edited_by:
        raise NotAllowed("编辑和审核须是两个人：这一版由您编辑，请另一位审核人公布。")
    last = _last_published(version)
    if last and last.effective_from and last.effective_from >= effective_from:
        raise Refused(f"生效日须晚于上一版的生效日 {last.effective_from:%Y-%m-%d}。")
    changed = ListVersion.objects.filter(
        id=version.id, state__in=[VersionState.DRAFT, VersionState.CONSULT]
    ).update(
        state=VersionState.PUBLISHED,
        effective_from=effective_from,
        doc_no=doc_no,
        approved_by=by.id,
        approved_name=by.name,
        approved_at=at,
    )
    if not changed:
        raise Conflict("这一版已经公布，请刷新后再看。")
    if last:
        ListVersion.objects.filter(id=last.id).update(
            state=VersionState.SUPERSEDED, effective_to=effective_from
        )
    append(
        stream=version.id,
        kind="duties.list_published",
        by=by,
        at=at,
        data={"from": effective_from.isoformat()},
    )


def _last_published(version: ListVersion) -> ListVersion | None:
    rows = ListVersion.objects.filter(
        region=version.region, town=version.town_id, state=VersionState.PUBLISHED
    )
    return rows.order_by("-effective_from").first()


# --- documents and tasks ---


def read_upload(*, name: str, data: bytes, by: Actor, at: datetime) -> tuple[StoredFile, ReadDocument]:
    """Keep the original, then read its text; Refused says what to do when there is none."""
    stored = store(name=name, content=BytesIO(data), by=by, at=at)
    try:
        return stored, read_document(data, name)
    except UnreadableDocument as problem:
        raise Refused(str(problem)) from problem


def judge(
    *, text: str, issuer: Organisation, kind: str, town: uuid.UUID, on: date
) -> tuple[dict[str, Any], Any]:
    """Judgement of a text by a town's list of the day, with adopted rules; (data, version). Writes nothing."""
    version = versions.in_force(issuer.region, town, on)
    if version is None:
        raise Refused("该镇当日没有已公布的履职清单，无法比对；请先导入并公布清单。")
    checked = versions.checker_of(issuer.region, version, on).check(Paper(text, issuer.short, kind))
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
    _need(by, "duties.precheck")
    judged, version = judge(text=text, issuer=issuer, kind=kind, town=town, on=at.date())
    number = next_number(region=by.region, kind="dutydoc", year=at.year)
    document = Document.objects.create(
        region=by.region,
        number=f"文{at.year}-{number:05d}",
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
def send(
    document: Document, *, towns: Sequence[Organisation], workdays: int, reason: str, by: Actor, at: datetime
) -> list[Task]:
    """Send to towns: one task each, judged by its own list of the day. An emergency goes at once.

    A document that the pre-check would stop needs a written reason; the reason is shown to the town and to 编办.
    """
    _need(by, "duties.send")
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
        text=document.text, issuer=document.issuer, kind=document.kind, town=town.id, on=at.date()
    )
    raw = clock_rules()
    handling = Rule(rule_of({"n": workdays, "unit": "workday"}), source=document.number, basis=document.title)
    number = next_number(region=by.region, kind="dutytask", year=at.year)
    case = open_case(
        Opening(
            kind=CaseKind.TASK,
            number=f"任{at.year}-{number:05d}",
            title=document.title,
            lead=town.id,
            units=frozenset({town.id, document.issuer_id}),
            urgency="紧急" if document.urgent else "",
            clocks={SIGNING: _clock(SIGNING, raw), HANDLING: handling},
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
    """Take a checked draft back; sent documents are withdrawn task by task through the ruling."""
    _need(by, "duties.send")
    changed = Document.objects.filter(id=document.id, state=DocumentState.CHECKED).update(
        state=DocumentState.WITHDRAWN
    )
    if not changed:
        raise Conflict("这份文稿已经下发或撤回，请刷新后再看。")
    append(stream=document.id, kind="duties.document_withdrawn", by=by, at=at)


def accept(task: Task, *, by: Actor, at: datetime, expected: int | None = None) -> None:
    """接办."""
    _own(task, by)
    step(task.case_id, TASK_FLOW, TaskEvent.ACCEPT, by=by, at=at, expected=expected)


def finish(task: Task, *, said: str, by: Actor, at: datetime, expected: int | None = None) -> None:
    """办结, with what was done."""
    _own(task, by)
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


@transaction.atomic
def object_to(task: Task, *, grounds: str, by: Actor, at: datetime, expected: int | None = None) -> Objection:
    """提出异议: one click; the evidence of every stopped demand goes with it and the town's clock stops."""
    _own(task, by)
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
    rule = _clock("紧急裁定" if task.document.urgent else "裁定", raw)
    step(
        task.case_id, TASK_FLOW, TaskEvent.OBJECT, by=by, at=at, expected=expected,
        changes=Changes(clocks={RULING: rule}),
    )  # fmt: skip
    default = "；".join(f"第{one['number']}项{one['label']}（{one['item']['code']}）" for one in evidence)
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
    _need(by, "duties.rule")
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
    number = next_number(region=by.region, kind="precedent", year=at.year)
    first = objection.evidence[0]
    return Precedent.objects.create(
        region=by.region,
        number=f"裁{at.year}-{number:04d}",
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
    _need(by, "duties.rule")
    chosen = [word.strip() for word in words if len(word.strip()) >= 2]
    if not chosen:
        raise Refused("请至少写一个两字以上的词；条件太宽会误伤别的任务。")
    issuer = "" if any_issuer else precedent.issuer.short
    held = [
        {"number": row.number, "text": row.text, "issuer": row.issuer, "verdict": row.verdict.value}
        for row in versions.remembered(by.region)
    ]
    tested = rules.try_rule(issuer, chosen, precedent.verdict, held)
    number = next_number(region=by.region, kind="dutyrule", year=at.year)
    rule = ConditionalRule.objects.create(
        region=by.region,
        number=f"则{at.year}-{number:04d}",
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
    _need(by, "duties.rule")
    if not rule.tested.get("sound"):
        against = "、".join(rule.tested.get("against", [])) or "（没有先例可验）"
        raise Refused(f"规则与已有裁定不一致或无从检验：{against}；请收窄条件后重新检验。")
    ConditionalRule.objects.filter(id=rule.id).update(adopted_at=at, adopted_name=by.name)
    append(stream=rule.id, kind="duties.rule_adopted", by=by, at=at, data={"number": rule.number})


# --- admission ---


@transaction.atomic
def apply_admission(
    *, department: Organisation, fields: Mapping[str, Any], by: Actor, at: datetime
) -> Admission:
    """申请职责准入: 权、人、钱 must be filled; a temporary duty needs its last day."""
    _need(by, "duties.send")
    missing = [
        label
        for key, label in (("power", "权随事转"), ("staff", "人随事转"), ("money", "钱随事转"))
        if not str(fields.get(key, "")).strip()
    ]
    if missing:
        raise Refused(f"缺少{'、'.join(missing)}；没有权、人、钱随事转的安排，不受理准入申请。")
    if fields["temporary"] and not fields.get("ends_on"):
        raise Refused("临时任务必须写明截止日期，到期自动清退。")
    number = next_number(region=by.region, kind="admission", year=at.year)
    row = Admission.objects.create(
        region=by.region, number=f"准{at.year}-{number:04d}", department=department,
        units=[department.id, *fields["towns"]], applied_name=by.name, applied_at=at, **fields,
    )  # fmt: skip
    append(
        stream=row.id,
        kind="duties.admission_applied",
        by=by,
        at=at,
        data={"number": row.number, "name": row.name},
    )
    return row


@transaction.atomic
def decide_admission(
    row: Admission, *, opinions: Mapping[str, str], approve: bool, decision: str, by: Actor, at: datetime
) -> None:
    """准入决定: 编办、司法、镇（街道） must have spoken, and the approving document is named."""
    _need(by, "duties.rule")
    silent = [who for who in ("编办", "司法", "镇（街道）") if not opinions.get(who, "").strip()]
    if silent:
        raise Refused(f"缺少{'、'.join(silent)}意见；三方意见齐全后才能决定。")
    if approve and not decision.strip():
        raise Refused("准入须写明县委、县政府的批准文件。")
    changed = Admission.objects.filter(id=row.id, state=AdmissionState.APPLIED).update(
        state=AdmissionState.APPROVED if approve else AdmissionState.REFUSED,
        opinions=dict(opinions),
        decision=decision.strip(),
        decided_at=at,
    )
    if not changed:
        raise Conflict("这件申请已经决定，请刷新后再看。")
    append(stream=row.id, kind="duties.admission_decided", by=by, at=at, data={"approved": approve})


@transaction.atomic
def expire_admissions(*, region: str, on: date, by: Actor, at: datetime) -> int:
    """到期清退: close every temporary duty whose last day has passed; returns how many."""
    rows = list(
        Admission.objects.select_for_update().filter(
            region=region, state=AdmissionState.APPROVED, temporary=True, ends_on__lt=on
        )
    )
    for row in rows:
        Admission.objects.filter(id=row.id).update(state=AdmissionState.EXPIRED)
        append(stream=row.id, kind="duties.admission_expired", by=by, at=at, data={"number": row.number})
    return len(rows)


@transaction.atomic
def rate(*, rated: Organisation, score: int, reason: str, by: Actor, at: datetime) -> Rating:
    """互评: one rating of each other side a quarter; a later one in the same quarter replaces it, both in the log."""
    rater = Organisation.objects.filter(id__in=[by.organisation]).first()
    if rater is None or rater.kind == rated.kind:
        raise Refused("镇（街道）评部门、部门评镇（街道）；请选择对方单位。")
    if score <= 2 and len(reason.strip()) < 4:
        raise Refused("评分较低时请写明事实。")
    values = {"score": score, "reason": reason.strip(), "by_name": by.name, "at": at}
    row, _ = Rating.objects.update_or_create(
        region=by.region, period=rules.quarter_of(at.date()), rater=rater, rated=rated, defaults=values
    )
    append(stream=row.id, kind="duties.rated", by=by, at=at, data={"score": score, "rated": rated.short})
    return row


def _need(by: Actor, permission: str) -> None:
    if not by.may(permission):
        raise NotAllowed(f"{by.name}没有这项权限，请由有权限的人员办理。")


def _own(task: Task, by: Actor) -> None:
    if task.town_id not in by.units:
        raise NotAllowed("这是别的镇（街道）的任务。")
