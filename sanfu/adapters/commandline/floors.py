"""`sanfu floors fit`: which need fits on which floor, all smallest conflicts where none does, and one placement."""

import argparse
import json
from pathlib import Path
from typing import Any

from sanfu.adapters.commandline.main import ANSWER_IS_NO, OK
from sanfu.adapters.commandline.refusing import refusals_said
from sanfu.kernel.floors.consequences import consequences, height_of
from sanfu.kernel.floors.fit import Fit, fit
from sanfu.kernel.floors.model import Building, Need
from sanfu.kernel.floors.placing import Placed, place
from sanfu.kernel.floors.reading import BadFloors, Notes, read_buildings, read_needs
from sanfu.projects.floors.content import clear_loss, fire_rule, neighbours
from sanfu.projects.land.content import far_rule
from sanfu.records.content import BadContent, read_yaml


def configure(parser: argparse.ArgumentParser) -> None:
    words = parser.add_subparsers(dest="word", required=True)
    one = words.add_parser(
        "fit",
        help="fit needs to buildings",
        description="YAML with Chinese or English keys, see the head of sanfu/kernel/floors/reading.py",
    )
    one.add_argument("buildings", type=Path, metavar="BUILDINGS.yaml")
    one.add_argument("needs", type=Path, metavar="NEEDS.yaml")
    one.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Exit 1 when some need fits nowhere."""
    with refusals_said(args, BadFloors, BadContent):
        report = _report(args.buildings, args.needs)
    print(json.dumps(report, ensure_ascii=False, indent=2) if args.json else _lines(report))
    return OK if all(n["fits_somewhere"] is not False for n in report["needs"]) else ANSWER_IS_NO


def _report(buildings_file: Path, needs_file: Path) -> dict[str, Any]:
    notes = Notes()
    buildings = read_buildings(read_yaml(buildings_file), notes, clear_loss())
    needs = read_needs(read_yaml(needs_file), notes)
    fits = {need.id: [fit(b, need) for b in buildings] for need in needs}
    return {
        "ok": True,
        "notes": notes.lines,
        "buildings": [building_row(b) for b in buildings],
        "needs": [need_row(n, fits[n.id]) for n in needs],
        "placements": [placed_row(b, place(b, needs, neighbours())) for b in buildings],
    }


def building_row(building: Building) -> dict[str, Any]:
    height = height_of(building)
    return {
        "building": building.id,
        "name": building.name,
        "height": float(height) if height is not None else None,
        "consequences": [
            {"words": c.words, "basis": c.basis, "mark": c.mark, "certain": c.certain}
            for c in consequences(building, fire_rule(), far_rule())
        ],
    }


def need_row(need: Need, fits: list[Fit]) -> dict[str, Any]:
    answers = [f.answer for f in fits]
    return {
        "need": need.id,
        "name": need.name,
        "fits_somewhere": True if True in answers else None if None in answers else False,
        "buildings": [
            {
                "building": f.building,
                "fits": f.answer,
                "floors": list(f.fits),
                "open_floors": [{"floor": n, "unknown": list(keys)} for n, keys in f.open],
                "conflicts": [list(c.keys) for c in f.conflicts],
                "conflict_words": [c.words for c in f.conflicts],
            }
            for f in fits
        ],
    }


def placed_row(building: Building, placed: Placed) -> dict[str, Any]:
    return {
        "building": building.id,
        "placed": dict(placed.at),
        "left": list(placed.left),
        "value": float(placed.value),
        "proven_best": placed.proven,
    }


def _lines(report: dict[str, Any]) -> str:
    lines = list(report["notes"])
    for building in report["buildings"]:
        lines += [f"{building['name']}：{c['words']}（{c['mark']}）" for c in building["consequences"]]
    for need in report["needs"]:
        for row in need["buildings"]:
            if row["fits"]:
                lines.append(f"{need['name']} → {row['building']}：{'、'.join(map(str, row['floors']))} 层")
            elif row["fits"] is None:
                lines.append(f"{need['name']} → {row['building']}：缺数据，{len(row['open_floors'])} 层待核")
            else:
                lines.append(f"{need['name']} → {row['building']}：不合。{'；'.join(row['conflict_words'])}")
    for placed in report["placements"]:
        spots = "、".join(f"{need} {floor} 层" for need, floor in placed["placed"].items()) or "没有放下的"
        lines.append(f"{placed['building']} 入驻方案：{spots}；未入驻 {len(placed['left'])} 家")
    return "\n".join(lines)
