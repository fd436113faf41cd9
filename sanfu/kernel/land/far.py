"""Plot ratio (容积率): counted floor area over land area, where a storey above the content's height counts twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class FarRule:
    """A storey higher than `double_above` metres is counted `factor` times; with where the rule stands."""

    double_above: Fraction = Fraction(8)
    factor: int = 2
    basis: str = ""
    mark: str = "待核"


@dataclass(frozen=True, slots=True)
class Storey:
    """One storey: height in metres, gross floor area in m²."""

    height: Fraction
    square_metres: Fraction


@dataclass(frozen=True, slots=True)
class Counted:
    """Gross and counted floor area of a building in m²."""

    gross: Fraction
    counted: Fraction
    doubled: tuple[int, ...]  # numbers of the storeys that count twice, from 1

    def ratio(self, land: Fraction) -> Fraction:
        """容积率 on `land` square metres. ValueError without land."""
        if land <= 0:
            raise ValueError("没有土地面积，算不出容积率")
        return self.counted / land


def count(storeys: Sequence[Storey], rule: FarRule) -> Counted:
    """Gross and counted area of storeys from the ground up."""
    doubled = tuple(n for n, s in enumerate(storeys, 1) if s.height > rule.double_above)
    gross = sum((s.square_metres for s in storeys), Fraction(0))
    extra = sum((storeys[n - 1].square_metres for n in doubled), Fraction(0)) * (rule.factor - 1)
    return Counted(gross, gross + extra, doubled)


def coverage_for(ratio: Fraction, heights: Sequence[Fraction], rule: FarRule) -> Fraction:
    """建筑密度 that equal plates of these heights need to reach a plot ratio. ValueError without storeys."""
    plates = sum(rule.factor if h > rule.double_above else 1 for h in heights)
    if not plates:
        raise ValueError("没有楼层")
    return ratio / plates
