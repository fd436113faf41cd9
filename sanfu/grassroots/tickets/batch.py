"""Batch import of requests (批量导入) as a background job: every row becomes an order or a line of the error sheet.

A row's key is the file's hash and its line, so a worker killed in the middle, or the same file sent twice,
doubles nothing.
"""

import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils.dateparse import parse_datetime

from sanfu.grassroots.tickets.actions import Submission, key_of, submit
from sanfu.grassroots.tickets.states import Channel, RequestType, Urgency
from sanfu.kernel.codes import mask
from sanfu.lists.sheets import Unreadable, read_sheets
from sanfu.people.models import Organisation
from sanfu.people.queries import find_organisation
from sanfu.records import files, jobs
from sanfu.records.actor import Actor, Refused
from sanfu.records.models import Job, StoredFile

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
KIND = "tickets.batch"
TEMPLATE = ("标题", "内容", "类型", "渠道", "紧急", "属地", "地点", "姓名", "电话", "来源编号")
SHOWN = 60  # letters of a refused row on the report, masked
HEADER_WITHIN = 10  # titles and notes may stand above the header
_CHANNELS = {channel.label: channel for channel in Channel}


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its line in the file (from 1) and its cells by column name."""

    line: int
    cells: Mapping[str, str]


def rows_of(stored: StoredFile) -> list[SheetRow]:
    """Rows of the first sheet whose header, within its first lines, has a column for the content."""
    try:
        sheets = read_sheets(stored.name, files.read(stored))
    except Unreadable as broken:
        raise Refused(str(broken)) from broken
    seen: list[str] = []
    for sheet in sheets:
        for at, cells in enumerate(sheet.rows[:HEADER_WITHIN]):
            header = [_column(cell) for cell in cells]
            if "内容" in header:
                return _body(header, sheet.rows[at + 1 :], at + 2)
            seen = seen or [cell for cell in header if cell]
    raise Refused(
        f"“{stored.name}”缺少列：内容。读到的表头是：{'、'.join(seen[:12]) or '空表'}。"
        "请把写诉求内容的那一列表头改为“内容”后重新上传。"
    )


def _column(cell: str) -> str:
    folded = "".join(unicodedata.normalize("NFKC", cell).split())
    return ALIASES.get(folded, folded)


def _body(header: list[str], rows: list[list[str]], first: int) -> list[SheetRow]:
    found = []
    for n, cells in enumerate(rows):
        if any(cell.strip() for cell in cells):
            named = {column: cell.strip() for column, cell in zip(header, cells, strict=False) if column}
            found.append(SheetRow(first + n, named))
    return found


@lru_cache(maxsize=1)
def _read_once(file_id: uuid.UUID, sha256: str) -> tuple[SheetRow, ...]:
    """Rows of the file that a worker is in: read once, not once for every piece."""
    del sha256  # part of the key: the bytes that were read
    return tuple(rows_of(StoredFile.objects.get(pk=file_id)))


def refused_rows(job: Job) -> list[dict[str, Any]]:
    """Refused rows with their cells as they stand in the kept file, to be mended and sent again: line, why, cells.

    The job's own report holds no cells: names and telephones stay in the file, which is guarded as such.
    """
    stored = StoredFile.objects.get(pk=job.params["file"])
    cells = {row.line: dict(row.cells) for row in rows_of(stored)}
    return [{**one, "cells": cells.get(one["line"], {})} for one in job.result.get("errors", [])]


def plan(stored: StoredFile, *, by: Actor, at: datetime) -> Job:
    """Look at the file and make the job; Refused when no row could be read."""
    rows = rows_of(stored)
    if not rows:
        raise Refused(f"“{stored.name}”只有表头没有数据；请填好后再传。")
    params = {"file": str(stored.id), "by": str(by.id), "by_name": by.name, "at": at.isoformat()}
    return jobs.create(kind=KIND, title=stored.name, total=len(rows), params=params, by=by, at=at)


def piece(job: Job, begin: int, end: int) -> dict[str, Any]:
    """Rows begin..end of the file: take each in, or note why not."""
    stored = StoredFile.objects.get(pk=job.params["file"])
    rows = _read_once(stored.pk, stored.sha256)[begin:end]
    at = parse_datetime(job.params["at"])
    assert at is not None
    by = Actor(id=job.by, name=job.params["by_name"], region=job.region)
    taken, errors = 0, []
    for row in rows:
        try:
            submit(_submission(row, stored, job.region), by=by, at=at)
            taken += 1
        except Refused as refused:
            shown = mask(row.cells.get("内容", ""))[:SHOWN]
            errors.append({"line": row.line, "why": mask(str(refused)), "shown": shown})
    return {"taken": taken, "errors": errors}


def _submission(row: SheetRow, stored: StoredFile, region: str) -> Submission:
    cells = row.cells
    return Submission(
        body=cells.get("内容", ""),
        title=cells.get("标题", ""),
        kind=_one(RequestType, cells.get("类型", ""), RequestType.HELP, "类型"),
        channel=_channel(cells.get("渠道", "")),
        urgency=_one(Urgency, cells.get("紧急", ""), Urgency.NORMAL, "紧急程度"),
        key=key_of("import", region, f"{stored.sha256}:{row.line}"),
        earlier=f"{stored.sha256[:40]}:{row.line}",  # as releases before November 2026 kept it
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
        raise Refused(f"{column}“{said}”认不出；可填：{known}。") from None


def _channel(said: str) -> Channel:
    if not said:
        return Channel.HOTLINE
    if said not in _CHANNELS:
        raise Refused(f"渠道“{said}”认不出；可填：{'、'.join(_CHANNELS)}。")
    return _CHANNELS[said]


def _area(said: str, region: str) -> Any:
    if not said:
        return None
    found: Organisation | None = find_organisation(region, said)
    if found is None or not found.area:
        raise Refused(f"属地“{said}”不是本市的镇、街道或开发区；请核对名称。")
    return found.id
