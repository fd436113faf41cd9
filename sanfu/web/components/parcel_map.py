"""宗地图: parcels as an SVG that the server writes; no tile server, no script, every parcel a link for the keyboard.

Degrees become decimetres in a local grid (equirectangular, cos φ of the middle), written as integer steps no finer
than a screen can show: that is most of the weight. Moving and zooming are links that change `viewBox`.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

DECIMETRES = 1_113_200.0  # in a degree of latitude
SMALLEST = 500  # decimetres that the map shows at least
FINEST = 3_000  # steps across what is shown: a third of a pixel on a wide screen
FILLS = {
    "danger": "var(--danger-bg)",
    "warn": "var(--warn-bg)",
    "ok": "var(--ok-bg)",
    "muted": "var(--muted-bg)",
}
LINES = {"danger": "var(--danger)", "warn": "var(--warn)", "ok": "var(--ok)", "muted": "var(--muted)"}

Rings = Sequence[Sequence[Sequence[Sequence[float]]]]


@dataclass(frozen=True, slots=True)
class Shape:
    """One parcel to draw: its outline in degrees, where it leads, what it is called, and its tone."""

    polygons: Rings
    href: str
    title: str
    tone: str = "muted"


@dataclass(frozen=True, slots=True)
class View:
    """What part is shown: zoom steps (0 is everything) and the middle as shares of the whole."""

    zoom: int = 0
    x: float = 0.5
    y: float = 0.5

    @classmethod
    def of(cls, params: Mapping[str, str]) -> "View":
        """From the query string; nonsense shows everything."""
        try:
            zoom, x, y = int(params.get("z", 0)), float(params.get("x", 0.5)), float(params.get("y", 0.5))
        except ValueError:
            return cls()
        if not (math.isfinite(x) and math.isfinite(y)):
            return cls()
        return cls(min(max(zoom, 0), 8), min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0))

    def links(self) -> list[tuple[str, str]]:
        """Label and query of each step a reader may take from here."""
        step = 0.5 / 2**self.zoom / 2
        moves = [
            ("放大", self.zoom + 1, 0.0, 0.0), ("缩小", self.zoom - 1, 0.0, 0.0), ("向西", self.zoom, -step, 0.0),
            ("向东", self.zoom, step, 0.0), ("向北", self.zoom, 0.0, -step), ("向南", self.zoom, 0.0, step), ("全图", 0, 0.0, 0.0),
        ]  # fmt: skip
        found = []
        for label, zoom, dx, dy in moves:
            x, y = (0.5, 0.5) if label == "全图" else (self.x + dx, self.y + dy)
            found.append(
                (label, f"?z={min(max(zoom, 0), 8)}&x={min(max(x, 0), 1):.4f}&y={min(max(y, 0), 1):.4f}#map")
            )
        return found


def parcel_map(shapes: Sequence[Shape], label: str, view: View = View()) -> SafeString:
    """The whole SVG; a sentence instead when there is nothing to draw."""
    corners = [p for s in shapes for polygon in s.polygons for ring in polygon for p in ring]
    if not corners:
        return mark_safe('<p class="quiet">还没有宗地可画。</p>')
    west, east = min(p[0] for p in corners), max(p[0] for p in corners)
    south, north = min(p[1] for p in corners), max(p[1] for p in corners)
    squeeze = math.cos(math.radians((south + north) / 2))
    span = max((east - west) * squeeze, north - south) * DECIMETRES
    grain = max(1, round(span / 2**view.zoom / FINEST))  # decimetres of one step
    scale = DECIMETRES / grain
    width = max(round((east - west) * squeeze * scale), SMALLEST // grain, 1)
    height = max(round((north - south) * scale), SMALLEST // grain, 1)
    body = "".join(_drawn(s, west, north, squeeze * scale, scale) for s in shapes)
    box = _box(width, height, view)
    return mark_safe(
        f'<svg class="parcel-map" id="map" viewBox="{box}" role="group" aria-label="{escape(label)}" '
        f'preserveAspectRatio="xMidYMid meet" width="100%" height="460" fill-rule="evenodd">{body}</svg>'
    )


def _box(width: int, height: int, view: View) -> str:
    margin = max(width, height) // 40
    shown_w, shown_h = (width + 2 * margin) / 2**view.zoom, (height + 2 * margin) / 2**view.zoom
    left = view.x * width - shown_w / 2 if view.zoom else -margin
    top = view.y * height - shown_h / 2 if view.zoom else -margin
    return f"{left:.0f} {top:.0f} {shown_w:.0f} {shown_h:.0f}"


def _drawn(shape: Shape, west: float, north: float, across: float, down: float) -> str:
    path = "".join(_ring(ring, west, north, across, down) for polygon in shape.polygons for ring in polygon)
    fill, line = FILLS.get(shape.tone, FILLS["muted"]), LINES.get(shape.tone, LINES["muted"])
    return (
        f'<a href="{escape(shape.href)}"><path d="{path}" fill="{fill}" stroke="{line}" '
        f'vector-effect="non-scaling-stroke"><title>{escape(shape.title)}</title></path></a>'
    )


def _ring(ring: Iterable[Sequence[float]], west: float, north: float, across: float, down: float) -> str:
    """An absolute start, then whole steps: rounding is done on places, so errors never add up."""
    places = [(round((p[0] - west) * across), round((north - p[1]) * down)) for p in ring]
    if len(places) > 1 and places[0] == places[-1]:
        places.pop()
    x, y = places[0]
    parts = [f"M{x} {y}l"]
    for nx, ny in places[1:]:
        parts.append(f"{nx - x} {ny - y} ")
        x, y = nx, ny
    return "".join(parts).rstrip() + "z"
