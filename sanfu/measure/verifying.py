"""核对: random cells of every indicator against the rows that they open to, account by account, live and of every closed month."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sanfu.kernel.indicators.formula import Formula
from sanfu.measure import reading
from sanfu.measure.book import formulas
from sanfu.measure.counting import Cell
from sanfu.measure.models import Closing
from sanfu.records.actor import Actor


@dataclass(slots=True)
class Verified:
    """How many cells were opened, and the sentences of those that did not open to as many rows as they count."""

    cells: int = 0
    differences: list[str] = field(default_factory=list)
    again: int = 0  # indicators that an account before opened over the very same rows


@dataclass(slots=True)
class Verifier:
    """Opens at most `cells` random cells of each indicator, live over some months and in each month that is closed.

    Accounts that see the same rows of an indicator are asked about once: most officers of a county see all of it.
    """

    months: list[date]
    cells: int
    seed: int = 1
    only: Iterable[Formula] = ()
    done: set[tuple[str, str]] = field(default_factory=set)

    def account(self, actor: Actor) -> Verified:
        rng, found = random.Random(self.seed), Verified()
        closed = reading.closings(actor.region)
        for closing in (None, *closed.values()):
            months = self.months if closing is None else [closing.month]
            every = list(self.only or formulas().values())
            spans = {one.kind.code: reading.span(actor, one.kind, closing) for one in every}
            asked = [one for one in every if (one.id, repr(spans[one.kind.code])) not in self.done]
            self.done |= {(one.id, repr(spans[one.kind.code])) for one in asked}
            found.again += len(every) - len(asked)
            counted: dict[str, list[Cell]] = {}
            for cell in reading.cells(actor, asked, months, closing):
                counted.setdefault(cell.indicator, []).append(cell)
            for one in asked:
                some = counted.get(one.id, [])
                for cell in rng.sample(some, min(self.cells, len(some))):
                    _held(spans[one.kind.code], one, cell, closing, found)
        return found


def _held(seen: reading.Span, one: Formula, cell: Cell, closing: Closing | None, found: Verified) -> None:
    rows = reading.behind(seen, one, cell.month, cell.unit, "all")
    hits = reading.behind(seen, one, cell.month, cell.unit, "hit") if one.hit else []
    found.cells += 1
    if len(rows) != cell.rows or (one.hit and len(hits) != cell.hits):
        where = f"{one.id} {cell.month:%Y-%m} {cell.unit} {'封账' if closing else '实时'}"
        found.differences.append(f"{where}：{cell.hits}/{cell.rows}，打开是 {len(hits)}/{len(rows)}")
