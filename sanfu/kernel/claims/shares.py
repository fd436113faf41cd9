"""Shares and rates judged (占比): of a figure given, of counts that the sentence or the facts tell.

One principle: a number is wrong only where no pair of part and whole that the words allow makes it, right where the
nearest pair does; where only a farther pair makes it nothing is said.
"""

import re
from collections.abc import Sequence
from fractions import Fraction

from sanfu.kernel.claims.changes import of_ratio
from sanfu.kernel.claims.facts import Facts, Reading, about, likeness, newest
from sanfu.kernel.claims.levels import completion, level
from sanfu.kernel.claims.naming import of_its_month
from sanfu.kernel.claims.numbers import Kind, Quantity
from sanfu.kernel.claims.roles import Claim
from sanfu.kernel.claims.units import comparable
from sanfu.kernel.claims.verdicts import Judged, Verdict, percent, plainly

_WHOLE = ("合计", "总", "应", "全部", "受理", "全年", "共")
_OF = re.compile(r"(?:占比|比重|占到|占|份额)(?P<whole>[^，,。；;、\d]{2,14}?)的?$")
_BESIDE = re.compile(r"\)?[，,、\s]*")
_NAMED_PART = re.compile(
    r"^[，,、；;和及]*(?:其中|其|又以|以)?[，,]?(?P<part>[\u4e00-\u9fff]{2,12}?)(?:的)?(?:占比|比重|占到|占|份额)"
)
_EVERYTHING = re.compile("全[部市县区镇省国社会]+|总[量数体额]?|其中?|比重?|了|整个")


def share(claim: Claim, facts: Facts, earlier: Sequence[Quantity]) -> Judged | None:
    """Judge 占65%: a share that the facts give, or of two counts."""
    if found := _of_given_share(claim, facts):
        return found
    if any(r.rate and likeness(r.name, claim.local) >= 20 for r in facts.readings):
        return level(claim, facts)
    pairs = _pairs(claim, facts, [q for q in earlier if q.kind is Kind.PLAIN])
    if not pairs:
        return level(claim, facts) if facts else None
    return _of_pairs(claim.quantity, pairs)


def _of_pairs(one: Quantity, pairs: Sequence[tuple[Fraction, Fraction]]) -> Judged | None:
    """The verdict of the nearest pair; none where another pair that the words allow makes the number."""
    judged = [_of_counts(one, pair) for pair in pairs]
    if judged[0].verdict is Verdict.WRONG and any(other.verdict is not Verdict.WRONG for other in judged):
        return None
    return judged[0]


def _pairs(claim: Claim, facts: Facts, counts: Sequence[Quantity]) -> list[tuple[Fraction, Fraction]]:
    """Part and whole as the words allow them, the nearest first; the part of a share is never above its whole."""
    begin = claim.sentence.rfind("占")
    before, behind = [q for q in counts if q.start < begin], [q for q in counts if q.start > begin]
    if begin < 0 or "%" in claim.sentence[begin:]:  # 甲类占28%、乙类18%: the part is named, not told
        before, behind = list(counts), []
    known = [
        r for r in facts.readings if not r.rate and not r.is_target and r.label not in ("before", "after")
    ]
    beside = before and begin > 0 and _BESIDE.fullmatch(claim.sentence[before[-1].right : begin])
    given = _part_and_whole(claim, facts)
    if beside:
        found = _of_told_part(claim, known, before, behind)
        found = found or [one for one in (given,) if one and one[0] == before[-1].size]
    elif given is not None:
        found = [given, *((given[0], q.size) for q in before)]
    else:
        found = [one for one in (_told_counts(counts),) if one and not facts]
    under = claim.quantity.value < 1
    return [(part, whole) for part, whole in found if whole > 0 and (part < whole or not under)]


def _of_told_part(
    claim: Claim, known: Sequence[Reading], before: Sequence[Quantity], behind: Sequence[Quantity]
) -> list[tuple[Fraction, Fraction]]:
    """The count right before 占 with its whole: told behind 占, named there, else a larger count told before."""
    part = before[-1]
    wholes = [q.size for q in behind[-1:]]
    wholes = wholes or _named_wholes(claim, [r for r in known if comparable(r.unit, part.unit)], part.size)
    if not wholes and not _names_a_whole(claim):
        wholes = sorted((q.size for q in before[:-1] if comparable(q.unit, part.unit)), reverse=True)
    return [(part.size, whole) for whole in wholes]


def _names_a_whole(claim: Claim) -> bool:
    """Do the words name what the share is of: 占应复垦面积的, and not 占全市总量的?"""
    found = _OF.search(claim.sentence)
    return bool(found and len(_EVERYTHING.sub("", found.group("whole"))) > 1 and found.group().endswith("的"))


def _named_wholes(claim: Claim, known: Sequence[Reading], part: Fraction) -> list[Fraction]:
    found = _OF.search(claim.sentence)
    near = about(known, found.group("whole")) if found and _names_a_whole(claim) else []
    return [r.value for r in near if r.value != part or len(near) == 1]


def _of_given_share(claim: Claim, facts: Facts) -> Judged | None:
    clauses = [
        one for one in reversed(re.split("(?<!\\d)[，,；;]|[，,；;](?!\\d)", claim.sentence)) if one.strip()
    ]
    shares = about(facts.shares, claim.local, *clauses) if facts.shares else []
    if len({one.name for one in shares}) > 1:  # 占总受理量的72% tells no channel: the clause before it does
        nearer = (about(shares, clause) for clause in clauses)
        shares = next((some for some in nearer if len({one.name for one in some}) == 1), shares)
    reading = newest(of_its_month(shares, claim.when, claim.sentence, inherit=True, latest=facts.latest))
    if reading is None:
        return None
    return of_ratio(claim.quantity, reading.value, f"{reading.name}占{percent(reading.value, 2)}%")


def _of_counts(one: Quantity, pair: tuple[Fraction, Fraction]) -> Judged:
    part, whole = pair
    return of_ratio(one, part / whole, f"{plainly(part)}÷{plainly(whole)}＝{percent(part / whole, 2)}%")


def _part_and_whole(claim: Claim, facts: Facts) -> tuple[Fraction, Fraction] | None:
    counts = [
        r for r in facts.readings if not r.rate and not r.is_target and r.label not in ("before", "after")
    ]
    if len(counts) < 2:
        return None
    named = _NAMED_PART.search(claim.local)
    near = about(counts, claim.local, *(() if named else (claim.sentence,)))
    part = near[-1] if len(near) == 1 else None
    wholes = [
        r
        for r in counts
        if (r is not part and r.name.startswith(_WHOLE)) or r.name.endswith(("合计", "总数", "总量"))
    ]
    if part is None or part in wholes:
        part = next((r for r in near if r not in wholes), None)
    if part is None:
        return None
    rest = [r for r in wholes if r is not part] or [r for r in counts if r is not part]
    whole = max(rest, key=lambda r: r.value, default=None)
    return (part.value, whole.value) if whole is not None and whole.value > 0 else None


def _told_counts(earlier: Sequence[Quantity]) -> tuple[Fraction, Fraction] | None:
    """The last count of the sentence as part of the largest one of its unit before it."""
    counts = [q for q in earlier if q.kind is Kind.PLAIN]
    if len(counts) < 2:
        return None
    part = counts[-1]
    wholes = [q for q in counts[:-1] if comparable(q.unit, part.unit) and q.size >= part.size]
    whole = max(wholes, key=lambda q: q.size, default=None)
    return (part.size, whole.size) if whole is not None and whole.size > 0 else None


_RATE_NAME = re.compile(r"([^，,。；;、\d的]{1,10}?)(?:率|进度)(?:为|达到|达|是|约|：|:|保持在|稳定在|仅)?$")


def rate(claim: Claim, facts: Facts, earlier: Sequence[Quantity]) -> Judged | None:
    """Judge 按时办结率95% where only the counts are known: what the rate is named after ÷ the other count."""
    found = _RATE_NAME.search(re.split(r"[，,、]", claim.sentence)[-1])
    if found is None or claim.quantity.kind is not Kind.PERCENT:
        return None
    stem = found.group(1)
    if stem.endswith("完成") and any(r.is_target for r in facts.readings):
        return completion(claim, facts, earlier)
    counts = [
        r for r in facts.readings if not r.rate and not r.is_target and r.label not in ("before", "after")
    ]
    top = [
        r
        for r in counts
        if stem.endswith(r.name) or r.name.endswith(stem) or likeness(r.name, stem) >= 10 * len(stem)
    ]
    if top:
        part = max(top, key=lambda r: likeness(r.name, stem) - 5 * r.name.startswith(_WHOLE))
        rest = [r for r in counts if r is not part and r.value > 0]
        rest = rest or [
            r for r in facts.readings if r.is_target and r.value > 0
        ]  # 完工率: of what was planned
        rest = [r for r in rest if comparable(r.unit, part.unit)] or rest
        if rest:
            whole = max(rest, key=lambda r: (r.name.startswith(_WHOLE), r.value))
            judged = [_of_counts(claim.quantity, (part.value, r.value)) for r in (whole, *rest)]
            return next((one for one in judged if one.verdict is Verdict.OK), judged[0])
    told = _told_counts(earlier)
    if facts or told is None:
        return None
    return _of_counts(claim.quantity, told)
