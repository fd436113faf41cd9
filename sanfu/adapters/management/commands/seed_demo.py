"""`manage.py seed_demo`: fill an empty database with the demo county (演示)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from procrastinate.contrib.django import app

from sanfu.adapters.demo import seed_people
from sanfu.adapters.demo_duties import seed_duties
from sanfu.adapters.demo_firms import seed_batch, seed_firms
from sanfu.adapters.demo_lists import seed_lists
from sanfu.adapters.demo_orders import seed_orders


class Command(BaseCommand):
    help = "fill the database with the demo county; safe to run twice"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--orders", action="store_true", help="make the demo orders here and wait for them"
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
        if options["orders"]:
            orders = seed_orders(settings.CONTENT, region=settings.REGION, now=timezone.now())
            self.stdout.write(f"demo county {settings.REGION}: {orders} orders made")
        else:  # half a minute of work: the worker does it while the first page is already open
            app.configure_task("seed_demo_orders", allow_unknown=True, queueing_lock="seed").defer()
            self.stdout.write("demo orders: the background worker makes them now")
