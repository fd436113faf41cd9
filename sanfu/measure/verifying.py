"""核对: random cells of every indicator against the rows that they open to, for one actor, live and of every closed month."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sanfu.kernel.indicators.formula import Formula
from sanfu.measure import reading
from sanfu.measure.book import formulas
from sanfu.measure.models import Closing
from sanfu.records.actor import Actor


@dataclass(slots=True)
class Verified:
    """How many cells were opened, and the sentences of those that did not open to as many rows as they count."""

    cells: int
    differences: list[str]


def verify(
    actor: Actor, months: list[date], *, cells: int, seed: int = 1, only: Iterable[Formula] = ()
) -> Verified:
    """Open at most `cells` random cells of each indicator, live over some months and in each month that is closed."""
    rng, found = random.Random(seed), Verified(0, [])
    closed = reading.closings(actor.region)
    for one in only or formulas().values():
        _verify(actor, one, months, None, rng, cells, found)
        for month, closing in closed.items():
            _verify(actor, one, [month], closing, rng, cells, found)
    return found


def _verify(
    actor: Actor, one: Formula, months: list[date], closing: Closing | None, rng: random.Random, most: int, found: Verified
) -> None:  # fmt: skip
    some = reading.cells(actor, [one], months, closing)
    for cell in rng.sample(some, min(most, len(some))):
        rows = reading.opened(actor, one, cell.month, cell.unit, "all", closing)
        hits = reading.opened(actor, one, cell.month, cell.unit, "hit", closing) if one.hit else []
        found.cells += 1
        if len(rows) != cell.rows or (one.hit and len(hits) != cell.hits):
            where = f"{one.id} {cell.month:%Y-%m} {cell.unit} {'封账' if closing else '实时'}"
            found.differences.append(f"{where}：{cell.hits}/{cell.rows}，打开是 {len(hits)}/{len(rows)}")
