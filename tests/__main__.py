"""`./test`: every check and every test, one after the other, and a summary that can be trusted.

    ./test            all of it: linters, types, architecture, migrations, fast, slow and browser tests
    ./test --fast     under a minute: no browser test, no slow one, no coverage
    ./test --bench N  one benchmark (see bench/README.md)

All steps run even when one fails, so that one run shows everything; the exit code is 1 if any failed.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import bootstrap
from tests.browser import CHROMIUM_NAMES, chromium

PYTHON = sys.executable
BIN = Path(sys.executable).parent
CHINESE_FONT = ("fonts-noto-cjk", ":lang=zh-cn")  # Debian package, fontconfig pattern
MANAGE = [PYTHON, "-m", "sanfu.adapters.commandline.main", "manage"]
FLOOR = "--fail-under=90"  # of lines and branches; pages that only chromium opens run in another process
NO_TESTS_RAN = 5  # pytest's exit code when a selection is empty


@dataclass(frozen=True)
class Step:
    """One command of the run; `allowed` are exit codes that count as passed.

    `again` is run when it failed: what two browsers on two cores upset each other with passes alone, and is said so.
    """

    name: str
    words: list[str]
    allowed: frozenset[int] = field(default_factory=lambda: frozenset({0}))
    again: tuple[str, ...] = ()


def pytest_words(selection: str, *more: str) -> list[str]:
    return [PYTHON, "-m", "pytest", "-q", "-m", selection, *more]


def static_steps() -> list[Step]:
    return [
        Step("ruff check", [str(BIN / "ruff"), "check", "."]),
        Step("ruff format", [str(BIN / "ruff"), "format", "--check", "."]),
        Step("import contract", [str(BIN / "lint-imports")]),
        Step("mypy", [PYTHON, "-m", "mypy"]),
        Step("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"]),
        Step(
            "dependency audit", [PYTHON, "-m", "tests.audit"]
        ),  # tells; does not fail a commit for today's news
    ]


def test_steps() -> list[Step]:
    coverage = ["--cov=sanfu", "--cov-append", "--cov-report="]
    both_cores = ["-n", "2", "--dist", "loadfile"]
    empty = frozenset({0, NO_TESTS_RAN})
    return [
        Step("fast tests", pytest_words("not slow and not browser", *both_cores, *coverage)),
        Step("slow tests", pytest_words("slow and not browser", *both_cores, *coverage), empty),
        Step(
            "browser tests",
            pytest_words("browser", *both_cores, *coverage),
            empty,
            tuple(pytest_words("browser", "--last-failed", "--last-failed-no-failures=none", *coverage)),
        ),
        Step("coverage", [PYTHON, "-m", "coverage", "report", "--skip-covered", "--skip-empty", FLOOR]),
    ]


def install_browser() -> None:
    """chromium and a Chinese font from the system; as root they are installed, else the tests will say so."""
    packages = [] if chromium() else [CHROMIUM_NAMES[0]]
    package, pattern = CHINESE_FONT
    try:
        fonts = subprocess.run(["fc-list", pattern], capture_output=True, text=True).stdout
    except OSError:
        fonts = ""
    if not fonts.strip():
        packages.append(package)
    if packages and os.getuid() == 0:
        bootstrap.install_system_packages(packages, "the browser tests need them")
    elif packages:
        print(
            f"MISSING for the browser tests: {' '.join(packages)}. They will fail, not be skipped. "
            f"As root: apt-get install -y --no-install-recommends {' '.join(packages)}",
            file=sys.stderr,
        )


def run(step: Step) -> tuple[str, float]:
    """Run one step, its output going straight through. Returns passed, ALONE or FAILED and the seconds it took."""
    print(f"\n── {step.name} " + "─" * max(2, 72 - len(step.name)), flush=True)
    began = time.monotonic()
    came = "passed" if _ended(step.words) in step.allowed else "FAILED"
    if came == "FAILED" and step.again:
        print(f"\n── {step.name}: what failed side by side, once more alone", flush=True)
        came = "ALONE" if _ended(step.again) == 0 else "FAILED"
    return came, time.monotonic() - began


def _ended(words: Sequence[str]) -> int:
    return subprocess.run(words, stdin=subprocess.DEVNULL).returncode


def main() -> int:
    parser = argparse.ArgumentParser(prog="test", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--fast", action="store_true", help="no browser, no slow tests, no coverage")
    parser.add_argument("--setup-only", action="store_true", help="install what the tests need, run nothing")
    args = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if not args.fast:
        install_browser()
    if args.setup_only:
        return 0
    if args.fast:
        fast = pytest_words("not slow and not browser", "-n", "2", "--dist", "loadfile")
        steps = [*static_steps()[:3], Step("fast tests", fast)]
    else:
        Path(".coverage").unlink(missing_ok=True)
        steps = [*static_steps(), *test_steps()]
    results = [(step.name, *run(step)) for step in steps]
    print("\n── summary " + "─" * 64)
    for name, came, seconds in results:
        print(f"{came:<6}  {seconds:6.1f} s  {name}")
    failed = [name for name, came, _ in results if came == "FAILED"]
    alone = [name for name, came, _ in results if came == "ALONE"]
    if alone:
        print(f"some failed side by side and passed alone (named above; mend them): {', '.join(alone)}")
    total = sum(seconds for *_, seconds in results)
    verdict = f"FAILED: {', '.join(failed)}" if failed else "all passed"
    print(f"{len(results)} steps in {total:.0f} s: {verdict}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
