"""Units of briefings (单位): how many of the base unit one is, and whether two units may be compared."""

from dataclasses import dataclass
from fractions import Fraction

MULTIPLIERS = {
    "百": 10**2,
    "千": 10**3,
    "万": 10**4,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "万亿": 10**12,
}
# One unit → its dimension and its size in it. 工作日 is a dimension of its own: calendars decide what it is in days.
SIZES: dict[str, tuple[str, int | Fraction]] = {
    "分钟": ("time", 1), "小时": ("time", 60), "天": ("time", 1440), "日": ("time", 1440), "自然日": ("time", 1440),
    "个小时": ("time", 60), "周": ("time", 10080),
    "工作日": ("working", 1), "个工作日": ("working", 1),
    "亩": ("area", 1), "公顷": ("area", 15), "平方公里": ("area", 1500),
    "元": ("元", 1), "美元": ("美元", 1), "吨": ("吨", 1), "公斤": ("吨", Fraction(1, 1000)), "公里": ("公里", 1), "千瓦时": ("千瓦时", 1), "度": ("千瓦时", 1),
    "千瓦": ("千瓦", 1), "兆瓦": ("千瓦", 1000), "秒": ("time", Fraction(1, 60)), "个月": ("月", 1),
    "%": ("rate", 1), "‰": ("rate", 1),
}  # fmt: skip
COUNTED = "家户个位通只部篇册片组队幅件项宗起条批份名人次场笔台套所座处单例亩块艘辆张封本支栋幢间趟类款株头站"
MEASURES = (
    "平方公里|平方米|立方米|千瓦时|千瓦|兆瓦|吨标煤|标箱|公斤|个月|秒|度(?!假)|工作日|自然日|个工作日|个小时|分钟|小时|公顷|公里|美元|人次|户次|家次|件次|个次|场次|批次|件套|家当量|"
    "元|吨|天|日|周|岁|亩|米|分|" + "|".join(COUNTED)
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: dimension and size; `name` as it was written, without 万 and 亿."""

    name: str
    dimension: str
    size: Fraction


def unit_of(text: str) -> Unit:
    """Read 万元, 个工作日, 亿件; an unknown word is a dimension of its own, nothing is a bare count."""
    text, factor = text.strip(), 1
    for word in sorted(MULTIPLIERS, key=len, reverse=True):
        if text.startswith(word) and text not in SIZES:
            text, factor = text.removeprefix(word), MULTIPLIERS[word]
            break
    dimension, size = SIZES.get(text, (_count_word(text), 1))
    return Unit(text, dimension, Fraction(size) * factor)


def _count_word(text: str) -> str:
    """Count words mean the same (家, 户, 个); what counts occasions (户次, 人次) is another thing."""
    if not text or text in COUNTED:
        return ""
    return "times" if text.endswith("次") else text


def comparable(one: Unit, other: Unit) -> bool:
    """May values of the two be compared? A bare number goes with any count."""
    if one.dimension == other.dimension:
        return True
    return not one.name or not other.name


def undecided(one: Unit, other: Unit) -> bool:
    """Do the two look alike but count differently: 工作日 and 天, 人 and 人次?"""
    pair = {one.dimension, other.dimension}
    return pair == {"time", "working"} or pair == {"", "times"}
