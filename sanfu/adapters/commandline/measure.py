"""`sanfu measure`: the kept rows and tallies of figures (取数)."""

import argparse
import os
import time

from sanfu.adapters.commandline.main import OK


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the sub-commands."""
    sub = parser.add_subparsers(dest="verb", required=True)
    sub.add_parser("rebuild", help="make every row and every tally anew from the working tables")
    sub.add_parser("refresh", help="make anew what was touched since the last time")


def run(args: argparse.Namespace) -> int:
    """Answer one sub-command."""
    django_of_the_platform()
    from django.conf import settings
    from django.utils import timezone

    from sanfu.measure.actions import store

    began = time.perf_counter()
    work = store.rebuild if args.verb == "rebuild" else store.refresh
    found = work(region=settings.REGION, at=timezone.now())
    cases = "" if found.cases < 0 else f"{found.cases} 个办件，"
    print(f"{cases}{found.rows} 行，{found.months} 个月，{time.perf_counter() - began:.1f} 秒")
    return OK


def django_of_the_platform() -> None:
    """Set up Django on the platform's database, as `sanfu manage` does."""
    import django

    from sanfu.adapters.commandline.manage import open_database

    open_database()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
