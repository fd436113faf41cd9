"""Working-day arithmetic beside chinesecalendar, and one million open clocks relit, in the same run."""

import argparse
from datetime import date, datetime, timedelta

import chinese_calendar
import numpy as np

from bench.report import Row, publish, timed
from sanfu.kernel.clocks import CHINA, Book, ClockRule, Pause, Timekeeper, Unit, relight
from sanfu.kernel.clocks.relight import NEVER
from sanfu.kernel.workdays import day_number
from sanfu.records.content import timekeeper

DAYS = 20
BASE = date(2025, 1, 1)


def starts(count: int) -> list[date]:
    """Days of 2025 and early 2026, so that 20 working days stay inside what the peer knows."""
    generator = np.random.default_rng(20251001)
    return [BASE + timedelta(days=int(n)) for n in generator.integers(0, 600, count)]


def arithmetic(keeper: Timekeeper) -> list[Row]:
    """Microseconds per answer for "the 20th working day after"; every answer is compared with the peer's."""
    calendar, some, many = keeper.calendar, starts(300), starts(20_000)
    peer = [chinese_calendar.find_workday(DAYS, day) for day in some]
    # The peer's day 0 is the next working day: the same thing from a working day on, one more from a free day.
    assert [calendar.add(calendar.roll(day), DAYS) for day in some] == peer, "the two calendars disagree"
    column = np.array([day_number(day) for day in starts(1_000_000)])
    rule = ClockRule(Unit.WORKDAY, DAYS)
    pauses = [
        Pause(BASE + timedelta(days=9), BASE + timedelta(days=14)),
        Pause(date(2025, 9, 29), date(2025, 10, 9)),
    ]
    works = {
        "chinesecalendar find_workday(20)": (len(some), lambda: [chinese_calendar.find_workday(DAYS, d) for d in some]),
        "Calendar.add(20)": (len(many), lambda: [calendar.add(d, DAYS) for d in many]),
        "Calendar.add_many(20)": (column.size, lambda: calendar.add_many(column, DAYS)),
        "Timekeeper.due, two pauses": (2000, lambda: [keeper.due(rule, d, pauses) for d in many[:2000]]),
    }  # fmt: skip
    rows: list[Row] = []
    slowest = None
    for name, (count, work) in works.items():
        micros = timed(work)["best_s"] / count * 1e6
        slowest = slowest or micros
        rows.append({"work": name, "answers": count, "µs each": micros, "times faster": slowest / micros})
    return rows


def book(keeper: Timekeeper, unit: Unit, count: int) -> Book:
    """Clocks of 1 to 30 units begun in the last 60 days; a third paused once, a tenth paused now."""
    generator = np.random.default_rng(len(unit))
    scale = 1 if unit.by_day else 3600
    now = keeper.place(unit, date(2025, 10, 20))
    begin = now - generator.integers(1, 60, count) * (1 if unit.by_day else 86_400)
    ticks = generator.integers(1, 30, count) * scale
    pauses = np.full((2, count, 1), NEVER)
    paused = generator.random(count) < 0.33
    pauses[0, paused, 0] = begin[paused] + 2 * scale
    pauses[1, paused, 0] = begin[paused] + 9 * scale
    still = paused & (generator.random(count) < 0.3)
    pauses[1, still, 0] = NEVER
    share = np.ceil(ticks * 0.8).astype(np.int64)
    roll = np.full(count, unit is Unit.DAY)
    return Book(unit, begin, ticks, share, ticks, roll, pauses[0], pauses[1])


def lighting(keeper: Timekeeper, total: int) -> list[Row]:
    """Milliseconds to fold and light all clocks from their starts and pauses."""
    now = datetime(2025, 10, 20, 10, 0, tzinfo=CHINA)
    mixes = {
        "all 工作日": {Unit.WORKDAY: 1.0},
        "工作日 60%, 自然日 20%, 小时 15%, 工作时 5%": {
            Unit.WORKDAY: 0.6,
            Unit.DAY: 0.2,
            Unit.HOUR: 0.15,
            Unit.WORKHOUR: 0.05,
        },
        "all 工作时": {Unit.WORKHOUR: 1.0},
    }
    rows: list[Row] = []
    for name, mix in mixes.items():
        books = [book(keeper, unit, int(total * share)) for unit, share in mix.items()]
        spent = timed(lambda books=books: [relight(keeper, one, now) for one in books])
        rows.append(
            {
                "clocks": name,
                "count": total,
                "median ms": spent["median_s"] * 1e3,
                "best ms": spent["best_s"] * 1e3,
            }
        )
    return rows


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="workdays", description=__doc__)
    parser.add_argument("--clocks", type=int, default=1_000_000)
    args = parser.parse_args(words)
    keeper = timekeeper()
    publish(
        "workdays",
        "Working-day arithmetic: µs per answer, same run",
        arithmetic(keeper),
        label="work",
        value="times faster",
    )
    publish(
        "relight", "Relighting open clocks", lighting(keeper, args.clocks), label="clocks", value="best ms"
    )
    return 0
