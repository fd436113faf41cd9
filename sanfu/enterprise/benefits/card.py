"""政策明白卡: one enterprise and every clause — entitled now, one step away, data missing, not entitled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sanfu.enterprise.benefits.city import delivery_of
from sanfu.enterprise.benefits.claiming import claimable
from sanfu.enterprise.benefits.describe import amount_line, condition, money, pays_points
from sanfu.enterprise.benefits.policies import Policy
from sanfu.enterprise.registry.rules import Profile
from sanfu.kernel.flow import Labelled
from sanfu.kernel.rules.judging.asking import Question, as_questions, fewest_questions
from sanfu.kernel.rules.judging.changes import AWARD, DOABLE, Change, Step, smallest_changes
from sanfu.kernel.rules.judging.verdict import ConditionAnswer, Status, Verdict, judge
from sanfu.kernel.rules.language.facts import Dictionary
from sanfu.kernel.rules.language.quantities import decimal_text
from sanfu.kernel.rules.language.tree import CONTROLLER, Clause

KINDS = {DOABLE: "自己可做", AWARD: "须申报认定"}
MOST_STEPS = 2  # changes that need more facts than this are not "one step away"


class Standing(Labelled):
    """Where an enterprise stands with one clause."""

    ENTITLED = "entitled", "可享受", "ok"
    NEAR = "near", "差一步", "warn"
    MISSING = "missing", "缺数据", "info"
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
class StepLine:
    """差一步 as it is shown: what would have to change, what kind of step that is, by when."""

    text: str
    kind: str
    by_when: str

    @property
    def label(self) -> str:
        return KINDS[self.kind]


@dataclass(frozen=True)
class Item:
    """One line of the card. worth: what it pays now, gain: what it pays once the nearest step is done (both 分)."""

    policy: Policy
    clause: Clause
    standing: Standing
    amount: str
    delivery: str
    conditions: tuple[ConditionLine, ...]
    changes: tuple["StepLine", ...] = ()
    questions: tuple[Question, ...] = ()
    worth: int = 0
    gain: int = 0
    claimable: bool = False

    @property
    def points(self) -> bool:
        return pays_points(self.clause)

    @property
    def by_award(self) -> bool:
        """The nearest step needs an authority's award."""
        return bool(self.changes) and self.changes[0].kind == AWARD

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
        items.sort(key=lambda item: (item.by_award, -item.worth, item.clause.id))
    return found


def item_of(profile: Profile, policy: Policy, clause: Clause, day: date, dictionary: Dictionary) -> Item:
    """One clause for one enterprise, with everything that explains the answer."""
    verdict = judge(clause, profile.row, day, dictionary)
    changes = _changes(clause, profile, day, dictionary) if verdict.status == Status.NOT_MET else []
    standing = _standing(verdict, changes)
    asked = fewest_questions(clause, profile.row, day) if standing is Standing.MISSING else None
    if clause.by_controller and profile.row.get(CONTROLLER) is None and standing is Standing.ENTITLED:
        standing, asked = Standing.MISSING, (CONTROLLER,)
    after = _after(clause, profile, changes, day, dictionary) or verdict
    return Item(
        policy=policy,
        clause=clause,
        standing=standing,
        amount=_amount(clause, after),
        delivery=delivery_of(clause, dictionary),
        conditions=tuple(
            _condition(clause, n, answer, profile, dictionary) for n, answer in enumerate(verdict.conditions)
        ),
        changes=tuple(_step_line(change, dictionary) for change in changes[:2]),
        questions=as_questions(asked or verdict.missing, dictionary) if standing is Standing.MISSING else (),
        worth=int(verdict.amount or 0),
        gain=int(after.amount or 0) if after.status == Status.MET else 0,
        claimable=claimable(clause, profile, day, dictionary),
    )


def _changes(clause: Clause, profile: Profile, day: date, dictionary: Dictionary) -> list[Change]:
    found = smallest_changes(clause, profile.row, day, dictionary, MOST_STEPS)
    return sorted((change for change in found if change.doable), key=lambda c: c.kind != DOABLE)


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
        return f"标准：{amount_line(clause)}"
    if pays_points(clause):
        return f"{decimal_text(verdict.amount)}分（按年度资金定价）"
    return money(verdict.amount)


def _condition(
    clause: Clause, place: int, answer: ConditionAnswer, profile: Profile, dictionary: Dictionary
) -> ConditionLine:
    facts = tuple(_shown(key, profile, dictionary) for key in answer.columns)
    return ConditionLine(answer.label, condition(clause.conditions[place].test), answer.answer, facts)


def _shown(key: str, profile: Profile, dictionary: Dictionary) -> Shown:
    fact = dictionary.fact_of(key)
    value = profile.row.get(key)
    origin = profile.origins.get(key)
    if value is None:
        return Shown(key.replace(".", ""), "没有数据", fact.source, None, False)
    return Shown(
        key.replace(".", ""),
        fact.say(value),
        origin.source if origin else fact.source,
        origin.observed_on if origin else None,
        True,
    )


def _step_line(change: Change, dictionary: Dictionary) -> StepLine:
    """技改投资额由460万元提高到 500万元; 获得“高新技术企业”认定."""
    phrases = [_phrase(step, dictionary) for step in change.steps]
    when = "；".join(dict.fromkeys(step.when.replace(",", "，") for step in change.steps))
    return StepLine("，并且".join(phrases), change.kind, when)


def _phrase(step: Step, dictionary: Dictionary) -> str:
    fact = dictionary.fact_of(step.column)
    if isinstance(step.new, bool):
        if fact.changeable == AWARD and step.new:
            return f"获得“{fact.name}”认定"
        return f"{fact.name}由{fact.say(step.old)}变为{fact.say(step.new)}"
    up = isinstance(step.old, int) and isinstance(step.new, int) and step.new > step.old
    word = "变为" if isinstance(step.new, str) else ("提高到" if up else "降到")
    return f"{step.column.replace('.', '')}由{fact.say(step.old)}{word}{fact.say(step.new)}"
