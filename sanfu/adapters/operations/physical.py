"""Physical backups (物理备份): the whole server's files by `pg_basebackup`, and from PostgreSQL 17 on only what changed since another.

They bring back a server, all its databases, and nothing else: uploaded files and secrets are in the archives of `backup.py`.
"""

import subprocess
from pathlib import Path
from typing import Any

import psycopg

from sanfu.adapters.operations import OperationFailed, dumping

FIRST_INCREMENTAL = 17
MANIFEST = "backup_manifest"
SUMMARIES = "ALTER SYSTEM SET summarize_wal = on; SELECT pg_reload_conf()"


def make(target: Path, *, address: str, since: Path | None = None) -> Path:
    """Write a physical backup into a new folder, whole or since another one, and verify it; returns the folder.

    Raises:
        OperationFailed: the folder is not empty, the server cannot do it, or a program is missing or failed.
    """
    if target.exists() and any(target.iterdir()):
        raise OperationFailed(f"{target} is not empty; a backup overwrites nothing: name another folder")
    if since is not None and not (since / MANIFEST).is_file():
        raise OperationFailed(f"{since} holds no {MANIFEST}: name the folder of an earlier physical backup")
    with psycopg.connect(address) as connection:
        server = dumping.server_major(connection)
        if since is not None:
            may_be_incremental(server, _setting(connection, "summarize_wal"))
    words: list[str | Path] = [
        dumping.program("pg_basebackup", server), f"--pgdata={target}", "--checkpoint=fast", "--wal-method=stream",
    ]  # fmt: skip
    if since is not None:
        words.append(f"--incremental={since / MANIFEST}")
    dumping.run(words, address)
    _verify(target, server)
    return target


def _setting(connection: psycopg.Connection[Any], name: str) -> str:
    row = connection.execute("SELECT current_setting(%s, true)", [name]).fetchone()
    return str(row[0] or "") if row else ""


def may_be_incremental(server: int, summaries: str) -> None:
    """Pass when a server can say what changed since a backup.

    Raises:
        OperationFailed: it is older than 17, or keeps no summaries of its log.
    """
    if server < FIRST_INCREMENTAL:
        raise OperationFailed(
            f"the server is PostgreSQL {server}; incremental physical backups begin with {FIRST_INCREMENTAL}. "
            "Make a whole one (without --since), or an archive (sanfu backup -o FILE)"
        )
    if summaries != "on":
        raise OperationFailed(
            f"the server keeps no summaries of its log: {SUMMARIES}. Then make a whole one first: "
            "an incremental one can only follow a backup made since"
        )


def _verify(folder: Path, server: int) -> None:
    """Hold every file against the manifest, as far as the programs are here; the log is looked at when it is combined."""
    program = dumping.program("pg_verifybackup", server)
    done = subprocess.run(
        [program, "--no-parse-wal", folder], capture_output=True, text=True, errors="replace"
    )
    if done.returncode != 0:
        raise OperationFailed(f"the backup in {folder} does not verify: {done.stderr.strip()[-2000:]}")
