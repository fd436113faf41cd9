"""Parcel map: time and weight of the SVG that the server writes, painted in Chromium; Leaflet, ECharts, MapLibre beside it.

`--peers FOLDER` names a folder with the unpacked npm packages leaflet, echarts and maplibre-gl; a peer that is not
there is a line without figures.
"""

import argparse
import gzip
import json
import math
import os
import random
import time
from pathlib import Path
from typing import Any

from bench.report import Row, publish
from sanfu.records.ids import new_id
from sanfu.web.components.parcel_map import FILLS, Shape, parcel_map

SIZES = (1_000, 10_000)
REPEAT = 5
BARS = {1_000: (300.0, 1_000.0, 60.0), 10_000: (1_000.0, None, None)}  # warm ms, cold ms, gzip kB
TWO_FRAMES = "await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));"
HOLDER = '<div id="map" style="width:1000px;height:460px"></div>'
# name → file of the package, and what draws `lots` (a FeatureCollection) into #map and waits until it stands
PEERS = {
    "Leaflet, canvas": (
        "leaflet/dist/leaflet.js",
        """const map = L.map('map', {preferCanvas: true, zoomAnimation: false, fadeAnimation: false});
        const layer = L.geoJSON(lots, {style: {color: '#a33', weight: 1}}).addTo(map);
        map.fitBounds(layer.getBounds(), {animate: false});""",
    ),
    "ECharts, geo": (
        "echarts/dist/echarts.min.js",
        """echarts.registerMap('lots', lots);
        const chart = echarts.init(document.getElementById('map'));
        chart.setOption({animation: false, geo: {map: 'lots'}});""",
    ),
    "MapLibre, software GL": (
        "maplibre-gl/dist/maplibre-gl.js",
        """const map = new maplibregl.Map({container: 'map', center: [120.6, 31.6], zoom: 9, fadeDuration: 0, style: {version: 8,
          sources: {lots: {type: 'geojson', data: lots}}, layers: [
          {id: 'f', type: 'fill', source: 'lots', paint: {'fill-color': '#fdd'}},
          {id: 'l', type: 'line', source: 'lots', paint: {'line-color': '#a33'}}]}});
        await new Promise(done => map.once('idle', done));""",
    ),
}


def lots(count: int) -> list[Shape]:
    """Lots of thirteen corners on a jittered grid, with ids as the house makes them."""
    chance, side = random.Random(4), math.ceil(math.sqrt(count))
    shapes = []
    for n in range(count):
        lon, lat = 120.5 + (n % side) * 0.003, 31.5 + (n // side) * 0.003
        angles = sorted(chance.uniform(0, 2 * math.pi) for _ in range(13))
        ring = [(lon + 0.0013 * math.cos(a), lat + 0.0013 * math.sin(a)) for a in angles]
        title = f"地块-{n + 1:05d}，{chance.randint(5, 90)} 亩，待核实"
        shapes.append(Shape([[ring]], f"/desk/land/{new_id()}/", title, ("danger", "warn", "ok")[n % 3]))
    return shapes


def collection(shapes: list[Shape]) -> str:
    """The same lots as GeoJSON, rings closed, to a decimetre."""
    features = [
        {"type": "Feature", "properties": {"name": shape.title}, "geometry": {"type": "Polygon", "coordinates": [
            [[round(x, 6), round(y, 6)] for x, y in [*shape.polygons[0][0], shape.polygons[0][0][0]]]]}}
        for shape in shapes
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def painted(html: str, browser: Any, warm: bool) -> float:
    """Milliseconds from setting the page to the second frame after it."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    if warm:
        page.set_content(html)
    began = time.perf_counter()
    page.set_content(html)
    page.evaluate(f"(async () => {{ {TWO_FRAMES} }})()")
    spent = (time.perf_counter() - began) * 1000
    page.close()
    return spent


def drawn(library: str, how: str, data: str, browser: Any) -> float:
    """Milliseconds from data in the page to the second frame after a library drew it; the library is loaded before."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.set_content(f"<!doctype html><html><body>{HOLDER}</body></html>")
    page.add_script_tag(content=library)
    page.add_script_tag(content=f"window.data = {json.dumps(data)};")
    work = f"async () => {{ const began = performance.now(); const lots = JSON.parse(window.data); {how} {TWO_FRAMES} return performance.now() - began; }}"
    spent = float(page.evaluate(work))
    page.close()
    return spent


def middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def ours(shapes: list[Shape], browser: Any) -> Row:
    """Writing, painting and weight of the server's SVG."""
    writing = []
    for _ in range(REPEAT):
        began = time.perf_counter()
        svg = parcel_map(shapes, "图")
        writing.append((time.perf_counter() - began) * 1000)
    colours = "".join(f"--{tone}-bg:#fdd;--{tone}:#a33;" for tone in FILLS)
    html = f"<!doctype html><html style='{colours}'><body>{svg}</body></html>"
    warm = middle([painted(html, browser, warm=True) for _ in range(REPEAT)])
    cold = middle([painted(html, browser, warm=False) for _ in range(REPEAT)]) + min(writing)
    bars = BARS[len(shapes)]
    return {
        "what": f"{len(shapes):,} parcels, SVG of the server", "written_ms": min(writing), "painted_warm_ms": warm, "bar_warm_ms": bars[0],
        "painted_cold_ms": cold, "bar_cold_ms": bars[1], "gzip_kB": len(gzip.compress(svg.encode(), 6)) / 1000, "bar_gzip_kB": bars[2],
    }  # fmt: skip


def peer(name: str, shapes: list[Shape], folder: Path | None, browser: Any) -> Row:
    """A library on the same lots: weight is its script and the data."""
    file, how = PEERS[name]
    row: dict[str, Any] = {"what": f"{len(shapes):,} parcels, {name} (peer)", "painted_warm_ms": None}
    if folder is None or not (folder / file).exists():
        return row
    library, data = (folder / file).read_text(encoding="utf-8"), collection(shapes)
    times = [drawn(library, how, data, browser) for _ in range(3)]
    weight = sum(len(gzip.compress(text.encode(), 6)) for text in (library, data)) / 1000
    return {**row, "painted_warm_ms": middle(times), "gzip_kB": weight}


def main(words: list[str]) -> int:
    """Print and keep the table."""
    from playwright.sync_api import sync_playwright

    from tests.browser import chromium, launch_arguments

    parser = argparse.ArgumentParser(prog="./test --bench map")
    parser.add_argument(
        "--peers", type=Path, help="folder with the unpacked packages leaflet, echarts, maplibre-gl"
    )
    folder = parser.parse_args(words).peers
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    rows: list[Row] = []
    with sync_playwright() as play:
        arguments = [
            *launch_arguments(),
            "--disable-gpu",
            "--use-gl=angle",
            "--use-angle=swiftshader",
            "--enable-unsafe-swiftshader",
        ]
        browser = play.chromium.launch(executable_path=chromium() or None, args=arguments)
        for size in SIZES:
            shapes = lots(size)
            rows.append(ours(shapes, browser))
            rows += [peer(name, shapes, folder, browser) for name in PEERS]
        browser.close()
    missing = [name for name, (file, _) in PEERS.items() if folder is None or not (folder / file).exists()]
    notes = [
        "painted_warm_ms: ours from handing over the page's text to the second frame; a peer's from parsing its data, its script loaded before",
        "painted_cold_ms: a fresh page, and the time of writing the SVG",
        "gzip_kB: ours the SVG; a peer's its script and the data; none of the peers is usable by keyboard or without script",
        f"load of the machine at the start {load:.1f}; times are by the clock",
        *([f"not at hand, so without figures: {'、'.join(missing)}"] if missing else []),
    ]
    publish(
        "map",
        "Parcel map",
        rows,
        label="what",
        value="painted_warm_ms",
        notes=notes,
        raw=json.loads(json.dumps(rows)),
    )
    return 0
