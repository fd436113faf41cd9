"""Writes of 协议体检: the decisions of a person on the clauses of one draft."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from sanfu.kernel.offers.judging import Answer
from sanfu.kernel.offers.report import lint_text
from sanfu.people.models import Organisation
from sanfu.projects.promotion.content import learned, rulebook
from sanfu.projects.promotion.models import LintDecision
from sanfu.projects.promotion.states import Decided
from sanfu.records.actions import append
from sanfu.records.actor import Actor, NotAllowed, Refused
from sanfu.records.ids import new_id

LEAST_WHY = 4  # letters of a reason that says anything


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose for the clause at this place of the draft, counted from 0."""

    place: int
    decided: Decided
    why: str = ""


@transaction.atomic
def decide(
    *, draft: str, text: str, choices: Sequence[Choice], by: Actor, at: datetime
) -> list[LintDecision]:
    """记下条款处置. The verdict is judged again here, never taken from the page; a forbidden clause is kept only with a reason."""
    unit = Organisation.objects.filter(region=by.region, code=by.organisation_code).first()
    if not by.may("promotion.lint") or unit is None:
        raise NotAllowed(f"{by.name}不能处置条款，请由招商专员办理。")
    if not choices:
        raise Refused("还没有选择任何一条的处置。")
    clauses = lint_text(text, rulebook(settings.CONTENT), learned(settings.CONTENT))["clauses"]
    made = []
    for choice in choices:
        if not 0 <= choice.place < len(clauses):
            raise Refused("条款与提交时不一致，请重新体检后再处置。")
        one = clauses[choice.place]
        if (
            choice.decided is Decided.KEPT
            and one["answer"] == Answer.FORBIDDEN
            and len(choice.why.strip()) < LEAST_WHY
        ):
            raise Refused(f"{one['clause']}：保留不得承诺的条款，请写明理由。")
        made.append(
            LintDecision(
                region=by.region, unit=unit, draft=draft.strip()[:100] or "未命名草稿", clause=one["clause"][:60], text=one["text"],
                answer=one["answer"], rule=one["rule"], said=one["findings"] + one["doubts"], decided=choice.decided,
                why=choice.why.strip()[:300], by_name=by.name, at=at,
            )
        )  # fmt: skip
    LintDecision.objects.bulk_create(made)
    data = {"draft": made[0].draft, "decided": [[one.clause, one.answer, one.decided] for one in made]}
    append(stream=new_id(), kind="promotion.decided", by=by, at=at, data=data)
    return made
