"""`sanfu restore`: an archive into an empty place, and the release of what it holds back (恢复)."""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path

from sanfu.adapters.commandline.main import ANSWER_IS_NO, OK, BadInput


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the options."""
    parser.add_argument("archive", metavar="FILE", nargs="?", help="an archive of `sanfu backup`")
    parser.add_argument(
        "--release", action="store_true", help="let outbox and notices go out again (解除扣留)"
    )
    parser.add_argument("--secrets", metavar="OUT", help="only write the sealed secrets of FILE into OUT")
    parser.add_argument("--json", action="store_true", help="JSON alone on standard output")


def run(args: argparse.Namespace) -> int:
    """Restore, release, or open the secrets; exit code 1 when what came back differs from the archive."""
    from sanfu.adapters.operations import OperationFailed
    from sanfu.records.actor import Refused

    if bool(args.archive) == args.release:
        raise BadInput("name an archive to restore, or --release alone")
    try:
        if args.release:
            return _release()
        if args.secrets:
            return _secrets(Path(args.archive), Path(args.secrets))
        return _restore(args)
    except (OperationFailed, Refused, OSError) as failure:
        raise BadInput(str(failure)) from failure


def _restore(args: argparse.Namespace) -> int:
    from django.conf import settings

    from sanfu.adapters.commandline.manage import django_on_the_database
    from sanfu.adapters.operations import restoring

    address = django_on_the_database()
    back = restoring.restore(
        Path(args.archive), address=address, folder=Path(settings.MEDIA_ROOT), region=settings.REGION
    )
    if args.json:
        print(json.dumps(asdict(back), ensure_ascii=False))
        return ANSWER_IS_NO if back.faults else OK
    print(
        f"restored the backup of {back.made_at}: {back.rows} rows, {back.files} files, {back.events} events verified"
    )
    for fault in back.faults:
        print(f"differs: {fault}", file=sys.stderr)
    print("Outbox and notices are held. Look at the platform, then: sanfu restore --release")
    return ANSWER_IS_NO if back.faults else OK


def _release() -> int:
    from django.conf import settings

    from sanfu.adapters.commandline.manage import django_on_the_database

    django_on_the_database()
    from sanfu.records.actions import release_hold  # models exist only after django.setup()
    from sanfu.records.actor import machine

    waiting = release_hold(by=machine(settings.REGION, f"命令行 {getuser()}"), at=datetime.now(UTC))
    print(f"released: {waiting} events of the outbox and all waiting notices go out from now on")
    return OK


def _secrets(source: Path, target: Path) -> int:
    from sanfu.adapters.operations.restoring import open_secrets

    print(f"{target}: {', '.join(open_secrets(source, target))}")
    return OK
