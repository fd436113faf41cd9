"""The text of a policy document as parts: clause text and rule blocks, taken apart and put together exactly. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
