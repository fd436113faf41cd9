"""`sanfu backup`: database, uploaded files and sealed secrets in one archive; `--rehearse` proves that it comes back (备份)."""

import argparse
import json
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from sanfu.adapters.commandline.main import ANSWER_IS_NO, OK, BadInput

EPILOG = """SANFU_BACKUP_KEY encrypts the whole archive; SANFU_BACKUP_PASSPHRASE seals the secrets of the installation into it
(without it they are left out). Both have 12 or more characters; keep them apart from the archive."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the options."""
    parser.epilog = EPILOG
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="the archive to write; one that exists is refused"
    )
    parser.add_argument(
        "--rehearse", action="store_true", help="restore it into a temporary database and report (演练)"
    )
    parser.add_argument(
        "--archive", metavar="FILE", help="with --rehearse: an archive that exists, instead of a new one"
    )
    parser.add_argument(
        "--physical", metavar="FOLDER", help="the whole server's files into a new folder instead (物理备份)"
    )
    parser.add_argument(
        "--since", metavar="FOLDER",
        help="with --physical: only what changed since that physical backup (PostgreSQL 17 or newer)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="JSON alone on standard output")


def run(args: argparse.Namespace) -> int:
    """Make or rehearse an archive; exit code 1 when the rehearsal found a difference."""
    from sanfu.adapters.operations import OperationFailed

    if args.since and not args.physical:
        raise BadInput("--since follows --physical: sanfu backup --physical FOLDER --since EARLIER")
    if args.physical and (args.output or args.rehearse or args.archive):
        raise BadInput("--physical makes a folder, not an archive: it stands alone or with --since")
    if not (args.output or args.rehearse or args.physical):
        raise BadInput("name the archive to write: sanfu backup -o FILE")
    if args.archive and (args.output or not args.rehearse):
        raise BadInput("--archive names one that exists: sanfu backup --rehearse --archive FILE")
    try:
        if args.physical:
            return _physical(args)
        with tempfile.TemporaryDirectory(prefix="sanfu-backup-") as work:
            return _run(args, Path(args.archive or args.output or Path(work) / "rehearsal.tar"))
    except (OperationFailed, OSError) as failure:
        raise BadInput(str(failure)) from failure


def _run(args: argparse.Namespace, path: Path) -> int:
    from django.conf import settings

    from sanfu.adapters.commandline.manage import django_on_the_database
    from sanfu.adapters.operations import backup, restoring

    address = django_on_the_database()
    report: dict[str, object] = {}
    if not args.archive:
        made = backup.make(
            path,
            address=address,
            folder=Path(settings.MEDIA_ROOT),
            region=settings.REGION,
            at=datetime.now(UTC),
        )
        report["backup"] = {
            "file": str(path) if args.output else "",
            "bytes": path.stat().st_size,
            "tables": len(made.rows),
            "rows": sum(made.rows.values()),
            "files": len(made.files),
            "chains": made.streams,
            "secrets": made.secrets,
        }
    faults: object = []
    if args.rehearse:
        rehearsed = restoring.rehearse(path, address=address)
        report["rehearsal"], faults = rehearsed, rehearsed["faults"]
        backup.note(
            Path(settings.MEDIA_ROOT), {"rehearsed_at": datetime.now(UTC).isoformat(), "faults": faults}
        )
    if args.json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        _say(report)
    return ANSWER_IS_NO if faults else OK


def _physical(args: argparse.Namespace) -> int:
    from sanfu.adapters.commandline.manage import django_on_the_database
    from sanfu.adapters.operations import physical

    since = Path(args.since) if args.since else None
    made = physical.make(Path(args.physical), address=django_on_the_database(), since=since)
    size = sum(path.stat().st_size for path in made.rglob("*") if path.is_file())
    report = {"folder": str(made), "bytes": size, "since": args.since or ""}
    if args.json:
        print(json.dumps({"physical": report}, ensure_ascii=False))
    else:
        print(
            f"physical backup {made}: {size} bytes, {f'changes since {since}' if since else 'whole'}, verified"
        )
    return OK


def _say(report: dict[str, object]) -> None:
    from sanfu.adapters.operations.backup import PASSPHRASE

    made, rehearsed = report.get("backup"), report.get("rehearsal")
    if isinstance(made, dict):
        print(
            "backup {file}: {bytes} bytes, {rows} rows in {tables} tables, {chains} chains, {files} members".format(
                **made
            )
        )
        if not made["secrets"]:
            why = (
                "none is set here (SANFU_SECRET, passwords of mail and hook)"
                if os.environ.get(PASSPHRASE)
                else f"set {PASSPHRASE} to have them sealed in"
            )
            print(f"no secrets in it: {why}", file=sys.stderr)
    if isinstance(rehearsed, dict):
        print(
            "rehearsal: {rows} rows, {files} files, {events} events verified in {seconds} s".format(
                **rehearsed
            )
        )
        for fault in rehearsed["faults"]:
            print(f"differs: {fault}", file=sys.stderr)
