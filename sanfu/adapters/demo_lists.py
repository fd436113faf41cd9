"""The demo county's responsibility list (演示): two versions, edited, approved and published by two people."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from sanfu.lists import actions
from sanfu.lists.content import load_requests
from sanfu.lists.models import ListVersion
from sanfu.lists.states import ListKind
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor
from sanfu.records.content import read_yaml

TITLE = "群众诉求处置责任清单（演示）"


@transaction.atomic
def seed_lists(content: Path) -> int:
    """Publish the earlier and the present list, each on its day; running it twice changes nothing.

    `content/requests/earlier.yaml` holds the rows that the earlier version had otherwise. Returns how many
    versions were published, each signed on its own day.
    """
    editor, approver = _cast("linadmin"), _cast("xuheng")
    if ListVersion.objects.filter(region=editor.region, kind=ListKind.REQUESTS).exists():
        return 0
    shipped = load_requests(content / "requests", content / "organisations" / "demo.yaml")
    rows = [item.payload() for item in shipped.items]
    earlier = read_yaml(content / "requests" / "earlier.yaml")
    old = {row["code"]: row for row in earlier["items"]}
    gone = set(earlier["absent"])
    before = [_earlier(row, old.get(row["code"], {})) for row in rows if row["code"] not in gone]
    _publish(before, earlier["versions"][0], editor, approver)
    _publish(rows, earlier["versions"][1], editor, approver)
    return 2


def _earlier(row: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """A row as it stood before: other fields replaced, null ones left out."""
    return {name: value for name, value in {**row, **other}.items() if value is not None}


def _publish(rows: list[dict[str, Any]], when: dict[str, Any], editor: Actor, approver: Actor) -> None:
    start: date = when["from"]
    at = timezone.make_aware(datetime.combine(when["signed"], datetime.min.time().replace(hour=10)))
    base = (
        ListVersion.objects.filter(region=editor.region, kind=ListKind.REQUESTS).order_by("-number").first()
    )
    version = actions.open_draft(actions.Draft(ListKind.REQUESTS, TITLE, rows, base), by=editor, at=at)
    actions.submit(version_id=version.id, by=editor, at=at)
    actions.approve(version_id=version.id, by=approver, at=at)
    actions.publish(version_id=version.id, effective_from=start, by=approver, at=at, doc_no=when["document"])


def _cast(login: str) -> Actor:
    user = User.objects.get(login=login)
    return actor_of(user, on=date(2024, 1, 2))
