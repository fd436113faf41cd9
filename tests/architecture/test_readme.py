"""The commands that a newcomer is told are the ones that run here every day."""

import argparse
import contextlib
import importlib
import io
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core import management

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("README*.md"), ROOT / "CONTRIBUTING.md", ROOT / "docs" / "runbook.md"])
FENCE = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
TOLD = sorted(  # the changelog speaks of its day
    {
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "bench" / "README.md",
        ROOT / "deploy" / "README.md",
    }
    - {ROOT / "CHANGELOG.md"}
)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
OURS = re.compile(r"(?:sanfu|\./run|\./test|python)(?= |$)|\.venv/bin/(?:sanfu|python) ")
BRACKETS = str.maketrans("[]", "  ")  # around what may be left out
ASSIGNMENT = re.compile(r"[A-Z_]+=")
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


def spoken(page: Path) -> Iterator[tuple[list[str], bool]]:
    """Words of every command of this house that a page names, and whether it stands whole in a block or may be cut short in a line."""
    text = page.read_text(encoding="utf-8")
    found = [(one, True) for one in commands(page)]
    found += [(one, False) for one in CODE.findall(FENCED.sub("", text)) if OURS.match(one)]
    for command, whole in found:
        for part in re.split(r"&&|\|", re.sub(r"\$\([^)]*\)", "VALUE", command).translate(BRACKETS)):
            words = [one for one in shlex.split(part) if not ASSIGNMENT.match(one)]
            if words and OURS.match(words[0].removeprefix(".venv/bin/")):
                yield [words[0].removeprefix(".venv/bin/"), *words[1:]], whole


def options_of(words: list[str]) -> set[str]:
    return {one.partition("=")[0] for one in words if re.fullmatch(r"--?[a-z][\w-]*(=.*)?", one)}


def read_by(parser: argparse.ArgumentParser, words: list[str], whole: bool) -> str:
    """What the parser of a command says against these words, "" for nothing; of a cut one only its words and options count."""
    if whole and "…" not in " ".join(words):
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            try:
                parser.parse_args(words)
            except SystemExit as refused:
                return said.getvalue() if refused.code else ""
        return ""
    known = set(parser._option_string_actions)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            named = next((one for one in words if not one.startswith("-")), "")
            return read_by(action.choices[named], words[words.index(named) + 1 :], whole) if named in action.choices else (
                f"no {named!r} among {sorted(action.choices)}" if named else ""
            )  # fmt: skip
    return f"unknown options {sorted(options_of(words) - known)}" if options_of(words) - known else ""


def of_sanfu(words: list[str], whole: bool) -> str:
    from sanfu.adapters import serving
    from sanfu.adapters.commandline.main import COMMANDS

    if not words:
        return ""
    word, *rest = words
    if word not in COMMANDS:
        return f"no command {word}"
    if word != "manage":
        parser = argparse.ArgumentParser(prog=word)
        importlib.import_module(COMMANDS[word].module).configure(parser)
        return read_by(parser, rest, whole)
    if not rest or rest[0] in {"database", "serve"}:
        return "" if not rest or rest[0] == "database" else serving.options(rest[1:]) and ""
    known = management.get_commands()
    if rest[0] not in known:
        return f"no command manage {rest[0]}"
    command = management.load_command_class(known[rest[0]], rest[0])
    return read_by(command.create_parser("manage", rest[0]), rest[1:], whole)


def of_test(words: list[str]) -> str:
    """Options of ./test; those of a bench must stand in its module."""
    if words[:1] != ["--bench"]:
        return "" if options_of(words) <= {"--fast", "--setup-only"} else f"unknown {words}"
    return of_module(f"bench.bench_{words[1]}", words[2:]) if words[1:] and words[1] != "NAME" else ""


def of_module(name: str, words: list[str]) -> str:
    if not name.startswith(("tests.", "bench.")):
        return ""
    found = ROOT / (name.replace(".", "/") + ".py")
    if not found.exists():
        return f"no module {name}"
    text = found.read_text(encoding="utf-8")
    unknown = [one for one in options_of(words) if f'"{one}"' not in text]
    return f"{name} has no {unknown}" if unknown else ""


@pytest.mark.parametrize("told", TOLD, ids=lambda told: str(told.relative_to(ROOT)))
def test_every_command_of_a_page_is_one_that_its_program_takes(told: Path) -> None:
    from sanfu.adapters import serving

    wrong = {}
    for (program, *words), whole in spoken(told):
        said = ""
        if program == "sanfu":
            said = of_sanfu(words, whole)
        elif program == "./test":
            said = of_test(words)
        elif program == "./run" and words:
            serving.options(words)
        elif program == "python" and words[:1] == ["-m"]:
            said = of_test(["--bench", *words[2:]]) if words[1] == "bench" else of_module(words[1], words[2:])
        if said:
            wrong[" ".join([program, *words])] = said
    assert not wrong


@pytest.mark.parametrize("script", ["run", "test"])
def test_both_ways_in_use_one_bootstrap(script: str) -> None:
    text = (ROOT / script).read_text(encoding="utf-8")
    assert text.startswith("#!/bin/sh\n")
    assert "bootstrap.py" in text
    assert (ROOT / script).stat().st_mode & 0o111
