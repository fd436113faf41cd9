"""审计: sign-ins, refusals, downloads and changes of accounts, for the auditor; read from the event log itself."""

from typing import Any

from django.http import HttpResponseBase

from sanfu.people import queries
from sanfu.web.access import page
from sanfu.web.admin.people.accounts import EVENTS, role_names
from sanfu.web.components import cells
from sanfu.web.components.table import Choice, Column, Search, Table
from sanfu.web.request import Request


def _note(data: dict[str, Any]) -> str:
    """What an event says besides its kind, in one line."""
    known = (
        ("network", "网络"),
        ("path", "地址"),
        ("file", "文件"),
        ("role", "角色"),
        ("why", "说明"),
        ("login", "账号"),
    )
    said = {**data, "role": role_names([data["role"]])} if data.get("role") else data
    return "；".join(f"{label} {said[key]}" for key, label in known if said.get(key)) or cells.DASH


AUDIT = Table(
    "audit",
    title="审计",
    unit="条",
    columns=[
        Column("recorded_at", "时间", kind="datetime", sort=True),
        Column("by_name", "谁"),
        Column("kind", "做了什么", render=lambda row: EVENTS.get(row["kind"], row["kind"]),
               export_as=lambda row: EVENTS.get(row["kind"], row["kind"])),
        Column("data", "说明", render=lambda row: _note(row["data"]), export_as=lambda row: _note(row["data"]), wide=True),
    ],
    filters=[
        Search(fields=("by_name",), hint="姓名"),
        Choice("kind", "事项", sorted(EVENTS.items())),
    ],
    default_sort="-recorded_at",
    empty="没有符合条件的记录。",
)  # fmt: skip


@page("people.audit")
def audit(request: Request) -> HttpResponseBase:
    """审计: what accounts did at the doors, newest first; nobody can change it."""
    return AUDIT.respond(request, queries.audited(request.actor.region), "admin/people/audit.html")
