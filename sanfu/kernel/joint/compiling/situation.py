"""The applicant's situation (情形): answers given, answers that data or logic give, and what is open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sanfu.kernel.ask import Contradiction, Irrelevance, Questionnaire, Table, TooMany, Variable
from sanfu.kernel.joint.catalogue.catalog import IRRELEVANT, Bundle, Catalog, Question
from sanfu.kernel.joint.catalogue.check import conditions_of
from sanfu.kernel.joint.catalogue.conditions import UNKNOWN, Condition
from sanfu.kernel.joint.catalogue.implications import short
from sanfu.kernel.joint.catalogue.problems import CatalogError, Problem

YES = {"true", "yes", "y", "1", "是", "有"}
NO = {"false", "no", "n", "0", "否", "无"}


@dataclass(frozen=True, slots=True)
class Situation:
    """Answers by question, and where each came from: `given` 申请人, `data` 数据, `logic` 推出."""

    answers: Mapping[str, Any]
    origin: Mapping[str, str]
    reason: Mapping[str, str]
    facts: Mapping[str, Any] = field(default_factory=dict)

    def lookup(self, name: str) -> Any:
        if name.startswith("q."):
            return self.answers.get(name[2:], UNKNOWN)
        return self.facts.get(name, self.answers.get(name, UNKNOWN))

    def holds(self, condition: Condition | None) -> bool | None:
        return True if condition is None else condition.evaluate(self.lookup)


def questionnaire(catalog: Catalog, bundle: Bundle) -> Questionnaire:
    """The bundle's questions over everything they switch: items, their prerequisites and materials."""
    conditions = {c.text: c for code in bundle.items for c in conditions_of(catalog.items[code])}
    rules, gone = [], []
    for implication in bundle.implications:
        names = tuple(short(n) for n in implication.when.names)
        held = _reader(implication.when)
        if implication.value == IRRELEVANT:
            gone.append(Irrelevance(Table(names, held), implication.question))
        else:
            tied = tuple(dict.fromkeys((*names, implication.question)))
            rules.append(Table(tied, _implies(held, implication.question, implication.value)))
    outputs = [
        Table(tuple(n[2:] for n in c.names if n.startswith("q.")), _reader(c)) for c in conditions.values()
    ]
    variables = [Variable(q.id, q.values, q.prior) for q in bundle.questions]
    try:
        return Questionnaire(variables, [o for o in outputs if o.names], rules, gone)
    except TooMany as many:
        message = f"{len(many.names)} 个情形问题互相牵连，组合超过一百万种，无法求最少提问：{'、'.join(many.names)}；请拆成几件事"
        raise CatalogError([Problem("question", bundle.id, message)]) from None


def settle(
    bundle: Bundle, asked: Questionnaire, given: Mapping[str, Any], facts: Mapping[str, Any] | None = None
) -> Situation:
    """Answers given, then those that data give, then those that follow. CatalogError on a wrong answer."""
    facts = facts or {}
    answers = {name: read_answer(bundle, name, value) for name, value in given.items()}
    origin = dict.fromkeys(answers, "given")
    reason = dict.fromkeys(answers, "申请人选择")
    for question in bundle.questions:
        if question.id not in answers:
            value, why = derive(question, facts)
            if value is not UNKNOWN:
                answers[question.id], origin[question.id], reason[question.id] = value, "data", why
    try:
        implied = asked.implied(answers)
    except Contradiction as clash:
        raise CatalogError([Problem("answer", bundle.id, f"情形答案互相矛盾：{clash}")]) from None
    for name, value in implied.items():
        answers[name], origin[name], reason[name] = value, "logic", "由其他答案推出"
    for implication in bundle.implications:
        when = implication.when.evaluate(lambda n: answers.get(short(n), UNKNOWN))
        if implication.value == IRRELEVANT and when:
            name = implication.question
            answers[name], origin[name], reason[name] = None, "logic", f"不再相关({implication.text})"
    return Situation(answers, origin, reason, facts)


def derive(question: Question, facts: Mapping[str, Any]) -> tuple[Any, str]:
    """The first rule that holds on the facts gives the answer; an undecided rule leaves it open."""
    for condition, value in question.rules:
        held = condition.evaluate(lambda name: facts.get(name, UNKNOWN))
        if held is None:
            return UNKNOWN, ""
        if held:
            seen = "、".join(f"{n}={facts[n]}" for n in condition.names if n in facts)
            return value, f"已由数据得出：{seen}" if seen else "已由数据得出"
    return UNKNOWN, ""


def read_answer(bundle: Bundle, name: str, value: Any) -> Any:
    """One answer as typed: its value, its label, or 是/否/yes/no for a yes-no question."""
    question = bundle.question(short(name))
    if question is None:
        known = "、".join(q.id for q in bundle.questions) or "(没有情形)"
        raise CatalogError([Problem("answer", name, f"“{bundle.name}”没有这个情形；可选：{known}")])
    for known_value, label in question.answers:
        if value == known_value or str(value) in (str(known_value), label):
            return known_value
    text = str(value).strip().lower()
    if set(question.values) == {True, False} and text in YES | NO:
        return text in YES
    options = "、".join(f"{_plain(v)}({label})" for v, label in question.answers)
    raise CatalogError([Problem("answer", question.id, f"答案“{value}”不在可选范围：{options}")])


def _plain(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _reader(condition: Condition) -> Any:
    def value(world: Mapping[str, Any]) -> bool | None:
        return condition.evaluate(lambda name: world.get(short(name), UNKNOWN))

    return value


def _implies(held: Any, question: str, expected: Any) -> Any:
    def value(world: Mapping[str, Any]) -> bool:
        return not held(world) or world.get(question) == expected

    return value
