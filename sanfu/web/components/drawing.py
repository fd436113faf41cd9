"""The drawing of a flow (流程图): the table that runs, as one SVG and as rows that a screen reader can read."""

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sanfu.kernel.flow import Arrow, Drawing, Flow, Node

WIDE, HIGH = 104, 34  # of the box of a state
STEP_X, STEP_Y = 150, 62  # from one box to the next
PAD = 26


def flow_svg(flow: Flow[Any, Any], state: str = "") -> SafeString:
    """The states in columns by their distance from the start, with an arrow for each move; `state` is marked."""
    drawing = flow.drawing()
    at = _places(drawing)
    width = PAD * 2 + max(x for x, _ in at.values()) + WIDE
    height = PAD * 2 + max(y for _, y in at.values()) + HIGH
    arrows = format_html_join("", "{}", ((_arrow(pair, labels, at),) for pair, labels in _pairs(drawing)))
    boxes = format_html_join("", "{}", ((_box(node, at[node.state], state),) for node in drawing.nodes))
    return format_html(
        '<svg class="flow-svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" aria-label="{2}流程图">'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path d="M0 0 8 4 0 8z"/></marker></defs>{3}{4}</svg>',
        width, height, flow.name, arrows, boxes,
    )  # fmt: skip


def flow_rows(flow: Flow[Any, Any], names: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Each move as words: act, from, to, who may, clocks, note. `names` says what a permission lets one do."""
    known = names or {}
    return [
        {
            "event": row.event.label,
            "sources": "、".join(one.label for one in row.sources),
            "target": row.target.label if row.target else "不变",
            "who": "、".join(known.get(code, code) for code in row.who) or "系统或当事人",
            "clocks": "、".join(f"{e.act.label}{'' if e.clock == '*' else e.clock}" for e in row.clocks),
            "note": row.note,
        }
        for row in flow.table
    ]


def _places(drawing: Drawing) -> dict[str, tuple[int, int]]:
    return {node.state: (PAD + node.rank * STEP_X, PAD + node.order * STEP_Y) for node in drawing.nodes}


def _pairs(drawing: Drawing) -> list[tuple[tuple[str, str], list[Arrow]]]:
    """Moves by where they lead; several between the same two states share one arrow."""
    found: dict[tuple[str, str], list[Arrow]] = {}
    for arrow in drawing.arrows:
        if arrow.source != arrow.target:
            found.setdefault((arrow.source, arrow.target), []).append(arrow)
    return list(found.items())


def _box(node: Node, place: tuple[int, int], state: str) -> SafeString:
    x, y = place
    css = " ".join(["box", *(["here"] if node.state == state else []), *(["end"] if node.final else [])])
    return format_html(
        '<g class="{}"><rect x="{}" y="{}" width="{}" height="{}" rx="6"/><text x="{}" y="{}">{}</text></g>',
        css, x, y, WIDE, HIGH, x + WIDE // 2, y + HIGH // 2 + 5, node.label,
    )  # fmt: skip


def _arrow(pair: tuple[str, str], arrows: list[Arrow], at: Mapping[str, tuple[int, int]]) -> SafeString:
    (x1, y1), (x2, y2) = at[pair[0]], at[pair[1]]
    label = "、".join(dict.fromkeys(one.label for one in arrows))
    return format_html(
        '<path class="way" d="{}" marker-end="url(#tip)"><title>{}</title></path>',
        _way(x1, y1, x2, y2),
        label,
    )


def _way(x1: int, y1: int, x2: int, y2: int) -> str:
    """A curve from the edge of one box to the edge of another; back and down it bends around the boxes between."""
    mid = HIGH // 2
    if x2 > x1:
        bend = (x2 - x1 - WIDE) // 2
        start, end = x1 + WIDE, x2
        return f"M{start} {y1 + mid}C{start + bend} {y1 + mid} {end - bend} {y2 + mid} {end} {y2 + mid}"
    if x2 == x1:
        side, bow = x1 + WIDE, x1 + WIDE + 22
        return f"M{side} {y1 + mid}C{bow} {y1 + mid} {bow} {y2 + mid} {side} {y2 + mid}"
    low = max(y1, y2) + HIGH + 16
    return f"M{x1 + WIDE // 2} {y1 + HIGH}C{x1 + WIDE // 2} {low} {x2 + WIDE // 2} {low} {x2 + WIDE // 2} {y2 + HIGH}"
