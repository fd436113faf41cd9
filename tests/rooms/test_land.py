"""用地: a file becomes parcels with its notes, facts decide the screening, an option is taken up once and by a person."""

import io
import json
from datetime import UTC, datetime

import pytest

from sanfu.adapters.demo_scenes import cast
from sanfu.projects.land import actions, queries
from sanfu.projects.land.states import OptionState
from sanfu.records.actor import Conflict, NotAllowed, Refused
from sanfu.records.models import Event
from sanfu.records.moments import day_of
from sanfu.web.components.parcel_map import Shape, View, parcel_map

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
RING = [[120.5, 31.9], [120.502, 31.9], [120.502, 31.902], [120.5, 31.902], [120.5, 31.9]]


def content(*rings, **facts) -> io.BytesIO:
    features = [
        {
            "type": "Feature",
            "properties": {"宗地编号": f"D{n}", **facts},
            "geometry": {"type": "Polygon", "coordinates": [r]},
        }
        for n, r in enumerate(rings)
    ]
    return io.BytesIO(json.dumps({"type": "FeatureCollection", "features": features}).encode())


def brought(by, *rings, datum="cgcs2000", **facts):
    return actions.bring(
        name="宗地.geojson", content=content(*rings, **facts), datum=datum, meridian=None, by=by, at=NOW
    )


@pytest.fixture
def officer(county):
    return cast("tianchou", day_of(NOW))


def test_what_stands_is_taken_and_the_rest_named(officer) -> None:
    made = brought(officer, RING, [[x + 0.0005, y] for x, y in RING], 容积率=0.5, 取得土地年数=9)
    assert (made.taken, len(made.refused), len(made.overlaps)) == (1, 1, 1)
    row = queries.parcels(officer).get()
    assert (row.number, row.finding) == ("D0", "低效")
    assert row.raw["polygons"][0][0][0] == RING[0]
    assert Event.objects.filter(stream=made.id, kind="land.brought").count() == 1


def test_a_refused_file_changes_nothing(officer) -> None:
    with pytest.raises(Refused, match="没有导入任何宗地"):
        brought(officer, RING, datum="gk3")
    assert not queries.imports(officer).exists()


def test_a_second_file_replaces_and_keeps_the_facts(officer) -> None:
    brought(officer, RING, 容积率=0.5)
    brought(officer, [[y, x] for x, y in RING], 取得土地年数=9)
    row = queries.parcels(officer).get()
    assert row.facts == {"容积率": "0.5", "取得土地年数": "9"}
    assert row.finding == "低效"


def test_row_scope_and_permissions(officer, county) -> None:
    made = brought(officer, RING)
    other = cast("jiangyu", day_of(NOW))
    assert not queries.parcels(other).exists()
    assert queries.parcels(cast("zhengju", day_of(NOW))).exists()
    with pytest.raises(NotAllowed):
        brought(other, RING)
    with pytest.raises(NotAllowed):
        actions.state_facts(made.parcels.get(), facts={}, by=cast("zhengju", day_of(NOW)), at=NOW)


def test_an_option_is_taken_up_once(officer) -> None:
    brought(officer, RING)
    row = queries.parcels(officer).get()
    asked = {"way": "self", "storeys": [12, 7], "plate": 5000, "far_now": "0.6", "far_bound": "不足"}
    option = actions.propose(row, asked=asked, by=officer, at=NOW)
    done = actions.decide(option, adopt=True, by=officer, at=NOW)
    assert done.state == OptionState.ADOPTED
    assert done.number == "DL2026000001"
    event = Event.objects.get(stream=option.id, kind="land.adopted")
    assert event.data["far"] == option.answer["far"]
    with pytest.raises(Conflict):
        actions.decide(option, adopt=False, by=officer, at=NOW)
    wide = actions.propose(row, asked={**asked, "plate": 10**6}, by=officer, at=NOW)
    with pytest.raises(Refused, match="不成立"):
        actions.decide(wide, adopt=True, by=officer, at=NOW)


def _numbers(svg: str) -> list[int]:
    """Start and steps of the first outline."""
    path = svg.split(' d="')[1].split('"')[0]
    return [int(n) for n in path.replace("M", " ").replace("l", " ").replace("z", " ").split()]


def test_the_map_is_one_link_a_parcel_and_its_places_are_right() -> None:
    svg = parcel_map([Shape([[RING]], "/x/1", "甲 & 乙", "danger"), Shape([[RING]], "/x/2", "丙")], "图")
    assert svg.count("<a href=") == 2
    assert "甲 &amp; 乙" in svg
    numbers = _numbers(svg)
    assert numbers[:2] == [0, round(0.002 * 1_113_200)]
    assert abs(numbers[2] - 0.002 * 1_113_200 * 0.8489) < 3  # cos 31.9°
    assert "还没有宗地" in parcel_map([], "图")
    far = [
        [x + 0.2, y] for x, y in RING
    ]  # a county wide: steps as fine as a screen shows, finer when it is zoomed
    wide = [Shape([[ring]], "/x", "甲") for ring in (RING, far)]
    across = [_numbers(parcel_map(wide, "图", View(zoom)))[2] for zoom in (0, 3)]
    assert 0 < 3 * across[0] < across[1]
    assert across[1] < numbers[2]
    assert View.of({"z": "nan", "x": "y"}) == View()
    assert View.of({"z": "99", "x": "7"}) == View(8, 1.0, 0.5)
