"""Clocks (期限时钟): when something is due, how much is used, which light it shows, and why.

fold       rules, pauses, due dates: the arithmetic of one clock
explain    the same answer as a list of days a person can check
relight    the same answer for a million clocks at once; what a new calendar moves
table      which clock a case gets: rules as data over channel × type × urgency
"""

from sanfu.kernel.clocks.explain import Day, explain, summary
from sanfu.kernel.clocks.fold import (
    CHINA,
    Clock,
    ClockError,
    ClockRule,
    Light,
    Pause,
    Reading,
    Rung,
    Timekeeper,
    Unit,
    as_day,
    in_china,
)
from sanfu.kernel.clocks.office import OfficeHours, Season
from sanfu.kernel.clocks.relight import Book, Lights, Moved, refold, relight
from sanfu.kernel.clocks.sweep import due_instant, next_change
from sanfu.kernel.clocks.table import ClockTable, Row, TableDefect, plain, rule_of

__all__ = [
    "CHINA",
    "Book",
    "Clock",
    "ClockError",
    "ClockRule",
    "ClockTable",
    "Day",
    "Light",
    "Lights",
    "Moved",
    "OfficeHours",
    "Pause",
    "Reading",
    "Row",
    "Rung",
    "Season",
    "TableDefect",
    "Timekeeper",
    "Unit",
    "as_day",
    "due_instant",
    "explain",
    "in_china",
    "next_change",
    "plain",
    "refold",
    "relight",
    "rule_of",
    "summary",
]
