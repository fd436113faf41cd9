"""A judgement as the pages show it: colour by sentence, words marked on both sides."""

from collections.abc import Iterable, Mapping
from typing import Any

from sanfu.kernel.duties.items import DutyItem
from sanfu.kernel.duties.judging.ladder import rule_name
from sanfu.kernel.duties.judging.verdicts import PASSING, Verdict

FIELD_LABELS = {
    "name": "事项名称",
    "superior_duty": "上级部门职责",
    "town_duty": "镇（街道）配合职责",
    "method": "工作方式",
    "keywords": "关键词",
}
Span = tuple[int, int, str]


def demands(judged: Mapping[str, Any], items: Mapping[str, DutyItem]) -> list[dict[str, Any]]:
    """Each demand with its tone, the marked text, and the item's fields with the same words marked."""
    return [_demand(one, items.get(one["item"]["code"])) for one in judged["demands"]]


def summary(judged: Mapping[str, Any]) -> dict[str, int]:
    """How many demands may go, have to change, and go to a person first."""
    kinds = [Verdict(one["verdict"]) for one in judged["demands"]]
    may = sum(kind in PASSING for kind in kinds)
    person = kinds.count(Verdict.HUMAN)
    return {"may": may, "change": len(kinds) - may - person, "person": person}


def _demand(one: Mapping[str, Any], item: DutyItem | None) -> dict[str, Any]:
    marks = [(m["span"][0], m["span"][1], m["role"]) for m in one["marks"]]
    words = [(w["span"][0], w["span"][1], "与清单相同") for w in one["words"]]
    sides = []
    for field, text in (item.fields() if item else {}).items():
        spans = [
            (w["item_span"][0], w["item_span"][1], "与文中相同") for w in one["words"] if w["field"] == field
        ]
        spans += [
            (at, at + len(m["text"]), m["role"]) for m in one["marks"] if (at := text.find(m["text"])) >= 0
        ]
        sides.append((FIELD_LABELS[field], text, apart(spans)))
    return {
        **one,
        "tone": Verdict(one["verdict"]).tone,
        "spans": apart([*marks, *words]),
        "sides": sides,
        "rule_name": rule_name(one["rule"]),
        "passes": Verdict(one["verdict"]) in PASSING,
    }


def apart(spans: Iterable[Span]) -> list[Span]:
    """Spans that do not overlap, in order; the longer one wins."""
    chosen: list[Span] = []
    for span in sorted(spans, key=lambda s: s[0] - s[1]):
        if span[1] > span[0] and not any(span[0] < other[1] and other[0] < span[1] for other in chosen):
            chosen.append(span)
    return sorted(chosen)


def whole_text(text: str, judged: Mapping[str, Any]) -> list[Span]:
    """Spans of the whole document: one per demand, labelled with its verdict."""
    spans = [
        (d["span"][0], min(d["span"][1], len(text)), f"{d['number']}·{d['label']}") for d in judged["demands"]
    ]
    return apart(spans)
