"""`sanfu visits plan`: departments' wishes become few visits, level weeks and day routes (走访)."""

import argparse
import json
import sys
import time
from datetime import date, timedelta
from typing import Any

from sanfu.adapters.commandline.liaison import rows_of
from sanfu.adapters.commandline.main import ANSWER_IS_NO, OK, BadInput
from sanfu.kernel.assigning.reading import BadRow, NoColumn, Table, recognised
from sanfu.kernel.visiting.merging import plan_quarter
from sanfu.kernel.visiting.model import PLAIN, Limits, Point, QuarterPlan, Visit
from sanfu.kernel.visiting.reading import WISH_COLUMNS, monday, reduction, start_of, wishes_of
from sanfu.kernel.visiting.routing import Day, route

COLUMNS = "，".join(f"{name} = {'/'.join(words[:8])}" for name, words in WISH_COLUMNS.items())


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the sub-commands."""
    sub = parser.add_subparsers(dest="verb", required=True)
    one = sub.add_parser("plan", help="plan a quarter (季度走访计划)", epilog=f"Headers understood: {COLUMNS}. Weeks are numbers (1–13) or dates.")  # fmt: skip
    one.add_argument("wishes", metavar="WISHES.csv")
    one.add_argument(
        "--cap", type=int, default=PLAIN.a_firm, help="visits a firm receives in a quarter (default 2)"
    )
    one.add_argument(
        "--departments", type=int, default=PLAIN.departments, help="departments in one visit (default 4)"
    )
    one.add_argument(
        "--apart", type=int, default=PLAIN.apart, help="weeks between two visits to a firm (default 3)"
    )
    one.add_argument("--from", dest="start", type=_day, help="first day of week 1, when the table has dates")
    one.add_argument("--depot", help="where cars start, X,Y; default: the middle of all firms")
    one.add_argument("--hours", type=float, default=7.0, help="hours of a car day (default 7)")
    one.add_argument("--shakes", type=int, default=0, help="restarts of each week's route search (default 0)")
    one.add_argument("--json", action="store_true", help="JSON alone on standard output")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(f"{text!r} is no date like 2026-10-05") from problem


def run(args: argparse.Namespace) -> int:
    """Answer the one sub-command."""
    began = time.perf_counter()
    if min(args.cap, args.departments) < 1 or not 0 < args.hours <= 24 or args.apart < 0 or args.shakes < 0:
        raise BadInput("--cap、--departments 至少为 1，--hours 应在 0 与 24 之间，--apart、--shakes 不能为负")
    try:
        table = recognised(args.wishes, rows_of(args.wishes), WISH_COLUMNS, ("firm", "department"))
        start = monday(args.start) if args.start else start_of(table)
    except (NoColumn, BadRow) as problem:
        raise BadInput(str(problem)) from problem
    wishes = wishes_of(table, start)
    if not wishes:
        first = f"第 {table.refused[0].line} 行，{table.refused[0].words}" if table.refused else "只有表头"
        raise BadInput(f"{args.wishes} 没有一行可用：{first}")
    plan = plan_quarter(wishes, Limits(args.cap, args.departments, args.apart))
    data = _answer(plan, table, start, len(wishes))
    data["plan_seconds"] = round(time.perf_counter() - began, 3)
    data["routes"] = _routes(plan, args)
    data["seconds"] = round(time.perf_counter() - began, 3)
    for one in table.refused:
        print(f"sanfu: {one.file} 第 {one.line} 行：{one.words}", file=sys.stderr)
    print(json.dumps(data, ensure_ascii=False, indent=1) if args.json else "\n".join(_lines(data)))
    return ANSWER_IS_NO if table.refused or plan.left else OK


def code_of(place: int) -> str:
    return f"V{place + 1:04d}"


def _answer(plan: QuarterPlan, table: Table, start: date | None, wishes: int) -> dict[str, Any]:
    total = len(plan.visits) + len(plan.inspections)
    return {
        "wishes": wishes,
        "visits": [_visit(at, visit, start) for at, visit in enumerate(plan.visits)],
        "visit_count": total,
        "reduction": round(reduction(wishes, total), 4),
        "merged": [_merged(plan, at, start) for at in range(len(plan.merged))],
        "inspections": [
            {"wish": w.code, "firm": w.firm, "department": w.department, "first_week": w.first, "last_week": w.last, "announced": False}
            for w in plan.inspections
        ],
        "undecided": [
            {"wish": w.code, "firm": w.firm, "department": w.department, "words": "该企业本季度走访已达上限且各次已满员，请改期、改为书面了解，或由分管领导决定"}
            for w in plan.left
        ],
        "weeks": {str(week): count for week, count in plan.by_week().items()},
        "close": [[code_of(one), code_of(other)] for one, other in plan.close],
        "refused": [{"file": one.file, "line": one.line, "words": one.words} for one in table.refused],
        "notes": [f"{table.file} 未采用的列：{'、'.join(table.ignored)}"] if table.ignored else [],
    }  # fmt: skip


def _visit(at: int, visit: Visit, start: date | None) -> dict[str, Any]:
    return {
        "id": code_of(at), "firm": visit.firm, "week": visit.week, "lead": visit.departments[0],
        "departments": list(visit.departments), "wishes": [wish.code for wish in visit.wishes],
        "minutes": visit.minutes, "weeks": [visit.first, visit.last],
    } | ({"monday": (start + timedelta(weeks=visit.week - 1)).isoformat()} if start else {})  # fmt: skip


def _merged(plan: QuarterPlan, at: int, start: date | None) -> dict[str, Any]:
    one = plan.merged[at]
    visit = plan.visits[one.visit]
    when = f"第 {visit.week} 周" + (f"（{start + timedelta(weeks=visit.week - 1)} 起）" if start else "")
    words = f"不另行走访：并入{when} {code_of(one.visit)}，由 {visit.departments[0]} 牵头"
    if one.outside:
        words += f"；比所提时间偏离 {one.outside} 周，因该企业本季度走访已达上限"
    return {"wish": one.wish.code, "department": one.wish.department, "firm": one.wish.firm, "into": code_of(one.visit), "outside_weeks": one.outside, "words": words}  # fmt: skip


def _routes(plan: QuarterPlan, args: argparse.Namespace) -> list[dict[str, Any]]:
    """Car days of each week; visits without a point are left out."""
    places = [
        (at, next((w.point for w in visit.wishes if w.point), None)) for at, visit in enumerate(plan.visits)
    ]
    points: dict[int, Point] = {at: point for at, point in places if point is not None}
    if not points:
        return []
    depot = _depot(args, list(points.values()))
    weeks: dict[int, list[int]] = {}
    for at in points:
        weeks.setdefault(plan.visits[at].week, []).append(at)
    found = []
    for week, inside in sorted(weeks.items()):
        routes = route(
            depot,
            [points[at] for at in inside],
            [plan.visits[at].minutes for at in inside],
            Day(args.hours * 60),
            args.shakes,
        )
        days = [[code_of(inside[n]) for n in day] for day in routes.days]
        found.append({"week": week, "km": round(routes.km, 2), "car_days": days, "too_long": [code_of(inside[n]) for n in routes.too_long]})  # fmt: skip
    return found


def _depot(args: argparse.Namespace, points: list[Point]) -> Point:
    if args.depot:
        try:
            across, up = (float(part) for part in args.depot.split(","))
        except ValueError as problem:
            raise BadInput(f"--depot {args.depot}：应为 X,Y 两个数") from problem
        return across, up
    return sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)


def _lines(data: dict[str, Any]) -> list[str]:
    lines = [
        f"{data['wishes']} 项走访意向 → {data['visit_count']} 次上门（含执法检查 {len(data['inspections'])} 次，原样列示），减少 {data['reduction']:.1%}",
        "各周次数：" + "，".join(f"{week} 周 {count}" for week, count in data["weeks"].items()),
    ]
    lines += [
        f"待定 {one['wish']}（{one['department']} → {one['firm']}）：{one['words']}"
        for one in data["undecided"]
    ]
    lines += [f"{one['wish']}（{one['department']}）{one['words']}" for one in data["merged"]]
    return lines + [f"说明：{note}" for note in data["notes"]]
