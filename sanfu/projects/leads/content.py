"""Content of leads: clocks, proofs, admission rules, chains, aim."""

from functools import cache
from pathlib import Path
from typing import Any

from sanfu.cases.timing import Rule
from sanfu.records.content import CONTENT, read_yaml


@cache
def rules(folder: Path = CONTENT) -> dict[str, Any]:
    """The whole file."""
    read: dict[str, Any] = read_yaml(folder / "promotion" / "leads.yaml")
    return read


def silence() -> Rule:
    """The clock after which a first report without news is released."""
    return Rule.of(rules()["期限"]["静默"])
