"""将跨档、将满足资质: near misses of the rule engine are told once, for whoever serves the firm to hear."""

from datetime import date, datetime

from django.db import transaction

from sanfu.enterprise.benefits.city import City, ClauseRun
from sanfu.enterprise.benefits.policies import Policy, in_force, paying_clauses
from sanfu.enterprise.benefits.trial import city_on
from sanfu.enterprise.registry.models import Enterprise
from sanfu.kernel.rules.judging.changes import smallest_changes
from sanfu.kernel.rules.language.tree import Clause
from sanfu.records.actions import append
from sanfu.records.actor import Actor
from sanfu.records.models import Event
from sanfu.records.moments import day_of

KIND = "benefits.near"
MOST = 20  # firms a run: near misses are invitations to call, and officers have a week


@transaction.atomic
def tell_near_misses(*, region: str, by: Actor, at: datetime, most: int = MOST) -> int:
    """Tell each firm of the one clause that it nearly meets; a firm is told of a clause once."""
    on = day_of(at)
    clauses = paying_clauses(in_force(region, on), on)
    city = city_on(region, on)
    told = set(Event.objects.filter(region=region, kind=KIND).values_list("data__enterprise", "data__clause"))
    gone = set(Enterprise.objects.filter(region=region).exclude(closed_on=None).values_list("pk", flat=True))
    found: dict[int, tuple[float, Policy, ClauseRun, int, str]] = {}
    for (policy, clause), run in zip(clauses, city.run([clause for _, clause in clauses]), strict=True):
        for row, place in run.near:
            firm = city.profiles[row].id
            if firm in gone or (str(firm), clause.id) in told:
                continue
            step = _step(city, clause, row, on)
            if step is not None and (row not in found or step[0] < found[row][0]):
                found[row] = (step[0], policy, run, place, step[1])
    chosen = sorted(found.items(), key=lambda one: (one[1][0], city.profiles[one[0]].code))[:most]
    for row, (_, policy, run, place, step_words) in chosen:
        _tell(city, row, policy, run, place, step_words, by, at)
    return len(chosen)


def _step(city: City, clause: Clause, row: int, on: date) -> tuple[float, str] | None:
    """The cost and the words of the one change that would do; None where no single change of a fact does."""
    changes = smallest_changes(clause, city.rows[row], on, city.dictionary, 1)
    if not changes:
        return None
    return float(changes[0].cost), changes[0].steps[0].short(city.dictionary)


def _tell(
    city: City, row: int, policy: Policy, run: ClauseRun, place: int, step: str, by: Actor, at: datetime
) -> None:
    one = city.profiles[row]
    data = {
        "enterprise": str(one.id), "code": one.code, "name": one.name, "clause": run.clause.id, "title": run.clause.title,
        "policy": policy.document.title, "condition": run.clause.conditions[place].label, "step": step,
    }  # fmt: skip
    append(stream=one.id, kind=KIND, by=by, at=at, data=data)
