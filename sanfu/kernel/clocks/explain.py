"""The day list behind a due date (逐日说明): every day from start to due, counted or not, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby

from sanfu.kernel.clocks.fold import ClockRule, Moment, Pause, Timekeeper, Unit, as_day
from sanfu.kernel.clocks.office import DAY_SECONDS
from sanfu.kernel.workdays import EPOCH, DayKind, day_number

_FREE = (DayKind.WEEKEND, DayKind.HOLIDAY)


@dataclass(frozen=True, slots=True)
class Day:
    """One line of the list. amount: units counted on this day; total: units counted up to its end."""

    date: date
    counted: bool
    why: str
    amount: Fraction
    total: Fraction
    kind: DayKind
    cause: str  # what neighbouring uncounted days share, for the short form
    provisional: bool


def explain(
    keeper: Timekeeper,
    rule: ClockRule,
    start: Moment,
    pauses: Sequence[Pause] = (),
    now: Moment | None = None,
) -> list[Day]:
    """Every day from `start` to the due date; the amounts add up to the length of the period."""
    walk = _days if rule.unit.by_day else _hours
    return list(walk(keeper, rule, start, pauses, now))


def _days(
    keeper: Timekeeper, rule: ClockRule, start: Moment, pauses: Sequence[Pause], now: Moment | None
) -> Iterator[Day]:
    calendar, first = keeper.calendar, as_day(start)
    place = keeper.due_place(rule, start, pauses, now)
    due = as_day(keeper.due(rule, start, pauses, now))
    paused = keeper.merged(rule, start, pauses, now)
    total = 0
    for ordinal in range(first.toordinal(), due.toordinal() + 1):
        day = date.fromordinal(ordinal)
        here = ordinal - EPOCH
        kind = calendar.kind(day)
        cause = _idle(keeper, rule, day, kind, here, place, first, paused)
        if here > place:
            text = "顺延至本日到期" if day == due else f"期满日遇节假日，顺延（{cause}）"
        elif cause:
            text = f"{cause}放假" if kind is DayKind.HOLIDAY and cause == calendar.name(day) else cause
            text += _reason(keeper, rule, pauses, here, now) if cause == "暂停" else ""
        else:
            total += 1
            text = f"第{total}{'个工作日' if rule.unit is Unit.WORKDAY else '日'}"
            text += "（调休上班）" if kind is DayKind.MAKE_UP else ""
            text += "，到期" if day == due else ""
        counted = not cause and here <= place
        yield Day(
            day,
            counted,
            text,
            Fraction(int(counted)),
            Fraction(total),
            kind,
            cause,
            calendar.provisional(day),
        )


def _idle(
    keeper: Timekeeper,
    rule: ClockRule,
    day: date,
    kind: DayKind,
    here: int,
    place: int,
    first: date,
    paused: Sequence[tuple[int, int]],
) -> str:
    """Why a day does not count, in a word; empty when it does."""
    if not rule.n and here <= place:
        return "当日到期（期限为0）"
    if day == first and rule.from_next_day:
        return "起算当日不计（次日起算）"
    if here <= place and any(a < here <= b for a, b in paused):
        return "暂停"
    if kind in _FREE and (rule.unit is Unit.WORKDAY or here > place):
        return keeper.calendar.name(day)
    return ""


def _reason(
    keeper: Timekeeper, rule: ClockRule, pauses: Sequence[Pause], here: int, now: Moment | None
) -> str:
    for pause in pauses:
        end = pause.end if pause.end is not None else now
        if end is not None and keeper.place(rule.unit, pause.begin) < here <= keeper.place(rule.unit, end):
            return f"：{pause.reason}" if pause.reason else ""
    return ""


def _hours(
    keeper: Timekeeper, rule: ClockRule, start: Moment, pauses: Sequence[Pause], now: Moment | None
) -> Iterator[Day]:
    unit, calendar = rule.unit, keeper.calendar
    begin, place = keeper.begin(rule, start), keeper.due_place(rule, start, pauses, now)
    paused = keeper.merged(rule, start, pauses, now)
    total = Fraction(0)
    first = as_day(start)
    last = as_day(keeper.due(rule, start, pauses, now))
    for index in range((last - first).days + 1):
        day = first + timedelta(days=index)
        midnight = day_number(day) * DAY_SECONDS
        a, b = max(begin, midnight), min(place, midnight + DAY_SECONDS)
        took = sum(_spent(keeper, unit, max(a, p), min(b, r)) for p, r in paused)
        amount = Fraction(_spent(keeper, unit, a, b) - took, 3600)
        total += amount
        kind = calendar.kind(day)
        cause = (
            "" if amount else ("暂停" if took else calendar.name(day) if kind in _FREE else "不在工作时间")
        )
        cause = "到期（期限为0）" if not rule.n and day == last else cause
        text = f"计{float(amount):g}小时，累计{float(total):g}小时" if amount else cause
        text += "（调休上班）" if kind is DayKind.MAKE_UP and amount else ""
        text += "（当日有暂停）" if took and amount else ""
        yield Day(day, amount > 0, text, amount, total, kind, cause, calendar.provisional(day))


def _spent(keeper: Timekeeper, unit: Unit, a: int, b: int) -> int:
    return keeper.position(unit, b) - keeper.position(unit, a) if b > a else 0


def summary(days: Sequence[Day], unit: Unit) -> str:
    """The list on one line: 第1日 9/29、第2日 9/30；国庆节停8日（10/1—10/8）；…"""
    parts = []
    for cause, group in groupby(days, key=lambda one: one.cause):
        run = list(group)
        if not cause:
            parts += [_short(run, unit)]
        elif cause == "暂停":
            parts.append(f"{run[0].why}，停{len(run)}日（{_md(run[0].date)}—{_md(run[-1].date)}）")
        elif len(run) == 1:
            parts.append(f"{_md(run[0].date)} {cause}")
        else:
            parts.append(f"{cause}停{len(run)}日（{_md(run[0].date)}—{_md(run[-1].date)}）")
    return "；".join(part for part in parts if part)


def _short(run: Sequence[Day], unit: Unit) -> str:
    if unit.by_day:
        first, last = run[0], run[-1]
        marks = "".join(f"，{_md(d.date)}调休上班" for d in run if d.kind is DayKind.MAKE_UP)
        if not last.counted:
            return f"{_md(last.date)} {last.why}"
        if first is last:
            return f"第{first.total}日 {_md(first.date)}{marks}"
        return f"第{first.total}—{last.total}日 {_md(first.date)}—{_md(last.date)}{marks}"
    return "、".join(f"{_md(d.date)} 计{float(d.amount):g}小时" for d in run)


def _md(day: date) -> str:
    return f"{day.month}/{day.day}"
