"""Cases of 分值制: points and a pool, or points and a price."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sanfu.kernel.rules.awards.points import share_pool
from sanfu.kernel.rules.examples.clause_fields import PRICES
from sanfu.kernel.rules.examples.inputs import SHORT_MONEY, UnreadableCase
from sanfu.kernel.rules.examples.payouts import WAN, plain
from sanfu.kernel.rules.language.quantities import MONEY, exact, split_quantity, unit_of

POOLS = {
    "pool": "万元",
    "pool_wan": "万元",
    "pool_yuan": "元",
    "pool_yi": "亿元",
    "资金池": "万元",
    "资金": "万元",
}
POINTS = ("points", "score", "scores", "分值", "积分")
COUNTS = ("counts", "count", "户数", "家数")
WEIGHTS = ("weights", "weight", "每户分值", "单位分值")


def share_case(case: Mapping[str, Any]) -> dict[str, object]:
    """The price of a point and everyone's share, in 万元; `total_points` and the pool beside them."""
    points = _points(case)
    total = sum(points.values(), Fraction(0))
    price = next((_money(case[key], "万元") for key in PRICES if key in case), None)
    if price is None:
        shares = share_pool(points, int(_pool(case)))
        price = None if shares is None else shares.price
    each = {name: plain(p * price / WAN) if price is not None else 0 for name, p in points.items()}
    said = None if price is None else plain(price / WAN)
    pool = None if price is None else plain(price * total / WAN)
    sums = dict.fromkeys(("total_points", "total", "总分"), plain(total))
    return {**sums, "pool": pool, "pool_wan": pool, "price": said, "price_wan": said, "单价": said,
            "shares": each, **each}  # fmt: skip


def _points(case: Mapping[str, Any]) -> dict[str, Fraction]:
    """By name; a list is numbered; counts of firms are multiplied with the points of each."""
    raw = next((case[key] for key in POINTS if key in case), None)
    counts = next((case[key] for key in COUNTS if key in case), None)
    each = next((case[key] for key in WEIGHTS if key in case), None)
    if isinstance(raw, list):
        raw = {str(place): value for place, value in enumerate(raw, 1)}
    if counts is None and each is not None:
        counts, raw = raw, each
    elif each is not None:
        raw = each
    if not isinstance(raw, Mapping):
        raise UnreadableCase('points 要写成 {"甲": 5, "乙": 1}')
    points = {str(name): exact(value) for name, value in raw.items()}
    if isinstance(counts, Mapping):
        points = {name: value * exact(counts.get(name, 0)) for name, value in points.items()}
    if any(value < 0 for value in points.values()):
        raise UnreadableCase("分值不能为负")
    return points


def _pool(case: Mapping[str, Any]) -> Fraction:
    found = next(((case[key], unit) for key, unit in POOLS.items() if case.get(key) is not None), None)
    if found is None:
        raise UnreadableCase("没有资金池；写 pool_wan(万元)")
    pool = _money(*found)
    if pool < 0:
        raise UnreadableCase("资金池不能为负")
    return pool


def _money(raw: object, unit: str) -> Fraction:
    """In 分: a number in `unit`, or a text with its own unit such as 60万元."""
    if isinstance(raw, str) and re.search(r"\D$", raw.strip()):
        digits, unit = split_quantity(f"{raw}元" if SHORT_MONEY.match(raw) else raw)
        raw = digits
    known = unit_of(unit)
    if known is None or known[1] != MONEY:
        raise UnreadableCase(f"不是金额的单位：{unit}")
    return exact(raw) * known[0]
