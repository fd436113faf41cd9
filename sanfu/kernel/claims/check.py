"""A text checked (核数): every number confirmed, wrong, in doubt, or listed as 未核; and the text with what is wrong put right."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sanfu.kernel.claims.bases import Base, base_of, between, newest_two, reading_of, step_of
from sanfu.kernel.claims.changes import change, growth, ratio, result
from sanfu.kernel.claims.facts import Facts, Reading, about, facts_of, likeness
from sanfu.kernel.claims.grammar import sentences
from sanfu.kernel.claims.levels import completion, level, mean, pooled, within
from sanfu.kernel.claims.naming import convicts, other_of_its_kind
from sanfu.kernel.claims.numbers import Fit, Kind, Quantity, fits, plain, quantities
from sanfu.kernel.claims.progress import CALENDAR, abreast, ahead
from sanfu.kernel.claims.repeats import (
    apart,
    base_of_sum,
    own_value,
    remainder,
    restated,
    sum_of,
    together,
    told_aim,
)
from sanfu.kernel.claims.roles import Claim, Cue, Role, Sentence
from sanfu.kernel.claims.shares import rate, share
from sanfu.kernel.claims.tables import of_tables
from sanfu.kernel.claims.verdicts import Judged, Verdict, as_stated, percent
from sanfu.kernel.claims.wholes import exceeded, hundred, place, sums, turn


@dataclass(frozen=True, slots=True)
class Report:
    """A checked text: what each number comes to, in order, the verdict of all, the text put right."""

    verdict: Verdict
    numbers: tuple[Judged, ...]
    corrected: str | None

    def of(self, verdict: Verdict) -> list[Judged]:
        return [one for one in self.numbers if one.verdict is verdict]


def check(text: str, facts: Iterable[Mapping[str, Any]] | Facts = ()) -> Report:
    """Check every number of a text against facts, and the numbers of the text against each other."""
    given = facts if isinstance(facts, Facts) else facts_of(facts)
    found: list[Judged] = []
    subject = ""
    for sentence in sentences(plain(text)):
        judged = _sentence(sentence, given, subject)
        subject = sentence.text if sentence.claims else subject
        for one in judged:
            one.start, one.end = one.start + sentence.offset, one.end + sentence.offset
        found += judged
    found = _merged(found, of_tables(plain(text)))
    found.sort(key=lambda one: (one.start, one.end))
    return Report(overall(found), tuple(found), _corrected(text, found))


def overall(found: Sequence[Judged]) -> Verdict:
    """One wrong number makes a text wrong; without any judged number nothing is confirmed."""
    verdicts = {one.verdict for one in found}
    for verdict in (Verdict.WRONG, Verdict.AMBIGUOUS, Verdict.OK):
        if verdict in verdicts:
            return verdict
    return Verdict.UNCHECKED


def _corrected(text: str, found: Sequence[Judged]) -> str | None:
    """The text with only the wrong numbers replaced; None when nothing can be replaced for sure."""
    changed, out, place_ = False, [], 0
    for one in found:
        if one.verdict is Verdict.OK or one.replacement is None or one.start < place_:
            continue
        out += [text[place_ : one.start], one.replacement]
        place_, changed = one.end, True
    return "".join([*out, text[place_:]]) if changed else None


def _sentence(sentence: Sentence, facts: Facts, subject: str) -> list[Judged]:
    found = []
    earlier: list[Quantity] = []
    for claim in sentence.claims:
        judged = _claim(claim, facts, earlier, subject)
        found.append(judged or result(claim.quantity, Verdict.UNCHECKED, "没有可对照的依据，未核。"))
        earlier.append(claim.quantity)
    for cue in sentence.cues:
        found.append(_cue(cue, facts, subject, sentence.claims))
    return _merged(
        found, sums(sentence.text, sentence.claims, facts) + hundred(sentence.claims, sentence.text)
    )


def _merged(found: list[Judged], wholes: list[Judged]) -> list[Judged]:
    """What parts say of a number counts where nothing else did, and always when they do not add up."""
    for whole in wholes:
        own = next((one for one in found if one.start == whole.start and one.end == whole.end), None)
        if own is None:
            found.append(whole)
        elif own.verdict is Verdict.UNCHECKED or (
            whole.verdict is Verdict.WRONG and own.verdict is not Verdict.WRONG
        ):
            found[found.index(own)] = whole
    return found


def _claim(claim: Claim, facts: Facts, earlier: Sequence[Quantity], subject: str) -> Judged | None:
    """Judge one number by its role."""
    role = claim.role
    if role in (Role.BEFORE, Role.AFTER):
        return _end_of_pair(claim, facts)
    if said := restated(claim, earlier):
        return said
    if aim := told_aim(claim, facts):
        return aim
    if role is Role.SHARE:
        return together(claim, earlier) or share(claim, facts, earlier)
    if role is Role.COMPLETE:
        return completion(claim, facts, earlier)
    if role is Role.RANGE:
        return within(claim, facts)
    if role is Role.AVERAGE:
        same = level(claim, facts)
        return same if same and same.verdict is Verdict.OK else mean(claim, facts, earlier)
    if role is Role.LEVEL:
        return _level(claim, facts, earlier)
    if claim.quantity.unit.name == "位" and not any(
        r.name.endswith(("排名", "位次", "名次")) for r in facts.readings
    ):
        return None  # 前移两位: one table of places does not tell where it stood before
    if CALENDAR.search(claim.of):
        return ahead(claim, facts, earlier)
    if facts.rankings and (gap := apart(claim, facts)):
        return gap
    return _beside_points(_changed(claim, facts, subject, earlier), claim, earlier)


def _beside_points(judged: Judged | None, claim: Claim, earlier: Sequence[Quantity]) -> Judged | None:
    """提高8个百分点，增幅10%: behind its points the relative change of a rate is said as what it is."""
    told = any(one.kind is Kind.POINTS for one in earlier) and re.search("[增降减涨]幅|相对", claim.local)
    if judged and told and judged.verdict is Verdict.AMBIGUOUS and judged.why.startswith("相对变化是"):
        return result(claim.quantity, Verdict.OK, judged.why.partition("，")[0] + "。")
    return judged


def _level(claim: Claim, facts: Facts, earlier: Sequence[Quantity]) -> Judged | None:
    same = pooled(claim, facts) or sum_of(claim, [*quantities(claim.lead), *earlier]) or level(claim, facts)
    if same is None or same.verdict is not Verdict.OK:
        left = remainder(claim, facts, earlier)
        if left and (left.verdict is Verdict.OK or same is None):
            return left
        if any(claim.quantity.text in one.name for one in (*facts.readings, *facts.shares)):
            return None  # 按时办结率超95%的镇: a threshold that is part of the name of a figure
    return same or _as_share(claim, facts) or rate(claim, facts, earlier) or own_value(claim, facts)


def _as_share(claim: Claim, facts: Facts) -> Judged | None:
    """A level such as 近九成诉求 may be a share that the facts give."""
    return (
        share(claim, facts, ())
        if facts.shares and claim.quantity.kind.value in ("percent", "fraction")
        else None
    )


def _end_of_pair(claim: Claim, facts: Facts) -> Judged | None:
    label = claim.role.value
    return level(claim, facts, label)


def _told_speed(claim: Claim, facts: Facts) -> Judged | None:
    """下降3.2% may repeat a growth rate that the facts give."""
    one = claim.quantity
    if one.kind is not Kind.PERCENT:
        return None
    speeds = about([r for r in facts.readings if r.rate and SPEED.search(r.name)], claim.local)
    for reading in speeds:
        if fits(_speed(reading) * claim.sign * (-1 if one.value < 0 else 1), one, abs(one.value)) is Fit.YES:
            return result(one, Verdict.OK, f"与依据一致：{reading.name}{one.text}。")
    named = [r for r in speeds if (stem := SPEED.sub("", r.name)) and stem in claim.sentence]
    if (
        len(named) != 1
        or not claim.relation
        or any(SPEED.sub("", named[0].name) == r.name for r in facts.readings)
    ):
        return None
    value = _speed(named[0])
    expected = as_stated(abs(value), one)
    turned = value * claim.sign * one.value < 0
    why = f"依据是{named[0].name}{percent(value, 2)}%，文中写{one.text}{'，方向相反' if turned else ''}。"
    return result(one, Verdict.WRONG, why, expected, None if turned else expected)


SPEED = re.compile("(?:同比|环比)?(?:增速|增幅|降幅|跌幅|涨幅)$|(?:同比|环比)(?:增长|下降)?$")


def _speed(reading: Reading) -> Fraction:
    """A growth rate with its sign: a 降幅 is told as a positive number."""
    falls = reading.name.endswith(("降幅", "跌幅", "下降"))
    return -abs(reading.value) if falls else reading.value


def _changed(claim: Claim, facts: Facts, subject: str, earlier: Sequence[Quantity] = ()) -> Judged | None:
    if claim.role is Role.CHANGE and (told := _told_speed(claim, facts)):
        return told
    if both := base_of_sum(claim, facts):
        return change(claim, both) if both.before else None
    base = between(facts, claim.sentence, claim.of) if claim.of else None
    if claim.leg[1]:
        base = step_of(facts, claim.leg, claim.sentence, subject)
    base = base or base_of(
        facts, claim.local, claim.sentence, claim.relation or _relation(claim.of), claim.pair, subject,
        claim.quantity,
    )  # fmt: skip
    if claim.role is Role.GROWTH:
        return _of_this_figure(growth(claim, base, claim.sentence), claim, base, subject)
    if claim.role is Role.RATIO:
        return _of_this_figure(ratio(claim, base), claim, base, subject)
    judged = change(claim, base)
    if _value_before_it(claim, base, earlier):
        return _other_relation(claim, facts, judged, subject)
    if _of_this_figure(judged, claim, base, subject) is None:
        return None
    if judged.verdict is Verdict.AMBIGUOUS and base.before is None and not facts:
        return None
    return _other_relation(claim, facts, judged, subject)


def _of_this_figure(judged: Judged, claim: Claim, base: Base, subject: str) -> Judged | None:
    """The verdict, but none where the change of another figure would convict the number, or vouch for a sister's."""
    if base.told or base.before is None or base.after is None or (claim.pair and _tells(claim.pair, base)):
        return judged
    name, text = base.after.name, claim.sentence + claim.behind
    if judged.verdict is Verdict.OK and not other_of_its_kind(name, text):
        return judged
    return judged if convicts(name, claim.sentence, claim.behind, subject) else None


def _value_before_it(claim: Claim, base: Base, earlier: Sequence[Quantity]) -> bool:
    """揽收包裹63万件，比4月多了26%: does the present value of the figure, in its unit, stand right before the change?"""
    if base.before is None or base.after is None or not earlier or claim.pair or claim.of:
        return False
    said, name = earlier[-1], base.after.name
    same = said.kind is Kind.PLAIN and bool(said.unit.name) and said.unit.name == base.after.unit.name
    short = bool(re.fullmatch(r"[，,](?:比|较|同比|环比)[^，,。；;]{0,9}", claim.local))
    return same and short and said.size == base.after.value and likeness(name, claim.sentence) >= 20


def _tells(pair: tuple[Quantity, Quantity], base: Base) -> bool:
    """Does the sentence itself tell both values that the facts give?"""
    ends = zip(pair, (base.before, base.after), strict=True)
    return all(r is not None and reading_of(one, "").value == r.value for one, r in ends)


def _relation(of: str) -> str:
    """上年, 去年同期, 2020年 behind 是…的: the words that name the base of a multiple."""
    if re.search("年[初末底]", of):
        return f"比{of}"
    if any(word in of for word in ("上年", "去年")):
        return "同比"
    if any(word in of for word in ("上月", "上季")):
        return "环比"
    return f"比{of}" if any(sign.isdigit() for sign in of) else ""


def _other_relation(claim: Claim, facts: Facts, judged: Judged, subject: str) -> Judged:
    """Name it when a wrong 同比 is in truth the 环比, or the other way round."""
    if judged.verdict is not Verdict.WRONG or claim.relation not in ("同比", "环比"):
        return judged
    other = "环比" if claim.relation == "同比" else "同比"
    swapped = change(claim, base_of(facts, claim.local, claim.sentence, other, None, subject))
    if swapped.verdict is Verdict.OK:
        judged.why += f"文中的{claim.quantity.text}是{other}。"
    return judged


def _cue(cue: Cue, facts: Facts, subject: str, claims: Sequence[Claim]) -> Judged:
    if cue.kind in ("place", "among", "highest", "lowest"):
        return place(cue, facts)
    if cue.kind == "exceeded":
        return exceeded(cue, facts)
    told = cue.sentence[: cue.end]
    if cue.kind == "flat" and CALENDAR.search(cue.local):
        return abreast(cue, facts, [c.quantity for c in claims if c.quantity.end <= cue.start])
    if cue.kind == "flat" and facts.shares and re.search("占比|比重|份额", cue.local):
        facts = Facts(facts.shares)  # 这一比重与上年同期持平: the share and not what it is a share of
    base: Base = base_of(facts, cue.local, told, cue.relation, cue.pair, subject)
    if cue.kind == "turn" and base.before is None:
        base = newest_two(facts, cue.local, told, subject) or base
    if base.before is None and (cue.kind == "positive" or (cue.kind == "moved" and not facts)):
        return Judged(cue.start, cue.end, cue.word, Verdict.UNCHECKED, "没有可对照的依据，未核。")
    judged = turn(cue, base)
    held = judged.verdict is Verdict.WRONG and base.after and not base.told and cue.pair is None
    if held and base.after and not convicts(base.after.name, told, cue.sentence[cue.end :][:16], subject):
        return Judged(cue.start, cue.end, cue.word, Verdict.UNCHECKED, "依据里没有这一指标的数，未核。")
    return judged


__all__ = ["Report", "about", "check", "overall"]
