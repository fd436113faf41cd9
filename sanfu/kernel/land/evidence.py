"""Evidence about coordinates (坐标证据): what the numbers prove, what they suggest, what must be asked.

What is certain is done: longitudes of China (73–135) and latitudes (3–54) share no value, so a swapped pair is
known. What is not certain is asked: a datum cannot be told from one file, only suggested by the mean offset to
parcels that are already held.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from sanfu.kernel.land.datums import BD09, GCJ02, WGS84, Datum, from_official
from sanfu.kernel.land.grids import Zone, zone_in

Floats = NDArray[np.float64]
LON, LAT = (73.0, 136.0), (3.0, 54.0)
NORTH = (300_000.0, 6_000_000.0)  # metres from the equator: from 3° to 54°
EAST = (100_000.0, 900_000.0)  # metres of an easting without its zone
DEGREE_METRES = 111_320.0


class Layout(StrEnum):
    """How pairs of numbers are laid out."""

    DEGREES = "经度在前的经纬度"
    SWAPPED = "纬度在前的经纬度"
    GRID = "东在前的投影坐标"
    GRID_SWAPPED = "北在前的投影坐标（测量习惯）"
    MIXED = "顺序不一的经纬度"
    UNKNOWN = "认不出的坐标"


@dataclass(frozen=True, slots=True)
class Axes:
    """The layout found, the zone that the eastings name, and a sentence for the person."""

    layout: Layout
    zone: Zone | None = None
    note: str = ""


def axes_of(first: Floats, second: Floats) -> Axes:
    """The layout of pairs, from all of them together. Certain or UNKNOWN, never a guess."""
    first, second = np.asarray(first, float), np.asarray(second, float)
    if not len(first) or not (np.isfinite(first).all() and np.isfinite(second).all()):
        return Axes(Layout.UNKNOWN, note="坐标里有空的或不是数的")
    straight = _within(first, LON) & _within(second, LAT)
    swapped = _within(first, LAT) & _within(second, LON)
    if straight.all():
        return Axes(Layout.DEGREES)
    if swapped.all():
        return Axes(Layout.SWAPPED, note="坐标是纬度在前，已换成经度在前")
    if (straight | swapped).all():
        return Axes(Layout.MIXED, note=f"{int(swapped.sum())} 个点纬度在前，其余经度在前；请统一后再导入")
    for east, north, layout in ((first, second, Layout.GRID), (second, first, Layout.GRID_SWAPPED)):
        grid = _grid(east, north, layout)
        if grid is not None:
            return grid
    return Axes(Layout.UNKNOWN, note="坐标既不是中国境内的经纬度，也不是高斯投影的米")


def _within(values: Floats, bounds: tuple[float, float]) -> NDArray[np.bool_]:
    return (values >= bounds[0]) & (values <= bounds[1])


def _grid(east: Floats, north: Floats, layout: Layout) -> Axes | None:
    """A projected layout: eastings of eight digits name their zone, those of six digits do not."""
    if not _within(north, NORTH).all():
        return None
    turned = "坐标是北（X）在前的测量习惯，已换成东在前" if layout is Layout.GRID_SWAPPED else ""
    zones = {zone_in(float(e)) for e in east}
    if len(zones) == 1 and (zone := zones.pop()) is not None:
        return Axes(layout, zone, turned)
    # six-digit eastings lie below every northing of China, so the order is certain, the zone is not
    if _within(east, EAST).all() and (north > 1_000_000).all():
        return Axes(layout, None, f"{turned}；坐标没有带号，要说明中央经线".strip("；"))
    return None


@dataclass(frozen=True, slots=True)
class Offset:
    """Mean offset to parcels held, in metres, and the datum it points to (None: nothing to see)."""

    metres: float
    spread: float
    pairs: int
    suggests: Datum | None
    note: str


AGREES = 30.0  # metres within which an offset counts as explained


def offset_to(incoming: Sequence[tuple[float, float]], held: Sequence[tuple[float, float]]) -> Offset | None:
    """Compare centres of parcels that are in both (same number, same order) as CGCS2000 degrees; None without pairs."""
    if not incoming or len(incoming) != len(held):
        return None
    new, old = np.asarray(incoming, float), np.asarray(held, float)
    shrink = math.cos(math.radians(float(old[:, 1].mean())))
    away = (new - old) * [DEGREE_METRES * shrink, DEGREE_METRES]
    mean = away.mean(axis=0)
    size, spread = float(np.hypot(*mean)), float(np.hypot(*away.std(axis=0)))
    for datum in (WGS84, GCJ02, BD09):
        shifted = np.stack(from_official(datum, old[:, 0], old[:, 1]), axis=1)
        rest = ((new - shifted) * [DEGREE_METRES * shrink, DEGREE_METRES]).mean(axis=0)
        if float(np.hypot(*rest)) <= AGREES:
            said = (
                "与已有宗地吻合"
                if datum is WGS84
                else f"与已有宗地平均差 {size:.0f} 米，方向一致，像是 {datum.label}"
            )
            return Offset(size, spread, len(new), datum, said)
    return Offset(size, spread, len(new), None, f"与已有宗地平均差 {size:.0f} 米，认不出是哪种基准，请核对")
