"""Reads one policy document: front matter, clause text, and the rule blocks under the clauses."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sanfu.kernel.rules.language.facts import Dictionary
from sanfu.kernel.rules.language.problems import NOWHERE, Problem, RuleError, Span
from sanfu.kernel.rules.language.tree import Clause, Node, Parameter
from sanfu.kernel.rules.reading.cursor import Scope
from sanfu.kernel.rules.reading.front import Application, applications, as_day, front_matter, front_problems
from sanfu.kernel.rules.reading.statements import BlockReader
from sanfu.kernel.rules.reading.words import Line

FENCE = re.compile(r"^(`{3,}|~{3,})\s*(\S*)\s*(.*)$")
HEADING = re.compile(r"^(#{1,6})\s+(.*)$")


@dataclass(frozen=True)
class Section:
    """A heading with its clause text; `blocks` counts the rule blocks under it."""

    heading: str
    level: int
    text: str
    span: Span
    blocks: int
    descriptive: bool


@dataclass(frozen=True)
class Document:
    """A policy document as read. `problems` is empty when it may take effect."""

    id: str
    title: str
    number: str
    issuer: str
    level: str
    start: date | None
    end: date | None
    replaces: tuple[str, ...]
    address: str
    mark: str
    owner: str
    family: str
    region: str
    applications: tuple[Application, ...]
    clauses: tuple[Clause, ...]
    sections: tuple[Section, ...]
    definitions: dict[str, Node]
    parameters: dict[str, Parameter]
    problems: tuple[Problem, ...]
    source: str
    front: dict[str, Any] = field(default_factory=dict)
    name: str = ""

    @property
    def version(self) -> str:
        """Hash of the whole text: what an award list pins."""
        return hashlib.sha256(self.source.encode()).hexdigest()

    def clause(self, clause_id: str) -> Clause:
        for clause in self.clauses:
            if clause.id == clause_id:
                return clause
        raise KeyError(clause_id)

    def in_force(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


def text_hash(text: str) -> str:
    """Twelve hex digits of the clause text, blanks ignored: changes when one character of law changes."""
    return hashlib.sha256("".join(text.split()).encode()).hexdigest()[:12]


def read_document(source: str, dictionary: Dictionary, name: str = "") -> Document:
    """Parse the whole text; problems are collected, not raised, so that an editor can show all of them."""
    lines = source.splitlines()
    try:
        front, first = front_matter(lines)
    except RuleError as error:
        return _document({}, (), (), Scope(dictionary), [error.problem], source, name)
    reader = BlockReader(Scope(dictionary))
    reader.problems += front_problems(front, lines)
    sections = _body(lines, first, reader)
    return _document(front, tuple(reader.clauses), sections, reader.scope, reader.problems, source, name)


def _body(lines: list[str], first: int, reader: BlockReader) -> tuple[Section, ...]:
    """Walk the Markdown; text between a heading or block and the next block is the clause it implements."""
    sections: list[Section] = []
    heading, level, start = "", 0, first
    text: list[str] = []
    text_at = first
    whole: list[str] = []
    blocks, descriptive = 0, False
    at = first

    def close() -> None:
        if heading or whole:
            body = "\n".join(whole).strip()
            sections.append(Section(heading, level, body, Span(start + 1, 1), blocks, descriptive))

    while at < len(lines):
        if matched := FENCE.match(lines[at]):
            end = _fence_end(lines, at, matched.group(1))
            if matched.group(2) == "规则":
                block = [Line(lines[i], i + 1) for i in range(at + 1, end)]
                reader.read(block, "\n".join(text).strip(), Span(text_at + 1, 1))
                blocks += 1
                text = []
            elif matched.group(2) == "说明":
                descriptive = True
            if end >= len(lines):
                reader.problems.append(Problem("parse", "代码块没有收尾", "补一行 ```", Span(at + 1, 1)))
            at = end + 1
            continue
        if matched := HEADING.match(lines[at]):
            close()
            heading, level, start = matched.group(2).strip(), len(matched.group(1)), at
            text, whole, blocks, descriptive = [], [], 0, False
        elif lines[at].strip():
            if not text:
                text_at = at
            text.append(lines[at])
            whole.append(lines[at])
        at += 1
    close()
    return tuple(sections)


def _fence_end(lines: list[str], at: int, fence: str) -> int:
    for end in range(at + 1, len(lines)):
        if lines[end].strip().startswith(fence) and set(lines[end].strip()) == {fence[0]}:
            return end
    return len(lines)


def _document(
    front: dict[str, Any],
    clauses: tuple[Clause, ...],
    sections: tuple[Section, ...],
    scope: Scope,
    problems: list[Problem],
    source: str,
    name: str,
) -> Document:
    replaces = front.get("替代") or ()
    return Document(
        id=str(front.get("编号") or name),
        title=str(front.get("标题") or name),
        number=str(front.get("文号") or ""),
        issuer=str(front.get("发布机关") or ""),
        level=str(front.get("层级") or ""),
        start=as_day(front.get("施行")),
        end=as_day(front.get("失效")),
        replaces=(replaces,) if isinstance(replaces, str) else tuple(replaces),
        address=str(front.get("地址", "")),
        mark=str(front.get("标记", "")),
        owner=str(front.get("责任", "")),
        family=str(front.get("系列", front.get("编号", name))),
        region=str(front.get("地域", "")),
        applications=applications(front),
        clauses=clauses,
        sections=sections,
        definitions=dict(scope.definitions),
        parameters=dict(scope.parameters),
        problems=tuple(problems),
        source=source,
        front=front,
        name=name,
    )


__all__ = ["NOWHERE", "Application", "Document", "Section", "read_document", "text_hash"]
