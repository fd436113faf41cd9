"""Cases that ask what a clause would pay: short fields, the rest of the conditions taken as met.

What a case does not mention stays unknown in the conditions, so it refuses nobody; in the amount an unmentioned
title counts as not held and an unmentioned earlier payment as none.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from sanfu.kernel.rules.engines.naive import Naive
from sanfu.kernel.rules.examples.inputs import Intake, UnreadableCase
from sanfu.kernel.rules.judging.verdict import whole
from sanfu.kernel.rules.language import tree
from sanfu.kernel.rules.language.facts import Fact, Value
from sanfu.kernel.rules.language.quantities import CODE, FLAG, MONEY, POINT_SCALE, Kind, exact
from sanfu.kernel.rules.language.tree import Clause
from sanfu.kernel.rules.reading.library import Library

WAN = 10**6
PRICES = ("price", "price_wan", "unit_price", "单价", "每分单价")


def payout(
    name: str,
    fields: Mapping[str, Any],
    day: date,
    library: Library,
    spec: Mapping[str, Any],
    expected: object,
) -> object:
    """万元 (or points without a price) as a plain number, or a table of parts when one is expected."""
    tried = [_Attempt(clause, library, spec, fields, day) for clause in _candidates(name, library)]
    if not tried:
        raise KeyError(name)
    best = min(tried, key=lambda attempt: len(attempt.unread))
    if best.unread:
        raise UnreadableCase(f"不认识的字段 {'、'.join(best.unread)}")
    return best.answer(expected)


def _candidates(name: str, library: Library) -> Iterator[Clause]:
    """The clause itself, then its siblings: srdi-1 is followed by srdi-1b."""
    exact_id = [c for _, c in library.clauses() if c.id == name]
    rest = [
        c
        for _, c in library.clauses()
        if c.id != name and c.id.rstrip("abcdefghijklmnopqrstuvwxyz").rstrip("-") == name
    ]
    yield from (c for c in (*exact_id, *rest) if c.amount is not None)


class _Attempt:
    """One clause with the fields of a case read for it."""

    def __init__(
        self, clause: Clause, library: Library, spec: Mapping[str, Any], fields: Mapping[str, Any], day: date
    ) -> None:
        self.clause, self.library, self.day = clause, library, day
        instalments = [key for i in clause.instalments if i.test is not None for key in tree.columns(i.test)]
        self.stages = frozenset(instalments)
        self.columns = dict.fromkeys((*clause.needs, *instalments))
        own = spec.get("条款输入", {}).get(clause.id, {})
        self.intake = Intake(library.dictionary, {"输入": {**spec.get("输入", {}), **own}})
        self.price = next((exact(fields[key]) for key in PRICES if key in fields), None)
        self.unread: dict[str, Any] = {}
        for name, raw in fields.items():
            if name not in PRICES:
                self._field(name, raw)
        self._by_elimination()

    @property
    def row(self) -> dict[str, Value]:
        return self.intake.row

    def _field(self, name: str, raw: Any) -> None:
        """By the name of the field; else by what the value names; kept for elimination otherwise."""
        before = dict(self.row)
        try:
            self.intake.field(name, raw)
        except UnreadableCase:
            self.intake.unknown[name] = raw
        added = [key for key in self.row if key not in before]
        if name not in self.intake.unknown and all(key in self.columns for key in added):
            return
        self.intake.unknown.pop(name, None)
        for key in added:
            del self.row[key]
        values = raw if isinstance(raw, Sequence) and not isinstance(raw, str) else [raw]
        told = all(isinstance(value, str) and self._names(value) for value in values)
        if not told and not (isinstance(raw, bool) and self._names(name, raw)):
            self.unread[name] = raw

    def _names(self, word: str, holds: bool = True) -> bool:
        """A value that is the name of a title, of a code the clause asks for, or part of the clause's name."""
        fact = self.library.dictionary.find(word)
        if fact is not None and fact.type == FLAG:
            mine = [
                k
                for k in self.columns
                if self.library.dictionary.fact_of(k) is fact and not k.startswith("历史.")
            ]
            if mine:
                self.row[mine[0]] = holds
                return True
        for key, text in self._texts():
            if text == word or text.startswith(word):
                self.row[key] = text
                return True
        return word in self.clause.title

    def _texts(self) -> Iterator[tuple[str, str]]:
        """Codes with the texts the clause compares them with."""
        for node in (n for part in self.clause.nodes for n in tree.walk(part)):
            if isinstance(node, tree.Member) and isinstance(node.subject, tree.Column):
                yield from ((node.subject.key, entry) for entry in node.entries)
            elif (
                isinstance(node, tree.Compare)
                and node.left.type == CODE
                and isinstance(node.left, tree.Column)
            ):
                assert isinstance(node.right, tree.Literal)
                yield node.left.key, str(node.right.value)

    def _by_elimination(self) -> None:
        """A number under a name nobody knows can only mean the one number still missing."""
        for name, raw in list(self.unread.items()):
            fits = [key for key in self.columns if key not in self.row and self._could_be(key, raw)]
            fits = [key for key in fits if not key.startswith("已兑.")] or fits
            if len(fits) == 1:
                self.row[fits[0]] = self.library.dictionary.fact_of(fits[0]).encode(raw)
                del self.unread[name]

    def _could_be(self, key: str, raw: Any) -> bool:
        fact: Fact = self.library.dictionary.fact_of(key)
        if isinstance(raw, bool):
            return fact.type == FLAG and key in self.stages
        if not isinstance(raw, int | float) or fact.type.kind is not Kind.NUMBER:
            return False
        try:
            fact.encode(raw)
        except ValueError:
            return False
        return True

    def answer(self, expected: object) -> object:
        naive = Naive(self.row, self.day)
        refused = any(naive.test(c.test) is False for c in self.clause.conditions)
        amount = Fraction(0) if refused else self._amount()
        found = plain(amount)
        given = self.stages & self.row.keys()
        due = (
            sum((i.share for i in self.clause.instalments if self._due(i)), Fraction(0))
            if given
            else Fraction(1)
        )
        if not isinstance(expected, Mapping):
            return plain(amount * due)
        return {"amount": found, "total": found, "points": found, "eligible": not refused,
                "payable": plain(amount * due), "now": plain(amount * due), "paid": plain(amount * due),
                **self._parts(amount)}  # fmt: skip

    def _due(self, instalment: tree.Instalment) -> bool:
        """An instalment is due unless the case says that its moment has not come."""
        return instalment.test is None or Naive(self.row, self.day).test(instalment.test) is not False

    def _amount(self) -> Fraction:
        assert self.clause.amount is not None
        row: dict[str, Value] = dict(self.row)
        for key in tree.columns(self.clause.amount):
            fact = self.library.dictionary.fact_of(key)
            untold = fact.basis == "事项" or key.startswith("历史最高.")
            if fact.type == FLAG:
                row.setdefault(key, False)
            elif untold:
                row.setdefault(key, 0)
        money = self.clause.amount.type == MONEY
        value = Naive(row, self.day).value(self.clause.amount)
        assert value is None or isinstance(value, Fraction)
        exact_amount = whole(value, 1 if money else POINT_SCALE)
        if exact_amount is None:
            wanted = "、".join(key for key in tree.columns(self.clause.amount) if row.get(key) is None)
            raise UnreadableCase(f"金额算不出,还缺 {wanted}")
        return exact_amount / WAN if money else exact_amount * (1 if self.price is None else self.price)

    def _parts(self, amount: Fraction) -> dict[str, object]:
        shares = [i.share for i in self.clause.instalments] or [Fraction(1)]
        parts: dict[str, object] = {"instalments": [plain(amount * share) for share in shares]}
        names = ("first", "second", "third")
        parts |= {name: plain(amount * share) for name, share in zip(names, shares, strict=False)}
        parts |= {f"instalment{i}": plain(amount * share) for i, share in enumerate(shares, 1)}
        parts |= {level: plain(amount * share) for level, share in self.clause.shares}
        return parts


def plain(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else float(value)
