"""The fields of a payout case read for one clause: by name, by what a value names, by elimination."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from sanfu.kernel.rules.engines.naive import Naive, belongs
from sanfu.kernel.rules.examples.industries import Industries
from sanfu.kernel.rules.examples.inputs import Intake, UnreadableCase
from sanfu.kernel.rules.language import tree
from sanfu.kernel.rules.language.facts import EVER, Fact, Value
from sanfu.kernel.rules.language.quantities import CODE, FLAG, Kind, exact
from sanfu.kernel.rules.language.tree import Clause
from sanfu.kernel.rules.reading.library import Library

PRICES = ("price", "price_wan", "unit_price", "point_price", "point_value", "单价", "每分单价", "单位分值")
PAID, BEFORE = "已兑.", f"{EVER}."
EVERY_STEP = ("逐档", "逐级", "累加", "累计", "叠加", "可叠加", "每档", "stack", "cumulative", "sum", "each")


class ClauseFields:
    """`row` as read; `unread` fields mean nothing here; `guessed` of them were placed by elimination."""

    def __init__(
        self,
        clause: Clause,
        library: Library,
        spec: Mapping[str, Any],
        fields: Mapping[str, Any],
        day: date,
        industries: Industries | None,
    ) -> None:
        self.clause, self.library, self.day, self.industries = clause, library, day, industries
        instalments = [key for i in clause.instalments if i.test is not None for key in tree.columns(i.test)]
        self.stages = frozenset(instalments)
        self.columns = dict.fromkeys((*clause.needs, *instalments))
        self.own: Mapping[str, Any] = spec.get("条款输入", {}).get(clause.id, {})
        inputs = {**spec.get("输入", {}), **self.own}
        self.intake = Intake(library.dictionary, {"输入": inputs}, industries)
        self.price = next((exact(fields[key]) for key in PRICES if key in fields), None)
        self.firsts = frozenset(spec.get("首次", ()))
        self.earlier = frozenset(spec.get("原档", ()))
        self.unread: dict[str, Any] = {}
        self.guessed, self.listed, self.every_step = 0, False, False
        self.steps = frozenset(spec.get("逐档", ()))
        for name, raw in _differences(fields, spec.get("相减", {}), self.columns).items():
            if name not in PRICES:
                self._field(name, raw)
        self.intake.finish()
        self._by_elimination()
        self.intake.defaults(spec.get("条款缺省", {}).get(clause.id, {}))

    @property
    def row(self) -> dict[str, Value]:
        return self.intake.row

    @property
    def misfit(self) -> tuple[int, int]:
        """Fields that mean nothing here, then fields that were only guessed."""
        return len(self.unread), self.guessed

    # ---- reading a field

    def _field(self, name: str, raw: Any) -> None:
        """By the name of the field; else by what the value names; kept for elimination otherwise."""
        if name in self.steps and isinstance(raw, bool | str):
            self.every_step = raw is True or str(raw) in EVERY_STEP
            return
        if name in self.earlier and isinstance(raw, str) and self._paid_for(raw):
            return
        if self._by_name(name, raw) or self._first(name, raw) or self._industry(name, raw):
            return
        values = raw if isinstance(raw, Sequence) and not isinstance(raw, str) else [raw]
        told = [isinstance(value, str) and self._names(value) for value in values]
        self.listed = self.listed or (len(told) > 1 and any(told))
        if not any(told) and not (isinstance(raw, bool) and self._names(name, raw)):
            self.unread[name] = raw

    def _by_name(self, name: str, raw: Any) -> bool:
        before = dict(self.row)
        try:
            self.intake.field(name, raw)
        except UnreadableCase:
            self.intake.unknown[name] = raw
        added = [key for key in self.row if key not in before]
        texts = [key for key in added if isinstance(self.row[key], str) and key in self.columns]
        if texts:  # a code the clause compares: 平度 for 平度市
            return self._told_text(texts[0], str(raw))
        if name not in self.intake.unknown and all(key in self.columns for key in added):
            return True
        self.intake.unknown.pop(name, None)
        for key in added:
            del self.row[key]
        return False

    def _told_text(self, key: str, word: str) -> bool:
        written = [text for column, text in self._texts() if column == key and text.startswith(word)]
        self.row[key] = written[0] if written else self.row[key]
        return True

    def _first(self, name: str, raw: Any) -> bool:
        """首次: false means held before."""
        before = [key for key in self.columns if key.startswith(BEFORE)]
        if name not in self.firsts or not isinstance(raw, bool) or not before:
            return False
        self.row.update(dict.fromkeys(before, not raw))
        return True

    def _industry(self, name: str, raw: Any) -> bool:
        """An industry, for a clause that asks for the code or whether the firm is of one industry."""
        if name not in ("industry", "行业", "gb4754") or self.industries is None:
            return False
        try:
            code = self.industries.code(raw)
        except ValueError:
            code = ""
        for key in self.columns:
            sets = self.library.dictionary.sets
            among = sets.get(key.removesuffix("企业"))
            if among is not None and (code or key.startswith(str(raw))):
                self.row[key] = key.startswith(str(raw)) or any(belongs(code, entry) for entry in among)
                return True
        return False

    def _names(self, word: str, holds: bool = True) -> bool:
        """A value that is the name of a title, of a code the clause asks for, or part of the clause's name."""
        for form in self.own.values():
            if isinstance(form, Mapping) and word in form.get("值", {}):
                self.intake.defaults(form["值"][word])
                return True
        title = self._title(word)
        if title is not None:
            self.row[title] = holds
            return True
        for key, text in self._texts():
            if text == word or text.startswith(word):
                self.row[key] = text
                return True
        return word in self.clause.title

    def _title(self, word: str) -> str | None:
        """The column of a title or stage that the clause asks for."""
        fact = self.library.dictionary.find(word)
        if fact is None or fact.type != FLAG:
            return None
        mine = (k for k in self.columns if self.library.dictionary.fact_of(k) is fact)
        return next((k for k in mine if not k.startswith(BEFORE)), None)

    def _paid_for(self, word: str) -> bool:
        """原档: what the clause gave for an earlier title counts as already paid (补差)."""
        paid = next((key for key in self.columns if key.startswith(PAID)), None)
        title = self._title(word)
        if paid is None or title is None or self.clause.amount is None:
            return False
        flags = [
            k for k in tree.columns(self.clause.amount) if self.library.dictionary.fact_of(k).type == FLAG
        ]
        row: dict[str, Value] = {**dict.fromkeys(flags, False), title: True, paid: 0}
        value = Naive(row, self.day).value(self.clause.amount)
        if not isinstance(value, Fraction):
            return False
        self.row[paid] = int(value)
        return True

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
            fits = [key for key in fits if not key.startswith(PAID)] or fits
            if len(fits) == 1:
                self.row[fits[0]] = self.library.dictionary.fact_of(fits[0]).encode(raw)
                self.guessed += 1
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


def _differences(
    fields: Mapping[str, Any], pairs: Mapping[str, Sequence[Sequence[str]]], columns: Mapping[str, None]
) -> Mapping[str, Any]:
    """This year and last year given where the clause asks for the increase."""
    for column, options in pairs.items():
        for now, before in options:
            if column in columns and now in fields and before in fields:
                rest = {key: value for key, value in fields.items() if key not in (now, before)}
                return {**rest, column: str(exact(fields[now]) - exact(fields[before]))}
    return fields
