"""人才计划 as rules: the dictionary, the documents in force, and every clause judged for declared facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from sanfu.kernel.rules.judging.explain import Explanation, explain
from sanfu.kernel.rules.judging.verdict import Status
from sanfu.kernel.rules.language.facts import Dictionary, Row, Value
from sanfu.kernel.rules.reading.library import Library
from sanfu.records.content import CONTENT, BadContent, read_yaml

ORDER = (Status.MET, Status.PERSON, Status.MISSING, Status.NOT_MET)


@cache
def dictionary(folder: Path = CONTENT) -> Dictionary:
    """What a programme may ask about a person."""
    return Dictionary.from_content(read_yaml(folder / "talent" / "dictionary.yaml")["事实"])


@cache
def library(folder: Path = CONTENT) -> Library:
    """The programmes of the county; BadContent when one has a mistake."""
    files = sorted((folder / "talent" / "programmes").glob("*.md"))
    found = Library.read(dictionary(folder), [(path.stem, path.read_text("utf-8")) for path in files])
    wrong = [f"{document.name}：{problem}" for document in found.documents for problem in document.problems]
    if wrong:
        raise BadContent("；".join(wrong[:3]))
    return found


def encoded(given: Mapping[str, str]) -> tuple[dict[str, Value], dict[str, str]]:
    """Facts as the rules read them, and what is wrong by fact. Empty is unknown."""
    row: dict[str, Value] = {}
    wrong: dict[str, str] = {}
    for name, fact in dictionary().facts.items():
        try:
            row[name] = fact.encode(given.get(name) or None)
        except ValueError as problem:
            wrong[name] = str(problem)
    return row, wrong


@dataclass(frozen=True, slots=True)
class Matched:
    """One clause for one person: where it stands, why, how much, what is still asked."""

    explanation: Explanation
    status: Status

    @property
    def clause(self) -> str:
        """The id."""
        return self.explanation.clause.id


def matched(row: Row, on: date) -> list[Matched]:
    """Every clause in force on the day, those that are met first."""
    found = [explain(document, clause, row, on, dictionary()) for document, clause in library().clauses(on)]
    out = [Matched(one, one.verdict.status) for one in found]
    return sorted(out, key=lambda one: ORDER.index(one.status))
