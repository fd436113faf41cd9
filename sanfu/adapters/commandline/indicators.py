"""`sanfu indicators`: recompute published bulletins; close a month (指标)."""

import argparse
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sanfu.adapters.commandline.main import ANSWER_IS_NO, OK, BadInput
from sanfu.adapters.commandline.measure import django_of_the_platform
from sanfu.measure.published.check import CaseReport, check_cases
from sanfu.measure.published.checked import Result
from sanfu.measure.published.reading import BadCase

SAYS = {
    Result.REPRODUCED: "复现",
    Result.INCONSISTENT: "对不上",
    Result.UNEXPLAINED: "无法解释",
    Result.UNCHECKED: "无从复算",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the sub-commands."""
    sub = parser.add_subparsers(dest="verb", required=True)
    one = sub.add_parser("check", help="recompute published figures (公开通报复算)")
    one.add_argument("file", metavar="CASES.json")
    one.add_argument("--json", action="store_true", help="JSON alone on standard output")

    one = sub.add_parser("freeze", help="close a month for good (封账)")
    one.add_argument("month", metavar="MONTH", help="2026-10")
    one.add_argument("--by", required=True, metavar="LOGIN", help="who signs: the login name of a person")


def run(args: argparse.Namespace) -> int:
    """Answer one sub-command."""
    return {"check": _check, "freeze": _freeze}[args.verb](args)


def _freeze(args: argparse.Namespace) -> int:
    """Close a month in the name of a person who may; nothing is half closed."""
    try:
        month = date.fromisoformat(f"{args.month}-01")
    except ValueError as problem:
        raise BadInput(f"月份写作 2026-10；读不懂“{args.month}”") from problem
    django_of_the_platform()
    from django.utils import timezone

    from sanfu.measure.actions.freezing import close
    from sanfu.people.models import User
    from sanfu.people.queries import actor_of
    from sanfu.records.actor import Conflict, NotAllowed, Refused
    from sanfu.records.moments import day_of

    user, now = User.objects.filter(login=args.by).first(), timezone.now()
    if user is None:
        raise BadInput(f"没有登录名“{args.by}”")
    try:
        closing = close(month, by=actor_of(user, on=day_of(now)), at=now)
    except (Conflict, NotAllowed, Refused) as problem:
        raise BadInput(str(problem)) from problem
    print(f"{args.month} 已封账：{closing.rows} 行，{closing.cells} 个数，摘要 {closing.digest}")
    return OK


def _check(args: argparse.Namespace) -> int:
    try:
        reports = check_cases(_read(args.file))
    except BadCase as problem:
        raise BadInput(f"{args.file}：{problem}") from problem
    held = all(one.as_said for one in reports)
    if args.json:
        print(json.dumps(_data(reports, held), ensure_ascii=False, indent=1))
    else:
        print("\n".join(_lines(reports)))
    return OK if held else ANSWER_IS_NO


def _read(name: str) -> Any:
    try:
        return json.loads(Path(name).read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except (OSError, UnicodeDecodeError) as problem:
        raise BadInput(f"无法读取 {name}：{problem}；请检查路径和编码") from problem
    except json.JSONDecodeError as problem:
        raise BadInput(f"{name} 不是 JSON：第 {problem.lineno} 行 {problem.msg}") from problem


def _data(reports: list[CaseReport], held: bool) -> dict[str, Any]:
    figures = [figure for one in reports for figure in one.figures]
    return {
        "ok": held,
        "cases": [figure.as_dict() for figure in figures],
        "counts": {result.value: sum(f.result is result for f in figures) for result in Result},
        "not_as_said": [one.place for one in reports if not one.as_said],
    }


def _lines(reports: list[CaseReport]) -> list[str]:
    lines = []
    for report in reports:
        for one in report.figures:
            gap = f"，差 {one.as_dict()['difference']}" if one.difference else ""
            note = f"（{one.note}）" if one.note else ""
            lines.append(f"{SAYS[one.result]}  {one.place} {one.metric}{gap}{note}")
        if not report.as_said:
            lines.append(f"与案例自述不符  {report.place}")
    return lines
