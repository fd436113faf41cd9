"""From stored rows to the kernel and back: one run, or one firm of it computed again alone."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sanfu.kernel.land.scoring.engine import Firm, Line, Score, score_one
from sanfu.kernel.land.scoring.grading import Graded, place
from sanfu.kernel.land.scoring.reading import read_scheme
from sanfu.kernel.land.scoring.schemes import Scheme
from sanfu.projects.scoring.content import headings
from sanfu.projects.scoring.models import ScoredFirm, ScoringRun
from sanfu.records.actor import Refused


def scheme_of(run: ScoringRun) -> Scheme:
    """The scheme that the run froze."""
    return read_scheme(run.scheme, headings())


def as_row(firm: Firm) -> dict[str, Any]:
    """A firm's facts as JSON."""
    return {
        "facts": {k: None if v is None else str(v) for k, v in firm.facts.items()},
        "values": {k: None if v is None else str(v) for k, v in firm.values.items()},
        "days": {k: v.isoformat() for k, v in firm.days.items()},
        "flags": dict(firm.flags), "bonus": str(firm.bonus), "follows": firm.follows,
    }  # fmt: skip


def as_firm(row: ScoredFirm, changes: Mapping[str, str] | None = None) -> Firm:
    """The firm of a row, with figures changed by name (facts or indicator values). Refused when one is no number."""
    kept = row.facts
    facts, values = dict(kept["facts"]), dict(kept["values"])
    for name, figure in (changes or {}).items():
        target = facts if name in facts or name not in values else values
        try:
            target[name] = str(Decimal(figure))
        except InvalidOperation:
            raise Refused(f"{name}“{figure}”不是数，请核对。") from None
    return Firm(
        row.code, row.name, row.set, _figures(facts), _figures(values),
        {k: date.fromisoformat(v) for k, v in kept["days"].items()}, kept["flags"], row.district,
        Decimal(kept["bonus"]), kept["follows"],
    )  # fmt: skip


def _figures(raw: Mapping[str, str | None]) -> dict[str, Decimal | None]:
    return {k: None if v is None else Decimal(v) for k, v in raw.items()}


def line_row(line: Line) -> dict[str, Any]:
    """One line as text, so that nothing is rounded."""
    return {name: None if (v := getattr(line, name)) is None else str(v) for name in line.__slots__}


def rerun(row: ScoredFirm, changes: Mapping[str, str]) -> Graded:
    """One firm again with other figures; means and lines of the run stand as they were."""
    run = row.run
    scheme = scheme_of(run)
    means = {k: Decimal(v) for k, v in run.means.items()}
    score = score_one(scheme, as_firm(row, changes), None, means or {"": Decimal(0)})
    if score.total is None or score.vetoes:
        return Graded(score, None, row.grade if score.vetoes else "", "、".join(score.missing))
    ladder = [None if x is None else Decimal(x) for x in run.ladder.get(row.set, [])]
    better = (
        run.firms.filter(set=row.set, rank__isnull=False, total__gt=score.total).exclude(id=row.id).count()
    )
    return place(score, better + 1, scheme.grades.names, ladder, run.error, scheme.floor)


def told(score: Score, grade: str, rank: int | None) -> dict[str, Any]:
    """What an objection keeps of a result."""
    return {
        "total": None if score.total is None else str(score.total), "grade": grade, "rank": rank,
        "lines": [line_row(line) for line in score.lines],
    }  # fmt: skip
