"""Writes of what people keep of lists: save a view, drop it, choose columns."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from django.db import transaction

from sanfu.people.views.models import ListView
from sanfu.records.actor import Actor, NotAllowed, Refused

MOST = 30  # views of one person on one list
ASKED = 1000  # signs of a question


@transaction.atomic
def save(name: str, *, of: str, query: str, shared: bool, by: Actor, at: datetime) -> ListView:
    """Keep a question to a list under a name; the same name again replaces it.

    Raises:
        Refused: no name, one too long, too many views, or a view to share without an organisation.
    """
    name, query, person = name.strip(), _clean(query), _person(by)
    if not name or len(name) > 30:
        raise Refused("请给视图取一个 30 字以内的名字。")
    if shared and by.organisation is None:
        raise Refused("您没有所属单位，视图只能自己用；请不要勾选共享。")
    rows = ListView.objects.filter(user=person, list=of)
    if rows.exclude(name=name).count() >= MOST:
        raise Refused(f"一个列表最多保存 {MOST} 个视图；请先删去不用的。")
    values = {"region": by.region, "query": query, "unit_id": by.organisation if shared else None, "at": at}
    return ListView.objects.update_or_create(user_id=person, list=of, name=name, defaults=values)[0]


@transaction.atomic
def drop(view: uuid.UUID, *, by: Actor) -> str:
    """Delete an own view and return its name; of others' views nothing is deleted."""
    row = ListView.objects.filter(pk=view, user=by.id).first()
    if row is None:
        raise NotAllowed("只有保存这个视图的人可以删去它。")
    ListView.objects.filter(pk=row.pk).delete()
    return row.name


@transaction.atomic
def choose_columns(*, of: str, hide: Sequence[str], show: Sequence[str], by: Actor, at: datetime) -> None:
    """Keep which columns a person wants to see on a list."""
    query = urlencode([*(("hide", one) for one in hide), *(("show", one) for one in show)])
    if len(query) > ASKED:
        raise Refused("选的列太多，没有保存。")
    values = {"region": by.region, "query": query, "unit_id": None, "at": at}
    ListView.objects.update_or_create(user_id=_person(by), list=of, name="", defaults=values)


def _person(by: Actor) -> uuid.UUID:
    if by.id is None:
        raise Refused("请先登录，再保存。")
    return by.id


def _clean(query: str) -> str:
    """The question without page, file and key of the form."""
    asked = [(k, v) for k, v in parse_qsl(query) if k not in {"page", "export"}]
    text = urlencode(asked)
    if len(text) > ASKED:
        raise Refused("查询条件太长，没有保存；请减少条件。")
    return text
