"""`sanfu counties`: several counties side by side, what Citus would refuse, and what more of them would need (多县)."""

import argparse
import json
import signal
from pathlib import Path

from sanfu.adapters.commandline.main import ANSWER_IS_NO, OK, BadInput


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the options."""
    parser.add_argument("file", metavar="FILE", nargs="?", help="counties.yaml; see docs/scale.md")
    parser.add_argument(
        "--migrate", action="store_true", help="make and bring up all schemas, several at once"
    )
    parser.add_argument("--at-once", type=int, default=2, metavar="N", help="migrations at the same time (2)")
    parser.add_argument("--again", action="store_true", help="also those that the ledger has as done")
    parser.add_argument("--serve", action="store_true", help="run the processes of all counties until Ctrl-C")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="web processes a county (2)")
    parser.add_argument(
        "--files", type=Path, metavar="FOLDER", help="where each county's folder lies; .state/counties"
    )
    parser.add_argument(
        "--as",
        dest="county",
        nargs=argparse.REMAINDER,
        metavar="WORD",
        help="run a command of sanfu as one county; the last option: --as SCHEMA backup -o FILE",
    )
    parser.add_argument("--proxy", action="store_true", help="print the map of host names for nginx")
    parser.add_argument(
        "--citus", action="store_true", help="what schema-based sharding would refuse; 1 when anything"
    )
    parser.add_argument(
        "--size", action="store_true", help="growth per order here, and what more people would need"
    )
    parser.add_argument(
        "--yearly", type=float, default=0.3, help="orders a person and year (0.3, an assumption)"
    )
    parser.add_argument("--years", type=int, default=5, help="years that are kept (5)")
    parser.add_argument("--json", action="store_true", help="JSON alone on standard output")


def run(args: argparse.Namespace) -> int:
    """Do what was asked, on the database of DATABASE_URL."""
    from sanfu.adapters.operations import OperationFailed, counties

    try:
        if args.size:
            return _size(args)
        if args.citus:
            return _citus(args)
        if not args.file:
            raise BadInput("name the file of counties, or ask for --size or --citus")
        named = counties.read(Path(args.file))
        if args.proxy:
            print(counties.proxy(named), end="")
            return OK
        if args.serve or args.county:
            return _as_counties(args, named)
        return _migrate(args, named)
    except OperationFailed as failure:
        raise BadInput(str(failure)) from failure


def _as_counties(args: argparse.Namespace, named: list) -> int:  # type: ignore[type-arg]
    from sanfu.adapters.commandline.manage import open_database
    from sanfu.adapters.operations import counties, release
    from sanfu.adapters.postgres.places import state_folder

    address = open_database()
    files = args.files or state_folder(release.CHECKOUT) / "counties"
    if args.county:
        schema, *words = args.county
        chosen = [one for one in named if one.schema == schema]
        if not chosen or not words:
            raise BadInput(f"--as needs a schema of {args.file} and a command, not {' '.join(args.county)!r}")
        return counties.run_as(chosen[0], words, address, files)
    asked: list[int] = []
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda number, _: asked.append(number))
    return counties.serve(address, named, files, lambda: bool(asked), workers=args.workers)


def _migrate(args: argparse.Namespace, named: list) -> int:  # type: ignore[type-arg]
    from sanfu.adapters.commandline.manage import django_on_the_database
    from sanfu.adapters.operations import counties

    if not args.migrate:
        for one in named:
            print(f"{one.region}  {one.host:<40} {one.schema:<30} 127.0.0.1:{one.port}  {one.name}")
        return OK
    address = django_on_the_database()
    left, failed = {one.schema for one in named}, 0
    for county, said in counties.migrate(address, named, at_once=args.at_once, again=args.again):
        print(f"{county.schema}: {said}", flush=True)
        left.discard(county.schema)
        failed += said != "done"
    for schema in sorted(left):
        print(f"{schema}: done before for this release; --again repeats it")
    return ANSWER_IS_NO if failed else OK


def _citus(args: argparse.Namespace) -> int:
    from sanfu.adapters.commandline.manage import django_on_the_database
    from sanfu.adapters.operations import citus, counties

    address = django_on_the_database()
    schemas = [one.schema for one in counties.read(Path(args.file))] if args.file else ["public"]
    wrong = 0
    for schema in schemas:
        found, needs = citus.check(address, schema)
        wrong += len(found)
        for one in found:
            print(f"{schema}: {one.what}: {one.where} ({one.says})")
        print(
            f"{schema}: {len(found)} findings; needs: "
            + ", ".join(f"{n} {what}" for what, n in needs.items())
        )
    return ANSWER_IS_NO if wrong else OK


def _size(args: argparse.Namespace) -> int:
    from sanfu.adapters.commandline.manage import django_on_the_database
    from sanfu.adapters.operations import sizing

    measured = sizing.growth(sizing.tables(django_on_the_database()))
    if measured is None:
        raise BadInput(
            f"fewer than {sizing.LEAST} orders: nothing can be said about growth; try on a demo county that ./run has "
            "served for some minutes: its orders are made in the background"
        )
    rows = sizing.plan(measured, yearly=args.yearly, years=args.years)
    if args.json:
        print(json.dumps({"bytes_per_order": measured.bytes_per_order, "levels": rows}, ensure_ascii=False))
        return OK
    print(
        f"measured on {measured.orders} orders: {measured.order_bytes / 1024:.1f} KiB an order, {measured.events_per_order:.1f} "
        f"events of {measured.event_bytes / 1024:.2f} KiB: {measured.bytes_per_order / 1024:.1f} KiB altogether, indexes included"
    )
    for row in rows:
        print(
            "{level:<9} {people:>13,} people {orders_a_year:>12,} orders a year {events:>15,} events {disk_gib:>10,} GiB "
            "{peak_a_second:>8} a second at the peak: {shape}".format(**row)
        )
    print(sizing.limits())
    return OK
