"""告知书: what a clause says about one enterprise, in words a person can check against the clause."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sanfu.kernel.rules.judging.asking import Question, as_questions, fewest_questions
from sanfu.kernel.rules.judging.changes import Change, smallest_changes
from sanfu.kernel.rules.judging.verdict import Status, Verdict, judge_in
from sanfu.kernel.rules.language.facts import Dictionary, Row
from sanfu.kernel.rules.language.quantities import Type, say
from sanfu.kernel.rules.language.tree import Clause
from sanfu.kernel.rules.reading.document import Document

ANSWERS = {True: "符合", False: "不符合", None: "未知"}


@dataclass(frozen=True)
class Line:
    """One condition: its words in the rule, the answer, and every fact it read with value and source."""

    label: str
    rule: str
    answer: str
    facts: tuple[tuple[str, str, str], ...]
    line: int
    column: int


@dataclass(frozen=True)
class Explanation:
    """Everything shown about one clause and one enterprise."""

    document: Document
    clause: Clause
    verdict: Verdict
    lines: tuple[Line, ...]
    amount: str
    outputs: dict[str, str]
    questions: tuple[Question, ...]
    changes: tuple[Change, ...]

    @property
    def one_step(self) -> bool:
        """差一步: refused now, and a change that somebody can make would win it."""
        return self.verdict.status is Status.NOT_MET and any(c.doable for c in self.changes)


def explain(document: Document, clause: Clause, row: Row, day: date, dictionary: Dictionary) -> Explanation:
    """Judge, then say why, what is still needed and what would change it."""
    verdict = judge_in(document, clause, row, day, dictionary)
    types = {name: node.type for name, node in clause.outputs}
    asked = fewest_questions(clause, row, day) if verdict.status in (Status.MISSING, Status.PERSON) else ()
    changes = smallest_changes(clause, row, day, dictionary) if verdict.status is Status.NOT_MET else []
    lines = tuple(
        Line(
            condition.label,
            rule_text(document, condition.span.line),
            ANSWERS[answer.answer],
            tuple(_fact(key, row, dictionary) for key in answer.columns),
            condition.span.line,
            condition.span.column,
        )
        for condition, answer in zip(
            clause.conditions, verdict.conditions, strict=False
        )  # none when not in force
    )
    return Explanation(
        document,
        clause,
        verdict,
        lines,
        amount_text(clause, verdict.amount),
        {name: say(value, types[name]) for name, value in verdict.outputs.items()},
        as_questions(_asked(asked, verdict), dictionary),
        tuple(changes),
    )


def _asked(asked: tuple[str, ...] | None, verdict: Verdict) -> tuple[str, ...]:
    """What settles the conditions first; then what the amount still needs."""
    return tuple(dict.fromkeys([*(verdict.missing if asked is None else asked), *verdict.amount_missing]))


def rule_text(document: Document, line: int) -> str:
    """The line of the rule as it stands in the document."""
    lines = document.source.splitlines()
    return lines[line - 1].strip() if 0 < line <= len(lines) else ""


def _fact(key: str, row: Row, dictionary: Dictionary) -> tuple[str, str, str]:
    fact = dictionary.fact_of(key)
    return key, fact.say(row.get(key)), fact.source


def amount_text(clause: Clause, amount: Fraction | None) -> str:
    if clause.amount is None:
        return ""
    kind: Type = clause.amount.type
    return "未知" if amount is None else say(amount, kind)
