"""`manage.py seed_demo`: fill an empty database with the demo county (演示)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from sanfu.adapters.demo import seed_people
from sanfu.adapters.demo_orders import seed_orders


class Command(BaseCommand):
    help = "fill the database with the demo county; safe to run twice"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("production takes no demo data")
        added = seed_people(settings.CONTENT, region=settings.REGION, at=timezone.now())
        self.stdout.write(f"demo county {settings.REGION}: {added} accounts added")
        orders = seed_orders(settings.CONTENT, region=settings.REGION, now=timezone.now())
        self.stdout.write(f"demo county {settings.REGION}: {orders} orders made")
