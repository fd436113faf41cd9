"""Cleaning (数据质量): what is a mistake of reporting leaves the series and goes to a person, never to an alert."""

from dataclasses import dataclass

import numpy as np

from sanfu.kernel.monitoring.panel import SERIES_WORDS, Bools, Floats, Panel, month_text, said_number

POWERS = (1, 3, 4)  # 十倍、千倍（瓦时与千瓦时）、万倍（元与万元）
NEAR = 0.16  # of a power of ten, in log10: a factor of 7 to 14.5 counts as ten
CALM = 0.30  # other series may move by a factor of two in the same month
FAR = 6.0  # times the firm's own usual scatter: a series that often jumps tells nothing
LASTING = 3  # months in the new unit after which the unit is taken as changed
MEMORY = 9  # months that make the level a value is held against


@dataclass(frozen=True)
class Issue:
    """A reading that a person must look at: what stands there, what it would be, and why it was left out."""

    firm: str
    month: str
    series: str
    kind: str
    value: float
    instead: float | None

    @property
    def words(self) -> str:
        """The finding as a sentence for the officer who keeps the data."""
        name = SERIES_WORDS.get(self.series, self.series)
        if self.kind == "negative":
            return f"{self.month} {name}为负数（{said_number(self.value)}），本月按缺失处理"
        if self.kind == "doubled":
            return f"{self.month} {name}有两个不同的数，已按后一个（{said_number(self.value)}）计"
        shown = "" if self.instead is None else f"，疑为 {said_number(self.instead)}"
        return f"{self.month} {name}为 {said_number(self.value)}，与本企业近月相差约十的整数次方倍，其他指标平稳{shown}；疑似单位填错"


def clean(panel: Panel, trusted: Bools | None = None) -> tuple[Panel, list[Issue]]:
    """The panel without negative values and unit errors, and the list of what was taken out.

    A value is a unit error when it stands near a power of ten (10, 1,000, 10,000) away from the firm's own recent
    level, what all firms do that month taken away, while the firm's other series stay calm. It is judged by earlier months only, so a past month never changes
    its verdict. Once the new unit has lasted, later values are brought back by that power of ten.
    trusted: [firm, month, series], readings that a person vouched for; they stay as they are.
    """
    values = panel.values.copy()
    doubted = np.ones(values.shape, dtype=bool) if trusted is None else ~trusted
    negative = (values < 0) & doubted
    issues = _issues(panel, negative, "negative", None)
    values[negative] = np.nan
    with np.errstate(divide="ignore"):
        logs = np.where(values > 0, np.log10(np.where(values > 0, values, 1.0)), np.nan)
    shift = _shifts(logs) * doubted
    wrong = shift != 0
    issues += _issues(panel, wrong, "unit", values * 10.0 ** (-shift))
    lasting = wrong.copy()
    for back in range(1, LASTING):
        lasting[:, back:] &= wrong[:, :-back] & (shift[:, back:] == shift[:, :-back])
        lasting[:, :back] = False
    values = np.where(lasting, values * 10.0 ** (-shift), np.where(wrong, np.nan, values))
    return panel.with_values(values), issues


def _shifts(logs: Floats) -> Floats:
    """[firm, month, series]: the power of ten that a value stands away by, 0 when it is in its usual unit."""
    months = logs.shape[1]
    right = logs.copy()
    shift = np.zeros_like(logs)
    for month in range(3, months):
        window = right[:, max(0, month - MEMORY) : month]
        level = _median(window)
        away = logs[:, month] - level
        away -= _median(away[None])
        usual = 1.4826 * _median(np.abs(window - level[:, None]))
        quiet = _others_calm(away) & (np.abs(away) > FAR * usual)
        for power in POWERS:
            for signed in (power, -power):
                hit = quiet & (np.abs(away - signed) < NEAR)
                shift[:, month][hit] = signed
        right[:, month] = logs[:, month] - shift[:, month]
    return shift


def _others_calm(away: Floats) -> Bools:
    """[firm, series]: the firm has other readings this month, and all of them are calm."""
    known, calm = ~np.isnan(away), np.abs(away) < CALM
    others = known.sum(axis=1, keepdims=True) - known
    return np.asarray((others > 0) & (others == calm.sum(axis=1, keepdims=True) - calm))


def _median(window: Floats) -> Floats:
    """Median over months of [firm, month, series]; NaN where fewer than three are known."""
    enough = (~np.isnan(window)).sum(axis=1) >= 3
    filled = np.where(enough[:, None, :], window, 0.0)
    return np.where(enough, np.nanmedian(filled, axis=1), np.nan)


def _issues(panel: Panel, found: Bools, kind: str, instead: Floats | None) -> list[Issue]:
    return [
        Issue(
            panel.firms[firm],
            month_text(panel.first + month),
            panel.series[index],
            kind,
            float(panel.values[firm, month, index]),
            None if instead is None else float(instead[firm, month, index]),
        )
        for firm, month, index in np.argwhere(found)
    ]
