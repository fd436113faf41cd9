"""One opener of files: both codings, workbooks within a budget, and clear words for the rest, whichever reader asks."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter

from sanfu.kernel.duties.items import UnreadableList
from sanfu.kernel.duties.lists.files import read_list
from sanfu.kernel.opening import MOST_COLUMNS, Unopened, decoded, open_grids, within_budget
from sanfu.kernel.sheets import UnreadableSheet, read_sheet
from sanfu.lists.sheets import Unreadable, read_sheets

READERS: dict[str, tuple[Callable[[bytes], Any], type[Exception]]] = {
    "tables of the command line": (lambda data: read_sheet(data, "表.xlsx"), UnreadableSheet),
    "duty lists": (lambda data: read_list(data, "表.xlsx"), UnreadableList),
    "lists and imports": (lambda data: read_sheets("表.xlsx", data), Unreadable),
}


def workbook(*cells: tuple[int, int, object]) -> bytes:
    held = io.BytesIO()
    with xlsxwriter.Workbook(held) as book:
        sheet = book.add_worksheet("一")
        for row, column, value in cells:
            sheet.write(row, column, value)
        book.add_worksheet("二").write(0, 0, "第二张")
    return held.getvalue()


def test_text_is_read_in_either_coding_and_refused_in_none() -> None:
    assert decoded("路灯,不亮".encode("gb18030")) == decoded("路灯,不亮".encode("utf-8-sig")) == "路灯,不亮"
    with pytest.raises(Unopened, match="UTF-8"):
        decoded(b"\xff\xfe\xfa")


def test_sheets_come_with_their_titles_and_the_first_alone_when_asked() -> None:
    book = workbook((0, 0, "名称"), (1, 0, 3))
    assert [grid.title for grid in open_grids(book)] == ["一", "二"]
    assert [grid.rows for grid in open_grids(book, first=True)] == [[["名称"], [3.0]]]


@pytest.mark.parametrize("reader", READERS)
def test_a_cell_far_away_is_refused_before_it_takes_room(reader: str) -> None:
    read, refusal = READERS[reader]
    for far in (workbook((1_048_575, 16_000, "远")), workbook((0, MOST_COLUMNS + 1, "宽"))):
        with pytest.raises(refusal, match="列"):
            read(far)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("broken", [b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0broken"])
def test_a_broken_workbook_is_refused_in_words(reader: str, broken: bytes) -> None:
    read, refusal = READERS[reader]
    with pytest.raises(refusal, match="重新"):
        read(broken)


def test_a_workbook_that_lies_about_its_size_is_measured_as_it_is_read() -> None:
    held = io.BytesIO(workbook((0, 0, "一")))
    out = io.BytesIO()
    with zipfile.ZipFile(held) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, text.replace(b'r="1"', b'r="1048576"') if "sheet1" in name else text)
    with pytest.raises(Unopened, match="1,048,576 行"):
        within_budget(1_048_576, 26)
    with pytest.raises(Unopened):
        open_grids(out.getvalue())
