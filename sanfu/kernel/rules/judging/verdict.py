"""What a clause says about one enterprise: each condition with its answer, what is missing, the amount."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sanfu.kernel.flow import Labelled
from sanfu.kernel.rules.engines.naive import Answer, Naive
from sanfu.kernel.rules.language import tree
from sanfu.kernel.rules.language.facts import PERSON, Dictionary, Row
from sanfu.kernel.rules.language.quantities import FLAG, POINT_SCALE, POINTS
from sanfu.kernel.rules.language.tree import Clause
from sanfu.kernel.rules.reading.document import Document


class Status(Labelled):
    MET = "符合", "符合", "ok"
    NOT_MET = "不符合", "不符合"
    MISSING = "缺数据", "缺数据", "warn"
    PERSON = "待人工", "待人工", "info"
    NOT_IN_FORCE = "不在施行期", "不在施行期"


@dataclass(frozen=True)
class ConditionAnswer:
    """One condition: true, false or unknown; `missing` are the columns that would have to be known."""

    label: str
    answer: bool | None
    missing: tuple[str, ...]
    columns: tuple[str, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """The three-valued answer of one clause with its reasons. `amount` is in base units (分 or points)."""

    clause: str
    status: Status
    conditions: tuple[ConditionAnswer, ...]
    amount: Fraction | None
    outputs: dict[str, Answer]
    amount_missing: tuple[str, ...] = ()  # columns without which the amount cannot be said

    @property
    def failed(self) -> tuple[ConditionAnswer, ...]:
        return tuple(c for c in self.conditions if c.answer is False)

    @property
    def open(self) -> tuple[ConditionAnswer, ...]:
        return tuple(c for c in self.conditions if c.answer is None)

    @property
    def missing(self) -> tuple[str, ...]:
        conditions = [key for c in self.open for key in c.missing]
        return tuple(dict.fromkeys([*conditions, *(self.amount_missing if not self.failed else ())]))


def judge(clause: Clause, row: Row, day: date, dictionary: Dictionary) -> Verdict:
    """Answer one clause by the naive interpreter; the fast engines are proven equal to it."""
    naive = Naive(row, day)
    answers = tuple(_condition(c, naive, row) for c in clause.conditions)
    amount = naive.value(clause.amount) if clause.amount is not None else None
    assert amount is None or isinstance(amount, Fraction)
    outputs = {name: naive.value(node) for name, node in clause.outputs}
    size = POINT_SCALE if clause.amount is not None and clause.amount.type == POINTS else 1
    lacking: tuple[str, ...] = ()
    if clause.amount is not None and amount is None:
        lacking = tuple(key for key in tree.columns(clause.amount) if row.get(key) is None)
    return Verdict(clause.id, status_of(answers, dictionary), answers, whole(amount, size), outputs, lacking)


def judge_in(document: Document, clause: Clause, row: Row, day: date, dictionary: Dictionary) -> Verdict:
    """As `judge`, but before its first and after its last day a document says nothing: 不在施行期."""
    if document.in_force(day):
        return judge(clause, row, day, dictionary)
    silent: dict[str, Answer] = {n: False if node.type == FLAG else None for n, node in clause.outputs}
    return Verdict(clause.id, Status.NOT_IN_FORCE, (), None, silent)


def _condition(condition: tree.Condition, naive: Naive, row: Row) -> ConditionAnswer:
    answer = naive.test(condition.test)
    keys = tree.columns(condition.test)
    missing = tuple(key for key in keys if row.get(key) is None) if answer is None else ()
    return ConditionAnswer(condition.label, answer, missing, keys, condition.words)


def status_of(answers: tuple[ConditionAnswer, ...], dictionary: Dictionary) -> Status:
    """One false condition refuses; otherwise the unknown ones decide whom to ask."""
    if any(a.answer is False for a in answers):
        return Status.NOT_MET
    waiting = [a for a in answers if a.answer is None]
    if not waiting:
        return Status.MET
    people = all(
        dictionary.fact_of(key).automation == PERSON for answer in waiting for key in answer.missing
    ) and all(answer.missing for answer in waiting)
    return Status.PERSON if people else Status.MISSING


def whole(amount: Fraction | None, scale: int) -> Fraction | None:
    """Money in whole 分, points to four decimals, never less than nothing: what is smaller is dropped."""
    return None if amount is None else Fraction(max(amount * scale, Fraction(0)).__floor__(), scale)
