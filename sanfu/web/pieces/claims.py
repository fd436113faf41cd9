"""What firm and officer both see of a claim (政策申报): its state, its steps, its facts, and the rule's answer."""

from collections.abc import Iterable
from typing import Any

from sanfu.enterprise.benefits.claiming import Answer, overlaid
from sanfu.enterprise.benefits.describe import condition as words_of
from sanfu.enterprise.benefits.describe import pays_points, worth
from sanfu.enterprise.benefits.models import Claim, Statement
from sanfu.enterprise.benefits.states import ClaimState
from sanfu.kernel.rules.language.facts import Dictionary, Row, Value
from sanfu.kernel.rules.language.quantities import POINT_SCALE

S = ClaimState
_WAY = (
    ("提交", ()),
    ("审核", (S.SUBMITTED, S.CORRECTING)),
    ("列入批次", (S.ACCEPTED,)),
    ("公示和拨付", (S.LISTED,)),
    ("到账", (S.PAID,)),
)
_ENDED = (S.REFUSED, S.WITHDRAWN, S.DROPPED, S.LAPSED)


def claim_steps(claim: Claim) -> list[dict[str, str]]:
    """The stages of a claim with where it stands."""
    state = ClaimState(claim.case.state)
    if state in _ENDED:
        return [{"label": "提交", "state": "done"}, {"label": state.label, "state": "bad"}]
    here = next(n for n, (_, states) in enumerate(_WAY) if state in states)
    done = state is S.PAID
    return [
        {"label": label, "state": "done" if n < here or done else ("now" if n == here else "todo")}
        for n, (label, _) in enumerate(_WAY)
    ]


def statement_rows(rows: Iterable[Statement]) -> list[dict[str, Any]]:
    """Statements as lines of a table: fact, value as typed, paper."""
    return [
        {
            "column": one.column,
            "said": one.said,
            "file": one.file,
            "by_officer": one.by_officer,
            "round": one.round,
            "at": one.at,
        }
        for one in rows
    ]


def answer_context(
    answer: Answer, row: Row, words: Dictionary, said: dict[str, Value] | None = None
) -> dict[str, Any]:
    """The rule's answer for `benefits/claim_answer.html`: each condition, the amount, what is still open."""
    verdict = answer.verdict
    scale = POINT_SCALE if verdict.amount is not None and pays_points(answer.clause) else 1
    amount = "" if verdict.amount is None else worth(answer.clause, int(verdict.amount * scale))
    facts = overlaid(row, said or {}, words)
    return {
        "answer": answer,
        "amount": amount if answer.met else "",
        "conditions": [
            {
                "label": line.label,
                "answer": line.answer,
                "text": words_of(condition.test),
                "missing": line.missing,
                "facts": [(key, words.fact_of(key).say(facts.get(key))) for key in line.columns],
            }
            for line, condition in zip(verdict.conditions, answer.clause.conditions, strict=True)
        ],
    }
