"""The county's map and its picture: towns cover what they say, the picture and the field agree both ways."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon

from sanfu.records.content import BadContent
from sanfu.records.places import county_map, read_map
from sanfu.web.components.map import Area, MapView, Mark, around

GROUND = county_map()
LON = st.floats(GROUND.bounds[0], GROUND.bounds[2])
LAT = st.floats(GROUND.bounds[1], GROUND.bounds[3])


@given(LON, LAT)
def test_a_point_of_the_picture_is_the_same_point_of_the_field(lon: float, lat: float) -> None:
    at = around(GROUND.bounds)
    x, y = at.point(lon, lat)
    assert 0 <= x <= at.width
    assert 0 <= y <= at.height
    back = at.degrees(x, y)
    assert back == pytest.approx((lon, lat), abs=2e-4)


def test_the_towns_do_not_overlap_and_hold_their_villages() -> None:
    for n, one in enumerate(GROUND.areas):
        for other in GROUND.areas[n + 1 :]:
            assert one.geometry.intersection(other.geometry).area < 1e-8
    villages = [one for one in GROUND.spots if one.kind != "road"]
    assert len(villages) >= 50
    for village in villages:
        found = GROUND.area_at(*village.middle)
        assert found is not None
        assert found.area == village.area
        assert GROUND.nearest(*village.middle) in GROUND.spots
    assert GROUND.area_at(0, 0) is None


def test_a_square_in_the_field_is_a_square_in_the_picture() -> None:
    at = around((120.0, 60.0, 122.0, 61.0))
    one = at.point(121.0, 60.5)
    east, north = at.point(121.0 + 0.1 / at.squeeze, 60.5), at.point(121.0, 60.6)
    assert east[0] - one[0] == pytest.approx(one[1] - north[1], abs=0.3)


def test_marks_that_are_near_become_one_that_counts_them() -> None:
    lon, lat = GROUND.spots[0].middle
    far = GROUND.areas[2].middle
    near = [Mark(lon, lat + n / 1e6, f"第{n}件", tone="ok") for n in range(9)]
    drawn = str(MapView(marks=[*near, Mark(lon, lat, "急", tone="danger"), Mark(*far, "<b>", "/x")]).svg)
    assert re.findall(r'class="cluster (\w+)"', drawn) == ["danger"]
    assert ">10</text>" in drawn
    assert "&lt;b&gt;" in drawn
    assert "<b>" not in drawn


def test_areas_with_holes_are_drawn_with_them() -> None:
    box = Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [[(1, 1), (2, 1), (2, 2), (1, 2)]])
    drawn = str(MapView(areas=[Area(box, "地块", "3 亩", "/p", "warn")], bounds=box.bounds, county=False).svg)
    path = re.search(r'class="area warn" d="([^"]+)"', drawn)
    assert path is not None
    assert path.group(1).count("M") == path.group(1).count("Z") == 2


def test_a_map_that_cannot_be_read_says_where(tmp_path: Path) -> None:
    bad = tmp_path / "county.geojson"
    bad.write_text("{", encoding="utf-8")
    with pytest.raises(BadContent, match="不能作为地图"):
        read_map(bad)
    raw = json.loads((Path(settings.CONTENT) / "places" / "county.geojson").read_text("utf-8"))
    del raw["features"][3]["properties"]["code"]
    other = tmp_path / "other.geojson"
    other.write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(BadContent, match=raw["features"][3]["properties"]["name"]):
        read_map(other)
