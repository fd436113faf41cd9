"""地图: an SVG that the server writes, without tiles; areas, lines, points and clusters, with a list beside.

    drawn = MapView(marks=[Mark(lon, lat, "SQ2026000123 路灯不亮", url, "warn")], areas=[Area(place, "12 件", url, "warn")])
    {% map drawn %}                       the map and its list
    {% place_picker form.lon form.lat %}  a tap, the phone's position by choice, or a village from the list
    drawn.projection.point(lon, lat)      → x, y in the picture: for shapes of your own, given as `extra`

Coordinates are degrees in CGCS2000; WGS-84 of a phone is the same within a metre.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from shapely.geometry import LineString, MultiPolygon, Polygon

from sanfu.records.places import CountyMap, Place, county_map

WIDTH = 720
CLUSTER = 34  # marks nearer to each other than this, in the picture, are one


@dataclass(frozen=True, slots=True)
class Mark:
    """A point on the map. label: in the list and at a touch; url: its page; tone: of its state; kind: of its list group."""

    lon: float
    lat: float
    label: str
    url: str = ""
    tone: str = "info"


@dataclass(frozen=True, slots=True)
class Area:
    """A shape on the map. name and note stand in the list; tone colours it; url opens it; share: 0..1 deepens it."""

    geometry: Polygon | MultiPolygon
    name: str
    note: str = ""
    url: str = ""
    tone: str = ""
    share: float = 0.0
    labelled: bool = True


@dataclass(frozen=True)
class Projection:
    """Degrees to the picture and back: east and north are stretched so that a square in the field stays one."""

    west: float
    south: float
    east: float
    north: float
    width: int = WIDTH

    @cached_property
    def squeeze(self) -> float:
        """How much shorter a degree of longitude is than one of latitude here."""
        return math.cos(math.radians((self.south + self.north) / 2))

    @cached_property
    def scale(self) -> float:
        """Units of the picture for a degree of latitude."""
        return self.width / ((self.east - self.west) * self.squeeze)

    @property
    def height(self) -> int:
        """Of the picture."""
        return max(1, round((self.north - self.south) * self.scale))

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a point lies in the picture."""
        x = (lon - self.west) * self.squeeze * self.scale
        return (round(x, 1), round((self.north - lat) * self.scale, 1))

    def degrees(self, x: float, y: float) -> tuple[float, float]:
        """Longitude and latitude of a point of the picture."""
        return (self.west + x / (self.squeeze * self.scale), self.north - y / self.scale)

    def path(self, geometry: Any) -> str:
        """A polygon, line or several of them as the `d` of an SVG path."""
        if hasattr(geometry, "geoms"):
            return "".join(self.path(one) for one in geometry.geoms)
        rings = [geometry.exterior, *geometry.interiors] if isinstance(geometry, Polygon) else [geometry]
        close = "Z" if isinstance(geometry, Polygon) else ""
        return "".join(
            "M" + "L".join(f"{x} {y}" for x, y in (self.point(*at[:2]) for at in ring.coords)) + close
            for ring in rings
        )


def around(bounds: Sequence[float], margin: float = 0.04, width: int = WIDTH) -> Projection:
    """A projection that shows some bounds with a margin."""
    west, south, east, north = bounds
    dx, dy = (east - west or 0.01) * margin, (north - south or 0.01) * margin
    return Projection(west - dx, south - dy, east + dx, north + dy, width)


@dataclass(frozen=True)
class MapView:
    """One map. county: whether towns and roads lie below; bounds: what is shown, the county without them.

    extra: shapes of the room's own as safe SVG, drawn above the areas and below the marks.
    """

    marks: Sequence[Mark] = ()
    areas: Sequence[Area] = ()
    title: str = "地图"
    county: bool = True
    bounds: tuple[float, float, float, float] | None = None
    extra: SafeString = field(default=mark_safe(""))
    listed: bool = True

    @cached_property
    def ground(self) -> CountyMap:
        """The map of the county below."""
        return county_map()

    @cached_property
    def projection(self) -> Projection:
        """How degrees become places in the picture."""
        return around(self.bounds or self.ground.bounds)

    @property
    def svg(self) -> SafeString:
        """The picture."""
        at = self.projection
        below = _ground(self.ground, at, named=not self.areas) if self.county else basemap(at)
        return format_html(
            '<svg class="map-svg" viewBox="0 0 {} {}" role="group" aria-label="{}">{}{}{}{}</svg>',
            at.width, at.height, self.title, below,
            format_html_join("", "{}", ((_area(one, at),) for one in self.areas)),
            self.extra,
            format_html_join("", "{}", ((one,) for one in self._clusters())),
        )  # fmt: skip

    def _clusters(self) -> Iterable[SafeString]:
        cells: dict[tuple[int, int], list[tuple[float, float, Mark]]] = defaultdict(list)
        for mark in self.marks:
            x, y = self.projection.point(mark.lon, mark.lat)
            cells[(int(x // CLUSTER), int(y // CLUSTER))].append((x, y, mark))
        for found in cells.values():
            yield _dot(*found[0]) if len(found) == 1 else _cluster(found)


WORST = ("danger", "warn", "info", "ok", "muted")


def basemap(at: Projection) -> SafeString:
    """The county's own picture below everything, where the setting names a map service (WMS); else nothing.

    The picture is plain degrees stretched to a square field, so one image of the service fits it exactly.
    """
    if not settings.BASEMAP:
        return mark_safe("")
    asked: dict[str, str | int] = {
        "SERVICE": "WMS", "VERSION": "1.1.1", "REQUEST": "GetMap", "SRS": "EPSG:4490", "STYLES": "",
        "FORMAT": "image/png", "BBOX": f"{at.west:.6f},{at.south:.6f},{at.east:.6f},{at.north:.6f}",
        "WIDTH": at.width * 2, "HEIGHT": at.height * 2,
    }  # fmt: skip
    url = f"{settings.BASEMAP}{'&' if '?' in settings.BASEMAP else '?'}{urlencode(asked)}"
    return format_html(
        '<image class="basemap" href="{}" width="{}" height="{}" preserveAspectRatio="none"/>',
        url,
        at.width,
        at.height,
    )


def _ground(ground: CountyMap, at: Projection, named: bool) -> SafeString:
    towns = format_html_join(
        "",
        '<path class="town" d="{}"><title>{}</title></path>',
        ((at.path(t.geometry), t.name) for t in ground.areas),
    )
    roads = format_html_join(
        "", '<path class="road" d="{}"><title>{}</title></path>',
        ((at.path(r.geometry), r.name) for r in ground.spots if isinstance(r.geometry, LineString)),
    )  # fmt: skip
    names = format_html_join(
        "", '<text class="name" x="{}" y="{}">{}</text>',
        ((*at.point(*t.middle), t.name) for t in ground.areas if named),
    )  # fmt: skip
    return format_html("{}{}{}{}", basemap(at), towns, roads, names)


def _linked(url: str, name: str, content: SafeString) -> SafeString:
    return format_html('<a href="{}" aria-label="{}">{}</a>', url, name, content) if url else content


def _area(one: Area, at: Projection) -> SafeString:
    depth = f"{0.15 + 0.6 * min(max(one.share, 0.0), 1.0):.2f}"
    drawn = format_html(
        '<path class="area {}" d="{}" fill-opacity="{}"><title>{} {}</title></path>',
        one.tone, at.path(one.geometry), depth, one.name, one.note,
    )  # fmt: skip
    if one.labelled:
        middle = one.geometry.representative_point()
        x, y = at.point(middle.x, middle.y)
        drawn = format_html(
            '{}<text class="name" x="{}" y="{}">{}<tspan x="{}" dy="1.2em">{}</tspan></text>',
            drawn, x, y, one.name, x, one.note,
        )  # fmt: skip
    return _linked(one.url, f"{one.name} {one.note}", drawn)


def _dot(x: float, y: float, mark: Mark) -> SafeString:
    dot = format_html(
        '<circle class="mark {}" cx="{}" cy="{}" r="7"><title>{}</title></circle>',
        mark.tone,
        x,
        y,
        mark.label,
    )
    return _linked(mark.url, mark.label, dot)


def _cluster(found: Sequence[tuple[float, float, Mark]]) -> SafeString:
    x = round(sum(one[0] for one in found) / len(found), 1)
    y = round(sum(one[1] for one in found) / len(found), 1)
    tone = min((one[2].tone for one in found), key=WORST.index)
    radius = min(11 + 2 * math.log2(len(found)), 22)
    named = "；".join(one[2].label for one in found[:6]) + ("…" if len(found) > 6 else "")
    return format_html(
        '<g class="cluster {}"><circle cx="{}" cy="{}" r="{}"/><text x="{}" y="{}">{}</text><title>{}</title></g>',
        tone, x, y, f"{radius:.1f}", x, y + 4.5, len(found), named,
    )  # fmt: skip


def picker_context(lon: Any, lat: Any) -> dict[str, Any]:
    """What the place picker needs: the picture, its scale for the script, and the places by town."""
    ground = county_map()
    at = around(ground.bounds, width=520)
    towns = {one.area: one.name for one in ground.areas}
    groups: dict[str, list[Place]] = defaultdict(list)
    for one in ground.spots:
        groups[towns.get(one.area, "道路")].append(one)
    return {
        "lon": lon,
        "lat": lat,
        "view": at,
        "factor": at.squeeze * at.scale,
        "svg": _ground(ground, at, named=True),
        "groups": [(name, [(one, one.middle) for one in rows]) for name, rows in groups.items()],
        "datum": ground.datum,
    }
