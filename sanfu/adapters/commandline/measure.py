"""`sanfu measure`: the kept rows and tallies of figures (取数)."""

import argparse
import os
import time

from sanfu.adapters.commandline.main import ANSWER_IS_NO, OK


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the sub-commands."""
    sub = parser.add_subparsers(dest="verb", required=True)
    sub.add_parser("rebuild", help="make every row and every tally anew from the working tables")
    sub.add_parser("refresh", help="make anew what was touched since the last time")
    public = sub.add_parser("publish", help="write the open figures of closed months as static files")
    public.add_argument("folder", help="where a web server gives them out from")
    one = sub.add_parser("verify", help="random cells against the rows that they open to, for every account")
    one.add_argument("--cells", type=int, default=20, help="cells of each indicator and account (default 20)")
    one.add_argument("--login", action="append", help="only these accounts")


def run(args: argparse.Namespace) -> int:
    """Answer one sub-command."""
    django_of_the_platform()
    from django.conf import settings
    from django.utils import timezone

    from sanfu.measure.actions import store

    if args.verb == "verify":
        return _verify(args)
    if args.verb == "publish":
        return _publish(args)
    began = time.perf_counter()
    work = store.rebuild if args.verb == "rebuild" else store.refresh
    found = work(region=settings.REGION, at=timezone.now())
    cases = "" if found.cases < 0 else f"{found.cases} 个办件，"
    print(f"{cases}{found.rows} 行，{found.months} 个月，{time.perf_counter() - began:.1f} 秒")
    return OK


def _publish(args: argparse.Namespace) -> int:
    """The open figures as files; their names are said."""
    from pathlib import Path

    from django.conf import settings

    from sanfu.measure.publishing import publish

    print("\n".join(publish(settings.REGION, Path(args.folder))))
    return OK


def _verify(args: argparse.Namespace) -> int:
    """Figure = opened rows, for whoever may see figures; exit 1 where one differs."""
    from django.conf import settings
    from django.utils import timezone

    from sanfu.measure.counting import months_until
    from sanfu.measure.verifying import Verifier
    from sanfu.people.queries import accounts, actor_of
    from sanfu.records.moments import day_of

    began, today = time.perf_counter(), day_of(timezone.now())
    verifier = Verifier(months_until(today, 24), args.cells)
    asked = cells = differences = 0
    for user in accounts(settings.REGION, on=today):
        actor = actor_of(user, on=today)
        if not actor.may("measure.see", "measure.own") or (args.login and user.login not in args.login):
            continue
        found = verifier.account(actor)
        asked, cells, differences = asked + 1, cells + found.cells, differences + len(found.differences)
        again = f"，{found.again} 项与前面账号看到的行相同，不重复核" if found.again else ""
        line = f"{user.login}：{found.cells} 格，{len(found.differences)} 处不符{again}"
        print("\n".join([line, *found.differences[:20]]), flush=True)
    print(f"共 {asked} 个账号，{cells} 格，{differences} 处不符，{time.perf_counter() - began:.0f} 秒")
    return ANSWER_IS_NO if differences else OK


def django_of_the_platform() -> None:
    """Set up Django on the platform's database, as `sanfu manage` does."""
    import django

    from sanfu.adapters.commandline.manage import open_database

    open_database()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
