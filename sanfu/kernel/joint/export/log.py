"""The event log of a joint case: the form that conformance reads, and its OCEL 2.0 and XES renderings.

A log is `{"case": number, "name": …, "events": [{"id", "activity", "at", "item", "dept", "by", …}]}` with
`at` in ISO 8601 and activities of `ACTIVITIES`. A guide gives the planned log of the same form.
"""

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

ACTIVITIES = {
    "submit": "申请提交",
    "accept": "受理",
    "accept_lacking": "容缺受理",
    "correct": "一次性补正告知",
    "supplied": "补正完成",
    "pause": "特别程序开始",
    "resume": "特别程序结束",
    "return": "退回",
    "refuse": "不予受理",
    "withdraw": "撤件",
    "decide": "办结",
    "deliver": "送达",
    "rate": "评价",
}
Log = Mapping[str, Any]


def planned_log(guide: Mapping[str, Any]) -> dict[str, Any]:
    """What would be logged if every item began and ended as compiled."""
    depts = {item["id"]: item["dept"] for item in guide["items"]}
    events = [_event("submit", f"{guide['start']}T09:00:00+08:00", "", str(guide["lead"]))]
    for row in sorted(guide["schedule"], key=lambda r: (r["begin_workday"], r["start"])):
        events.append(_event("accept", f"{row['start']}T10:00:00+08:00", row["id"], depts[row["id"]]))
    for row in sorted(guide["schedule"], key=lambda r: (r["end_workday"], r["finish"])):
        events.append(_event("decide", f"{row['finish']}T16:00:00+08:00", row["id"], depts[row["id"]]))
    events.sort(key=lambda e: (e["at"], e["activity"] == "decide"))
    for number, event in enumerate(events, 1):
        event["id"] = f"e{number}"
    return {
        "case": f"{guide['bundle']}-{guide['start']}",
        "name": guide["name"],
        "planned": True,
        "events": events,
    }


def _event(activity: str, at: str, item: str, dept: str) -> dict[str, Any]:
    return {"id": "", "activity": activity, "at": at, "item": item, "dept": dept, "by": ""}


def to_ocel(log: Log) -> dict[str, Any]:
    """OCEL 2.0 JSON: the joint case, its items and the departments are objects; every event names its own."""
    case = str(log["case"])
    items = sorted({e["item"] for e in log["events"] if e.get("item")})
    depts = sorted({e["dept"] for e in log["events"] if e.get("dept")})
    objects = [{"id": case, "type": "joint_case", "attributes": [], "relationships": [
        {"objectId": f"{case}/{item}", "qualifier": "has branch"} for item in items]}]  # fmt: skip
    objects += [_object(f"{case}/{item}", "branch") for item in items]
    objects += [_object(f"dept/{dept}", "department") for dept in depts]
    return {
        "eventTypes": [
            {
                "name": name,
                "attributes": [{"name": "label", "type": "string"}, {"name": "by", "type": "string"}],
            }
            for name in sorted({e["activity"] for e in log["events"]})
        ],
        "objectTypes": [{"name": name, "attributes": []} for name in ("joint_case", "branch", "department")],
        "objects": objects,
        "events": [_ocel_event(case, event) for event in log["events"]],
    }


def _object(code: str, kind: str) -> dict[str, Any]:
    return {"id": code, "type": kind, "attributes": [], "relationships": []}


def _ocel_event(case: str, event: Mapping[str, Any]) -> dict[str, Any]:
    relations = [{"objectId": case, "qualifier": "belongs to"}]
    if event.get("item"):
        relations.append({"objectId": f"{case}/{event['item']}", "qualifier": "moves"})
    if event.get("dept"):
        relations.append({"objectId": f"dept/{event['dept']}", "qualifier": "done by"})
    return {
        "id": str(event["id"]),
        "type": event["activity"],
        "time": event["at"],
        "attributes": [
            {"name": "label", "value": ACTIVITIES.get(event["activity"], event["activity"])},
            {"name": "by", "value": str(event.get("by", ""))},
        ],
        "relationships": relations,
    }


def to_xes(logs: list[Log]) -> bytes:
    """XES 1.0 (IEEE 1849): one trace per joint case, standard concept, time and organisational extensions."""
    root = ET.Element(
        "log", {"xes.version": "1.0", "xes.features": "", "xmlns": "http://www.xes-standard.org/"}
    )
    for name, prefix in (("Concept", "concept"), ("Time", "time"), ("Organizational", "org")):
        uri = f"http://www.xes-standard.org/{prefix}.xesext"
        ET.SubElement(root, "extension", {"name": name, "prefix": prefix, "uri": uri})
    for scope, keys in (("trace", ("concept:name",)), ("event", ("concept:name", "time:timestamp"))):
        element = ET.SubElement(root, "global", {"scope": scope})
        for key in keys:
            tag = "date" if key.startswith("time") else "string"
            ET.SubElement(
                element, tag, {"key": key, "value": "1970-01-01T00:00:00Z" if tag == "date" else "-"}
            )
    ET.SubElement(root, "classifier", {"name": "activity", "keys": "concept:name"})
    for log in logs:
        trace = ET.SubElement(root, "trace")
        ET.SubElement(trace, "string", {"key": "concept:name", "value": str(log["case"])})
        for event in log["events"]:
            _xes_event(trace, event)
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _xes_event(trace: ET.Element, event: Mapping[str, Any]) -> None:
    element = ET.SubElement(trace, "event")
    label = ACTIVITIES.get(event["activity"], event["activity"])
    name = f"{label} {event['item']}" if event.get("item") else label
    ET.SubElement(element, "string", {"key": "concept:name", "value": name})
    ET.SubElement(element, "date", {"key": "time:timestamp", "value": str(event["at"])})
    ET.SubElement(element, "string", {"key": "org:group", "value": str(event.get("dept", ""))})
    ET.SubElement(element, "string", {"key": "org:resource", "value": str(event.get("by", ""))})
