"""Judgements and readings as plain data, for the command line, the API and the log."""

from collections.abc import Sequence
from typing import Any

from sanfu.kernel.duties.items import Reading
from sanfu.kernel.duties.judging.precheck import Checked, may_send
from sanfu.kernel.duties.judging.splitting import Demand
from sanfu.kernel.duties.judging.verdicts import Judgement


def reading_json(reading: Reading) -> dict[str, Any]:
    """Counts and the row-by-row report of an import."""
    return {
        "town": reading.duty_list.town,
        "mark": reading.duty_list.mark,
        "items": len(reading.duty_list),
        "rows": [note.__dict__ for note in reading.notes if note.status != "read"],
        "read": reading.count("read"),
        "repaired": reading.count("repaired"),
        "refused": reading.count("refused"),
    }


def checked_json(checked: Checked) -> dict[str, Any]:
    """One document's answer."""
    return {
        "verdict": checked.verdict.value,
        "label": checked.verdict.label,
        "confidence": checked.confidence,
        "may_send": may_send(checked),
        "title": checked.split.title,
        "demands": [
            demand_json(demand, judgement)
            for demand, judgement in zip(checked.split.demands, checked.judgements, strict=True)
        ],
        "left_out": left_out(checked.paper.text, [(d.start, d.end) for d in checked.split.demands]),
    }


def left_out(text: str, demands: Sequence[tuple[int, int]]) -> list[str]:
    """Every line or part of one that no demand covers, in order: what was read and not taken as a demand."""
    edges = [0, *(edge for span in sorted(demands) for edge in span), len(text)]
    gaps = [text[edges[i] : edges[i + 1]] for i in range(0, len(edges), 2)]
    lines = (line.strip() for gap in gaps for line in gap.splitlines())
    return [line for line in lines if len(line) > 1]


def demand_json(demand: Demand, judgement: Judgement) -> dict[str, Any]:
    """One demand; `span` counts in the document, the spans of words and marks in the demand."""
    item = judgement.item
    return {
        "number": demand.number,
        "text": demand.text,
        "span": [demand.start, demand.end],
        "heading": demand.heading,
        "deadline": demand.deadline,
        "proof": demand.proof,
        "verdict": judgement.verdict.value,
        "label": judgement.verdict.label,
        "suggested": judgement.suggested.value,
        "confidence": judgement.confidence,
        "rule": judgement.rule,
        "reason": judgement.reason,
        "ask": judgement.ask,
        "item": {
            "code": item.code if item else "",
            "name": item.name if item else "",
            "list": item.list_type.value if item else "",
            "department": item.department_names if item else "",
        },
        "words": [
            {
                "text": w.text,
                "span": [w.start, w.end],
                "field": w.field,
                "item_span": [w.item_start, w.item_end],
            }
            for w in judgement.words
        ],
        "marks": [{"text": m.text, "span": [m.start, m.end], "role": m.role} for m in judgement.marks],
        "rewrite": judgement.rewrite,
        "sentence": judgement.sentence,
        "precedents": list(judgement.precedents),
        "alternatives": [
            {"code": c.item.code, "name": c.item.name, "score": round(c.score, 3)}
            for c in judgement.candidates[:3]
        ],
    }
