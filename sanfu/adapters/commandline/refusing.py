"""Refusals of a command with --json: JSON on standard output too, beside the sentence on standard error."""

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager

from sanfu.adapters.commandline.main import BadInput


@contextmanager
def refusals_said(args: argparse.Namespace, *kinds: type[Exception]) -> Iterator[None]:
    """Turns errors of these kinds into BadInput; with --json the refusal is printed as {ok, error}."""
    said: tuple[type[Exception], ...] = (BadInput, *kinds)
    try:
        yield
    except said as refusal:
        if args.json:
            print(json.dumps({"ok": False, "error": str(refusal)}, ensure_ascii=False, indent=2))
        raise BadInput(str(refusal)) from refusal
