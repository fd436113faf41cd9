"""Reads one policy document: front matter, clause text, and the rule blocks under the clauses."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

from sanfu.kernel.rules.language.facts import Dictionary
from sanfu.kernel.rules.language.problems import NOWHERE, Problem, RuleError, Span, refuse
from sanfu.kernel.rules.language.tree import Clause, Node, Parameter
from sanfu.kernel.rules.reading.cursor import Scope
from sanfu.kernel.rules.reading.statements import BlockReader
from sanfu.kernel.rules.reading.words import Line

FENCE = re.compile(r"^(`{3,}|~{3,})\s*(\S*)\s*(.*)$")
HEADING = re.compile(r"^(#{1,6})\s+(.*)$")
REQUIRED = ("编号", "标题", "文号", "发布机关", "层级", "施行")
LEVELS = ("国家级", "省级", "市级", "县级")
MARKS = ("已核", "节选", "待核", "演示")


@dataclass(frozen=True)
class Application:
    """Which matters (事项) the document governs, and when: 2026 re-reviews still use the old text."""

    matter: str
    start: date | None
    end: date | None
    basis: str = ""
    note: str = ""


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
        front, first = _front_matter(lines)
    except RuleError as error:
        return _document({}, (), (), Scope(dictionary), [error.problem], source, name)
    reader = BlockReader(Scope(dictionary))
    reader.problems += _front_problems(front, lines)
    sections = _body(lines, first, reader)
    return _document(front, tuple(reader.clauses), sections, reader.scope, reader.problems, source, name)


def _front_matter(lines: list[str]) -> tuple[dict[str, Any], int]:
    if not lines or lines[0].strip() != "---":
        raise refuse(
            "front-matter",
            "文件开头没有文首信息",
            Span(1, 1),
            "第一行写 ---,然后写 编号、标题、文号…,再写 ---",
        )
    for at in range(1, len(lines)):
        if lines[at].strip() == "---":
            return _load_front("\n".join(lines[1:at])), at + 1
    raise refuse("front-matter", "文首信息没有收尾的 ---", Span(1, 1), "在文首信息最后补一行 ---")


def _load_front(text: str) -> dict[str, Any]:
    try:
        front = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        span = Span(mark.line + 2, mark.column + 1) if mark else Span(2, 1)
        raise refuse(
            "front-matter", f"文首信息不是合法的 YAML:{error.problem}", span, "每行写成 名称: 值"
        ) from error
    if not isinstance(front, dict):
        raise refuse("front-matter", "文首信息要是 名称: 值 的形式", Span(2, 1), "例如 编号: srdi-2026")
    return front


def _front_problems(front: dict[str, Any], lines: list[str]) -> list[Problem]:
    found = [
        Problem("front-matter", f"文首信息缺少 {key}", f"补一行 {key}: …", _front_span(key, lines))
        for key in REQUIRED
        if front.get(key) in (None, "")
    ]
    for key in ("施行", "失效"):
        value = front.get(key)
        if value is not None and not isinstance(value, date):
            span = _front_span(key, lines)
            found.append(Problem("date", f"{key} 应为日期,读到 {value!r}", "写成 YYYY-MM-DD", span))
    for key, known in (("层级", LEVELS), ("标记", MARKS)):
        value = front.get(key)
        if value not in (*known, None):
            message = f"{key} {value} 不在 {'、'.join(known)} 之内"
            found.append(Problem("front-matter", message, "改成其中之一", _front_span(key, lines)))
    start, end = _day(front.get("施行")), _day(front.get("失效"))
    if start and end and end < start:
        span = _front_span("失效", lines)
        found.append(Problem("date", f"失效 {end} 早于施行 {start}", "核对两个日期", span))
    return found


def _front_span(key: str, lines: list[str]) -> Span:
    """The line of the front matter that says the key, or its first line when no line does."""
    for at, line in enumerate(lines[1:], 2):
        if line.strip() == "---":
            break
        if line.partition(":")[0].strip() == key:
            return Span(at, 1, max(len(line), 1))
    return Span(1, 1, 3)


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


def _applications(front: dict[str, Any]) -> tuple[Application, ...]:
    return tuple(
        Application(
            str(entry["事项"]), entry.get("自"), entry.get("至"), entry.get("依据", ""), entry.get("说明", "")
        )
        for entry in front.get("适用", ())
    )


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None


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
        start=_day(front.get("施行")),
        end=_day(front.get("失效")),
        replaces=(replaces,) if isinstance(replaces, str) else tuple(replaces),
        address=str(front.get("地址", "")),
        mark=str(front.get("标记", "")),
        owner=str(front.get("责任", "")),
        family=str(front.get("系列", front.get("编号", name))),
        region=str(front.get("地域", "")),
        applications=_applications(front),
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
