"""The commands that a newcomer is told are the ones that run here every day."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("README*.md"), ROOT / "CONTRIBUTING.md", ROOT / "docs" / "runbook.md"])
FENCE = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def commands(page: Path) -> list[str]:
    """Lines of the `sh` blocks of a page, comments and continuations removed."""
    text = page.read_text(encoding="utf-8")
    lines = [line for block in FENCE.findall(text) for line in block.replace("\\\n", " ").splitlines()]
    return [line.partition(" #")[0].strip() for line in lines if line.strip() and not line.startswith("#")]


def test_ci_runs_the_documented_test_command() -> None:
    assert re.search(r"^(?:[A-Z]+=\S+ )*(?:exec )?\./test( |$)", CI, re.MULTILINE)
    for page in ROOT.glob("README*.md"):
        assert {"./run", "./test"} <= set(commands(page)), f"{page.name} does not name the two commands"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_local_programs_of_a_page_exist(page: Path) -> None:
    for command in commands(page):
        for word in command.split():
            if word.startswith("./") and "…" not in word:
                assert (ROOT / word).exists(), f"{page.name}: {command}"
            module = re.fullmatch(r"(?:tests|bench)(?:/\S+)?", word)
            assert module is None or (ROOT / word).exists(), f"{page.name}: {command}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_sanfu_words_of_a_page_exist(page: Path) -> None:
    from sanfu.adapters.commandline.main import COMMANDS

    for command in commands(page):
        named = re.match(r"(?:\.venv/bin/)?sanfu (\w+)", command)
        assert named is None or named[1] in COMMANDS, f"{page.name}: {command}"


@pytest.mark.parametrize("script", ["run", "test"])
def test_both_ways_in_use_one_bootstrap(script: str) -> None:
    text = (ROOT / script).read_text(encoding="utf-8")
    assert text.startswith("#!/bin/sh\n")
    assert "bootstrap.py" in text
    assert (ROOT / script).stat().st_mode & 0o111
