"""What pays: the figures of the nine permits, recomputed from scratch, and the land-to-start plan."""

import itertools
import json
from datetime import date
from pathlib import Path

import pytest

from sanfu.adapters.commandline import main
from sanfu.grassroots.scenes.library import axis_for, land_plan, shipped
from sanfu.kernel.joint.catalogue.problems import CatalogError
from sanfu.kernel.joint.compiling.guide import Compiled, Order, compile_bundle, guide
from sanfu.kernel.joint.compiling.whatif import whatif
from sanfu.kernel.joint.landstart import land_to_start
from sanfu.kernel.joint.proving.verify import verify
from sanfu.kernel.joint.seal import seal_of

START = date(2026, 3, 2)
TYPICAL = {
    "eia": "table", "energy": "under", "soilzone": "yes", "soil": "form", "civil": "yes", "fire_special": "no",
    "explosive": "no", "security": "no", "dewater": "yes", "occupy": "no",
}  # fmt: skip


def compiled(**choices: object) -> Compiled:
    return compile_bundle(shipped(), Order("b.nine", START, TYPICAL, **choices), axis_for(START))  # type: ignore[arg-type]


def test_the_two_pre_reviews_that_pay() -> None:
    """13 working days; the drawings alone 9; with civil air defence 8; nothing else buys a day."""
    waivers = whatif(compiled())["waivers"]
    assert [(set(b["chosen"]), b["workdays"]) for b in waivers["best"]] == [
        (set(), 13), ({"i.drawing"}, 9), ({"i.drawing", "i.rf"}, 8),
    ]  # fmt: skip
    assert waivers["combinations"] == 16


def test_every_combination_equals_compiling_again() -> None:
    candidates = whatif(compiled())["waivers"]["candidates"]
    for size in range(len(candidates) + 1):
        best = min(compiled(waive=c).workdays for c in itertools.combinations(candidates, size))
        rows = [b["workdays"] for b in whatif(compiled())["waivers"]["best"] if len(b["chosen"]) <= size]
        assert min(rows) == best


def test_binding_items_and_what_a_day_buys() -> None:
    rows = {row["id"]: row for row in whatif(compiled())["items"]}
    zero = {code: row["to_zero"] for code, row in rows.items() if row["to_zero"]}
    assert zero == {"i.scheme": 5, "i.drawing": 4, "i.plan_permit": 2, "i.build_permit": 1}
    assert rows["i.eia_table"]["slack"] == 6
    assert rows["i.eia_table"]["one_day_less"] == 0


def test_the_same_seed_gives_the_same_distribution() -> None:
    first, again, other = (whatif(compiled(), 500, seed)["distribution"] for seed in (7, 7, 8))
    assert first == again
    assert first != other
    assert sum(row["share"] for row in first["days"]) == pytest.approx(1, abs=0.01)
    assert first["p50"] <= first["p80"] <= first["p95"]


def test_land_to_start_by_pre_review_and_without() -> None:
    plan = land_plan()
    early, late = land_to_start(plan, "prereview"), land_to_start(plan, "serial")
    assert early["land_to_start_workdays"] == 4
    assert early["critical_path"] == ["P06", "P12", "P18"]
    assert late["land_to_start_workdays"] == 29
    assert late["critical_path"] == ["P11", "P16", "P18"]
    assert land_to_start(plan, "serial", {"P16": 3})["land_to_start_workdays"] == 14


def run(*words: str) -> int:
    return main.main(["joint", *words])


def test_command_line_round(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run(
            "compile",
            "shipped",
            "b.move",
            "--answer",
            "rename=否",
            "bank=yes",
            "--start",
            "2026-03-02",
            "--json",
        )
        == 0
    )
    text = capsys.readouterr().out
    written = json.loads(text)
    for key in (
        "bundle",
        "items",
        "form",
        "materials",
        "schedule",
        "critical_path",
        "reductions",
        "questions",
        "warnings",
    ):
        assert key in written
    path = tmp_path / "guide.json"
    path.write_text(text, encoding="utf-8")
    assert run("verify", str(path), "--json") == 0
    for form in ("bpmn", "ics", "ocel", "xes"):
        assert run("export", str(path), f"--{form}", "-o", str(tmp_path / form)) == 0
        assert (tmp_path / form).stat().st_size > 500
    written["schedule"][1]["finish"] = "2026-03-10"
    path.write_text(json.dumps(written), encoding="utf-8")
    assert run("verify", str(path)) == 1
    path.write_text("{", encoding="utf-8")
    assert run("verify", str(path)) == 2
    assert "第 1 行" in capsys.readouterr().err


def test_verify_beside_the_catalogue(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("compile", "shipped", "b.move", "--start", "2026-03-02", "--json") == 0
    written = json.loads(capsys.readouterr().out)
    path = tmp_path / "guide.json"
    path.write_text(json.dumps(written), encoding="utf-8")
    assert run("verify", str(path)) == 0
    assert "加 --catalog" in capsys.readouterr().out
    assert run("verify", str(path), "--catalog", "shipped", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "guide": str(path), "catalog": "shipped", "ok": True, "objections": []
    }  # fmt: skip
    source = next(iter(written["input"]["sources"].values()))
    source["by"] = "X"  # carried, and shown nowhere while the text binds
    written["seal"] = seal_of(written)
    path.write_text(json.dumps(written), encoding="utf-8")
    assert run("verify", str(path)) == 0
    capsys.readouterr()
    assert run("verify", str(path), "--catalog", "shipped") == 1
    assert "指南所带的依据与目录不同" in capsys.readouterr().out
    assert run("verify", str(path), "--catalog", str(tmp_path / "none.yaml")) == 2
    path.write_text('{"start": 5}', encoding="utf-8")
    assert run("verify", str(path), "--catalog", "shipped") == 1


def test_cases_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cases.jsonl"
    rows = [
        {"kind": "permit_cpm", "mode": "prereview", "expected": {"land_to_start_workdays": 4}},
        {"kind": "permit_cpm", "mode": "serial", "expected": {"land_to_start_workdays": 29}},
        {"kind": "something_else"},
    ]
    path.write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    assert run("cases", str(path), "--json") == 0
    assert [c["ok"] for c in json.loads(capsys.readouterr().out)["cases"]] == [True, True, None]
    path.write_text(json.dumps(rows[0] | {"expected": {"land_to_start_workdays": 5}}), encoding="utf-8")
    assert run("cases", str(path)) == 1


def test_a_cycle_in_a_file_is_refused_with_exit_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ring.yaml"
    path.write_text(
        "items:\n- {id: a, needs: [{r: r.b}], out: [r.a]}\n- {id: b, needs: [{r: r.a}], out: [r.b]}\n",
        encoding="utf-8",
    )
    assert run("compile", str(path), "x") == 2
    assert "a → b → a" in capsys.readouterr().err.replace("b → a → b", "a → b → a")


@pytest.mark.parametrize(
    "damage",
    [
        lambda g: g["materials"]["kept"].pop(),
        lambda g: g["materials"]["kept"].append(dict(g["materials"]["kept"][0], id="m.price_proof")),
        lambda g: g["form"]["fields"].pop(),
        lambda g: g["form"]["fields"].append(g["form"]["fields"][0]),
        lambda g: g["schedule"][4].update(finish="2026-03-30"),
        lambda g: g["schedule"][-1].update(start="2026-03-01"),
        lambda g: g["critical_path"].pop(1),
        lambda g: g["reductions"]["materials"].update(after=5),
        lambda g: g["reductions"]["materials"].update(deferred=0),
        lambda g: g["reductions"]["days"]["baselines"][0].update(reduced_percent=99.9),
        lambda g: g["materials"]["dropped"][0].update(reason="promised"),
        lambda g: g["items"].pop(),
        lambda g: g.update(finish="2026-03-10"),
        lambda g: g.pop("input"),
    ],
)
def test_a_damaged_guide_is_not_proved(damage: object) -> None:
    written = json.loads(json.dumps(guide(compiled()), ensure_ascii=False))
    assert verify(written) == []
    damage(written)  # type: ignore[operator]
    assert verify(written)


@pytest.mark.parametrize(
    ("mode", "changed", "days"),
    [("prereview", {}, 4), ("模拟审批", {"P18": 5}, 7), ("Normal", {}, 29), ("常规", {"P16": "3"}, 14)],
)
def test_land_to_start_under_other_names_and_days(mode: str, changed: dict[str, object], days: float) -> None:
    """P16 in three days leaves 方案 7 + 图审 5 + 施工许可 2 as the longest way."""
    assert land_to_start(land_plan(), mode, changed)["land_to_start_workdays"] == days


@pytest.mark.parametrize("changed", [{"P99": 1}, {"P18": -1}, {"P18": "五"}])
def test_days_that_cannot_be_are_refused(changed: dict[str, object]) -> None:
    with pytest.raises(CatalogError):
        land_to_start(land_plan(), "prereview", changed)
