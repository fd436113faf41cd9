"""Grades (分档): quotas of whole firms, ties at the line, distance to the line, and what input error would change."""

import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext

from sanfu.kernel.land.scoring.engine import PRECISION, Line, Score
from sanfu.kernel.land.scoring.schemes import Grades, Rounding, Scheme

_ROUND = {Rounding.FLOOR: ROUND_FLOOR, Rounding.CEILING: ROUND_CEILING, Rounding.HALF_UP: ROUND_HALF_UP}


@dataclass(frozen=True, slots=True)
class Graded:
    """A firm's rank (1 is best) and grade within its set; distances in points to the lines above and below.

    `doubtful`: within the stated input error the grade could be another one.
    """

    score: Score
    rank: int | None
    grade: str
    reason: str = ""
    to_next: Decimal | None = None
    above_line: Decimal | None = None
    doubtful: bool = False


def quotas(grades: Grades, count: int) -> list[int]:
    """How many firms are in the grades up to each one, cumulative: 20 % of 37 by the scheme's rounding."""
    ends = []
    for until in grades.until:
        exact = Decimal(count) * until / 100
        ends.append(int(exact.quantize(Decimal(1), rounding=_ROUND[grades.rounding])))
    return [max(ends[: i + 1]) for i in range(len(ends))] if ends else []


def grade_all(scheme: Scheme, scores: Sequence[Score], error: Decimal = Decimal(0)) -> list[Graded]:
    """Grades of a run, set by set, in the order given. `error`: relative error of every input (0.02 is 2 %).

    Vetoed firms are in the count from which quotas are made, and stand in the last grade after everybody else.
    """
    found: dict[int, Graded] = {}
    for group in scheme.sets:
        mine = [i for i, s in enumerate(scores) if scheme.set_named(s.firm.set) == group]
        found |= _grade_set(scheme, {i: scores[i] for i in mine}, error)
    by_id = {scores[i].firm.id: g for i, g in found.items()}
    return [_following(found[i], by_id) for i in range(len(scores))]


def _grade_set(scheme: Scheme, scores: Mapping[int, Score], error: Decimal) -> dict[int, Graded]:
    names = scheme.grades.names
    ranked = sorted(
        (i for i, s in scores.items() if s.total is not None and not s.vetoes),
        key=lambda i: (-_total(scores[i]), i),
    )
    vetoed = [i for i, s in scores.items() if s.vetoes and s.excluded is None]
    found: dict[int, Graded] = {}
    for i, score in scores.items():
        if score.excluded is not None:
            found[i] = Graded(score, None, score.excluded.grade, score.excluded.name)
        elif score.vetoes:
            found[i] = Graded(
                score, None, names[-1] if names else "", "、".join(v.name for v in score.vetoes)
            )
        elif score.total is None:
            found[i] = Graded(score, None, "", f"缺 {'、'.join(score.missing)}")
    ladder = lines(scheme.grades, [_total(scores[i]) for i in ranked], len(vetoed))
    totals = [-_total(scores[i]) for i in ranked]
    for i in ranked:
        rank = bisect.bisect_left(totals, -_total(scores[i])) + 1
        found[i] = place(scores[i], rank, names, ladder, error, scheme.floor)
    return found


def _total(score: Score) -> Decimal:
    assert score.total is not None
    return score.total


def lines(grades: Grades, totals: Sequence[Decimal], vetoed: int = 0) -> list[Decimal | None]:
    """The score at which each grade begins, best first (None: the grade is empty); the last one begins nowhere.

    With `ties_up` all firms that tie with the last one in the quota are in; otherwise all of them are out.
    """
    found: list[Decimal | None] = []
    for end in quotas(grades, len(totals) + vetoed)[:-1]:
        end = min(end, len(totals))
        if not end:
            found.append(None)
        elif grades.ties_up or end == len(totals) or totals[end] != totals[end - 1]:
            found.append(totals[end - 1])
        else:
            higher = [t for t in totals[:end] if t > totals[end]]
            found.append(min(higher) if higher else None)
    return found


def place(
    score: Score,
    rank: int,
    names: Sequence[str],
    ladder: Sequence[Decimal | None],
    error: Decimal,
    floor: Decimal | None,
) -> Graded:
    """The grade of a total against the lines, with both distances."""
    total = _total(score)
    step = next((i for i, line in enumerate(ladder) if line is not None and total >= line), len(ladder))
    line_above = next((line for line in reversed(ladder[:step]) if line is not None), None)
    line_own = ladder[step] if step < len(ladder) else None
    to_next = line_above - total if line_above is not None else None
    above = total - line_own if line_own is not None else None
    doubtful = False
    if error > 0:
        low, high = interval(score, error, floor)
        doubtful = (line_above is not None and high >= line_above) or (
            line_own is not None and low < line_own
        )
    return Graded(score, rank, names[step] if names else "", "", to_next, above, doubtful)


def interval(score: Score, error: Decimal, floor: Decimal | None) -> tuple[Decimal, Decimal]:
    """Lowest and highest total when every numerator and denominator may be off by `error` (relative)."""
    with localcontext(PRECISION):
        up, down = (1 + error) / (1 - error), (1 - error) / (1 + error)
        low = high = score.bonus
        for line in score.lines:
            ends = sorted(_bounded(line, factor, floor) for factor in (up, down))
            low, high = low + ends[0], high + ends[1]
        return low, high


def _bounded(line: Line, factor: Decimal, floor: Decimal | None) -> Decimal:
    """The score with the raw one scaled, under the cap that was met."""
    if line.score is None:
        return Decimal(0)
    if line.raw is None:
        return line.score
    scaled = line.raw * factor
    if line.note.startswith("封顶"):
        scaled = min(scaled, line.score)
    return max(scaled, floor) if floor is not None else scaled


def _following(graded: Graded, by_id: Mapping[str, Graded]) -> Graded:
    """承租企业跟随宗地主: a tenant takes the grade of the lot's owner when there is one."""
    owner = by_id.get(graded.score.firm.follows)
    if owner is None or owner is graded or not owner.grade:
        return graded
    return Graded(graded.score, graded.rank, owner.grade, f"承租企业跟随宗地主 {owner.score.firm.name}",
                  graded.to_next, graded.above_line, graded.doubtful)  # fmt: skip


def needed(score: Score, gap: Decimal, caps: Mapping[str, Decimal | None]) -> list[tuple[str, Decimal]]:
    """For each indicator alone the value that would close a gap of points; those that a cap stops are left out."""
    with localcontext(PRECISION):
        found = []
        for line in score.lines:
            if line.value is None or line.base is None or not line.weight or line.raw is None:
                continue
            cap = caps.get(line.indicator)
            wanted = max(line.raw, Decimal(0)) + gap
            if cap is None or wanted <= cap * line.weight:
                found.append((line.indicator, wanted * line.base / line.weight))
        return found


def ladders(scheme: Scheme, scores: Sequence[Score]) -> dict[str, list[Decimal | None]]:
    """The scores at which grades begin, by set: what an objection is held against when the rest stands."""
    found = {}
    for group in scheme.sets:
        mine = [s for s in scores if scheme.set_named(s.firm.set) == group]
        totals = sorted((_total(s) for s in mine if s.total is not None and not s.vetoes), reverse=True)
        vetoed = sum(bool(s.vetoes) and s.excluded is None for s in mine)
        found[group] = lines(scheme.grades, totals, vetoed)
    return found
