"""Known advisories (已知漏洞) against the locked packages, asked of the public database through uv; says when it could not ask.

    .venv/bin/python -m tests.audit [--strict]

It reads the pins of the lock files, so what is asked is what is installed. Without network nothing is known, and it says so in
words: no answer is not a clean answer. Exit code 0, with --strict 1 when an advisory was found or nobody answered: an advisory
of today is no fault of the commit that is being tested, so the whole run prints it and goes on.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import bootstrap
from tests.platform import ROOT

LOCKS = ("requirements.lock", "requirements-test.lock")
PIN = re.compile(r"^[A-Za-z0-9][\w.-]*(?:\[[\w,-]+\])?==[^\s;\\]+", re.M)
SECONDS = 120


@dataclass(frozen=True)
class Answer:
    """What is known of one lock file: packages asked for, and either why nobody answered or the text of the findings."""

    packages: int
    unasked: str = ""
    found: str = ""

    def said(self, lock: str) -> str:
        if self.unasked:
            return f"{lock}: NOT ASKED, so nothing is known of its {self.packages} packages: {self.unasked}"
        return f"{lock}: {self.packages} packages asked for; " + (
            f"ADVISORIES:\n{self.found}" if self.found else "no advisory"
        )


def verdict(packages: int, code: int, out: str, err: str) -> Answer:
    """What an ended `uv audit` means: JSON is an answer, anything else is none."""
    try:
        told = json.loads(out)
    except ValueError:
        last = [line.strip() for line in err.splitlines() if line.strip()]
        return Answer(packages, unasked=last[-1] if last else f"exit code {code} without a word")
    return Answer(packages, found=json.dumps(told, ensure_ascii=False, indent=1) if code else "")


def ask(lock: Path) -> Answer:
    """Ask for every pin of a lock file."""
    pins = sorted(set(PIN.findall(lock.read_text("utf-8"))))
    if not bootstrap.UV.exists():
        return Answer(len(pins), unasked=f"{bootstrap.UV} is not here")
    with tempfile.TemporaryDirectory(prefix="audit-") as folder:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        project = f'[project]\nname = "audited"\nversion = "0"\nrequires-python = "=={version}.*"\n'
        (Path(folder) / "pyproject.toml").write_text(f"{project}dependencies = {json.dumps(pins)}\n", "utf-8")
        words = [bootstrap.UV, "audit", "--preview-features", "audit", "--output-format", "json"]
        own = bootstrap.with_pips_index() | {"UV_HTTP_RETRIES": "0", "UV_PYTHON": sys.executable}
        try:
            done = subprocess.run(words, cwd=folder, env=own, capture_output=True, text=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return Answer(len(pins), unasked=f"no answer within {SECONDS} s")
    return verdict(len(pins), done.returncode, done.stdout, done.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.audit", description=__doc__)
    parser.add_argument(
        "--strict", action="store_true", help="1 when an advisory was found or nobody answered"
    )
    strict = parser.parse_args().strict
    answers = {lock: ask(ROOT / lock) for lock in LOCKS}
    for lock, answer in answers.items():
        print(answer.said(lock), flush=True)
    return int(strict and any(answer.unasked or answer.found for answer in answers.values()))


if __name__ == "__main__":
    sys.exit(main())
