"""Redevelopment options (盘活方案): what a parcel could become, with plot ratio, per-mu figure, cost, months and cash.

Before and after use one area basis and one way of counting floors. A per-mu figure (亩均) always carries the name of
its numerator; without a name there is no figure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sanfu.kernel.land.areas import mu_of
from sanfu.kernel.land.far import Counted, FarRule, Storey, count
from sanfu.kernel.land.wording import BELOW, EQUAL, Change


@dataclass(frozen=True, slots=True)
class Site:
    """A parcel as it stands. `far_bound` 不足: the old ratio is only known to be below `far`."""

    square_metres: Fraction
    far: Fraction | None
    far_bound: str = EQUAL
    numerator: str = ""
    per_mu: Fraction | None = None  # 万元/亩 of the numerator


@dataclass(frozen=True, slots=True)
class Way:
    """A way of redevelopment as content: 自主改造, 收储, 分割转让 …, with unit cost and durations."""

    id: str
    name: str
    cost_per_square_metre: Fraction  # 元 per m² of new gross floor
    land_cost_per_mu: Fraction  # 万元 per 亩, paid at the start (收储、回购)
    months_before: int  # talks, plan, permits
    months_per_10000: Fraction  # building months per 10,000 m² gross
    months_least: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One option computed. `cash` is 万元 spent in each half-year from today, adding up to `cost` exactly."""

    way: Way
    land_mu: Fraction
    floor: Counted
    far: Fraction
    coverage: Fraction
    added: Fraction  # counted m² more than now; a lower bound when the old ratio is 不足
    cost: Fraction
    months: int
    cash: tuple[Fraction, ...]
    numerator: str
    per_mu: Fraction | None
    sentences: Mapping[str, str]
    warnings: tuple[str, ...]


def plan(
    site: Site,
    way: Way,
    storeys: Sequence[Storey],
    rule: FarRule,
    expected: Fraction | None = None,
    far_limit: Fraction | None = None,
) -> Option:
    """`expected` is the numerator's 万元 a year afterwards; `far_limit` the planned maximum. ValueError without land or floors."""
    if site.square_metres <= 0 or not storeys:
        raise ValueError("没有土地面积或没有楼层，算不出方案")
    floor, land = count(storeys, rule), mu_of(site.square_metres)
    far, coverage = floor.ratio(site.square_metres), storeys[0].square_metres / site.square_metres
    building = floor.gross * way.cost_per_square_metre / 10_000
    land_cost = land * way.land_cost_per_mu
    months = max(way.months_least, -int(-floor.gross / 10_000 * way.months_per_10000 // 1))
    per_mu = expected / land if expected is not None and site.numerator else None
    return Option(
        way, land, floor, far, coverage,
        floor.counted - (site.far or 0) * site.square_metres,
        building + land_cost, way.months_before + months,
        _cash(land_cost, building, way.months_before, months),
        site.numerator, per_mu, _sentences(site, far, per_mu),
        tuple(_warnings(site, far, coverage, far_limit, floor, expected)),
    )  # fmt: skip


def _cash(land: Fraction, building: Fraction, before: int, months: int) -> tuple[Fraction, ...]:
    """Land at the start; building evenly over its months; summed by half-years."""
    halves = [Fraction(0)] * max(1, -(-(before + months) // 6))
    halves[0] += land
    for month in range(before, before + months):
        halves[month // 6] += building / months
    return tuple(halves)


def _sentences(site: Site, far: Fraction, per_mu: Fraction | None) -> dict[str, str]:
    found = {}
    if site.far:
        times = Change(site.far, far, site.far_bound).sentences()
        low = "不足 " if site.far_bound == BELOW else ""
        found["容积率"] = f"容积率由{low}{_said(site.far)}到 {_said(far)}，{'，'.join(times.values())}"
    if per_mu is not None and site.per_mu:
        times = Change(site.per_mu, per_mu).sentences()
        name = site.numerator
        found["亩均"] = (
            f"亩均{name}由 {_said(site.per_mu)} 到 {_said(per_mu)} 万元，{'，'.join(times.values())}"
        )
    return found


def _said(value: Fraction) -> str:
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def _warnings(
    site: Site,
    far: Fraction,
    coverage: Fraction,
    limit: Fraction | None,
    floor: Counted,
    expected: Fraction | None,
) -> list[str]:
    found = []
    if coverage > 1:
        found.append("首层面积大于土地面积，方案不成立")
    if limit is not None and far > limit:
        found.append(f"容积率 {_said(far)} 超过规划上限 {_said(limit)}")
    if floor.doubled:
        storeys = "、".join(str(n) for n in floor.doubled)
        found.append(f"第 {storeys} 层层高超过计容限高，按两倍计入容积率")
    if expected is not None and not site.numerator:
        found.append("没有写明亩均的分子（税收还是产值），不计算亩均")
    return found


def read_ways(raw: Sequence[Mapping[str, Any]]) -> list[Way]:
    """Ways of a content file. KeyError names a missing field."""
    return [
        Way(
            str(r["id"]), str(r["名"]), Fraction(str(r["造价"])), Fraction(str(r["土地成本"])),
            int(r["前期月数"]), Fraction(str(r["每万平方米月数"])), int(r["最短月数"]), str(r.get("依据", "")),
        )
        for r in raw
    ]  # fmt: skip
