"""Instalments (分期) and shares (分担) of one award: what is due now, what later, who bears which part. Pure.

One rule wherever an award is told: instalments come one after the other, and one whose moment is not known to
have come is not due. What is due now and what comes later always add up to the award.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import accumulate, pairwise

from sanfu.kernel.rules.engines.naive import Naive
from sanfu.kernel.rules.language.facts import Row
from sanfu.kernel.rules.language.tree import Clause, Instalment


@dataclass(frozen=True)
class Part:
    """One instalment: its amount in whole units, when it falls due, whether that has come (None: not known)."""

    amount: int
    share: Fraction
    when: str
    due: bool | None


def parts(clause: Clause, award: int, row: Row, day: date) -> list[Part]:
    """The instalments of an award of whole 分; a clause without any pays it whole at once."""
    if not clause.instalments:
        return [Part(award, Fraction(1), "", True)]
    marks = [0, *(int(award * share) for share in accumulate(one.share for one in clause.instalments))]
    marks[-1] = award if sum(one.share for one in clause.instalments) == 1 else marks[-1]
    found: list[Part] = []
    for place, ((low, high), one) in enumerate(zip(pairwise(marks), clause.instalments, strict=True)):
        before = found[-1].due if found else True
        due = come(one, place, row, day) if before is True else (False if before is False else None)
        found.append(Part(high - low, one.share, one.when, due))
    return found


def come(instalment: Instalment, place: int, row: Row, day: date) -> bool | None:
    """Has its moment come? One without a condition: the first has, a later one waits for its own year."""
    return place == 0 if instalment.test is None else Naive(row, day).test(instalment.test)


def due_now(found: Sequence[Part]) -> int:
    """The sum of what is due; the rest of the award comes later."""
    return sum(part.amount for part in found if part.due is True)


def borne(clause: Clause, award: int) -> dict[str, int]:
    """What each level bears of an award of whole 分; the last one named takes the remainder."""
    found: dict[str, int] = {}
    for level, share in clause.shares:
        found[level] = int(award * share)
    if found and sum(share for _, share in clause.shares) == 1:
        last = clause.shares[-1][0]
        found[last] += award - sum(found.values())
    return found
