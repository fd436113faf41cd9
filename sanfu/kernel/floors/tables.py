"""Excel or CSV of floors and needs as the same raw lists that YAML gives: one floor or one firm a row."""

from typing import Any

from sanfu.kernel.floors.reading import BadFloors
from sanfu.kernel.sheets import Sheet, UnreadableSheet, read_sheet

HOUSE = ("厂房", "楼栋", "厂房名称", "楼栋名称", "楼号", "名称", "building")
FIRM = ("企业", "企业名称", "名称", "租户", "name")
WHOLE = ("土地面积", "用地面积", "耐火等级", "自动喷淋", "喷淋", "园区")  # said once of a building
LISTS = ("特征", "避开", "不能相邻")


def buildings_of(data: bytes, name: str) -> dict[str, Any]:
    """{厂房: […]}: rows of one building together; an empty name (merged cells) is that of the row above. BadFloors."""
    sheet, place = _sheet(data, name, HOUSE, "厂房")
    houses: dict[str, dict[str, Any]] = {}
    last = ""
    for _, row in sheet.rows:
        last = row[place] or last
        if not last:
            raise BadFloors(f"{name} 第一行没有厂房名称")
        house = houses.setdefault(last, {"名称": last, "楼层": []})
        cells = {
            head.strip(): cell
            for head, cell in zip(sheet.headings, row, strict=True)
            if head.strip() and cell
        }
        house |= {key: cells.pop(key) for key in WHOLE if key in cells}
        cells.pop(sheet.headings[place].strip(), None)
        if cells:
            house["楼层"].append(cells)
    return {"厂房": list(houses.values())}


def needs_of(data: bytes, name: str) -> dict[str, Any]:
    """{需求: […]} with one firm a row; 特征 and 避开 are split at 、. BadFloors."""
    sheet, place = _sheet(data, name, FIRM, "企业")
    found = []
    for line, row in sheet.rows:
        if not row[place]:
            raise BadFloors(f"{name} 第 {line} 行没有企业名称")
        cells: dict[str, Any] = {
            head.strip(): cell
            for head, cell in zip(sheet.headings, row, strict=True)
            if head.strip() and cell
        }
        for key in LISTS:
            if key in cells:
                cells[key] = [
                    one for one in cells[key].replace("，", "、").replace(",", "、").split("、") if one
                ]
        cells.pop(sheet.headings[place].strip(), None)
        found.append({"名称": row[place], **cells})
    return {"需求": found}


def _sheet(data: bytes, name: str, headings: tuple[str, ...], what: str) -> tuple[Sheet, int]:
    try:
        sheet = read_sheet(data, name)
    except UnreadableSheet as problem:
        raise BadFloors(str(problem)) from problem
    place = sheet.column(*headings)
    if place is None:
        raise BadFloors(f"{name} 没有“{what}”一列")
    return sheet, place
