"""One million open clocks relit: due date, time used and light of each, folded from start and pauses."""

import argparse
from datetime import date, datetime

import numpy as np

from bench.report import Row, publish, timed
from sanfu.kernel.clocks import CHINA, Book, Timekeeper, Unit, relight
from sanfu.kernel.clocks.relight import NEVER
from sanfu.records.content import timekeeper


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
    parser = argparse.ArgumentParser(prog="relight", description=__doc__)
    parser.add_argument("--clocks", type=int, default=1_000_000)
    args = parser.parse_args(words)
    notes = [
        "a third of the clocks was paused once, a tenth is paused now; nothing is kept from an earlier light"
    ]
    rows = lighting(timekeeper(), args.clocks)
    publish("relight", "Relighting open clocks", rows, label="clocks", value="best ms", notes=notes)
    return 0
