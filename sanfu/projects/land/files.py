"""Reads parcels out of the user's file (GeoJSON, zipped Shapefile, Excel, CSV) as they are, before any conversion."""

import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import shapefile

from sanfu.kernel.land.intake import Raw
from sanfu.kernel.land.overlaps import Rings
from sanfu.lists.sheets import Sheet, Unreadable, read_sheets

NUMBER = ("宗地编号", "宗地代码", "宗地号", "地块编号", "地块号", "不动产单元号", "地籍号", "zddm", "zdh", "parcel", "parcelid", "number", "bh", "编号", "id", "fid", "地块名称", "name", "名称")  # fmt: skip
AREA = (
    "登记面积",
    "证载面积",
    "宗地面积",
    "土地面积",
    "用地面积",
    "面积",
    "zdmj",
    "mj",
    "area",
    "areamu",
    "landarea",
)
OUTLINE = (
    "坐标",
    "坐标串",
    "界址点坐标",
    "界址坐标",
    "界址点",
    "拐点坐标",
    "wkt",
    "geometry",
    "coordinates",
    "geom",
)
FIRST = ("经度", "x", "x坐标", "lon", "lng", "longitude", "东坐标", "横坐标", "east", "e")
SECOND = ("纬度", "y", "y坐标", "lat", "latitude", "北坐标", "纵坐标", "north", "n")
LARGEST = 200 * 1024 * 1024  # bytes of a shapefile once unpacked
MOST_PARCELS = 20_000
MOST_POINTS = 2_000_000


@dataclass(frozen=True, slots=True)
class ParcelFile:
    """Raw parcels, and what the file itself says about its coordinates (crs, .prj), empty when nothing."""

    rows: list[Raw]
    said: str = ""


def read_parcels(name: str, content: bytes) -> ParcelFile:
    """Parcels by the file's ending. Unreadable says what, why and what to do."""
    ending = name.lower().rpartition(".")[2]
    if ending in ("geojson", "json"):
        found = _geojson(name, content)
    elif ending in ("zip", "shp"):
        found = _shapes(name, content)
    else:
        found = ParcelFile(_table(read_sheets(name, content)))
    points = sum(len(ring) for row in found.rows for polygon in row.polygons for ring in polygon)
    if len(found.rows) > MOST_PARCELS or points > MOST_POINTS:
        raise Unreadable(
            f"“{name}”有 {len(found.rows)} 宗、{points} 个点，超过一次 {MOST_PARCELS} 宗的上限，请拆开"
        )
    return found


# ---- GeoJSON


def _geojson(name: str, content: bytes) -> ParcelFile:
    try:
        raw = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable(f"“{name}”不是 UTF-8 编码，请另存为 UTF-8") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise Unreadable(f"“{name}”不是 GeoJSON：{getattr(error, 'msg', '层数太深')}") from error
    features = raw.get("features") if isinstance(raw, dict) else None
    if isinstance(raw, dict) and raw.get("type") == "Feature":
        features = [raw]
    if not isinstance(features, list):
        raise Unreadable(f"“{name}”里没有 features；请导出为 GeoJSON 要素集")
    crs = (raw.get("crs") or {}).get("properties") if isinstance(raw.get("crs"), dict) else None
    said = str((crs or {}).get("name", "")) if isinstance(crs, dict) else ""
    return ParcelFile([_feature(f, n) for n, f in enumerate(features, 1)], said)


def _feature(feature: Any, number: int) -> Raw:
    attributes = feature.get("properties") if isinstance(feature, dict) else None
    attributes = attributes if isinstance(attributes, dict) else {}
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    identity = feature.get("id") if isinstance(feature, dict) else None
    return _raw(attributes, polygons_of(geometry), f"第 {number} 个要素", str(identity or ""))


def polygons_of(geometry: Any) -> list[Rings]:
    """Polygons of a GeoJSON geometry; empty for points, lines and what is malformed."""
    if not isinstance(geometry, dict):
        return []
    parts = geometry.get("coordinates") or []
    if geometry.get("type") == "Polygon":
        parts = [parts]
    elif geometry.get("type") != "MultiPolygon":
        return []
    try:
        return [
            [[(float(p[0]), float(p[1])) for p in ring] for ring in polygon] for polygon in parts if polygon
        ]
    except (TypeError, ValueError, IndexError):
        return []


def _raw(attributes: dict[str, object], polygons: list[Rings], place: str, identity: str = "") -> Raw:
    number = _column(list(attributes), NUMBER)
    value = str(attributes.get(number, "") if number else "").strip()
    return Raw(value or identity, attributes, polygons, place, _column(list(attributes), AREA) or "")


def _column(headings: Sequence[str], known: Sequence[str]) -> str | None:
    """The heading that one of the known words names, the earlier word first; units in brackets do not matter."""
    plain = {re.sub(r"[（(].*?[)）]|[\s_]", "", h).lower(): h for h in reversed(headings)}
    bare = {re.sub(r"(mu|亩|m2|㎡|ha|公顷|平方米)$", "", p): h for p, h in plain.items()}
    return next((plain.get(w) or bare.get(w) for w in known if w in plain or w in bare), None)


# ---- Shapefile


def _shapes(name: str, content: bytes) -> ParcelFile:
    parts = _unpacked(name, content) if name.lower().endswith(".zip") else {"shp": content}
    if "shp" not in parts:
        raise Unreadable(f"“{name}”里没有 .shp；请把 .shp、.dbf、.shx、.prj 一起打成 zip")
    encoding = "gb18030" if _chinese_table(parts) else "utf-8"
    try:
        reader = shapefile.Reader(
            **{k: io.BytesIO(v) for k, v in parts.items() if k in ("shp", "dbf", "shx")},
            encoding=encoding, encodingErrors="replace",
        )  # fmt: skip
        rows = [_shape(reader, number) for number in range(len(reader))]
    except Exception as error:  # a damaged file raises anything from struct.error to IndexError
        raise Unreadable(f"“{name}”读不了，可能已损坏：{type(error).__name__}；请重新导出") from error
    return ParcelFile(rows, parts.get("prj", b"").decode("utf-8", "replace").strip()[:500])


def _unpacked(name: str, content: bytes) -> dict[str, bytes]:
    """Members of the first shapefile in the zip, by ending."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(info.file_size for info in archive.infolist()) > LARGEST:
                raise Unreadable(f"“{name}”解开后太大，请只放一个图层")
            stems = [i.filename[:-4] for i in archive.infolist() if i.filename.lower().endswith(".shp")]
            if len(stems) > 1:
                raise Unreadable(f"“{name}”里有 {len(stems)} 个 .shp，请只放一个图层")
            stem = stems[0] if stems else ""
            return {
                i.filename.lower().rpartition(".")[2]: archive.read(i)
                for i in archive.infolist()
                if stem and i.filename.rpartition(".")[0] == stem
            }
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise Unreadable(f"“{name}”不是能打开的 zip（可能损坏或加了密码）") from error


def _chinese_table(parts: dict[str, bytes]) -> bool:
    """Whether the attribute table is in GBK: the .cpg says so, else UTF-8 cannot read it."""
    said = parts.get("cpg", b"").decode("ascii", "ignore").strip().lower()
    if said:
        return said.replace("-", "") not in ("utf8", "65001")
    try:
        parts.get("dbf", b"")[32:].decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _shape(reader: Any, number: int) -> Raw:
    shape = reader.shape(number)
    attributes = dict(reader.record(number).as_dict()) if reader.dbf else {}
    geometry = shape.__geo_interface__ if shape.shapeType and shape.points else None
    return _raw(
        attributes, polygons_of(geometry), f"第 {number + 1} 条记录", "" if attributes else str(number + 1)
    )


# ---- tables


def _table(sheets: Sequence[Sheet]) -> list[Raw]:
    """Parcels of the first sheet that has a parcel number and coordinates, one row each or one row a point."""
    for sheet in sheets:
        head = _head(sheet)
        if head is None:
            continue
        headings = [h.strip() for h in sheet.rows[head]]
        body = [(n, r) for n, r in enumerate(sheet.rows[head + 1 :], head + 2) if any(c.strip() for c in r)]
        records = [(n, dict(zip(headings, r, strict=False))) for n, r in body]
        outline = _column(headings, OUTLINE)
        if outline:
            return [_raw({**r}, outlines_in(r.get(outline, "")), f"第 {n} 行") for n, r in records]
        first, second = _column(headings, FIRST), _column(headings, SECOND)
        if first and second:
            return list(_by_point(records, first, second, _column(headings, NUMBER) or headings[0]))
    raise Unreadable(
        "表里找不到宗地坐标；要有“宗地编号”和“坐标”（120.1,31.9;120.2,31.9;…），或逐点的“经度”“纬度”两列"
    )


def _head(sheet: Sheet) -> int | None:
    """The heading row among the first fifteen: it names a parcel number and coordinates."""
    for number, row in enumerate(sheet.rows[:15]):
        headings = [c.strip() for c in row]
        coordinates = _column(headings, OUTLINE) or (_column(headings, FIRST) and _column(headings, SECOND))
        if _column(headings, NUMBER) and coordinates:
            return number
    return None


_PAIR = re.compile(r"(-?\d+(?:\.\d+)?)[\s,，、]+(-?\d+(?:\.\d+)?)")


def outlines_in(text: str) -> list[Rings]:
    """Polygons in a cell: WKT, or pairs with `;` between them (`|` between rings)."""
    if "MULTIPOLYGON" in text.upper():
        return [_rings(part) for part in re.split(r"\)\s*\)\s*,\s*\(\s*\(", text)]
    rings = _rings(text)
    return [rings] if rings else []


def _rings(text: str) -> Rings:
    parts = re.split(r"\)\s*,\s*\(|\|", text)
    rings = [[(float(a), float(b)) for a, b in _PAIR.findall(part)] for part in parts]
    return [ring for ring in rings if ring]


def _by_point(
    records: Sequence[tuple[int, dict[str, str]]], first: str, second: str, number: str
) -> Iterator[Raw]:
    """One parcel of each run of rows with one number; an empty number goes on with the one above."""
    groups: dict[str, tuple[int, dict[str, str], list[tuple[float, float]]]] = {}
    current = ""
    for line, record in records:
        current = record.get(number, "").strip() or current
        found = groups.setdefault(current, (line, record, []))
        try:
            found[2].append((float(record.get(first, "")), float(record.get(second, ""))))
        except ValueError:
            found[2].append((float("nan"), float("nan")))
    for line, record, ring in groups.values():
        sound = all(x == x and y == y for x, y in ring)
        yield _raw({**record}, [[ring]] if sound else [], f"第 {line} 行起")
