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
from sanfu.kernel.duties.judging.agreement import agreement
from sanfu.kernel.duties.judging.lexicon import Lexicon
from sanfu.kernel.duties.judging.precedents import Precedent
from sanfu.kernel.duties.judging.precheck import Checked, Checker, Paper
from sanfu.kernel.duties.judging.verdicts import BLOCKING, PASSING, Verdict

CASE_COLUMNS = ("id", "from_dept", "doc_kind", "text", "verdict", "matched_code", "reason_code", "note")
SURE = 0.95  # an answer that claims so much may be wrong once in twenty


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


Build = Callable[[Sequence[LabelledCase]], Checker]


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
        apart = set(held)
        checker = build([cases[i] for i in order if i not in apart] if folds > 1 else [])
        for place, checked in zip(held, checker.check_all([cases[i].paper for i in held]), strict=True):
            answers[place] = checked
    return [answers[i] for i in range(len(cases))]


def evaluate(
    cases: Sequence[LabelledCase], duty_list: DutyList, lexicon: Lexicon, build: Build, folds: int = 5
) -> dict[str, Any]:
    """The whole report. At the top nothing was learned from the cases; `cross_validated` learned from other folds."""
    truth = [case.verdict for case in cases]
    answers = in_folds(cases, build, 1)
    base = [keyword_baseline(case, duty_list, lexicon) for case in cases]
    return {
        **figures(cases, answers),
        "cases": len(cases),
        "folds": folds,
        "agreement": two_passes(cases),
        "cross_validated": figures(cases, in_folds(cases, build, folds)) if folds > 1 else None,
        "baseline": {
            "macro_f1": macro_f1(truth, base)[0],
            "accuracy": sum(t is a for t, a in zip(truth, base, strict=True)) / len(cases),
            **block_rates(truth, base),
        },
        "misses": [_miss(c, a) for c, a in zip(cases, answers, strict=True) if c.verdict is not a.verdict],
    }


def two_passes(cases: Sequence[LabelledCase]) -> dict[str, Any] | None:
    """Agreement of the first and second labels over the cases that have both; None when none has."""
    pairs = [(case.verdict.value, case.second) for case in cases if case.second]
    if not pairs:
        return None
    share, kappa = agreement(pairs)
    return {"cases": len(pairs), "share": share, "kappa": kappa, "differ": sum(a != b for a, b in pairs)}


def figures(cases: Sequence[LabelledCase], answers: Sequence[Checked]) -> dict[str, Any]:
    """Every figure of one run of answers; shares are 0..1, None where there is nothing to count."""
    truth, said = [case.verdict for case in cases], [answer.verdict for answer in answers]
    score, table = macro_f1(truth, said)
    rates = block_rates(truth, said)
    coded = [(case, answer) for case, answer in zip(cases, answers, strict=True) if case.code]
    return {
        "macro_f1": score,
        "accuracy": sum(t is a for t, a in zip(truth, said, strict=True)) / len(cases),
        **rates,
        "to_person_share": rates["counts"]["to_person"] / len(cases),
        "emergencies_blocked": _emergencies_blocked(truth, said),
        "emergency_recall": table.get(Verdict.EMERG.value, {}).get("recall"),
        "calibration_error": _calibration_error(truth, answers),
        "sure_answers": _sure(truth, answers),
        "cites_item_and_words": _cited(answers),
        "item_accuracy": _item_among(coded, 5),
        "item_first": _item_among(coded, 1),
        "item_in_three": _item_among(coded, 3),
        "per_verdict": table,
        "confusion": _confusion(truth, said),
    }


def _emergencies_blocked(truth: Sequence[Verdict], said: Sequence[Verdict]) -> int:
    """How many emergencies were stopped, in whole or in part."""
    stops = BLOCKING | {Verdict.MIXED}
    return sum(t is Verdict.EMERG and a in stops for t, a in zip(truth, said, strict=True))


def _sure(truth: Sequence[Verdict], answers: Sequence[Checked]) -> dict[str, Any]:
    """Answers that claim at least .95: how many, and the share that is right."""
    right = [
        t is a.verdict
        for t, a in zip(truth, answers, strict=True)
        if a.confidence >= SURE and a.verdict is not Verdict.HUMAN
    ]
    return {"count": len(right), "right": sum(right) / len(right) if right else None}


def _cited(answers: Sequence[Checked]) -> float:
    """Share of judgements that name an item and words of the text with places."""
    judgements = [one for answer in answers for one in answer.judgements]
    cited = sum(one.item is not None and bool(one.marks or one.words) for one in judgements)
    return cited / len(judgements)


def _item_among(coded: Sequence[tuple[LabelledCase, Checked]], top: int) -> float | None:
    """Share of cases of one demand whose right item is among the first `top` that are shown."""
    single = [(case, answer.lead) for case, answer in coded if len(answer.judgements) == 1]
    if not single:
        return None
    hits = sum(
        any(one.item.code in case.code.split() for one in lead.candidates[:top]) for case, lead in single
    )
    return hits / len(single)


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
