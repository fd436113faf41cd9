"""Areas (面积): square metres on the ellipsoid from degrees, and 亩 exactly.

1 亩 = 2000/3 m² = 1/15 ha, so an area that is a whole number of square metres is a whole number of 2000ths
of three 亩: everything stays in `Fraction`, rounding happens only when a figure is shown.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np

from sanfu.kernel.land.datums import ECCENTRICITY_2, SEMI_MAJOR, Floats

MU = Fraction(2000, 3)
HECTARE = Fraction(10_000)
_E = float(np.sqrt(ECCENTRICITY_2))

Ring = Sequence[tuple[float, float]]


def mu_of(square_metres: Fraction | int) -> Fraction:
    """亩 of square metres, exactly."""
    return Fraction(square_metres) / MU


def metres_from_mu(mu: Fraction | int) -> Fraction:
    """Square metres of 亩, exactly."""
    return Fraction(mu) * MU


def shown(value: Fraction, digits: int = 2) -> str:
    """A figure rounded half up (四舍五入) to `digits` decimals, trailing zeros kept."""
    step = Decimal(1).scaleb(-digits)
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(step, rounding=ROUND_HALF_UP))


def _authalic(lat: Floats) -> Floats:
    """q(φ) of the equal-area cylinder: the area from the equator up to φ per radian of longitude, over a²/2."""
    sine = np.sin(np.radians(lat))
    return np.asarray(
        (1 - ECCENTRICITY_2) * (sine / (1 - ECCENTRICITY_2 * sine**2) + np.arctanh(_E * sine) / _E)
    )


def ring_area(ring: Ring) -> float:
    """Square metres inside a closed or open ring of CGCS2000 degrees, never negative.

    The ring is laid on an equal-area cylinder, where the shoelace formula is exact for edges that are straight
    there. Edges of a parcel are so short that this differs from geodesics by far less than the bar of 0.05 %.
    """
    points = np.asarray(ring, float)
    if len(points) < 3:
        return 0.0
    origin = points[0, 0]  # near the parcel, so that no digits are lost in the differences
    x = np.radians(points[:, 0] - origin)
    y = _authalic(points[:, 1])
    y = y - y[0]
    twice = float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
    return abs(twice) / 2 * SEMI_MAJOR**2 / 2


def polygon_area(rings: Sequence[Ring]) -> float:
    """Square metres of an outer ring less its holes."""
    if not rings:
        return 0.0
    return ring_area(rings[0]) - sum(ring_area(hole) for hole in rings[1:])
