"""What leaves the house is read by third parties: the BPMN schema and an engine, icalendar, rdflib, Rust4PM."""

import io
import itertools
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import icalendar
import jsonschema_rs
import pytest
import r4pm
import rdflib
from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, BpmnValidator
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from sanfu.grassroots.scenes.library import axis_for, shipped
from sanfu.kernel.joint.compiling.guide import Order, compile_bundle, guide
from sanfu.kernel.joint.export.bpmn import BPMN, DC, DDI, DI, to_bpmn
from sanfu.kernel.joint.export.calendar import to_ics
from sanfu.kernel.joint.export.cpsv import to_cpsv
from sanfu.kernel.joint.export.log import planned_log, to_ocel, to_xes

START = date(2026, 3, 2)
NS = {"b": BPMN, "di": DI, "dc": DC, "ddi": DDI}
# Names, types and what is required, after the OCEL 2.0 specification's JSON schema.
TYPED = {"type": "array", "items": {"type": "object", "required": ["name", "attributes"]}}
LINKS = {"type": "array", "items": {"type": "object", "required": ["objectId", "qualifier"]}}
OCEL = {
    "type": "object",
    "required": ["eventTypes", "objectTypes", "events", "objects"],
    "properties": {
        "eventTypes": TYPED,
        "objectTypes": TYPED,
        "events": {"type": "array", "items": {
            "type": "object", "required": ["id", "type", "time"],
            "properties": {"time": {"type": "string", "format": "date-time"}, "relationships": LINKS,
                           "attributes": {"items": {"required": ["name", "value"]}}}}},
        "objects": {"type": "array", "items": {
            "type": "object", "required": ["id", "type"],
            "properties": {"relationships": LINKS, "attributes": {"items": {"required": ["name", "value", "time"]}}}}},
    },
}  # fmt: skip


def guides() -> list[dict[str, Any]]:
    found = []
    for bundle in sorted(shipped().bundles):
        answers = {q.id: q.values[0] for q in shipped().bundles[bundle].questions}
        found.append(guide(compile_bundle(shipped(), Order(bundle, START, answers), axis_for(START))))
    return found


GUIDES = guides()
NINE = next(g for g in GUIDES if g["bundle"] == "b.nine")


@pytest.mark.parametrize("written", GUIDES, ids=[g["bundle"] for g in GUIDES])
def test_bpmn_is_closed_and_every_element_is_drawn(written: dict[str, Any]) -> None:
    root = etree.fromstring(to_bpmn(written))
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    process = root.find("b:process", NS)
    nodes = {e.get("id"): e for e in process if not e.tag.endswith("sequenceFlow")}
    flows = {e.get("id"): e for e in process if e.tag.endswith("sequenceFlow")}
    shapes = {e.get("bpmnElement"): e for e in root.iter(f"{{{DI}}}BPMNShape")}
    edges = {e.get("bpmnElement"): e for e in root.iter(f"{{{DI}}}BPMNEdge")}
    assert set(shapes) == set(nodes)
    assert set(edges) == set(flows)
    for code, flow in flows.items():
        assert code in [o.text for o in nodes[flow.get("sourceRef")].findall("b:outgoing", NS)]
        assert code in [i.text for i in nodes[flow.get("targetRef")].findall("b:incoming", NS)]
        assert len(edges[code].findall("ddi:waypoint", NS)) >= 2
    assert len(root.findall(".//b:userTask", NS)) == len(written["items"])
    assert {len(n.findall("b:outgoing", NS)) for c, n in nodes.items() if n.tag.endswith("userTask")} == {1}
    reach = {"start"}
    for _ in nodes:
        reach |= {f.get("targetRef") for f in flows.values() if f.get("sourceRef") in reach}
    assert reach == set(nodes)


SCHEMA = BpmnValidator()


@pytest.mark.parametrize("written", GUIDES, ids=[g["bundle"] for g in GUIDES])
def test_bpmn_keeps_the_standard_s_own_schema(written: dict[str, Any]) -> None:
    """BPMN20.xsd with BPMNDI, DC and DI, as SpiffWorkflow ships them."""
    SCHEMA.validate(etree.fromstring(to_bpmn(written)))
    broken = (
        to_bpmn(written)
        .replace(b"<bpmn:startEvent", b"<bpmn:beginEvent")
        .replace(b"</bpmn:startEvent", b"</bpmn:beginEvent")
    )
    with pytest.raises(Exception, match="beginEvent"):
        SCHEMA.validate(etree.fromstring(broken))


@pytest.mark.parametrize("written", GUIDES, ids=[g["bundle"] for g in GUIDES])
def test_bpmn_runs_to_its_end_in_an_engine(written: dict[str, Any]) -> None:
    """Every item is done once, none before what it waits for, and the last one ends the process."""
    text = to_bpmn(written).replace(b'isExecutable="false"', b'isExecutable="true"')
    parser = BpmnParser()
    parser.add_bpmn_io(io.BytesIO(text))
    running = BpmnWorkflow(parser.get_spec("process"), {})
    running.do_engine_steps()
    waits = {
        _drawn(row["id"]): [{_drawn(c) for c in group} for group in row["waits"]]
        for row in written["schedule"]
    }
    done: list[str] = []
    while not running.completed:
        ready = [t for t in running.get_tasks(state=TaskState.READY) if t.task_spec.name in waits]
        assert ready, f"stuck after {done}"
        name = ready[-1].task_spec.name
        assert all(group & set(done) for group in waits[name])
        ready[-1].run()
        done.append(name)
        running.do_engine_steps()
    assert sorted(done) == sorted(waits)


def _drawn(code: str) -> str:
    return f"item_{code.replace('.', '_')}"


@pytest.mark.parametrize("written", GUIDES, ids=[g["bundle"] for g in GUIDES])
def test_bpmn_edges_pass_between_the_tasks(written: dict[str, Any]) -> None:
    root = etree.fromstring(to_bpmn(written))
    boxes = {s.get("bpmnElement"): [int(s.find("dc:Bounds", NS).get(k)) for k in ("x", "y", "width", "height")]
             for s in root.iter(f"{{{DI}}}BPMNShape")}  # fmt: skip
    assert all(not _overlap(a, b) for a, b in itertools.combinations(boxes.values(), 2))
    tasks = [box for name, box in boxes.items() if name.startswith("item_")]
    for edge in root.iter(f"{{{DI}}}BPMNEdge"):
        points = [(int(p.get("x")), int(p.get("y"))) for p in edge.findall("ddi:waypoint", NS)]
        for (x1, y1), (x2, y2) in itertools.pairwise(points):
            line = [min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2)]
            assert not [box for box in tasks if _overlap(line, box)], edge.get("id")


def _overlap(one: list[int], other: list[int]) -> bool:
    """Whether two boxes share more than an edge (x, y, width, height)."""
    return all(one[i] < other[i] + other[i + 2] and other[i] < one[i] + one[i + 2] for i in (0, 1))


@pytest.mark.parametrize("written", GUIDES, ids=[g["bundle"] for g in GUIDES])
def test_bpmn_tasks_do_not_lie_on_each_other(written: dict[str, Any]) -> None:
    root = etree.fromstring(to_bpmn(written))
    boxes = [
        tuple(float(s.find("dc:Bounds", NS).get(k)) for k in ("x", "y", "width", "height"))
        for s in root.iter(f"{{{DI}}}BPMNShape")
        if str(s.get("bpmnElement")).startswith("item_")
    ]
    for (x1, y1, w1, h1), (x2, y2, w2, h2) in itertools.combinations(boxes, 2):
        assert x1 + w1 <= x2 or x2 + w2 <= x1 or y1 + h1 <= y2 or y2 + h2 <= y1


def test_bpmn_order_is_the_order_of_the_guide() -> None:
    root = etree.fromstring(to_bpmn(NINE))
    left = {
        s.get("bpmnElement"): float(s.find("dc:Bounds", NS).get("x")) for s in root.iter(f"{{{DI}}}BPMNShape")
    }
    for row in NINE["schedule"]:
        for group in row["waits"]:
            assert (
                min(left[f"item_{c.replace('.', '_')}"] for c in group)
                < left[f"item_{row['id'].replace('.', '_')}"]
            )


def test_icalendar_is_read_back_with_every_due_day() -> None:
    calendar = icalendar.Calendar.from_ical(to_ics(NINE))
    events = list(calendar.walk("VEVENT"))
    days = {str(e["UID"]): e["DTSTART"].dt for e in events}
    assert len(days) == len(events)
    for row in NINE["schedule"]:
        assert days[f"b.nine-2026-03-02-{row['id']}-promised@sanfu"] == date.fromisoformat(
            row["promised_due"]
        )
    assert all(len(line.encode()) <= 75 for line in to_ics(NINE).split("\r\n"))
    assert "产业项目“九证齐发·拿地即开工”" in str(calendar["X-WR-CALNAME"])


def test_ocel_has_the_shape_of_the_standard_and_no_loose_ends() -> None:
    written = json.loads(json.dumps(to_ocel(planned_log(NINE))))
    jsonschema_rs.validate(OCEL, written)
    objects = {o["id"] for o in written["objects"]}
    types = {t["name"] for t in written["objectTypes"]}
    assert {o["type"] for o in written["objects"]} == types
    assert {e["type"] for e in written["events"]} <= {t["name"] for t in written["eventTypes"]}
    for event in written["events"]:
        assert {r["objectId"] for r in event["relationships"]} <= objects
        datetime.fromisoformat(event["time"])
    for thing in written["objects"]:
        assert {r["objectId"] for r in thing["relationships"]} <= objects


def test_ocel_is_read_by_rust4pm_with_every_event_and_object(tmp_path: Path) -> None:
    written = to_ocel(planned_log(NINE))
    path = tmp_path / "log.json"
    path.write_text(json.dumps(written, ensure_ascii=False), encoding="utf-8")
    frames = r4pm.item_to_df(r4pm.import_item("OCEL", str(path)))
    assert len(frames["events"]) == len(written["events"])
    assert len(frames["objects"]) == len(written["objects"])
    assert len(frames["relations"]) == sum(len(event["relationships"]) for event in written["events"])
    assert set(frames["objects"]["ocel:type"]) == {kind["name"] for kind in written["objectTypes"]}


def test_xes_is_read_by_rust4pm_with_every_event(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    path.write_bytes(to_xes([planned_log(NINE)]))
    frame = r4pm.item_to_df(r4pm.import_item("EventLog", str(path)))
    assert len(frame) == 1 + 2 * len(NINE["items"])
    assert all(frame["concept:name"])


def test_xes_has_one_trace_with_names_and_times() -> None:
    root = etree.fromstring(to_xes([planned_log(NINE)]))
    ns = {"x": "http://www.xes-standard.org/"}
    traces = root.findall("x:trace", ns)
    assert len(traces) == 1
    events = traces[0].findall("x:event", ns)
    assert len(events) == 1 + 2 * len(NINE["items"])
    times = [datetime.fromisoformat(e.find("x:date[@key='time:timestamp']", ns).get("value")) for e in events]
    assert times == sorted(times)
    assert all(e.find("x:string[@key='concept:name']", ns).get("value") for e in events)


def test_json_ld_is_a_graph_in_which_every_link_arrives() -> None:
    graph = rdflib.Graph().parse(data=json.dumps(to_cpsv(shipped())), format="json-ld")
    cpsv, cv = rdflib.Namespace("http://purl.org/vocab/cpsv#"), rdflib.Namespace("http://data.europa.eu/m8g/")
    services = set(graph.subjects(rdflib.RDF.type, cpsv.PublicService))
    assert len(services) == len(shipped().items)
    for service in services:
        assert graph.value(service, rdflib.DCTERMS.title).language == "zh"
        authority = graph.value(service, cv.hasCompetentAuthority)
        assert (authority, rdflib.RDF.type, cv.PublicOrganisation) in graph
    for predicate in (cpsv.hasInput, cpsv.produces, cv.isGroupedBy, rdflib.DCTERMS.requires):
        for target in graph.objects(None, predicate):
            assert graph.value(target, rdflib.RDF.type) is not None
