"""快申快享: what an enterprise is asked for when data alone cannot settle a clause, and what the rule then says. Pure.

Asked are facts that need evidence (known ones are shown and may be corrected) and facts nobody reported yet. What
a person must judge is left to the reviewing officer; what only another body's register holds is named, not asked.
Stated values count for the claimed clause alone: an automatic decision elsewhere never rests on them.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sanfu.enterprise.benefits.city import is_automatic
from sanfu.enterprise.registry.rules import Profile, absolute_period, relative_period
from sanfu.kernel.rules.judging.asking import fewest_questions
from sanfu.kernel.rules.judging.verdict import Status, Verdict, judge
from sanfu.kernel.rules.language.facts import (
    AUTOMATIC,
    EVIDENCE,
    PERSON,
    Dictionary,
    Fact,
    Row,
    Value,
    column_of,
)
from sanfu.kernel.rules.language.quantities import CODE, DATE, FLAG, decimal_text, unit_of
from sanfu.kernel.rules.language.tree import CONTROLLER, Clause

REGISTERS = ("事项",)  # what the city itself paid out: nobody states that
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Known:
    """A value that is there already: who said it and when, and the paper it rested on."""

    value: Value
    source: str
    on: date | None
    file: str = ""  # id of a stored file
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """One fact on the form: what to type, in which unit, what is known, whether a paper must prove it."""

    column: str
    fact: Fact
    period: str  # absolute
    known: Known | None
    evidence: bool

    @property
    def question(self) -> str:
        return self.fact.asks or (f"{self.column}是多少" if self.fact.unit else f"是否{self.fact.name}")

    @property
    def kind(self) -> str:
        """flag, date, choice, text or number: which field of the form it is."""
        if self.fact.type == FLAG:
            return "flag"
        if self.fact.type == DATE:
            return "date"
        if self.fact.type == CODE:
            return "choice" if self.fact.values else "text"
        return "number"

    @property
    def shown(self) -> str:
        """The known value as it would be typed in the fact's own unit."""
        return "" if self.known is None else typed(self.fact, self.known.value)


def typed(fact: Fact, value: Value) -> str:
    """A column value the way a form takes it: `460` for 460万元, 是/否, 2026-01-31."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return value
    if fact.type == DATE:
        return date.fromordinal(value).isoformat()
    known = unit_of(fact.unit) if fact.unit else None
    return decimal_text(Fraction(value, fact.scale) / (known[0] if known else 1), 8)


def read_typed(fact: Fact, raw: str) -> Value:
    """The column value of what was typed; ValueError says what is wrong with it."""
    said = unicodedata.normalize("NFKC", raw).strip()
    if len(said) > LONGEST:
        raise ValueError("写得太长")
    try:
        return fact.encode(said, "" if fact.type in (FLAG, CODE, DATE) else fact.unit)
    except (OverflowError, ArithmeticError) as error:
        raise ValueError("不是能用的数") from error


def statable(column: str, day: date, dictionary: Dictionary) -> str | None:
    """The absolute period under which an enterprise can state the column; None when only a register knows."""
    found = dictionary.column(column)
    if found is None or found[0].basis in REGISTERS or found[0].automation == PERSON:
        return None
    try:
        return absolute_period(found[0].basis, found[1], day)
    except ValueError:
        return None


def asks_of(
    clause: Clause,
    profile: Profile,
    day: date,
    dictionary: Dictionary,
    earlier: Mapping[str, Known],
    said: Row,
) -> tuple[Ask, ...]:
    """The fields of the form, in the order the rule reads them.

    `earlier`: what this enterprise stated before, by column; `said`: values typed so far, which can open another
    branch of the rule and so ask for more.
    """
    row = {**profile.row, **said}
    verdict = judge(clause, row, day, dictionary)
    fewest = fewest_questions(clause, row, day) or verdict.missing
    missing = {*fewest, *verdict.amount_missing, *said}
    found = []
    for column in clause.needs:
        fact = dictionary.fact_of(column)
        period = statable(column, day, dictionary)
        if period is None or not (fact.automation == EVIDENCE or column in missing):
            continue
        if fact.automation == AUTOMATIC and profile.row.get(column) is not None:
            continue
        found.append(Ask(column, fact, period, _known(column, profile, earlier), fact.automation == EVIDENCE))
    return tuple(found)


def _known(column: str, profile: Profile, earlier: Mapping[str, Known]) -> Known | None:
    if column in earlier:
        return earlier[column]
    value, origin = profile.row.get(column), profile.origins.get(column)
    if value is None:
        return None
    return Known(value, origin.source if origin else "", origin.observed_on if origin else None)


def overlaid(row: Row, said: Mapping[str, Value], dictionary: Dictionary) -> dict[str, Value]:
    """The facts a claim is judged by: data that a machine compares stand; what needs a paper is as stated."""
    found = dict(row)
    for column, value in said.items():
        if found.get(column) is None or dictionary.fact_of(column).automation != AUTOMATIC:
            found[column] = value
    return found


@dataclass(frozen=True)
class Answer:
    """What the rule says of a claim: the verdict, what is still open and who can settle it."""

    clause: Clause
    verdict: Verdict
    to_state: tuple[str, ...]  # the enterprise can still say these
    to_judge: tuple[str, ...]  # an officer judges these
    elsewhere: tuple[str, ...]  # only a register knows these

    @property
    def met(self) -> bool:
        return self.verdict.status == Status.MET

    @property
    def refused(self) -> bool:
        return self.verdict.status == Status.NOT_MET

    @property
    def complete(self) -> bool:
        """May be handed in: nothing is left that the enterprise or a register would have to say."""
        return not self.refused and not self.to_state and not self.elsewhere


def answer_of(
    clause: Clause, row: Row, said: Mapping[str, Value], day: date, dictionary: Dictionary
) -> Answer:
    """The rule with these values, three-valued; `said` may hold what an officer judged, too."""
    verdict = judge(clause, overlaid(row, said, dictionary), day, dictionary)
    open_ = verdict.missing if verdict.status != Status.NOT_MET else ()
    people = tuple(key for key in open_ if dictionary.fact_of(key).automation == PERSON)
    own = tuple(key for key in open_ if statable(key, day, dictionary) is not None)
    rest = tuple(key for key in open_ if key not in people and key not in own)
    if clause.by_controller and row.get(CONTROLLER) is None and verdict.status != Status.NOT_MET:
        rest = (*rest, CONTROLLER)
    return Answer(clause, verdict, own, people, rest)


def blocked(clause: Clause, profile: Profile, day: date, dictionary: Dictionary) -> tuple[str, ...]:
    """Labels of conditions that are false by data which the enterprise cannot state: no claim can win."""
    verdict = judge(clause, profile.row, day, dictionary)
    return tuple(
        failed.label
        for failed in verdict.failed
        if not any(dictionary.fact_of(key).automation == EVIDENCE for key in failed.columns)
    )


def claimable(clause: Clause, profile: Profile, day: date, dictionary: Dictionary) -> bool:
    """Whether to offer 申请: the clause is not paid by machine alone for this enterprise, and nothing bars it."""
    if clause.amount is None or blocked(clause, profile, day, dictionary):
        return False
    if not is_automatic(clause, dictionary):
        return True
    return judge(clause, profile.row, day, dictionary).status in (Status.MISSING, Status.PERSON)


def judged_by_person(clause: Clause, row: Row, dictionary: Dictionary) -> tuple[str, ...]:
    """Columns the reviewing officer is asked for: facts a person judges that nobody has judged yet."""
    return tuple(
        key for key in clause.needs if dictionary.fact_of(key).automation == PERSON and row.get(key) is None
    )


def column_on(fact: Fact, period: str, day: date) -> str | None:
    """The rule word on `day` for a stated absolute period; None when no rule reaches that far back any more."""
    if fact.basis == "认定":
        relative = {"": "有效", str(day.year): "本年", str(day.year - 1): "上年"}.get(period)
    else:
        relative = relative_period(fact.basis, period, day)
    return None if relative is None else column_of(fact, relative)
