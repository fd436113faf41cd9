"""Writes of duty lists: import, consultation, publication."""

from datetime import date, datetime
from io import BytesIO

from django.db import transaction

from sanfu.grassroots.duties import library, versions
from sanfu.grassroots.duties.actions.bounds import need
from sanfu.grassroots.duties.models import (
    ListVersion,
)
from sanfu.grassroots.duties.states import (
    VersionState,
)
from sanfu.kernel.duties.items import UnreadableList
from sanfu.kernel.duties.lists.files import read_list
from sanfu.kernel.duties.lists.lint import lint
from sanfu.people.models import Organisation
from sanfu.records.actions import append, next_number
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.files import store


@transaction.atomic
def import_list(
    *, town: Organisation, name: str, data: bytes, by: Actor, at: datetime, mark: str = "演示"
) -> ListVersion:
    """Keep the file as it came, read it row by row, check it, and make a draft version."""
    need(by, "duties.edit")
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
    need(by, "duties.edit")
    changed = ListVersion.objects.filter(id=version.id, state=VersionState.DRAFT).update(
        state=VersionState.CONSULT
    )
    if not changed:
        raise Conflict("这一版已不是草稿，请刷新后再看。")
    append(stream=version.id, kind="duties.list_consulted", by=by, at=at)


@transaction.atomic
def publish(version: ListVersion, *, effective_from: date, doc_no: str, by: Actor, at: datetime) -> None:
    """Approve and publish, by a second person; the version before ends the day the new one begins."""
    need(by, "lists.approve")
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
