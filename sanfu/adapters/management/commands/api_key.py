"""`manage.py api_key LOGIN --label 110`: make a key with which another system acts as an account."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sanfu.people.actions import issue_key
from sanfu.people.queries import user_of
from sanfu.records.actor import machine
from sanfu.records.moments import day_of


class Command(BaseCommand):
    help = "make an API key; it is printed once"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", help="the account that the key acts as")
        parser.add_argument("--label", required=True, help="which system will use it")
        parser.add_argument(
            "--until", type=date.fromisoformat, default=None, help="first day it is no longer valid"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = user_of(settings.REGION, options["login"])
        if user is None:
            raise CommandError(f"no active account {options['login']!r} in region {settings.REGION}")
        now = timezone.now()
        key = issue_key(
            user=user,
            label=options["label"],
            starts=day_of(now),
            ends=options["until"],
            by=machine(settings.REGION, "命令行"),
            at=now,
        )
        self.stdout.write(key)
