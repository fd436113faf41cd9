"""Reads of 岗位."""

import uuid
from typing import Any

from django.db.models import QuerySet

from sanfu.grassroots.posts.models import PostVersion
from sanfu.grassroots.posts.tables import table_of
from sanfu.kernel.duties.posts.checking import Gap, gaps
from sanfu.kernel.duties.posts.fitting import Component, components, conclusion
from sanfu.kernel.duties.posts.model import PostTable, Role
from sanfu.people.scope import Parts, narrow
from sanfu.records.actor import Actor
from sanfu.records.models import Event


def versions(actor: Actor) -> "QuerySet[PostVersion]":
    """All for those who edit, approve or lead, the own town's for a town."""
    rows = PostVersion.objects.select_related("town").order_by("-created_at")
    if actor.may("posts.edit") or actor.may("lists.approve"):
        return rows.filter(region=actor.region)
    return narrow(actor, rows, Parts(see="posts.see", see_all="duties.see_all", unit="town"))


def version(actor: Actor, version_id: uuid.UUID) -> PostVersion | None:
    return versions(actor).filter(id=version_id).first()


def grid(table: PostTable) -> list[dict[str, Any]]:
    """岗位全量表 as rows: one per post with its items and load."""
    loads = table.loads()
    names = {task.code: task.name for task in table.tasks}
    rows = []
    for post in table.posts:
        mine = {
            role: [one.item for one in table.assignments if one.post == post.code and one.role is role]
            for role in Role
        }
        rows.append(
            {
                "code": post.code,
                "name": post.name,
                "unit": post.unit,
                "nature": post.nature,
                "seats": post.seats,
                "certificates": "、".join(sorted(post.certificates)),
                "lead": len(mine[Role.LEAD]),
                "backup": len(mine[Role.BACKUP]),
                "load": round(loads[post.code] * 100, 1),
                "items": "；".join(f"{code} {names.get(code, '')}" for code in mine[Role.LEAD]),
            }
        )
    return rows


def faults(row: PostVersion) -> list[Gap]:
    return gaps(table_of(row.table))


def match(table: PostTable, post_code: str) -> list[tuple[str, str, str, tuple[Component, ...]]]:
    """(person code, person, conclusion, components) for a post; in table order, never ranked."""
    post = table.post(post_code)
    if post is None:
        return []
    found = []
    for person in table.people:
        parts = components(person, post)
        found.append((person.code, person.name, conclusion(parts), parts))
    return found


def looks(row: PostVersion) -> list[dict[str, Any]]:
    """Who looked at whom, newest first."""
    events = Event.objects.filter(stream=row.id, kind="posts.looked").order_by("-seq")[:50]
    return [{"at": one.at, "by": one.by_name, **one.data} for one in events]
