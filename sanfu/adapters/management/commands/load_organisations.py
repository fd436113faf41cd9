"""`manage.py load_organisations FILE.yaml`: the units of a county, in the form of `content/organisations/demo.yaml`."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from sanfu.people.actions import put_organisation
from sanfu.people.states import OrganisationKind
from sanfu.records.actor import Refused, machine
from sanfu.records.content import BadContent, read_yaml

NEEDED = ("code", "kind", "name")


class Command(BaseCommand):
    help = "add or correct the county's organisations; safe to run twice, all rows or none"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", type=Path, help="a YAML file with `organisations:`, superiors before their units"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        rows = _rows(options["file"])
        by, now = machine(settings.REGION, "命令行"), timezone.now()
        with transaction.atomic():
            for number, row in enumerate(rows, 1):
                try:
                    put_organisation(row=row, by=by, at=now)
                except Refused as refused:
                    raise CommandError(f"organisation {number} ({row['code']}): {refused}") from refused
        self.stdout.write(f"{len(rows)} organisations of region {settings.REGION} are in place")


def _rows(file: Path) -> list[dict[str, Any]]:
    """The rows of the file, each with what it needs; CommandError names the first that lacks something."""
    try:
        found = read_yaml(file)
    except (OSError, BadContent) as error:
        raise CommandError(str(error)) from error
    rows = found.get("organisations") if isinstance(found, dict) else None
    if not isinstance(rows, list) or not rows:
        raise CommandError(f"{file} has no list `organisations:`")
    kinds = {str(kind) for kind in OrganisationKind}
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict) or any(not row.get(key) for key in NEEDED):
            raise CommandError(f"organisation {number} needs {', '.join(NEEDED)}: {row}")
        if row["kind"] not in kinds:
            raise CommandError(
                f"organisation {number} ({row['code']}): kind is one of {', '.join(sorted(kinds))}"
            )
    return rows
