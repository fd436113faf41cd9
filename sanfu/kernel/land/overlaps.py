"""Overlaps (重叠): which parcels cover the same ground, and by how many square metres."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from sanfu.kernel.land.grids import Zone, metres_of

TOLERATED = 1.0  # m²: shared edges that were digitised twice leave slivers below this
Rings = list[list[tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two parcels by their numbers, and the ground they share in m²."""

    one: str
    other: str
    square_metres: float


def flat(rings: list[Rings], meridian: float) -> BaseGeometry:
    """A parcel of CGCS2000 degrees (polygons of rings) in metres of the grid at `meridian`."""
    zone = Zone(meridian)
    parts = [Polygon(_metres(zone, p[0]), [_metres(zone, hole) for hole in p[1:]]) for p in rings if p]
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def _metres(zone: Zone, ring: list[tuple[float, float]]) -> list[tuple[float, float]]:
    points = np.asarray(ring, float)
    east, north = metres_of(zone, points[:, 0], points[:, 1])
    return list(zip(east.tolist(), north.tolist(), strict=True))


def overlaps(
    parcels: Mapping[str, list[Rings]],
    others: Mapping[str, list[Rings]] | None = None,
    tolerated: float = TOLERATED,
) -> list[Overlap]:
    """Pairs within `parcels`, and of `parcels` against `others`, that share more than `tolerated` m²; largest first."""
    whole = {**(others or {}), **parcels}
    if not whole:
        return []
    meridian = _middle(whole)
    names = list(whole)
    shapes = [shapely.make_valid(flat(whole[name], meridian)) for name in names]
    tree = shapely.STRtree(shapes)
    found = []
    for place in [i for i, name in enumerate(names) if name in parcels]:
        for near in tree.query(shapes[place], predicate="intersects"):
            if near == place or (near > place and names[near] in parcels):
                continue  # a pair of two new ones is met twice; keep one
            shared = float(shapes[place].intersection(shapes[near]).area)
            if shared > tolerated:
                found.append(Overlap(names[place], names[int(near)], shared))
    return sorted(found, key=lambda o: (-o.square_metres, o.one, o.other))


def _middle(parcels: Mapping[str, list[Rings]]) -> float:
    """The mean longitude: a grid through the middle of a county distorts an area by less than 0.01 %."""
    firsts = [polygons[0][0][0][0] for polygons in parcels.values() if polygons and polygons[0]]
    return float(np.mean(firsts)) if firsts else 0.0


def faults(rings: list[Rings]) -> str:
    """Why a parcel's outline cannot be used; empty when it can."""
    if not rings or not rings[0] or len({tuple(p) for p in rings[0][0]}) < 3:
        return "没有界址点，或界址点不足三个"
    shape = shapely.MultiPolygon([Polygon(p[0], p[1:]) for p in rings])
    if shape.convex_hull.area == 0:
        return "界址点在一条线上，没有面积"
    if not shape.is_valid:
        reason = shapely.is_valid_reason(shape)
        return f"界线自己相交（{reason.replace('Self-intersection', '交叉点')}）"
    return ""
