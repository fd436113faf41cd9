"""A meeting pack held against the query it comes from: what a reader of the Word file would find to differ."""

import io
from typing import Any

import docx

# Table of the document, in order → the rows of the query, and which of their figures the table must show.
SHOWN = (
    ("attention", ("number", "baseline_day", "p50", "p90", "lost")),
    ("blockers", ("project", "owner", "since", "days")),
    ("changes", ("project", "was", "is", "by")),
)


def differs(content: bytes, body: dict[str, Any]) -> list[str]:
    """Sentences on every row or figure of `body` that the .docx does not show; empty when both say the same."""
    document = docx.Document(io.BytesIO(content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    found = [
        f"{name} {body[name]} is not in the text"
        for name in ("projects", "counted", "actual", "baseline", "difference")
        if f" {body[name]} " not in text
    ]
    tables = [[[cell.text for cell in row.cells] for row in table.rows][1:] for table in document.tables]
    for place, (name, figures) in enumerate(SHOWN):
        found += _rows(name, tables[place], body[name], figures)
    if body["gaps"]:
        found += _rows(
            "gaps", tables[len(SHOWN)], body["gaps"]["rows"], ("factor", "wanted", "supply", "gap")
        )
    return found + _rows("decisions", tables[-1], body["decisions"], ("text", "owner", "due", "state"))


def _rows(
    name: str, table: list[list[str]], rows: list[dict[str, Any]], figures: tuple[str, ...]
) -> list[str]:
    if not rows and [cells[0] for cells in table] == ["无"]:
        return []
    if len(table) != len(rows):
        return [f"{name}: {len(table)} rows in the document, {len(rows)} in the query"]
    return [
        f"{name} {place}: {figure} {_said(row[figure])} is not in {cells}"
        for place, (cells, row) in enumerate(zip(table, rows, strict=True), 1)
        for figure in figures
        if not any(_said(row[figure]) in cell for cell in cells)
    ]


def _said(value: Any) -> str:
    return (
        f"{value:g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
    )
