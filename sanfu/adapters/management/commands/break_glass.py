"""Make an account the emergency one (应急账号), or an ordinary one again."""

import argparse
from getpass import getuser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from sanfu.people.actions.sign_on import set_break_glass
from sanfu.people.queries import user_of
from sanfu.records.actor import Refused, machine


class Command(BaseCommand):
    help = "Let the password of an account open the door while SANFU_OIDC_ONLY closes it for all others (应急账号)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("login")
        parser.add_argument("--why", default="", help="kept in the log with the account of the machine")
        parser.add_argument("--off", action="store_true", help="an ordinary account again")

    def handle(self, *args: Any, **said: Any) -> None:
        user = user_of(settings.REGION, said["login"])
        if user is None:
            raise CommandError(f"no open account {said['login']}")
        by = machine(settings.REGION, f"命令行 {getuser()}")
        try:
            set_break_glass(user=user, on=not said["off"], why=said["why"], by=by, at=timezone.now())
        except Refused as refused:
            raise CommandError(f"{refused}: --why …") from refused
        self.stdout.write(f"{user.login}: {'ordinary' if said['off'] else 'emergency account'}")
