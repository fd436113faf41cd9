"""`sanfu doctor`: what is wrong with this place, in plain words and without the database (诊断)."""

import argparse
import json
import os
from dataclasses import asdict
from datetime import UTC, datetime

from sanfu.adapters.commandline.main import ANSWER_IS_NO, OK
from sanfu.adapters.operations.diagnosis import BAD, Place, diagnose


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the options."""
    parser.add_argument(
        "--port", type=int, default=8000, help="the port that the platform is to have (default 8000)"
    )
    parser.add_argument("--json", action="store_true", help="JSON alone on standard output")


def run(args: argparse.Namespace) -> int:
    """Print the findings; exit code 1 when one of them is bad."""
    found = diagnose(Place(os.environ, datetime.now(UTC), args.port))
    if args.json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False))
    else:
        for one in found:
            print(
                f"{one.state:<5} {one.what:<18} {one.says}"
                + (f"\n{'':<25}→ {one.advice}" if one.advice else "")
            )
    return ANSWER_IS_NO if any(one.state == BAD for one in found) else OK
