"""The shipped bundles give the figures of content/bundles/bundles.golden.yaml, and every guide is proved."""

import json
import random
from datetime import date
from typing import Any

import pytest

from sanfu.grassroots.scenes.library import BUNDLES, axis_for, shipped
from sanfu.kernel.joint.catalogue import basis
from sanfu.kernel.joint.catalogue.problems import CatalogError
from sanfu.kernel.joint.compiling.guide import Order, compile_bundle, guide
from sanfu.kernel.joint.proving.verify import verify
from sanfu.kernel.joint.seal import seal_of
from sanfu.records.content import read_yaml
from tests.kernel.test_joint_proof import UNPROVED, leaves, place
from tests.kernel.test_joint_verify import at, changes

START = date(2026, 3, 2)
CASES = read_yaml(BUNDLES / "bundles.golden.yaml")


@pytest.mark.parametrize("case", CASES, ids=[c["case"] for c in CASES])
def test_golden(case: dict[str, Any]) -> None:
    order = Order(
        case["bundle"],
        START,
        case["answers"],
        share=case.get("share", True),
        prereview=case.get("prereview", ()),
    )
    written = guide(compile_bundle(shipped(), order, axis_for(START)))
    assert len(written["items"]) == case["items"]
    assert written["finish"] == case["finish"]
    if "path" in case:
        assert written["critical_path"] == case["path"]
    materials = written["reductions"]["materials"]
    if "materials" in case:
        found = {
            "before": materials["before"],
            "after": materials["after"],
            "percent": materials["reduced_percent"],
        }
        assert found == case["materials"]
    if "kept" in case:
        assert sorted(m["id"] for m in written["materials"]["kept"]) == sorted(case["kept"])
    if "deferred" in case:
        late = [m["id"] for m in written["materials"]["kept"] if m["deferred"]]
        assert sorted(late) == sorted(case["deferred"])
        assert materials["after"] >= len(late)
    rows = {row["id"]: row for row in written["reductions"]["days"]["baselines"]}
    for name, expected in case.get("days", {}).items():
        if name == "promised":
            assert written["workdays"] == expected
        elif name == "percent":
            assert rows["statutory_serial"]["reduced_percent"] == expected
        else:
            assert rows[name]["workdays"] == expected
    assert verify(json.loads(json.dumps(written, ensure_ascii=False))) == []


def test_values_that_the_content_review_mended() -> None:
    items = shipped().items
    assert items["i.security"].dept == "GAQ"  # 国家安全部等四部门令第5号 第三条
    assert items["hi.sb"].statutory.unit == "none"  # 社会保险法 第五十八条: no limit for the office
    for code in ("mv.sb", "ch.sb", "qu.sb"):  # 社会保险经办条例 第十条
        assert (items[code].statutory.value, items[code].statutory.unit) == (10, "wd")
    assert items["fo.food"].statutory.extension == 5


def test_days_that_the_law_writes_as_days_run_on_through_holidays() -> None:
    """行政许可法第八十二条 covers that law's own periods alone; a special law's 日 are days of the calendar."""
    items = shipped().items
    written = {
        "i.eia_book": 60, "i.eia_table": 30, "i.build_permit": 7, "i.waste": 20, "i.drain_tmp": 15,
        "fo.drain": 15, "op.sb": 15, "tr.permit": 20, "re.gjj": 3, "ac.fire": 15,
    }  # fmt: skip
    for code, days in written.items():
        assert (items[code].statutory.amount, items[code].statutory.calendar_days) == (days, True), code
        assert not items[code].promised.calendar_days  # what the county promises is in working days
    lasting = {code for code, item in items.items() if item.statutory.unit == "day"}
    assert all(items[code].statutory.calendar_days for code in lasting)


def test_an_impact_report_stands_on_the_act_before_the_code_and_on_the_code_after() -> None:
    for day, binding in ((date(2026, 8, 14), "HPF"), (date(2026, 8, 15), "EEC")):
        assert "i.eia_book" not in basis.red_items(shipped(), day)
        assert basis.in_force(shipped().sources[binding], day)
    assert not basis.in_force(shipped().sources["HPF"], date(2026, 8, 15))


@pytest.mark.parametrize("bundle", sorted(shipped().bundles))
def test_every_scene_compiles_with_its_first_answers_and_is_proved(bundle: str) -> None:
    answers = {q.id: q.values[0] for q in shipped().bundles[bundle].questions}
    written = guide(compile_bundle(shipped(), Order(bundle, START, answers), axis_for(START)))
    assert written["items"]
    assert written["items_pending"] == []
    assert verify(json.loads(json.dumps(written, ensure_ascii=False))) == []


def works(day: date) -> bool:
    axis = axis_for(START)
    return bool(axis.flags[day.toordinal() - axis.first])


@pytest.mark.parametrize("bundle", sorted(shipped().bundles))
def test_every_scene_is_proved_with_many_answers_and_beside_its_catalogue(bundle: str) -> None:
    """Nothing answered, each question's last answer, and answers, sharing and opinions by lot."""
    found = shipped().bundles[bundle]
    dice = random.Random(bundle)
    orders = [
        Order(bundle, START),
        Order(bundle, START, {q.id: q.values[-1] for q in found.questions}, share=False),
    ]
    for _ in range(4):
        answers = {q.id: dice.choice(q.values) for q in found.questions if dice.random() < 0.7}
        prereview = [code for code in found.prereview if dice.random() < 0.4]
        waive = [code for code in found.items if dice.random() < 0.2]
        orders.append(Order(bundle, START, answers, {}, dice.random() < 0.7, prereview, waive))
    proved = 0
    for order in orders:
        try:
            written = guide(compile_bundle(shipped(), order, axis_for(START)))
        except CatalogError:  # answers by lot may contradict each other
            continue
        assert verify(json.loads(json.dumps(written, ensure_ascii=False)), shipped().raw, works) == []
        proved += 1
    assert proved >= 2


def test_random_changes_to_shipped_guides_are_found_though_sealed_again() -> None:
    dice = random.Random(14)
    for bundle in sorted(shipped().bundles):
        answers = {q.id: q.values[0] for q in shipped().bundles[bundle].questions}
        for order in (Order(bundle, START), Order(bundle, START, answers)):
            plain = json.loads(json.dumps(guide(compile_bundle(shipped(), order, axis_for(START)))))
            for path in dice.sample([p for p in leaves(plain) if p[0] != "input"], 12):
                was = at(plain, path)
                at(plain, path[:-1])[path[-1]] = next(changes(was), {"x": "x"})
                plain["seal"] = seal_of(plain)
                assert verify(plain) or place(path) in UNPROVED, (bundle, path)
                at(plain, path[:-1])[path[-1]] = was


def test_a_town_has_eighteen_scenes() -> None:
    assert len(shipped().bundles) >= 18


def test_relocation_promises_sixty_and_eighty_percent_like_with_like() -> None:
    """Parallel days promised against parallel days of the law; the law's sum is 3 + 3 + 10, not 21."""
    order = Order("b.move", START, {"rename": "no", "bank": "yes"})
    sums = guide(compile_bundle(shipped(), order, axis_for(START)))["reductions"]
    assert sums["materials"]["reduced_percent"] >= 60
    rows = {row["id"]: row for row in sums["days"]["baselines"]}
    assert rows["statutory_parallel"]["workdays"] == 3 + 3 + 10
    assert rows["statutory_parallel"]["reduced_percent"] >= 80
    parts = sums["materials"]["by_reason"]
    assert sums["materials"]["before"] - sum(parts.values()) == sums["materials"]["after"]
    assert "3(迁入申请与准予迁入调档) + 3(住所变更登记（换发营业执照）) + 10" in sums["days"]["lines"][0]
