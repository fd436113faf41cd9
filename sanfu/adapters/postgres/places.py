"""Where things lie: the state folder of a checkout and a socket folder short enough for the kernel."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 107  # bytes of sun_path on Linux, less the closing zero


def label(path: Path) -> str:
    """A short name for `path` that two checkouts on one machine never share."""
    digest = hashlib.sha256(os.fsencode(path.resolve())).hexdigest()
    return f"{path.name}-{digest[:10]}"


def others_may_enter(path: Path) -> bool:
    """Whether any account may walk down to `path` (each folder above has the execute bit for others)."""
    existing = path
    while not existing.exists():
        existing = existing.parent
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (existing, *existing.parents))


def state_folder(checkout: Path) -> Path:
    """The folder for the database and other run-time state of `checkout`.

    `.state` inside the checkout; for root under a closed home, where the unprivileged server could not
    enter, `/var/lib/sanfu/<name>`; for a checkout that cannot be written, the XDG state folder.
    """
    checkout = checkout.resolve()
    if os.getuid() == 0 and not others_may_enter(checkout):
        return Path("/var/lib/sanfu") / label(checkout)
    inside = checkout / ".state"
    if os.access(inside if inside.exists() else checkout, os.W_OK):
        return inside
    home = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(home) / "sanfu" / label(checkout)


def socket_folder(state: Path) -> Path:
    """`socket` inside `state`, or a short folder under the temporary one when the path would be too long."""
    inside = state.resolve() / "socket"
    if len(os.fsencode(inside / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
        return inside
    digest = hashlib.sha256(os.fsencode(state.resolve())).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"sanfu-{digest}"
    if len(os.fsencode(short / SOCKET_NAME)) > SOCKET_PATH_LIMIT:
        short = Path("/tmp") / f"sanfu-{digest}"
    return short
