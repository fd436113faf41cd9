"""备份 (backup): everything that an installation is, in one archive, and the note of when that was."""

import json
import os
import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import psycopg

from sanfu.adapters.operations import OperationFailed, archive, dumping, release
from sanfu.adapters.operations.archive import FORMAT, Manifest
from sanfu.adapters.operations.sealing import seal

# What only this installation knows. Without SANFU_SECRET follow-up codes and links of before are worth nothing.
SECRETS = ("SANFU_SECRET", "SANFU_MAIL_LOGIN", "SANFU_MAIL_PASSWORD", "SANFU_HOOK_SECRET")
KEY, PASSPHRASE = "SANFU_BACKUP_KEY", "SANFU_BACKUP_PASSPHRASE"
NOTE = "backup.json"


def secrets_sealed(passphrase: str) -> tuple[list[str], bytes]:
    """Names of the secrets that are set, and their values sealed; nothing without a passphrase."""
    held = {name: os.environ[name] for name in SECRETS if os.environ.get(name)}
    if not passphrase or not held:
        return [], b""
    return sorted(held), seal(json.dumps(held).encode(), passphrase)


def make(target: Path, *, address: str, folder: Path, region: str, at: datetime) -> Manifest:
    """Write an archive of database, files and secrets; returns its manifest.

    Counts, chain heads and dump see one snapshot: the platform may work on meanwhile. Files are taken after it; one
    that came in between is more than needed, never less.

    Raises:
        OperationFailed: the target exists, or a program is missing or failed.
    """
    if target.exists():
        raise OperationFailed(f"{target} exists; a backup overwrites nothing: name another file")
    if not target.parent.is_dir():
        raise OperationFailed(f"the folder {target.parent} does not exist")
    names, sealed = secrets_sealed(os.environ.get(PASSPHRASE, ""))
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as work:
        dumped = Path(work) / archive.DUMP
        manifest = _dumped(dumped, address=address, region=region, at=at)
        manifest.secrets = names
        archive.write(
            target, manifest, dump=dumped, folder=folder, secrets=sealed, passphrase=os.environ.get(KEY, "")
        )
    note(folder, {"made_at": at.isoformat(), "file": str(target.resolve()), "bytes": target.stat().st_size})
    return manifest


def _dumped(target: Path, *, address: str, region: str, at: datetime) -> Manifest:
    with psycopg.connect(address) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        server = dumping.server_major(connection)
        tool = dumping.dump(address, target, snapshot=row[0], server=server)
        streams, chains = dumping.heads_of(connection)
        return Manifest(
            format=FORMAT,
            version=release.version(),
            made_at=at.isoformat(),
            region=region,
            server=server,
            tool=tool,
            migrations=dumping.migrations_of(connection),
            rows=dumping.counted(connection),
            streams=streams,
            chains=chains,
        )


def noted(folder: Path) -> dict[str, object]:
    """What is known of the last backup and rehearsal of a files folder: made_at, file, bytes, rehearsed_at, faults."""
    try:
        found = json.loads((folder.parent / NOTE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def note(folder: Path, more: dict[str, object]) -> None:
    """Keep facts of a backup or rehearsal beside the files folder; where that cannot be written, the backup stands
    all the same and its age is unknown."""
    with suppress(OSError):
        fresh = folder.parent / f"{NOTE}.{os.getpid()}"
        fresh.write_text(json.dumps(noted(folder) | more, ensure_ascii=False), "utf-8")
        fresh.replace(folder.parent / NOTE)
