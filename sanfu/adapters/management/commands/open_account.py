"""`manage.py open_account LOGIN --name … --unit … --role administrator`: the first account of a county."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sanfu.people.actions import open_account
from sanfu.people.queries import find_organisation
from sanfu.people.roles import ROLES
from sanfu.records.actor import Refused, machine
from sanfu.records.moments import day_of


class Command(BaseCommand):
    help = "open an account; its password is printed once and must be changed at the first sign-in"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login")
        parser.add_argument("--name", required=True, help="the person's name")
        parser.add_argument("--unit", required=True, help="code, name or alias of the organisation")
        parser.add_argument("--role", default="administrator", choices=sorted(ROLES))

    def handle(self, *args: Any, **options: Any) -> None:
        unit = find_organisation(settings.REGION, options["unit"])
        if unit is None:
            raise CommandError(
                f"no organisation {options['unit']!r} in region {settings.REGION}: load_organisations first"
            )
        now = timezone.now()
        try:
            _, password = open_account(
                login=options["login"], name=options["name"], organisation=unit, role=options["role"],
                starts=day_of(now), by=machine(settings.REGION, "命令行"), at=now,
            )  # fmt: skip
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(password)
