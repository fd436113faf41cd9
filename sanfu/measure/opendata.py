"""公开数据: cells of closed months for everybody, small ones hidden with what would give them back, as Parquet too."""

import io
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sanfu.kernel.indicators.suppress import suppressed
from sanfu.measure import reading
from sanfu.measure.book import formulas
from sanfu.measure.counting import COUNTY
from sanfu.measure.models import Closing

HEADS = {
    "month": "月份", "indicator": "指标编号", "name": "指标", "unit": "单位", "numerator": "分子", "denominator": "分母或件数",
    "hidden": "小数隐去", "version": "公式版本", "closed_at": "封账时间", "corrected": "更正次数",
}  # fmt: skip
LICENCE = "政府数据开放许可（演示）：注明来源、月份和版本后可以自由使用"


def rows(closing: Closing) -> list[dict[str, Any]]:
    """Published cells of a closed month: shares and counts, corrected values where approved, small cells as None."""
    cells: dict[str, dict[Any, tuple[int, int]]] = {}
    versions = {}
    for kept in closing.frozen_cells.all():
        one = formulas().get(kept.indicator)
        if one is not None and (one.is_share or one.unit == "件"):
            cells.setdefault(kept.indicator, {})[kept.unit] = (
                kept.rows,
                kept.hits if one.is_share else kept.rows,
            )
            versions[kept.indicator] = kept.version
    corrected: dict[tuple[str, Any], int] = {}
    for done in closing.corrections.filter(approved=True).order_by("decided_at"):
        one = formulas().get(done.indicator)
        if done.indicator in cells and one is not None:
            cells[done.indicator][done.unit] = (
                done.new_rows,
                done.new_hits if one.is_share else done.new_rows,
            )
            corrected[done.indicator, done.unit] = corrected.get((done.indicator, done.unit), 0) + 1
    names = reading.unit_names({unit for units in cells.values() for unit in units})
    found = []
    for indicator, units in cells.items():
        total = units.get(COUNTY)
        shown = suppressed({unit: cell for unit, cell in units.items() if unit != COUNTY})
        shown |= suppressed({COUNTY: total}) if total else {}
        for unit, cell in sorted(shown.items(), key=lambda pair: (pair[0] != COUNTY, names.get(pair[0], ""))):
            share = formulas()[indicator].is_share
            found.append(
                {
                    "month": f"{closing.month:%Y-%m}", "indicator": indicator, "name": formulas()[indicator].name,
                    "unit": names.get(unit, "其他"), "numerator": cell[1] if cell and share else None,
                    "denominator": cell[0] if cell else None, "hidden": cell is None, "version": versions[indicator],
                    "closed_at": closing.closed_at.isoformat(), "corrected": corrected.get((indicator, unit), 0),
                }
            )  # fmt: skip
    return found


def parquet(closing: Closing) -> bytes:
    """The rows as Parquet; the dictionary of its columns and the licence stand in its metadata."""
    table = pa.Table.from_pylist(rows(closing), schema=_SCHEMA)
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


_TYPES = {
    "numerator": pa.int64(),
    "denominator": pa.int64(),
    "hidden": pa.bool_(),
    "version": pa.int32(),
    "corrected": pa.int32(),
}
_SCHEMA = pa.schema(
    [
        pa.field(name, _TYPES.get(name, pa.string()), metadata={"label": label})
        for name, label in HEADS.items()
    ],
    metadata={"licence": LICENCE},
)


def closed(region: str, month: date | None = None) -> Closing | None:
    """The closing of a month, the newest when none is named."""
    every = reading.closings(region)
    if month is not None:
        return every.get(month)
    return every[max(every)] if every else None
