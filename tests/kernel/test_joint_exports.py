"""What leaves the house is read by third parties: lxml, icalendar, rdflib, and the OCEL 2.0 schema."""

import itertools
import json
from datetime import date, datetime
from typing import Any

import icalendar
import jsonschema_rs
import pytest
import rdflib
from lxml import etree

from sanfu.grassroots.scenes.library import axis_for, shipped
from sanfu.kernel.joint.export.bpmn import BPMN, DC, DDI, DI, to_bpmn
from sanfu.kernel.joint.export.calendar import to_ics
from sanfu.kernel.joint.export.cpsv import to_cpsv
from sanfu.kernel.joint.export.log import planned_log, to_ocel, to_xes
from sanfu.kernel.joint.guide import Order, compile_bundle, guide

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
