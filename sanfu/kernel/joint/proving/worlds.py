"""Nothing is left unasked (问得够不够): whatever is answered to the questions listed, all that they switch is settled.

Worlds are all courses of the questions that are neither answered nor listed; where two of them agree with the
implications and differ in what applies, a question is missing.
"""

import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Any

from sanfu.kernel.joint.proving.reread import Row, Truth, many, names_in, needs_of
from sanfu.kernel.joint.proving.subject import Subject

WORLDS = 4_096  # laid out one by one; a guide with more is left to the compiler's search
Rule = tuple[str, str, bool]  # when, the consequence or the question, and whether it makes that irrelevant


class Worlds:
    def __init__(self, subject: Subject) -> None:
        self.guide = subject.guide
        bundle: Row = subject.input["bundle"]
        self.answers: Row = subject.input["answers"]
        self.listed = [row["id"] for row in self.guide["questions"]]
        self.domains = {str(q.get("id", "")): _values(q) for q in many(bundle.get("questions"))}
        self.rules = [_rule(str(text)) for text in many(bundle.get("implies"))]
        self.conditions = sorted(
            {
                str(text)
                for row in subject.input["items"]
                for text in (
                    row.get("when"),
                    *(need.get("when") for need in needs_of(row)),
                    *(row.get("m_when") or {}).values(),
                )
                if text not in (None, True, "")
            }
        )

    def objections(self) -> Iterator[str]:
        unlisted = [q for q in self.domains if self.answers.get(q) is None and q not in self.listed]
        doubtful = [text for text in self.conditions if set(names_in(text)) & set(unlisted)]
        free = [q for q in self.domains if self.answers.get(q) is None]
        if not doubtful or math.prod(len(self.domains[q]) for q in free) > WORLDS:
            return
        seen: dict[tuple[Any, ...], list[bool | None]] = {}
        for values in itertools.product(*(self.domains[q] for q in free)):
            world = {**self.answers, **dict(zip(free, values, strict=True))}
            if not self._consistent(world):
                continue
            read = Truth(self._read(world))
            outcome = [read.of(text) for text in doubtful]
            same = seen.setdefault(tuple(world[q] for q in self.listed), outcome)
            if same != outcome:
                text = next(t for t, a, b in zip(doubtful, same, outcome, strict=True) if a != b)
                yield f"还要问的问题不够：答完之后“{text}”仍不能确定"
                return

    def _consistent(self, world: Mapping[str, Any]) -> bool:
        return not any(
            Truth(world).of(when) and Truth(world).of(then) is False
            for when, then, gone in self.rules
            if not gone
        )

    def _read(self, world: dict[str, Any]) -> dict[str, Any]:
        """Answers that no longer matter read as nothing."""
        for when, question, gone in self.rules:
            if gone and Truth(world).of(when):
                world = {**world, question: None}
        return world


def _rule(text: str) -> Rule:
    when, _, then = text.partition("->")
    then = then.strip()
    gone = then.endswith(" irrelevant")
    name = then.removesuffix(" irrelevant").strip().removeprefix("q.")
    return when.strip(), name if gone else then, gone


def _values(question: Row) -> list[Any]:
    answers = question.get("a", "bool")
    if isinstance(answers, Mapping | list):
        return list(answers)
    return [True, False]
