"""政策明白卡: one enterprise and every clause — entitled now, one step away, data missing, not entitled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sanfu.enterprise.benefits.city import delivery_of
from sanfu.enterprise.benefits.claiming import claimable
from sanfu.enterprise.benefits.describe import amount_line, line_of, money, pays_points
from sanfu.enterprise.benefits.policies import Policy
from sanfu.enterprise.registry.rules import Profile
from sanfu.kernel.flow import Labelled
from sanfu.kernel.rules.judging.asking import Question, as_questions, fewest_questions
from sanfu.kernel.rules.judging.changes import Change, smallest_changes
from sanfu.kernel.rules.judging.verdict import ConditionAnswer, Status, Verdict, judge
from sanfu.kernel.rules.language.facts import Dictionary
from sanfu.kernel.rules.language.quantities import decimal_text
from sanfu.kernel.rules.language.tree import Clause

MOST_STEPS = 2  # changes that need more facts than this are not "one step away"


class Standing(Labelled):
    """Where an enterprise stands with one clause."""

    ENTITLED = "entitled", "可享受"
    NEAR = "near", "差一步"
    MISSING = "missing", "缺数据"
    NOT = "not", "不符合"


@dataclass(frozen=True)
class Shown:
    """One fact behind a condition: its value, who said it, when; `known` is False for a question."""

    column: str
    value: str
    source: str
    observed_on: date | None
    known: bool


@dataclass(frozen=True)
class ConditionLine:
    """One condition with its answer and the facts it read."""

    label: str
    text: str
    answer: bool | None
    facts: tuple[Shown, ...]


@dataclass(frozen=True)
class Item:
    """One line of the card."""

    policy: Policy
    clause: Clause
    standing: Standing
    amount: str
    delivery: str
    conditions: tuple[ConditionLine, ...]
    changes: tuple[str, ...] = ()
    by_when: str = ""
    questions: tuple[Question, ...] = ()
    worth: int = 0
    claimable: bool = False

    @property
    def points(self) -> bool:
        return pays_points(self.clause)

    @property
    def failed(self) -> list[ConditionLine]:
        return [c for c in self.conditions if c.answer is False]


def card(
    profile: Profile, clauses: Sequence[tuple[Policy, Clause]], day: date, dictionary: Dictionary
) -> dict[Standing, list[Item]]:
    """Every clause for one enterprise, by standing; the largest amount first."""
    found: dict[Standing, list[Item]] = {standing: [] for standing in Standing}
    for policy, clause in clauses:
        item = item_of(profile, policy, clause, day, dictionary)
        found[item.standing].append(item)
    for items in found.values():
        items.sort(key=lambda item: (-item.worth, item.clause.id))
    return found


def item_of(profile: Profile, policy: Policy, clause: Clause, day: date, dictionary: Dictionary) -> Item:
    """One clause for one enterprise, with everything that explains the answer."""
    verdict = judge(clause, profile.row, day, dictionary)
    changes = _changes(clause, profile, day, dictionary) if verdict.status == Status.NOT_MET else []
    standing = _standing(verdict, changes)
    asked = fewest_questions(clause, profile.row, day) if standing is Standing.MISSING else None
    return Item(
        policy=policy,
        clause=clause,
        standing=standing,
        amount=_amount(clause, _after(clause, profile, changes, day, dictionary) or verdict),
        delivery=delivery_of(clause, dictionary),
        conditions=tuple(
            _condition(clause, n, answer, profile, dictionary) for n, answer in enumerate(verdict.conditions)
        ),
        changes=tuple(_say(change, dictionary) for change in changes[:2]),
        by_when=changes[0].steps[0].when if changes else "",
        questions=as_questions(asked or verdict.missing, dictionary) if standing is Standing.MISSING else (),
        worth=int(verdict.amount or 0),
        claimable=claimable(clause, profile, day, dictionary),
    )


def _changes(clause: Clause, profile: Profile, day: date, dictionary: Dictionary) -> list[Change]:
    found = smallest_changes(clause, profile.row, day, dictionary, MOST_STEPS)
    return [change for change in found if change.doable]


def _standing(verdict: Verdict, changes: list[Change]) -> Standing:
    if verdict.status == Status.MET:
        return Standing.ENTITLED
    if verdict.status in (Status.MISSING, Status.PERSON):
        return Standing.MISSING
    return Standing.NEAR if changes else Standing.NOT


def _after(
    clause: Clause, profile: Profile, changes: list[Change], day: date, dictionary: Dictionary
) -> Verdict | None:
    """The verdict once the smallest change is made: what there is to win."""
    if not changes:
        return None
    row = {**profile.row, **{step.column: step.new for step in changes[0].steps}}
    return judge(clause, row, day, dictionary)


def _amount(clause: Clause, verdict: Verdict) -> str:
    if clause.amount is None:
        return "认定结论"
    if verdict.amount is None or verdict.status != Status.MET:
        return amount_line(clause)
    if pays_points(clause):
        return f"{decimal_text(verdict.amount)}分(按年度资金定价)"
    return money(verdict.amount)


def _condition(
    clause: Clause, place: int, answer: ConditionAnswer, profile: Profile, dictionary: Dictionary
) -> ConditionLine:
    facts = tuple(_shown(key, profile, dictionary) for key in answer.columns)
    return ConditionLine(answer.label, line_of(clause.conditions[place].test), answer.answer, facts)


def _shown(key: str, profile: Profile, dictionary: Dictionary) -> Shown:
    fact = dictionary.fact_of(key)
    value = profile.row.get(key)
    origin = profile.origins.get(key)
    if value is None:
        return Shown(key, "没有数据", fact.source, None, False)
    return Shown(
        key,
        fact.say(value),
        origin.source if origin else fact.source,
        origin.observed_on if origin else None,
        True,
    )


def _say(change: Change, dictionary: Dictionary) -> str:
    """从 4,800万元 提高到 5,000万元, one phrase a fact."""
    phrases = []
    for step in change.steps:
        fact = dictionary.fact_of(step.column)
        phrases.append(f"{step.column} 由 {fact.say(step.old)} 变为 {fact.say(step.new)}")
    return ",并且 ".join(phrases)
