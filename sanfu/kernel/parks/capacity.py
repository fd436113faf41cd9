"""承载能力: what a park has of each kind, what is bound, and whether one more firm fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from sanfu.kernel.flow import Labelled


class Verdict(Labelled):
    """What is said of a firm in a park."""

    FITS = "放得下", "放得下", "ok"
    TIGHT = "与在谈项目相争", "与在谈项目相争", "warn"
    SHORT = "放不下", "放不下", "danger"
    UNKNOWN = "待核实", "待核实", "info"


@dataclass(frozen=True, slots=True)
class Stock:
    """One kind of capacity: the whole, what is bound, what projects in talks would take. None: not known.

    Source of the split: stock, committed and pipeline of each kind, as reviews of carrying capacity ask for.
    """

    kind: str
    unit: str
    total: Fraction | None
    committed: Fraction = Fraction(0)
    pipeline: Fraction = Fraction(0)

    @property
    def left(self) -> Fraction | None:
        """Total less what is bound; below zero when too much was promised."""
        return None if self.total is None else self.total - self.committed

    @property
    def sure(self) -> Fraction | None:
        """What is left when every project in talks comes as well."""
        return None if self.left is None else self.left - self.pipeline

    @property
    def share(self) -> Fraction | None:
        """Bound part of the whole, 1 is full; None without a positive whole."""
        return self.committed / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether one firm fits: every kind it is short of, by how much, and how many such firms fit one after another."""

    verdict: Verdict
    short: Mapping[str, Fraction] = field(default_factory=dict)
    tight: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    times: int | None = None


def fit(stocks: Sequence[Stock], need: Mapping[str, Fraction]) -> Fit:
    """Hold a need against a park's stocks; kinds of which nothing is needed do not count.

    A kind that the park never stated is unknown, not missing. ValueError for a negative need.
    """
    if any(amount < 0 for amount in need.values()):
        raise ValueError("需求不能是负数")
    held = {stock.kind: stock for stock in stocks}
    asked = {kind: amount for kind, amount in need.items() if amount}
    left = {kind: held[kind].left if kind in held else None for kind in asked}
    short = {k: asked[k] - have for k, have in left.items() if have is not None and have < asked[k]}
    unknown = tuple(kind for kind, have in left.items() if have is None)
    tight = tuple(kind for kind in asked if kind not in short and _contested(held.get(kind), asked[kind]))
    if short:
        return Fit(Verdict.SHORT, short, tight, unknown, 0)
    if unknown:
        return Fit(Verdict.UNKNOWN, {}, tight, unknown)
    times = [int(have // asked[kind]) for kind, have in left.items() if have is not None]
    verdict = Verdict.TIGHT if tight else Verdict.FITS
    return Fit(verdict, {}, tight, (), min(times) if times else None)


def _contested(stock: Stock | None, amount: Fraction) -> bool:
    return stock is not None and stock.sure is not None and stock.sure < amount
