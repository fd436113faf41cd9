"""恢复 (restore): an archive into an empty database and an empty files folder, proved before and after; and the rehearsal."""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from sanfu.adapters.operations import OperationFailed, archive, dumping, release
from sanfu.adapters.operations.archive import FILES, SECRETS, Manifest
from sanfu.adapters.operations.backup import KEY, PASSPHRASE
from sanfu.adapters.operations.sealing import unseal


@dataclass
class Restored:
    """What came back. faults: sentences, empty when counts, chain heads and every hash are those of the archive."""

    made_at: str
    rows: int
    files: int
    events: int = 0
    faults: list[str] = field(default_factory=list)


def restore(source: Path, *, address: str, folder: Path, region: str) -> Restored:
    """Bring an archive back and hold its outbox and notices; Django must stand on the database of `address`.

    The whole archive is unpacked beside the files folder and every byte proved before the database is touched. The
    database comes back in one transaction; then the files are put in place.

    Raises:
        OperationFailed: a place is not empty, the archive is damaged or of another release; nothing was changed.
    """
    with psycopg.connect(address, autocommit=True) as connection:
        check_empty(connection, folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=folder.parent) as work:
            staging = Path(work)
            manifest = archive.unpack(source, staging, os.environ.get(KEY, ""))
            server = dumping.server_major(connection)
            release.check_fits(manifest, region=region, server=server)
            dumping.hold(connection)  # before the first row: a worker that starts too early sends nothing
            dumping.load(address, staging / archive.DUMP, server=server)
            _put_files(staging / FILES, folder)
    return proved(manifest, address, folder)


def check_empty(connection: dumping.Connection, folder: Path) -> None:
    """Refuse a database with tables or a folder with files (OperationFailed)."""
    if not dumping.is_empty(connection):
        raise OperationFailed(
            f"the database {connection.info.dbname} is not empty: a restore overwrites nothing. Create an empty one "
            "(CREATE DATABASE …), name it in DATABASE_URL and restore there"
        )
    if folder.exists() and any(folder.iterdir()):
        raise OperationFailed(
            f"the files folder {folder} is not empty: a restore overwrites nothing. Name an empty one in SANFU_FILES"
        )


def _put_files(staged: Path, folder: Path) -> None:
    if folder.exists():
        folder.rmdir()  # empty, as was checked; a file that came meanwhile makes this fail
    if staged.exists():
        staged.rename(folder)
    else:
        folder.mkdir(mode=0o700)


def proved(manifest: Manifest, address: str, folder: Path) -> Restored:
    """Count and recompute what came back against the manifest."""
    from sanfu.records.queries import verify_chains  # models exist only after django.setup()

    with psycopg.connect(address) as connection:
        rows, heads = dumping.counted(connection), dumping.heads_of(connection)
        regions = [
            one for (one,) in connection.execute("SELECT DISTINCT region FROM records_stream ORDER BY 1")
        ]
    found = Restored(manifest.made_at, sum(rows.values()), sum(1 for _ in archive.stored(folder)))
    for table in sorted(rows.keys() | manifest.rows.keys()):
        if rows.get(table) != manifest.rows.get(table):
            found.faults.append(f"{table}: {rows.get(table)} rows, {manifest.rows.get(table)} in the archive")
    if heads != (manifest.streams, manifest.chains):
        found.faults.append("the heads of the hash chains are not those of the archive")
    for region in regions:
        events, faults = verify_chains(region=region)
        found.events += events
        found.faults += [f"chain {one.stream} at {one.seq}: {one.what}" for one in faults[:20]]
    wanted = sum(name.startswith(FILES) for name in manifest.files)
    if found.files != wanted:
        found.faults.append(f"{found.files} files in place, {wanted} in the archive")
    return found


def open_secrets(source: Path, target: Path) -> list[str]:
    """Write the sealed secrets of an archive into a new file as NAME=value lines, for its owner alone; returns names.

    Raises:
        OperationFailed: the archive holds none, the passphrase is another one, or the target exists.
    """
    passphrase = os.environ.get(PASSPHRASE, "")
    if not passphrase:
        raise OperationFailed(f"set {PASSPHRASE} to the passphrase that the secrets were sealed with")
    with tempfile.TemporaryDirectory(prefix=".secrets-", dir=target.parent) as work:
        manifest = archive.unpack(source, Path(work), os.environ.get(KEY, ""))
        if SECRETS not in manifest.files:
            raise OperationFailed(f"the archive holds no secrets: {PASSPHRASE} was not set when it was made")
        held = json.loads(unseal((Path(work) / SECRETS).read_bytes(), passphrase))
    try:
        with open(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as out:
            out.writelines(f"{name}={value}\n" for name, value in sorted(held.items()))
    except FileExistsError as there:
        raise OperationFailed(f"{target} exists; name another file") from there
    return sorted(held)


def rehearse(source: Path, *, address: str) -> dict[str, object]:
    """Restore an archive into a temporary database by the very command a person would use; returns its report.

    The report is that of `sanfu restore --json`, with "seconds". Nothing of the running installation is touched.

    Raises:
        OperationFailed: the restore was refused, with its words.
    """
    begun = time.monotonic()
    with (
        dumping.temporary_database(address) as temporary,
        tempfile.TemporaryDirectory(prefix="sanfu-rehearsal-") as work,
    ):
        words = [sys.executable, "-m", "sanfu.adapters.commandline.main", "restore", str(source), "--json"]
        places = {"DATABASE_URL": temporary, "SANFU_FILES": str(Path(work) / "files")}
        done = subprocess.run(
            words,
            env=os.environ | places,
            cwd=release.CHECKOUT,
            capture_output=True,
            text=True,
            errors="replace",
        )
    try:
        report = json.loads(done.stdout)
    except ValueError as wrong:
        raise OperationFailed(f"the rehearsal was refused: {done.stderr.strip()[-2000:]}") from wrong
    return {**report, "seconds": round(time.monotonic() - begun, 1)}
