"""The text of a policy document as parts: clause text and rule blocks, taken apart and put together exactly. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sanfu.kernel.rules.language import tree
from sanfu.kernel.rules.language.problems import Span
from sanfu.kernel.rules.language.quantities import UNITS, Kind, decimal_text
from sanfu.kernel.rules.language.tree import Clause
from sanfu.kernel.rules.reading.document import FENCE, Document, text_hash


@dataclass(frozen=True)
class Part:
    """A stretch of the file. `line` is the line of its first character, counted from 1; `block` numbers rule blocks."""

    text: str
    line: int
    block: int | None = None

    @property
    def is_rule(self) -> bool:
        return self.block is not None

    @property
    def last_line(self) -> int:
        return self.line + self.text.count("\n")


def split_parts(source: str) -> list[Part]:
    """Clause text and the insides of ```规则 blocks, in order; `join_parts` gives the same text again."""
    parts: list[Part] = []
    held: list[str] = []
    start, blocks, inside = 1, 0, ""
    for number, line in enumerate(source.split("\n"), 1):
        fence = FENCE.match(line)
        if inside and line.strip() == inside:
            parts.append(Part("\n".join(held), start, blocks))
            held, start, inside, blocks = [line], number, "", blocks + 1
        elif not inside and fence and fence.group(2) == "规则":
            parts.append(Part("\n".join([*held, line]), start))
            held, start, inside = [], number + 1, fence.group(1)
        else:
            held.append(line)
    parts.append(Part("\n".join(held), start))
    return parts


def join_parts(parts: Sequence[Part], blocks: Mapping[int, str] | None = None) -> str:
    """The whole text, with the insides of some rule blocks replaced."""
    blocks = blocks or {}
    texts = []
    for part in parts:
        said = blocks.get(part.block) if part.block is not None else None
        texts.append(part.text if said is None else said.replace("\r\n", "\n").strip("\n"))
    return "\n".join(texts)


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


def sealed(document: Document) -> str:
    """The text with 原文 of every clause set to the clause text as it stands: the author has compared them."""
    lines = document.source.split("\n")
    for clause in sorted(document.clauses, key=lambda c: -c.span.line):
        if not clause.text:
            continue
        said = f"原文 {text_hash(clause.text)}"
        first, last = clause.span.line - 1, _last_line(lines, clause.span.line - 1)
        place = next((n for n in range(first, last + 1) if lines[n].lstrip().startswith("原文")), None)
        if place is None:
            lines.insert(last + 1, said)
        else:
            lines[place] = said
    return "\n".join(lines)


def _last_line(lines: Sequence[str], first: int) -> int:
    """The last line of the clause that begins on `first`: before the next 条款, the end of the block or blank lines."""
    at = first
    for number in range(first + 1, len(lines)):
        text = lines[number].strip()
        if text.startswith(("```", "~~~", "条款 ", "条款\u3000")):
            break
        if text:
            at = number
    return at
