"""`sanfu clock`: due dates with the day list behind them, working days between two days, the rules of a place."""

import argparse
import json
import re
import sys
import unicodedata
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from sanfu.adapters.commandline.main import OK, BadInput
from sanfu.kernel.clocks import (
    CHINA,
    Clock,
    ClockError,
    ClockRule,
    Day,
    OfficeHours,
    Pause,
    Reading,
    Timekeeper,
    Unit,
    due_instant,
    explain,
    plain,
    summary,
)
from sanfu.kernel.clocks.fold import Moment, as_day
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
_UNITS: dict[Unit, str] = {
    Unit.WORKDAY: "workday workdays work_day working_day working_days wd 工作日 个工作日",
    Unit.WORKHOUR: "workhour workhours work_hour working_hour working_hours wh 工作时 工作小时 个工作小时",
    Unit.HOUR: "hour hours h natural_hour natural_hours 自然小时 小时 个小时 时",
    Unit.DAY: "day days d calendar_day calendar_days natural_day natural_days 自然日 日历日 日 天",
}
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
_TIME = re.compile(
    r"[T\s]*(\d{1,2})[:时点](\d{1,2})?(?:[:分](\d{1,2})(?:\.\d+)?)?[分秒]?\s*(Z|[+-]\d{2}:?\d{2})?"
)


def configure(parser: argparse.ArgumentParser) -> None:
    words = parser.add_subparsers(dest="word", required=True, metavar="WORD")
    due = words.add_parser("due", help="when is it due, and why (到期日、逐日说明)")
    due.add_argument("--start", required=True, help="day or time of receipt: 2025-09-28, 2025-09-28T16:00")
    due.add_argument(
        "--unit", required=True, help="workday/工作日, workhour/工作时, hour/自然小时, day/自然日"
    )
    due.add_argument("--n", required=True, help="how many units")
    due.add_argument(
        "--pause", action="append", default=[], metavar="A..B[:WHY]",
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
    keeper, unit = _keeper(args), parse_unit(args.unit)
    rule = ClockRule(unit, parse_number(args.n), from_next_day=not args.count_start, roll=not args.no_roll)
    pauses = tuple(parse_pause(text) for text in args.pause)
    clock = Clock(rule, parse_moment(args.start), pauses)
    now = parse_moment(args.now) if args.now else datetime.now(CHINA)
    running = any(pause.end is None for pause in pauses)
    # Without an open pause the due date does not depend on the moment of asking: read it at the start.
    reading = keeper.read(clock, now if running else clock.start)
    days = explain(keeper, rule, clock.start, pauses, now)
    told = summary(days, unit)
    if running:
        print("有暂停尚未结束：到期日按此刻恢复计算，恢复前每天顺延。", file=sys.stderr)
    return _due_json(keeper, clock, reading, days, told, now), _due_lines(reading, days, told, keeper)


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


def _due_lines(reading: Reading, days: list[Day], told: str, keeper: Timekeeper) -> list[str]:
    day = as_day(reading.due)
    lines = [f"到期：{shown(reading.due)}（周{_WEEK[day.weekday()]}，{keeper.calendar.name(day)}）"]
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
    a, b = as_day(parse_moment(args.a)), as_day(parse_moment(args.b))
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


# --- reading what people type ---


def parse_unit(text: str) -> Unit:
    word = unicodedata.normalize("NFKC", text).strip().lower().replace("-", "_").replace(" ", "_")
    for unit, names in _UNITS.items():
        if word in names.split():
            return unit
    names = "、".join(f"{unit.value}（{unit.label}）" for unit in Unit)
    raise BadInput(f"不认识的计期单位“{text}”，可用：{names}。")


def parse_number(text: str) -> Fraction:
    try:
        return Fraction(unicodedata.normalize("NFKC", text).strip())
    except (ValueError, ZeroDivisionError):
        raise BadInput(f"期限“{text}”不是数字，请写成 5 或 1.5。") from None


def parse_moment(text: str) -> Moment:
    """A day, or a time (China's time unless it says otherwise), in the forms people write."""
    clean = unicodedata.normalize("NFKC", text).strip()
    match = _DATE.match(clean)
    try:
        if match is None:
            raise ValueError
        year, month, day = (int(part) for part in match.groups() if part is not None)
        found, rest = date(year, month, day), clean[match.end() :]
        if not rest.strip():
            return found
        at = _TIME.fullmatch(rest)
        if at is None:
            raise ValueError
        hour, minute, second = (int(part or 0) for part in at.groups()[:3])
        zone = (
            datetime.fromisoformat(f"2000-01-01T00:00{at[4].replace('Z', '+00:00')}").tzinfo
            if at[4]
            else CHINA
        )
        return datetime(found.year, found.month, found.day, hour, minute, second, tzinfo=zone)
    except ValueError:
        raise BadInput(
            f"看不懂日期“{text}”，请写成 2025-09-28 或 2025-09-28T16:00，并确认这一天存在。"
        ) from None


def parse_pause(text: str) -> Pause:
    """`A..B`, `A~B` or `A至B`, with `:why` behind; `A..` is a pause that still runs."""
    clean = unicodedata.normalize("NFKC", text).strip()
    parts = re.split(r"\s*(?:\.\.+|~|至|到|—|–)\s*", clean, maxsplit=1)
    if len(parts) == 1:
        parts = clean.split("/") if clean.count("/") == 1 else clean.split(",", 1)
    if len(parts) != 2:
        raise BadInput(f"看不懂暂停“{text}”，请写成 2025-10-09..2025-10-13，通知日在前、答复日在后。")
    end, reason = parts[1], ""
    while end and not _is_moment(end) and ":" in end:
        end, _, why = end.rpartition(":")
        reason = f"{why}:{reason}" if reason else why
    return Pause(parse_moment(parts[0]), parse_moment(end) if end.strip() else None, reason.strip())


def _is_moment(text: str) -> bool:
    try:
        parse_moment(text)
    except BadInput:
        return False
    return True


def shown(moment: Moment) -> str:
    """ISO text: a date, or a time in China's zone."""
    return moment.astimezone(CHINA).isoformat() if isinstance(moment, datetime) else moment.isoformat()


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
