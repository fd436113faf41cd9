"""Lists in the published layout, clean and messy; documents with and without text."""

import io

import docx
import pytest
import xlsxwriter
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from pypdf import PdfWriter

from sanfu.kernel.duties.documents import UnreadableDocument, read_document
from sanfu.kernel.duties.items import ListType, UnreadableList
from sanfu.kernel.duties.lists.files import read_list


def workbook() -> bytes:
    """Three sheets as towns publish them: title above the header, merged 类别, a shifted row, several departments."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    basic = book.add_worksheet("基本履职事项")
    basic.merge_range("A1:C1", "望江镇基本履职事项清单")
    basic.write_row("A3", ["序号", "类别", "事项名称"])
    basic.merge_range("B4:B5", "党的建设")
    basic.write_row("A4", [1])
    basic.write("C4", "发展党员")
    basic.write_row("A5", [2])
    basic.write("C5", "村党组织换届")
    basic.write_row("B6", [3, "民生服务", "受理低保申请"])  # shifted one column to the right
    coop = book.add_worksheet("配合")
    coop.write_row("A1", ["序号", "事项名称", "对应上级部门", "上级部门职责", "镇（街道）配合职责"])
    coop.write_row("A2", [1, "违法建设查处", "市城管局", "立案、处罚", "巡查、上报"])
    coop.write_row("A3", ["", "", "市资规局", "规划认定", ""])
    coop.write_row("A4", [2, "", "", "检查", "协助"])
    back = book.add_worksheet("收回")
    back.write_row("A1", ["序号", "事项名称", "承接部门", "工作方式"])
    back.write_row("A2", [1, "房屋安全鉴定", "市住建局", "委托专业机构"])
    book.close()
    return buffer.getvalue()


def test_messy_workbook_is_read_row_by_row_and_told() -> None:
    reading = read_list(workbook(), "清单.xlsx", "望江镇")
    found = [(item.list_type, item.category, item.name) for item in reading.duty_list]
    assert found == [
        (ListType.BASIC, "党的建设", "发展党员"),
        (ListType.BASIC, "党的建设", "村党组织换届"),
        (ListType.BASIC, "民生服务", "受理低保申请"),
        (ListType.COOPERATE, "", "违法建设查处"),
        (ListType.RECALLED, "", "房屋安全鉴定"),
    ]
    coop = reading.duty_list.items[3]
    assert [(duty.department, duty.text) for duty in coop.departments] == [
        ("市城管局", "立案、处罚"),
        ("市资规局", "规划认定"),
    ]
    notes = {(note.status, note.row) for note in reading.notes}
    assert ("repaired", 6) in notes
    assert ("repaired", 3) in notes
    refused = [note for note in reading.notes if note.status == "refused"]
    assert [(note.row, note.why) for note in refused] == [(4, "事项名称为空")]
    assert refused[0].what_to_do


def test_word_tables_take_their_kind_from_the_paragraph_above() -> None:
    document = docx.Document()
    document.add_paragraph("上级部门收回事项清单")
    table = document.add_table(rows=2, cols=4)
    for row, cells in zip(
        table.rows,
        [["序号", "事项名称", "承接部门", "工作方式"], ["1", "船舶检验", "市交通局", "现场检查"]],
        strict=True,
    ):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    buffer = io.BytesIO()
    document.save(buffer)
    (item,) = read_list(buffer.getvalue(), "清单.docx").duty_list
    assert (item.list_type, item.name, item.department_names, item.method) == (
        ListType.RECALLED, "船舶检验", "市交通局", "现场检查",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "a.xlsx", "空的"),
        (b"PK\x03\x04broken", "a.xlsx", "损坏"),
        (b"%PDF-1.4", "a.pdf", "PDF"),
        ("甲|乙|丙".encode(), "a.psv", "没有读到任何事项"),
        (b"items: [", "a.yaml", "行列|YAML"),
        (b"town: x", "a.yaml", "items"),
    ],
)
def test_what_is_no_list_is_refused_with_the_remedy(data: bytes, name: str, says: str) -> None:
    with pytest.raises(UnreadableList, match=says):
        read_list(data, name)


def test_psv_keeps_good_lines_and_refuses_bad_ones_by_number() -> None:
    text = "# 列：list_type|category|code|name\n基本|党建|B-1|发展党员\n其他|党建|X|坏行\n"
    reading = read_list(text.encode("gb18030"), "a.psv")
    assert [item.code for item in reading.duty_list] == ["B-1"]
    (bad,) = [note for note in reading.notes if note.status == "refused"]
    assert bad.row == 3
    assert "基本、配合、收回" in bad.why


def word_with_revisions() -> bytes:
    document = docx.Document()
    paragraph = document.add_paragraph("各镇负责")
    for tag, text in (("w:del", "处罚"), ("w:ins", "巡查上报")):
        change = OxmlElement(tag)
        run = OxmlElement("w:r")
        words = OxmlElement("w:delText" if tag == "w:del" else "w:t")
        words.text = text
        run.append(words)
        change.append(run)
        change.set(qn("w:author"), "演示")
        paragraph._p.append(change)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_tracked_changes_are_read_as_accepted_and_said_so() -> None:
    read = read_document(word_with_revisions(), "稿.docx")
    assert read.text.strip() == "各镇负责巡查上报"
    assert "插入 1 处、删除 1 处" in read.notes[0]


def test_a_scan_is_refused_with_what_to_do() -> None:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    buffer = io.BytesIO()
    writer.write(buffer)
    with pytest.raises(UnreadableDocument, match=r"没有文字层.*粘贴文字"):
        read_document(buffer.getvalue(), "扫描.pdf")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "空文件"),
        (b"\xd0\xcf\x11\xe0old", "另存为"),
        (b"\x00\x01\x02\xff\xfe", "txt"),
        (b"%PDF-1.7 junk", "无法解析"),
    ],
)
def test_what_is_no_document_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableDocument, match=says):
        read_document(data, "x")


def test_a_very_long_text_is_cut_and_told() -> None:
    read = read_document(("各镇做好巡查。" * 80_000).encode(), "长.txt")
    assert read.cut
    assert "其余未判" in read.notes[-1]
