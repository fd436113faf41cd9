"""Conditions of a list item (办理条件): readable text, three-valued answers, and proofs about rule sets.

`language` reads and prints one condition such as `产权 = 市政道路 且 时段 = 夜间`. `grid` lays conditions out
over every case their attributes allow. `table` decides which rule of a topic applies, says which attribute to
ask when the facts do not settle it, and finds overlaps and gaps with the smallest example.
"""

from sanfu.kernel.conditions.grid import Facts, Grid, holds
from sanfu.kernel.conditions.language import (
    ALWAYS,
    All,
    Among,
    AnyOf,
    Attribute,
    Condition,
    ConditionError,
    DateAttribute,
    During,
    Not,
    Vocabulary,
    parse,
    show,
)
from sanfu.kernel.conditions.table import Decision, Finding, FindingKind, Rule, RuleTable, Standing

__all__ = [
    "ALWAYS",
    "All",
    "Among",
    "AnyOf",
    "Attribute",
    "Condition",
    "ConditionError",
    "DateAttribute",
    "Decision",
    "During",
    "Facts",
    "Finding",
    "FindingKind",
    "Grid",
    "Not",
    "Rule",
    "RuleTable",
    "Standing",
    "Vocabulary",
    "holds",
    "parse",
    "show",
]
