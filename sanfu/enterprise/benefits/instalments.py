"""分期兑付: which instalments of an award fall due in a batch, after those already paid. Pure.

Instalments come one after the other. One with a condition of its own (当 …) is due when the condition is known to
hold; one without is due at once if it is the first, and else once a year, as long as nothing was paid that year.
Later instalments rest on the award as it was decided: the conditions of the clause are not asked again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import accumulate

from sanfu.kernel.rules.engines.naive import Naive
from sanfu.kernel.rules.language.facts import Value
from sanfu.kernel.rules.language.tree import Clause


@dataclass(frozen=True)
class Paid:
    """What an enterprise had under a clause: this year, ever, and the whole award that was decided (分 or points)."""

    year: int = 0
    ever: int = 0
    whole: int = 0


@dataclass(frozen=True)
class Due:
    """What is paid now: `amount` of the `whole` award; `open` is True when an unknown fact holds the next one back."""

    amount: int
    whole: int
    says: str = ""
    open: bool = False


def due(clause: Clause, decided: int, paid: Paid, row: Mapping[str, Value], day: date) -> Due:
    """The part of an award that falls due on `day`. `decided`: what the clause gives now, used when nothing was paid."""
    whole = paid.whole if paid.ever else decided
    steps = [int(whole * share) for share in accumulate(one.share for one in clause.instalments)]
    first = place = sum(step <= paid.ever for step in steps) if paid.ever else 0
    unknown = False
    while place < len(steps):
        test = clause.instalments[place].test
        nothing = (
            place > first and steps[place - 1] <= paid.ever
        )  # a part that rounds to 0 分 delays no other
        in_turn = place == 0 or (place == first and not paid.year) or nothing
        holds = in_turn if test is None else Naive(row, day).test(test)
        if not holds:
            unknown = holds is None
            break
        place += 1
    if place == first:
        return Due(0, whole, open=unknown)
    names = "、".join(_named(clause, n) for n in range(first, place))
    return Due(steps[place - 1] - paid.ever, whole, f"分期兑付：本次{names}，共{len(steps)}期")


def _named(clause: Clause, place: int) -> str:
    one = clause.instalments[place]
    share = f"{float(one.share * Fraction(100)):g}%"
    return f"第{place + 1}期{share}" + (f"（{one.when}）" if one.when else "")
