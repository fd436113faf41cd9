"""A list file of any form → Reading: Excel, Word tables, YAML, bar-separated text."""

import io
import zipfile
from collections.abc import Sequence

import docx

from sanfu.kernel.duties.items import Reading, UnreadableList
from sanfu.kernel.duties.lists.plain import read_psv, read_yaml
from sanfu.kernel.duties.lists.tables import Grid, clean, read_grids
from sanfu.kernel.opening import Grid as Opened
from sanfu.kernel.opening import Unopened, decoded, open_grids


def read_list(data: bytes, name: str, town: str = "") -> Reading:
    """Read a duty list by its content; `name` decides only between YAML and psv."""
    if not data.strip():
        raise UnreadableList("文件是空的；请检查后重新导入")
    if data[:2] == b"PK":
        return read_grids(_word_grids(data) if _is_word(data) else _sheet_grids(data), town)
    if data[:4] == b"\xd0\xcf\x11\xe0":
        return read_grids(_sheet_grids(data), town)
    if data[:5] == b"%PDF-":
        raise UnreadableList("清单不能从 PDF 导入（表格线在 PDF 中会丢失）；请使用原 Excel 或 Word")
    text = _decode(data)
    if name.lower().endswith((".yaml", ".yml")):
        return read_yaml(text)
    return read_psv(text, town)


def _decode(data: bytes) -> str:
    try:
        return decoded(data)
    except Unopened as problem:
        raise UnreadableList(f"文件{problem}") from problem


def _is_word(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError) as problem:  # ValueError: an offset before the beginning
        raise UnreadableList("文件已损坏，无法打开；请重新保存后导入") from problem


def _sheet_grids(data: bytes) -> list[Grid]:
    try:
        return [_sheet_grid(one) for one in open_grids(data)]
    except Unopened as problem:
        raise UnreadableList(f"Excel 文件{problem}") from problem


def _sheet_grid(sheet: Opened) -> Grid:
    """One sheet; a merged block's value is repeated down its first column and across its first row only."""
    rows = [[clean(cell) for cell in row] for row in sheet.rows]
    merged: set[tuple[int, int]] = set()
    for top, left, bottom, right in sheet.merged:
        if right - left > 0:  # a title across columns stays where it is
            continue
        for row in range(top + 1, min(bottom + 1, len(rows))):
            if left < len(rows[row]) and left < len(rows[top]):
                rows[row][left] = rows[row][left] or rows[top][left]
                merged.add((row, left))
    return Grid(sheet.title, tuple(tuple(row) for row in rows), frozenset(merged))


def _word_grids(data: bytes) -> Sequence[Grid]:
    """Every table of a Word file; the paragraph before a table is its title."""
    try:
        document = docx.Document(io.BytesIO(data))
    except Exception as problem:  # a broken file fails in zip, XML or the library itself
        raise UnreadableList("Word 文件已损坏，无法打开；请重新保存后导入") from problem
    grids: list[Grid] = []
    title = ""
    row = 1
    for block in document.iter_inner_content():
        if isinstance(block, docx.table.Table):
            rows = tuple(_word_row(line.cells) for line in block.rows)
            grids.append(Grid(title, rows, first_row=row))
            row += len(rows)
        elif block.text.strip():
            title = block.text.strip()
    if not grids:
        raise UnreadableList("Word 文档里没有表格；清单应为公布版式的三张表")
    return grids


def _word_row(cells: Sequence["docx.table._Cell"]) -> tuple[str, ...]:
    """Cell texts; a cell merged across columns is kept once, the rest empty."""
    texts: list[str] = []
    last: object = None
    for cell in cells:
        texts.append("" if cell._tc is last else clean(cell.text))
        last = cell._tc
    return tuple(texts)
