"""`sanfu gaming`: clues of figures made to look good (防注水), from a sheet of cases or the platform's own orders."""

import argparse
import dataclasses
import json
from pathlib import Path

from sanfu.adapters.commandline.main import OK, BadInput
from sanfu.kernel.gaming.checks import CHECKS
from sanfu.kernel.gaming.finding import clues
from sanfu.kernel.gaming.model import Clue
from sanfu.kernel.gaming.reading import BadCases, read_cases
from sanfu.kernel.gaming.trial import trial
from sanfu.kernel.gaming.worlds import COUNTIES


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the sub-commands."""
    sub = parser.add_subparsers(dest="verb", required=True)
    one = sub.add_parser("check", help="clues in a sheet of cases (Excel or CSV), with the rows behind each")
    one.add_argument("file", metavar="CASES.xlsx|csv")
    one.add_argument("--all", action="store_true", help="also what lies within chance")
    one = sub.add_parser("trial", help="recall and false alarms over invented counties with planted cheats")
    one.add_argument(
        "--county", choices=sorted(COUNTIES), action="append", help="kind of county (default: all)"
    )
    one.add_argument("--strength", type=int, choices=(1, 2, 3), default=2)
    one.add_argument("--seeds", type=int, default=3, help="counties of each kind (default 3)")
    sub.add_parser("sweep", help="make the platform's own clues anew")
    for command in sub.choices.values():
        command.add_argument("--json", action="store_true", help="JSON alone on standard output")


def run(args: argparse.Namespace) -> int:
    """Answer one sub-command."""
    return {"check": _check, "trial": _trial, "sweep": _sweep}[args.verb](args)


def _check(args: argparse.Namespace) -> int:
    path = Path(args.file)
    try:
        cases = read_cases(path.read_bytes(), path.name)
    except OSError as problem:
        raise BadInput(f"无法读取 {path}：{problem}") from problem
    except BadCases as problem:
        raise BadInput(str(problem)) from problem
    found = [one for one in clues(cases) if args.all or one.alarm]
    if args.json:
        print(
            json.dumps(
                {"cases": len(cases), "clues": [dataclasses.asdict(one) for one in found]},
                ensure_ascii=False,
                indent=1,
            )
        )
    else:
        print("\n".join([f"{len(cases)} 件，{len(found)} 条线索（线索不是结论）", *map(_said, found)]))
    return OK


def _said(one: Clue) -> str:
    return (
        f"{one.unit} {one.month} {CHECKS[one.check].label}：{one.hits}/{one.rows}（{100 * one.low:.1f}–{100 * one.high:.1f}%），"
        f"惯常 {100 * one.expected:.1f}%，偶然的可能 {one.chance:.1e}：{'、'.join(one.cases[:8])}{'…' if len(one.cases) > 8 else ''}"
    )


def _trial(args: argparse.Namespace) -> int:
    found = [trial(county, args.strength, range(args.seeds)) for county in args.county or sorted(COUNTIES)]
    if args.json:
        print(json.dumps([dataclasses.asdict(one) for one in found], ensure_ascii=False, indent=1))
        return OK
    for one in found:
        print(
            f"{one.county} 强度{one.strength}：召回 {one.recall:.3f}（{one.found}/{one.planted}），"
            f"误报 {one.false_alarms:.3f}（{one.accused}/{one.honest} 单位月）"
        )
        print("  " + "，".join(f"{CHECKS[code].label} {a}/{b}" for code, (a, b) in one.by_check.items()))
    return OK


def _sweep(args: argparse.Namespace) -> int:
    from sanfu.adapters.commandline.measure import django_of_the_platform

    django_of_the_platform()
    from django.conf import settings
    from django.utils import timezone

    from sanfu.measure.actions import gaming

    print(f"{gaming.find(region=settings.REGION, at=timezone.now())} 条线索")
    return OK
