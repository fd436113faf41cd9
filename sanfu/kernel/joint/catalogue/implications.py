"""What one answer says about another: `explosive -> fire_special`, `not zone -> soil irrelevant`."""

from collections.abc import Mapping
from typing import Any

from sanfu.kernel.joint.catalogue.catalog import IRRELEVANT, Implication, Question
from sanfu.kernel.joint.catalogue.conditions import ConditionError, parse


def short(name: str) -> str:
    """`q.eia` and `eia` are the same question."""
    return name.removeprefix("q.")


def read_implication(text: str, questions: Mapping[str, Question]) -> Implication:
    """Parse one implication. ConditionError unless it is `condition -> consequence` over known questions."""
    left, arrow, right = text.partition("->")
    if not arrow:
        raise ConditionError(f"推出关系“{text}”应写成“条件 -> 结论”")
    when = parse(left)
    question, value = _consequence(right.strip(), text)
    for name in [*map(short, when.names), question]:
        if name not in questions:
            raise ConditionError(f"推出关系“{text}”提到没有的情形“{name}”")
    if value != IRRELEVANT and value not in questions[question].values:
        raise ConditionError(f"推出关系“{text}”的结论“{value}”不是情形“{question}”的答案")
    return Implication(text, when, question, value)


def _consequence(right: str, text: str) -> tuple[str, Any]:
    if right.endswith(" irrelevant"):
        return short(right.removesuffix(" irrelevant").strip()), IRRELEVANT
    if right.startswith("not "):
        return short(right.removeprefix("not ").strip()), False
    if "==" in right:
        name, _, value = right.partition("==")
        return short(name.strip()), value.strip().strip("'\"")
    if not right:
        raise ConditionError(f"推出关系“{text}”没有结论")
    return short(right), True
