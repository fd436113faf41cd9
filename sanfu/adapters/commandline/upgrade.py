"""`sanfu upgrade`: the database brought to this checkout, looked at first, backed up, and taken back by one command (升级)."""

import argparse
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from sanfu.adapters.commandline.main import ANSWER_IS_NO, OK, BadInput


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the options."""
    parser.add_argument(
        "--check", action="store_true", help="only say what would be done; exit code 1 when refused"
    )
    parser.add_argument("--back", action="store_true", help="take the last upgrade back")
    parser.add_argument(
        "--window", action="store_true", help="nobody works now: what says that it locks may lock"
    )
    parser.add_argument(
        "--archive", metavar="FILE", help="the backup of before (default: beside the files folder)"
    )
    parser.add_argument("--json", action="store_true", help="JSON alone on standard output")


def run(args: argparse.Namespace) -> int:
    """Check, upgrade or go back."""
    from django.conf import settings

    from sanfu.adapters.commandline.manage import django_on_the_database
    from sanfu.adapters.operations import OperationFailed

    if args.check and args.back:
        raise BadInput("--check looks forward, --back goes back: name one")
    address = django_on_the_database()
    folder = Path(settings.MEDIA_ROOT)
    try:
        if args.check:
            return _check(args)
        if args.back:
            return _back(args, folder)
        return _upgrade(args, folder, address, settings.REGION)
    except (OperationFailed, OSError) as failure:
        raise BadInput(str(failure)) from failure


def _check(args: argparse.Namespace) -> int:
    from sanfu.adapters.operations import upgrading

    found = upgrading.check()
    wrong = upgrading.refusals(found, window=args.window)
    if args.json:
        print(
            json.dumps({"migrations": [asdict(one) for one in found], "refused": wrong}, ensure_ascii=False)
        )
        return ANSWER_IS_NO if wrong else OK
    for one in found:
        print(f"{one.phase:<8} {one.name}{'' if one.reversible else '  (no way back but the backup)'}")
        for heavy in one.heavy:
            print(f"         locks: {heavy}{f' — says: {one.says}' if one.says else ''}")
    print(f"{len(found)} migrations to apply" if found else "the database is as this checkout wants it")
    for line in wrong:
        print(f"refused: {line}")
    return ANSWER_IS_NO if wrong else OK


def _upgrade(args: argparse.Namespace, folder: Path, address: str, region: str) -> int:
    from sanfu.adapters.operations import migrations, upgrading
    from sanfu.records.moments import said

    if not migrations.pending():
        print("{}" if args.json else "the database is as this checkout wants it; nothing was done")
        return OK
    now = datetime.now(UTC)
    archive = (
        Path(args.archive) if args.archive else folder.parent / f"before-{said(now, '%Y%m%dT%H%M%S')}.tar"
    )
    archive.parent.mkdir(parents=True, exist_ok=True)
    done = upgrading.upgrade(folder, archive, address=address, region=region, at=now, window=args.window)
    if args.json:
        print(json.dumps(asdict(done), ensure_ascii=False))
        return OK
    print(
        f"{len(done.applied)} migrations applied, {done.waits} waits for locks; backup of before: {done.archive}"
    )
    if done.contract:
        print(f"no way back but that backup: {', '.join(done.contract)}")
    else:
        print("the way back: sanfu upgrade --back")
    return OK


def _back(args: argparse.Namespace, folder: Path) -> int:
    from sanfu.adapters.operations import upgrading

    one = upgrading.back(folder)
    print(
        json.dumps(asdict(one), ensure_ascii=False)
        if args.json
        else f"{len(one.applied)} migrations of {one.at} were taken back; start the release before"
    )
    return OK
