"""Writes of the catalogue: import a file, change an item, publish. Every change is a new version."""

import copy
import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from sanfu.grassroots.scenes.actions.shared import digest_of
from sanfu.grassroots.scenes.library import shipped
from sanfu.grassroots.scenes.models import CatalogueVersion
from sanfu.kernel.joint.catalogue.load import load
from sanfu.kernel.joint.catalogue.problems import CatalogError
from sanfu.kernel.joint.catalogue.source import read
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused

CHANGEABLE = {
    "n": "名称", "prom": "承诺时限", "visits": "跑动次数", "dept": "承办部门", "note": "说明",
    "v": "法定时限", "u": "时限单位", "src": "法定依据",
}  # fmt: skip

LABELS = {
    "n": "名称", "kind": "类型", "dept": "承办部门", "when": "何时涉及", "stat": "法定时限", "prom": "承诺时限",
    "visits": "跑动次数", "needs": "前置", "f": "字段", "m": "材料", "m_get": "材料取得方式", "m_when": "材料条件",
    "out": "结果", "effective": "施行日", "ends": "停办日", "soft_waived": "预审替代",
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
    _newest(base)
    raw = copy.deepcopy(base.raw)
    row = next((r for r in raw["items"] if r["id"] == item), None)
    if row is None:
        raise Refused(f"第 {base.number} 版目录没有事项 {item}。")
    changes = [c for key, value in said.items() if (c := _change(row, key, value))]
    return _kept(raw, [{"item": item, **c} for c in changes], note=note, by=by, at=at)


def _change(row: dict[str, Any], key: str, value: Any) -> dict[str, str] | None:
    place = row.setdefault("stat", {}) if key in ("v", "u", "src", "note") else row
    old = place.get(key, "")
    if str(old) == str(value):
        return None
    place[key] = value
    return {"label": CHANGEABLE[key], "old": str(old), "new": str(value)}


def save_item(
    base: CatalogueVersion,
    row: Mapping[str, Any],
    bundles: Collection[str],
    *,
    note: str,
    by: Actor,
    at: datetime,
) -> CatalogueVersion:
    """A whole item, new or changed, and the bundles that hold it, as a draft on top of `base`."""
    _newest(base)
    raw, changes = with_item(base.raw, row, bundles)
    return _kept(raw, changes, note=note, by=by, at=at)


def retire_item(base: CatalogueVersion, item: str, *, note: str, by: Actor, at: datetime) -> CatalogueVersion:
    """Take an item out of the catalogue and its bundles; refused while another item needs its results."""
    _newest(base)
    row = _row_of(base.raw, item)
    if row is None:
        raise Refused(f"第 {base.number} 版目录没有事项 {item}。")
    raw, gone = without_item(base.raw, item)
    changes = [{"item": item, "label": "停用", "old": str(row.get("n", item)), "new": ""}]
    changes += [{"item": item, "label": "撤去情形问题", "old": text, "new": ""} for text in gone]
    return _kept(raw, changes, note=note, by=by, at=at)


def with_item(
    raw: Mapping[str, Any], row: Mapping[str, Any], bundles: Collection[str]
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The catalogue with one item written anew, and what changed in it."""
    made: dict[str, Any] = copy.deepcopy(dict(raw))
    code = str(row["id"])
    old = _row_of(made, code)
    if old is None:
        made["items"].append(dict(row))
    else:
        made["items"][made["items"].index(old)] = dict(row)
    changes = [] if old else [{"item": code, "label": "新增事项", "old": "", "new": str(row.get("n", code))}]
    for key in dict.fromkeys([*(old or {}), *row]):
        before, after = (old or {}).get(key), row.get(key)
        if old and before != after and (before or after):
            changes.append(
                {"item": code, "label": LABELS.get(key, key), "old": _short(before), "new": _short(after)}
            )
    for bundle in made["bundles"]:
        has, wants = code in bundle["items"], bundle["id"] in bundles
        if has != wants:
            bundle["items"] = [*bundle["items"], code] if wants else [i for i in bundle["items"] if i != code]
            told = {
                "label": "列入一件事" if wants else "移出一件事",
                "old": "",
                "new": str(bundle.get("n", "")),
            }
            changes.append({"item": code, **told})
    return made, changes


def without_item(raw: Mapping[str, Any], item: str) -> tuple[dict[str, Any], list[str]]:
    """The catalogue without one item, also in bundles, and the questions that then decide nothing."""
    made: dict[str, Any] = copy.deepcopy(dict(raw))
    made["items"] = [row for row in made["items"] if row["id"] != item]
    gone: list[str] = []
    for bundle in made["bundles"]:
        if item not in bundle["items"]:
            continue
        for key in ("items", "pre_review"):
            if key in bundle:
                bundle[key] = [code for code in bundle[key] if code != item]
        rows = [row for row in made["items"] if row["id"] in bundle["items"]]
        read = set(re.findall(r"\b[A-Za-z_]\w*", json.dumps([rows, bundle.get("implies")], default=str)))
        idle = [q for q in bundle.get("questions", []) if q["id"] not in read]
        bundle["questions"] = [q for q in bundle.get("questions", []) if q not in idle]
        gone += [str(q.get("n", q["id"])) for q in idle]
    return made, gone


def _row_of(raw: Mapping[str, Any], item: str) -> dict[str, Any] | None:
    return next((row for row in raw["items"] if row["id"] == item), None)


def _short(value: Any) -> str:
    """A value in a line of changes: lists by their members, rows by their fields."""
    if isinstance(value, Mapping):
        return ",".join(f"{k}={_short(v)}" for k, v in value.items())
    if isinstance(value, list):
        return ";".join(_short(one) for one in value)
    return "" if value is None else str(value)


def _newest(base: CatalogueVersion) -> None:
    newest = CatalogueVersion.objects.filter(region=base.region).aggregate(last=Max("number"))["last"]
    if newest != base.number:
        raise Conflict(f"目录已经有第 {newest} 版，您看到的是第 {base.number} 版；请刷新后再改。")


def _kept(
    raw: Mapping[str, Any], changes: list[dict[str, str]], *, note: str, by: Actor, at: datetime
) -> CatalogueVersion:
    if not changes:
        raise Refused("没有任何改动。")
    try:
        return keep(raw, note=note, changes=changes, by=by, at=at)
    except CatalogError as error:
        raise Refused("改动没有保存:" + ";".join(p.message for p in error.problems[:6])) from error


@transaction.atomic
def publish(version: CatalogueVersion, *, by: Actor, at: datetime) -> CatalogueVersion:
    """Make a draft the catalogue in use, by a second person. Running cases stay on their version."""
    if not by.may("scenes.approve"):
        raise NotAllowed("复核发布事项目录需要“清单审核”岗位。")
    if by.id is not None and version.made_by == by.id:
        raise NotAllowed("自己编辑的版本不能自己发布，请由另一位“清单审核”岗位的同志复核。")
    version = CatalogueVersion.objects.select_for_update().get(pk=version.pk)
    if version.published_at:
        raise Conflict(f"第 {version.number} 版已经发布。")
    newest = CatalogueVersion.objects.filter(region=version.region, published_at__isnull=False).aggregate(
        n=Max("number")
    )["n"]
    if newest and newest > version.number:
        raise Conflict(f"第 {newest} 版已经在用，不能再发布更早的第 {version.number} 版。")
    return _publish(version, by=by, at=at)


def _create(
    raw: Mapping[str, Any], note: str, changes: list[dict[str, str]], *, by: Actor, at: datetime
) -> CatalogueVersion:
    plain = json.loads(json.dumps(raw, ensure_ascii=False, default=str))
    last = CatalogueVersion.objects.filter(region=by.region).aggregate(last=Max("number"))["last"] or 0
    version = CatalogueVersion.objects.create(
        region=by.region, number=last + 1, raw=plain, digest=digest_of(plain), note=note[:200], changes=changes,
        made_by=by.id, by_name=by.name, made_at=at,
    )  # fmt: skip
    data = {"number": version.number, "digest": version.digest, "changes": changes}
    append(stream=version.id, kind="scenes.catalogue_made", by=by, at=at, data=data)
    return version


def _publish(version: CatalogueVersion, *, by: Actor, at: datetime) -> CatalogueVersion:
    version.published_at = at
    version.published_by = by.name
    version.save(update_fields=["published_at", "published_by"])
    append(
        stream=version.id, kind="scenes.catalogue_published", by=by, at=at, data={"digest": version.digest}
    )
    return version
