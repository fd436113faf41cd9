"""The map of a county (content/places/county.geojson): areas, villages, roads; where a point lies, what is near it."""

import json
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from shapely.geometry import Point, shape
from shapely.strtree import STRtree

from sanfu.records.content import BadContent

AREAS = ("town", "street", "zone")


@dataclass(frozen=True)
class Place:
    """A town, village or road of the county's map; `geometry` in degrees of longitude and latitude (CGCS2000)."""

    kind: str
    code: str
    area: str
    name: str
    geometry: Any

    @property
    def middle(self) -> tuple[float, float]:
        """Longitude and latitude of a point on it, to which a label or a choice belongs."""
        point = self.geometry.representative_point()
        return (point.x, point.y)


@dataclass(frozen=True)
class CountyMap:
    """Everything that the county's map shows. `datum` as the file says it."""

    name: str
    datum: str
    places: tuple[Place, ...]

    @cached_property
    def areas(self) -> tuple[Place, ...]:
        """Towns, streets and zones, which together are the county."""
        return tuple(one for one in self.places if one.kind in AREAS)

    @cached_property
    def spots(self) -> tuple[Place, ...]:
        """Villages, communities and roads: what a person names as the place."""
        return tuple(one for one in self.places if one.kind not in AREAS)

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """Smallest longitude and latitude, largest longitude and latitude."""
        boxes = [one.geometry.bounds for one in self.areas]
        return (
            min(b[0] for b in boxes),
            min(b[1] for b in boxes),
            max(b[2] for b in boxes),
            max(b[3] for b in boxes),
        )

    @cached_property
    def _tree(self) -> STRtree:
        return STRtree([one.geometry for one in self.areas])

    @cached_property
    def _spot_tree(self) -> STRtree:
        return STRtree([one.geometry for one in self.spots])

    def area_at(self, lon: float, lat: float) -> Place | None:
        """The town that a point lies in, or None outside the county."""
        point = Point(lon, lat)
        return next((self.areas[n] for n in self._tree.query(point, predicate="intersects")), None)

    def nearest(self, lon: float, lat: float) -> Place | None:
        """The village or road that is nearest to a point in the county."""
        if not self.spots:
            return None
        return self.spots[int(self._spot_tree.nearest(Point(lon, lat)))]


def county_map() -> CountyMap:
    """The map of this county; BadContent when its file cannot be used."""
    return read_map(Path(settings.CONTENT) / "places" / "county.geojson")


@cache
def read_map(path: Path) -> CountyMap:
    """One map file; BadContent names the feature that is wrong."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadContent(f"{path} 不能作为地图读入：{error}") from error
    return CountyMap(
        raw.get("name", ""), raw.get("datum", ""), tuple(_place(path, one) for one in raw["features"])
    )


def _place(path: Path, feature: dict[str, Any]) -> Place:
    said = feature.get("properties", {})
    try:
        geometry = shape(feature["geometry"])
        return Place(said["kind"], said["code"], said["area"], said["name"], geometry)
    except (KeyError, ValueError, TypeError) as error:
        raise BadContent(f"{path} 里的“{said.get('name', '?')}”不成立：{error}") from error
