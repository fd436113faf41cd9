"""Datums, areas and 亩均 scores: accuracy against references, time beside PROJ, geographiclib and a plain sheet."""

import json
import random
import time
from decimal import Decimal
from typing import Any

import numpy as np
from geographiclib.geodesic import Geodesic
from pyproj import Transformer

from bench.report import Row, publish
from sanfu.kernel.land.areas import MU, metres_from_mu, mu_of, ring_area
from sanfu.kernel.land.datums import BD09, GCJ02, from_official, to_official
from sanfu.kernel.land.evidence import Layout, axes_of
from sanfu.kernel.land.grids import degrees_of, metres_of, zone_3
from sanfu.kernel.land.scoring.engine import Firm, score_all, score_one
from sanfu.kernel.land.scoring.grading import grade_all
from sanfu.projects.scoring.content import schemes

METRE = 1 / 111_320
POINTS, PARCELS, FIRMS = 100_000, 10_000, 10_000


def clocked(work: Any, repeat: int = 3) -> float:
    """Best processor time of some runs, in milliseconds: the machine is shared."""
    spent = []
    for _ in range(repeat):
        began = time.process_time()
        work()
        spent.append((time.process_time() - began) * 1000)
    return min(spent)


def datums() -> list[Row]:
    """Round trips in millimetres and time for all points."""
    chance = np.random.default_rng(1)
    lon, lat = chance.uniform(75, 134, POINTS), chance.uniform(18, 53, POINTS)
    rows: list[Row] = []
    for datum in (GCJ02, BD09):
        there = from_official(datum, lon, lat)
        back = to_official(datum, *there)
        worst = float(np.max(np.hypot(back[0] - lon, back[1] - lat))) / METRE * 1000
        ms = clocked(lambda d=datum, t=there: to_official(d, *t))
        rows.append(
            {
                "what": f"{datum.label} back, {POINTS:,} points",
                "worst": worst,
                "unit": "mm",
                "bar": 1.0,
                "ms": ms,
            }
        )
    zone = zone_3(40)
    near = (chance.uniform(118.5, 121.5, POINTS), lat)
    proj = Transformer.from_crs("EPSG:4490", "EPSG:4528", always_xy=True)
    ours, theirs = metres_of(zone, *near), proj.transform(*near)
    worst = float(np.max(np.hypot(ours[0] - theirs[0], ours[1] - theirs[1]))) * 1000
    rows.append(
        {
            "what": "Gauss–Krüger 3° zone beside PROJ",
            "worst": worst,
            "unit": "mm",
            "bar": 1.0,
            "ms": clocked(lambda: metres_of(zone, *near)),
        }
    )
    rows.append({"what": "PROJ (peer)", "ms": clocked(lambda: proj.transform(*near))})
    back = degrees_of(zone, *theirs)
    worst = float(np.max(np.hypot(back[0] - near[0], back[1] - near[1]))) / METRE * 1000
    rows.append({"what": "Gauss–Krüger back", "worst": worst, "unit": "mm", "bar": 1.0})
    caught = sum(
        axes_of(lat[n : n + 10], lon[n : n + 10]).layout is Layout.SWAPPED for n in range(0, POINTS, 10)
    )
    rows.append(
        {"what": "swapped axes caught", "worst": caught / (POINTS // 10) * 100, "unit": "%", "bar": 100.0}
    )
    return rows


def areas() -> list[Row]:
    """Areas of lots beside geodesics, and 亩 there and back."""
    chance = np.random.default_rng(2)
    rings = []
    for _ in range(PARCELS):
        lon, lat, size = chance.uniform(119, 122), chance.uniform(30, 33), chance.uniform(20, 400) * METRE
        angles = np.sort(chance.uniform(0, 2 * np.pi, 13))
        rings.append(
            [(lon + size * np.cos(a) / np.cos(np.radians(lat)), lat + size * np.sin(a)) for a in angles]
        )
    worst = 0.0
    for ring in rings[:1000]:
        polygon = Geodesic.WGS84.Polygon()
        for x, y in ring:
            polygon.AddPoint(y, x)
        wanted = abs(polygon.Compute()[2])
        worst = max(worst, abs(ring_area(ring) - wanted) / wanted * 100)
    exact = (
        all(mu_of(metres_from_mu(m)) == m for m in range(1, 10_001))
        and metres_from_mu(3) == 2000
        and MU * 15 == 10_000
    )
    return [
        {"what": f"area beside geodesics, {PARCELS:,} lots of 13 corners", "worst": worst, "unit": "%", "bar": 0.05, "ms": clocked(lambda: [ring_area(r) for r in rings])},
        {"what": "亩 there and back, exact", "worst": 0.0 if exact else 1.0, "unit": "wrong", "bar": 0.0},
    ]  # fmt: skip


def scores() -> list[Row]:
    """亩均 of many firms, one objection, both published years at their bases."""
    scheme, chance = schemes()["demo-county"], random.Random(3)
    facts = (
        "评价税收",
        "用地面积",
        "营业收入",
        "工业增加值",
        "综合能耗",
        "主要污染物排放量",
        "年平均职工人数",
        "R&D经费支出",
        "主营业务收入",
        "用电量",
    )
    firms = [
        Firm(
            str(n),
            str(n),
            "upper" if n % 3 else "lower",
            {f: Decimal(str(round(chance.uniform(1, 900), 2))) for f in facts},
        )
        for n in range(FIRMS)
    ]
    off = Decimal(0)
    for name in ("huangyan-2021", "huangyan-2022"):
        published = schemes()[name]
        for group, indicators in published.sets.items():
            firm = Firm("f", "f", group, values={i.key: i.base(published.year) for i in indicators})
            total = score_one(published, firm).total
            off = max(off, abs((total or Decimal(0)) - 100))
    means = {"": Decimal(0)}
    return [
        {"what": f"scores and grades of {FIRMS:,} firms", "ms": clocked(lambda: grade_all(scheme, score_all(scheme, firms), Decimal("0.02"))), "bar": 1000.0},
        {"what": "plain float sheet, scores only (peer)", "ms": clocked(lambda: _sheet(scheme, firms))},
        {"what": "one objection", "ms": clocked(lambda: score_one(scheme, firms[0], None, means)), "bar": 50.0},
        {"what": "黄岩 2021 and 2022 at their bases, off 100 by", "worst": float(off), "unit": "points", "bar": 1e-9},
    ]  # fmt: skip


def _sheet(scheme: Any, firms: Any) -> list[float]:
    """What a spreadsheet does: floats, no caps, no notes."""
    rows = [
        (float(i.weight), float(i.base(scheme.year)), i.numerator, i.denominator)
        for i in scheme.sets["upper"]
    ]
    return [sum(float(f.facts[a]) / float(f.facts[b]) / base * w for w, base, a, b in rows) for f in firms]


def main(words: list[str]) -> int:
    """Print and keep the table."""
    rows = datums() + areas() + scores()
    publish(
        "land",
        "用地与亩均",
        rows,
        label="what",
        value="ms",
        notes=["ms: best processor time of three runs"],
        raw=json.loads(json.dumps(rows)),
    )
    return 0
