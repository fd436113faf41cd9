"""A ruling becomes a rule (裁定转规则): the deciding condition goes into a draft of the list, for people to approve.

The draft is checked like any other: a rule that overlaps another or leaves a gap is refused with the smallest
example, and the refusal is recorded with the ruling instead of the rule.
"""

from typing import Any

from django.db import transaction

from sanfu.lists.actions import copy_in_force, put_item
from sanfu.lists.items import OTHERWISE
from sanfu.lists.models import ListVersion
from sanfu.lists.states import ListKind
from sanfu.lists.versions import VersionState
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Refused
from sanfu.records.models import Event

TITLE = "裁定转清单规则草案"


def draft_rule(event: Event) -> None:
    """Handler of "ticket.rule": put the ruling's condition into the draft; nothing the second time."""
    said = event.data
    if not said.get("becomes_rule") or not said.get("item"):
        return
    by = Actor(id=event.by, name=event.by_name, region=event.region, permissions=frozenset({"lists.edit"}))
    try:
        with transaction.atomic():
            version = _draft(by, event)
            payload = with_rule(_payload(version, said["item"]), said["conditions"], said["unit"])
            if payload is not None:
                put_item(version_id=version.id, payload=payload, by=by, at=event.at)
            outcome = {"version": version.number, "item": said["item"], "already": payload is None}
            append(stream=event.stream, kind="lists.ruling_drafted", by=by, at=event.at, data=outcome)
    except Refused as refused:
        with transaction.atomic():
            why = {"item": said["item"], "why": str(refused)}
            append(stream=event.stream, kind="lists.ruling_refused", by=by, at=event.at, data=why)


def _draft(by: Actor, event: Event) -> ListVersion:
    kept = ListVersion.objects.filter(
        region=event.region, kind=ListKind.REQUESTS, state=VersionState.DRAFT, title=TITLE
    ).first()
    if kept is not None:
        return kept
    return copy_in_force(kind=ListKind.REQUESTS, by=by, at=event.at, title=TITLE)


def _payload(version: ListVersion, code: str) -> dict[str, Any]:
    row = version.items.filter(code=code).values_list("payload", flat=True).first()
    if row is None:
        raise Refused(f"清单里没有编号为{code}的事项，规则无处可加；请先在清单中补上这一事项。")
    return dict(row)


def with_rule(payload: dict[str, Any], conditions: dict[str, str], unit: str) -> dict[str, Any] | None:
    """The item with one more conditional responsibility; None when it already says so.

    An item that had one unit for every case keeps it for all other cases (其他情形).
    """
    when = " 且 ".join(f"{name} = {value}" for name, value in sorted(conditions.items()))
    rules = [dict(one) for one in payload.get("rules", ())]
    if any(one.get("when") == when and one["lead"] == unit for one in rules):
        return None
    if not rules:
        rules = [{"when": OTHERWISE, "lead": payload["lead"]}]
    changed = {key: value for key, value in payload.items() if key not in ("lead", "rules")}
    return {**changed, "rules": [{"when": when, "lead": unit}, *rules]}
