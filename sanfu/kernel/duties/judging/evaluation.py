"""评测: macro-F1 over verdicts, 误拦 and 漏拦, each miss, and the same for a keyword baseline.

A case file is bar-separated: id|from_dept|doc_kind|text|verdict|matched_code|reason_code|note, with any
number of further columns; comment lines start with #. What is learned from labelled cases (precedents,
calibration) is learned in the other folds only.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sanfu.kernel.duties.items import DutyList, ListType
from sanfu.kernel.duties.judging.lexicon import Lexicon
from sanfu.kernel.duties.judging.precedents import Precedent
from sanfu.kernel.duties.judging.precheck import Calibration, Checked, Checker, Paper
from sanfu.kernel.duties.judging.verdicts import BLOCKING, PASSING, Verdict

CASE_COLUMNS = ("id", "from_dept", "doc_kind", "text", "verdict", "matched_code", "reason_code", "note")
SMOOTH = 4.0  # how many average cases each calibration step is pulled towards


@dataclass(frozen=True)
class LabelledCase:
    """One labelled document."""

    id: str
    issuer: str
    kind: str
    text: str
    verdict: Verdict
    code: str = ""
    reason: str = ""
    note: str = ""
    second: str = ""  # the label of the second pass, when the file has one

    @property
    def paper(self) -> Paper:
        return Paper(self.text.replace("\\n", "\n"), self.issuer, self.kind, self.id)


class UnreadableCases(ValueError):
    """The case file cannot be used; the message names the line."""


def read_cases(text: str) -> list[LabelledCase]:
    """Parse a labelled file; raises UnreadableCases naming the first bad line."""
    columns: tuple[str, ...] = CASE_COLUMNS
    cases: list[LabelledCase] = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        if not line.strip():
            continue
        named = re.match(r"#?\s*(?:列|columns?)?\s*[：:]?\s*(id\s*\|[a-z_0-9| ]+)$", line.strip())
        if named:
            columns = tuple(part.strip() for part in named.group(1).split("|"))
            continue
        if line.startswith("#"):
            continue
        row = dict(zip(columns, (cell.strip() for cell in line.split("|")), strict=False))
        if row.get("verdict") not in Verdict.__members__:
            raise UnreadableCases(
                f"第 {number} 行：verdict“{row.get('verdict', '')}”不是 "
                f"{'、'.join(Verdict.__members__)} 之一；"
                f"请检查列数（应为 {'|'.join(columns)}）"
            )
        cases.append(
            LabelledCase(
                row["id"],
                row["from_dept"],
                row["doc_kind"],
                row["text"],
                Verdict(row["verdict"]),
                row.get("matched_code", ""),
                row.get("reason_code", ""),
                row.get("note", ""),
                row.get("second", ""),
            )
        )
    if not cases:
        raise UnreadableCases("没有读到任何样例；每行应为 " + "|".join(CASE_COLUMNS))
    return cases


def macro_f1(
    truth: Sequence[Verdict], answer: Sequence[Verdict]
) -> tuple[float, dict[str, dict[str, float]]]:
    """Mean F1 over the verdicts of the truth; precision, recall, F1 and support of each verdict."""
    table: dict[str, dict[str, float]] = {}
    for verdict in Verdict:
        hit = sum(t is verdict and a is verdict for t, a in zip(truth, answer, strict=True))
        said, held = sum(a is verdict for a in answer), sum(t is verdict for t in truth)
        if not (said or held):
            continue
        precision, recall = hit / said if said else 0.0, hit / held if held else 0.0
        score = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        table[verdict.value] = {
            "precision": precision,
            "recall": recall,
            "f1": score,
            "support": held,
            "said": said,
        }
    supported = [row["f1"] for row in table.values() if row["support"]]
    return (sum(supported) / len(supported) if supported else 0.0), table


def block_rates(truth: Sequence[Verdict], answer: Sequence[Verdict]) -> dict[str, Any]:
    """误拦 = blocked though valid / blocked; 漏拦 = passed though it had to be stopped / passed.

    混合 stops a part: it counts as blocked when the whole was valid, and as not passed. 须人工 neither blocks
    nor passes. Rates over the valid and the stoppable documents are given beside.
    """
    stops = BLOCKING | {Verdict.MIXED}
    pairs = list(zip(truth, answer, strict=True))
    blocked, passed = [p for p in pairs if p[1] in stops], [p for p in pairs if p[1] in PASSING]
    wrong_block = sum(t in PASSING for t, _ in blocked)
    wrong_pass = sum(t in stops for t, _ in passed)
    valid, stoppable = sum(t in PASSING for t, _ in pairs), sum(t in stops for t, _ in pairs)
    return {
        "false_block": wrong_block / len(blocked) if blocked else 0.0,
        "missed_block": wrong_pass / len(passed) if passed else 0.0,
        "false_block_of_valid": wrong_block / valid if valid else 0.0,
        "missed_block_of_stoppable": wrong_pass / stoppable if stoppable else 0.0,
        "counts": {
            "blocked": len(blocked), "passed": len(passed), "valid": valid, "stoppable": stoppable,
            "false_blocked": wrong_block, "missed": wrong_pass,
            "to_person": sum(a is Verdict.HUMAN for _, a in pairs),
        },
    }  # fmt: skip


def keyword_baseline(case: LabelledCase, duty_list: DutyList, lexicon: Lexicon) -> Verdict:
    """What a list of forbidden words would say: forms, then department verbs, then the most keyword hits."""
    if any(hard and pattern.search(case.text) for _, hard, pattern in lexicon.form):
        return Verdict.FORM
    if lexicon.emergency[0].search(case.text):
        return Verdict.EMERG
    hits = [(sum(word in case.text for word in item.keywords), item) for item in duty_list]
    best = max(hits, key=lambda pair: pair[0])
    if not best[0]:
        return Verdict.OUT
    if best[1].list_type is ListType.RECALLED:
        return Verdict.RECALLED
    if any(verb in case.text for verb in lexicon.own_hard):
        return Verdict.SHIFT
    return Verdict.PASS_BASIC if best[1].list_type is ListType.BASIC else Verdict.PASS_COOP


def calibrate(samples: Sequence[tuple[str, float, bool]], bins: int = 3) -> Calibration:
    """Steps of share right per rule from (rule, strength, was right), pulled towards the overall share."""
    overall = (sum(right for _, _, right in samples) + 1) / (len(samples) + 2) if samples else 0.5
    by_rule: dict[str, list[tuple[float, bool]]] = {"*": [(s, right) for _, s, right in samples]}
    for rule, strength, right in samples:
        by_rule.setdefault(rule, []).append((strength, right))
    return Calibration({rule: _steps(sorted(rows), overall, bins) for rule, rows in by_rule.items()})


def _steps(rows: list[tuple[float, bool]], overall: float, bins: int) -> tuple[tuple[float, float], ...]:
    """Equal-sized bins, made monotone by pooling neighbours (isotonic)."""
    pools: list[list[float]] = []  # upper, right, count
    size = max(1, -(-len(rows) // bins))
    for i in range(0, len(rows), size):
        part = rows[i : i + size]
        pools.append([part[-1][0], float(sum(right for _, right in part)), float(len(part))])
    merged: list[list[float]] = []
    for pool in pools:
        merged.append(pool)
        while len(merged) > 1 and merged[-2][1] / merged[-2][2] > merged[-1][1] / merged[-1][2]:
            last = merged.pop()
            merged[-1] = [last[0], merged[-1][1] + last[1], merged[-1][2] + last[2]]
    return tuple((upper, (right + overall * SMOOTH) / (count + SMOOTH)) for upper, right, count in merged)


Build = Callable[[Sequence[Precedent], Calibration | None], Checker]


def precedents_of(cases: Sequence[LabelledCase]) -> list[Precedent]:
    return [
        Precedent(case.id, case.paper.text, case.issuer, case.verdict, case.code, case.note) for case in cases
    ]


def in_folds(cases: Sequence[LabelledCase], build: Build, folds: int, seed: int = 7) -> list[Checked]:
    """Judge each fold with what the other folds taught; answers in the order of the cases."""
    order = list(range(len(cases)))
    random.Random(seed).shuffle(order)
    answers: dict[int, Checked] = {}
    folds = max(1, min(folds, len(cases)))
    for fold in range(folds):
        held = order[fold::folds]
        taught = [cases[i] for i in order if i not in set(held)] if folds > 1 else []
        checker = build(precedents_of(taught), None)
        for place, checked in zip(held, checker.check_all([cases[i].paper for i in held]), strict=True):
            answers[place] = checked
    return [answers[i] for i in range(len(cases))]


def evaluate(
    cases: Sequence[LabelledCase], duty_list: DutyList, lexicon: Lexicon, build: Build, folds: int = 5
) -> dict[str, Any]:
    """The whole report; `macro_f1` at the top."""
    answers = in_folds(cases, build, folds)
    truth, said = [case.verdict for case in cases], [answer.verdict for answer in answers]
    score, table = macro_f1(truth, said)
    base = [keyword_baseline(case, duty_list, lexicon) for case in cases]
    base_score, _ = macro_f1(truth, base)
    coded = [(case, answer) for case, answer in zip(cases, answers, strict=True) if case.code]
    return {
        "macro_f1": score,
        "accuracy": sum(t is a for t, a in zip(truth, said, strict=True)) / len(cases),
        **block_rates(truth, said),
        "cases": len(cases),
        "folds": folds,
        "cites_item_and_words": _cited(answers),
        "item_accuracy": _item_accuracy(coded),
        "per_verdict": table,
        "baseline": {
            "macro_f1": base_score,
            "accuracy": sum(t is a for t, a in zip(truth, base, strict=True)) / len(cases),
            **block_rates(truth, base),
        },
        "confusion": _confusion(truth, said),
        "calibration_error": _calibration_error(truth, answers),
        "misses": [_miss(c, a) for c, a in zip(cases, answers, strict=True) if c.verdict is not a.verdict],
    }  # fmt: skip


def _cited(answers: Sequence[Checked]) -> float:
    """Share of judgements that name an item and words of the text with places."""
    judgements = [one for answer in answers for one in answer.judgements]
    cited = sum(one.item is not None and bool(one.marks or one.words) for one in judgements)
    return cited / len(judgements)


def _item_accuracy(coded: Sequence[tuple[LabelledCase, Checked]]) -> float | None:
    if not coded:
        return None
    hits = sum(
        any(one.item is not None and one.item.code in case.code.split() for one in answer.judgements)
        for case, answer in coded
    )
    return hits / len(coded)


def _confusion(truth: Sequence[Verdict], said: Sequence[Verdict]) -> dict[str, dict[str, int]]:
    counts = Counter(zip(truth, said, strict=True))
    return {
        t.value: {a.value: counts[t, a] for a in Verdict if counts[t, a]} for t in Verdict if t in set(truth)
    }


def _calibration_error(truth: Sequence[Verdict], answers: Sequence[Checked]) -> float:
    """Expected calibration error over five bins; 须人工 answers are left out, they claim nothing."""
    rows = [
        (a.confidence, t is a.verdict)
        for t, a in zip(truth, answers, strict=True)
        if a.verdict is not Verdict.HUMAN
    ]
    error = 0.0
    for low in range(5):
        part = [(c, right) for c, right in rows if low / 5 <= c < (low + 1) / 5 or (low == 4 and c == 1.0)]
        if part:
            gap = sum(c for c, _ in part) / len(part) - sum(right for _, right in part) / len(part)
            error += abs(gap) * len(part) / len(rows)
    return error


def _miss(case: LabelledCase, answer: Checked) -> dict[str, Any]:
    lead = answer.lead
    return {
        "id": case.id, "text": case.text, "expected": case.verdict.value, "said": answer.verdict.value,
        "rule": lead.rule, "item": lead.item.code if lead.item else "", "expected_item": case.code,
        "confidence": answer.confidence, "words": [mark.text for mark in lead.marks],
        "demands": [one.verdict.value for one in answer.judgements],
    }  # fmt: skip
