"""Rebasing (换基): last year's figures under this year's bases, because scores of two years do not compare."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from sanfu.kernel.land.scoring.engine import PRECISION, Firm, score_one
from sanfu.kernel.land.scoring.schemes import Scheme


@dataclass(frozen=True, slots=True)
class Shift:
    """How the score of unchanged figures moves because the base moved: `factor` is old base over new base."""

    set: str
    indicator: str
    old: Decimal
    new: Decimal

    @property
    def factor(self) -> Decimal:
        with localcontext(PRECISION):
            return self.old / self.new


def shifts(old: Scheme, new: Scheme, district: str = "") -> list[Shift]:
    """The indicators that both schemes have, with both bases."""
    found = []
    for group, indicators in new.sets.items():
        before = {i.name: i.base(old.year, district) for i in old.sets.get(group, ())}
        for indicator in indicators:
            one, other = before.get(indicator.name), indicator.base(new.year, district)
            if one is not None and other is not None:
                found.append(Shift(group, indicator.name, one, other))
    return found


def trend(years: Sequence[tuple[int, Firm]], scheme: Scheme) -> list[tuple[int, Decimal | None]]:
    """One firm's totals over years, all under one scheme: the only trend that may be drawn."""
    return [(year, score_one(scheme, firm).total) for year, firm in years]
