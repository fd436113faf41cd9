"""Amounts as people write them: 2亿元, 1,500 万, 8%, 是; a bare amount of money keeps its number until the file's unit is known."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sanfu.kernel.capital.measures import Kind
from sanfu.kernel.rules.language.quantities import exact

MONEY = {
    "万亿元": 10**12, "万亿": 10**12, "亿元": 10**8, "亿": 10**8, "千万元": 10**7, "千万": 10**7, "百万元": 10**6,
    "百万": 10**6, "万元": 10**4, "万": 10**4, "千元": 10**3, "元": 1, "yuan": 1, "rmb": 1, "cny": 1,
    "wan": 10**4, "yi": 10**8, "million": 10**6, "billion": 10**9,
}  # fmt: skip
FOREIGN = ("港元", "港币", "美元", "hkd", "usd", "欧元", "eur")
LEAST, MOST = Fraction(1, 10**9), 10**15  # of a number as it is written, before its unit
NUMBER = re.compile(r"^([+\-−]?[\d,，]*\.?\d+(?:e[+-]?\d+)?)\s*(.*)$", re.IGNORECASE)
YES = {"是", "有", "已", "满足", "符合", "yes", "true", "y", "1", "已取得", "在", "属于"}
NO = {"否", "无", "没有", "未", "不是", "不", "no", "false", "n", "0", "未取得", "不满足", "不符合", "不属于"}
NOT_KNOWN = {
    "",
    "未知",
    "不详",
    "待定",
    "不清楚",
    "—",
    "-",
    "/",
    "n/a",
    "na",
    "none",
    "null",
    "unknown",
    "tbd",
}


@dataclass(frozen=True, slots=True)
class Bare:
    """An amount of money without a unit."""

    number: Fraction


Amount = Fraction | Bare


def known(raw: Any) -> bool:
    """Whether something was said at all; an empty cell and 未知 are not a value."""
    return raw is not None and not (isinstance(raw, str) and raw.strip().lower() in NOT_KNOWN)


def amount(raw: Any, kind: Kind, unit: str = "") -> Amount:
    """A number of a kind in 元, as a share of one, or as a count. ValueError with words otherwise."""
    if isinstance(raw, bool | date | datetime):
        raise ValueError(f"不是数：{raw}")
    if not isinstance(raw, str):
        return _sized(exact(raw), unit, kind, written=unit != "")
    found = NUMBER.match(raw.strip().replace("−", "-").replace("（", "(").replace("人民币", ""))
    if not found:
        raise ValueError(f"不是数：{raw}")
    own = found.group(2).strip().strip("()").strip().lower()
    return _sized(exact(found.group(1)), own or unit, kind, written=bool(own or unit))


def _sized(number: Fraction, unit: str, kind: Kind, written: bool) -> Amount:
    if number and not LEAST <= abs(number) < MOST:  # growth over years is a float, which such numbers leave
        raise ValueError("这个数大得或小得不像企业的数，请核对位数和单位")
    if kind is Kind.MONEY:
        if unit in FOREIGN:
            raise ValueError(f"{unit}不能当作人民币，请折算后填写")
        if not written:
            return Bare(number)
        if unit not in MONEY:
            raise ValueError(f"不认识的金额单位“{unit}”，请写元、万元或亿元")
        return number * MONEY[unit]
    if kind is Kind.RATIO:
        if unit in {"%", "％", "pct", "percent", "个百分点"}:
            return number / 100
        if unit:
            raise ValueError(f"不认识的比例单位“{unit}”，请写成 8% 或 0.08")
        return number / 100 if abs(number) > 1 else number
    return number


def flag(raw: Any) -> bool:
    """是 or 否. ValueError with words otherwise."""
    if isinstance(raw, bool):
        return raw
    text = str(raw).strip().lower()
    if text in YES or text in NO:
        return text in YES
    raise ValueError(f"请写“是”或“否”，不是“{raw}”")


def span(raw: Any, kind: Kind, unit: str = "") -> tuple[Amount | None, Amount | None]:
    """A range: {low, high}, [low, high], "10亿元至15亿元", "不低于2亿元", or one amount as both ends."""
    if isinstance(raw, dict):
        ends = {
            "low": ("low", "min", "least", "下限", "最低", "from"),
            "high": ("high", "max", "most", "上限", "最高", "to"),
        }
        low, high = (next((raw[key] for key in keys if key in raw), None) for keys in ends.values())
        if low is None and high is None:
            raise ValueError("区间请写 low、high（下限、上限）")
        return (_end(low, kind, unit), _end(high, kind, unit))
    if isinstance(raw, list | tuple):
        if len(raw) != 2:
            raise ValueError("区间请写两个数：下限和上限")
        return (_end(raw[0], kind, unit), _end(raw[1], kind, unit))
    if isinstance(raw, str):
        text = raw.strip().replace(" ", "")
        if text.startswith(("不低于", "至少", ">=", "≥")):
            return (amount(text.removeprefix("不低于").removeprefix("至少").lstrip(">=≥"), kind, unit), None)
        parts = re.split(r"[~～—–至到]|(?<=[\d元亿万])-(?=\d)", text)
        if len(parts) == 2 and all(parts):
            high = parts[1]
            tail = NUMBER.match(high)
            shared = tail.group(2) if tail else ""
            low = parts[0] if not parts[0][-1].isdigit() else parts[0] + shared
            return (amount(low, kind, unit), amount(high, kind, unit))
    one = amount(raw, kind, unit)
    return (one, one)


def _end(raw: Any, kind: Kind, unit: str) -> Amount | None:
    return amount(raw, kind, unit) if known(raw) else None
