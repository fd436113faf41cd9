"""What the live panel of the policy page shows: problems, reading, impact, golden cases, checks."""

from typing import Any

from sanfu.enterprise.benefits.describe import clause_tree, money
from sanfu.enterprise.benefits.editing import split_parts
from sanfu.enterprise.benefits.policies import Policy
from sanfu.enterprise.benefits.trial import Effect, Impact, impact, look
from sanfu.kernel.rules.language.problems import ERROR, Problem
from sanfu.kernel.rules.reading.document import Document
from sanfu.web.components.text import well_set
from sanfu.web.request import Request


def trial_context(
    request: Request, base: Policy | None, text: str, golden: str | None = None, whole: bool = False
) -> dict[str, Any]:
    """Everything the panel shows about a text; no effect is computed while the text has errors.

    `base`: the policy in force, or None for a new one; `golden`: 标准例 as typed (None: those in force); `whole`:
    the panel stands beside the whole document, so that places can be jumped to.
    """
    region, day = request.actor.region, request.today
    seen = look(region, base.id if base else "", text, day, golden)
    before = None if base is None or base.written else base
    found = impact(before, seen.document, region, day) if base is None or base.own else None
    return {
        "seen": seen,
        "whole": whole,
        "front": front_lines(seen.document) if whole else [],
        "errors": [_problem(p, text) for p in seen.errors],
        "others": [_problem(p, text) for p in seen.found if p.severity != ERROR],
        "trees": [{"id": c.id, "title": c.title, "nodes": clause_tree(c)} for c in seen.document.clauses],
        "effects": [_effect(e, found) for e in found.effects] if found and not seen.document.problems else [],
        "more": signed(found.more) if found else "",
        "golden": seen.golden,
        "broken": [g for g in seen.golden if not g.ok],
        "changed": before is None or text != before.document.source,
        "openable": {c.id for c in before.document.clauses} if before else set(),
    }


def front_lines(document: Document) -> list[tuple[str, Any]]:
    """文首信息 as it was read."""
    return [
        ("编号", document.id),
        ("标题", document.title),
        ("文号", document.number),
        ("发布机关", document.issuer),
        ("层级", document.level),
        ("施行", document.start),
        ("失效", document.end),
        ("替代", "、".join(document.replaces)),
        ("责任", document.owner),
    ]


def _problem(problem: Problem, text: str) -> dict[str, Any]:
    lines = text.split("\n")
    at = problem.span.line
    line = lines[at - 1] if 1 <= at <= len(lines) else ""
    start = max(problem.span.column - 1, 0)
    block = next((p for p in split_parts(text) if p.is_rule and p.line <= at <= p.last_line), None)
    place = f"第{at}行第{problem.span.column}列" if at else "全文"
    if block is not None and block.block is not None:
        place += f"（规则块{block.block + 1}第{at - block.line + 1}行）"
    return {
        "place": place,
        "at": at,
        "column": problem.span.column,
        "message": well_set(problem.message),
        "instead": well_set(problem.instead),
        "tone": problem.severity.tone,
        "severity": problem.severity,
        "line": line if problem.severity == ERROR else "",
        "spans": [(start, min(start + max(problem.span.length, 1), len(line)), "这里")]
        if start < len(line)
        else [],
    }


def _effect(effect: Effect, found: Impact) -> dict[str, Any]:
    before, after = effect.before, effect.after
    points = effect.points

    def worth(total: int) -> str:
        return f"{total / 10**4:g}分" if points else money(total)

    names = [
        (one.name, one.id) for one in (found.city.profiles[row] for row in (after.hits if after else ())[:3])
    ]
    return {
        "clause": effect.clause,
        "before": len(before.hits) if before else 0,
        "after": len(after.hits) if after else 0,
        "unknown": len(after.unknown) if after else 0,
        "near": len(after.near) if after else 0,
        "worth": worth(after.total if after else 0),
        "more": signed(effect.more) if not points else f"{effect.more / 10**4:+g}分",
        "won": found.names(effect.won),
        "lost": found.names(effect.lost),
        "won_count": len(effect.won),
        "lost_count": len(effect.lost),
        "names": names,
    }


def signed(fen: int) -> str:
    """+30万元, −10万元, or 不变."""
    if not fen:
        return "不变"
    return ("+" if fen > 0 else "−") + money(abs(fen))
