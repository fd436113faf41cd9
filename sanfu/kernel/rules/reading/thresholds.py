"""Thresholds of a clause (门槛): the numbers that can be moved, and the document with one of them moved.

The document is what is published, so a moved threshold is tried by its text, read anew and run: the one way for pages and
benchmarks. Amounts and both directions of a comparison come for free, and what was tried is what can be saved.
"""

from dataclasses import dataclass
from fractions import Fraction

from sanfu.kernel.rules.language import tree
from sanfu.kernel.rules.language.problems import Span
from sanfu.kernel.rules.language.quantities import UNITS, Kind, decimal_text
from sanfu.kernel.rules.language.tree import Clause


@dataclass(frozen=True)
class Threshold:
    """A number in a condition that can be moved: where it stands, what it bounds, and its value in its unit."""

    index: int
    label: str
    subject: str
    op: str
    value: Fraction
    unit: str
    span: Span
    shape: str = "condition"

    @property
    def shown(self) -> str:
        return f"{decimal_text(self.value)}{self.unit}"


def thresholds(clause: Clause, source: str) -> list[Threshold]:
    """Numbers of the conditions and of the amount, in reading order; each literal once."""
    found: list[Threshold] = []
    seen: set[tuple[int, int]] = set()
    for condition in clause.conditions:
        for node in tree.walk(condition.test):
            if isinstance(node, tree.Compare):
                subject, bound = _bound(node)
                _take(found, seen, condition.label, subject, node.op, bound, "condition")
    if clause.amount is not None:
        for node in tree.walk(clause.amount):
            if isinstance(node, tree.Literal):
                _take(found, seen, "金额", "给", "", node, "amount")
    return [t for t in found if _text_at(source, t.span)[:1].isdigit()]  # not the numbers a word stands for


def _bound(node: tree.Compare) -> tuple[str, tree.Node]:
    names = "、".join(tree.columns(node.left)) or "、".join(tree.columns(node.right))
    return names, node.right if isinstance(node.right, tree.Literal) else node.left


def _take(
    found: list[Threshold],
    seen: set[tuple[int, int]],
    label: str,
    subject: str,
    op: str,
    node: tree.Node,
    shape: str,
) -> None:
    if not isinstance(node, tree.Literal) or not isinstance(node.value, Fraction):
        return
    if (
        node.type.kind is not Kind.NUMBER
        or node.unit not in UNITS
        or (node.span.line, node.span.column) in seen
    ):
        return
    seen.add((node.span.line, node.span.column))
    value = node.value / UNITS[node.unit][0]
    found.append(Threshold(len(found), label, subject, op, value, node.unit, node.span, shape))


def _text_at(source: str, span: Span) -> str:
    lines = source.split("\n")
    if not 1 <= span.line <= len(lines):
        return ""
    return lines[span.line - 1][span.column - 1 : span.column - 1 + span.length]


def move_threshold(source: str, threshold: Threshold, value: Fraction) -> str:
    """The same document with one number changed; nothing else moves."""
    lines = source.split("\n")
    line = lines[threshold.span.line - 1]
    start = threshold.span.column - 1
    said = f"{decimal_text(value)}{threshold.unit}"
    lines[threshold.span.line - 1] = line[:start] + said + line[start + threshold.span.length :]
    return "\n".join(lines)
