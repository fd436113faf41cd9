"""The one writer of Word documents that leave the house."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import docx
from django.utils.timezone import is_aware
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from sanfu.records.export import clean, plain
from sanfu.records.moments import said


class Word:
    """A Word document made of headings, paragraphs and tables; `content()` gives the bytes of the .docx."""

    def __init__(self, title: str) -> None:
        self._document = docx.Document()
        self._document.core_properties.title = clean(title)[:255]
        self._document.add_heading(clean(title), 0)

    def heading(self, text: str, level: int = 1) -> None:
        self._document.add_heading(clean(text), level)

    def paragraph(self, text: str) -> None:
        self._document.add_paragraph(clean(text))

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        grid = self._document.add_table(rows=1, cols=len(heads), style="Table Grid")
        for cell, head in zip(grid.rows[0].cells, heads, strict=True):
            cell.text = clean(head)
        for row in rows:
            for cell, value in zip(grid.add_row().cells, row, strict=True):
                cell.text = shown(value)

    def content(self) -> bytes:
        out = BytesIO()
        self._document.save(out)
        return out.getvalue()


def shown(value: Any) -> str:
    """A value as people read it in a document: dates in China's time, numbers in groups of three."""
    if isinstance(value, datetime) and is_aware(value):
        return said(value)
    held = plain(value)
    return "" if held is None else f"{held:,}" if isinstance(held, int | Decimal) else str(held)


class Official:
    """公文: a Word document in the official layout of GB/T 9704—2012, text and tables; `content()` gives the bytes.

    A4 with margins 37, 35, 28, 26 mm; title 2号小标宋, text 3号仿宋 at 28.95 pt (22 lines of 28 signs), headings 黑体,
    page number 4号 between dashes; a red head (红头) with its rule only when one is set.
    """

    LINE = Pt(28.95)

    def __init__(self, title: str, *, head: str = "", number: str = "") -> None:
        self._document = docx.Document()
        self._document.core_properties.title = clean(title)[:255]
        self._page()
        if head:
            self._text(head, "方正小标宋简体", 36, centre=True, red=True, line=None)
            self._text(number, "仿宋_GB2312", 16, centre=True)
            self._rule()
        for part in clean(title).split("\n"):
            self._text(part, "方正小标宋简体", 22, centre=True, line=Pt(34))
        self._text("", "仿宋_GB2312", 16)

    def to(self, whom: str) -> None:
        """主送机关: whom it is for, flush left."""
        self._text(f"{whom}：", "仿宋_GB2312", 16)

    def heading(self, text: str, level: int = 1) -> None:
        """一、 in 黑体, （一） in 楷体, both indented by two signs."""
        self._text(text, "黑体" if level == 1 else "楷体_GB2312", 16, indent=True)

    def paragraph(self, text: str) -> None:
        self._text(text, "仿宋_GB2312", 16, indent=True)

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """A table in 五号 whose heading row stands on every page; without rows one that says 无."""
        held = [[shown(value) for value in row] for row in rows] or [["无", *[""] * (len(heads) - 1)]]
        grid = self._document.add_table(rows=1, cols=len(heads), style="Table Grid")
        grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for cell, text in zip(grid.rows[0].cells, heads, strict=True):
            _font(cell.paragraphs[0].add_run(clean(text)), "黑体", 10.5)
        for row in held:
            for cell, text in zip(grid.add_row().cells, row, strict=True):
                _font(cell.paragraphs[0].add_run(clean(text)), "仿宋_GB2312", 10.5)
        for cell in (cell for line in grid.rows for cell in line.cells):
            cell.paragraphs[0].paragraph_format.space_after = Pt(0)
        self._text("", "仿宋_GB2312", 10.5, line=Pt(12))

    def sign(self, whose: str, day: str) -> None:
        """署名 and 成文日期, at the right with four signs left free."""
        self._text("", "仿宋_GB2312", 16)
        for text in (whose, day):
            made = self._text(text, "仿宋_GB2312", 16)
            made.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            made.paragraph_format.right_indent = Pt(64)

    def content(self) -> bytes:
        """The bytes of the file."""
        out = BytesIO()
        self._document.save(out)
        return out.getvalue()

    def _page(self) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(28)
        foot = section.footer.paragraphs[0]
        foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for text in ("— ", None, " —"):
            run = foot.add_run(text or "")
            _font(run, "宋体", 14)
            if text is None:
                _field(run, "PAGE")

    def _text(
        self, text: str, font: str, size: float, *, centre: bool = False, indent: bool = False, red: bool = False,
        line: Any = LINE,
    ) -> Any:  # fmt: skip
        made = self._document.add_paragraph()
        shape = made.paragraph_format
        shape.space_before = shape.space_after = Pt(0)
        if line is not None:
            shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, line
        if centre:
            made.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if indent:
            shape.first_line_indent = Pt(2 * size)
        run = made.add_run(clean(text))
        _font(run, font, size)
        if red:
            run.font.color.rgb = RGBColor(0xC0, 0, 0)
        return made

    def _rule(self) -> None:
        """The red rule below the head."""
        made = self._text("", "仿宋_GB2312", 8, line=None)
        border = OxmlElement("w:pBdr")
        below = OxmlElement("w:bottom")
        for name, value in (("val", "single"), ("sz", "18"), ("space", "1"), ("color", "C00000")):
            below.set(qn(f"w:{name}"), value)
        border.append(below)
        made._p.get_or_add_pPr().append(border)


def _font(run: Any, name: str, size: float) -> None:
    run.font.name, run.font.size = name, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _field(run: Any, code: str) -> None:
    """A field that Word fills in by itself; the code is one of ours, never a reader's text."""
    for kind in ("begin", None, "end"):
        made = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            made.set(qn("w:fldCharType"), kind)
        else:
            made.text = code
        run._element.append(made)
