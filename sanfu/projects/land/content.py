"""Reads the land content of the county: screening rules, ways of redevelopment, how storeys count, limits."""

from fractions import Fraction
from functools import cache
from pathlib import Path

from sanfu.kernel.land.far import FarRule
from sanfu.kernel.land.intake import Limits
from sanfu.kernel.land.options import Way, read_ways
from sanfu.kernel.land.screening import Rule, read_rules
from sanfu.records.content import CONTENT, read_yaml

LAND = CONTENT / "land"


@cache
def screening(folder: Path = LAND) -> tuple[Rule, ...]:
    """The low-efficiency rules."""
    return tuple(read_rules(read_yaml(folder / "screening.yaml")))


@cache
def ways(folder: Path = LAND) -> tuple[Way, ...]:
    """The ways of redevelopment."""
    return tuple(read_ways(read_yaml(folder / "options.yaml")["方式"]))


@cache
def far_rule(folder: Path = LAND) -> FarRule:
    """How storeys are counted."""
    row = read_yaml(folder / "options.yaml")["容积率"]["双倍计容层高"]
    return FarRule(Fraction(str(row["value"])), 2, str(row["document"]), str(row["mark"]))


@cache
def limits(folder: Path = LAND) -> Limits:
    """By how much an outline may miss the certificate."""
    row = read_yaml(folder / "options.yaml")["入库"]
    warn, refuse, overlap = (
        Fraction(str(row[k]["value"])) / 100 for k in ("面积提示", "面积退回", "重叠退回")
    )
    return Limits(warn, refuse, overlap)
