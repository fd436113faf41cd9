"""Import of duty lists; what happens to a version afterwards is in `lists/versions`."""

from datetime import datetime
from io import BytesIO

from django.conf import settings
from django.db import transaction

from sanfu.grassroots.duties import library, versions
from sanfu.grassroots.duties.actions.bounds import need
from sanfu.grassroots.duties.models import ListVersion
from sanfu.kernel.duties.items import UnreadableList
from sanfu.kernel.duties.lists.files import read_list
from sanfu.kernel.duties.lists.lint import lint
from sanfu.lists.versions.actions import draft
from sanfu.people.models import Organisation
from sanfu.records.actor import Actor, Refused
from sanfu.records.files import store


@transaction.atomic
def import_list(
    *, town: Organisation, name: str, data: bytes, by: Actor, at: datetime, mark: str = ""
) -> ListVersion:
    """Keep the file as it came, read it row by row, check it, and make a draft version."""
    need(by, "duties.edit")
    source = store(name=name, content=BytesIO(data), by=by, at=at)
    try:
        reading = read_list(data, name, town.short)
    except UnreadableList as problem:
        raise Refused(f"“{name}”不能作为清单导入：{problem}。原件已保留。") from problem
    findings = lint(reading.duty_list, library.lexicon())
    version = ListVersion(
        town=town,
        mark=reading.duty_list.mark or mark or ("演示" if settings.DEMO else ""),
        items=[versions.item_json(item) for item in reading.duty_list],
        notes=[note.__dict__ for note in reading.notes],
        findings=[finding.as_dict() for finding in findings],
        source=source,
    )
    told = {"town": town.short, "items": len(version.items), "refused": reading.count("refused")}
    return draft(version, by=by, at=at, told=told)
