"""Batch import of requests (批量导入) as a background job: every row becomes an order or a line of the error sheet.

A row's key is the file's hash and its line, so a worker killed in the middle, or the same file sent twice,
doubles nothing.
"""

from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from sanfu.grassroots.tickets.actions import Submission, submit
from sanfu.grassroots.tickets.states import Channel, RequestType, Urgency
from sanfu.people.models import Organisation
from sanfu.people.queries import find_organisation
from sanfu.records import files, jobs
from sanfu.records.actor import Actor, Refused
from sanfu.records.models import Job, StoredFile
from sanfu.records.sheets import SheetRow, read_rows

NEEDS = ("内容",)
ALIASES = {
    "诉求内容": "内容",
    "正文": "内容",
    "留言详情": "内容",
    "诉求类型": "类型",
    "来源": "渠道",
    "来源渠道": "渠道",
    "镇": "属地",
    "镇街": "属地",
    "所属区域": "属地",
    "地址": "地点",
    "联系人": "姓名",
    "联系电话": "电话",
    "手机号": "电话",
    "工单编号": "来源编号",
    "编号": "来源编号",
    "紧急程度": "紧急",
    "主题": "标题",
}
TEMPLATE = ("标题", "内容", "类型", "渠道", "紧急", "属地", "地点", "姓名", "电话", "来源编号")
_CHANNELS = {channel.label: channel for channel in Channel}


def plan(stored: StoredFile, *, by: Actor, at: datetime) -> Job:
    """Look at the file and make the job; Refused when no row could be read."""
    rows = read_rows(stored.name, files.read(stored), needs=NEEDS, aliases=ALIASES)
    if not rows:
        raise Refused(f"“{stored.name}”只有表头没有数据;请填好后再传。")
    params = {"file": str(stored.id), "by": str(by.id), "by_name": by.name, "at": at.isoformat()}
    return jobs.create(kind="tickets.batch", title=stored.name, total=len(rows), params=params, by=by, at=at)


def piece(job: Job, begin: int, end: int) -> dict[str, Any]:
    """Rows begin..end of the file: take each in, or note why not."""
    stored = StoredFile.objects.get(pk=job.params["file"])
    rows = read_rows(stored.name, files.read(stored), needs=NEEDS, aliases=ALIASES)[begin:end]
    at = parse_datetime(job.params["at"])
    assert at is not None
    by = Actor(id=job.by, name=job.params["by_name"], region=job.region)
    taken, errors = 0, []
    for row in rows:
        try:
            submit(_submission(row, stored, job.region), by=by, at=at)
            taken += 1
        except Refused as refused:
            errors.append({"line": row.line, "why": str(refused), "cells": dict(row.cells)})
    return {"taken": taken, "errors": errors}


def _submission(row: SheetRow, stored: StoredFile, region: str) -> Submission:
    cells = row.cells
    return Submission(
        body=cells.get("内容", ""),
        title=cells.get("标题", ""),
        kind=_one(RequestType, cells.get("类型", ""), RequestType.HELP, "类型"),
        channel=_channel(cells.get("渠道", "")),
        urgency=_one(Urgency, cells.get("紧急", ""), Urgency.NORMAL, "紧急程度"),
        key=f"{stored.sha256[:40]}:{row.line}",
        place=cells.get("地点", ""),
        area=_area(cells.get("属地", ""), region),
        name=cells.get("姓名", ""),
        phone=cells.get("电话", ""),
        source_number=cells.get("来源编号", "")[:60],
    )


def _one(kind: Any, said: str, default: Any, column: str) -> Any:
    if not said:
        return default
    try:
        return kind(said)
    except ValueError:
        known = "、".join(one.value for one in kind)
        raise Refused(f"{column}“{said}”认不出;可填:{known}。") from None


def _channel(said: str) -> Channel:
    if not said:
        return Channel.HOTLINE
    if said not in _CHANNELS:
        raise Refused(f"渠道“{said}”认不出;可填:{'、'.join(_CHANNELS)}。")
    return _CHANNELS[said]


def _area(said: str, region: str) -> Any:
    if not said:
        return None
    found: Organisation | None = find_organisation(region, said)
    if found is None or not found.area:
        raise Refused(f"属地“{said}”不是本市的镇、街道或开发区;请核对名称。")
    return found.id
