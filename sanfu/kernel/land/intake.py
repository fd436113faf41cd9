"""Taking parcels in (宗地入库): raw outlines in a stated datum → official degrees and areas, with visible notes.

Nothing is repaired silently: what is converted leaves a note, what cannot be used is refused with its reason, and
the original stays beside the result (`Parcel.raw`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from sanfu.kernel.land.areas import mu_of, polygon_area, shown
from sanfu.kernel.land.datums import GRID3, GRID6, Datum, to_official
from sanfu.kernel.land.evidence import Axes, Layout, Offset, axes_of, offset_to
from sanfu.kernel.land.grids import Zone, degrees_of
from sanfu.kernel.land.overlaps import Overlap, Rings, faults, overlaps
from sanfu.kernel.land.quantities import read_area

DEGREES = (Layout.DEGREES, Layout.SWAPPED)


@dataclass(frozen=True, slots=True)
class Limits:
    """By how much the outline may differ from the certificate: shares of the certificate's area. Content."""

    warn: Fraction = Fraction(1, 100)
    refuse: Fraction = Fraction(5, 100)
    overlap_refuse: Fraction = Fraction(5, 100)


@dataclass(frozen=True, slots=True)
class Raw:
    """One parcel as the file has it: number, attributes by heading, polygons of rings of pairs, its place in the file."""

    number: str
    attributes: Mapping[str, object]
    polygons: list[Rings]
    place: str
    area_heading: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel taken in. `stated` is the certificate's area in m², the legal one; None when the file has none."""

    number: str
    polygons: list[Rings]
    measured: float
    stated: Fraction | None
    notes: tuple[str, ...]
    raw: Raw

    @property
    def square_metres(self) -> Fraction:
        """The legal area when stated, else the measured one to the square decimetre."""
        return self.stated if self.stated is not None else Fraction(round(self.measured * 100), 100)

    @property
    def mu(self) -> Fraction:
        return mu_of(self.square_metres)


@dataclass(frozen=True, slots=True)
class Refused:
    """A parcel that was not taken in, and why."""

    number: str
    place: str
    why: str


@dataclass(frozen=True, slots=True)
class Intake:
    """What came of a file: parcels, refusals, notes on the whole file, overlaps, evidence on the datum."""

    parcels: list[Parcel]
    refused: list[Refused]
    notes: list[str]
    overlaps: list[Overlap] = field(default_factory=list)
    offset: Offset | None = None


class WholeFileRefused(ValueError):
    """The file contradicts its stated datum; the message says what to state instead."""


def take_in(
    rows: Sequence[Raw],
    datum: Datum,
    meridian: float | None = None,
    held: Mapping[str, list[Rings]] | None = None,
    limits: Limits = Limits(),
) -> Intake:
    """Parcels of a file in `datum`; `held` are the parcels already there by number, in official degrees."""
    if not rows:
        raise WholeFileRefused("文件里没有宗地")
    axes = _axes([r for r in rows if r.polygons])
    one_by_one = axes.layout is Layout.MIXED and any(_axes([r]).layout in DEGREES for r in rows if r.polygons)
    zone = _zone(Axes(Layout.DEGREES) if one_by_one else axes, datum, meridian)
    notes = [f"坐标按 {datum.label} 读入，统一换算为 CGCS2000 经纬度，原坐标保留"]
    notes += ["各宗地坐标顺序不一，逐宗认定"] if one_by_one else [axes.note] if axes.note else []
    taken: list[Parcel] = []
    refused: list[Refused] = []
    seen: set[str] = set()
    for row in rows:
        result = _one(row, datum, _axes([row]) if one_by_one else axes, zone, limits, seen)
        if isinstance(result, Parcel):
            taken.append(result)
            seen.add(result.number)
        else:
            refused.append(result)
    known = dict(held or {})
    offset = _offset(taken, known)
    if offset is not None and offset.metres > 30:
        notes.append(offset.note)
    # a parcel that is already held is a new version of itself, so its old outline is no neighbour
    others = {number: rings for number, rings in known.items() if number not in seen}
    shared = overlaps({p.number: p.polygons for p in taken}, others)
    taken, late = _without_heavy_overlaps(taken, shared, limits)
    return Intake(taken, refused + late, notes, shared, offset)


def _axes(rows: Sequence[Raw]) -> Axes:
    pairs = [pair for r in rows for polygon in r.polygons for ring in polygon for pair in ring]
    if not pairs:
        return Axes(Layout.UNKNOWN)
    points = np.asarray(pairs, float)
    return axes_of(points[:, 0], points[:, 1])


def _zone(axes: Axes, datum: Datum, meridian: float | None) -> Zone | None:
    """The zone to project from; refuses a file whose numbers contradict the stated datum."""
    if axes.layout in (Layout.UNKNOWN, Layout.MIXED):
        if axes.note:
            raise WholeFileRefused(axes.note)
        return None
    grid = axes.layout not in DEGREES
    if grid and datum.degrees:
        raise WholeFileRefused(
            f"声明的是 {datum.label}，坐标却是米；请声明 gk3 或 gk6，没有带号的再给中央经线"
        )
    if not grid and not datum.degrees:
        raise WholeFileRefused(
            f"声明的是 {datum.label}，坐标却是经纬度；请声明 cgcs2000、wgs84、gcj02 或 bd09"
        )
    if not grid:
        return None
    if axes.zone is not None:
        _check_zone(axes.zone, datum)
        return axes.zone
    if meridian is None:
        raise WholeFileRefused("投影坐标没有带号，请给出中央经线（例如 120）")
    return Zone(meridian)


def _check_zone(zone: Zone, datum: Datum) -> None:
    three = zone.number >= 25
    if (datum is GRID3 and not three) or (datum is GRID6 and three):
        other = GRID3 if three else GRID6
        raise WholeFileRefused(f"带号 {zone.number} 是{other.label}，声明的却是 {datum.label}")


def _one(
    row: Raw, datum: Datum, axes: Axes, zone: Zone | None, limits: Limits, seen: set[str]
) -> Parcel | Refused:
    """One parcel: outline to official degrees, areas compared."""
    if not row.number:
        return Refused("", row.place, "没有宗地编号")
    if row.number in seen:
        return Refused(row.number, row.place, "同一份文件里宗地编号重复")
    notes: list[str] = []
    try:
        area = read_area(_area_cell(row), row.area_heading)
    except ValueError as error:
        return Refused(row.number, row.place, str(error))
    notes += [area.note] if area.note else []
    if area.value is not None and area.value <= 0:
        return Refused(row.number, row.place, "面积不是正数")
    if not row.polygons:
        return Refused(row.number, row.place, "没有界址坐标，画不到图上")
    if why := faults(row.polygons):
        return Refused(row.number, row.place, why)
    if axes.layout is Layout.MIXED:  # within one outline nobody can tell which corner is meant
        return Refused(row.number, row.place, axes.note)
    if axes.layout is Layout.SWAPPED:
        notes.append(axes.note)
    polygons = [[_ring(ring, datum, axes, zone) for ring in polygon] for polygon in row.polygons]
    measured = sum(polygon_area(polygon) for polygon in polygons)
    if area.unit and area.value is not None and "亩" not in area.unit:
        notes.append(f"面积 {_area_cell(row)}（{area.unit}）合 {shown(mu_of(area.value))} 亩")
    if area.value is None:
        notes.append(f"没有登记面积，暂用图上面积 {measured:.2f} 平方米，请补登记面积")
    else:
        gap = abs(Fraction(measured) - area.value) / area.value
        said = f"图上 {measured:.2f} 平方米，登记 {shown(area.value)} 平方米，差 {float(gap):.1%}"
        if gap > limits.refuse:
            return Refused(row.number, row.place, f"{said}；核对面积单位、坐标基准和界址点")
        notes += [said] if gap > limits.warn else []
    return Parcel(row.number, polygons, measured, area.value, tuple(notes), row)


def _area_cell(row: Raw) -> object:
    return row.attributes.get(row.area_heading) if row.area_heading else None


def _ring(
    ring: list[tuple[float, float]], datum: Datum, axes: Axes, zone: Zone | None
) -> list[tuple[float, float]]:
    points = np.asarray(ring, float)
    first, second = points[:, 0], points[:, 1]
    if axes.layout in (Layout.SWAPPED, Layout.GRID_SWAPPED):
        first, second = second, first
    lon, lat = degrees_of(zone, first, second) if zone else to_official(datum, first, second)
    return list(zip(lon.tolist(), lat.tolist(), strict=True))


def centre(polygons: list[Rings]) -> tuple[float, float]:
    """The mean of the outer corners: enough to compare the places of the same parcel twice."""
    points = np.asarray([pair for polygon in polygons for pair in polygon[0][:-1] or polygon[0]], float)
    lon, lat = points.mean(axis=0).tolist()
    return lon, lat


def _offset(taken: Sequence[Parcel], held: Mapping[str, list[Rings]]) -> Offset | None:
    both = [p for p in taken if p.number in held]
    return offset_to([centre(p.polygons) for p in both], [centre(held[p.number]) for p in both])


def _without_heavy_overlaps(
    taken: list[Parcel], shared: Sequence[Overlap], limits: Limits
) -> tuple[list[Parcel], list[Refused]]:
    """Refuse a new parcel that covers too much of another one; small overlaps stay as notes of the intake."""
    by_number = {p.number: p for p in taken}
    heavy: dict[str, Overlap] = {}
    for overlap in shared:
        # of two new parcels the later one (`one`) is refused: somebody has to look before both stand
        parcel = by_number[overlap.one]
        if Fraction(overlap.square_metres) > limits.overlap_refuse * Fraction(parcel.measured):
            heavy.setdefault(overlap.one, overlap)
    refused = [
        Refused(
            n, by_number[n].raw.place, f"与 {o.other} 重叠 {o.square_metres:.1f} 平方米；请核对界址或坐标基准"
        )
        for n, o in heavy.items()
    ]
    return [p for p in taken if p.number not in heavy], refused
