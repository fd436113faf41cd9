"""`sanfu land`: import parcels in a stated datum, score firms by a scheme (用地、亩均评价)."""

import argparse
import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from sanfu.adapters.commandline.land_lines import import_lines, score_lines
from sanfu.adapters.commandline.main import ANSWER_IS_NO, OK, BadInput
from sanfu.adapters.commandline.refusing import refusals_said
from sanfu.kernel.land.areas import mu_of, shown
from sanfu.kernel.land.datums import datum_of
from sanfu.kernel.land.grids import zone_of_epsg
from sanfu.kernel.land.intake import Intake, Parcel, WholeFileRefused, take_in
from sanfu.kernel.land.scoring.engine import Line, score_all
from sanfu.kernel.land.scoring.grading import Graded, grade_all
from sanfu.kernel.land.scoring.reading import read_scheme
from sanfu.kernel.land.scoring.schemes import SET_LABELS, Scheme, SchemeError
from sanfu.kernel.land.scoring.sheet import Sheet, merged, read_sheet
from sanfu.lists.sheets import Unreadable, read_sheets
from sanfu.projects.land.content import limits
from sanfu.projects.land.files import read_parcels
from sanfu.projects.scoring.content import headings, schemes
from sanfu.projects.scoring.tables import head_of, records_of
from sanfu.records.content import BadContent, read_yaml


def configure(parser: argparse.ArgumentParser) -> None:
    words = parser.add_subparsers(dest="word", required=True)
    score = words.add_parser("score", help="score the firms of a sheet by a scheme (亩均评价)")
    score.add_argument("scheme", metavar="SCHEME", help="a shipped scheme, or a YAML or JSON file")
    score.add_argument("firms", type=Path, metavar="FIRMS.csv")
    score.add_argument(
        "--on", help="the day on which exclusions are judged (default: end of the scheme's year)"
    )
    score.add_argument("--merge", action="store_true", help="合并评价: rows of one firm are added up")
    score.add_argument(
        "--error", default="0", help="relative error of inputs within which a grade is doubtful, 2%%"
    )
    score.add_argument("--firm", help="only this firm, line by line")
    taken = words.add_parser(
        "import", help="read parcels in a stated datum, with notes and refusals (宗地入库)"
    )
    taken.add_argument("file", type=Path, metavar="FILE.geojson|zip|xlsx|csv")
    taken.add_argument("--datum", required=True, help="cgcs2000, wgs84, gcj02, bd09, gk3, gk6 or EPSG:code")
    taken.add_argument("--meridian", type=float, help="central meridian of a grid without zone numbers")
    taken.add_argument(
        "--held", type=Path, help="GeoJSON of parcels already held (CGCS2000), for overlaps and evidence"
    )
    taken.add_argument("-o", "--out", type=Path, help="write the parcels taken in as GeoJSON (CGCS2000)")
    for word in (score, taken):
        word.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """With --json a refusal, too, is JSON on standard output."""
    with refusals_said(args, SchemeError, WholeFileRefused, Unreadable, BadContent, ValueError):
        return {"score": _score, "import": _import}[args.word](args)


# ---- score


def _score(args: argparse.Namespace) -> int:
    """Exit 1 when a row was refused or a firm cannot be scored."""
    scheme = scheme_named(args.scheme)
    if lacking := scheme.without_base():
        raise BadInput(
            f"方案 {scheme.id} 还不能评价：{'、'.join(lacking[:6])} 没有基准值；请在方案里补 base 或 base_rule"
        )
    sheet = firms_in(args.firms)
    firms = merged(sheet.firms) if args.merge else sheet.firms
    scores = score_all(scheme, firms, _day(args.on), None)
    graded = grade_all(scheme, scores, _share(args.error))
    rows = [firm_row(scheme, g) for g in graded if args.firm in (None, g.score.firm.id, g.score.firm.name)]
    if args.firm and not rows:
        raise BadInput(f"表里没有企业 {args.firm}")
    report = score_report(scheme, sheet, rows)
    print(json.dumps(report, ensure_ascii=False, indent=2) if args.json else score_lines(report))
    return ANSWER_IS_NO if sheet.refused or any(g.score.missing for g in graded) else OK


def scheme_named(word: str) -> Scheme:
    """A file when there is one, else a shipped scheme by id."""
    path = Path(word)
    if path.suffix.lower() in (".yaml", ".yml", ".json") or path.is_file():
        raw = read_yaml(path)
        if isinstance(raw, Mapping) and isinstance(raw.get("scheme"), Mapping):
            raw = raw["scheme"]
        return read_scheme(raw, headings())
    if word in schemes():
        return schemes()[word]
    raise BadInput(f"没有方案“{word}”；可用 {'、'.join(schemes())}，或给 YAML/JSON 文件")


def firms_in(path: Path) -> Sheet:
    """The firms of a CSV or Excel file; the heading row is looked for below titles."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(f"读不了 {path}：{error.strerror}") from error
    known = headings()
    for sheet in read_sheets(path.name, content):
        head = head_of(sheet, known)
        if head is not None:
            if not any(cell.strip() for row in sheet.rows[head + 1 :] for cell in row):
                raise BadInput(f"{path} 只有表头，没有企业；表头下面每行写一家")
            return read_sheet(records_of(sheet, head), known, head + 2)
    raise BadInput(
        f"{path} 里找不到表头；要有“企业名称”和指标或算指标的数，例如 亩均税收、评价税收（万元）、用地面积（亩）"
    )


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"日期应写成 2026-04-15，读到 {text!r}") from None


def _share(text: str) -> Decimal:
    try:
        value = Decimal(text.rstrip("%％")) / (100 if text[-1:] in "%％" else 1)
    except InvalidOperation:
        raise BadInput(f"误差“{text}”应写成 2% 或 0.02") from None
    if not 0 <= value < 1:
        raise BadInput(f"误差“{text}”应在 0 与 100% 之间")
    return value


def number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def firm_row(scheme: Scheme, graded: Graded) -> dict[str, Any]:
    score = graded.score
    group = scheme.set_named(score.firm.set)
    return {
        "id": score.firm.id, "name": score.firm.name, "set": group, "set_label": SET_LABELS.get(group, group),
        "score": number(score.total), "total": number(score.total), "bonus": number(score.bonus),
        "rank": graded.rank, "grade": graded.grade, "reason": graded.reason, "missing": list(score.missing),
        "excluded": score.excluded.id if score.excluded else None, "vetoes": [v.id for v in score.vetoes],
        "to_next_grade": number(graded.to_next), "above_line": number(graded.above_line),
        "doubtful": graded.doubtful, "doubts": list(score.doubts), "lines": [line_row(line) for line in score.lines],
    }  # fmt: skip


def line_row(line: Line) -> dict[str, Any]:
    return {
        "indicator": line.indicator, "weight": number(line.weight), "numerator": number(line.numerator),
        "denominator": number(line.denominator), "value": number(line.value), "base": number(line.base),
        "raw": number(line.raw), "score": number(line.score), "note": line.note,
    }  # fmt: skip


def score_report(scheme: Scheme, sheet: Sheet, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["grade"] or "未评"] = counts.get(row["grade"] or "未评", 0) + 1
    return {
        "ok": not sheet.refused, "scheme": scheme.id, "name": scheme.name, "year": scheme.year, "mark": scheme.mark,
        "firms": list(rows), "grades": counts, "notes": sheet.notes, "ignored_columns": sheet.ignored,
        "refused": [{"row": r.row, "name": r.name, "column": r.column, "why": r.why} for r in sheet.refused],
    }  # fmt: skip


# ---- import


def _import(args: argparse.Namespace) -> int:
    """Exit 1 when a parcel was refused or overlaps another one."""
    datum, meridian = datum_of(args.datum), args.meridian
    if args.datum.upper().startswith("EPSG:") and meridian is None:
        zone = zone_of_epsg(int(args.datum[5:])) if args.datum[5:].isdigit() else None
        meridian = zone.meridian if zone else None
    rows = read_parcels(args.file.name, _bytes(args.file))
    held = {}
    if args.held:
        held = {
            r.number: r.polygons for r in read_parcels(args.held.name, _bytes(args.held)).rows if r.polygons
        }
    intake = take_in(rows.rows, datum, meridian, held, limits())
    report = import_report(intake, rows.said)
    if args.out:
        args.out.write_text(json.dumps(as_geojson(intake.parcels), ensure_ascii=False), encoding="utf-8")
    print(json.dumps(report, ensure_ascii=False, indent=2) if args.json else import_lines(report))
    return ANSWER_IS_NO if intake.refused or intake.overlaps else OK


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"读不了 {path}：{error.strerror}；请检查路径") from error


def import_report(intake: Intake, said: str) -> dict[str, Any]:
    total = sum((p.square_metres for p in intake.parcels), start=mu_of(0))
    return {
        "ok": not intake.refused, "taken": len(intake.parcels), "refused": [vars_of(r) for r in intake.refused],
        "notes": intake.notes + ([f"文件自带的坐标说明：{said}"] if said else []),
        "total_mu": shown(mu_of(total), 4), "overlaps": [vars_of(o) for o in intake.overlaps],
        "offset_metres": round(intake.offset.metres, 1) if intake.offset else None,
        "suggested_datum": intake.offset.suggests.code if intake.offset and intake.offset.suggests else None,
        "parcels": [parcel_row(p) for p in intake.parcels],
    }  # fmt: skip


def vars_of(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


def parcel_row(parcel: Parcel) -> dict[str, Any]:
    ring = parcel.polygons[0][0]
    return {
        "number": parcel.number, "mu": shown(parcel.mu, 4), "square_metres": shown(parcel.square_metres),
        "measured_square_metres": round(parcel.measured, 2), "stated": parcel.stated is not None,
        "notes": list(parcel.notes), "place": parcel.raw.place, "first_point": [round(c, 8) for c in ring[0]],
        "original_first_point": list(parcel.raw.polygons[0][0][0]),
    }  # fmt: skip


def as_geojson(parcels: Sequence[Parcel]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": p.number,
                "properties": {**p.raw.attributes, "平方米": float(p.square_metres), "亩": float(p.mu)},
                "geometry": {"type": "MultiPolygon", "coordinates": p.polygons},
            }
            for p in parcels
        ],
    }
