"""A project's stages with planned and actual days, and the finish that follows from them through its network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
FEWEST = 30  # finished projects below which no P50 and P90 are given


class BadHistory(ValueError):
    """A table that cannot be forecast from; the message says what, where and what to do."""


@dataclass(frozen=True)
class Stage:
    """One stage: planned days, actual days when it is over, and the stages it waits for."""

    name: str
    planned: float
    actual: float | None = None
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Course:
    """One project's course. Days are calendar days from `start`; `seen` is the day of the last look at it.

    `finish` is the actual finish, None while it runs: the course is then censored at `seen`.
    """

    id: str
    start: date
    stages: tuple[Stage, ...]
    finish: date | None = None
    seen: date | None = None
    name: str = ""
    kind: str = ""
    planned_finish: date | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def planned(self) -> float:
        """Planned days from start to finish."""
        if self.planned_finish is not None:
            return float((self.planned_finish - self.start).days)
        return finish_of(self.stages, {stage.name: stage.planned for stage in self.stages})

    @property
    def taken(self) -> float | None:
        """Actual days from start to finish; None while it runs."""
        return None if self.finish is None else float((self.finish - self.start).days)

    @property
    def over(self) -> tuple[Stage, ...]:
        return tuple(stage for stage in self.stages if stage.actual is not None)


def order_of(stages: Sequence[Stage]) -> list[Stage]:
    """Stages so that each comes after those it waits for; BadHistory when they wait in a circle."""
    left, done, out = list(stages), set[str](), list[Stage]()
    names = {stage.name for stage in stages}
    while left:
        ready = [stage for stage in left if all(name in done or name not in names for name in stage.after)]
        if not ready:
            raise BadHistory(f"阶段互相等待：{'、'.join(stage.name for stage in left)}")
        out += ready
        done |= {stage.name for stage in ready}
        left = [stage for stage in left if stage.name not in done]
    return out


def finish_of(stages: Sequence[Stage], days: Mapping[str, float]) -> float:
    """Days from the start to the end of the last stage, when each stage takes the days given."""
    ends: dict[str, float] = {}
    for stage in order_of(stages):
        begin = max((ends[name] for name in stage.after if name in ends), default=0.0)
        ends[stage.name] = begin + days[stage.name]
    return max(ends.values(), default=0.0)
