"""One writer makes Excel, CSV and Word, and what it makes is never run: no formula, no link, no field."""

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from sanfu.enterprise.benefits.payfile import HEADS, payment_workbook
from sanfu.records.export import csv_lines, plain, workbook
from sanfu.records.word import Word
from tests.architecture.test_house import SOURCES, name_of, text_of

WRITERS = {
    "sanfu/records/export.py",
    "sanfu/records/word.py",
    "sanfu/enterprise/benefits/award.py",  # canonical bytes that are hashed, not a file for people
    "sanfu/kernel/duties/posts/description.py",  # 岗位说明书: a layout of its own, paragraphs of text only
    "sanfu/kernel/duties/lists/files.py",  # reads Word
}
WRITING = re.compile(r"\bxlsxwriter\b|\bcsv\.(writer|DictWriter)\b|^\s*(import docx|from docx)", re.M)
LURES = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "\u3000=")
HOSTILE = st.tuples(st.sampled_from([*LURES, ""]), st.text(max_size=12)).map("".join)
ROWS = st.lists(st.tuples(HOSTILE, HOSTILE), min_size=1, max_size=4)


def test_only_the_house_writer_writes_tables_and_documents() -> None:
    found = [name_of(p) for p in SOURCES if WRITING.search(text_of(p)) and name_of(p) not in WRITERS]
    assert found == [], "use sanfu/records/export.py and sanfu/records/word.py"


def sheet_of(file: Any) -> str:
    with zipfile.ZipFile(file) as whole:
        return "".join(whole.read(n).decode() for n in whole.namelist() if "worksheets/" in n)


@given(ROWS)
@settings(max_examples=25, deadline=None)
def test_no_cell_of_a_workbook_is_a_formula_or_a_link(rows: list[tuple[str, str]]) -> None:
    with workbook(rows[0][0], [rows[0][1], "乙"], rows, last=rows[-1]) as file:
        written = sheet_of(file)
    assert "<f>" not in written
    assert "<f " not in written
    assert "<hyperlink" not in written


@given(ROWS)
@settings(max_examples=50, deadline=None)
def test_no_cell_of_a_csv_starts_a_formula(rows: list[tuple[str, str]]) -> None:
    text = "".join(csv_lines(list(rows[0]), rows))
    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert len(read) == len(rows) + 1
    for cell in (cell for row in read for cell in row):
        assert not cell.startswith(("\t", "\r", "\n"))
        assert not cell.strip().strip("\ufeff").startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


def test_a_bank_that_is_a_formula_reaches_finance_as_text() -> None:
    bank = '=HYPERLINK("http://evil.example","工商银行")'
    firm = SimpleNamespace(name="=1+1", credit_code="91320900MA1XXXXX0X")
    line: Any = SimpleNamespace(
        payment="PC20260001-1", enterprise=firm, bank=bank, account="+62220202", paid=123456, clause="@奖励"
    )
    content = payment_workbook("=PC20260001", [line])
    assert "<f>" not in sheet_of(io.BytesIO(content))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert tuple(rows[0]) == HEADS
    assert rows[1] == [
        "PC20260001-1",
        "=1+1",
        firm.credit_code,
        bank,
        "+62220202",
        1234.56,
        "=PC20260001 @奖励",
    ]
    assert rows[2][0] == "合计"
    assert rows[2][5] == 1234.56


def test_cells_keep_their_kind() -> None:
    night = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
    cells = [night, date(2026, 3, 1), True, None, Decimal("12.30"), 7, 10**18, float("nan"), ["甲"], "a\x00b"]
    shown = [
        datetime(2027, 1, 1, 0, 30), date(2026, 3, 1), "是", None, Decimal("12.30"), 7, str(10**18), "nan", "甲", "ab",
    ]  # fmt: skip
    assert [plain(cell) for cell in cells] == shown
    with workbook("甲/乙", [str(n) for n in range(len(cells))], [cells]) as file:
        row = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()[1]
    assert row[0] == datetime(2027, 1, 1, 0, 30)
    assert row[6] == str(10**18)
    line = next(csv.reader(list(csv_lines(["h"] * len(cells), [cells]))[1:]))
    assert line[:3] == ["2027-01-01 00:30", "2026-03-01", "是"]


@pytest.mark.parametrize("hostile", ["\x00\x0b=1", "\ud800x", "<w:fldSimple w:instr='DDEAUTO'/>"])
def test_a_word_document_holds_text_and_no_field(hostile: str) -> None:
    made = Word(hostile)
    made.heading(hostile)
    made.paragraph(hostile)
    night = datetime(2026, 12, 31, 16, tzinfo=UTC)
    made.table([hostile, "乙"], [[hostile, Decimal("1234.50")], [night, None]])
    content = made.content()
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        assert b"<w:fldSimple" not in whole.read("word/document.xml")
    grid = docx.Document(io.BytesIO(content)).tables[0]
    assert [cell.text for cell in grid.rows[2].cells] == ["2027-01-01 00:00", ""]
    assert grid.rows[1].cells[1].text == "1,234.50"
