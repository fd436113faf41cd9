"""Entry of the `sanfu` command: one table from command word to the module that answers it."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Protocol

# Exit codes that scripts can trust.
OK = 0
ANSWER_IS_NO = 1  # the command worked and found what it looked for: a failing case, a broken chain
BAD_INPUT = 2  # the input was refused; standard error says what, why and what to do

COMMANDS: dict[str, tuple[str, str]] = {
    "clock": ("sanfu.adapters.commandline.clock", "working days and due dates (期限)"),
    "matcher": ("sanfu.adapters.commandline.matcher", "evaluate text matching on a town's history (匹配)"),
    "rules": ("sanfu.adapters.commandline.rules", "policies as code: check, cases, run, explain (政策规则)"),
    "joint": (
        "sanfu.adapters.commandline.joint",
        "joint applications: compile, verify, whatif, export (一件事)",
    ),
    "duties": ("sanfu.adapters.commandline.duties", "duty lists: lint, precheck, evaluate (履职)"),
    "posts": ("sanfu.adapters.commandline.posts", "posts derived from duties: check (岗位)"),
    "lists": ("sanfu.adapters.commandline.lists", "responsibility lists: check, diff (清单)"),
    "indicators": ("sanfu.adapters.commandline.indicators", "published figures recomputed: check (指标)"),
    "manage": ("sanfu.adapters.commandline.manage", "administrative commands on the database (管理)"),
}


class BadInput(Exception):
    """Input that cannot be used; the message says what, why and what to do next."""


class Command(Protocol):
    """What every command module offers."""

    def configure(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace) -> int: ...


def usage() -> str:
    lines = ["usage: sanfu COMMAND …", ""]
    lines += [f"  {word:<10} {what}" for word, (_, what) in COMMANDS.items()]
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
    module, what = COMMANDS[words[0]]
    command: Command = importlib.import_module(module)
    parser = argparse.ArgumentParser(prog=f"sanfu {words[0]}", description=what)
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
    sys.exit(main())
