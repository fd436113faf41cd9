"""Tables in the published layout → items (读表); shifted headers, merged cells and columns are repaired.

Layouts: 基本 序号·类别·事项名称; 配合 序号·事项名称·对应上级部门·上级部门职责·镇（街道）配合职责;
收回 序号·事项名称·承接部门·工作方式. Extra columns (编码、依据、关键词、收回理由) are read when present.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sanfu.kernel.duties.items import (
    DepartmentDuty,
    DutyItem,
    DutyList,
    Reading,
    RowNote,
    UnreadableList,
)
from sanfu.kernel.duties.lists.plain import departments_of, item_of

HEADERS: Mapping[str, re.Pattern[str]] = {
    "seq": re.compile(r"^序号$|^编号$"),
    "list_type": re.compile(r"清单类型|事项类型|履职类型"),
    "category": re.compile(r"^(?:事项)?类别$|^领域$|^分类$"),
    "code": re.compile(r"编码|代码"),
    "name": re.compile(r"事项名称|履职事项|^事项$"),
    "superior_dept": re.compile(r"对应上级部门|承接部门|关联单位|^上级部门$|牵头部门|责任部门"),
    "superior_duty": re.compile(r"上级部门职责|部门职责"),
    "town_duty": re.compile(r"配合职责|镇.{0,6}职责|乡镇.{0,4}职责"),
    "method": re.compile(r"工作方式|承接方式"),
    "recall_reason": re.compile(r"收回(?:理由|原因)"),
    "basis": re.compile(r"依据"),
    "keywords": re.compile(r"关键词"),
}
TITLE_TYPE = ((re.compile("收回"), "收回"), (re.compile("配合"), "配合"), (re.compile("基本|主责"), "基本"))
CODE_LETTER = {"基本": "B", "配合": "P", "收回": "R"}
Cells = Sequence[str]


@dataclass(frozen=True)
class Grid:
    """One sheet or Word table: its title, its rows of text, and which cells were merged (row, column)."""

    title: str
    rows: tuple[tuple[str, ...], ...]
    merged: frozenset[tuple[int, int]] = frozenset()
    first_row: int = 1


def clean(cell: object) -> str:
    """Text of a cell: numbers without a trailing .0, inner spaces of headers kept apart by the caller."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return re.sub(r"[ \t\u3000]+", " ", str(cell)).strip()


def header_of(row: Cells) -> dict[str, int]:
    """Column of each known heading in a row; empty unless it has a name and one more."""
    found: dict[str, int] = {}
    for place, cell in enumerate(row):
        words = re.sub(r"\s", "", cell)
        for name, pattern in HEADERS.items():
            if name not in found and words and len(words) <= 16 and pattern.search(words):
                found[name] = place
                break
    return found if "name" in found and len(found) >= 2 else {}


def type_of(header: Mapping[str, int], title: str) -> str:
    """List type from the columns, else from the sheet's title; empty when neither says."""
    if "town_duty" in header:
        return "配合"
    if "method" in header:
        return "收回"
    return next((kind for pattern, kind in TITLE_TYPE if pattern.search(title)), "")


def read_grids(grids: Sequence[Grid], town: str = "", mark: str = "") -> Reading:
    """Items of all tables with a note for every row; raises UnreadableList when no table has the layout."""
    items: list[DutyItem] = []
    notes: list[RowNote] = []
    seen_header = False
    for grid in grids:
        made, told, headed = _GridReader(grid).read()
        items += made
        notes += told
        seen_header = seen_header or headed
    if not seen_header:
        raise UnreadableList(
            "没有找到表头：应有“事项名称”和“序号、类别、对应上级部门、工作方式”等列；请对照公布版式核对第一行表头"
        )
    if not items:
        raise UnreadableList("找到了表头，但没有读到任何事项；请检查表头以下各行")
    return Reading(DutyList(town, tuple(items), mark=mark), tuple(notes))


class _GridReader:
    """Reads one table top to bottom; remembers the header, the running category and the last item."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.header: dict[str, int] = {}
        self.kind = ""
        self.title = grid.title
        self.category = ""
        self.items: list[DutyItem] = []
        self.notes: list[RowNote] = []
        self.counts: dict[str, int] = {}

    def read(self) -> tuple[list[DutyItem], list[RowNote], bool]:
        for place, row in enumerate(self.grid.rows):
            number = self.grid.first_row + place
            cells = [clean(cell) for cell in row]
            if not any(cells):
                continue
            header = header_of(cells)
            if header:
                self.header, self.kind = header, type_of(header, self.title)
                self.category = ""
                self.notes.append(RowNote(number, "skipped", "表头", "、".join(header)))
            elif not self.header:
                self.title = f"{self.title} {' '.join(filter(None, cells))}"
                self.notes.append(
                    RowNote(number, "skipped", " ".join(filter(None, cells))[:40], "表头之前的标题或说明")
                )
            else:
                self._row(cells, number, place)
        return self.items, self.notes, bool(self.header)

    def _row(self, cells: list[str], number: int, place: int) -> None:
        filled = [cell for cell in cells if cell]
        if (
            len(filled) == 1
            and any(pattern.search(filled[0]) for pattern, _ in TITLE_TYPE)
            and len(filled[0]) < 40
        ):
            self.title = filled[0]
            self.notes.append(RowNote(number, "skipped", filled[0], "分表标题"))
            return
        if len(filled) == 1 and "category" not in self.header and len(filled[0]) <= 16:
            self.category = re.sub(r"^[一二三四五六七八九十]+、", "", filled[0]).split("（")[0]
            self.notes.append(RowNote(number, "skipped", filled[0], "类别标题行"))
            return
        aligned, repairs = self._align(cells)
        values = {name: aligned[at] if at < len(aligned) else "" for name, at in self.header.items()}
        if self._continues(values, number):
            return
        if not values.get("category") and self.category:
            values["category"] = self.category
            if "category" in self.header and (place, self.header["category"]) not in self.grid.merged:
                repairs.append("类别为空，沿用上一行（合并单元格）")
        self.category = values.get("category", "") or self.category
        self._add(values, number, repairs)

    def _align(self, cells: list[str]) -> tuple[list[str], list[str]]:
        """Undo a row shifted by one or two columns: the 序号 column must hold a number or nothing."""
        at = self.header.get("seq")
        if at is None or at >= len(cells) or re.fullmatch(r"\d{1,4}\.?", cells[at]):
            return cells, []
        for shift in (1, 2, -1, -2):
            if 0 <= at + shift < len(cells) and re.fullmatch(r"\d{1,4}\.?", cells[at + shift]):
                moved = cells[shift:] if shift > 0 else [""] * -shift + cells
                return moved, [f"整行错位 {abs(shift)} 列，已按序号对齐"]
        return cells, []

    def _continues(self, values: Mapping[str, str], number: int) -> bool:
        """A row without a name but with a department belongs to the item above (多个上级部门)."""
        if values.get("name") or not values.get("superior_dept") or not self.items:
            return False
        last = self.items[-1]
        more = DepartmentDuty(values["superior_dept"], values.get("superior_duty", ""))
        town = "；".join(filter(None, [last.town_duty, values.get("town_duty", "")]))
        self.items[-1] = replace(last, departments=(*last.departments, more), town_duty=town)
        self.notes.append(
            RowNote(number, "repaired", more.department, f"并入上一事项 {last.code} 的又一上级部门")
        )
        return True

    def _add(self, values: Mapping[str, str], number: int, repairs: list[str]) -> None:
        kind = (values.get("list_type") or type_of(self.header, self.title) or "基本")[:2]
        if not (self.kind or values.get("list_type") or type_of({}, self.title)):
            repairs.append("表题未写清单类型，按列判断为基本履职事项")
        self.counts[kind] = self.counts.get(kind, 0) + 1
        code = values.get("code") or f"{CODE_LETTER.get(kind, 'X')}-{self.counts[kind]:03d}"
        duty = values.get("method", "") if kind == "收回" else values.get("town_duty", "")
        text = {**values, "list_type": kind, "code": code, "town_duty_or_method": duty}
        if not values.get("name"):
            what = " ".join(filter(None, values.values()))[:60]
            self.notes.append(RowNote(number, "refused", what, "事项名称为空", "补写事项名称，或删去该行"))
            return
        try:
            item = replace(
                item_of(text, number),
                departments=departments_of(values.get("superior_dept", ""), values.get("superior_duty", "")),
            )
        except UnreadableList as problem:
            self.notes.append(RowNote(number, "refused", values["name"], str(problem), "改正后重新导入"))
            return
        self.items.append(item)
        status = "repaired" if repairs else "read"
        self.notes.append(RowNote(number, status, f"{code} {item.name}", "；".join(repairs)))
