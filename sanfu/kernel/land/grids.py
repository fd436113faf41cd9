"""Gauss–Krüger grids (高斯投影): degrees ↔ metres in 3° and 6° zones, by Krüger's series to the sixth order.

Survey order is X north, Y east; this module takes and gives east, north, as GeoJSON does. A zoned easting
carries the zone number in front (40 500 000 is the central meridian of 3° zone 40).
"""

from dataclasses import dataclass

import numpy as np

from sanfu.kernel.land.datums import ECCENTRICITY_2, FLATTENING, SEMI_MAJOR, Floats

FALSE_EASTING = 500_000.0
ZONE = 1_000_000.0
FIRST_ZONE_3, LAST_ZONE_3 = 25, 45  # 3° zones that touch China
FIRST_ZONE_6, LAST_ZONE_6 = 13, 23

_N = FLATTENING / (2 - FLATTENING)
_RECTIFYING = SEMI_MAJOR / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64 + _N**6 / 256)
# Krüger 1912, in the form of Karney (2011), eqs 35 and 36: to n⁶, an error far below a micrometre in a zone.
_ALPHA = (
    _N / 2 - 2 * _N**2 / 3 + 5 * _N**3 / 16 + 41 * _N**4 / 180 - 127 * _N**5 / 288 + 7891 * _N**6 / 37800,
    13 * _N**2 / 48 - 3 * _N**3 / 5 + 557 * _N**4 / 1440 + 281 * _N**5 / 630 - 1983433 * _N**6 / 1935360,
    61 * _N**3 / 240 - 103 * _N**4 / 140 + 15061 * _N**5 / 26880 + 167603 * _N**6 / 181440,
    49561 * _N**4 / 161280 - 179 * _N**5 / 168 + 6601661 * _N**6 / 7257600,
    34729 * _N**5 / 80640 - 3418889 * _N**6 / 1995840,
    212378941 * _N**6 / 319334400,
)
_BETA = (
    _N / 2 - 2 * _N**2 / 3 + 37 * _N**3 / 96 - _N**4 / 360 - 81 * _N**5 / 512 + 96199 * _N**6 / 604800,
    _N**2 / 48 + _N**3 / 15 - 437 * _N**4 / 1440 + 46 * _N**5 / 105 - 1118711 * _N**6 / 3870720,
    17 * _N**3 / 480 - 37 * _N**4 / 840 - 209 * _N**5 / 4480 + 5569 * _N**6 / 90720,
    4397 * _N**4 / 161280 - 11 * _N**5 / 504 - 830251 * _N**6 / 7257600,
    4583 * _N**5 / 161280 - 108847 * _N**6 / 3991680,
    20648693 * _N**6 / 638668800,
)
_E = float(np.sqrt(ECCENTRICITY_2))


@dataclass(frozen=True, slots=True)
class Zone:
    """A projection zone: its central meridian in degrees; `number` 0 when the easting carries none."""

    meridian: float
    number: int = 0

    @property
    def offset(self) -> float:
        """What is added to metres east of the meridian."""
        return FALSE_EASTING + self.number * ZONE


def zone_3(number: int) -> Zone:
    """3° zone 25–45. ValueError outside China."""
    if not FIRST_ZONE_3 <= number <= LAST_ZONE_3:
        raise ValueError(f"3 度带带号应在 {FIRST_ZONE_3}–{LAST_ZONE_3}，读到 {number}")
    return Zone(3.0 * number, number)


def zone_6(number: int) -> Zone:
    """6° zone 13–23. ValueError outside China."""
    if not FIRST_ZONE_6 <= number <= LAST_ZONE_6:
        raise ValueError(f"6 度带带号应在 {FIRST_ZONE_6}–{LAST_ZONE_6}，读到 {number}")
    return Zone(6.0 * number - 3.0, number)


def zone_in(easting: float) -> Zone | None:
    """The zone that an eight-digit easting names; None for one without a zone number."""
    number = int(easting // ZONE)
    if FIRST_ZONE_3 <= number <= LAST_ZONE_3:
        return zone_3(number)
    return zone_6(number) if FIRST_ZONE_6 <= number <= LAST_ZONE_6 else None


def metres_of(zone: Zone, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """East and north in metres of CGCS2000 degrees."""
    angle = np.radians(np.asarray(lat, float))
    away = np.radians(np.asarray(lon, float) - zone.meridian)
    sine = np.sin(angle)
    tangent = np.sinh(np.arctanh(sine) - _E * np.arctanh(_E * sine))
    xi = np.arctan2(tangent, np.cos(away))
    eta = np.arcsinh(np.sin(away) / np.hypot(tangent, np.cos(away)))
    north, east = xi.copy(), eta.copy()
    for k, factor in enumerate(_ALPHA, 1):
        north += factor * np.sin(2 * k * xi) * np.cosh(2 * k * eta)
        east += factor * np.cos(2 * k * xi) * np.sinh(2 * k * eta)
    return zone.offset + _RECTIFYING * east, _RECTIFYING * north


def degrees_of(zone: Zone, east: Floats, north: Floats) -> tuple[Floats, Floats]:
    """CGCS2000 longitude and latitude of metres in the zone."""
    xi = np.asarray(north, float) / _RECTIFYING
    eta = (np.asarray(east, float) - zone.offset) / _RECTIFYING
    plain_xi, plain_eta = xi.copy(), eta.copy()
    for k, factor in enumerate(_BETA, 1):
        plain_xi -= factor * np.sin(2 * k * xi) * np.cosh(2 * k * eta)
        plain_eta -= factor * np.cos(2 * k * xi) * np.sinh(2 * k * eta)
    wanted = np.sin(plain_xi) / np.hypot(np.sinh(plain_eta), np.cos(plain_xi))
    away = np.arctan2(np.sinh(plain_eta), np.cos(plain_xi))
    return zone.meridian + np.degrees(away), np.degrees(np.arctan(_geodetic_tangent(wanted)))


def _geodetic_tangent(wanted: Floats) -> Floats:
    """tan φ whose conformal tangent is `wanted`: Newton's method after Karney (2011), eqs 19–21."""
    found = wanted / (1 - ECCENTRICITY_2)
    for _ in range(5):
        slope = np.hypot(1, found)
        sigma = np.sinh(_E * np.arctanh(_E * found / slope))
        value = found * np.hypot(1, sigma) - sigma * slope
        change = (wanted - value) / np.hypot(1, value)
        change *= (1 + (1 - ECCENTRICITY_2) * found**2) / ((1 - ECCENTRICITY_2) * slope)
        found = found + change
    return np.asarray(found)


def zone_of_epsg(code: int) -> Zone | None:
    """The zone of a CGCS2000 grid by its EPSG code: 4491–4512 are 6° zones, 4513–4554 are 3° zones."""
    if 4491 <= code <= 4501:
        return zone_6(code - 4491 + FIRST_ZONE_6)
    if 4502 <= code <= 4512:
        return Zone(75.0 + 6 * (code - 4502))
    if 4513 <= code <= 4533:
        return zone_3(code - 4513 + FIRST_ZONE_3)
    return Zone(75.0 + 3 * (code - 4534)) if 4534 <= code <= 4554 else None
