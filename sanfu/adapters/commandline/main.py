"""Entry of the `sanfu` command: each word is in the manifest of its room, its module is imported when it is asked for."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Protocol

from sanfu.records.manifest import Command, all_rooms

# Exit codes that scripts can trust.
OK = 0
ANSWER_IS_NO = 1  # the command worked and found what it looked for: a failing case, a broken chain
BAD_INPUT = 2  # the input was refused; standard error says what, why and what to do

# command word → module and help, from the manifests of all rooms
COMMANDS: dict[str, Command] = {word: one for room in all_rooms() for word, one in room.commands.items()}


class BadInput(Exception):
    """Input that cannot be used; the message says what, why and what to do next."""


class Module(Protocol):
    """What every command module offers."""

    def configure(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace) -> int: ...


def usage() -> str:
    lines = ["usage: sanfu COMMAND …", ""]
    lines += [f"  {word:<10} {one.help}" for word, one in COMMANDS.items()]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; the module is imported only when named."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in {"-h", "--help"}:
        print(usage())
        return OK if words else BAD_INPUT
    if words[0] not in COMMANDS:
        print(f"sanfu: unknown command {words[0]!r}\n\n{usage()}", file=sys.stderr)
        return BAD_INPUT
    named = COMMANDS[words[0]]
    command: Module = importlib.import_module(named.module)
    parser = argparse.ArgumentParser(prog=f"sanfu {words[0]}", description=named.help)
    command.configure(parser)
    args = parser.parse_args(words[1:])
    try:
        return command.run(args)
    except BadInput as refusal:
        print(f"sanfu: {refusal}", file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:
        return OK


if __name__ == "__main__":
    # Run by `python -m`, this file is a second module; the commands raise the first one's BadInput.
    sys.exit(importlib.import_module("sanfu.adapters.commandline.main").main())
