"""Checks on the rule base itself: what no single sentence shows to be wrong."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sanfu.kernel.rules.engines.plan import Plan, make_plan
from sanfu.kernel.rules.judging.formula import Formula
from sanfu.kernel.rules.language import tree
from sanfu.kernel.rules.language.problems import ERROR, NOTICE, NOWHERE, WARNING, Problem, RuleError, Span
from sanfu.kernel.rules.language.tree import Clause, Node
from sanfu.kernel.rules.reading.document import Document, text_hash
from sanfu.kernel.rules.reading.library import Library

TOO_MANY = 14  # facts in one clause beyond which the search for always/never is not tried
NATIONAL = "国家级"


def check_document(
    document: Document, library: Library, day: date, red_lines: Mapping[str, Any] | None = None
) -> list[Problem]:
    """All findings on one document, in reading order; what the reader found comes first."""
    found = list(document.problems)
    if too_large := list(_too_large(document.clauses, day)):
        return too_large
    found += _basis(document, library, day)
    found += _parameters(document, day)
    found += _hashes(document)
    found += _without_rule(document)
    found += _gaps(document)
    found += _other_clauses(document, library, day)
    for clause in document.clauses:
        found += _logic(clause, day)
    found += _same_test(document, day)
    if red_lines:
        found += _red_lines(document, red_lines)
    return found


def _too_large(clauses: Sequence[Clause], day: date) -> Iterator[Problem]:
    """Clauses whose products could leave 128 bits: no engine may run them, so they never take effect."""
    for clause in clauses:
        try:
            make_plan([clause], day)
        except RuleError as error:
            yield replace(error.problem, clause=clause.id)


def _basis(document: Document, library: Library, day: date) -> Iterator[Problem]:
    """Expired, not yet in force, or replaced by a document in force."""
    span = Span(1, 1, 3)
    if document.end is not None and document.end < day:
        yield Problem("expired", f"文件已于 {document.end} 失效", "下架，或换成现行文件", span, NOTICE)
    if document.start is not None and document.start > day:
        yield Problem("not-yet", f"文件自 {document.start} 起施行，现在还没有效力", "", span, NOTICE)
    for other in library.documents:
        if other.id == document.id or document.number not in other.replaces:
            continue
        if other.start and other.start <= day and document.in_force(day):
            kept = [a.matter for a in document.applications if a.start and a.start >= other.start]
            open_matters = [a for a in document.applications if a.end is None or a.end >= day]
            noted = bool(kept) or all(a.basis or a.note for a in open_matters)
            message = f"已被 {other.number} 自 {other.start} 起取代"
            severity = NOTICE if noted and document.applications else WARNING
            yield Problem(
                "replaced", message, f"改用 {other.number}，或写明仍适用的事项和依据", span, severity
            )


def _parameters(document: Document, day: date) -> Iterator[Problem]:
    if not document.in_force(day):
        return
    for parameter in document.parameters.values():
        if parameter.on(day) is None:
            last = max((v.end for v in parameter.values if v.end), default=None)
            message = f"参数「{parameter.name}」在 {day} 没有值" + (f"，最后到 {last}" if last else "")
            yield Problem("parameter", message, "补一行新的值和起始日", parameter.span, WARNING)


def _hashes(document: Document) -> Iterator[Problem]:
    for clause in document.clauses:
        now = text_hash(clause.text)
        if not clause.text:
            yield Problem(
                "no-text", "规则前面没有条款原文", "把原文写在规则块上面", clause.span, ERROR, clause.id
            )
        elif not clause.text_hash:
            yield Problem("hash", "条款没有记下原文的校验值", f"原文 {now}", clause.span, WARNING, clause.id)
        elif clause.text_hash != now:
            message = "条款原文在写规则之后改过"
            yield Problem("hash", message, f"核对规则后改成 原文 {now}", clause.text_span, ERROR, clause.id)


def _without_rule(document: Document) -> Iterator[Problem]:
    for section in document.sections:
        if section.level >= 2 and section.text and not section.blocks and not section.descriptive:
            message = f"「{section.heading}」下没有规则"
            yield Problem(
                "no-rule", message, "加一个规则块，或用 ```说明 写明这一条不判定", section.span, WARNING
            )


# ---- always, never, gaps


def _logic(clause: Clause, day: date) -> Iterator[Problem]:
    try:
        plan = make_plan([clause], day)
    except RuleError as error:
        yield error.problem
        return
    rule = plan.rules[0]
    parts = [(c.label, index, c.span) for c, index in zip(clause.conditions, rule.conditions, strict=True)]
    for label, index, span in parts:
        outcome = _outcomes(plan, index)
        if outcome == {False}:
            message = f"条件「{label}」永远不成立"
            yield Problem("never", message, "检查界限是不是写反了", span, ERROR, clause.id)
        elif outcome == {True} and clause.conditions:
            message = f"条件「{label}」永远成立"
            yield Problem("always", message, "删去，或检查界限", span, WARNING, clause.id)
    alone = any(_outcomes(plan, index) == {False} for _, index, _ in parts)
    if len(parts) > 1 and not alone and _outcomes(plan, rule.test) == {False}:
        message = f"各条件合在一起永远不成立{_clash(plan, parts)}"
        yield Problem("never", message, "检查互相矛盾的界限", clause.span, ERROR, clause.id)


def _clash(plan: Plan, parts: list[tuple[str, int, Span]]) -> str:
    for i, (one, a, _) in enumerate(parts):
        for other, b, _ in parts[i + 1 :]:
            if _outcomes(plan, plan.core.join(True, [a, b])) == {False}:
                return f":「{one}」与「{other}」矛盾"
    return ""


def _outcomes(plan: Plan, index: int) -> set[bool | None]:
    """Values the condition can take over all facts; empty when there are too many to try."""
    formula = Formula(plan.core, index)
    variables = formula.variables()
    if len(variables) > TOO_MANY:
        return set()
    return formula.outcomes({}, variables)


def _gaps(document: Document) -> Iterator[Problem]:
    """> k beside < k with nothing for k itself; ≥ k beside ≤ k in different rows."""
    tests: dict[tuple[str, str], dict[str, Span]] = {}
    for node in _all_nodes(document):
        if not isinstance(node, tree.Compare) or not isinstance(node.right, tree.Literal):
            continue
        left = node.left
        if isinstance(left, tree.Column):
            tests.setdefault((left.key, str(node.right.value)), {}).setdefault(node.op, node.span)
    for (key, _), ops in tests.items():
        if {">", "<"} <= ops.keys() and not ops.keys() & {"≥", "≤", "="}:
            message = f"{key} 恰好等于这个数时两边都不算(一处用大于，一处用小于)"
            yield Problem("gap", message, "把其中一处改成 不低于 或 不超过", ops[">"], WARNING)


def _all_nodes(document: Document) -> Iterator[Node]:
    seen: set[int] = set()
    roots: list[Node] = [n for clause in document.clauses for n in clause.nodes]
    for root in [*roots, *document.definitions.values()]:
        for node in tree.walk(root):
            if id(node) not in seen:
                seen.add(id(node))
                yield node


# ---- rules that contradict each other


def _other_clauses(document: Document, library: Library, day: date) -> Iterator[Problem]:
    """Clause ids used twice, references to clauses that do not exist, matters governed twice on one day."""
    others = {c.id: d for d, c in library.clauses() if d.id != document.id}
    known = others.keys() | {c.id for c in document.clauses}
    for clause in document.clauses:
        if clause.id in others:
            message = f"条款编号 {clause.id} 在 {others[clause.id].title} 里也有"
            yield Problem("duplicate", message, "换一个编号", clause.span, ERROR, clause.id)
        for rival in clause.conflicts:
            if rival not in known:
                yield Problem(
                    "unknown-clause",
                    f"不同享 指向不存在的条款 {rival}",
                    "写对条款编号",
                    clause.span,
                    ERROR,
                    clause.id,
                )
    for entry in document.applications:
        rivals = [d for d, _ in library.governing(entry.matter, day, document.family) if d.id != document.id]
        mine = [d for d, _ in library.governing(entry.matter, day, document.family) if d.id == document.id]
        for other in rivals if mine else []:
            message = f"{day} 这一天，事项「{entry.matter}」同时归 {other.number} 管"
            yield Problem("conflict", message, "给其中一份写明适用的起止日", Span(1, 1, 3), ERROR)


def _same_test(document: Document, day: date) -> Iterator[Problem]:
    """Two clauses with the very same conditions and different amounts, without 互斥 or 不同享."""
    paying = [c for c in document.clauses if c.amount is not None and c.conditions]
    try:
        plan = make_plan(paying, day)
    except RuleError:
        return
    for i, (one, rule) in enumerate(zip(paying, plan.rules, strict=True)):
        for other, twin in zip(paying[i + 1 :], plan.rules[i + 1 :], strict=True):
            apart = (
                set(one.groups) & set(other.groups) or other.id in one.conflicts or one.id in other.conflicts
            )
            if rule.test == twin.test and rule.amount != twin.amount and not apart:
                message = f"与条款 {one.id} 条件完全相同而金额不同"
                yield Problem(
                    "contradiction", message, "写明 互斥 组，或合并成一条", other.span, WARNING, other.id
                )


# ---- 公平竞争审查


def _red_lines(document: Document, red_lines: Mapping[str, Any]) -> Iterator[Problem]:
    """Local documents only; points at the words themselves."""
    if document.level == NATIONAL:
        return
    lines = document.source.splitlines()
    for line in red_lines["红线"]:
        for pattern in line["写法"]:
            yield from _matches(lines, re.compile(pattern), line, red_lines["依据"])


def _matches(
    lines: list[str], pattern: re.Pattern[str], line: Mapping[str, Any], basis: str
) -> Iterator[Problem]:
    for number, text in enumerate(lines, 1):
        for found in pattern.finditer(text):
            span = Span(number, found.start() + 1, found.end() - found.start())
            message = (
                f"触及公平竞争红线「{line['名称']}」：{line['问题']}(“{found.group()}”，{basis}{line['条']})"
            )
            yield Problem("red-line", message, line["改为"], span, ERROR)


def worst(problems: Iterable[Problem]) -> str:
    """错误, 警告, 提示 or nothing."""
    severities = {p.severity for p in problems}
    return next((s for s in (ERROR, WARNING, NOTICE) if s in severities), "")


__all__ = ["NOWHERE", "check_document", "worst"]
