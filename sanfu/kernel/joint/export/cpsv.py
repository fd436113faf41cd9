"""CPSV-AP JSON-LD of a catalogue: public services, evidence, rules, outputs, organisations and business events.

Item → PublicService, material → Evidence, prerequisite result → Output of the service that makes it, legal text
→ LegalResource, department → PublicOrganisation, bundle → BusinessEvent or LifeEvent.
"""

from typing import Any

from sanfu.kernel.joint.catalogue.catalog import Bundle, Catalog, Item

CONTEXT = {
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
BASE = "urn:sanfu:"


def to_cpsv(catalog: Catalog) -> dict[str, Any]:
    """The whole catalogue as one JSON-LD graph."""
    graph: list[dict[str, Any]] = [_organisation(code, name) for code, name in catalog.departments.items()]
    graph += [_service(catalog, item) for item in catalog.items.values()]
    graph += [
        {
            "@id": f"{BASE}output:{result}",
            "@type": "cv:Output",
            "dct:identifier": result,
            "dct:title": _zh(result),
        }
        for result in catalog.producers
    ]
    used = {r.material for item in catalog.items.values() for r in item.materials}
    graph += [
        {
            "@id": f"{BASE}evidence:{m.id}",
            "@type": "cv:Evidence",
            "dct:identifier": m.id,
            "dct:title": _zh(m.name),
        }
        for m in catalog.materials.values()
        if m.id in used
    ]
    graph += [_legal(code, s.title, s.repealed) for code, s in catalog.sources.items()]
    graph += [_event(bundle) for bundle in catalog.bundles.values()]
    return {"@context": CONTEXT, "@graph": graph}


def _zh(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "zh"}


def _ref(kind: str, code: str) -> dict[str, str]:
    return {"@id": f"{BASE}{kind}:{code}"}


def _organisation(code: str, name: str) -> dict[str, Any]:
    return {"@id": f"{BASE}organisation:{code}", "@type": "cv:PublicOrganisation", "dct:identifier": code,
            "dct:title": _zh(name), "skos:prefLabel": _zh(name)}  # fmt: skip


def _service(catalog: Catalog, item: Item) -> dict[str, Any]:
    service = {
        "@id": f"{BASE}service:{item.id}",
        "@type": "cpsv:PublicService",
        "dct:identifier": item.id,
        "dct:title": _zh(item.name),
        "dct:description": _zh(item.statutory.note or item.name),
        "cv:hasCompetentAuthority": _ref("organisation", item.dept),
        "cpsv:hasInput": [_ref("evidence", r.material) for r in item.materials],
        "cpsv:produces": [_ref("output", r) for r in item.results],
        "cv:hasLegalResource": [_ref("legal", code) for code in item.sources],
        "dct:requires": [
            _ref("service", p)
            for n in item.needs
            if n.mode != "gate"
            for r in n.results
            for p in catalog.producers[r]
        ],
        "cv:isGroupedBy": [_ref("event", b.id) for b in catalog.bundles.values() if item.id in b.items],
    }
    if item.statutory.amount:
        days = int(item.statutory.amount)
        service["cpsv:processingTime"] = {"@value": f"P{days}D", "@type": "xsd:duration"}
    return {key: value for key, value in service.items() if value}


def _legal(code: str, title: str, repealed: Any) -> dict[str, Any]:
    row = {"@id": f"{BASE}legal:{code}", "@type": "eli:LegalResource", "dct:title": _zh(title)}
    if repealed:
        row["eli:date_no_longer_in_force"] = {"@value": repealed.isoformat(), "@type": "xsd:date"}
    return row


def _event(bundle: Bundle) -> dict[str, Any]:
    kind = "cv:LifeEvent" if bundle.extra.get("for") == "citizen" else "cv:BusinessEvent"
    return {"@id": f"{BASE}event:{bundle.id}", "@type": kind, "dct:identifier": bundle.id,
            "dct:title": _zh(bundle.name), "dct:description": _zh(str(bundle.extra.get("stage", bundle.name)))}  # fmt: skip
