"""Facts files as people write them: nested by year or by measure, Chinese or English names, units in names or values.

Every leaf of the document is read with the words on its way: which measure, which year, which unit, sum or mean. What has
no known name is said, never guessed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from sanfu.kernel.capital.facts import FirmFacts, Span, Value
from sanfu.kernel.capital.measures import BY_NAME, MARKET_VALUE, Kind, Measure
from sanfu.kernel.capital.quantities import Amount, Bare, amount, flag, known, span

LARGE = (
    10**7
)  # a bare amount from here on is in 元: in 万元 it would be a thousand times a county's largest firm
NAMES = {"企业", "企业名称", "名称", "firm", "name", "company", "enterprise"}
ASIDE = {"note", "notes", "备注", "说明", "来源", "source", "信用代码", "统一社会信用代码", "creditcode", "演示", "demo", "funds", "基金"}  # fmt: skip
UNIT_KEYS, VALUE_KEYS, YEAR_KEYS = {"unit", "单位", "金额单位"}, {"value", "值", "数值"}, {"year", "年度", "年份", "period", "期间", "会计年度"}  # fmt: skip
NAME_KEYS = {"indicator", "measure", "指标", "科目", "项目"}
SUFFIX = {"wan": "万元", "wanyuan": "万元", "yi": "亿元", "yiyuan": "亿元", "yuan": "元", "rmb": "元", "pct": "%", "percent": "%"}  # fmt: skip
BACK = (
    (re.compile(r"^(?:最近一个?(?:会计)?年度?|最近1年|最近年|上年度?|上一年度?|当年|本年|报告期|latest|last|lastyear|currentyear|latestyear|recent|t|t0|y0)$"), 0),
    (re.compile(r"^(?:前一年度?|前1年|上上年|prev|prior|previous|previousyear|prioryear|lastbutone|t1|y1)$"), 1),
    (re.compile(r"^(?:前两年度?|前二年度?|前2年|t2|y2)$"), 2),
    (re.compile(r"^(?:前三年度?|前3年|t3|y3)$"), 3),
)  # fmt: skip
DIGITS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "two": 2, "three": 3}
RUN = re.compile(r"(?:最近|近|last|past)?([一两二三四五1-5]|two|three)(?:个?(?:会计)?年度?|yrs?|years?|y)")
TOTAL = (
    (re.compile(r"(?:合计|累计|总计|总额|之和|sum|total|cumulative)"), "sum"),
    (re.compile(r"(?:平均值?|均值|mean|average|avg)"), "mean"),
    (re.compile(r"(?:复合增长率|年均增长率|增长率|增速|同比增长|growthrate|growth|cagr)"), "growth"),
)


class UnreadableFacts(ValueError):
    """A facts file that cannot be used; the words say what and where."""


@dataclass(frozen=True, slots=True)
class _Way:
    """What the keys on the way to a leaf have said."""

    words: tuple[str, ...] = ()
    measure: Measure | None = None
    year: int | None = None
    back: int | None = None
    total: str = ""
    run: int = 0
    unit: str = ""


@dataclass(slots=True)
class _Found:
    """Leaves sorted into what they mean, before years and the unit of money are settled."""

    name: str = ""
    unit: str = ""
    years: list[int] = field(default_factory=list)
    absolute: list[tuple[Measure, int, Amount]] = field(default_factory=list)
    relative: list[tuple[Measure, int, Amount]] = field(default_factory=list)
    totals: dict[tuple[str, str, int], Amount] = field(default_factory=dict)
    single: dict[str, Amount | bool | str] = field(default_factory=dict)
    market: tuple[Amount | None, Amount | None] = (None, None)
    notes: list[str] = field(default_factory=list)


def read_facts(raw: Any) -> FirmFacts:
    """The facts of a parsed YAML document; UnreadableFacts with words when something in it cannot be right."""
    if not isinstance(raw, Mapping):
        raise UnreadableFacts("文件应是“名称: 值”的形式，例如 净利润: {2024: 3000万元, 2025: 4000万元}")
    found = _Found()
    _header(raw, found)
    for key, value in raw.items():
        _walk(str(key), value, _Way(), found)
    return _settled(found)


def _header(raw: Mapping[Any, Any], found: _Found) -> None:
    for key, value in raw.items():
        word = _plain(str(key))
        if word in UNIT_KEYS and isinstance(value, str):
            found.unit = value.strip()
        if (
            word in {"years", "年度", "会计年度"}
            and isinstance(value, list)
            and all(_is_year(v) for v in value)
        ):
            found.years = [_year(v) for v in value]


def _plain(text: str) -> str:
    return re.sub(r"[\s_\-·、:：的]", "", text.strip().lower())


def _is_year(value: Any) -> bool:
    return re.fullmatch(r"(19|20)\d\d(年度?|fy)?", _plain(str(value)).removeprefix("fy")) is not None


def _year(value: Any) -> int:
    return int(re.search(r"(?:19|20)\d\d", str(value)).group())  # type: ignore[union-attr]


def _walk(key: str, value: Any, way: _Way, found: _Found) -> None:
    word = _plain(key)
    heading = not way.words and word in UNIT_KEYS | {"years"}
    if heading or (
        word in YEAR_KEYS and isinstance(value, list) and not any(isinstance(v, Mapping) for v in value)
    ):
        return
    if word in ASIDE:
        return
    if word in NAMES and not way.measure and isinstance(value, str):
        found.name = value.strip()
        return
    way = _read_key(key, way)
    if way.measure is not None and _leaf(value, way):
        _take(value, way, found)
    elif isinstance(value, Mapping):
        _branch(value, way, found)
    elif isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        for one in value:
            _branch(one, way, found)
    elif known(value):
        found.notes.append(f"没有用到“{'·'.join(way.words)}”：不认识这个名称")


def _branch(value: Mapping[Any, Any], way: _Way, found: _Found) -> None:
    """A mapping: its own year, unit and name come first, then its leaves."""
    rest = {}
    for key, one in value.items():
        word = _plain(str(key))
        if word in YEAR_KEYS and known(one) and not isinstance(one, list | Mapping):
            way = replace(way, year=_year(one)) if _is_year(one) else _read_key(str(one), way)
        elif word in UNIT_KEYS and isinstance(one, str):
            way = replace(way, unit=one.strip())
        elif word in NAME_KEYS and isinstance(one, str):
            way = _read_key(one, way)
        else:
            rest[key] = one
    for key, one in rest.items():
        if _plain(str(key)) in VALUE_KEYS and way.measure is not None:
            _take(one, way, found)
        else:
            _walk(str(key), one, way, found)


def _leaf(value: Any, way: _Way) -> bool:
    if not isinstance(value, Mapping | list):
        return True
    if way.measure is not None and way.measure.code == MARKET_VALUE:
        return isinstance(value, list) or bool(
            {_plain(str(k)) for k in value} & {"low", "high", "min", "max", "下限", "上限", "最低", "最高", "least", "most", "from", "to"}
        )  # fmt: skip
    return isinstance(value, list) and not any(isinstance(one, Mapping) for one in value)


def _read_key(key: str, way: _Way) -> _Way:
    """Take unit, year, run and measure out of one key; what is left is a plain heading."""
    way = replace(way, words=(*way.words, key.strip()))
    brackets = re.search(r"[（(]([^）)]*)[）)]", key)
    if brackets and _is_unit(brackets.group(1)):
        way, key = (
            replace(way, unit=brackets.group(1).strip()),
            key[: brackets.start()] + key[brackets.end() :],
        )
    parts = re.split(r"[\s_\-]+", key.strip().lower())
    if len(parts) > 1 and parts[-1] in SUFFIX:
        way, key = replace(way, unit=SUFFIX[parts[-1]]), key[: len(key) - len(parts[-1])]
    word = _plain(key)
    if word in BY_NAME:
        return replace(way, measure=BY_NAME[word])
    return _read_word(re.sub(r"[（()）]", "", word), way)


def _is_unit(text: str) -> bool:
    return text.strip().lower() in {"元", "万元", "亿元", "千元", "百万元", "%", "％", "万", "亿", "wan", "yi", "rmb", "yuan"}  # fmt: skip


def _read_word(word: str, way: _Way) -> _Way:
    year = re.search(r"(?:fy)?((?:19|20)\d\d)(?:年度?|年末|fy)?", word)
    if year:
        way, word = replace(way, year=int(year.group(1))), word[: year.start()] + word[year.end() :]
    for pattern, kind in TOTAL:
        if word not in BY_NAME and (match := pattern.search(word)):
            way, word = replace(way, total=kind), word[: match.start()] + word[match.end() :]
            break
    run = RUN.search(word) if way.total else None
    if run:
        count = DIGITS.get(run.group(1)) or int(run.group(1))
        way, word = replace(way, run=count), word[: run.start()] + word[run.end() :]
    for pattern, back in BACK:
        if pattern.match(word):
            return replace(way, back=back)
    for name in sorted(BY_NAME, key=len, reverse=True):
        if name and name in word:
            left = word.replace(name, "", 1)
            said = next((back for pattern, back in BACK if pattern.match(left)), None)
            if left == "" or said is not None:
                return replace(way, measure=BY_NAME[name], back=way.back if said is None else said)
    return way


def _take(value: Any, way: _Way, found: _Found) -> None:
    measure = way.measure
    assert measure is not None
    if not known(value):
        return
    try:
        _sort(value, way, measure, found)
    except ValueError as problem:
        raise UnreadableFacts(f"{'·'.join(way.words)}：{problem}") from problem


def _sort(value: Any, way: _Way, measure: Measure, found: _Found) -> None:
    if measure.kind is Kind.FLAG:
        found.single[measure.code] = flag(value)
    elif measure.kind is Kind.WORDS:
        said = "、".join(map(str, value)) if isinstance(value, list) else str(value).strip()
        found.single[measure.code] = said
    elif measure.code == MARKET_VALUE:
        found.market = span(value, measure.kind, way.unit)
    elif way.total:
        key = (measure.code, way.total, way.run or 0)
        found.totals[key] = amount(value, Kind.RATIO if way.total == "growth" else measure.kind, way.unit)
    elif not measure.yearly:
        found.single[measure.code] = amount(value, measure.kind, way.unit)
    elif isinstance(value, list):
        for back, one in enumerate(reversed(value)):
            if known(one):
                _place(
                    measure, replace(way, back=back), amount(one, measure.kind, way.unit), found, len(value)
                )
    else:
        _place(measure, way, amount(value, measure.kind, way.unit), found)


def _place(measure: Measure, way: _Way, one: Amount, found: _Found, length: int = 0) -> None:
    if way.year is not None:
        found.absolute.append((measure, way.year, one))
    elif length and len(found.years) == length:  # the file's own line of years, in its own order
        found.absolute.append((measure, found.years[length - 1 - (way.back or 0)], one))
    else:
        found.relative.append((measure, way.back or 0, one))


def _settled(found: _Found) -> FirmFacts:
    """Years counted back from the last one, money in 元."""
    in_yuan = _money_reader(found)
    last = max((year for _, year, _ in found.absolute), default=None)
    series: dict[str, dict[int, Fraction]] = {}
    dated = [(measure, last - year, one) for measure, year, one in found.absolute] if last else []
    for measure, back, one in [*dated, *found.relative]:
        value = in_yuan(one)
        held = series.setdefault(measure.code, {})
        if back in held and held[back] != value:
            raise UnreadableFacts(f"{measure.label}同一年有两个不同的数，只留一个")
        held[back] = value
    _check_floors(series)
    _lower_profit(series, found.notes)
    single: dict[str, Value] = {
        code: in_yuan(one) if isinstance(one, Fraction | Bare) else one for code, one in found.single.items()
    }
    low, high = (None if one is None else in_yuan(one) for one in found.market)
    if low is not None and high is not None and low > high:
        raise UnreadableFacts("预计市值的下限高于上限")
    totals = {key: in_yuan(one) for key, one in found.totals.items()}
    return FirmFacts(found.name, series, totals, single, Span(low, high), last, tuple(found.notes))


def _money_reader(found: _Found) -> Any:
    """Choose the unit of bare amounts: the file's own, else 元 when one amount is large, else 万元. The notes say which."""
    everything = [one for _, _, one in (*found.absolute, *found.relative)]
    everything += [*found.totals.values(), *found.single.values(), *found.market]  # type: ignore[list-item]
    bare = [abs(one.number) for one in everything if isinstance(one, Bare)]
    unit = found.unit or ("元" if bare and max(bare) >= LARGE else "万元")
    if bare:
        found.notes.append(f"没有写单位的金额按{unit}读")

    def in_yuan(one: Amount) -> Fraction:
        if not isinstance(one, Bare):
            return one
        try:
            read = amount(str(one.number.numerator), Kind.MONEY, unit)
        except ValueError as problem:
            raise UnreadableFacts(str(problem)) from problem
        assert isinstance(read, Fraction)
        return read / one.number.denominator

    return in_yuan


def _check_floors(series: Mapping[str, Mapping[int, Fraction]]) -> None:
    for code, values in series.items():
        measure = BY_NAME[code.replace("_", "")]
        if measure.floor is not None and any(value < measure.floor for value in values.values()):
            raise UnreadableFacts(f"{measure.label}不能为负数")


def _lower_profit(series: dict[str, dict[int, Fraction]], notes: list[str]) -> None:
    """净利润: the lower of before and after non-recurring items; with one of them, that one, and said so."""
    before, after = series.pop("profit_before", {}), series.pop("profit_after", {})
    held = series.setdefault("net_profit", {})
    for back in {*before, *after} - set(held):
        held[back] = min(values[back] for values in (before, after) if back in values)
    if not held:
        del series["net_profit"]
    elif set(before) - set(after):
        notes.append("有的年份没有给扣非净利润，净利润按给出的数算；正式判断须取扣非前后较低者")
