"""`sanfu resources`: allocate scarce factors to projects, with reasons and curves (要素统筹)."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sanfu.adapters.commandline.main import ANSWER_IS_NO, OK, BadInput
from sanfu.adapters.commandline.refusing import refusals_said
from sanfu.kernel.allocating.model import BadProblem
from sanfu.kernel.allocating.report import allocate
from sanfu.kernel.allocating.tables import __doc__ as layout
from sanfu.kernel.allocating.tables import read_problem


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `sanfu resources`."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    one = verbs.add_parser(
        "allocate",
        help="plan, four-level reasons, clashes, curves (统筹)",
        epilog=layout,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    one.add_argument("projects", metavar="PROJECTS.csv", help="CSV or Excel, one project a row")
    one.add_argument("factors", metavar="FACTORS.csv", help="CSV or Excel, one factor a row")
    one.add_argument(
        "--delay", type=float, default=0.0, metavar="SHARE", help="merit lost per month of waiting"
    )
    one.add_argument("--seconds", type=float, default=4.0, help="time for the solver (large problems)")
    one.add_argument("--no-curves", action="store_true", help="leave the curves of the next unit out")
    one.add_argument("--verify", action="store_true", help="try every change by solving again, however many")
    one.add_argument("--json", action="store_true", help="JSON alone on standard output")


def run(args: argparse.Namespace) -> int:
    """Allocate; 0 planned, 1 when mandatory projects clash, 2 bad input."""
    with refusals_said(args, BadProblem):
        return _allocate(args)


def _allocate(args: argparse.Namespace) -> int:
    if not 0 <= args.delay < 1:
        raise BadInput("--delay 应在 0 与 1 之间")
    read = read_problem(
        _bytes(args.projects), _bytes(args.factors), args.delay, (args.projects, args.factors)
    )
    with solver_silent():
        answer = allocate(read.problem, args.seconds, not args.no_curves, True if args.verify else None)
    answer["notes"] = list(read.notes)
    print(json.dumps(answer, ensure_ascii=False, indent=1) if args.json else "\n".join(_lines(answer)))
    return ANSWER_IS_NO if answer["status"] == "conflict" else OK


@contextmanager
def solver_silent() -> Iterator[None]:
    """Standard output closed for the while: HiGHS writes remarks of its own there, past Python."""
    sys.stdout.flush()
    kept = os.dup(1)
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nothing)


def _bytes(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as problem:
        raise BadInput(f"无法读取 {name}：{problem.strerror}；请检查路径") from problem


def _lines(answer: dict) -> list[str]:  # type: ignore[type-arg]
    lines = [
        f"安排 {len(answer['plan'])} 个，未安排 {len(answer['left_out'])} 个；得分 {answer['objective']:g}，"
        f"上界 {answer['bound']:g}，差距 {answer['gap']:.2%}"
    ]
    lines += [f"  注意：{note}" for note in answer["notes"]]
    lines += [f"  冲突：{one['sentence']}" for one in answer["conflicts"]]
    lines += [
        f"  {one['name']}（{one['kind_label']}）供给 {one['supply']:g}{one['unit']}，用 {one['used']:g}，余 {one['left']:g}"
        for one in answer["factors"]
    ]
    lines += [f"  ✓ {one['id']} {one['name']} {one['start_month']} 月" for one in answer["plan"]]
    lines += [f"  ✗ {one['id']} {one['name']}：{one['sentence']}" for one in answer["left_out"]]
    return lines
