"""`sanfu land` as a person uses it: files in, exit codes, JSON, refusals row by row."""

import io
import json
import zipfile
from pathlib import Path

import pytest
import shapefile
import xlsxwriter

from sanfu.adapters.commandline.main import main

RING = [[120.5, 31.9], [120.502, 31.9], [120.502, 31.902], [120.5, 31.902], [120.5, 31.9]]


def run(capsys, *words: str):
    code = main(["land", *words, "--json"])
    said = capsys.readouterr()
    return code, json.loads(said.out), said.err


def geojson(tmp_path: Path, *rings, name: str = "p.geojson", **properties) -> str:
    features = [
        {
            "type": "Feature",
            "properties": {"宗地编号": f"D{n}", **properties},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for n, ring in enumerate(rings)
    ]
    path = tmp_path / name
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return str(path)


def test_geojson_in_gcj_is_moved_and_written(capsys, tmp_path) -> None:
    out = tmp_path / "out.geojson"
    code, report, _ = run(capsys, "import", geojson(tmp_path, RING), "--datum", "GCJ-02", "-o", str(out))
    assert (code, report["taken"]) == (0, 1)
    assert abs(report["parcels"][0]["first_point"][0] - 120.5) > 0.003
    assert report["parcels"][0]["original_first_point"] == [120.5, 31.9]
    assert json.loads(out.read_text(encoding="utf-8"))["features"][0]["id"] == "D0"


def test_a_shapefile_with_a_chinese_table(capsys, tmp_path) -> None:
    parts = {k: io.BytesIO() for k in ("shp", "shx", "dbf")}
    with shapefile.Writer(**parts, encoding="gb18030") as writer:
        writer.field("宗地代码", "C", 20)
        writer.field("面积亩", "N", 12, 3)
        writer.poly([RING[::-1]])
        writer.record("苏一", 63.2)
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for ending, part in parts.items():
            archive.writestr(f"层/p.{ending}", part.getvalue())
    code, report, _ = run(capsys, "import", str(path), "--datum", "cgcs2000")
    assert (code, report["parcels"][0]["number"], report["parcels"][0]["mu"]) == (0, "苏一", "63.2000")


def test_excel_below_a_title_with_swapped_points(capsys, tmp_path) -> None:
    path = tmp_path / "p.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write(0, 0, "某镇宗地界址点一览表（演示）")
    sheet.write_row(2, 0, ["宗地编号", "点号", "X", "Y", "面积（公顷）"])
    for n, (x, y) in enumerate(RING[:-1]):
        sheet.write_row(3 + n, 0, ["甲" if not n else "", n + 1, y, x, 4.2 if not n else ""])
    book.close()
    code, report, _ = run(capsys, "import", str(path), "--datum", "2000")
    assert (code, report["taken"]) == (0, 1)
    assert any("纬度在前" in n for n in report["notes"])
    assert report["parcels"][0]["mu"] == "63.0000"


def test_what_is_refused_leaves_the_rest_and_exits_one(capsys, tmp_path) -> None:
    shifted = [[x + 0.001, y] for x, y in RING]
    code, report, _ = run(capsys, "import", geojson(tmp_path, RING, shifted), "--datum", "cgcs2000")
    assert (code, report["taken"]) == (1, 1)
    assert "重叠" in report["refused"][0]["why"]


@pytest.mark.parametrize(
    ("name", "content", "datum", "said"),
    [
        ("a.geojson", b"{", "wgs84", "GeoJSON"),
        ("a.geojson", b"[]", "wgs84", "features"),
        ("a.zip", b"PK", "wgs84", "zip"),
        ("a.shp", b"x" * 200, "wgs84", "损坏"),
        ("a.csv", "镇,人口\n甲,1".encode(), "wgs84", "宗地坐标"),
        ("a.pdf", b"%PDF", "wgs84", "Excel"),
        ("a.csv", "宗地编号,坐标\n甲,".encode(), "火星文", "坐标基准"),
    ],
)
def test_files_that_are_no_parcels(
    capsys, tmp_path, name: str, content: bytes, datum: str, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    code, report, err = run(capsys, "import", str(path), "--datum", datum)
    assert (code, report["ok"]) == (2, False)
    assert said in report["error"]
    assert said in err


def test_scores_with_a_shipped_scheme_and_an_own_one(capsys, tmp_path) -> None:
    firms = tmp_path / "firms.csv"
    firms.write_text(
        "企业名称,类别,亩均税收,单位用电税收\n甲,规下,11.5932,0.2352\n乙,规下,5.7966,0.2352\n丙,规下,?,1\n",
        encoding="gb18030",
    )
    code, report, _ = run(capsys, "score", "huangyan-2022", str(firms))
    assert code == 1  # one row refused
    assert [row["score"] for row in report["firms"]] == [100, 75]
    assert report["refused"][0]["row"] == 4
    own = tmp_path / "own.json"
    own.write_text(
        json.dumps(
            {
                "id": "own",
                "lower": [{"k": "亩均税收", "w": 100, "base": 11.5932}],
                "grades": {"A": 50, "D": 100},
            }
        )
    )
    code, report, _ = run(capsys, "score", str(own), str(firms), "--firm", "乙")
    assert [(row["score"], row["grade"], row["rank"]) for row in report["firms"]] == [(50, "D", 2)]
    own.write_text(json.dumps({"lower": [{"k": "亩均税收", "w": 90, "base": 1}]}))
    code, report, _ = run(capsys, "score", str(own), str(firms))
    assert code == 2
    assert "100" in report["error"]
    code, report, _ = run(capsys, "score", "wujin-trial", str(firms))
    assert code == 2
    assert "基准值" in report["error"]
