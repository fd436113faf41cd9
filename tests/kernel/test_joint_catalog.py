"""Catalogues that cannot work are refused with names; questions, bases and conditions behave."""

import copy
import json
from datetime import date
from typing import Any

import pytest

from sanfu.grassroots.scenes.library import BUNDLES, SERVICES, axis_for, read_files, shipped
from sanfu.kernel.joint.catalogue import basis
from sanfu.kernel.joint.catalogue.conditions import UNKNOWN, ConditionError, parse
from sanfu.kernel.joint.catalogue.load import load
from sanfu.kernel.joint.catalogue.problems import CatalogError
from sanfu.kernel.joint.catalogue.source import merge, read
from sanfu.kernel.joint.compiling.guide import Order, compile_bundle, guide
from sanfu.kernel.joint.compiling.situation import questionnaire, settle
from sanfu.kernel.joint.proving.verify import verify

START = date(2026, 3, 2)
SMALL = """
materials: {m.a: {n: 申请书, get: [submit]}, m.b: {n: 批文, get: ['result:r.one']}}
fields: {f.x: {n: 名称}}
departments: {d: 部门}
items:
- {id: one, n: 甲, dept: d, stat: {v: 5, u: wd}, prom: 1, needs: [], f: [f.x], m: [m.a], out: [r.one]}
- {id: two, n: 乙, dept: d, stat: {v: 5, u: wd}, prom: 1, needs: [{r: r.one}], f: [f.x], m: [m.a, m.b], out: [r.two]}
bundles:
- {id: b, n: 一件事, lead: d, items: [one, two], questions: []}
"""


def small() -> dict[str, Any]:
    return read(SMALL)


def codes(raw: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(CatalogError) as refused:
        load(raw)
    return {problem.code: str(problem) for problem in refused.value.problems}


def test_the_small_catalogue_itself_is_fine() -> None:
    written = guide(compile_bundle(load(small()), Order("b", START), axis_for(START)))
    assert [m["id"] for m in written["materials"]["kept"]] == ["m.a"]
    assert [(m["id"], m["reason"]) for m in written["materials"]["dropped"]] == [("m.b", "produced")]
    assert [f["id"] for f in written["form"]["fields"]] == ["f.x"]


def test_a_cycle_is_named_with_its_path() -> None:
    raw = small()
    raw["items"][0]["needs"] = [{"r": "r.two"}]
    assert "one → two → one" in codes(raw)["cycle"]


def test_a_cycle_through_a_material_that_only_a_result_supplies() -> None:
    raw = small()
    raw["items"][0]["m"] = ["m.c"]
    raw["materials"]["m.c"] = {"n": "证照", "get": ["result:r.two"]}
    assert "one → two → one" in codes(raw)["cycle"]


@pytest.mark.parametrize(
    ("change", "code", "name"),
    [
        (lambda r: r["items"][1]["needs"].append({"r": "r.ghost"}), "dangling", "r.ghost"),
        (lambda r: r["items"][1]["m"].append("m.ghost"), "dangling", "m.ghost"),
        (lambda r: r["items"][1]["f"].append("f.ghost"), "dangling", "f.ghost"),
        (lambda r: r["materials"].update({"m.b": {"n": "批文", "get": ["result:r.ghost"]}}), "dangling", "r.ghost"),
        (lambda r: r["bundles"][0]["items"].append("ghost"), "dangling", "ghost"),
        (lambda r: r["materials"].update({"m.a": {"n": "申请书"}}), "unobtainable", "m.a"),
        (lambda r: r["items"][0]["stat"].update(u="fortnight"), "unit", "fortnight"),
        (lambda r: r["items"][0].update(prom=-1), "number", "-1"),
        (lambda r: r["items"].append(copy.deepcopy(r["items"][0])), "duplicate", "one"),
        (lambda r: r["bundles"][0].update(questions=[{"id": "idle", "n": "?", "a": "bool"}]), "idle-question", "idle"),
        (lambda r: r["items"][0].update(when="q.nobody"), "question", "q.nobody"),
        (lambda r: r["items"][0].update(when="__import__('os')"), "condition", "__import__"),
        (lambda r: r["items"][1]["needs"].append({"r": "r.one", "mode": "maybe"}), "mode", "maybe"),
    ],
)  # fmt: skip
def test_faults_are_refused_by_name(change: Any, code: str, name: str) -> None:
    raw = small()
    change(raw)
    assert name in codes(raw)[code]


def test_a_question_that_always_comes_to_the_same_is_idle() -> None:
    raw = small()
    raw["bundles"][0]["questions"] = [{"id": "x", "n": "?", "a": "bool"}]
    raw["items"][0]["when"] = "q.x or not q.x"
    assert "idle-question" in codes(raw)


def test_a_key_written_twice_is_refused_with_line_and_column() -> None:
    with pytest.raises(CatalogError, match=r"第 3 行第 1 列.*items"):
        read("items: []\nbundles: []\nitems: []\n")
    with pytest.raises(CatalogError, match="第 2 行"):
        read("items: [")


def test_a_code_in_two_files_is_refused() -> None:
    with pytest.raises(CatalogError, match=r"m\.a"):
        merge([small(), small()])


def test_an_unfinished_chain_is_refused_when_compiled() -> None:
    raw = small()
    raw["bundles"][0]["items"] = ["two"]
    with pytest.raises(CatalogError, match="谁也拿不到"):
        compile_bundle(load(raw), Order("b", START), axis_for(START))


def test_an_answer_outside_the_options_lists_them() -> None:
    with pytest.raises(CatalogError, match="book"):
        compile_bundle(shipped(), Order("b.nine", START, {"eia": "maybe"}), axis_for(START))


def test_unknown_is_neither_yes_nor_no() -> None:
    known = {"a": True, "b": False}
    look = lambda name: known.get(name, UNKNOWN)  # noqa: E731
    assert parse("a and c").evaluate(look) is None
    assert parse("b and c").evaluate(look) is False
    assert parse("a or c").evaluate(look) is True
    assert parse("c == 'x'").evaluate(look) is None
    assert parse("not c").evaluate(look) is None
    with pytest.raises(ConditionError):
        parse("a +")


def test_data_answer_before_anybody_is_asked() -> None:
    catalog = shipped()
    bundle = catalog.bundles["b.nine"]
    asked = questionnaire(catalog, bundle)
    facts = {
        "land.area": 26000.0,
        "water.earth": 800.0,
        "bld.civil.gfa": 0.0,
        "fire.special": False,
        "map.security": False,
    }
    plain, known = settle(bundle, asked, {}), settle(bundle, asked, {}, facts)
    assert plain.answers == {}
    assert known.answers == {
        "soil": "form",
        "civil": False,
        "fire_special": False,
        "security": False,
        "explosive": False,
    }
    assert known.origin["soil"] == "data"
    assert known.origin["explosive"] == "logic"
    assert "land.area=26000.0" in known.reason["soil"]
    assert asked.next_question(known.answers) not in known.answers


def test_expected_questions_with_implications_and_with_data() -> None:
    """Ten questions; 8.7 with the implications; about five when data give soil, civil, fire and security."""
    catalog = shipped()
    asked = questionnaire(catalog, catalog.bundles["b.nine"])
    assert asked.exact
    assert round(asked.expected(), 1) == 8.7
    assert asked.expected({"soil": "form", "civil": True, "fire_special": True, "security": False}) == 6.0


def test_a_lapsed_act_turns_its_items_red_unless_its_successor_is_cited_beside_it() -> None:
    raw = {k: dict(v) if isinstance(v, dict) else v for k, v in shipped().raw.items()}
    lone = [
        dict(r, stat={**r["stat"], "src": "HPF§22"}) if r["id"] == "i.eia_table" else r for r in raw["items"]
    ]
    catalog = load(raw | {"items": lone})
    assert "i.eia_table" not in basis.red_items(catalog, date(2026, 8, 14))
    red = basis.red_items(catalog, date(2026, 8, 15))
    assert set(red) == {"i.eia_table"}  # book and register cite the code beside the act
    assert red["i.eia_table"][0]["replaced_by"] == "EEC"
    assert "b.nine" in basis.red_bundles(catalog, date(2026, 8, 15))
    order = Order("b.nine", date(2026, 9, 1), {"eia": "table"})
    written = guide(compile_bundle(catalog, order, axis_for(date(2026, 9, 1))))
    assert any("依据失效" in w for w in written["warnings"])


def test_every_item_carries_a_mark() -> None:
    catalog = shipped()
    assert {basis.confidence(catalog, item) for item in catalog.items.values()} <= {
        "已核",
        "节选",
        "待核",
        "设计",
    }


def test_shipped_files_name_nothing_twice() -> None:
    paths = sorted(SERVICES.glob("*.yaml")) + sorted(BUNDLES.glob("*.bundle.yaml"))
    assert len(load(read_files(paths)).items) > 60


SHORT = """
items:
- {id: a, n: 甲, out: [ra], m: [x], stat: {v: 20, u: day, count_as: cal}}
- {id: b, n: 乙, needs: [ra], m: [x, y], out: rb, prom: 2, stat: 5}
materials: {x: {n: X, get: submit}, y: {n: Y, get: ['result:ra']}}
bundles: {z: {n: 事, items: [a, b]}}
"""


def test_the_short_ways_of_writing_are_read_and_proved() -> None:
    """自然日公示止于国庆后的周六调休上班日;单个值可以不写成列表。"""
    start = date(2026, 9, 20)
    written = guide(compile_bundle(load(read(SHORT)), Order("z", start), axis_for(start)))
    assert [(r["id"], r["finish"], r["unit"]) for r in written["schedule"]] == [
        ("a", "2026-10-10", "day"), ("b", "2026-10-13", "wd"),
    ]  # fmt: skip
    assert verify(json.loads(json.dumps(written))) == []


def test_a_plan_longer_than_the_axis_grows_it() -> None:
    raw = small()
    raw["items"][0]["prom"] = 900
    written = guide(compile_bundle(load(raw), Order("b", START), axis_for(START)))
    assert written["workdays"] == 901
    assert verify(json.loads(json.dumps(written))) == []
