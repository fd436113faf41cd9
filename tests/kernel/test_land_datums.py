"""Datums, grids and areas beside independent references: PROJ, geographiclib, and the forward function itself."""

from fractions import Fraction

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from sanfu.kernel.land.areas import MU, metres_from_mu, mu_of, polygon_area, ring_area, shown
from sanfu.kernel.land.datums import (
    BD09,
    GCJ02,
    WGS84,
    bd_from_gcj,
    datum_of,
    from_official,
    gcj_from_wgs,
    to_official,
)
from sanfu.kernel.land.grids import degrees_of, metres_of, zone_3, zone_6, zone_in, zone_of_epsg

CHANCE = np.random.default_rng(7)
LON, LAT = CHANCE.uniform(75, 134, 20_000), CHANCE.uniform(18, 53, 20_000)
METRE = 1 / 111_320  # degrees


@pytest.mark.parametrize("datum", [GCJ02, BD09])
def test_an_obfuscated_datum_comes_back_within_a_millimetre(datum) -> None:
    there = from_official(datum, LON, LAT)
    back_lon, back_lat = to_official(datum, *there)
    again = from_official(datum, back_lon, back_lat)
    assert np.max(np.hypot(back_lon - LON, back_lat - LAT)) < 1e-3 * METRE
    assert np.max(np.hypot(again[0] - there[0], again[1] - there[1])) < 1e-6 * METRE


def test_known_points_of_gcj_and_bd() -> None:
    """Points that public converters agree on to the sixth decimal."""
    lon, lat = gcj_from_wgs(np.array([116.404]), np.array([39.915]))
    assert (round(float(lon[0]), 6), round(float(lat[0]), 6)) == (116.410244, 39.916404)
    lon, lat = bd_from_gcj(np.array([116.404]), np.array([39.915]))
    assert (round(float(lon[0]), 6), round(float(lat[0]), 6)) == (116.410369, 39.921337)


def test_degrees_of_wgs_are_taken_as_they_are() -> None:
    assert to_official(WGS84, LON, LAT)[0] is LON


@pytest.mark.parametrize("epsg", [4498, 4507, 4527, 4528, 4549, 4554])
def test_zones_agree_with_proj_to_a_tenth_of_a_millimetre(epsg: int) -> None:
    zone = zone_of_epsg(epsg)
    assert zone is not None
    lon = CHANCE.uniform(zone.meridian - 3, zone.meridian + 3, 500)
    lat = CHANCE.uniform(18, 53, 500)
    to_metres = Transformer.from_crs("EPSG:4490", f"EPSG:{epsg}", always_xy=True)
    wanted = np.array(to_metres.transform(lon, lat))
    found = np.array(metres_of(zone, lon, lat))
    assert np.max(np.abs(found - wanted)) < 1e-4
    back = np.array(degrees_of(zone, *wanted))
    assert np.max(np.abs(back - [lon, lat])) < 1e-4 * METRE


def test_an_easting_names_its_zone() -> None:
    assert zone_in(40_512_345.0) == zone_3(40)
    assert zone_in(21_512_345.0) == zone_6(21)
    assert zone_in(512_345.0) is None
    with pytest.raises(ValueError, match="带号"):
        zone_3(50)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("GCJ-02", "gcj02"),
        ("百度", "bd09"),
        ("EPSG:4490", "cgcs2000"),
        ("EPSG:4528", "gk3"),
        ("EPSG:4498", "gk6"),
    ],
)
def test_a_datum_by_the_words_people_use(word: str, code: str) -> None:
    assert datum_of(word).code == code


def test_an_unknown_datum_names_those_there_are() -> None:
    with pytest.raises(ValueError, match="GCJ-02"):
        datum_of("火星文")


@given(st.floats(80, 130), st.floats(20, 50), st.integers(3, 12), st.floats(10, 1500), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_area_is_that_of_the_ellipsoid(lon: float, lat: float, corners: int, size: float, seed: int) -> None:
    chance = np.random.default_rng(seed)
    angles = np.sort(chance.uniform(0, 2 * np.pi, corners))
    if np.min(np.diff(angles)) < 0.05:
        return
    radius = chance.uniform(0.5, 1, corners) * size * METRE
    ring = [
        (lon + r * np.cos(a) / np.cos(np.radians(lat)), lat + r * np.sin(a))
        for a, r in zip(angles, radius, strict=True)
    ]
    polygon = Geodesic.WGS84.Polygon()
    for x, y in ring:
        polygon.AddPoint(y, x)
    wanted = abs(polygon.Compute()[2])
    assert ring_area(ring) == pytest.approx(wanted, rel=1e-4, abs=1e-4 * size**2)


def test_a_hole_is_taken_off() -> None:
    outer = [(120.0, 31.0), (120.01, 31.0), (120.01, 31.01), (120.0, 31.01)]
    hole = [(120.002, 31.002), (120.004, 31.002), (120.004, 31.004), (120.002, 31.004)]
    assert polygon_area([outer, hole]) == pytest.approx(ring_area(outer) - ring_area(hole))
    assert polygon_area([]) == 0
    assert ring_area(outer[:2]) == 0


def test_mu_are_exact() -> None:
    assert mu_of(2000) == 3
    assert mu_of(10_000) == 15
    assert metres_from_mu(10_000) == Fraction(20_000_000, 3)
    assert mu_of(metres_from_mu(Fraction(123_456_789, 1000))) == Fraction(123_456_789, 1000)
    assert Fraction(2000, 3) == MU
    assert shown(Fraction(2, 3)) == "0.67"
    assert shown(Fraction(1, 200)) == "0.01"  # half up, not to even
