"""Writes of 岗位: derive a table from a list, level it, and the log of every look at a person.

What happens to a version afterwards is in `lists/versions`.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from sanfu.grassroots.posts.models import PostVersion
from sanfu.grassroots.posts.states import Made
from sanfu.grassroots.posts.tables import table_json, table_of
from sanfu.kernel.duties.items import DutyList
from sanfu.kernel.duties.posts.checking import dispersion
from sanfu.kernel.duties.posts.deriving import derive as derive_table
from sanfu.kernel.duties.posts.deriving import unit_rules
from sanfu.kernel.duties.posts.levelling import NoLevelling
from sanfu.kernel.duties.posts.levelling import level as level_table
from sanfu.lists.versions import actions as versions
from sanfu.people.models import Organisation
from sanfu.records.actions import append
from sanfu.records.actor import Actor, NotAllowed, Refused
from sanfu.records.content import read_yaml

LEVEL_SECONDS = 15.0


def _need(by: Actor) -> None:
    if not by.may("posts.edit"):
        raise NotAllowed(f"{by.name}不能改岗位全量表，请由编办管理员办理。")


@transaction.atomic
def derive(
    *, town: Organisation, duty_list: DutyList, list_version: UUID, by: Actor, at: datetime
) -> PostVersion:
    """因事设岗: a new version from the town's list and the county's post rules."""
    _need(by)
    rules = read_yaml(settings.CONTENT / "posts" / "model_posts.yaml")
    table = derive_table(duty_list, {**rules, "town": town.short})
    spread = dispersion(table.loads())
    values = {
        "made": Made.DERIVED,
        "table": table_json(table),
        "units": rules.get("units", {}),
        "after": spread,
    }
    return _add(town, values, list_version, by=by, at=at)


@transaction.atomic
def level(version: PostVersion, *, by: Actor, at: datetime) -> PostVersion:
    """负荷均衡: a new version with the moves and the dispersion before and after."""
    _need(by)
    table = table_of(version.table)
    try:
        answer = level_table(table, unit_rules({"units": version.units}), LEVEL_SECONDS)
    except NoLevelling as problem:
        raise Refused(str(problem)) from problem
    values = {
        "made": Made.LEVELLED,
        "table": table_json(answer.table),
        "units": version.units,
        "moved": [list(move) for move in answer.moved],
        "before": dispersion(table.loads()),
        "after": {**dispersion(answer.table.loads()), "gap": answer.gap},
    }
    return _add(version.town, values, version.list_version, by=by, at=at)


def _add(
    town: Organisation, values: dict[str, Any], list_version: UUID | None, *, by: Actor, at: datetime
) -> PostVersion:
    made = PostVersion(town=town, list_version=list_version, **values)
    return versions.draft(made, by=by, at=at, told={"made": str(made.made), "town": town.short})


@transaction.atomic
def look(version: PostVersion, *, post: str, person: str, by: Actor, at: datetime) -> None:
    """留痕: somebody looked at a person against a post."""
    append(stream=version.id, kind="posts.looked", by=by, at=at, data={"post": post, "person": person})
