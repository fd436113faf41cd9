"""`sanfu manage`: Django's administrative commands on the platform's database, and serving it.

sanfu manage serve [--port N]     database, migrations, demo county, background worker, web server
sanfu manage database             print the address of the database, then hold it until Enter or Ctrl-C
sanfu manage migrate | shell | …  any command of Django or of the rooms
"""

import argparse
import os
import sys
from pathlib import Path

from django.core import management

from sanfu.adapters import postgres, serving
from sanfu.adapters.commandline.main import OK, BadInput

CHECKOUT = Path(__file__).resolve().parents[3]
USAGE = __doc__.split("\n\n")[1] if __doc__ else ""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.usage = "sanfu manage COMMAND …\n\n" + USAGE
    parser.add_argument("words", nargs=argparse.REMAINDER, help="the command and its options")


def open_database() -> str:
    """Set `DATABASE_URL` for this process and its children, starting our own server when none is named."""
    if os.environ.get("SANFU_MODE") == "production" and not os.environ.get("DATABASE_URL"):
        raise BadInput(
            "production needs DATABASE_URL: the embedded database is for trying things out. "
            "For example DATABASE_URL=postgresql://sanfu:password@db.example/sanfu"
        )
    try:
        os.environ["DATABASE_URL"] = postgres.database_url(CHECKOUT)
    except postgres.DatabaseFailed as failure:
        raise BadInput(str(failure)) from failure
    return os.environ["DATABASE_URL"]


def django_on_the_database() -> str:
    """Set Django up on the platform's database; returns its address."""
    import django

    address = open_database()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    return address


def keep_database() -> bool:
    """Have our own database served again when its guard is gone; returns whether it was."""
    try:
        revived = postgres.keep(CHECKOUT)
    except postgres.DatabaseFailed as failure:
        serving.say(f"the database could not be started again: {failure}")
        return False
    if revived:
        serving.say("the guard of the database was gone; a new one serves it")
    return revived


def run(args: argparse.Namespace) -> int:
    if not args.words:
        raise BadInput(f"name a command\n\n{USAGE}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    word, *rest = args.words
    if word == "serve":
        options = serving.options(rest)
        # A database that somebody else runs is theirs to keep; our own is watched like the other children.
        foreign = bool(os.environ.get("DATABASE_URL"))
        return serving.serve(options, open_database, (lambda: False) if foreign else keep_database)
    address = open_database()
    if word == "database":
        print(address, flush=True)
        if sys.stdin.isatty():
            input("held while this command runs; Enter ends it ")
        return OK
    management.execute_from_command_line(["sanfu manage", word, *rest])
    return OK
