"""Kinds of demands, their clocks and the words that name them, from content/enterprise/demands.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from sanfu.cases.timing import Rule
from sanfu.kernel.clocks import rule_of
from sanfu.records.content import read_yaml


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the words of a demand point to, with the words; nothing found: the last kind, and no words."""

    kind: str
    unit: str
    words: tuple[str, ...]

    @property
    def reason(self) -> str:
        """The reason in Chinese."""
        return f"文中有“{'”“'.join(self.words)}”" if self.words else "没有可依据的词，请人工研判"


def rules() -> Mapping[str, Any]:
    """The content file as it is."""
    raw: Mapping[str, Any] = read_yaml(settings.CONTENT / "enterprise" / "demands.yaml")
    return raw


def kinds() -> dict[str, Mapping[str, Any]]:
    """Kind by code, in the order of the file."""
    return {row["code"]: row for row in rules()["kinds"]}


def kind_choices() -> list[tuple[str, str]]:
    return [(code, row["label"]) for code, row in kinds().items()]


def source_choices() -> list[tuple[str, str]]:
    return list(rules()["sources"].items())


def clock(name: str) -> Rule:
    """A clock of the whole room (respond, callback, redo)."""
    raw = rules()
    return Rule(rule_of(raw[name]), source=f"enterprise/demands.yaml {name}", basis=raw["source"]["document"])


def kind_clock(code: str) -> Rule:
    """The clock of a kind."""
    raw, row = rules(), kinds()[code]
    return Rule(
        rule_of(row["clock"]),
        source=f"enterprise/demands.yaml {row['label']}",
        basis=raw["source"]["document"],
    )


def suggest(text: str) -> Suggestion:
    """The kind whose words the text has most of; ties go to the earlier kind."""
    found = [(code, tuple(word for word in row["words"] if word in text)) for code, row in kinds().items()]
    code, words = max(found, key=lambda one: len(one[1]))
    if not words:
        code = list(kinds())[-1]
    return Suggestion(code, kinds()[code]["unit"], words)
