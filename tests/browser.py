"""The system's chromium: where it is and how it is started."""

import os
import shutil

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def chromium() -> str | None:
    """Path of the system's chromium, None when there is none."""
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def launch_arguments() -> list[str]:
    return [*QUIET, "--no-sandbox"] if os.getuid() == 0 else QUIET
