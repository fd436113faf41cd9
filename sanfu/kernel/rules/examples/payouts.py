"""Cases that ask what a clause would pay: short fields, the rest of the conditions taken as met.

What a case does not mention stays unknown in the conditions, so it refuses nobody; in the amount an unmentioned
title counts as not held and an unmentioned earlier payment as none.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import takewhile
from typing import Any

from sanfu.kernel.rules.awards.instalments import come
from sanfu.kernel.rules.engines.naive import Naive
from sanfu.kernel.rules.examples.clause_fields import ClauseFields
from sanfu.kernel.rules.examples.industries import Industries
from sanfu.kernel.rules.examples.inputs import UnreadableCase
from sanfu.kernel.rules.judging.verdict import whole
from sanfu.kernel.rules.language import tree
from sanfu.kernel.rules.language.facts import Value
from sanfu.kernel.rules.language.quantities import FLAG, MONEY, POINT_SCALE
from sanfu.kernel.rules.language.tree import Clause
from sanfu.kernel.rules.reading.library import Library

WAN = 10**6


def payout(
    name: str,
    fields: Mapping[str, Any],
    day: date,
    library: Library,
    spec: Mapping[str, Any],
    expected: object,
    industries: Industries | None = None,
) -> object:
    """万元 (or points without a price) as a plain number, or a table of parts when one is expected."""
    tried = [
        Payment(ClauseFields(clause, library, spec, fields, day, industries))
        for clause in _candidates(name, library)
    ]
    if not tried:
        known = "、".join(c.id for _, c in library.clauses() if c.amount is not None)
        raise UnreadableCase(f"没有会付钱的条款 {name!r}；有 {known}")
    closest = min(attempt.fields.misfit for attempt in tried)
    fitting = [attempt for attempt in tried if attempt.fields.misfit == closest]
    if fitting[0].fields.unread:
        raise UnreadableCase(f"不认识的字段 {'、'.join(fitting[0].fields.unread)}")
    if any(attempt.fields.listed for attempt in fitting) and not isinstance(expected, Mapping):
        return _together(fitting)
    return fitting[0].answer(expected)


def _together(attempts: Sequence["Payment"]) -> int | float:
    """Several titles at once: the best of each exclusivity group, and all that stand in none."""
    best: dict[str, Fraction] = {}
    for attempt in attempts:
        group = attempt.clause.groups[0] if attempt.clause.groups else attempt.clause.id
        best[group] = max(best.get(group, Fraction(0)), attempt.payable())
    return plain(sum(best.values(), Fraction(0)))


def _candidates(name: str, library: Library) -> Iterator[Clause]:
    """The clause itself, then its siblings: srdi-1 is followed by srdi-1b."""
    exact_id = [c for _, c in library.clauses() if c.id == name]
    rest = [
        c
        for _, c in library.clauses()
        if c.id != name and (c.id.rstrip("abcdefghijklmnopqrstuvwxyz").rstrip("-") == name)
    ]
    yield from (c for c in (*exact_id, *rest) if c.amount is not None)


class Payment:
    """What one clause pays for the facts read for it."""

    def __init__(self, fields: ClauseFields) -> None:
        self.fields, self.clause = fields, fields.clause

    def answer(self, expected: object) -> object:
        if not isinstance(expected, Mapping):
            return plain(self.payable())
        amount = self._granted()
        now = amount * self._share_due()
        return {**dict.fromkeys(("amount", "total", "points", "金额", "合计", "分值"), plain(amount)),
                **dict.fromkeys(("eligible", "pass", "符合"), not self._refused()),
                **dict.fromkeys(("payable", "now", "due", "paid", "paid_now", "本期"), plain(now)),
                **dict.fromkeys(("later", "paid_later", "remaining", "pending", "余额"), plain(amount - now)),
                **self._parts(amount)}  # fmt: skip

    def payable(self) -> Fraction:
        """The amount; once the case names a stage, only the instalments that are due."""
        if not self.fields.stages & self.fields.row.keys():
            return self._granted()
        return self._granted() * self._share_due()

    def _share_due(self) -> Fraction:
        """The share that is due now: one instalment after the other, up to the first that is not due.

        A case asks about a payment, so its first instalment has come unless it says otherwise; a later one has come
        only if the case says so (unknown is not due).
        """
        if not self.clause.instalments:
            return Fraction(1)
        first, *later = self.clause.instalments
        row, day = self.fields.row, self.fields.day
        if come(first, 0, row, day) is False:
            return Fraction(0)
        due = takewhile(lambda one: come(one, 1, row, day) is True, later)
        return first.share + sum((one.share for one in due), Fraction(0))

    def _granted(self) -> Fraction:
        return Fraction(0) if self._refused() else self._amount()

    def _refused(self) -> bool:
        naive = Naive(self.fields.row, self.fields.day)
        return any(naive.test(c.test) is False for c in self.clause.conditions)

    def _amount(self) -> Fraction:
        assert self.clause.amount is not None
        row: dict[str, Value] = dict(self.fields.row)
        for key in tree.columns(self.clause.amount):
            fact = self.fields.library.dictionary.fact_of(key)
            untold = fact.basis == "事项" or key.startswith("历史最高.")
            if fact.type == FLAG:
                row.setdefault(key, False)
            elif untold:
                row.setdefault(key, 0)
        money = self.clause.amount.type == MONEY
        naive = Naive(row, self.fields.day)
        value = (
            every_step(self.clause.amount, naive)
            if self.fields.every_step
            else naive.value(self.clause.amount)
        )
        assert value is None or isinstance(value, Fraction)
        exact_amount = whole(value, 1 if money else POINT_SCALE)
        if exact_amount is None:
            wanted = "、".join(key for key in tree.columns(self.clause.amount) if row.get(key) is None)
            raise UnreadableCase(f"金额算不出，还缺 {wanted}")
        return (
            exact_amount / WAN
            if money
            else exact_amount * (1 if self.fields.price is None else self.fields.price)
        )

    def _parts(self, amount: Fraction) -> dict[str, object]:
        """Instalments and the levels that bear them, under the names used for them."""
        shares = [i.share for i in self.clause.instalments] or [Fraction(1)]
        each = [plain(amount * share) for share in shares]
        parts: dict[str, object] = dict.fromkeys(("instalments", "分期"), each)
        for place, (value, words) in enumerate(zip(each, PART_NAMES, strict=False), 1):
            numbered = (f"instalment{place}", f"instalment_{place}", f"stage{place}", f"stage_{place}")
            parts |= dict.fromkeys((*words, *numbered), value)
        parts |= dict.fromkeys(("final", "last", "尾款", "期末"), each[-1])
        levels = {level: plain(amount * share) for level, share in self.clause.shares}
        named = {LEVELS[level]: value for level, value in levels.items() if level in LEVELS}
        borne = {**levels, **named}
        return {**parts, **borne, **dict.fromkeys(("share", "shares", "cost_share", "分担"), borne)}


def every_step(amount: tree.Node, naive: Naive) -> Fraction | None:
    """逐档: every rung that was reached, for an appendix that says so (the default is the highest alone)."""
    while isinstance(amount, tree.Named):
        amount = amount.body
    if not isinstance(amount, tree.Choose):
        raise UnreadableCase("这一条不是分档的，不能逐档累加")
    total = Fraction(0)
    for test, value in amount.rows:
        reached, given = naive.test(test), naive.value(value)
        if reached is None or not isinstance(given, Fraction):
            return None
        total += given if reached else 0
    return total


PART_NAMES = (
    ("first", "upfront", "initial", "首期", "第一期", "一期", "期初"),
    ("second", "第二期", "二期"),
    ("third", "第三期", "三期"),
)
LEVELS = {"省": "province", "市": "city", "县": "county", "区": "district"}


def plain(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else float(value)
