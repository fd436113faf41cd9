"""The demo county (演示): organisations and cast from content/, put in through the same actions as real ones."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from sanfu.adapters.demo_cast import read_cast
from sanfu.people.actions import add_user, appoint, put_organisation
from sanfu.people.models import Organisation, User
from sanfu.records.actor import Actor, machine
from sanfu.records.content import read_rows

OPENED = date(2024, 1, 1)


@transaction.atomic
def seed_people(content: Path, *, region: str, at: datetime) -> int:
    """Organisations, the demo firm and the cast; running it twice changes nothing. Returns accounts added."""
    by = machine(region, "演示数据")
    for row in read_rows(content / "organisations" / "demo.yaml", "organisations"):
        if not Organisation.objects.filter(region=region, code=row["code"]).exists():
            put_organisation(row=row, by=by, at=at)
    return sum(_add(row, by=by, at=at) for row in read_cast(content))


def _add(row: dict[str, Any], *, by: Actor, at: datetime) -> int:
    if User.objects.filter(login=row["login"]).exists():
        return 0
    home = None
    if row["organisation"]:
        home = Organisation.objects.filter(region=by.region, code=row["organisation"]).first()
        if home is None:
            raise ValueError(
                f"{row['login']}: organisation {row['organisation']} is not in organisations/demo.yaml"
            )
    user = add_user(
        login=row["login"],
        name=row["name"],
        password=f"{row['login']}@demo",
        organisation=home,
        by=by,
        at=at,
        sees=row["sees"],
        demo=True,
    )
    for role in row["roles"]:
        appoint(user=user, role=role, organisation=home, starts=OPENED, by=by, at=at)
    return 1
