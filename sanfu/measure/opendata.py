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
from sanfu.records.export import csv_lines

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


MEANINGS = {
    "month": "统计月份；各指标按受理、到期或回访等哪个时间归月，见指标的算法", "indicator": "不变的编号，可用来连接各月",
    "name": "指标的名称", "unit": "承办单位；全市为合计", "numerator": "比率的分子；不是比率的为空",
    "denominator": "比率的分母，或件数；隐去的为空", "hidden": "真：少于5件，或为免倒推而一并隐去",
    "version": "算法的版本；版本不同的数不可直接比较", "closed_at": "封账时间，此后不变",
    "corrected": "经两人批准的更正次数；表中是更正后的数",
}  # fmt: skip


def dictionary() -> list[tuple[str, str, str, str]]:
    """The dictionary of the open data: column, Chinese name, type, meaning."""
    types = {pa.int64(): "整数", pa.int32(): "整数", pa.bool_(): "真假"}
    return [(key, label, types.get(_TYPES.get(key), "文字"), MEANINGS[key]) for key, label in HEADS.items()]


def indicators(closing: Closing) -> list[tuple[str, str, str]]:
    """Every published indicator of a month: id, name, how it is computed in words."""
    kept = dict.fromkeys(closing.frozen_cells.order_by("indicator").values_list("indicator", flat=True))
    return [
        (one.id, one.name, one.sentence())
        for name in kept
        if (one := formulas().get(name)) and (one.is_share or one.unit == "件")
    ]


def corrected(closing: Closing) -> list[dict[str, Any]]:
    """Approved corrections of the county's own figures: what stood there and what stands there now."""
    rows = closing.corrections.filter(approved=True, unit=COUNTY).order_by("decided_at")
    return [
        {
            "name": one.name, "old": f"{row.old_hits} ÷ {row.old_rows}" if one.is_share else f"{row.old_rows}件",
            "new": f"{row.new_hits} ÷ {row.new_rows}" if one.is_share else f"{row.new_rows}件", "at": row.decided_at,
        }
        for row in rows
        if (one := formulas().get(row.indicator)) and min(row.old_rows, row.new_rows, *([row.old_hits, row.new_hits] if one.is_share else [])) >= 5
    ]  # fmt: skip


def csv(closing: Closing) -> str:
    """The rows as CSV under their Chinese names."""
    return "".join(csv_lines(list(HEADS.values()), [[row[key] for key in HEADS] for row in rows(closing)]))


def dictionary_csv(closing: Closing | None) -> str:
    """数据字典: the columns with their meaning, and how each indicator of a month is computed, as CSV."""
    lines = [["列", *line] for line in dictionary()]
    lines += [["指标", key, name, "", how] for key, name, how in (indicators(closing) if closing else [])]
    return "".join(csv_lines(["种类", "编号", "名称", "类型", "意思或算法"], lines))


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
