"""Turns the short fields of a case into columns of facts, as `content/facts/cases.yaml` describes them."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from sanfu.kernel.rules.language.facts import QUARTERS, Dictionary, Fact, Value, column_of
from sanfu.kernel.rules.language.quantities import exact
from sanfu.kernel.rules.reading.columns import OPERATING_QUARTERS, PAST

SUFFIXES = ("_wan", "_万元", "_万", "_yuan")


class UnreadableCase(Exception):
    """A field of the case that cannot be turned into facts; says which and why."""


class Intake:
    """Collects the facts of one case."""

    def __init__(self, dictionary: Dictionary, spec: Mapping[str, Any]) -> None:
        self.dictionary = dictionary
        self.inputs: Mapping[str, Any] = spec.get("输入", {})
        self.row: dict[str, Value] = {}
        self.unknown: dict[str, object] = {}

    def defaults(self, values: Mapping[str, object]) -> None:
        """What the case leaves unsaid; never replaces what it says."""
        for key, raw in values.items():
            column = self._canonical(key)
            if column not in self.row:
                self.row[column] = self._encode(column, raw)

    def field(self, name: str, raw: object) -> None:
        """One field of the case; a field that means nothing is kept in `unknown`."""
        form = self.inputs.get(name)
        if isinstance(form, Mapping):
            self._shaped(name, form, raw)
            return
        column = self._canonical(form) if form else self._guess(name)
        if column is None:
            self.unknown[name] = raw
        elif isinstance(raw, Sequence) and not isinstance(raw, str):
            self._years(self.dictionary.fact_of(column), list(raw))
        else:
            self.row[column] = self._encode(column, raw, name)

    def _guess(self, name: str) -> str | None:
        for word in (name, *[name.removesuffix(s) for s in SUFFIXES if name.endswith(s)]):
            column = self.dictionary.canonical(word)
            if column is not None:
                return column
        return None

    def _canonical(self, key: str) -> str:
        column = self.dictionary.canonical(key)
        if column is None:
            raise UnreadableCase(f"事实字典里没有 {key}")
        return column

    def _encode(self, column: str, raw: object, name: str = "") -> Value:
        fact = self.dictionary.fact_of(column)
        unit = "元" if name.endswith("_yuan") else ""
        try:
            return fact.encode(raw, unit)
        except ValueError as error:
            raise UnreadableCase(f"{name or column}:{error}") from error

    def _fact(self, word: str) -> Fact:
        fact = self.dictionary.find(word)
        if fact is None:
            raise UnreadableCase(f"事实字典里没有 {word}")
        return fact

    def _shaped(self, name: str, form: Mapping[str, Any], raw: Any) -> None:
        (shape, word), *rest = form.items()
        if shape == "人工":
            self._judged(self._canonical(word), raw)
        elif shape == "季度":
            self._quarters(self._fact(word), raw)
        elif shape == "逐年":
            self._years(self._fact(word), list(raw) if isinstance(raw, Sequence) else [raw])
        elif shape == "合计":
            years = int(dict(rest)["年"])
            self._years(self._fact(word), [*[0] * (years - 1), raw])
        elif shape == "反":
            column = self._canonical(word)
            self.row[column] = not self._encode(column, raw, name)
        elif shape == "值":
            chosen = word.get(str(raw))
            if chosen is None:
                raise UnreadableCase(f"{name}:不认识的值 {raw!r}")
            for key, value in chosen.items():
                self.row[self._canonical(key)] = self._encode(self._canonical(key), value)
        elif shape in ("增长率", "平均增长", "同比"):
            self._growth(self._fact(word), shape, exact(raw))
        else:
            raise UnreadableCase(f"{name}:不认识的写法 {shape}")

    def _judged(self, column: str, raw: object) -> None:
        """A field that a person judges: only a plain yes or no counts as decided."""
        plain = isinstance(raw, bool) or str(raw) in ("是", "否")
        self.row[column] = self._encode(column, raw) if plain else None

    def _quarters(self, fact: Fact, pairs: Sequence[Sequence[object]]) -> None:
        if not 1 <= len(pairs) <= 4 or any(len(pair) != 2 for pair in pairs):
            raise UnreadableCase(f"{fact.name}:每季要有季初和季末两个数,一至四季")
        values = [value for pair in pairs for value in pair]
        for period, raw in zip(QUARTERS, values, strict=False):
            column = column_of(fact, period)
            self.row[column] = self._encode(column, raw)
        self.row[OPERATING_QUARTERS] = len(pairs)

    def _years(self, fact: Fact, values: list[object]) -> None:
        """Old to new: the last one is 上年."""
        periods = PAST.get(fact.basis, ())
        if len(values) > len(periods):
            raise UnreadableCase(f"{fact.name}:最多 {len(periods)} 年")
        for period, raw in zip(periods, reversed(values), strict=False):
            column = column_of(fact, period)
            self.row[column] = self._encode(column, raw)

    def _growth(self, fact: Fact, shape: str, rate: Fraction) -> None:
        """Years of figures with exactly this growth (rounded down to the 分 that keeps `≥` true)."""
        periods = PAST["年度"]
        last = self.row.get(column_of(fact, periods[0]))
        latest = last if isinstance(last, int) and not isinstance(last, bool) and last else 10**12
        self.row[column_of(fact, periods[0])] = latest
        if rate <= -1:
            raise UnreadableCase(f"{fact.name}:增长率不能小于 -100%")
        for back in range(1, 2 if shape == "同比" else 3):
            self.row[column_of(fact, periods[back])] = int(latest / (1 + rate) ** back)
