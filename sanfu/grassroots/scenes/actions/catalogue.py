"""Writes of the catalogue: import a file, change an item, publish. Every change is a new version."""

import copy
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from sanfu.grassroots.scenes.actions.shared import digest_of
from sanfu.grassroots.scenes.library import shipped
from sanfu.grassroots.scenes.models import CatalogueVersion
from sanfu.kernel.joint.load import load
from sanfu.kernel.joint.problems import CatalogError
from sanfu.kernel.joint.source import read
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused

CHANGEABLE = {
    "n": "名称", "prom": "承诺时限", "visits": "跑动次数", "dept": "承办部门", "note": "说明",
    "v": "法定时限", "u": "时限单位", "src": "法定依据",
}  # fmt: skip


def import_text(text: str, *, note: str, by: Actor, at: datetime) -> CatalogueVersion:
    """A catalogue file in the import form becomes a draft version; Refused with every fault it has."""
    try:
        return keep(read(text), note=note or "导入文件", changes=[], by=by, at=at)
    except CatalogError as error:
        raise Refused("目录没有导入:" + ";".join(str(p) for p in error.problems[:8])) from error


def import_shipped(*, by: Actor, at: datetime) -> CatalogueVersion:
    """The catalogue that came with the platform as a published version, when there is none yet."""
    found = CatalogueVersion.objects.filter(region=by.region, published_at__isnull=False).first()
    if found:
        return found
    with transaction.atomic():
        version = _create(dict(shipped().raw), "随平台提供的目录", [], by=by, at=at)
        return _publish(version, by=by, at=at)


def keep(
    raw: Mapping[str, Any], *, note: str, changes: list[dict[str, str]], by: Actor, at: datetime
) -> CatalogueVersion:
    """Check a whole catalogue and keep it as a draft."""
    if not by.may("scenes.edit"):
        raise NotAllowed("维护事项目录需要“事项专员”岗位。")
    load(raw)
    with transaction.atomic():
        return _create(raw, note, changes, by=by, at=at)


def change_item(
    base: CatalogueVersion, item: str, said: Mapping[str, Any], *, note: str, by: Actor, at: datetime
) -> CatalogueVersion:
    """One item with other values, as a draft on top of `base`; the change is listed old → new."""
    newest = (
        CatalogueVersion.objects.filter(region=by.region)
        .order_by("-number")
        .values_list("number", flat=True)[0]
    )
    if newest != base.number:
        raise Conflict(f"目录已经有第 {newest} 版,您看到的是第 {base.number} 版;请刷新后再改。")
    raw = copy.deepcopy(base.raw)
    row = next((r for r in raw["items"] if r["id"] == item), None)
    if row is None:
        raise Refused(f"第 {base.number} 版目录没有事项 {item}。")
    changes = [c for key, value in said.items() if (c := _change(row, key, value))]
    if not changes:
        raise Refused("没有任何改动。")
    try:
        return keep(raw, note=note, changes=[{"item": item, **c} for c in changes], by=by, at=at)
    except CatalogError as error:
        raise Refused("改动没有保存:" + ";".join(p.message for p in error.problems)) from error


def _change(row: dict[str, Any], key: str, value: Any) -> dict[str, str] | None:
    place = row.setdefault("stat", {}) if key in ("v", "u", "src", "note") else row
    old = place.get(key, "")
    if str(old) == str(value):
        return None
    place[key] = value
    return {"label": CHANGEABLE[key], "old": str(old), "new": str(value)}


@transaction.atomic
def publish(version: CatalogueVersion, *, by: Actor, at: datetime) -> CatalogueVersion:
    """Make a draft the catalogue in use. Running cases stay on the version they began with."""
    if not by.may("scenes.compile"):
        raise NotAllowed("发布事项目录需要“事项专员”岗位。")
    if version.published_at:
        raise Conflict(f"第 {version.number} 版已经发布。")
    return _publish(version, by=by, at=at)


def _create(
    raw: Mapping[str, Any], note: str, changes: list[dict[str, str]], *, by: Actor, at: datetime
) -> CatalogueVersion:
    plain = json.loads(json.dumps(raw, ensure_ascii=False, default=str))
    last = CatalogueVersion.objects.filter(region=by.region).aggregate(last=Max("number"))["last"] or 0
    version = CatalogueVersion.objects.create(
        region=by.region, number=last + 1, raw=plain, digest=digest_of(plain), note=note[:200], changes=changes,
        by_name=by.name, made_at=at,
    )  # fmt: skip
    data = {"number": version.number, "digest": version.digest, "changes": changes}
    append(stream=version.id, kind="scenes.catalogue_made", by=by, at=at, data=data)
    return version


def _publish(version: CatalogueVersion, *, by: Actor, at: datetime) -> CatalogueVersion:
    version.published_at = at
    version.save(update_fields=["published_at"])
    append(
        stream=version.id, kind="scenes.catalogue_published", by=by, at=at, data={"digest": version.digest}
    )
    return version
