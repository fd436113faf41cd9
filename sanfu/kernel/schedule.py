"""Parallel schedules on real dates (并联排期): working days and calendar days in one plan.

An instant is a float on the calendar: `float(d.toordinal())` is the end of day d, and a half means that half
of the next day is used. Counting starts on the day after (次日起算), so a one-day task that may begin at the
end of 28 September is finished at the end of the next working day. Amounts of working days move along
working days only; calendar days run on through holidays, so which branch is longest depends on the start.

A task may start when, in each of its groups, at least one task is finished (`any_of`): a group of one is an
ordinary predecessor.
"""

import bisect
import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Groups = Sequence[Sequence[tuple[int, ...]]]
Floats = NDArray[np.float64]
TINY = 1e-9


class Axis:
    """Working days laid out between two days, so that adding is two look-ups.

    `working[i]` tells whether day `first + i` is a working day. An axis made with `of` grows when a plan
    reaches beyond its last day; one made from a list raises ValueError there.
    """

    def __init__(
        self, first: date, working: Sequence[bool], is_workday: Callable[[date], bool] | None = None
    ) -> None:
        self.first = first.toordinal()
        self.last = self.first - 1
        self.is_workday = is_workday
        self.flags: list[bool] = []
        self.days: list[int] = []
        self.counts: list[int] = []
        self._append(working)

    @classmethod
    def of(cls, is_workday: Callable[[date], bool], first: date, days: int) -> "Axis":
        return cls(first, [is_workday(first + timedelta(days=i)) for i in range(days)], is_workday)

    def _append(self, working: Sequence[bool]) -> None:
        count = self.counts[-1] if self.counts else 0
        for flag in working:
            self.last += 1
            count += flag
            self.flags.append(flag)
            self.counts.append(count)
            if flag:
                self.days.append(self.last)

    def _grow(self) -> bool:
        """Twice as long, when the calendar behind it is known."""
        if self.is_workday is None:
            return False
        more = [date.fromordinal(self.last + i) for i in range(1, len(self.flags) + 1)]
        self._append([self.is_workday(day) for day in more])
        return True

    def position(self, instant: float) -> float:
        """How much working time has passed since the axis began."""
        day = math.floor(instant + TINY)
        self._check(day)
        part = instant - day
        if part > TINY and day < self.last and self.flags[day + 1 - self.first]:
            return self.counts[day - self.first] + part
        return self.counts[day - self.first]

    def plus(self, instant: float, amount: float, calendar: bool = False) -> float:
        """The instant after `amount` days of work, or of the calendar, from `instant`."""
        if amount <= TINY:
            return instant
        return instant + amount if calendar else self.at(self.position(instant) + amount)

    def at(self, position: float) -> float:
        """The first instant at which that much working time has passed (position above zero)."""
        whole = math.ceil(position - TINY)
        while whole > len(self.days) and self._grow():
            pass
        if not 0 < whole <= len(self.days):
            raise ValueError(f"工作日历只排到 {date.fromordinal(self.last)}，排期超出了它")
        part = position - whole
        return float(self.days[whole - 1]) if part > -TINY else self.days[whole - 1] + part

    def minus(self, instant: float, amount: float, calendar: bool = False) -> float:
        """The latest instant from which `amount` days still end at `instant` or before."""
        if amount <= TINY:
            return instant
        if calendar:
            return instant - amount
        position = self.position(instant) - amount
        whole = math.floor(position + TINY)
        if position - whole > TINY:
            return self.at(position)
        return float((self.days[whole] if 0 <= whole < len(self.days) else self.first) - 1)

    def day(self, instant: float) -> date:
        """The calendar day on which the instant falls."""
        return date.fromordinal(math.ceil(instant - TINY))

    def working_days(self, since: float, until: float) -> float:
        """Working time between two instants."""
        return self.position(until) - self.position(since)

    def _check(self, day: int) -> None:
        while day > self.last and self._grow():
            pass
        if not self.first <= day <= self.last:
            raise ValueError(f"{date.fromordinal(max(day, 1))} 不在工作日历范围内")


@dataclass(frozen=True, slots=True)
class Task:
    """One stretch of work: `amount` working days, or calendar days when `calendar` is set."""

    id: str
    amount: float
    calendar: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Earliest instants of every task, in the order of the tasks given, and the order of finishing."""

    tasks: tuple[Task, ...]
    groups: Groups
    start: float
    starts: tuple[float, ...]
    finishes: tuple[float, ...]
    order: tuple[int, ...]

    @property
    def finish(self) -> float:
        return max(self.finishes, default=self.start)


class Stuck(ValueError):
    """Some tasks can never start; `tasks` are their indices."""

    def __init__(self, tasks: list[int]) -> None:
        self.tasks = tasks
        super().__init__(f"{len(tasks)} tasks wait for each other")


def earliest(tasks: Sequence[Task], groups: Groups, start: float, axis: Axis) -> Plan:
    """Everything as early as it can be. Stuck when the waits form a cycle."""
    amounts = [(task.amount, task.calendar) for task in tasks]
    starts, finishes, order = _earliest(amounts, groups, start, axis)
    if len(order) < len(tasks):
        raise Stuck(sorted(set(range(len(tasks))) - set(order)))
    return Plan(tuple(tasks), groups, start, tuple(starts), tuple(finishes), tuple(order))


def _earliest(
    amounts: Sequence[tuple[float, bool]], groups: Groups, start: float, axis: Axis
) -> tuple[list[float], list[float], list[int]]:
    """Tasks leave the heap in the order of finishing; the last group to be served sets a task's start."""
    count = len(amounts)
    served: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for consumer, waits in enumerate(groups):
        for number, group in enumerate(waits):
            for producer in group:
                served[producer].append((consumer, number))
    missing = [len(waits) for waits in groups]
    open_groups = [[True] * len(waits) for waits in groups]
    starts, finishes, order = [math.nan] * count, [math.inf] * count, []
    heap: list[tuple[float, int]] = []
    for task in range(count):
        if not missing[task]:
            starts[task] = start
            heap.append((axis.plus(start, *amounts[task]), task))
    heapq.heapify(heap)
    while heap:
        now, task = heapq.heappop(heap)
        finishes[task] = now
        order.append(task)
        for consumer, number in served[task]:
            if open_groups[consumer][number]:
                open_groups[consumer][number] = False
                missing[consumer] -= 1
                if not missing[consumer]:
                    starts[consumer] = now
                    heapq.heappush(heap, (axis.plus(now, *amounts[consumer]), consumer))
    return starts, finishes, order


def finish_with(plan: Plan, axis: Axis, changed: dict[int, float], groups: Groups | None = None) -> float:
    """When the plan would end if some tasks took other amounts, or other waits held."""
    amounts = [(changed.get(i, task.amount), task.calendar) for i, task in enumerate(plan.tasks)]
    return max(_earliest(amounts, groups or plan.groups, plan.start, axis)[1], default=plan.start)


def critical_path(plan: Plan) -> list[int]:
    """The chain of tasks that sets the finish, first to last: each starts when the one before it ends."""
    if not plan.tasks:
        return []
    rank = {task: place for place, task in enumerate(plan.order)}
    task = max(range(len(plan.tasks)), key=lambda i: (plan.finishes[i], rank[i]))
    path = [task]
    while plan.groups[task]:
        served = [min(group, key=lambda i: (plan.finishes[i], rank[i])) for group in plan.groups[task]]
        before = max(served, key=lambda i: (plan.finishes[i], plan.tasks[i].amount > 0, rank[i]))
        path.append(before)
        task = before
    return path[::-1]


def slacks(plan: Plan, axis: Axis) -> list[float]:
    """Working days by which each task may end later, alone, without moving the finish of the plan."""
    latest = _latest(plan, axis)
    doubtful = _before_choices(plan)
    return [
        _slack_by_trial(plan, axis, i)
        if i in doubtful
        else max(0.0, round(axis.working_days(plan.finishes[i], latest[i]), 6))
        for i in range(len(plan.tasks))
    ]


def _latest(plan: Plan, axis: Axis) -> list[float]:
    """Latest finish of every task by the backward pass; exact where no choice between groups follows."""
    latest = [plan.finish] * len(plan.tasks)
    for task in reversed(plan.order):
        begin = axis.minus(latest[task], plan.tasks[task].amount, plan.tasks[task].calendar)
        for group in plan.groups[task]:
            if len(group) == 1:
                latest[group[0]] = min(latest[group[0]], begin)
    return latest


def _before_choices(plan: Plan) -> set[int]:
    """Tasks from which a choice (a group of several) can be reached: there a backward pass may mislead."""
    found = {i for waits in plan.groups for group in waits if len(group) > 1 for i in group}
    for task in reversed(plan.order):
        if task in found:
            found |= {i for group in plan.groups[task] for i in group}
    return found


def _slack_by_trial(plan: Plan, axis: Axis, task: int) -> float:
    """Largest delay on a half-day grid that leaves the finish where it is, found by halving."""
    room = math.floor(2 * axis.working_days(plan.finishes[task], plan.finish) + TINY)

    def harmless(halves: int) -> bool:
        delayed = axis.plus(plan.finishes[task], halves / 2)
        finishes = _delayed(plan, axis, task, delayed)
        return finishes <= plan.finish + TINY

    grid = range(1, room + 1)
    return bisect.bisect_left(grid, True, key=lambda halves: not harmless(halves)) / 2


def _delayed(plan: Plan, axis: Axis, task: int, finish: float) -> float:
    """When the plan ends if one task ends at `finish`: the delay is a task of its own, in its place."""
    tasks = [*plan.tasks, Task("delay", 0)]
    amounts = [(t.amount, t.calendar) for t in tasks]
    last = len(plan.tasks)
    groups = [[tuple(last if i == task else i for i in group) for group in waits] for waits in plan.groups]
    shift = axis.working_days(plan.finishes[task], finish)
    amounts[last] = (shift, False)
    groups.append([(task,)])
    return max(_earliest(amounts, groups, plan.start, axis)[1])


def sample_finishes(plan: Plan, axis: Axis, amounts: Floats) -> Floats:
    """Finish of the plan for every row of `amounts` (samples × tasks), vectorised over the samples.

    Choices between groups are taken per sample.
    """
    axis.plus(plan.start, float(amounts.sum(axis=1).max(initial=0.0)))
    axis.position(plan.start + float(amounts.sum(axis=1).max(initial=0.0)))  # long enough for every sample
    days = np.asarray(axis.days, dtype=np.int64)
    counts = np.asarray(axis.counts, dtype=np.int64)
    finishes = np.full((len(plan.tasks), len(amounts)), plan.start)
    for task in _safe_order(plan):
        begin = np.full(len(amounts), plan.start)
        for group in plan.groups[task]:
            begin = np.maximum(begin, finishes[list(group)].min(axis=0))
        length = amounts[:, task]
        whole = np.floor(begin + TINY)
        if plan.tasks[task].calendar:
            finishes[task] = begin + np.ceil(length - TINY)
            continue
        position = counts[whole.astype(np.int64) - axis.first] + (begin - whole) + length
        last = np.ceil(position - TINY)
        ended = days[np.clip(last.astype(np.int64) - 1, 0, len(days) - 1)] + np.minimum(position - last, 0.0)
        finishes[task] = np.where(length > TINY, ended, begin)
    result: Floats = finishes.max(axis=0)
    return result


def _safe_order(plan: Plan) -> list[int]:
    """An order in which every member of every group comes before the task that waits for it."""
    done: list[int] = []
    left = list(plan.order)
    while left:
        ready = [i for i in left if all(m in done for group in plan.groups[i] for m in group)]
        done += ready or left
        left = [i for i in left if i not in set(done)]
    return done
