"""Floors and needs from a messy table give what the written list gives."""

from decimal import Decimal

import pytest

from sanfu.kernel.floors.reading import BadFloors, Notes, read_buildings, read_needs
from sanfu.kernel.floors.tables import buildings_of, needs_of

HOUSES = (
    "某园区厂房情况（演示）\n厂房,层,层高（米）,荷载（t/㎡）,面积（㎡）,耐火等级,货梯\n"
    "一号楼,1层,12,3,4000,一级,5t\n,2-3,7,1.5,4000,,5\n二号楼,1,8000mm,15kN,2000,,\n"
)


def test_merged_names_units_and_a_title_line_are_read_as_the_written_list() -> None:
    found = read_buildings(buildings_of(HOUSES.encode("gb18030"), "a.csv"), Notes())
    assert [(b.name, [f.number for f in b.floors], b.rating) for b in found] == [
        ("一号楼", [1, 2, 3], "一级"),
        ("二号楼", [1], ""),
    ]
    ground = found[0].floors[0]
    assert (ground.storey_height, ground.has["load"]) == (12, Decimal("29.43"))
    assert (found[1].floors[0].storey_height, found[1].floors[0].has["load"]) == (8, 15)


def test_needs_come_with_their_traits_and_bad_tables_say_why() -> None:
    table = "企业名称,净高,荷载,面积,特征\n甲,5,1t,2000,精密、洁净\n"
    one = read_needs(needs_of(table.encode(), "b.csv"), Notes())[0]
    assert (one.name, one.traits) == ("甲", {"精密", "洁净"})
    with pytest.raises(BadFloors, match="没有“厂房”"):
        buildings_of(b"a,b\n1,2\n", "c.csv")
    with pytest.raises(BadFloors, match="企业名称"):
        needs_of("企业名称,净高\n,5\n".encode(), "d.csv")
    with pytest.raises(BadFloors, match="读不成数"):
        read_buildings(buildings_of("厂房,层,层高\n甲,1,很高\n".encode(), "e.csv"), Notes())


def test_english_keys_with_prefixes_and_a_key_that_means_nothing() -> None:
    notes = Notes()
    rows = {"needs": [{"id": "N", "min_height": 4, "floor_load": 0.8, "weather": 1}]}
    one = read_needs(rows, notes)[0]
    assert one.wants == {"height": 4, "load": Decimal("7.848")}
    assert any("weather" in line for line in notes.lines)
