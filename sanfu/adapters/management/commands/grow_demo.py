"""`manage.py grow_demo --scale N`: bring the demo county (演示) to N further enterprises with series, officers and needs."""

import resource
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sanfu.adapters.demo import seed_people
from sanfu.adapters.demo_large import grow
from sanfu.records.actor import Refused


class Command(BaseCommand):
    help = "enterprises with 36 months and planted events up to a number; broken off, it goes on where it was"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--scale", type=int, default=2_000, help="how many enterprises, at most 1,000,000"
        )
        parser.add_argument("--events", type=Path, default=None, help="CSV file for the planted events")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("production takes no demo data")
        seed_people(settings.CONTENT, region=settings.REGION, at=timezone.now())
        path, began, spent = options["events"], time.perf_counter(), time.process_time()
        told = path.open("w", encoding="utf-8", newline="") if path else nullcontext()
        grown = None
        try:
            with told as file:
                for grown in grow(options["scale"], region=settings.REGION, at=timezone.now(), told=file):
                    self.stdout.write(f"{grown.firms:,} enterprises")
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        seconds, cpu = time.perf_counter() - began, time.process_time() - spent
        if grown is None:
            self.stdout.write("the county is that large already")
            return
        self.stdout.write(
            f"{grown.firms:,} enterprises, {grown.events:,} planted events written now;"
            f" {seconds:.1f} s, {cpu:.1f} s CPU here, at most {memory:.0f} MB"
        )
