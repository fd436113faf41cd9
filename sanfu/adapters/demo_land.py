"""Parcels of the demo county (演示): an invented field of lots with facts, one file with faults, one option."""

import io
import json
import random
from datetime import datetime, timedelta
from fractions import Fraction

from sanfu.adapters.demo_parks import PARKS as DEMO_PARKS
from sanfu.adapters.demo_scenes import cast
from sanfu.kernel.land.areas import polygon_area
from sanfu.projects.land import actions
from sanfu.projects.land.models import LandParcel
from sanfu.records.moments import day_of

WEST, NORTH, LOT = 120.60, 31.95, 0.0022
NUMBERS = 48


def land(now: datetime) -> None:
    """Forty-eight lots with facts, and the seed's example computed for one of them."""
    officer = cast("tianchou", day_of(now))
    actions.bring(
        name="演示宗地.geojson", content=io.BytesIO(json.dumps(_lots(), ensure_ascii=False).encode()), datum="cgcs2000",
        meridian=None, by=officer, at=now - timedelta(days=20),
    )  # fmt: skip
    first = LandParcel.objects.get(region=officer.region, number="演示-001", current=True)
    asked = {
        "way": "self", "storeys": [Fraction(h) for h in ("12", "7", "7", "4.5", "4.5", "4.5")],
        "plate": round(Fraction(first.square_metres) * Fraction("2.9") / 7), "far_now": "0.6", "far_bound": "不足",
        "numerator": "税收", "per_mu_now": "5", "expected": round(Fraction(first.square_metres) * Fraction(60 * 3, 2000)), "far_limit": "3",
    }  # fmt: skip
    actions.propose(first, asked=asked, by=officer, at=now - timedelta(days=12))


def _lots() -> dict[str, object]:
    chance = random.Random(7)
    features = []
    for n in range(NUMBERS):
        x, y = WEST + (n % 8) * LOT * 1.25, NORTH - (n // 8) * LOT * 1.1
        w, h = LOT * chance.uniform(0.7, 1.1), LOT * chance.uniform(0.6, 0.95)
        ring = [(x, y), (x + w, y + chance.uniform(0, LOT / 20)), (x + w, y - h), (x, y - h)]
        facts = {
            "容积率": round(chance.uniform(0.4, 2.0), 2), "亩均税收": round(chance.uniform(1, 40), 1),
            "取得土地年数": chance.randint(1, 20), "建筑系数": chance.randint(30, 60), "闲置月数": 0, "停产月数": 0,
            "产业类别": "允许类", "安全环保否决": "否",
        }  # fmt: skip
        if n % 7 == 3:
            facts = {"容积率": facts["容积率"]}
        if n == 0:
            facts["容积率"], facts["取得土地年数"] = 0.58, 12
        properties = {
            "宗地编号": f"演示-{n + 1:03d}",
            "面积（平方米）": round(polygon_area([ring]), 2),
            "所在园区": DEMO_PARKS[n * len(DEMO_PARKS) // NUMBERS],
            **facts,
        }
        features.append(
            {
                "type": "Feature",
                "properties": properties,
                "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
            }
        )
    return {"type": "FeatureCollection", "features": features}
