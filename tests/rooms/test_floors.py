"""工业上楼: a study is kept as written, bad text is refused with its place, the page shows conflicts and section."""

from datetime import UTC, datetime

import pytest

from sanfu.adapters import demo_floors
from sanfu.adapters.demo_scenes import cast
from sanfu.projects.floors import actions, queries
from sanfu.projects.land.content import far_rule
from sanfu.records.actor import NotAllowed, Refused
from sanfu.records.moments import day_of
from sanfu.web.officer.floors.section import section

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


def test_the_demo_study_says_where_and_why(county) -> None:
    demo_floors.floors(NOW)
    officer = cast("mulan", day_of(NOW))
    row = queries.studies(officer).get()
    found = queries.result(row.buildings, row.needs, far_rule())
    fits = {f.need: f for f in found.fits["演示一号楼"]}
    assert fits["演示冲压公司"].fits == (1,)
    assert fits["演示装配公司"].fits == (1, 2, 3, 4, 5, 6)
    assert [c.keys for c in fits["演示重装公司"].conflicts] == [("load",)]
    placed = found.placed["演示一号楼"]
    assert placed.left == ("演示重装公司",)
    drawing = section(found.buildings[0], placed, {n.id: n.name for n in found.needs})
    assert drawing.count("<rect") == 6
    assert not queries.studies(cast("tianchou", day_of(NOW))).exists()


@pytest.mark.parametrize(
    ("buildings", "said"),
    [("厂房: [", "写法有误"), ("厂房: []", "没有厂房"), ("厂房: [{名称: 甲}]", "没有楼层")],
)
def test_bad_text_is_refused(county, buildings: str, said: str) -> None:
    officer = cast("mulan", day_of(NOW))
    with pytest.raises(Refused, match=said):
        actions.study(title="x", buildings=buildings, needs=demo_floors.NEEDS, by=officer, at=NOW)
    assert not queries.studies(officer).exists()
    with pytest.raises(NotAllowed):
        actions.study(
            title="x",
            buildings=demo_floors.BUILDINGS,
            needs=demo_floors.NEEDS,
            by=cast("tianchou", day_of(NOW)),
            at=NOW,
        )
