"""Parks: a messy sheet of capacity, what other rooms say of a park, what fits, an evaluation of the user's own."""

import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from sanfu.adapters.demo_parks import _firms, parks
from sanfu.adapters.demo_scenes import cast
from sanfu.projects.floors import actions as floors
from sanfu.projects.land import actions as land
from sanfu.projects.parks import actions, queries
from sanfu.projects.parks.content import raw_schemes
from sanfu.projects.parks.models import Park
from sanfu.records.actor import NotAllowed, Refused
from sanfu.records.models import Event
from sanfu.records.moments import day_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


def who(login: str):
    return cast(login, day_of(NOW))


def bring(text: str, by):
    return actions.bring(name="表.csv", content=io.BytesIO(text.encode()), by=by, at=NOW)


def founded(name="东园", login="yuanjun"):
    return actions.found(name=name, level="省级", by=who(login), at=NOW)


def test_own_parks_are_taken_others_named_and_units_converted() -> None:
    row = founded()
    done = bring("园区,要素,总量,已占用\n东园,用地,1公顷,5\n西园,用地,9,1\n东园,用地,-3,0\n", who("yuanjun"))
    assert (done["taken"], done["strange"], [n for n, _ in done["refused"]]) == (1, ["西园"], [4])
    stock = row.stocks.get()
    assert (stock.total, stock.committed) == (15, 5)
    with pytest.raises(Refused, match="没有一行"):
        bring("园区,要素,总量\n东园,用地,2\n", who("yuangao"))
    with pytest.raises(Refused, match="已有档案"):
        founded()
    with pytest.raises(NotAllowed):
        actions.state(
            row,
            kind="用地",
            total=Decimal(1),
            committed=Decimal(0),
            pipeline=Decimal(0),
            by=who("yuangao"),
            at=NOW,
        )


def test_land_and_floors_are_heard_once_or_twice_and_what_they_do_not_say_stays() -> None:
    row = founded()
    bring("园区,要素,总量,已占用,在谈\n东园,用地,1,1,7\n", who("yuanjun"))
    ring = [(120.6, 31.9), (120.601, 31.9), (120.601, 31.899), (120.6, 31.899), (120.6, 31.9)]
    lots = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]},
         "properties": {"宗地编号": "A", "所在园区": "东园", "利用状况": "空地"}}]}  # fmt: skip
    land.bring(name="a.geojson", content=io.BytesIO(json.dumps(lots).encode()), datum="cgcs2000", meridian=None,
               by=who("tianchou"), at=NOW + timedelta(hours=1))  # fmt: skip
    floors.study(
        title="x", by=who("mulan"), at=NOW + timedelta(hours=2),
        buildings="厂房:\n  - {名称: 甲, 园区: 东园, 楼层: [{层: 1, 净高: 6, 荷载: 2t, 面积: 4000}]}\n",
        needs="需求:\n  - {名称: 乙, 净高: 5, 荷载: 1t, 面积: 1500}\n",
    )  # fmt: skip
    for event in Event.objects.filter(kind__in=["land.brought", "floors.study"]).order_by("at"):
        actions.heard(event)
        actions.heard(event)
    held = {stock.kind: stock for stock in row.stocks.all()}
    assert 10 < held["用地"].total < 20
    assert (held["用地"].committed, held["用地"].pipeline) == (0, 7)
    assert "宗地一张图" in held["用地"].sources["total"]
    assert (held["标准厂房"].total, held["标准厂房"].pipeline) == (4000, 1500)


def test_what_fits_is_three_valued_over_the_parks_one_sees() -> None:
    founded()
    founded("西园")
    founded("北园", "yuangao")
    bring("园区,要素,总量,已占用,在谈\n东园,用地,100,60,30\n西园,用地,100,95,\n", who("yuanjun"))
    found = {row.name: str(one.verdict) for row, one in queries.fits(who("gaoda"), {"用地": Fraction(20)})}
    assert found == {"东园": "与在谈项目相争", "西园": "放不下", "北园": "待核实"}
    assert {row.name for row, _ in queries.fits(who("yuangao"), {"用地": Fraction(1)})} == {"北园"}


def test_an_evaluation_keeps_scheme_values_and_what_was_not_read() -> None:
    raw = {"id": "own", "name": "自己的", "groups": [{"name": "组", "weight": 100, "items": [
        {"name": "亩均税收", "weight": 100, "measure": "target", "target": 10}]}]}  # fmt: skip

    def run(text: str, **more):
        return actions.run(title="甲", scheme={**raw, **more}, error=Decimal("0.05"), name="a.csv", by=who("gaoda"),
                           content=io.BytesIO(text.encode()), firms_name="b.csv", firms=io.BytesIO(_firms().encode()), at=NOW)  # fmt: skip

    made = run("园区,亩均税收\n东园,9.8\n西园,10\n北园,3\n南园,很多\n")
    ranks = {one["park"]: (one["rank"], one["best"], one["worst"]) for one in made.result}
    assert ranks == {"东园": (2, 1, 2), "西园": (1, 1, 2), "北园": (3, 3, 3)}
    assert made.refused == [[5, "“很多”不是数"]]
    assert [one["few"] for one in made.mixed] == [False, False, True, False]
    with pytest.raises(Refused, match="没有一列"):
        run("园区,产值\n东园,1\n")
    with pytest.raises(Refused, match="100"):
        run(
            "园区,亩均税收\n东园,1\n",
            groups=[{"name": "组", "weight": 90, "items": [{**raw["groups"][0]["items"][0], "weight": 90}]}],
        )
    assert not queries.runs(who("yuanjun")).exists()


def test_the_demo_county_and_the_shipped_schemes_stand() -> None:
    parks(NOW)
    assert Park.objects.count() == 4
    made = queries.runs(who("gaoda")).get()
    assert made.refused == []
    assert any(one["missing"] for one in made.result)
    assert set(raw_schemes()) == {"national-etdz-2021", "demo-province"}
