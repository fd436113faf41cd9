"""Invented counties (演示): monthly series of firms with planted events, to try, to test and to learn weights on.

A firm's log series is its own level plus industry season, industry and county cycle, growth, an order book that
comes and goes, its own shut weeks around the festival, and noise. Beside the events stand things that look like
one: rooftop panels (less power from the grid, same sales), an overhaul month, a unit error, a lost order that returns.
Figures are ours, chosen so that the scatter of the series is that of small and middle manufacturers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sanfu.kernel.monitoring.panel import FLAGS, Bools, Floats, Panel
from sanfu.kernel.monitoring.reading import Event

KINDS = ("stop", "move", "wage", "cash")
KIND_WORDS = {"stop": "停减产", "move": "外迁", "wage": "欠薪", "cash": "资金链紧张"}
KIND_SHARES = (0.35, 0.20, 0.20, 0.25)
# How deep each series falls when an event is at its full depth, by kind: power, invoices, tax, insured.
WEIGHT = {
    "stop": (1.00, 0.80, 0.70, 0.35),
    "move": (0.75, 0.95, 0.80, 0.70),
    "wage": (0.45, 0.85, 0.70, 0.55),
    "cash": (0.35, 0.95, 0.85, 0.25),
}
BEHIND = (0, 0, 1, 1)  # least months that a series answers later; up to one more by chance
DEPTH = {"stop": (0.5, 1.3), "move": (0.4, 1.1), "wage": (0.25, 0.75), "cash": (0.25, 0.85)}
RAMP = {"stop": (1, 3), "move": (3, 8), "wage": (2, 6), "cash": (3, 7)}
PUBLIC = {"stop": (3, 6), "move": (4, 9), "wage": (3, 7), "cash": (4, 8)}
BASE_FLAGS = (0.0065, 0.0065, 0.0025, 0.0060, 0.0035)  # a month, in the order of FLAGS
RAISED = {
    "stop": (0.03, 0.05, 0.0, 0.0, 0.0),
    "move": (0.0, 0.01, 0.0, 0.09, 0.09),
    "wage": (0.07, 0.09, 0.14, 0.0, 0.0),
    "cash": (0.11, 0.09, 0.0, 0.03, 0.0),
}


@dataclass(frozen=True)
class Setting:
    """How restless a county is: `noise` scales all noise, `traps` the things that look like events."""

    firms: int = 400
    months: int = 36
    industries: int = 14
    noise: float = 1.0
    traps: float = 1.0
    events: float = 0.15


PLAIN = Setting()
HARD = Setting(noise=1.5, traps=2.0)


@dataclass(frozen=True)
class World:
    """A panel and what was planted in it."""

    panel: Panel
    events: tuple[Event, ...]


def make_world(
    seed: int, first: int, new_years: Sequence[date], setting: Setting = PLAIN, county: int | None = None
) -> World:
    """One county whose months begin at month number `first`; the same seed gives the same county.

    county: seed of the seasons and cycles of county and industries, for worlds that are parts of one county.
    """
    maker = _Maker(np.random.default_rng(seed), first, new_years, setting, county)
    return maker.world()


class _Maker:
    """The steps of one county, in order, on one stream of random numbers."""

    def __init__(
        self,
        random: np.random.Generator,
        first: int,
        new_years: Sequence[date],
        setting: Setting,
        county: int | None,
    ) -> None:
        self.random, self.first, self.new_years, self.setting = random, first, new_years, setting
        self.shared = random if county is None else np.random.default_rng(county)
        self.shape = (setting.firms, setting.months)
        self.industry = random.integers(0, setting.industries, setting.firms)

    def world(self) -> World:
        """Levels, cycles, festival, traps, events, noise, gaps; then flags."""
        logs = self._levels()
        logs += self._cycles()
        logs += self._growth_and_orders()
        logs[:, :, 0] += self._festival(0.15)
        logs[:, :, 1] += self._festival(0.35) * 0.5
        self._traps(logs)
        events = self._events(logs)
        logs += self._noise()
        values = np.exp(logs)
        values[:, :, 3] = np.maximum(np.round(values[:, :, 3]), 1.0)
        self._unit_errors(values)
        self._gaps(values)
        firms = tuple(f"Y{index:05d}" for index in range(self.setting.firms))
        industries = tuple(f"C{code + 13:02d}" for code in self.industry)
        panel = Panel(firms, industries, self.first, values, self._flags(events))
        told = tuple(
            Event(firms[who], self.first + at, self.first + at + after, kind)
            for who, at, after, kind in events
        )
        return World(panel, told)

    def _levels(self) -> Floats:
        firms = self.setting.firms
        size = self.random.normal(0, 1.0, firms)
        middle = np.log([60_000.0, 1200.0, 90.0, 90.0])
        own = self.random.normal(0, 0.7, (firms, 4))
        return np.repeat((middle + size[:, None] * 0.9 + own)[:, None, :], self.setting.months, axis=1)

    def _cycles(self) -> Floats:
        months, kinds = self.setting.months, self.setting.industries
        calendar = (self.first + np.arange(months)) % 12
        season = self.shared.normal(0, 0.06, (kinds, 12, 2))
        factor = _autoregressive(self.shared, (kinds, months, 2), 0.8, 0.03)
        county = _autoregressive(self.shared, (1, months, 2), 0.9, 0.02)
        common = season[:, calendar] + factor + county
        summer = (
            (calendar >= 6)
            & (calendar <= 7)
            & (np.arange(months) // 12 == self.shared.integers(0, max(1, months // 12)))
        )
        rationed = self.shared.choice(kinds, min(4, kinds), replace=False)
        common[np.ix_(rationed, np.flatnonzero(summer), np.array([0]))] -= 0.25
        invoices_year_end = np.where(calendar == 11, 0.25, 0.0)
        out = np.zeros((*self.shape, 4))
        out[:, :, 0] = common[self.industry, :, 0]
        out[:, :, 1] = common[self.industry, :, 1] + invoices_year_end
        out[:, 1:, 2] = 0.7 * common[self.industry, :-1, 1]
        return out

    def _growth_and_orders(self) -> Floats:
        firms, months = self.shape
        growth = self.random.normal(0.003, 0.006, firms)[:, None] * np.arange(months)
        orders = _autoregressive(self.random, (firms, months), 0.9, 0.045 * self.setting.noise)
        staff = _autoregressive(self.random, (firms, months), 0.95, 0.014 * self.setting.noise)
        late = np.concatenate([orders[:, :1], orders[:, :-1]], axis=1)
        return np.stack(
            [growth + 0.8 * orders, growth + 1.2 * orders, growth + late, 0.5 * growth + staff], axis=2
        )

    def _festival(self, base: float) -> Floats:
        """Log of the share of a month's days worked; `base` of the power runs on while a firm is shut."""
        firms, months = self.shape
        before, after = self.random.integers(3, 14, firms), self.random.integers(7, 18, firms)
        rest = np.clip(self.random.normal(base, 0.08, firms), 0.04, 0.7)
        shut = np.zeros(self.shape)
        days = np.array(
            [
                (_first_day(self.first + index + 1) - _first_day(self.first + index)).days
                for index in range(months)
            ]
        )
        for new_year in self.new_years:
            for offset in range(-13, 17):
                day = new_year + timedelta(days=offset)
                index = day.year * 12 + day.month - 1 - self.first
                if 0 <= index < months:
                    shut[:, index] += (offset >= -before) & (offset < after)
        return np.asarray(np.log(1.0 - (1.0 - rest[:, None]) * shut / days))

    def _traps(self, logs: Floats) -> None:
        firms, months = self.shape
        share = self.setting.traps
        for who in np.flatnonzero(self.random.random(firms) < 0.05 * share):
            logs[who, self.random.integers(6, months) :, 0] -= self.random.uniform(0.2, 0.5)
        for who in np.flatnonzero(self.random.random(firms) < 0.10 * share):
            logs[who, self.random.integers(3, months), 0] -= self.random.uniform(0.4, 1.2)
        for who in np.flatnonzero(self.random.random(firms) < 0.08 * share):
            begin, lasts = self.random.integers(6, months), self.random.integers(2, 5)
            depth = self.random.uniform(0.2, 0.6)
            logs[who, begin : begin + lasts, 0] -= 0.7 * depth
            logs[who, begin : begin + lasts, 1] -= depth
            logs[who, begin + 1 : begin + lasts + 1, 2] -= depth

    def _events(self, logs: Floats) -> list[tuple[int, int, int, str]]:
        firms, months = self.shape
        planted = []
        judged = min(12, months - 1)
        for who in np.flatnonzero(self.random.random(firms) < self.setting.events):
            kind = str(self.random.choice(KINDS, p=KIND_SHARES))
            begin = int(self.random.integers(months - judged - 1, months - 1))
            after = int(self.random.integers(PUBLIC[kind][0], PUBLIC[kind][1] + 1))
            depth = self.random.uniform(*DEPTH[kind])
            ramp = int(self.random.integers(RAMP[kind][0], RAMP[kind][1] + 1))
            for series in range(4):
                at = np.arange(months) - begin - BEHIND[series] - self.random.integers(0, 2)
                own = WEIGHT[kind][series] * self.random.uniform(0.6, 1.4)
                logs[who, :, series] -= depth * own * np.clip((at + 1) / ramp, 0.0, 1.0)
            planted.append((int(who), begin, after, kind))
        return planted

    def _noise(self) -> Floats:
        firms, months = self.shape
        scale = self.setting.noise * self.random.lognormal(0, 0.25, (firms, 1, 4))
        power = self.random.normal(0, 0.085, self.shape)
        invoices = 0.15 * self.random.standard_t(4, self.shape)
        tax = self.random.normal(0, 0.42, self.shape)
        quarterly = self.random.random(firms) < 0.35
        end = (self.first + np.arange(months)) % 3 == 0
        tax[quarterly] += np.where(end, 0.75, -0.55)
        staff = self.random.normal(0, 0.010, self.shape)
        noise = np.stack([power, invoices, tax, staff], axis=2) * scale
        return np.asarray(noise)

    def _unit_errors(self, values: Floats) -> None:
        firms, months = self.shape
        for who in np.flatnonzero(self.random.random(firms) < 0.04 * self.setting.traps):
            series = int(self.random.integers(0, 3))
            power = float(self.random.choice([-4, -3, -1, 1, 3, 4], p=[0.05, 0.1, 0.35, 0.35, 0.1, 0.05]))
            values[who, self.random.integers(6, months), series] *= 10.0**power

    def _gaps(self, values: Floats) -> None:
        share = np.array([0.01, 0.01, 0.03, 0.01])
        values[self.random.random(values.shape) < share] = np.nan

    def _flags(self, events: Sequence[tuple[int, int, int, str]]) -> Floats:
        firms, months = self.shape
        rate = np.tile(np.array(BASE_FLAGS), (firms, months, 1))
        for who, begin, after, kind in events:
            rate[who, begin : begin + after + 1] += np.array(RAISED[kind])
        drawn: Bools = self.random.random((firms, months, len(FLAGS))) < rate
        return drawn.astype(float)


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def _autoregressive(random: np.random.Generator, shape: tuple[int, ...], keep: float, step: float) -> Floats:
    """Autoregressive factor along the second axis, begun in its own spread."""
    out = np.zeros(shape)
    out[:, 0] = random.normal(0, step / np.sqrt(1 - keep**2), out[:, 0].shape)
    for month in range(1, shape[1]):
        out[:, month] = keep * out[:, month - 1] + random.normal(0, step, out[:, 0].shape)
    return out
