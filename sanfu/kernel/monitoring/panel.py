"""Monthly series of many firms as one array: firms × months × series, with gaps as NaN and public flags beside it."""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SERIES = ("power", "invoices", "tax", "insured")
SERIES_WORDS = {"power": "用电量", "invoices": "开票额", "tax": "入库税额", "insured": "参保人数"}
SERIES_UNITS = {"power": "千瓦时", "invoices": "万元", "tax": "万元", "insured": "人"}
FLAGS = ("court", "arrear", "wage", "equity", "addr")
FLAG_WORDS = {
    "court": "被执行记录",
    "arrear": "欠税公告",
    "wage": "欠薪线索",
    "equity": "股权变更",
    "addr": "住所变更",
}


def month_number(text: str) -> int:
    """Months since year 0 of "2026-03"; ValueError when it is not a month."""
    year, dash, month = text.strip().partition("-")
    if not dash or len(year) != 4 or not (year + month).isdigit() or not 1 <= int(month) <= 12:
        raise ValueError(f"“{text}”不是月份，应写作 2026-03")
    return int(year) * 12 + int(month) - 1


def month_said(text: str) -> int:
    """Month number of a month as people write it: 2026-03, 2026/3, 2026年3月, 202603, 2026-03-01; ValueError otherwise."""
    plain = text.replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-").replace(".", "-")
    plain = plain.strip(" -").split(" ")[0].split("T")[0]
    if plain.isdecimal() and len(plain) in {6, 8}:
        plain = f"{plain[:4]}-{plain[4:6]}"
    parts = plain.split("-")
    if len(parts) < 2 or not all(part.isdecimal() for part in parts):
        raise ValueError(f"“{text}”不是月份，应写作 2026-03")
    return month_number(f"{parts[0]}-{parts[1].zfill(2)}")


def month_text(number: int) -> str:
    """The month "2026-03" of a month number."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def said_number(value: float) -> str:
    """A reading as people read it: thousands apart, decimals only where they say something."""
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:,.4g}"


@dataclass(frozen=True)
class Panel:
    """Series of one county.

    values: [firm, month, series], NaN for what is missing; the unit of a series is the same for all firms.
    flags: [firm, month, kind], how many public records of a kind came in a month.
    industries: one code a firm; peers are firms of one code.
    """

    firms: tuple[str, ...]
    industries: tuple[str, ...]
    first: int
    values: Floats
    flags: Floats
    series: tuple[str, ...] = SERIES

    @property
    def months(self) -> int:
        """Number of months."""
        return int(self.values.shape[1])

    def month_texts(self) -> list[str]:
        """Names of the columns, oldest first."""
        return [month_text(self.first + index) for index in range(self.months)]

    def with_values(self, values: Floats) -> "Panel":
        """The same firms and months with other numbers, as cleaning leaves them."""
        return replace(self, values=values)


def panel_of(
    readings: Iterable[tuple[str, str, int, int, float]],
    flags: Iterable[tuple[str, int, str]],
    series: tuple[str, ...] = SERIES,
    span: range | None = None,
) -> Panel:
    """Panel of rows (firm, industry, month, series index, value) and flags (firm, month, kind).

    A later row of the same firm, month and series replaces an earlier one. Flags of unknown firms, of unknown kinds
    or outside the months are left out. `span`: its months, else those from the first reading to the last. ValueError
    without any reading.
    """
    place: dict[str, int] = {}
    industry: list[str] = []
    firms, months, kinds, numbers = array("q"), array("q"), array("q"), array("d")
    for (
        firm,
        trade,
        month,
        kind,
        value,
    ) in readings:  # packed: a list of tuples would take seven times the room
        at = place.setdefault(firm, len(place))
        if at == len(industry):
            industry.append(trade)
        industry[at] = trade
        firms.append(at)
        months.append(month)
        kinds.append(kind)
        numbers.append(value)
    if not numbers:
        raise ValueError("没有任何月度数据")
    names = sorted(place)
    order = np.empty(len(names), dtype=np.int64)
    order[[place[name] for name in names]] = np.arange(len(names))
    span = span or range(min(months), max(months) + 1)
    first, count = span.start, len(span)
    values = np.full((len(names), count, len(series)), np.nan)
    values[order[np.asarray(firms)], np.asarray(months) - first, np.asarray(kinds)] = np.asarray(numbers)
    marks = _flag_counts(flags, {name: at for at, name in enumerate(names)}, first, count)
    return Panel(tuple(names), tuple(industry[place[name]] for name in names), first, values, marks, series)


def _flag_counts(
    flags: Iterable[tuple[str, int, str]], place: Mapping[str, int], first: int, months: int
) -> Floats:
    counts = np.zeros((len(place), months, len(FLAGS)))
    kinds = {kind: index for index, kind in enumerate(FLAGS)}
    for firm, month, kind in flags:
        if firm in place and kind in kinds and 0 <= month - first < months:
            counts[place[firm], month - first, kinds[kind]] += 1
    return counts


def industry_numbers(panel: Panel, smallest: int = 8) -> Ints:
    """A peer group for each firm: its industry, or a shorter code of at least `smallest` firms, or −1: all firms.

    A firm of C2651 in a county with three of them is compared with C26, then with C, then with everybody.
    """
    group = np.array(panel.industries, dtype=object)
    for length in range(max(map(len, panel.industries)), 0, -1):
        names, place, counts = np.unique(group.astype(str), return_inverse=True, return_counts=True)
        shorter = np.array(
            [name[: length - 1] if len(name) == length else name for name in names], dtype=object
        )
        group = np.where(counts[place] < smallest, shorter[place], group)
    names, place, counts = np.unique(group.astype(str), return_inverse=True, return_counts=True)
    lone = (names == "") | (counts < smallest)
    return np.where(lone[place], -1, place).astype(np.int64)
