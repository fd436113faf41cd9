"""A linted draft, and an evaluation on labelled clauses, as plain data."""

import json
from collections.abc import Sequence
from typing import Any

from sanfu.kernel.offers.judging import Answer, Judged, judge
from sanfu.kernel.offers.learning import Learned
from sanfu.kernel.offers.rulebook import Rulebook
from sanfu.kernel.offers.splitting import split


class UnreadableOffers(ValueError):
    """Labelled clauses that cannot be read; the message names the line."""


def judged_json(judged: Judged) -> dict[str, Any]:
    """One clause's answer with every finding's rule, span, basis, rewrite and reviewer."""
    return {
        "answer": judged.answer.value,
        "label": judged.answer.label,
        "rule": judged.rule,
        "findings": [
            {
                "rule": one.lint.id,
                "name": one.lint.name,
                "span": [one.start, one.end],
                "text": one.text,
                "problem": one.lint.problem,
                "basis": {
                    "document": one.lint.basis.document,
                    "article": one.lint.basis.article,
                    "in_force_since": one.lint.basis.since,
                    "mark": one.lint.basis.mark,
                },
                "rewrite": one.lint.rewrite,
                "reviewer": one.lint.reviewer,
                "like": one.like,
                "likely": one.likely,
            }
            for one in judged.findings
        ],
        "doubts": [
            {"id": one.id, "problem": one.problem, "span": [one.start, one.end], "text": one.text}
            for one in judged.doubts
        ],
        "notes": list(judged.notes),
    }


def lint_text(text: str, book: Rulebook, learned: Learned | None = None) -> dict[str, Any]:
    """Every clause of a draft with its answer, and how many of each."""
    clauses = [
        {
            "clause": one.label,
            "text": one.text,
            "start": one.start,
            **judged_json(judge(one.text, book, learned)),
        }
        for one in split(text)
    ]
    counts = {answer.value: sum(one["answer"] == answer.value for one in clauses) for answer in Answer}
    return {
        "clauses": clauses,
        "counts": counts,
        "may_sign": not counts["forbidden"] and not counts["review"],
    }


def read_offers(text: str) -> list[dict[str, str]]:
    """Labelled clauses, one JSON object a line: text, expected (forbidden, ok, review), rule."""
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as problem:
            raise UnreadableOffers(f"第 {number} 行不是 JSON：{problem}") from problem
        if not isinstance(row, dict) or "text" not in row or row.get("expected") not in set(Answer):
            raise UnreadableOffers(f"第 {number} 行应有 text 和 expected（forbidden、ok 或 review）")
        rows.append({"id": str(row.get("id", number)), "rule": str(row.get("rule") or ""), **_pair(row)})
    if not rows:
        raise UnreadableOffers("没有读到条款")
    return rows


def _pair(row: dict[str, Any]) -> dict[str, str]:
    return {"text": str(row["text"]), "expected": str(row["expected"])}


def evaluate(
    rows: Sequence[dict[str, str]], book: Rulebook, learned: Learned | None = None
) -> dict[str, Any]:
    """recall: forbidden clauses answered forbidden; false_alarm: ok clauses answered forbidden; every miss."""
    answers = [judge(row["text"], book, learned) for row in rows]
    pairs = list(zip(rows, answers, strict=True))
    forbidden = [(row, got) for row, got in pairs if row["expected"] == Answer.FORBIDDEN]
    fine = [(row, got) for row, got in pairs if row["expected"] == Answer.OK]
    doubtful = [(row, got) for row, got in pairs if row["expected"] == Answer.REVIEW]
    caught = [(row, got) for row, got in forbidden if got.answer is Answer.FORBIDDEN]
    alarms = [(row, got) for row, got in fine if got.answer is Answer.FORBIDDEN]
    return {
        "clauses": len(rows),
        "forbidden": len(forbidden),
        "ok": len(fine),
        "review": len(doubtful),
        "recall": _share(len(caught), len(forbidden)),
        "false_alarm": _share(len(alarms), len(fine)),
        "review_found": _share(sum(got.answer is Answer.REVIEW for _, got in doubtful), len(doubtful)),
        "rule_right": _share(sum(row["rule"] == got.rule for row, got in caught), len(caught)),
        "with_basis": _share(
            sum(bool(got.findings[0].lint.basis.document) for _, got in caught), len(caught)
        ),
        "misses": [
            {
                "id": row["id"],
                "expected": row["expected"],
                "said": got.answer.value,
                "rule": row["rule"],
                "said_rule": got.rule,
                "text": row["text"],
            }
            for row, got in pairs
            if row["expected"] != got.answer
        ],
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
