"""Tables of a user as parks: indicators by park, stocks by park, firms for the comparison by industry."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Generic, TypeVar

from sanfu.kernel.parks.capacity import Stock
from sanfu.kernel.parks.mix import MixFirm
from sanfu.kernel.sheets import Sheet, UnreadableSheet, read_amount, read_sheet, unit_in

NAME = ("园区", "园区名称", "开发区", "开发区名称", "名称", "park", "name")


T = TypeVar("T")


@dataclass
class ReadTable(Generic[T]):
    """Rows that can be used; the others with line and reason; what was converted."""

    rows: list[T] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_values(
    data: bytes, name: str, items: Sequence[str]
) -> ReadTable[tuple[str, dict[str, Fraction | None]]]:
    """Indicators by park; a column that is not there is missing for all. UnreadableSheet without names or any indicator."""
    sheet, out = read_sheet(data, name), ReadTable[tuple[str, dict[str, Fraction | None]]]()
    at, columns = _name_of(sheet), {item: sheet.column(item) for item in items}
    if all(place is None for place in columns.values()):
        raise UnreadableSheet(f"没有一列是方案里的指标（{'、'.join(items[:6])}…）")
    out.notes += [f"表里没有“{item}”一列，按缺数处理" for item, place in columns.items() if place is None]
    seen: set[str] = set()
    for line, row in sheet.rows:
        try:
            if not row[at] or row[at] in seen:
                raise UnreadableSheet("没有园区名称" if not row[at] else f"{row[at]}写了两次")
            values = {
                i: None if p is None else _amount(row[p], "", f"{i}", out.notes) for i, p in columns.items()
            }
        except UnreadableSheet as problem:
            out.refused.append((line, str(problem)))
            continue
        seen.add(row[at])
        out.rows.append((row[at], values))
    return out


def read_stocks(data: bytes, name: str, units: dict[str, str]) -> ReadTable[tuple[str, Stock]]:
    """承载能力 by park and kind: 园区、要素、总量、已占用、在谈. `units`: kind → its unit."""
    sheet, out = read_sheet(data, name), ReadTable[tuple[str, Stock]]()
    at, kind_at = _name_of(sheet), _need(sheet, "要素", "类别", "承载要素")
    places = {"total": _need(sheet, "总量", "能力", "总能力"), "committed": sheet.column("已占用", "已用", "占用"),
              "pipeline": sheet.column("在谈", "在谈项目", "在谈占用")}  # fmt: skip
    for line, row in sheet.rows:
        try:
            kind = row[kind_at]
            if not row[at] or kind not in units:
                raise UnreadableSheet(
                    "没有园区名称" if not row[at] else f"要素“{kind}”应是 {'、'.join(units)} 之一"
                )
            found = {
                key: None
                if place is None
                else _amount(row[place], units[kind], sheet.headings[place], out.notes)
                for key, place in places.items()
            }
            if any(value is not None and value < 0 for value in found.values()):
                raise UnreadableSheet("不能是负数")
        except UnreadableSheet as problem:
            out.refused.append((line, str(problem)))
            continue
        stock = Stock(
            kind,
            units[kind],
            found["total"],
            found["committed"] or Fraction(0),
            found["pipeline"] or Fraction(0),
        )
        out.rows.append((row[at], stock))
    return out


def read_firms(data: bytes, name: str) -> ReadTable[MixFirm]:
    """Firms for the comparison: 园区、行业、分子 (税收…)、分母 (用地…)."""
    sheet, out = read_sheet(data, name), ReadTable[MixFirm]()
    at, industry = _name_of(sheet), _need(sheet, "行业", "产业", "所属行业")
    above, below = (
        _need(sheet, "分子", "税收", "评价税收", "产值", "增加值"),
        _need(sheet, "分母", "用地面积", "用地", "人数"),
    )
    out.notes.append(f"比较的是 {sheet.headings[above]} ÷ {sheet.headings[below]}")
    for line, row in sheet.rows:
        try:
            top = _amount(row[above], unit_in(sheet.headings[above]), sheet.headings[above], out.notes)
            base = _amount(row[below], unit_in(sheet.headings[below]), sheet.headings[below], out.notes)
            if not row[at] or not row[industry] or top is None or base is None or base <= 0:
                raise UnreadableSheet("园区、行业、分子、分母要齐全，分母要是正数")
        except UnreadableSheet as problem:
            out.refused.append((line, str(problem)))
            continue
        out.rows.append(MixFirm(row[at], row[industry], top, base))
    return out


def _name_of(sheet: Sheet) -> int:
    return _need(sheet, *NAME)


def _need(sheet: Sheet, *names: str) -> int:
    place = sheet.column(*names)
    if place is None:
        raise UnreadableSheet(f"没有“{names[0]}”一列")
    return place


def _amount(text: str, unit: str, heading: str, notes: list[str]) -> Fraction | None:
    typed = unit_in(heading)
    if unit and typed and typed != unit and text and text.replace(".", "").replace(",", "").isdigit():
        text = f"{text}{typed}"
    amount = read_amount(text.rstrip("%％"), unit)
    if amount is None:
        return None
    if amount.note and amount.note not in notes:
        notes.append(amount.note)
    return Fraction(str(round(amount.value, 9)))
