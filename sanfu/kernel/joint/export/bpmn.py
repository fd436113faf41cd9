"""BPMN 2.0 with diagram interchange: any compiled guide opens as a drawing in a standard viewer.

Every item is a user task in the lane order of its column; a parallel gateway splits where several items follow
one and joins where one waits for several. A wait for any of several results is an inclusive join.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DDI = "http://www.omg.org/spec/DD/20100524/DI"
TASK_W, TASK_H, GAP_X, GAP_Y, GATE, EVENT = 180, 92, 260, 44, 44, 36
# Between two columns, from the left: 14 free, splits, free lanes for edges, choices, joins, 14 free.
SPLIT, JOIN, CHOICE, LANES = TASK_W + 14, -(GATE + 14), -(2 * GATE + 34), (64, 150)


@dataclass(slots=True)
class _Node:
    id: str
    tag: str
    name: str
    column: int
    row: float = 0.0
    shift: int = 0  # pixels right of the column's left edge

    @property
    def size(self) -> tuple[int, int]:
        if self.tag == "userTask":
            return TASK_W, TASK_H
        return (EVENT, EVENT) if self.tag.endswith("Event") else (GATE, GATE)

    @property
    def box(self) -> tuple[int, int, int, int]:
        width, height = self.size
        left = 60 + self.column * (TASK_W + GAP_X) + self.shift
        top = 60 + self.row * (TASK_H + GAP_Y) + (TASK_H - height) / 2
        return round(left), round(top), width, height


@dataclass(slots=True)
class _Drawing:
    nodes: dict[str, _Node] = field(default_factory=dict)
    flows: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, node: _Node) -> None:
        self.nodes[node.id] = node

    def link(self, source: str, target: str) -> None:
        self.flows.append((f"flow_{len(self.flows) + 1}", source, target))


def to_bpmn(guide: Mapping[str, Any]) -> bytes:
    """The guide's schedule as a BPMN 2.0 document in UTF-8."""
    drawing = _draw(guide)
    for prefix, uri in (("bpmn", BPMN), ("bpmndi", DI), ("dc", DC), ("di", DDI)):
        ET.register_namespace(prefix, uri)
    root = ET.Element(
        f"{{{BPMN}}}definitions",
        {"id": "definitions", "targetNamespace": "urn:sanfu:joint", "exporter": "sanfu"},
    )
    process = ET.SubElement(
        root, f"{{{BPMN}}}process", {"id": "process", "name": str(guide["name"]), "isExecutable": "false"}
    )
    _write_process(process, drawing)
    diagram = ET.SubElement(root, f"{{{DI}}}BPMNDiagram", {"id": "diagram", "name": str(guide["name"])})
    plane = ET.SubElement(diagram, f"{{{DI}}}BPMNPlane", {"id": "plane", "bpmnElement": "process"})
    _write_plane(plane, drawing)
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def node_id(code: str) -> str:
    """An XML id for an item code."""
    return "item_" + "".join(c if c.isalnum() and c.isascii() else "_" for c in code)


def _draw(guide: Mapping[str, Any]) -> _Drawing:
    drawing = _Drawing()
    rows = {row["id"]: row for row in guide["schedule"]}
    depts = {item["id"]: item["dept_name"] for item in guide["items"]}
    columns: dict[str, int] = {}
    for code in sorted(
        rows, key=lambda c: (rows[c]["begin_workday"], rows[c]["end_workday"], rows[c]["start"])
    ):
        _column(code, rows, columns, ())
    for code, row in rows.items():
        name = f"{row['name']}\n{depts.get(code, '')} {row['days']}{'自然日' if row['unit'] == 'day' else '工作日'}"
        drawing.add(_Node(node_id(code), "userTask", name, columns[code] + 1, _row(code, rows, columns)))
    last = max(columns.values(), default=0) + 2
    drawing.add(_Node("start", "startEvent", str(guide.get("start", "")), 0, shift=TASK_W - EVENT))
    drawing.add(_Node("finish", "endEvent", str(guide.get("finish", "")), last))
    _wire(drawing, rows, columns, last)
    _place(drawing)
    return drawing


def _column(code: str, rows: Mapping[str, Any], columns: dict[str, int], above: tuple[str, ...]) -> int:
    """One column further right than everything waited for."""
    if code not in columns and code not in above:
        before = [_column(c, rows, columns, (*above, code)) for group in rows[code]["waits"] for c in group]
        columns[code] = max((c + 1 for c in before), default=0)
    return columns.get(code, 0)


def _wire(drawing: _Drawing, rows: Mapping[str, Any], columns: Mapping[str, int], last: int) -> None:
    """Edges item → item, with a split after a source and a join before a target where there are several."""
    edges: list[tuple[str, str]] = []
    for code, row in rows.items():
        targets = [_any_join(drawing, code, n, group, columns) for n, group in enumerate(row["waits"])]
        edges += [(source, target) for group, target in zip(row["waits"], targets, strict=True)
                  for source in map(node_id, group)]  # fmt: skip
        edges += [(target, node_id(code)) for target in targets if target != node_id(code)]
        if not row["waits"]:
            edges.append(("start", node_id(code)))
    sources = {source for source, _ in edges}
    edges += [(node_id(code), "finish") for code in rows if node_id(code) not in sources]
    if not rows:
        edges.append(("start", "finish"))
    unique = list(dict.fromkeys(edges))
    out = {s: [t for a, t in unique if a == s] for s, _ in unique}
    into = {t: [s for s, b in unique if b == t] for _, t in unique}
    for source, targets in out.items():
        if len(targets) > 1 and drawing.nodes[source].tag != "inclusiveGateway":
            split = _Node(f"split_{source}", "parallelGateway", "", drawing.nodes[source].column, shift=SPLIT)
            drawing.add(split)
            drawing.link(source, split.id)
    for target, before in into.items():
        if len(before) > 1 and drawing.nodes[target].tag != "inclusiveGateway":
            join = _Node(f"join_{target}", "parallelGateway", "", drawing.nodes[target].column, shift=JOIN)
            drawing.add(join)
            drawing.link(join.id, target)
    for source, target in unique:
        begin = f"split_{source}" if f"split_{source}" in drawing.nodes else source
        end = f"join_{target}" if f"join_{target}" in drawing.nodes else target
        drawing.link(begin, end)
    drawing.nodes["finish"].column = last


def _any_join(drawing: _Drawing, code: str, number: int, group: list[str], columns: Mapping[str, int]) -> str:
    if len(group) == 1:
        return node_id(code)
    gate = _Node(
        f"any_{node_id(code)}_{number}", "inclusiveGateway", "任一即可", columns[code] + 1, shift=CHOICE
    )
    drawing.add(gate)
    return gate.id


def _row(code: str, rows: Mapping[str, Any], columns: Mapping[str, int]) -> int:
    """Place within its column: those that wait for higher ones stand higher, in the guide's order otherwise."""
    order = list(rows)

    def height(one: str) -> tuple[float, int]:
        before = [order.index(c) for group in rows[one]["waits"] for c in group]
        return (sum(before) / len(before) if before else order.index(one), order.index(one))

    return sorted((c for c in rows if columns[c] == columns[code]), key=height).index(code)


def _place(drawing: _Drawing) -> None:
    """Gateways and events level with what they belong to; several choices of one task below each other."""
    rows = [node.row for node in drawing.nodes.values() if node.tag == "userTask"]
    middle = round(max(rows, default=0.0) / 2)
    for node in drawing.nodes.values():
        if node.tag.endswith("Event"):
            node.row = middle
    for node in drawing.nodes.values():
        if node.tag.endswith("Gateway"):
            owner = node.id.removeprefix("split_").removeprefix("join_").removeprefix("any_")
            number = 0
            if owner not in drawing.nodes:
                owner, _, last = owner.rpartition("_")
                number = int(last)
            node.row = drawing.nodes[owner].row + number * 0.4


def _write_process(process: ET.Element, drawing: _Drawing) -> None:
    for node in drawing.nodes.values():
        element = ET.SubElement(process, f"{{{BPMN}}}{node.tag}", {"id": node.id, "name": node.name})
        for code, _, target in drawing.flows:
            if target == node.id:
                ET.SubElement(element, f"{{{BPMN}}}incoming").text = code
        for code, source, _ in drawing.flows:
            if source == node.id:
                ET.SubElement(element, f"{{{BPMN}}}outgoing").text = code
    for code, source, target in drawing.flows:
        ET.SubElement(
            process, f"{{{BPMN}}}sequenceFlow", {"id": code, "sourceRef": source, "targetRef": target}
        )


def _write_plane(plane: ET.Element, drawing: _Drawing) -> None:
    for node in drawing.nodes.values():
        shape = ET.SubElement(plane, f"{{{DI}}}BPMNShape", {"id": f"shape_{node.id}", "bpmnElement": node.id})
        left, top, width, height = map(str, node.box)
        ET.SubElement(shape, f"{{{DC}}}Bounds", {"x": left, "y": top, "width": width, "height": height})
    for number, (code, source, target) in enumerate(drawing.flows):
        edge = ET.SubElement(plane, f"{{{DI}}}BPMNEdge", {"id": f"edge_{code}", "bpmnElement": code})
        for x, y in _points(drawing.nodes[source], drawing.nodes[target], number):
            ET.SubElement(edge, f"{{{DDI}}}waypoint", {"x": str(x), "y": str(y)})


def _points(source: _Node, target: _Node, number: int) -> list[tuple[int, int]]:
    """From the right edge of the one to the left edge of the other, bending only between columns.

    An edge over more than one column runs between the rows, where no task stands.
    """
    x1, y1, w1, h1 = source.box
    x2, y2, _, h2 = target.box
    begin, end = (x1 + w1, y1 + h1 // 2), (x2, y2 + h2 // 2)
    if source.column == target.column or (target.column - source.column == 1 and begin[1] == end[1]):
        middle = (begin[0] + end[0]) // 2
        return [begin, end] if begin[1] == end[1] else [begin, (middle, begin[1]), (middle, end[1]), end]
    first = _lane(source.column, number)
    if target.column - source.column == 1:
        return [begin, (first, begin[1]), (first, end[1]), end]
    last = _lane(target.column - 1, number + 3)
    between = 60 + (math.floor(source.row) + 1) * (TASK_H + GAP_Y) - GAP_Y + 6 + number * 7 % (GAP_Y - 12)
    return [begin, (first, begin[1]), (first, between), (last, between), (last, end[1]), end]


def _lane(column: int, number: int) -> int:
    """Where an edge may bend right of a column."""
    return 60 + column * (TASK_W + GAP_X) + TASK_W + LANES[0] + number * 11 % (LANES[1] - LANES[0])
