"""What a county has decided about research contacts, from content/research. Needs no Django."""

from functools import cache
from pathlib import Path
from typing import Any

from sanfu.cases.timing import Rule
from sanfu.kernel.clocks import rule_of
from sanfu.records.content import CONTENT, BadContent, read_yaml

FOLDER = CONTENT / "research"


@cache
def decided(folder: Path = FOLDER) -> dict[str, Any]:
    """Kinds of offers, the clock of the first contact, conditions of a centre; BadContent names what is missing."""
    found: dict[str, Any] = read_yaml(folder / "research.yaml") or {}
    missing = {"broker", "contact", "kinds", "centre", "source"} - set(found)
    if missing:
        raise BadContent(f"{folder}/research.yaml 缺少：{'、'.join(sorted(missing))}")
    return found


def kind_choices() -> list[tuple[str, str]]:
    """Kinds of offers: code and label."""
    return list(decided()["kinds"].items())


def contact_clock() -> Rule:
    """Until when the broker makes the first contact."""
    raw = decided()
    return Rule(
        rule_of(raw["contact"]), source="research/research.yaml contact", basis=raw["source"]["document"]
    )
