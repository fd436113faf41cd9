"""Datums (坐标基准): WGS-84 / CGCS2000, GCJ-02, BD-09 and the projected zones, each to each and back.

GCJ-02 and BD-09 are published obfuscations without an official inverse: we invert the forward function by a
fixed-point iteration, which reaches far below a millimetre (tested both ways). CGCS2000 and WGS-84 are treated as
equal, as PROJ does: they drift apart by plate motion, under a metre at this epoch, which does for screening
and does not for boundaries (界址).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Krasovsky 1940, the ellipsoid on which the GCJ-02 offset is written.
GCJ_A = 6378245.0
GCJ_EE = 0.00669342162296594323
BD_TURN = math.pi * 3000.0 / 180.0
INVERSE_STEPS = 8  # each step shrinks the error about a thousandfold; three already reach 0.1 mm

# CGCS2000: GB 22021-2008. WGS-84 differs in flattening by 0.1 mm at the pole.
SEMI_MAJOR = 6378137.0
FLATTENING = 1 / 298.257222101
ECCENTRICITY_2 = FLATTENING * (2 - FLATTENING)


@dataclass(frozen=True, slots=True)
class Datum:
    """A datum by its English code, its Chinese name, and whether its coordinates are degrees."""

    code: str
    label: str
    degrees: bool = True


CGCS2000 = Datum("cgcs2000", "CGCS2000 经纬度")
WGS84 = Datum("wgs84", "WGS84 经纬度")
GCJ02 = Datum("gcj02", "GCJ-02（国测局加密）")
BD09 = Datum("bd09", "BD-09（百度加密）")
GRID3 = Datum("gk3", "CGCS2000 高斯 3 度带", degrees=False)
GRID6 = Datum("gk6", "CGCS2000 高斯 6 度带", degrees=False)
DATUMS = {d.code: d for d in (CGCS2000, WGS84, GCJ02, BD09, GRID3, GRID6)}
SYNONYMS = {
    "cgcs-2000": "cgcs2000", "国家2000": "cgcs2000", "2000": "cgcs2000", "大地2000": "cgcs2000",
    "epsg:4490": "cgcs2000", "epsg:4326": "wgs84", "wgs-84": "wgs84", "gps": "wgs84",
    "gcj-02": "gcj02", "gcj": "gcj02", "高德": "gcj02", "腾讯": "gcj02", "火星": "gcj02",
    "bd-09": "bd09", "bd": "bd09", "百度": "bd09",
    "gk": "gk3", "高斯": "gk3", "3度带": "gk3", "gauss": "gk3", "6度带": "gk6", "投影": "gk3",
}  # fmt: skip


def datum_of(word: str) -> Datum:
    """The datum meant by a word such as `GCJ-02`, 百度 or `EPSG:4528`. ValueError names those there are."""
    plain = word.strip().lower().replace(" ", "").replace("_", "-")
    plain = SYNONYMS.get(plain, SYNONYMS.get(plain.replace("-", ""), plain))
    if plain.startswith("epsg:") and plain[5:].isdigit() and 4491 <= int(plain[5:]) <= 4554:
        # 4491–4512 are the 6° zones of CGCS2000, 4513–4554 the 3° zones
        plain = "gk6" if int(plain[5:]) <= 4512 else "gk3"
    if plain not in DATUMS:
        known = "、".join(f"{d.code}（{d.label}）" for d in DATUMS.values())
        raise ValueError(f"不认识的坐标基准“{word}”；可写：{known}")
    return DATUMS[plain]


# ---- GCJ-02 and BD-09


def gcj_from_wgs(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """GCJ-02 degrees of WGS-84 degrees, element by element."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    wave = (20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    north += (20 * np.sin(y * np.pi) + 40 * np.sin(y / 3 * np.pi)) * 2 / 3
    north += (160 * np.sin(y / 12 * np.pi) + 320 * np.sin(y * np.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    east += (20 * np.sin(x * np.pi) + 40 * np.sin(x / 3 * np.pi)) * 2 / 3
    east += (150 * np.sin(x / 12 * np.pi) + 300 * np.sin(x / 30 * np.pi)) * 2 / 3
    angle = np.radians(lat)
    magic = 1 - GCJ_EE * np.sin(angle) ** 2
    north = north * 180 / (GCJ_A * (1 - GCJ_EE) / (magic * np.sqrt(magic)) * np.pi)
    east = east * 180 / (GCJ_A / np.sqrt(magic) * np.cos(angle) * np.pi)
    return lon + east, lat + north


def bd_from_gcj(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """BD-09 degrees of GCJ-02 degrees, element by element."""
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * BD_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * BD_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _bd_from_wgs(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    return bd_from_gcj(*gcj_from_wgs(lon, lat))


Shift = Callable[[Floats, Floats], tuple[Floats, Floats]]
FORWARD: dict[str, Shift] = {GCJ02.code: gcj_from_wgs, BD09.code: _bd_from_wgs}


def _inverse(shift: Shift, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """The point that `shift` sends to (lon, lat): fixed point, because the shift changes slowly from place to place."""
    here_lon, here_lat = lon.copy(), lat.copy()
    for _ in range(INVERSE_STEPS):
        there_lon, there_lat = shift(here_lon, here_lat)
        here_lon, here_lat = here_lon + lon - there_lon, here_lat + lat - there_lat
    return here_lon, here_lat


def to_official(datum: Datum, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """CGCS2000 degrees of degrees in `datum`. Projected zones go through `grids.degrees_of` first."""
    if datum.code in FORWARD:
        return _inverse(FORWARD[datum.code], np.asarray(lon, float), np.asarray(lat, float))
    return np.asarray(lon, float), np.asarray(lat, float)


def from_official(datum: Datum, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Degrees in `datum` of CGCS2000 degrees."""
    if datum.code in FORWARD:
        return FORWARD[datum.code](np.asarray(lon, float), np.asarray(lat, float))
    return np.asarray(lon, float), np.asarray(lat, float)
