"""Parcel map: time and weight of the SVG that the server writes, and painting in Chromium; peers from the dossier's run."""

import gzip
import json
import math
import random
import time
from typing import Any

from bench.report import Row, publish
from sanfu.web.components.parcel_map import Shape, parcel_map

SIZES = (1_000, 10_000)
REPEAT = 5


def lots(count: int) -> list[Shape]:
    """Lots of thirteen corners on a jittered grid."""
    chance, side = random.Random(4), math.ceil(math.sqrt(count))
    shapes = []
    for n in range(count):
        lon, lat = 120.5 + (n % side) * 0.003, 31.5 + (n // side) * 0.003
        angles = sorted(chance.uniform(0, 2 * math.pi) for _ in range(13))
        ring = [(lon + 0.0013 * math.cos(a), lat + 0.0013 * math.sin(a)) for a in angles]
        href = f"/desk/land/{chance.getrandbits(128):032x}/"
        shapes.append(
            Shape(
                [[ring]],
                href,
                f"地块-{n + 1:05d}，{chance.randint(5, 90)} 亩，待核实",
                ("danger", "warn", "ok")[n % 3],
            )
        )
    return shapes


def painted(html: str, browser: Any, cold: bool) -> float:
    """Milliseconds from setting the page to the second frame after it."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    if not cold:
        page.set_content(html)
    began = time.perf_counter()
    page.set_content(html)
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    spent = (time.perf_counter() - began) * 1000
    page.close()
    return spent


def main(words: list[str]) -> int:
    """Print and keep the table."""
    from playwright.sync_api import sync_playwright

    from tests.browser import chromium, launch_arguments

    rows: list[Row] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=chromium() or None, args=[*launch_arguments(), "--disable-gpu"]
        )
        for size in SIZES:
            shapes = lots(size)
            spent = []
            for _ in range(REPEAT):
                began = time.perf_counter()
                svg = parcel_map(shapes, "图")
                spent.append((time.perf_counter() - began) * 1000)
            html = f"<!doctype html><html><body>{svg}</body></html>"
            warm = sorted(painted(html, browser, cold=False) for _ in range(REPEAT))
            cold = painted(html, browser, cold=True)
            weight = len(gzip.compress(svg.encode(), 6)) / 1000
            rows.append(
                {"what": f"{size:,} parcels, server-written SVG", "written_ms": min(spent), "painted_warm_ms": warm[len(warm) // 2],
                 "painted_cold_ms": cold + min(spent), "gzip_kB": weight, "bar_gzip_kB": 60.0 if size == 1000 else None}
            )  # fmt: skip
        browser.close()
    notes = ["Leaflet, ECharts and MapLibre are not installed here; they are not in this table."]
    publish(
        "map",
        "宗地图",
        rows,
        label="what",
        value="painted_warm_ms",
        notes=notes,
        raw=json.loads(json.dumps(rows)),
    )
    return 0
