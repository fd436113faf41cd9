"""Turns the short fields of a case into columns of facts, as `content/facts/cases.yaml` describes them."""

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from sanfu.kernel.rules.examples.industries import Industries
from sanfu.kernel.rules.language.facts import QUARTERS, Dictionary, Fact, Value, column_of
from sanfu.kernel.rules.language.quantities import MONEY, RATIO, RATIO_DECIMALS, exact
from sanfu.kernel.rules.reading.columns import OPERATING_QUARTERS, PAST

# how a field's name may end to say the unit of its number
UNIT_ENDINGS = {
    "_wan": "万元", "_万元": "万元", "_万": "万元", "_wanyuan": "万元", "_yuan": "元", "_元": "元",
    "_yi": "亿元", "_亿元": "亿元", "_亿": "亿元", "_pct": "%", "_percent": "%", "_%": "%",
}  # fmt: skip
BRACKETED = re.compile(r"^(.+?)\s*[(（](.+?)[)）]$")
SHORT_MONEY = re.compile(r"^\s*[-+]?[\d.,，]+\s*[万亿]$")
UNKNOWN = ("", "未知", "不详", "缺", "缺失", "unknown", "null", "N/A", "n/a")


class UnreadableCase(Exception):
    """A field of the case that cannot be turned into facts; says which and why."""


class Intake:
    """Collects the facts of one case; call `finish` when every field is in."""

    def __init__(
        self, dictionary: Dictionary, spec: Mapping[str, Any], industries: Industries | None = None
    ) -> None:
        self.dictionary, self.industries = dictionary, industries
        self.inputs: Mapping[str, Any] = spec.get("输入", {})
        self.ratios: Mapping[str, Sequence[str]] = spec.get("推算", {})
        self.row: dict[str, Value] = {}
        self.unknown: dict[str, object] = {}
        self._late: list[Callable[[], None]] = []

    def defaults(self, values: Mapping[str, object]) -> None:
        """What the case leaves unsaid; never replaces what it says, be it "unknown"."""
        for key, raw in values.items():
            column = self._canonical(key)
            if column not in self.row:
                self.row[column] = self._encode(column, raw)

    def finish(self) -> None:
        """Figures that follow from the others: a share from its two parts, a part from its share."""
        for fill in self._late:
            fill()
        self._late = []
        for column, (above, below) in self.ratios.items():
            part, whole = self.row.get(above), self.row.get(below)
            if column not in self.row and isinstance(part, int) and isinstance(whole, int) and whole:
                self.row[column] = round(Fraction(part, whole) * 10**RATIO_DECIMALS)

    def field(self, name: str, raw: object) -> None:
        """One field of the case; a field that means nothing is kept in `unknown`."""
        base, unit = _named_unit(name.strip())
        form = next((self.inputs[n] for n in (name, base, base.lower()) if n in self.inputs), None)
        if isinstance(form, Mapping):
            self._shaped(base, form, raw, unit)
            return
        column = self._canonical(form) if form else self._guess(name, base)
        if column is None:
            self.unknown[name] = raw
        elif isinstance(raw, Sequence) and not isinstance(raw, str):
            self._years(self.dictionary.fact_of(column), list(raw), unit)
        else:
            self.row[column] = self._encode(column, raw, name, unit)

    def _guess(self, *names: str) -> str | None:
        for word in (*names, *[n.lower() for n in names]):
            column = self.dictionary.canonical(word)
            if column is not None:
                return column
        return None

    def _canonical(self, key: str) -> str:
        column = self.dictionary.canonical(key)
        if column is None:
            raise UnreadableCase(f"事实字典里没有 {key}")
        return column

    def _encode(self, column: str, raw: object, name: str = "", unit: str = "") -> Value:
        fact = self.dictionary.fact_of(column)
        if isinstance(raw, str) and raw.strip() in UNKNOWN:
            return None
        if isinstance(raw, str) and fact.type == MONEY and SHORT_MONEY.match(raw):
            raw = f"{raw.strip()}元"
        try:
            return fact.encode(raw, unit if fact.type in (MONEY, RATIO) else "")
        except ValueError as error:
            raise UnreadableCase(f"{name or column}:{error}") from error

    def _fact(self, word: str) -> Fact:
        fact = self.dictionary.find(word)
        if fact is None:
            raise UnreadableCase(f"事实字典里没有 {word}")
        return fact

    # ---- forms

    def _shaped(self, name: str, form: Mapping[str, Any], raw: Any, unit: str = "") -> None:
        (shape, word), *_ = form.items()
        forms: dict[str, Callable[[], None]] = {
            "人工": lambda: self._judged(self._canonical(word), raw),
            "季度": lambda: self._quarters(self._fact(word), raw),
            "季均": lambda: self._mean(self._fact(word), raw, unit),
            "月均": lambda: self._monthly(self._fact(word), raw),
            "逐年": lambda: self._years(self._fact(word), _listed(raw), unit),
            "合计": lambda: self._years(self._fact(word), [*[0] * (int(form["年"]) - 1), raw], unit),
            "平均": lambda: self._years(self._fact(word), [raw] * int(form["年"]), unit),
            "反": lambda: self._opposite(self._canonical(word), raw, name),
            "值": lambda: self._chosen(name, word, raw),
            "同": lambda: self._same(word, raw, name, unit),
            "行业": lambda: self._industry(self._canonical(word), raw),
            "占": lambda: self._later(self._part, word, self._share(raw, unit)),
            **{
                g: lambda: self._later(self._growth, self._fact(word), shape, self._share(raw, unit))
                for g in GROWTHS
            },
        }
        if shape not in forms:
            raise UnreadableCase(f"{name}：不认识的写法 {shape}")
        if raw is not None or shape == "人工":
            forms[shape]()

    def _later(self, fill: Callable[..., None], *given: Any) -> None:
        """What leans on other figures waits until they are all in, whatever their order."""
        self._late.append(lambda: fill(*given))

    def _opposite(self, column: str, raw: object, name: str) -> None:
        value = self._encode(column, raw, name)
        self.row[column] = None if value is None else not value

    def _chosen(self, name: str, words: Mapping[str, Mapping[str, object]], raw: object) -> None:
        chosen = words.get(str(raw))
        if chosen is None:
            raise UnreadableCase(f"{name}：不认识的值 {raw!r}；可写 {'、'.join(words)}")
        for key, value in chosen.items():
            self.row[self._canonical(key)] = self._encode(self._canonical(key), value)

    def _same(self, columns: Sequence[str], raw: object, name: str, unit: str) -> None:
        for key in columns:
            self.row[self._canonical(key)] = self._encode(self._canonical(key), raw, name, unit)

    def _industry(self, column: str, raw: object) -> None:
        if self.industries is None:
            raise UnreadableCase("没有给行业名与代码的对照")
        try:
            self.row[column] = self.industries.code(raw)
        except ValueError as error:
            raise UnreadableCase(str(error)) from error

    def _judged(self, column: str, raw: object) -> None:
        """A field that a person judges: only a plain yes or no counts as decided."""
        plain = isinstance(raw, bool) or str(raw) in ("是", "否")
        self.row[column] = self._encode(column, raw) if plain else None

    def _quarters(self, fact: Fact, pairs: Sequence[Sequence[object]]) -> None:
        if not 1 <= len(pairs) <= 4 or any(len(pair) != 2 for pair in pairs):
            raise UnreadableCase(f"{fact.name}：每季要有季初和季末两个数，一至四季")
        self._fill_quarters(fact, [value for pair in pairs for value in pair])

    def _fill_quarters(self, fact: Fact, values: Sequence[object]) -> None:
        for period, raw in zip(QUARTERS, values, strict=False):
            column = column_of(fact, period)
            self.row[column] = self._encode(column, raw)
        self.row[OPERATING_QUARTERS] = len(values) // 2

    def _mean(self, fact: Fact, raw: object, unit: str) -> None:
        """Eight figures with exactly this mean."""
        size = exact(raw) * (1 if fact.type != MONEY else {"元": 100, "亿元": 10**10}.get(unit, 10**6))
        total = size * len(QUARTERS)
        if total.denominator != 1:
            raise UnreadableCase(f"{fact.name}：季均 {raw} 不是八个整数的平均")
        low, more = divmod(total.numerator, len(QUARTERS))
        for place, period in enumerate(QUARTERS):
            self.row[column_of(fact, period)] = low + (place < more)
        self.row[OPERATING_QUARTERS] = 4

    def _monthly(self, fact: Fact, months: Sequence[Any]) -> None:
        """The mean of one to twelve months of 上年: each a number or a pair of 月初数 and 月末数."""
        if not 1 <= len(months) <= 12:
            raise UnreadableCase(f"{fact.name}：要一至十二个月的数")
        pairs = [month if isinstance(month, Sequence) else (month, month) for month in months]
        total = sum((exact(first) + exact(last)) / 2 for first, last in pairs)
        column = column_of(fact, PAST["年度"][0])
        self.row[column] = round(total / len(months) * fact.scale)

    def _years(self, fact: Fact, values: list[object], unit: str = "") -> None:
        """Old to new: the last one is 上年."""
        periods = PAST.get(fact.basis, ())
        if len(values) > len(periods):
            raise UnreadableCase(f"{fact.name}：最多 {len(periods)} 年")
        for period, raw in zip(periods, reversed(values), strict=False):
            column = column_of(fact, period)
            self.row[column] = self._encode(column, raw, unit=unit)

    def _growth(self, fact: Fact, shape: str, rate: Fraction) -> None:
        """Years of figures with exactly this growth (rounded down to the 分 that keeps `≥` true)."""
        if rate <= -1:
            raise UnreadableCase(f"{fact.name}：增长率不能小于 -100%")
        years = [column_of(fact, period) for period in PAST["年度"]]
        last = self.row.get(years[0])
        latest = last if isinstance(last, int) and last else 10**12
        self.row[years[0]] = latest
        for back in range(1, 2 if shape == "同比" else 3):
            if shape == "平均增长" or self.row.get(years[back]) is None:
                self.row[years[back]] = int(latest / (1 + rate) ** back)

    def _share(self, raw: object, unit: str) -> Fraction:
        """0.3, `30%` or 30 under a name that ends in _pct."""
        text = str(raw).strip()
        if text.endswith(("%", "％")):
            return exact(text[:-1]) / 100
        return exact(raw) / (100 if unit == "%" else 1)

    def _part(self, form: Mapping[str, str], share: Fraction) -> None:
        """分子 = share × 分母 in every year that has a 分母 (or in the last one, of an invented 分母)."""
        above, below = self._fact(form["分子"]), self._fact(form["分母"])
        past = PAST[above.basis]
        periods = [p for p in past if isinstance(self.row.get(column_of(below, p)), int)]
        if not periods:
            periods = [past[0]]
            self.row[column_of(below, periods[0])] = min(10**12, below.high)
        for period in periods:
            whole = self.row[column_of(below, period)]
            assert isinstance(whole, int)
            self.row[column_of(above, period)] = -int(-whole * share // 1)


GROWTHS = ("增长率", "平均增长", "同比")


def _listed(raw: Any) -> list[Any]:
    return list(raw) if isinstance(raw, Sequence) and not isinstance(raw, str) else [raw]


def _named_unit(name: str) -> tuple[str, str]:
    """`revenue_wan` → revenue, 万元; `资产总额(亿元)` → 资产总额, 亿元; a bare name has no unit."""
    if found := BRACKETED.match(name):
        inner = found[2].strip()
        unit = {"万": "万元", "亿": "亿元"}.get(inner, inner)
        return found[1], unit
    for ending, unit in UNIT_ENDINGS.items():
        if name.lower().endswith(ending):
            return name[: -len(ending)], unit
    return name, ""
