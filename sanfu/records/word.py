"""The one writer of Word documents that leave the house."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import docx
from django.utils.timezone import is_aware

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
