"""Explanation (预警说明): why a firm is on the list, in parts that add up to its score and in words with figures."""

from dataclasses import dataclass

import numpy as np

from sanfu.kernel.monitoring.features import words_of
from sanfu.kernel.monitoring.panel import FLAGS, SERIES_UNITS, Floats, month_text, said_number
from sanfu.kernel.monitoring.trial import Prepared
from sanfu.kernel.monitoring.weights import Weights


@dataclass(frozen=True)
class Part:
    """One reason: a series or a kind of public record, what it adds to the score, and what was seen."""

    group: str
    points: float
    words: str


@dataclass(frozen=True)
class Explanation:
    """score = base + Σ points of the parts; base is the score of a firm that gives no sign."""

    score: float
    base: float
    parts: tuple[Part, ...]

    @property
    def chance(self) -> float:
        """The score as a probability, true as far as the weights are calibrated."""
        return float(1.0 / (1.0 + np.exp(-self.score)))


def explain(world: Prepared, weights: Weights, firm: int, month: int) -> Explanation:
    """Explanation of one firm and month, strongest part first.

    The base is the score of all features at 0, so a part is what its group adds to a firm without any sign.
    """
    values = world.features.values[firm, month]
    points = values / weights.spread * weights.weight
    base = weights.bias - float((weights.mean / weights.spread) @ weights.weight)
    groups: dict[str, float] = {}
    for group, point in zip(world.features.groups, points, strict=True):
        groups[group] = groups.get(group, 0.0) + float(point)
    parts = [Part(group, point, _words(world, group, firm, month)) for group, point in groups.items()]
    parts.sort(key=lambda part: -part.points)
    return Explanation(base + sum(part.points for part in parts), base, tuple(parts))


def _words(world: Prepared, group: str, firm: int, month: int) -> str:
    if group in world.panel.series:
        return _series_words(world, group, firm, month)
    if group in FLAGS:
        return _flag_words(world, group, firm, month)
    return f"{words_of(group)}：两项指标同时低于同行"


def _series_words(world: Prepared, group: str, firm: int, month: int) -> str:
    index = world.panel.series.index(group)
    value = world.panel.values[firm, month, index]
    name, when = words_of(group), month_text(world.panel.first + month)
    if np.isnan(value):
        return f"{name}：{when} 没有可用的数"
    left, scale = world.adjusted.residual[firm, :, index], world.adjusted.scale[firm, month, index]
    if np.isnan(left[month]) or np.isnan(scale):
        return f"{name} {when} {said_number(value)} {SERIES_UNITS[group]}，历史不足，未作比较"
    low, lasts = float(np.exp(left[month]) - 1), _lasting(left, float(scale), month)
    side = "低于" if low < 0 else "高于"
    since = f"，已连续 {lasts} 个月偏低" if lasts > 1 else ""
    return (
        f"{name} {when} {said_number(value)} {SERIES_UNITS[group]}，扣除同行业与本企业常态后{side}应有水平 {abs(low):.0%}"
        f"（平时波动 ±{float(np.exp(scale) - 1):.0%}）{since}"
    )


def _lasting(left: Floats, scale: float, month: int) -> int:
    """Months in a row, up to this one, that lie below by more than the usual scatter."""
    count = 0
    while month - count >= 0 and left[month - count] < -scale:
        count += 1
    return count


def _flag_words(world: Prepared, group: str, firm: int, month: int) -> str:
    marks = world.panel.flags[firm, max(0, month - 11) : month + 1, FLAGS.index(group)]
    months = [month_text(world.panel.first + max(0, month - 11) + int(at)) for at in np.flatnonzero(marks)]
    if not months:
        return f"{words_of(group)}：近一年没有"
    return f"{words_of(group)} {int(marks.sum())} 条（{'、'.join(months)}）"


def curve(world: Prepared, firm: int, series: str) -> list[dict[str, float | str | None]]:
    """A series against its peers, month by month: the value, and what peers and the firm's own level would lead to expect.

    `low` and `high` are one usual scatter around the expected value.
    """
    index = world.panel.series.index(series)
    left, scale = world.adjusted.residual[firm, :, index], world.adjusted.scale[firm, :, index]
    rows: list[dict[str, float | str | None]] = []
    for month in range(world.panel.months):
        value = world.panel.values[firm, month, index]
        expected = value / np.exp(left[month])
        spread = np.exp(scale[month])
        rows.append(
            {
                "month": month_text(world.panel.first + month),
                "value": _plain(value), "expected": _plain(expected),
                "low": _plain(expected / spread), "high": _plain(expected * spread),
            }
        )  # fmt: skip
    return rows


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
