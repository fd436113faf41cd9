"""The fact dictionary (事实字典): what may be asked about an enterprise, in which unit, for which period.

A column is one fact for one period, named as a rule names it: `上年.营业收入`, `期末.从业人员`, `注册地`.
Columns hold integers (money in 分, ratios in 10⁻¹², dates as day numbers), flags hold bool, codes hold text;
`None` is always "not known", never "no".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from sanfu.kernel.rules.language.quantities import (
    CODE,
    DATE,
    FLAG,
    MONEY,
    RATIO,
    RATIO_DECIMALS,
    Kind,
    Type,
    exact,
    say,
    split_quantity,
    unit_of,
)

Value = int | bool | str | None
Row = Mapping[str, Value]

YEARS = ("本年", "上年", "前年", "大前年", "大前年之前一年")  # the year of the day asked, and the ones before
QUARTERS = tuple(f"{q}季{edge}" for q in ("一", "二", "三", "四") for edge in ("初", "末"))
EVER = "历史"  # before this year: for 首次
PEAK = "历史最高"  # highest value before this year: for 首次达到

# which periods a fact of each basis may take; the first is meant when a rule names none
BASES: dict[str, tuple[str, ...]] = {
    "年度": ("上年", *(y for y in YEARS if y != "上年"), PEAK),
    "期末": ("期末", "前年末", "大前年末"),
    "季度": QUARTERS,
    "当前": ("",),
    "认定": ("有效", "本年", "上年", EVER),
    "项目": ("",),
    "事项": (),  # parameterised by a clause: 已享受.<条款>, 已兑.<条款>
}
AUTOMATIC, EVIDENCE, PERSON = "自动", "需证据", "人工"

# who can change a fact: the enterprise itself, an authority that awards it on application, nobody, time alone
DOABLE, AWARD, FIXED, TIME = "可做", "须认定", "不可变", "随时间"
CHANGEABLE = (DOABLE, AWARD, TIME, FIXED)  # the hardest last
PAST = {"认定": ("上年", EVER), "年度": (PEAK,)}  # periods that are over and done with


@dataclass(frozen=True)
class Window:
    """申报窗口: month and day between which an award may be applied for each year, and where that is written."""

    first: tuple[int, int]
    last: tuple[int, int]
    basis: str = ""

    def closes(self, day: date) -> date:
        """The last day of the window that is open on `day` or comes next."""
        last = date(day.year, *self.last)
        return last if day <= last else date(day.year + 1, *self.last)


YES = {"是", "true", "1", "有", "yes", "y", "t"}
NO = {"否", "false", "0", "无", "no", "n", "f"}


@dataclass(frozen=True)
class Fact:
    """One word of the dictionary."""

    name: str
    type: Type
    unit: str = ""
    basis: str = "当前"
    source: str = ""
    automation: str = AUTOMATIC
    low: int = 0  # inclusive bounds in column integers: what is outside is impossible and refused
    high: int = 10**14
    changeable: str = DOABLE
    window: Window | None = None
    aliases: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()  # names used by files and forms
    values: tuple[str, ...] = ()  # closed list of a code
    decimals: int = 0
    asks: str = ""  # the question put to the one who knows
    derived: str = ""  # clause.output that gives it when nobody states it (推导)

    @property
    def scale(self) -> int:
        return int(10**self.decimals)

    def changeable_in(self, period: str) -> str:
        """Who can change it for a period: what is over cannot be changed by anybody."""
        if self.basis == "事项" or period in PAST.get(self.basis, ()):
            return FIXED
        return self.changeable

    def encode(self, raw: object, unit: str = "") -> Value:
        """Column value of something written; ValueError says why it is impossible."""
        if raw is None or raw == "" or raw == "未知":
            return None
        if self.type == FLAG:
            return self._flag(raw)
        if self.type == CODE:
            return self._code(raw)
        if self.type == DATE:
            return self._bounded(day_number(raw))
        return self._number(raw, unit)

    def _flag(self, raw: object) -> bool:
        word = str(raw).strip().lower()
        if word in YES or raw is True:
            return True
        if word in NO or raw is False:
            return False
        raise ValueError(f"应为 是/否,读到 {raw!r}")

    def _code(self, raw: object) -> str:
        word = str(raw).strip()
        if self.values and word not in self.values:
            raise ValueError(f"{word!r} 不在取值表内")
        return word

    def _number(self, raw: object, unit: str) -> int:
        amount: object = raw
        if isinstance(raw, str):
            amount, written = split_quantity(raw)
            if not amount:
                raise ValueError(f"不是数:{raw!r}")
            unit = written or unit
            if self.type == MONEY and unit in ("万", "亿"):
                unit += "元"
        bare = not unit and self.type == RATIO  # 0.3 is 0.3, "30%" is 30 %
        known = (Fraction(1), RATIO) if bare or not (unit or self.unit) else unit_of(unit or self.unit)
        if known is None or known[1].powers != self.type.powers:
            raise ValueError(f"单位 {unit or '(无)'} 与字段单位 {self.unit or '比例'} 不同")
        scaled = exact(amount) * known[0] * self.scale
        if scaled.denominator != 1:
            if self.decimals != RATIO_DECIMALS:
                raise ValueError(f"{raw!r} 比最小单位还细,不能精确保存")
            scaled = Fraction(round(scaled))
        return self._bounded(int(scaled))

    def _bounded(self, value: int) -> int:
        if not self.low <= value <= self.high:
            raise ValueError(f"超出可能范围 {self.say(self.low)} 至 {self.say(self.high)}")
        return value

    def value(self, stored: Value) -> Fraction | bool | str | None:
        """The stored integer as an exact quantity in base units; flags and codes as they are."""
        if stored is None or isinstance(stored, bool | str):
            return stored
        return Fraction(stored, self.scale)

    def say(self, stored: Value) -> str:
        if self.type == DATE and isinstance(stored, int):
            return date.fromordinal(stored).isoformat()
        value = self.value(stored)
        known = unit_of(self.unit) if self.unit else None
        if isinstance(value, Fraction) and known and not self.type.is_money and self.type.kind is Kind.NUMBER:
            return say(value, self.type) if self.type == RATIO else f"{_plain(value / known[0])}{self.unit}"
        return say(value, self.type)


def _plain(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else str(float(value))


def day_number(raw: object) -> int:
    """Proleptic day number of a date or of `YYYY-MM-DD`."""
    if isinstance(raw, date):
        return raw.toordinal()
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    try:
        return date.fromisoformat(str(raw).strip()).toordinal()
    except ValueError as error:
        raise ValueError(f"应为日期 YYYY-MM-DD,读到 {raw!r}") from error


def column_key(name: str, period: str = "") -> str:
    return f"{period}.{name}" if period else name


@dataclass(frozen=True)
class Dictionary:
    """All facts by name and alias."""

    facts: dict[str, Fact]
    sets: dict[str, tuple[str, ...]] = field(default_factory=dict)  # named code lists: 制造业 → C13, C14, …
    _words: dict[str, str] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_content(
        cls, entries: Iterable[Mapping[str, Any]], sets: Mapping[str, Iterable[str]] | None = None
    ) -> "Dictionary":
        """Build from `content/facts/*.yaml` entries; ValueError names the entry that is wrong."""
        facts: dict[str, Fact] = {}
        words: dict[str, str] = {}
        keys: dict[str, str] = {}
        for entry in entries:
            fact = read_fact(entry)
            if fact.name in facts:
                raise ValueError(f"事实 {fact.name} 写了两次")
            facts[fact.name] = fact
            for word in (fact.name, *fact.aliases):
                if words.setdefault(word, fact.name) != fact.name:
                    raise ValueError(f"别名 {word} 同时指 {words[word]} 和 {fact.name}")
            keys.update(dict.fromkeys(fact.keys, fact.name))
        return cls(facts, {k: tuple(v) for k, v in (sets or {}).items()}, words, keys)

    def find(self, word: str) -> Fact | None:
        """By name, alias or file key."""
        name = self._words.get(word) or self._keys.get(word)
        return self.facts.get(name) if name else None

    @property
    def words(self) -> Iterable[str]:
        return self._words.keys()

    def column(self, key: str) -> tuple[Fact, str] | None:
        """Fact and period of a column key such as `上年.营业收入` or `已享受.tx-2`."""
        head, _, tail = key.partition(".")
        if not tail:
            fact = self.find(head)
            return (fact, BASES[fact.basis][0]) if fact and BASES[fact.basis] else None
        first = self.find(head)
        if first and first.basis == "事项":
            return first, tail
        fact = self.find(tail)
        if fact is None or head not in BASES[fact.basis]:
            return None
        return fact, head

    def canonical(self, key: str) -> str | None:
        """The column key as rules use it, or None when no fact has that name and period."""
        found = self.column(key)
        if found is None:
            return None
        fact, period = found
        return column_of(fact, period)

    def fact_of(self, key: str) -> Fact:
        found = self.column(key)
        if found is None:
            raise KeyError(key)
        return found[0]


def column_of(fact: Fact, period: str) -> str:
    return f"{fact.name}.{period}" if fact.basis == "事项" else column_key(fact.name, period)


def read_fact(entry: Mapping[str, Any]) -> Fact:
    """One YAML entry; the bounds are written in the fact's own unit."""
    name, kind, unit = entry["名称"], entry["类型"], entry.get("单位", "")
    simple = {"是否": FLAG, "代码": CODE, "日期": DATE, "比例": RATIO}
    if kind in simple:
        type_, size = simple[kind], Fraction(1)
    else:
        known = unit_of(unit)
        if known is None:
            raise ValueError(f"事实 {name}:不认识的单位 {unit!r}")
        size, type_ = known
    decimals = entry.get("小数", RATIO_DECIMALS if kind == "比例" else 0)
    low, high = entry.get("最小", 0), entry.get("最大")
    if kind == "日期":
        low, high = date(1900, 1, 1).toordinal(), date(2999, 12, 31).toordinal()
    else:
        scale = size * 10**decimals
        low = int(exact(low) * scale)
        high = int(exact(high) * scale) if high is not None else 10**14
    basis = entry.get("口径", "当前")
    if basis not in BASES:
        raise ValueError(f"事实 {name}:不认识的口径 {basis!r}")
    return Fact(
        name=name,
        type=type_,
        unit=unit,
        basis=basis,
        source=entry.get("来源", ""),
        automation=entry.get("核验", AUTOMATIC),
        low=low,
        high=high,
        changeable=_changeable(entry, basis),
        window=_window(entry.get("窗口")),
        aliases=tuple(entry.get("别名", ())),
        keys=tuple(entry.get("键", ())),
        values=tuple(str(v) for v in entry.get("取值", ())),
        decimals=decimals,
        asks=entry.get("问", ""),
        derived=str(entry.get("推导", "")),
    )


def _changeable(entry: Mapping[str, Any], basis: str) -> str:
    """可变 as written; a title is awarded unless the dictionary says otherwise."""
    said = str(entry.get("可变", AWARD if basis == "认定" else DOABLE))
    if said not in CHANGEABLE:
        raise ValueError(f"事实 {entry['名称']}:可变 {said!r} 不在 {'、'.join(CHANGEABLE)} 之内")
    return said


def _window(entry: Mapping[str, Any] | None) -> Window | None:
    """{自: 04-25, 至: 05-25, 依据: …}."""
    if entry is None:
        return None
    first, last = (tuple(int(part) for part in str(entry[key]).split("-")) for key in ("自", "至"))
    return Window((first[0], first[1]), (last[0], last[1]), str(entry.get("依据", "")))
