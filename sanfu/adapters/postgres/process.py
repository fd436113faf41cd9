"""Facts about processes, and starting one that dies with its parent. Standard library only."""

import ctypes
import os
import pwd
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
SERVED = "SANFU_SERVED"  # in the environment of what `serving.py` starts: its parent is part of the platform
PROC = Path("/proc")
# When root starts a server that refuses root: the first of these that the machine knows.
UNPRIVILEGED = ("sanfu", "postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """The account a server process runs as; `switch` is False when we are that account already."""

    uid: int
    gid: int
    switch: bool

    def popen_arguments(self) -> dict[str, object]:
        if not self.switch:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def account_for(folder: Path) -> Account:
    """Who runs the server over `folder`: ourselves, or for root its owner, else an unprivileged account."""
    if os.getuid() != 0:
        return Account(os.getuid(), os.getgid(), switch=False)
    if folder.exists() and folder.stat().st_uid != 0:
        owner = folder.stat()
        return Account(owner.st_uid, owner.st_gid, switch=True)
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, switch=True)
    return Account(65534, 65534, switch=True)


def is_alive(pid: int) -> bool:
    """Whether `pid` runs. A zombie does not: it only waits for its parent to read the exit code."""
    if PROC.joinpath("self").exists():
        try:
            stat = PROC.joinpath(str(pid), "stat").read_text(errors="replace")
        except OSError:
            return False
        return stat.rpartition(")")[2].split()[0] not in {"Z", "X"}
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def command_line(pid: int) -> list[str]:
    """Words of the command `pid` was started with; empty when it is gone or cannot be read."""
    try:
        raw = PROC.joinpath(str(pid), "cmdline").read_bytes()
    except OSError:
        return []
    return [word.decode(errors="replace") for word in raw.split(b"\0") if word]


def working_in(folder: Path) -> Iterator[int]:
    """Living processes whose working directory is `folder` (server processes stand in their data folder)."""
    wanted = str(folder)
    for entry in PROC.glob("[0-9]*"):
        try:
            here = os.readlink(entry / "cwd")
        except OSError:
            continue
        if here == wanted and is_alive(int(entry.name)):
            yield int(entry.name)


def die_with_parent(with_signal: signal.Signals) -> None:
    """Ask the kernel to send this process `with_signal` when its parent is gone; nothing off Linux."""
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)


def listener_of(port: int) -> tuple[int, str] | None:
    """Process number and command line of who listens on a TCP port; None when nobody does or it cannot be seen."""
    sockets: set[str] = set()
    for table in ("tcp", "tcp6"):
        try:
            lines = PROC.joinpath("net", table).read_text().splitlines()[1:]
        except OSError:
            continue
        words = (line.split() for line in lines)
        sockets |= {
            f"socket:[{w[9]}]" for w in words if w[3] == "0A" and int(w[1].rpartition(":")[2], 16) == port
        }
    for entry in PROC.glob("[0-9]*") if sockets else ():
        try:
            held = {os.readlink(one) for one in entry.joinpath("fd").iterdir()}
        except OSError:  # it ended, or it is somebody else's
            continue
        if held & sockets:
            return int(entry.name), " ".join(command_line(int(entry.name)))
    return None


def dies_with_parent(with_signal: signal.Signals) -> Callable[[], None] | None:
    """A `preexec_fn` asking the kernel to send `with_signal` when the parent is gone; None off Linux.

    It runs after the change of account, which would otherwise clear the request.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
        if os.getppid() != parent:  # the parent died before we asked
            os._exit(1)

    return ask
