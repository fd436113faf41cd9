"""One row of the 群众诉求处置责任清单 as the matcher, the desk and the pages read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sanfu.kernel.conditions import (
    ALWAYS,
    Condition,
    Decision,
    Finding,
    Rule,
    RuleTable,
    Standing,
    Vocabulary,
    parse,
)
from sanfu.kernel.flow import Labelled
from sanfu.kernel.marks import Mark


class RequestType(StrEnum):
    """诉求类型: what the citizen wants; the clocks depend on it."""

    ASK = "咨询"
    HELP = "求助"
    COMPLAIN = "投诉"
    REPORT = "举报"
    SUGGEST = "建议"


class Urgency(Labelled):
    """紧急程度 of an item when nothing else is known about the order."""

    CRITICAL = "特急", "特急", "danger"
    URGENT = "紧急", "紧急", "warn"
    NORMAL = "一般", "一般"
    HARD = "疑难", "疑难", "warn"


@dataclass(frozen=True, slots=True)
class Basis:
    """依据: a document, its article where known, and how sure we are of it."""

    text: str
    mark: Mark = Mark.UNCHECKED


@dataclass(frozen=True, slots=True)
class Branch:
    """One conditional responsibility: when the text holds (None: 其他情形), this unit leads."""

    when: str | None
    lead: str
    assist: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestItem:
    """清单事项. Unit fields hold codes. `branches` is empty when one unit leads in every case."""

    code: str
    l1: str
    l2: str
    l3: str
    name: str
    says: tuple[str, ...]
    keys: tuple[str, ...] = ()
    type: RequestType = RequestType.HELP
    urgency: Urgency = Urgency.NORMAL
    lead: str = ""
    assist: tuple[str, ...] = ()
    branches: tuple[Branch, ...] = ()
    given: str = ""
    filing: str = ""
    closing: str = ""
    reply: str = ""
    basis: tuple[Basis, ...] = ()
    elsewhere: str = ""

    @property
    def path(self) -> str:
        """Class path as shown: 一级/二级/三级."""
        return f"{self.l1}/{self.l2}/{self.l3}"

    def units(self) -> tuple[str, ...]:
        """Every unit code that the item names, leads first, without repeats."""
        leads = [self.lead] if self.lead else []
        leads += [branch.lead for branch in self.branches]
        helps = [*self.assist, *(code for branch in self.branches for code in branch.assist)]
        return tuple(dict.fromkeys([*leads, *helps]))

    def table(self, vocabulary: Vocabulary) -> RuleTable[str]:
        """The item's responsibility as a rule table with unit codes as outcomes."""
        if not self.branches:
            return RuleTable(vocabulary, [Rule(ALWAYS, self.lead)])
        rules = [Rule(_read(branch.when, vocabulary), branch.lead) for branch in self.branches]
        return RuleTable(vocabulary, rules, parse(self.given, vocabulary) if self.given else ALWAYS)

    def decide(self, facts: Mapping[str, str | date], vocabulary: Vocabulary) -> Decision[str]:
        """Who leads for these facts, or the fewest attributes to ask."""
        if not self.branches:  # most items: one unit in every case, no table to lay out
            return Decision(Standing.SETTLED, (0,), self.lead)
        return self.table(vocabulary).decide(facts)

    def check(self, vocabulary: Vocabulary) -> list[Finding]:
        """Overlaps, gaps and idle rules of this item."""
        return self.table(vocabulary).check() if self.branches else []

    def payload(self) -> dict[str, Any]:
        """The item as plain JSON data, in a fixed order, without empty fields."""
        data: dict[str, Any] = {
            "code": self.code,
            "l1": self.l1,
            "l2": self.l2,
            "l3": self.l3,
            "name": self.name,
            "says": list(self.says),
            "keys": list(self.keys),
            "type": str(self.type),
            "urgency": str(self.urgency),
            "lead": self.lead,
            "assist": list(self.assist),
            "rules": [_branch_data(branch) for branch in self.branches],
            "given": self.given,
            "file": self.filing,
            "close": self.closing,
            "reply": self.reply,
            "basis": [f"{basis.mark} {basis.text}" for basis in self.basis],
            "elsewhere": self.elsewhere,
        }
        return {name: value for name, value in data.items() if value not in ("", [])}


def _read(when: str | None, vocabulary: Vocabulary) -> Condition | None:
    return None if when is None else parse(when, vocabulary)


def _branch_data(branch: Branch) -> dict[str, Any]:
    data: dict[str, Any] = {"when": branch.when or OTHERWISE, "lead": branch.lead}
    return {**data, "assist": list(branch.assist)} if branch.assist else data


OTHERWISE = "其他情形"
