"""Erasures (依法删除) as a list to keep with backups, and made again after an older backup was restored."""

import argparse
import json
import sys
from getpass import getuser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from sanfu.grassroots.tickets.actions import persons
from sanfu.grassroots.tickets.models import Ticket
from sanfu.records.actor import Actor, Refused
from sanfu.records.models import Event


class Command(BaseCommand):
    help = "List all erasures, one JSON line each; --again FILE erases once more what a restored backup brought back."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--again", metavar="FILE")

    def handle(self, *args: Any, **said: Any) -> None:
        if not said["again"]:
            for event in Event.objects.filter(region=settings.REGION, kind="ticket.erased").order_by("at"):
                told = {"order": str(event.stream), "at": event.at.isoformat(), "why": event.data["why"]}
                self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        by = Actor(None, f"命令行 {getuser()}", settings.REGION, permissions=frozenset({persons.MAY}))
        done = 0
        for number, line in enumerate(Path(said["again"]).read_text("utf-8").splitlines(), 1):
            try:
                one = json.loads(line)
                ticket = Ticket.objects.select_related("case").filter(pk=one["order"]).first()
                done += ticket is not None and self._again(ticket, one["why"], by)
            except (ValueError, KeyError, TypeError) as wrong:
                raise CommandError(
                    f"line {number} is not a line of this command's own list: {wrong}"
                ) from wrong
        self.stdout.write(f"{done} orders erased again")

    def _again(self, ticket: Ticket, why: str, by: Actor) -> bool:
        try:
            persons.erase(ticket, why=why, by=by, at=timezone.now())
        except Refused as refused:
            print(f"{ticket.case.number}: {refused}", file=sys.stderr)
            return False
        return True
