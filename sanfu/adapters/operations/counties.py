"""Counties side by side (多县): each has a schema of one database, a files folder, a secret and processes of its own.

A county is chosen by host name at the proxy: every host leads to the processes of its county, which know no other. So nothing
in memory, no cache and no session can cross. `counties.yaml` names them; migrations run for several at once and are resumable.
"""

import hashlib
import hmac
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import yaml
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sanfu.adapters.operations import OperationFailed, dumping, release

SCHEMA = re.compile(r"county_[a-z0-9_]{1,40}")
# One function that guards triggers lies in public and is made anew by each county; two at one moment must not end either.
SHARED = ("tuple concurrently updated", "pg_proc_proname_args_nsp_index", "deadlock detected")
TRIES = 8
PROGRAM = [sys.executable, "-m", "sanfu.adapters.commandline.main"]
NEEDED = {"region", "name", "schema", "host", "port"}


@dataclass(frozen=True, slots=True)
class County:
    """One county: its code, name, schema, host name, the port of its processes, and the folder of what it has decided."""

    region: str
    name: str
    schema: str
    host: str
    port: int
    content: str = ""  # empty: that of whoever asks, as a rule content/ of this checkout

    def address(self, address: str) -> str:
        """The database address that shows this county's tables alone, not even those of public."""
        known: dict[str, Any] = dict(conninfo_to_dict(address))
        return make_conninfo(**{**known, "options": f"-csearch_path={self.schema}"})

    def environment(self, address: str, files: Path) -> dict[str, str]:
        """What the processes of this county are told; the secret of each is its own, made of that of all."""
        secret = os.environ.get("SANFU_SECRET", "")
        own = hmac.new(secret.encode(), self.schema.encode(), hashlib.sha256).hexdigest() if secret else ""
        return {
            **({"SANFU_SECRET": own} if own else {}),
            **({"SANFU_CONTENT": self.content} if self.content else {}),
            "DATABASE_URL": self.address(address),
            "SANFU_REGION": self.region,
            "SANFU_COUNTY": self.name,
            "SANFU_HOSTS": self.host,
            "SANFU_PUBLIC_URL": f"https://{self.host}",
            "SANFU_FILES": str(files / self.schema / "files"),
        }


def read(path: Path) -> list[County]:
    """The counties of a file.

    Raises:
        OperationFailed: it cannot be read, or two counties share a region, schema, host or port.
    """
    try:
        said = yaml.safe_load(path.read_text("utf-8"))["counties"]
        found = [_county(one, path.parent) for one in said]
    except (OSError, yaml.YAMLError, TypeError, KeyError, ValueError) as wrong:
        raise OperationFailed(f"{path} names no counties: {wrong}") from wrong
    for what in ("region", "schema", "host", "port"):
        values = [getattr(one, what) for one in found]
        if double := {value for value in values if values.count(value) > 1}:
            raise OperationFailed(
                f"{path}: two counties share the {what} {', '.join(map(str, sorted(double)))}"
            )
    return found


def _county(said: dict[str, Any], beside: Path) -> County:
    """beside: the folder that a relative `content` is counted from."""
    if not NEEDED <= set(said) <= NEEDED | {"content"}:
        raise ValueError(
            f"a county has {', '.join(sorted(NEEDED))} and perhaps content, not {', '.join(sorted(map(str, said)))}"
        )
    content = (beside / str(said["content"])).resolve() if said.get("content") else None
    if content and not content.is_dir():
        raise ValueError(f"{said['name']}: there is no folder {content}")
    made = County(
        region=str(said["region"]), name=str(said["name"]), schema=str(said["schema"]), host=str(said["host"]),
        port=int(said["port"]), content=str(content or ""),
    )  # fmt: skip
    if not re.fullmatch(r"\d{6}", made.region) or not SCHEMA.fullmatch(made.schema):
        raise ValueError(f"{made.name}: region has six digits, schema is county_… in small letters")
    if not re.fullmatch(r"[a-z0-9.-]{1,100}", made.host):
        raise ValueError(f"{made.name}: {made.host!r} is no host name")
    return made


def prepare(address: str, counties: list[County]) -> None:
    """Make the schemas that are not there, the ledger of migrations and the function that all share, in their database."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            dumping.guard_of_triggers()
        )  # two migrations must not both be the first to make it
        for one in counties:
            connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(one.schema)))
        connection.execute(
            "CREATE TABLE IF NOT EXISTS public.sanfu_county_migration (schema text PRIMARY KEY, version text NOT NULL, "
            "state text NOT NULL, said text NOT NULL DEFAULT '', at timestamptz NOT NULL DEFAULT now())"
        )


def migrate(
    address: str, counties: list[County], *, at_once: int, again: bool = False
) -> Iterator[tuple[County, str]]:
    """Bring every county to this checkout, several at once; yields each with how it ended ("done" or what it said).

    One that the ledger has as done for this release is passed over, so a broken-off run goes on where it stopped.
    """
    prepare(address, counties)
    version = release.version() + f" {len(release.migrations())}"
    done = set() if again else _done(address, version)
    left = [one for one in counties if one.schema not in done]

    def one(county: County) -> tuple[County, str]:
        said = _migrated(county, address)
        _note(address, county, version, said)
        return county, said

    with ThreadPoolExecutor(max(1, at_once)) as pool:
        yield from pool.map(one, left)


def _done(address: str, version: str) -> set[str]:
    with psycopg.connect(address) as connection:
        rows = connection.execute(
            "SELECT schema FROM public.sanfu_county_migration WHERE version = %s AND state = 'done'",
            [version],
        )
        return {schema for (schema,) in rows}


def _note(address: str, county: County, version: str, said: str) -> None:
    with psycopg.connect(address) as connection:
        connection.execute(
            "INSERT INTO public.sanfu_county_migration (schema, version, state, said) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (schema) DO UPDATE SET version = excluded.version, state = excluded.state, said = excluded.said, at = now()",
            [
                county.schema,
                version,
                "done" if said == "done" else "failed",
                "" if said == "done" else said[-2000:],
            ],
        )


def _migrated(county: County, address: str) -> str:
    words = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
    environment = (
        os.environ
        | {"DJANGO_SETTINGS_MODULE": "config.settings"}
        | county.environment(address, Path("/nowhere"))
    )
    said = ""
    for _ in range(TRIES):
        ran = subprocess.run(
            words, env=environment, cwd=release.CHECKOUT, capture_output=True, text=True, errors="replace"
        )
        if ran.returncode == 0:
            return "done"
        said = ran.stderr.strip()[-2000:] or f"exit code {ran.returncode}"
        if not any(one in said for one in SHARED):
            break
    return said


def serve(
    address: str, counties: list[County], files: Path, stop: Callable[[], bool], workers: int = 2
) -> int:
    """Run the processes of all counties until `stop` says so; one that gives up ends alone, and the exit code is 1."""
    words = ["manage", "serve", "--no-demo", "--workers", str(workers), "--port"]
    running = [
        subprocess.Popen(
            [*PROGRAM, *words, str(one.port)],
            env=os.environ | one.environment(address, files),
            cwd=release.CHECKOUT,
            start_new_session=True,  # Ctrl-C reaches us alone; each county then stops its own processes in order
        )
        for one in counties
    ]
    try:
        while not stop() and any(child.poll() is None for child in running):
            time.sleep(0.5)
    finally:
        for child in running:
            child.terminate()
        ended = [child.wait(120) for child in running]
    return 1 if any(ended) else 0


def run_as(county: County, words: list[str], address: str, files: Path) -> int:
    """Run one command of `sanfu` as this county sees the world; returns its exit code."""
    environment = os.environ | county.environment(address, files)
    return subprocess.run([*PROGRAM, *words], env=environment, cwd=release.CHECKOUT).returncode


def proxy(counties: list[County]) -> str:
    """The lines of nginx that lead each host to its county, and an unknown one nowhere."""
    lines = [
        "map $host $sanfu_county {",
        "    default 127.0.0.1:9;  # nobody listens: an unknown host is no county",
    ]
    lines += [f"    {one.host} 127.0.0.1:{one.port};  # {one.region} {one.name}" for one in counties]
    return "\n".join([*lines, "}"]) + "\n"
