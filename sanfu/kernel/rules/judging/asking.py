"""Unknown is a question: which facts would settle a clause for one enterprise, and the fewest of them."""

from dataclasses import dataclass
from datetime import date
from itertools import combinations

from sanfu.kernel.rules.engines.plan import Plan, Rule, make_plan
from sanfu.kernel.rules.engines.single import Decision, Single
from sanfu.kernel.rules.judging.formula import Answers, Formula, Variable
from sanfu.kernel.rules.language.facts import PERSON, Dictionary, Row
from sanfu.kernel.rules.language.tree import Clause

EXACT = 12  # up to this many missing facts the smallest set is found by trying all


@dataclass(frozen=True)
class Question:
    """One missing fact: what to ask, whom, and whether a person must judge."""

    column: str
    ask: str
    source: str
    person: bool


def fewest_questions(clause: Clause, row: Row, day: date) -> tuple[str, ...] | None:
    """The fewest missing columns that settle the clause whatever their values; () when it is settled.

    None when no answer can settle it (a division by a known zero). Exact up to `EXACT` missing facts.
    """
    plan = make_plan([clause], day)
    return Questions(plan, plan.rules[0]).fewest(row)


class Questions:
    """Asks about one rule; build once, use for many enterprises."""

    def __init__(self, plan: Plan, rule: Rule, single: Single | None = None) -> None:
        self.formula = Formula(plan.core, rule.test)
        self.variables = self.formula.variables()
        self.single = single or Single(plan)
        self.rule = rule

    def fewest(self, row: Row, decision: Decision | None = None) -> tuple[str, ...] | None:
        decision = decision or self.single.decide(row)
        if decision.test(self.rule) is not None:
            return ()
        known: Answers = {atom: decision.nodes[atom] for atom in self.formula.atoms}
        missing = [key for key in sorted(self.formula.columns) if row.get(key) is None]
        missing = [key for key in missing if self._matters(key, known)]
        if not self._settled(frozenset(missing), known, row):
            return None
        if len(missing) > EXACT:
            return tuple(self._shrink(missing, known, row))
        for size in range(1, len(missing) + 1):
            for chosen in combinations(missing, size):
                if self._settled(frozenset(chosen), known, row):
                    return chosen
        return None

    def _matters(self, key: str, known: Answers) -> bool:
        """Whether an open atom reads the fact at all."""
        return any(
            known.get(atom) is None and key in self.formula.core.bool_columns(atom)
            for atom in self.formula.atoms
        )

    def _settled(self, asked: frozenset[str], known: Answers, row: Row) -> bool:
        free: list[Variable] = []
        for variable in self.variables:
            missing = {key for key in variable.columns if row.get(key) is None}
            if missing and missing <= asked:
                free.append(variable)
        return None not in self.formula.outcomes(known, free)

    def _shrink(self, missing: list[str], known: Answers, row: Row) -> list[str]:
        """Drop facts one by one while the rest still settles: small, not proven smallest."""
        kept = list(missing)
        for key in missing:
            rest = [k for k in kept if k != key]
            if self._settled(frozenset(rest), known, row):
                kept = rest
        return kept


def as_questions(columns: tuple[str, ...], dictionary: Dictionary) -> tuple[Question, ...]:
    """The words of the fact dictionary for missing columns."""
    found = []
    for key in columns:
        fact = dictionary.fact_of(key)
        found.append(Question(key, fact.asks or f"{key} 是多少?" if fact.unit else fact.asks or f"是否{key}?",
                              fact.source, fact.automation == PERSON))  # fmt: skip
    return tuple(found)
