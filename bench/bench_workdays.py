"""Working-day arithmetic beside chinesecalendar, in the same run, every answer compared first."""

import argparse
from datetime import date, timedelta

import chinese_calendar
import numpy as np

from bench.report import Row, publish, timed
from sanfu.kernel.clocks import ClockRule, Pause, Timekeeper, Unit
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


def main(words: list[str]) -> int:
    argparse.ArgumentParser(prog="workdays", description=__doc__).parse_args(words)
    publish(
        "workdays",
        "Working-day arithmetic: µs per answer, same run",
        arithmetic(timekeeper()),
        label="work",
        value="times faster",
        notes=["from a free day the peer begins at the next working day; answers are compared from there"],
    )
    return 0
