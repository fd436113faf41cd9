"""`manage.py seed_demo`: fill an empty database with the demo county (演示)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sanfu.adapters.demo import seed_people
from sanfu.adapters.demo_county import KIND, piece, seed_today
from sanfu.adapters.demo_duties import seed_duties
from sanfu.adapters.demo_firms import seed_batch, seed_firms
from sanfu.adapters.demo_lists import seed_lists
from sanfu.records import jobs


class Command(BaseCommand):
    help = "fill the database with the demo county; safe to run twice"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--wait", action="store_true", help="make everything here and wait for it; no worker is needed"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("production takes no demo data")
        added = seed_people(settings.CONTENT, region=settings.REGION, at=timezone.now())
        lists = seed_lists(settings.CONTENT)
        tasks = seed_duties(settings.CONTENT, now=timezone.now())
        self.stdout.write(f"demo county {settings.REGION}: {tasks} duty tasks")
        self.stdout.write(f"demo county {settings.REGION}: {added} accounts, {lists} list versions added")
        firms = seed_firms(region=settings.REGION, at=timezone.now())
        seed_batch(region=settings.REGION, at=timezone.now())
        self.stdout.write(f"demo county {settings.REGION}: {firms} enterprises with their facts added")
        orders = seed_today(region=settings.REGION, now=timezone.now())
        self.stdout.write(
            f"demo county {settings.REGION}: {orders} orders on the desks, more waits in every room"
        )
        job = jobs.newest(settings.REGION, KIND, 1)[0]
        if options["wait"]:
            state = jobs.run(job.id, lambda a, b: piece(job, a, b), size=10, clock=timezone.now)
            self.stdout.write(f"demo county {settings.REGION}: closed orders of two years {state}")
        else:
            self.stdout.write("the background worker makes the closed orders of two years now")
