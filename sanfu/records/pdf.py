"""The one writer of PDF documents that leave the house: the same calls as the Word document in the official layout."""

import os
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from sanfu.kernel.text.lines import lines_of
from sanfu.records.actor import Refused
from sanfu.records.export import clean
from sanfu.records.word import shown

if TYPE_CHECKING:
    from fpdf import FPDF

FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
# Files that distributions install, those nearest to a printed 公文 first; the other one of a pair serves as heading.
TEXT = (
    "simfang",
    "fangsong",
    "notoserifcjk-regular",
    "notoserifcjksc-regular",
    "sourcehanserif",
    "simsun",
    "uming",
)
HEADING = (
    "simhei",
    "notosanscjk-regular",
    "notosanscjksc-regular",
    "sourcehansans",
    "wqy-zenhei",
    "wqy-microhei",
)
FACE = ("SC", "CN", "GB")  # of a collection the face for mainland China
NO_FONT = (
    "没有生成 PDF：服务器上没有找到中文字体。请管理员安装一种（如 fonts-noto-cjk），或用 SANFU_PDF_FONT 指定字体文件；"
    "现在可以下载 Word，或在网页上打印。"
)
MM_PER_PT = 25.4 / 72
LINE = 28.95 * MM_PER_PT
FOOT = 35  # mm
CELL = 6.5  # mm, a line of a table


class Printed:
    """A4 with the margins, sizes and indents of `Official`, in the fonts that the server has, which are embedded."""

    def __init__(self, title: str, *, head: str = "", number: str = "") -> None:
        self._pdf = _blank(clean(title).replace("\n", ""))
        if head:
            self._pdf.set_text_color(192, 0, 0)
            self._line(head, "heading", 36, centre=True, height=LINE * 1.6)
            self._pdf.set_text_color(0)
            self._line(number, "text", 16, centre=True)
            self._rule()
        for part in clean(title).split("\n"):
            self._text(part, "heading", 22, centre=True, height=34 * MM_PER_PT)
        self._pdf.ln(LINE)

    def heading(self, text: str, level: int = 1) -> None:
        """A heading of two signs' indent; it never stands alone at the foot of a page."""
        self._room(2 * LINE)
        self._text(text, "heading" if level == 1 else "text", 16, indent=True)

    def paragraph(self, text: str) -> None:
        self._text(text, "text", 16, indent=True)

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """A table in 五号 whose heading row stands on every page; without rows one that says 无."""
        held = [[clean(shown(value)) for value in row] for row in rows] or [["无", *[""] * (len(heads) - 1)]]
        widths = self._widths([list(heads), *held])
        self._row(list(heads), widths, "heading")
        for row in held:
            if self._room(self._height(row, widths)):
                self._row(list(heads), widths, "heading")
            self._row(row, widths, "text")
        self._pdf.ln(CELL)

    def sign(self, whose: str, day: str) -> None:
        """署名 and 成文日期, at the right with four signs left free."""
        self._room(3 * LINE)
        self._pdf.ln(LINE)
        for text in (whose, day):
            self._pdf.set_font("text", size=16)
            self._pdf.cell(
                self._pdf.epw - 64 * MM_PER_PT, LINE, clean(text), align="R", new_x="LMARGIN", new_y="NEXT"
            )

    def content(self) -> bytes:
        """The bytes of the file."""
        return bytes(self._pdf.output())

    def _text(
        self,
        text: str,
        font: str,
        size: float,
        *,
        centre: bool = False,
        indent: bool = False,
        height: float = LINE,
    ) -> None:
        self._pdf.set_font(font, size=size)
        first = 2 * size * MM_PER_PT if indent else 0
        for place, line in enumerate(
            lines_of(clean(text), self._pdf.epw, self._pdf.get_string_width, indent=first)
        ):
            self._line(line, font, size, centre=centre, height=height, first=0 if place else first)

    def _line(
        self,
        text: str,
        font: str,
        size: float,
        *,
        centre: bool = False,
        height: float = LINE,
        first: float = 0,
    ) -> None:
        self._room(height)
        self._pdf.set_font(font, size=size)
        self._pdf.set_x(self._pdf.l_margin + first)
        self._pdf.cell(0, height, clean(text), align="C" if centre else "L", new_x="LMARGIN", new_y="NEXT")

    def _room(self, height: float) -> bool:
        """A new page where so much does not fit on this one; True when it was needed."""
        full = self._pdf.get_y() + height > self._pdf.h - FOOT
        if full:
            self._pdf.add_page()
        return full

    def _rule(self) -> None:
        """The red rule below the head."""
        at = self._pdf.get_y()
        self._pdf.set_draw_color(192, 0, 0)
        self._pdf.set_line_width(0.8)
        self._pdf.line(self._pdf.l_margin, at, self._pdf.l_margin + self._pdf.epw, at)
        self._pdf.set_draw_color(0)
        self._pdf.set_line_width(0.2)
        self._pdf.ln(LINE / 2)

    def _widths(self, rows: list[list[str]]) -> list[float]:
        """Widths of the columns: each by its longest cell, between a tenth and a half of the page before they are fitted."""
        self._pdf.set_font("text", size=10.5)
        page = self._pdf.epw
        wanted = [
            min(max(max(self._pdf.get_string_width(cell) for cell in column) + 3, page / 10), page / 2)
            for column in zip(*rows, strict=True)
        ]
        return [one * page / sum(wanted) for one in wanted]

    def _cells(self, row: list[str], widths: list[float], font: str) -> list[list[str]]:
        self._pdf.set_font(font, size=10.5)
        measure = self._pdf.get_string_width
        return [lines_of(text, wide - 3, measure) for text, wide in zip(row, widths, strict=True)]

    def _height(self, row: list[str], widths: list[float]) -> float:
        return CELL * max(len(lines) for lines in self._cells(row, widths, "text"))

    def _row(self, row: list[str], widths: list[float], font: str) -> None:
        cells = self._cells(row, widths, font)
        height = CELL * max(len(lines) for lines in cells)
        left, top = self._pdf.l_margin, self._pdf.get_y()
        for lines, wide in zip(cells, widths, strict=True):
            self._pdf.rect(left, top, wide, height)
            for place, line in enumerate(lines):
                self._pdf.set_xy(left + 0.5, top + place * CELL)
                self._pdf.cell(wide - 1, CELL, line)
            left += wide
        self._pdf.set_xy(self._pdf.l_margin, top + height)


def _blank(title: str) -> "FPDF":
    """An empty document with both fonts, page numbers and the margins of the official layout."""
    text, heading = fonts()
    from fpdf import FPDF  # a fifth of a second of every process that never writes a PDF

    class Sheet(FPDF):
        def footer(self) -> None:
            self.set_y(-28)
            self.set_font("text", size=14)
            self.cell(0, 8, f"— {self.page_no()} —", align="C")

    made = Sheet(format="A4")
    made.set_title(title)
    made.set_author(settings.COUNTY_NAME)
    made.set_lang("zh-CN")
    made.set_margins(28, 37, 26)
    made.set_auto_page_break(False)
    for name, file in (("text", text), ("heading", heading)):
        made.add_font(name, fname=file, collection_font_number=_face(file))
    made.add_page()
    return made


def fonts() -> tuple[Path, Path]:
    """Font files of text and headings: what the setting names, else what the server has; refused without any."""
    if named := settings.PDF_FONT:
        if not Path(named).is_file():
            raise Refused(f"没有生成 PDF：SANFU_PDF_FONT 指的字体文件 {named} 打不开。请管理员改正。")
        return Path(named), Path(named)
    here = _installed()
    text, heading = _first(TEXT, here), _first(HEADING, here)
    found = text or heading
    if found is None:
        raise Refused(NO_FONT)
    return text or found, heading or found


def _installed() -> dict[str, Path]:
    """Font files by lower-case name without ending."""
    ends = (".ttf", ".otf", ".ttc", ".otc")
    return {
        Path(name).stem.lower(): Path(folder, name)
        for start in FOLDERS
        for folder, _, names in os.walk(Path(start).expanduser())
        for name in names
        if name.lower().endswith(ends)
    }


def _first(wanted: Sequence[str], here: dict[str, Path]) -> Path | None:
    return next((path for one in wanted for name, path in sorted(here.items()) if name.startswith(one)), None)


@lru_cache(maxsize=8)
def _face(file: Path) -> int:
    """Which face of a collection is cut for mainland China; 0 for a file of one face."""
    if file.suffix.lower() not in {".ttc", ".otc"}:
        return 0
    from fontTools.ttLib import TTCollection

    with TTCollection(str(file), lazy=True) as faces:
        names = [str(face["name"].getDebugName(1) or "") for face in faces.fonts]
    return next((place for place, name in enumerate(names) if name.endswith(FACE)), 0)
