"""What the live panel of the policy page shows: problems, reading, impact, golden cases, checks."""

from typing import Any

from sanfu.enterprise.benefits.describe import clause_tree, money
from sanfu.enterprise.benefits.editing import split_parts
from sanfu.enterprise.benefits.policies import Policy
from sanfu.enterprise.benefits.trial import Effect, Impact, impact, look
from sanfu.kernel.rules.language.problems import ERROR, WARNING, Problem
from sanfu.web.request import Request

TONES = {ERROR: "danger", WARNING: "warn"}


def trial_context(request: Request, base: Policy, text: str) -> dict[str, Any]:
    """Everything the panel shows about a text; no effect is computed while the text has errors."""
    region, day = request.actor.region, request.today
    seen = look(region, base.id, text, day)
    found = impact(base, seen.document, region, day) if base.own else None
    return {
        "seen": seen,
        "errors": [_problem(p, text) for p in seen.errors],
        "others": [_problem(p, text) for p in seen.found if p.severity != ERROR],
        "trees": [{"id": c.id, "title": c.title, "nodes": clause_tree(c)} for c in seen.document.clauses],
        "effects": [_effect(e, found) for e in found.effects] if found and not seen.document.problems else [],
        "more": signed(found.more) if found else "",
        "golden": seen.golden,
        "broken": [g for g in seen.golden if not g.ok],
        "changed": text != base.document.source,
    }


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
        "message": problem.message,
        "instead": problem.instead,
        "tone": TONES.get(problem.severity, "info"),
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
