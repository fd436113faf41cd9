"""`sanfu liaison assign`: main and deputy officers for firms, with a proof of how good the plan is (挂钩)."""

import argparse
import json
import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sanfu.adapters.commandline.main import ANSWER_IS_NO, OK, BadInput
from sanfu.kernel.assigning import reading
from sanfu.kernel.assigning.explaining import free_room, parts_of, uncovered, why_not
from sanfu.kernel.assigning.model import Firm, Officer, Prices, Problem
from sanfu.kernel.assigning.solving import Plan, solve
from sanfu.lists.sheets import Unreadable, read_sheets

SPARE = 1.15  # capacity given when the officers' table names none: the mean load and this much
COLUMNS = "；".join(
    f"{what}：" + "，".join(f"{name} = {'/'.join(words[:6])}" for name, words in known.items())
    for what, known in (
        ("FIRMS", reading.FIRM_COLUMNS),
        ("OFFICERS", reading.OFFICER_COLUMNS),
        ("PAIRS", reading.PAIR_COLUMNS),
    )
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the sub-commands."""
    sub = parser.add_subparsers(dest="verb", required=True)
    one = sub.add_parser(
        "assign", help="propose who serves which firm (挂钩方案)", epilog=f"Headers understood. {COLUMNS}"
    )
    one.add_argument("firms", metavar="FIRMS.csv")
    one.add_argument("officers", metavar="OFFICERS.csv")
    one.add_argument(
        "--keep", metavar="PAIRS.csv", help="who serves whom today; keeping them is worth points"
    )
    one.add_argument("--neighbours", metavar="FILE.csv", help="districts that touch, two columns; without it any other district is one step away")  # fmt: skip
    one.add_argument(
        "--ring", action="store_true", help="numbered districts stand in a ring, each touching the next"
    )
    one.add_argument("--deputies", action="store_true", help="a second pass for deputies, the mains fixed")
    one.add_argument(
        "--why", metavar="FIRM:OFFICER", action="append", default=[], help="why not this officer"
    )
    one.add_argument("--gap", type=float, default=0.0045, help="stop at this proven gap (default 0.0045)")
    one.add_argument("--seconds", type=float, default=60.0, help="stop after this time (default 60)")
    for name, value in _prices():
        one.add_argument(
            f"--{name.replace('_', '-')}", type=float, default=value, help=f"points (default {value:g})"
        )
    one.add_argument("--json", action="store_true", help="JSON alone on standard output")


def _prices() -> list[tuple[str, float]]:
    plain = Prices()
    return [(name, getattr(plain, name)) for name in Prices.__slots__]


def run(args: argparse.Namespace) -> int:
    """Answer the one sub-command."""
    began = time.perf_counter()
    _sensible(args)
    problem, refused, notes = _problem(args)
    plan = solve(problem, gap=args.gap, seconds=args.seconds)
    data = _answer(problem, plan, refused, notes)
    if args.deputies:
        data["deputies"] = _deputies(problem, plan, args)
    data["why"] = [_why(problem, plan, text) for text in args.why]
    data["seconds"] = round(time.perf_counter() - began, 3)
    for one in refused:
        print(f"sanfu: {one.file} 第 {one.line} 行：{one.words}", file=sys.stderr)
    print(json.dumps(data, ensure_ascii=False, indent=1) if args.json else "\n".join(_lines(data)))
    return ANSWER_IS_NO if data["uncovered"] or refused else OK


def _sensible(args: argparse.Namespace) -> None:
    """BadInput when a number of the call cannot be meant."""
    if not 0 <= args.gap < 1:
        raise BadInput(f"--gap {args.gap:g} 应在 0 与 1 之间，例如 0.005 即千分之五")
    if not 0 < args.seconds < 1e6:
        raise BadInput(f"--seconds {args.seconds:g} 应是大于 0 的秒数")
    for name, _ in _prices():
        if not 0 <= getattr(args, name) < 1e6:
            raise BadInput(f"--{name.replace('_', '-')} {getattr(args, name):g} 应是不小于 0 的分值")


def rows_of(name: str) -> list[list[str]]:
    """Rows of the first sheet of a CSV or Excel file; BadInput when it cannot be read."""
    try:
        sheets = read_sheets(Path(name).name, Path(name).read_bytes())
    except FileNotFoundError as problem:
        raise BadInput(f"没有文件 {name}；请检查路径") from problem
    except OSError as problem:
        raise BadInput(f"无法读取 {name}：{problem.strerror or problem}；请检查路径") from problem
    except Unreadable as problem:
        raise BadInput(str(problem)) from problem
    return sheets[0].rows if sheets else []


def _problem(args: argparse.Namespace) -> tuple[Problem, list[reading.Refusal], list[str]]:
    try:
        firm_table = reading.recognised(args.firms, rows_of(args.firms), reading.FIRM_COLUMNS, ())
        officer_table = reading.recognised(args.officers, rows_of(args.officers), reading.OFFICER_COLUMNS, ())
        _keyed(firm_table, "企业代码或企业名称")
        _keyed(officer_table, "工号或姓名")
        firms = reading.firms_of(firm_table)
        total = sum(firm.load for firm in firms)
        officers = reading.officers_of(
            officer_table, float(-(-total * SPARE // max(len(officer_table.rows), 1)))
        )
        standing, notes, refused = _standing(args, firm_table, firms, officers)
    except reading.NoColumn as problem:
        raise BadInput(str(problem)) from problem
    if not firms:
        raise BadInput(f"{args.firms} 中没有可用的企业" + _first(firm_table))
    if not officers:
        raise BadInput(f"{args.officers} 中没有可用的干部" + _first(officer_table))
    ignored = [
        f"{t.file} 未采用的列：{'、'.join(t.ignored)}" for t in (firm_table, officer_table) if t.ignored
    ]
    prices = Prices(**{name: getattr(args, name) for name, _ in _prices()})
    neighbours = _neighbours(args, firms, officers)
    problem_ = Problem(tuple(firms), tuple(officers), standing, neighbours, prices)
    return problem_, [*firm_table.refused, *officer_table.refused, *refused], [*notes, *ignored]


def _keyed(table: reading.Table, what: str) -> None:
    if not {"code", "name"} & set(table.columns):
        raise reading.NoColumn(f"{table.file} 没有{what}一列；表头可写 code、id、name 等，见 --help")


def _first(table: reading.Table) -> str:
    return f"：第 {table.refused[0].line} 行，{table.refused[0].words}" if table.refused else "，只有表头"


def _standing(
    args: argparse.Namespace, firm_table: reading.Table, firms: list[Firm], officers: list[Officer]
) -> tuple[dict[str, str], list[str], list[reading.Refusal]]:
    """Pairs of today: from --keep, else from a column of the firms' own table."""
    if args.keep:
        table = reading.recognised(args.keep, rows_of(args.keep), reading.PAIR_COLUMNS, ("firm", "officer"))
        pairs, notes = reading.standing_of(table, firms, officers)
        return pairs, notes, table.refused
    if "officer" not in firm_table.columns:
        return {}, [], []
    named = [
        (line, {"firm": row.get("code") or row.get("name", ""), "officer": row["officer"]})
        for line, row in firm_table.rows
        if row["officer"]
    ]
    table = reading.Table(args.firms, named, {}, [])
    pairs, notes = reading.standing_of(table, firms, officers)
    return pairs, notes, table.refused


def _neighbours(
    args: argparse.Namespace, firms: list[Firm], officers: list[Officer]
) -> frozenset[tuple[str, str]]:
    if args.neighbours:
        table = reading.recognised(
            args.neighbours, rows_of(args.neighbours), reading.NEIGHBOUR_COLUMNS, ("one", "other")
        )
        if not table.rows:
            raise BadInput(f"{args.neighbours} 只有表头；每行写两个相邻的板块")
        return frozenset(
            (row["one"], other) for _, row in table.rows for other in reading.words(row["other"])
        )
    if not args.ring:
        return frozenset()
    places = [firm.place for firm in firms] + [officer.place for officer in officers]
    names = {district for place in places for district in place.districts}
    try:
        order = sorted(names, key=lambda name: int("".join(c for c in name if c.isdigit())))
    except ValueError as problem:
        raise BadInput("--ring 需要带编号的板块（如 D0、D1）；请改用 --neighbours") from problem
    return frozenset(zip(order, [*order[1:], *order[:1]], strict=True))


def _answer(
    problem: Problem, plan: Plan, refused: Sequence[reading.Refusal], notes: Sequence[str]
) -> dict[str, Any]:
    kept = problem.held >= 0
    missing = uncovered(problem, plan)
    return {
        "pairs": _pairs(problem, plan),
        "cost": round(plan.cost, 6),
        "bound": _floor(plan.bound - (plan.objective - plan.cost)),
        "objective": round(plan.objective, 6),
        "objective_bound": _floor(plan.bound),
        "gap": round(plan.gap, 6),
        "penalty_per_load": plan.penalty,
        "uncovered": [
            {
                "firm": one.firm, "rule": one.rules[0], "rules": list(one.rules), "words": one.words,
                "relax": [{"officer": w.officer, "rules": list(w.rules), "points": w.points, "words": w.words} for w in one.ways],
            }
            for one in missing
        ],
        "kept": {"standing": int(kept.sum()), "kept": int((plan.chosen == problem.held)[kept].sum())},
        "officers": _loads(problem, plan),
        "refused": [{"file": one.file, "line": one.line, "words": one.words} for one in refused],
        "notes": list(notes),
    }  # fmt: skip


def _floor(bound: float) -> float:
    """A bound to six digits, never rounded above what was proven."""
    return math.floor(bound * 1e6 + 1e-3) / 1e6


def _pairs(problem: Problem, plan: Plan) -> list[dict[str, Any]]:
    rows = []
    for row, column in enumerate(plan.chosen):
        if column < 0:
            continue
        firm, officer = problem.firms[row].code, problem.officers[int(column)].code
        parts = {
            key: round(value, 4)
            for key, value in parts_of(problem, firm, officer).items()
            if abs(value) > 1e-9
        }
        cost = float(problem.costs[row, column])
        rows.append({"firm": firm, "officer": officer, "cost": round(cost, 4), "parts": parts, "kept": bool(problem.held[row] == column)})  # fmt: skip
    return rows


def _loads(problem: Problem, plan: Plan) -> list[dict[str, Any]]:
    free = free_room(problem, plan)
    return [
        {"officer": one.code, "capacity": one.capacity, "load": round(one.capacity - free[one.code], 4), "load_price": round(float(plan.load_prices[at]), 6)}
        for at, one in enumerate(problem.officers)
    ]  # fmt: skip


def _deputies(problem: Problem, plan: Plan, args: argparse.Namespace) -> dict[str, Any]:
    """A second pass with the mains fixed: the main may not be the deputy; the same capacity again."""
    mains = frozenset(
        (f.code, problem.officers[int(c)].code)
        for f, c in zip(problem.firms, plan.chosen, strict=True)
        if c >= 0
    )
    second = Problem(
        problem.firms, problem.officers, {}, problem.neighbours, problem.prices, problem.barred | mains
    )
    found = solve(second, gap=args.gap, seconds=args.seconds)
    keys = ("pairs", "cost", "bound", "gap", "uncovered")
    answer = _answer(second, found, (), ())
    return {"method": "second pass, mains fixed, capacity counted anew"} | {key: answer[key] for key in keys}


def _why(problem: Problem, plan: Plan, text: str) -> dict[str, Any]:
    firm, _, officer = text.partition(":")
    if firm not in problem.firm_at or officer not in problem.officer_at:
        raise BadInput(f"--why {text}：应为 企业代码:工号，两者都要在表中")
    why = why_not(problem, plan, firm, officer)
    return {"firm": firm, "officer": officer, "chosen": why.chosen, "rules": list(why.rules), "extra": why.extra, "words": why.words}  # fmt: skip


def _lines(data: dict[str, Any]) -> list[str]:
    kept = data["kept"]
    lines = [
        f"{len(data['pairs'])} 户已配好，{len(data['uncovered'])} 户未覆盖；{data['cost']:.0f} 分，下界 {data['bound']:.0f}，差距不超过 {data['gap']:.2%}",
        f"原有挂钩 {kept['standing']} 户，保留 {kept['kept']} 户",
    ]
    lines += [f"未覆盖 {one['firm']}：{one['words']}" for one in data["uncovered"]]
    lines += [f"{why['firm']} 为什么不是 {why['officer']}：{why['words']}" for why in data["why"]]
    return lines + [f"说明：{note}" for note in data["notes"]]
