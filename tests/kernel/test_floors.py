"""工业上楼: smallest conflict sets and placements equal brute force; files with every spelling; consequences of height."""

import json
from decimal import Decimal
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.adapters.commandline.main import main
from sanfu.kernel.floors.consequences import consequences
from sanfu.kernel.floors.fit import fit, minimal_hitting_sets
from sanfu.kernel.floors.model import BY_KEY, GRAVITY, Building, Floor, Need, holds
from sanfu.kernel.floors.placing import Rules, clash, place
from sanfu.kernel.floors.reading import BadFloors, Notes, read_buildings, read_needs
from sanfu.projects.floors.content import fire_rule, neighbours
from sanfu.projects.land.content import far_rule

SEED = """
厂房:
  - 名称: 演示一号楼
    土地面积: 10000
    耐火等级: 一级
    自动喷淋: 有
    楼层:
      - {层: 1, 层高: 12, 荷载: 3t, 面积: 4000, 建筑面积: 4143, 火灾危险性: 丙}
      - {层: 2-3, 层高: 7, 荷载: 1.5t, 面积: 4000, 建筑面积: 4143, 火灾危险性: 丙}
      - {层: "4-6", 层高: 4.5, 荷载: 0.8t, 面积: 4000, 建筑面积: 4143, 火灾危险性: 丙}
"""
KEYS = ("height", "load", "span", "lift", "power", "vibration")


def seed() -> Building:
    import yaml

    return read_buildings(yaml.safe_load(SEED), Notes())[0]


masks = st.lists(st.integers(0, 63), max_size=7)


@given(masks)
@settings(max_examples=300, deadline=None)
def test_minimal_hitting_sets_equal_brute_force(failed: list[int]) -> None:
    hitting = [s for s in range(64) if failed and all(s & m for m in failed)]
    wanted = {s for s in hitting if not any(o != s and o & s == o for o in hitting)}
    assert set(minimal_hitting_sets(failed)) == wanted


levels = st.fixed_dictionaries({k: st.integers(0, 3) for k in KEYS})


@given(st.lists(levels, min_size=1, max_size=6), levels)
@settings(max_examples=100, deadline=None)
def test_conflicts_are_all_smallest_and_each_is_one(floors, wants) -> None:
    building = Building(
        "b", "b", tuple(Floor(n, {k: Decimal(v) for k, v in f.items()}) for n, f in enumerate(floors, 1))
    )
    need = Need("n", "n", {k: Decimal(v) for k, v in wants.items()})
    found = fit(building, need)

    def possible(keys) -> bool:
        return any(all(holds(BY_KEY[k], need.wants[k], f) for k in keys) for f in building.floors)

    assert found.fits == tuple(
        f.number for f in building.floors if all(holds(BY_KEY[k], need.wants[k], f) for k in KEYS)
    )
    impossible = [set(c) for size in range(1, 7) for c in combinations(KEYS, size) if not possible(c)]
    smallest = [c for c in impossible if not any(o < c for o in impossible)]
    assert sorted(map(sorted, (c.keys for c in found.conflicts))) == sorted(map(sorted, smallest))


TRAITS = ("强振动", "精密", "湿作业", "洁净")


@given(
    st.lists(
        st.tuples(st.integers(1, 6), st.integers(1, 9), st.sets(st.sampled_from(TRAITS), max_size=2), st.integers(1, 2)),
        min_size=1, max_size=5,
    )
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_placement_equals_brute_force(tenants) -> None:
    building = Building("b", "b", tuple(Floor(n, {"area": Decimal(8)}) for n in (1, 2, 3)))
    needs = [
        Need(str(n), str(n), {"area": Decimal(a)}, frozenset(t), floors=f, value=Decimal(v), area=Decimal(a))
        for n, (a, v, t, f) in enumerate(tenants)
    ]
    rules = neighbours()

    def legal(spots) -> bool:
        used = dict.fromkeys((1, 2, 3), Decimal(0))
        for need, low in zip(needs, spots, strict=True):
            for floor in range(low, low + need.floors) if low else ():
                if floor not in used:
                    return False
                used[floor] += need.area
        if any(area > 8 for area in used.values()):
            return False
        pairs = combinations([(n, s) for n, s in zip(needs, spots, strict=True) if s], 2)
        return not any(clash(a, x, b, y, rules) for (a, x), (b, y) in pairs)

    options = [s for s in product(range(4), repeat=len(needs)) if legal(s)]
    best = max(sum(n.value for n, s in zip(needs, spots, strict=True) if s) for spots in options)
    found = place(building, needs, rules)
    assert found.proven
    assert found.value == best
    assert legal(tuple(found.at.get(n.id, 0) for n in needs))


def test_the_seeds_building() -> None:
    building = seed()
    said = [c.words for c in consequences(building, fire_rule(), far_rule())]
    assert "6 层、高 39.5 米，属高层厂房" in said[0]
    assert any("6000 ㎡" in s for s in said)  # 3,000 doubled by sprinklers
    assert any("消防电梯" in s for s in said)
    assert any("第 1 层层高超过 8 米按两倍，容积率 2.90" in s for s in said)
    assert building.floors[0].has["load"] == 3 * GRAVITY


def test_unknown_is_asked_and_not_refused() -> None:
    building = Building("b", "b", (Floor(1, {"height": Decimal(5)}), Floor(2, {"height": Decimal(3)})))
    found = fit(building, Need("n", "n", {"height": Decimal(4), "load": Decimal(10)}))
    assert (found.answer, found.open, found.conflicts) == (None, ((1, ("load",)),), ())


def test_dislikes_and_lifts_keep_tenants_apart() -> None:
    building = Building("b", "b", (Floor(1, {"area": Decimal(9)}),))
    loud = Need("loud", "l", traits=frozenset({"强振动", "货梯高频"}), value=Decimal(2))
    shy = Need("shy", "s", dislikes=frozenset({"强振动"}), value=Decimal(1))
    busy = Need("busy", "b", traits=frozenset({"货梯高频"}), value=Decimal(1))
    assert place(building, [loud, shy]).at == {"loud": 1}
    assert set(place(building, [loud, busy], Rules(lift_moves=1)).at) == {"loud"}


def test_files_in_english_and_with_units() -> None:
    notes = Notes()
    raw = {
        "buildings": [
            {
                "id": "B1",
                "floors": {
                    1: {"clear_height": "6000mm", "load": 2, "fire_class": "丙类"},
                    "2-3": {"height": 4, "load_kn": 12},
                },
            }
        ]
    }
    (building,) = read_buildings(raw, notes)
    assert [f.number for f in building.floors] == [1, 2, 3]
    assert building.floors[0].has == {"height": Decimal(6), "load": 2 * GRAVITY, "fire": "丙"}
    assert building.floors[1].has["load"] == 12
    assert any("荷载没有写单位" in n for n in notes.lines)
    (need,) = read_needs({"needs": [{"id": "n", "requirements": {"height": 5, "load": "1.2t/㎡"}}]}, notes)
    assert need.wants["load"] == Decimal("1.2") * GRAVITY


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({}, "厂房"), ({"厂房": [{"名称": "甲"}]}, "楼层"), ({"厂房": [{"名称": "甲", "楼层": [{"层": "上面"}]}]}, "层号"),
        ({"厂房": [{"名称": "甲", "楼层": [{"层": 1, "净高": "高"}]}]}, "读不成数"),
        ({"厂房": [{"名称": "甲", "楼层": [{"层": 1}, {"层": 1}]}]}, "重复"),
        ({"厂房": [{"名称": "甲", "楼层": [{"层": 1, "火灾危险性": "大"}]}]}, "火灾危险性"),
        ({"厂房": [{"名称": "甲", "楼层": [{"层": 1, "荷载": "3磅"}]}]}, "单位"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_says_where(raw, said: str) -> None:
    with pytest.raises(BadFloors, match=said):
        read_buildings(raw, Notes())


def test_the_command(capsys, tmp_path) -> None:
    buildings, needs = tmp_path / "b.yaml", tmp_path / "n.yaml"
    buildings.write_text(SEED, encoding="utf-8")
    needs.write_text(
        "需求:\n  - {名称: 甲, 净高: 5, 荷载: 1t, 面积: 1000}\n  - {名称: 乙, 净高: 8, 荷载: 4t}\n",
        encoding="utf-8",
    )
    assert main(["floors", "fit", str(buildings), str(needs), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["needs"][0]["buildings"][0]["floors"] == [1, 2, 3]
    assert report["needs"][1]["buildings"][0]["conflicts"] == [["load"]]
    assert "最好的是 1 层" in report["needs"][1]["buildings"][0]["conflict_words"][0]
    assert report["placements"][0]["placed"].keys() == {"甲"}
    needs.write_text("需求: []", encoding="utf-8")
    assert main(["floors", "fit", str(buildings), str(needs)]) == 2
