"""`sanfu projects`: forecast finish dates from finished projects (工期预测)."""

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

from sanfu.adapters.commandline.main import OK, BadInput
from sanfu.adapters.commandline.refusing import refusals_said
from sanfu.kernel.forecasting.model import BadHistory
from sanfu.kernel.forecasting.report import report
from sanfu.kernel.forecasting.tables import Courses, read_courses
from sanfu.kernel.forecasting.tables import __doc__ as layout


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `sanfu projects`."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    one = verbs.add_parser(
        "forecast",
        help="P50 and P90 of every open project (工期预测)",
        epilog=layout,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    one.add_argument(
        "history", metavar="HISTORY.csv", help="finished projects, and unfinished ones (censored)"
    )
    one.add_argument("opened", metavar="OPEN.csv", help="projects to forecast")
    one.add_argument(
        "--today", metavar="DAY", help="the day of the forecast where a row has no 截至 (default: today)"
    )
    one.add_argument("--json", action="store_true", help="JSON alone on standard output")


def run(args: argparse.Namespace) -> int:
    """Forecast; 0 answered (also when history is too short), 2 bad input."""
    with refusals_said(args, BadHistory):
        return _forecast(args)


def _forecast(args: argparse.Namespace) -> int:
    try:
        today = date.fromisoformat(args.today) if args.today else date.today()
    except ValueError as problem:
        raise BadInput(f"--today “{args.today}”不是日期，应写 2026-03-01") from problem
    history, opened = _read(args.history, today), _read(args.opened, today)
    answer = report(history.courses, opened.courses, today)
    answer["notes"] = [f"{args.history}：{note}" for note in history.notes]
    answer["notes"] += [f"{args.opened}：{note}" for note in opened.notes]
    print(json.dumps(answer, ensure_ascii=False, indent=1) if args.json else "\n".join(_lines(answer)))
    return OK


def _read(name: str, today: date) -> Courses:
    try:
        return read_courses(Path(name).read_bytes(), name, today)
    except OSError as problem:
        raise BadInput(f"无法读取 {name}：{problem.strerror}；请检查路径") from problem
    except BadHistory as problem:
        raise BadInput(f"{name}：{problem}") from problem


def _lines(answer: dict[str, Any]) -> list[str]:
    lines = [f"已完成 {answer['finished']} 个，未完成（删失）{answer['censored']} 个"]
    if answer["past_coverage"]:
        past = answer["past_coverage"]
        lines.append(
            f"回看 {past['tried']} 个：按 P50 完成 {past['by_p50']:.0%}，按 P90 完成 {past['by_p90']:.0%}"
        )
    for one in answer["projects"]:
        said = "样本太少" if one["too_few"] else f"P50 {one['p50']}，P90 {one['p90']}"
        lines.append(f"{one['id']} 计划 {one['planned_finish']}：{said} {'；'.join(one['notes'])}")
    return lines
