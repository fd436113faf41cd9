"""`sanfu clock`: due dates with the day list behind them, working days between two days, the rules of a place."""

import argparse
import json
import re
import sys
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from sanfu.adapters.commandline.clock_pauses import parse_pauses
from sanfu.adapters.commandline.clock_reading import is_spoken, parse_length, parse_moment
from sanfu.adapters.commandline.main import OK, BadInput
from sanfu.kernel.clocks import (
    CHINA,
    Clock,
    ClockError,
    ClockRule,
    Day,
    Light,
    OfficeHours,
    Reading,
    Timekeeper,
    due_instant,
    explain,
    plain,
    summary,
)
from sanfu.kernel.clocks.fold import Moment, as_day, in_china
from sanfu.kernel.workdays import CalendarError
from sanfu.records.content import (
    BadContent,
    clock_tables,
    read_calendar,
    read_clock_table,
    read_office_hours,
    timekeeper,
)

_WEEK = "一二三四五六日"


def configure(parser: argparse.ArgumentParser) -> None:
    words = parser.add_subparsers(dest="word", required=True, metavar="WORD")
    due = words.add_parser("due", help="when is it due, and why (到期日、逐日说明)")
    due.add_argument(
        "--start", required=True, help="day or time of receipt: 2025-09-28, 2025-09-28T16:00, 今天"
    )
    due.add_argument(
        "--unit", help="workday/工作日, workhour/工作时, hour/自然小时, day/自然日; may be written behind --n"
    )
    due.add_argument("--n", required=True, help="how many units: 5, 1.5 or 5个工作日")
    due.add_argument(
        "--pause", action="append", nargs="+", default=[], metavar="A..B [WHY]",
        help="suspension from notice A to answer B, repeatable; `A..` still runs",
    )  # fmt: skip
    due.add_argument("--now", help="the moment of asking (default: now), used when a pause still runs")
    due.add_argument("--count-start", action="store_true", help="当日起算: the day of receipt counts")
    due.add_argument("--no-roll", action="store_true", help="自然日: do not roll an end on a holiday")
    due.set_defaults(answer=_due)
    between = words.add_parser("between", help="working days after A, up to and including B (其间工作日)")
    between.add_argument("a", metavar="A")
    between.add_argument("b", metavar="B")
    between.set_defaults(answer=_between)
    rules = words.add_parser("rules", help="the clocks of a place for a kind of request (期限规则)")
    rules.add_argument("place", nargs="?", help="file name in content/clocks; none lists the places")
    rules.add_argument("facts", nargs="*", metavar="NAME=VALUE", help="e.g. urgency=ordinary")
    rules.set_defaults(answer=_rules)
    for word in (due, between, rules):
        word.add_argument("--json", action="store_true")
    for word in (due, between):
        word.add_argument("--calendar", type=Path, metavar="DIR", help="folder of <year>.yaml files")
        word.add_argument("--office-hours", help="a line such as 09:00-12:00,13:00-17:00, or a YAML file")


def run(args: argparse.Namespace) -> int:
    try:
        answer, lines = args.answer(args)
    except (ClockError, CalendarError, BadContent) as error:
        raise BadInput(str(error)) from error
    print(json.dumps(answer, ensure_ascii=False, indent=2) if args.json else "\n".join(lines))
    return OK


# --- the three words: each gives the JSON answer and the lines for people ---


def _due(args: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    n, unit = parse_length(args.n, args.unit)
    keeper = _keeper(args)
    rule = ClockRule(unit, n, from_next_day=not args.count_start, roll=not args.no_roll)
    now = parse_moment(args.now) if args.now else datetime.now(CHINA)
    today = as_day(now)
    pauses = tuple(pause for words in args.pause for pause in parse_pauses(words, today))
    clock = Clock(rule, parse_moment(args.start, today), pauses)
    _tell_days([args.start, args.now or "", *(word for words in args.pause for word in words)], today)
    # Without an open pause the due date does not depend on the moment of asking: read it at the start.
    running = any(pause.end is None for pause in pauses)
    reading = keeper.read(clock, now if running else clock.start)
    days = explain(keeper, rule, clock.start, pauses, now)
    told = summary(days, unit)
    if running and reading.paused and reading.light is not Light.RED:
        print("有暂停尚未结束：到期日按此刻恢复计算，恢复前每天顺延。", file=sys.stderr)
    return _due_json(keeper, clock, reading, days, told, now), _due_lines(
        clock.start, reading, days, told, keeper
    )


def _tell_days(words: list[str], today: date) -> None:
    """Which day was meant where somebody wrote 今天 or yesterday: on stderr, so that JSON stays alone."""
    if any(is_spoken(part) for word in words for part in re.split(r"\.\.|[~至到—–→\s]", word)):
        print(f"以 {today}（周{_WEEK[today.weekday()]}，北京时间）为今天。", file=sys.stderr)


def _due_json(
    keeper: Timekeeper, clock: Clock, reading: Reading, days: list[Day], told: str, now: Moment
) -> dict[str, Any]:
    unit, rule = clock.rule.unit, clock.rule
    return {
        "due": shown(reading.due),
        "due_at": due_instant(keeper, replace(clock, stopped=None), now).isoformat(),
        "unit": unit.value,
        "unit_name": unit.label,
        "n": int(rule.n) if rule.n.denominator == 1 else float(rule.n),
        "start": shown(clock.start),
        "count_start": not rule.from_next_day,
        "rolled_from": shown(reading.rolled_from) if reading.rolled_from else None,
        "pauses": [
            {"from": shown(one.begin), "to": shown(one.end) if one.end else None, "reason": one.reason}
            for one in clock.pauses
        ],
        "paused": reading.paused,
        "summary": told,
        "days": [
            {
                "date": day.date.isoformat(),
                "counted": day.counted,
                "why": day.why,
                "amount": _number(day.amount),
                "total": _number(day.total),
                "kind": day.kind.value,
                "provisional": day.provisional,
            }
            for day in days
        ],
        "provisional": reading.provisional,
        "provisional_years": sorted({day.date.year for day in days if day.provisional}),
        "calendar_version": keeper.calendar.version,
    }


def _due_lines(start: Moment, reading: Reading, days: list[Day], told: str, keeper: Timekeeper) -> list[str]:
    day = as_day(reading.due)
    lines = [f"到期：{shown(reading.due)}（周{_WEEK[day.weekday()]}，{keeper.calendar.name(day)}）"]
    first = as_day(start)
    lines.append(f"起算：{shown(start)}（周{_WEEK[first.weekday()]}，{keeper.calendar.name(first)}）")
    if reading.provisional:
        years = "、".join(str(year) for year in sorted({one.date.year for one in days if one.provisional}))
        lines.append(f"暂算：{years}年的放假安排尚未公布，按法定节假日推算，公布后会重新折算。")
    lines += [told, f"日历版本：{keeper.calendar.version}", ""]
    lines += [
        f"{one.date} 周{_WEEK[one.date.weekday()]} {'计' if one.counted else '—'} {one.why}" for one in days
    ]
    return lines


def _between(args: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    calendar = _keeper(args).calendar
    today = as_day(datetime.now(CHINA))
    a, b = as_day(parse_moment(args.a, today)), as_day(parse_moment(args.b, today))
    _tell_days([args.a, args.b], today)
    count = calendar.between(a, b)
    years = sorted({y for y in range(min(a, b).year, max(a, b).year + 1) if y not in calendar.years})
    answer = {
        "from": a.isoformat(),
        "to": b.isoformat(),
        "workdays": count,
        "days": (b - a).days,
        "provisional": bool(years),
        "provisional_years": years,
        "calendar_version": calendar.version,
    }
    return answer, [f"{a}（不含）至{b}（含）：{count}个工作日" + ("（暂算）" if years else "")]


def _rules(args: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    if not args.place:
        places = clock_tables()
        return {"places": places}, places
    table = read_clock_table(args.place)
    facts = dict(_fact(text) for text in args.facts)
    rows = table.possible(**facts) if len(facts) < len(table.dimensions) else (table.pick(**facts),)
    answer = {
        "id": table.id,
        "title": table.title,
        "source": table.source,
        "dimensions": table.dimensions,
        "rows": [
            {"id": row.id, "when": {k: sorted(v) for k, v in row.when.items()},
             "clocks": {name: plain(rule) for name, rule in row.clocks.items()}, "note": row.note}
            for row in rows
        ],
    }  # fmt: skip
    lines = [f"{table.title}（{table.source.get('mark', '待核')}）"]
    for row in rows:
        clocks = "，".join(f"{name}{_number(rule.n)}{rule.unit.label}" for name, rule in row.clocks.items())
        lines.append(f"{row.id}：{clocks}　{row.note}")
    return answer, lines


# --- writing ---


def shown(moment: Moment) -> str:
    """ISO text: a date, or a time in China's zone."""
    return in_china(moment).isoformat() if isinstance(moment, datetime) else moment.isoformat()


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


def _fact(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise BadInput(f"看不懂“{text}”，请写成 名称=值，例如 urgency=ordinary。")
    return name, value


def _keeper(args: argparse.Namespace) -> Timekeeper:
    if args.calendar is None and args.office_hours is None:
        return timekeeper()
    calendar = read_calendar(args.calendar) if args.calendar else timekeeper().calendar
    if args.office_hours is None:
        return Timekeeper(calendar, read_office_hours())
    if not args.office_hours.endswith((".yaml", ".yml")):
        return Timekeeper(calendar, OfficeHours.parse(args.office_hours))
    return Timekeeper(calendar, read_office_hours(Path(args.office_hours)))
