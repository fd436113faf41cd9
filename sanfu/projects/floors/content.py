"""Reads the content of 工业上楼: fire limits, clear height, who may not be whose neighbour."""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from sanfu.kernel.floors.consequences import FireRule, read_fire_rule
from sanfu.kernel.floors.placing import Rules
from sanfu.records.content import CONTENT, read_yaml

FLOORS = CONTENT / "floors"


@cache
def _rules(folder: Path) -> Any:
    return read_yaml(folder / "rules.yaml")


def fire_rule(folder: Path = FLOORS) -> FireRule:
    """The fire limits of the county's content."""
    return read_fire_rule(_rules(folder)["防火"])


def clear_loss(folder: Path = FLOORS) -> Decimal:
    """Metres that beams and ducts take from a storey height."""
    return Decimal(str(_rules(folder)["净高"]["层高减"]["value"]))


def neighbours(folder: Path = FLOORS) -> Rules:
    """Which traits may not meet."""
    row = _rules(folder)["邻里"]
    return Rules(
        tuple((str(a), str(b)) for a, b in row["同层不能相邻"]),
        tuple((str(a), str(b)) for a, b in row["不能在正上方"]),
    )
