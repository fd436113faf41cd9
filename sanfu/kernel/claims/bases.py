"""Which two values a change is between (基数): told in the sentence, the same period of last year, the period before."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sanfu.kernel.claims.facts import TARGETS, Facts, Reading, about, is_rate_name, likeness
from sanfu.kernel.claims.naming import named_now, period_named
from sanfu.kernel.claims.numbers import Hedge, Kind, Quantity, chinese
from sanfu.kernel.claims.periods import Period, months_in, years_in
from sanfu.kernel.claims.units import comparable, undecided, unit_of

SMALL = 100  # below this a difference within the 95% ranges is no finding
Z = 1.96
SCOPES = (
    {"规上", "规下", "全部", "全社会"}, {"当月", "累计"}, {"全市", "市级", "市本级", "全省", "全国", "全县", "县级"},
    {"限上", "限下", "全部"},
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Base:
    """Two values compared, or why there are none. doubt: a reason not to compare them although numbers agree."""

    before: Reading | None = None
    after: Reading | None = None
    missing: str = ""
    doubt: str = ""
    told: bool = False

    @property
    def rate(self) -> bool:
        return self.before is not None and self.before.rate

    @property
    def mixed(self) -> bool:
        """Are the two values told in units that cannot be set against each other: 工作日 and 天?"""
        if self.before is None or self.after is None:
            return False
        one, other = self.before.unit, self.after.unit
        return one.dimension != other.dimension and bool(one.name and other.name)

    @property
    def bound(self) -> int:
        return self.before.bound if self.before else 0


def reading_of(one: Quantity, name: str) -> Reading:
    """A number of the sentence as a reading, for texts whose base is told in place."""
    rate = one.kind in (Kind.PERCENT, Kind.FRACTION)
    bound = {Hedge.UNDER: -1, Hedge.OVER: 1, Hedge.AT_LEAST: 1, Hedge.NEAR: -1}.get(one.hedge, 0)
    return Reading(
        name, one.value if rate else one.size, unit_of("%") if rate else one.unit, rate, bound=bound
    )


def base_of(
    facts: Facts,
    local: str,
    sentence: str,
    relation: str,
    pair: tuple[Quantity, Quantity] | None,
    subject: str = "",
    said: Quantity | None = None,
) -> Base:
    """Find the base of a change; facts go before what the sentence tells."""
    clauses = [
        one for one in reversed(re.split(r"[，,]", sentence)) if one.strip()
    ]  # the nearest clause first
    candidates = about(_of_its_unit(_plain_readings(facts), said), local, *clauses, subject)
    found = _from_facts(candidates, relation, sentence, pair)
    if found is not None and (found.before is not None or pair is None):
        return found
    if pair is not None and (not relation or not facts.readings or _agrees(candidates, pair, relation)):
        return Base(reading_of(pair[0], ""), reading_of(pair[1], ""), told=True)
    return found or Base(missing="依据里没有可比的基数")


def step_of(facts: Facts, leg: tuple[int, int], *contexts: str) -> Base | None:
    """The two values of one step of several in a row, where the facts hold just one value more than steps."""
    dated = [one for one in about(_plain_readings(facts), *contexts) if one.period]
    dated.sort(key=lambda one: one.period.order)  # type: ignore[union-attr]
    place, steps = leg
    if len({one.name for one in dated}) != 1 or len(dated) != steps + 1:
        return None
    return _checked(dated[place], dated[place + 1], contexts[0])


def newest_two(facts: Facts, *contexts: str) -> Base | None:
    """The last two values of the figure that a text speaks of: from them it shows whether a sign has turned."""
    dated = [one for one in about(_plain_readings(facts), *contexts) if one.period]
    dated.sort(key=lambda one: one.period.order)  # type: ignore[union-attr]
    alike = len({one.name for one in dated}) == 1
    return Base(dated[-2], dated[-1]) if alike and len(dated) > 1 else None


def _of_its_unit(readings: list[Reading], said: Quantity | None) -> list[Reading]:
    """A change told in days is one of a figure in days: 优良率90.1%，较上年多6天 speaks of the days named before."""
    if said is None or said.kind is not Kind.PLAIN or not said.unit.name:
        return readings
    alike = [
        r for r in readings if not r.rate and (comparable(r.unit, said.unit) or undecided(r.unit, said.unit))
    ]
    return alike or readings


def _plain_readings(facts: Facts) -> list[Reading]:
    return [one for one in facts.readings if not one.is_target]


def _agrees(candidates: Sequence[Reading], pair: tuple[Quantity, Quantity], relation: str) -> bool:
    """May the values told in place be the base? Not when facts give both ends, nor when the date of the first is another's."""
    if any(one.label in ("before", "after") for one in candidates):
        return False
    first = reading_of(pair[0], "").value
    dated = [one.period for one in candidates if one.period and one.value == first]
    return not (
        dated
        and _LAST.search(relation)
        and all(one.length > 1 or not _just_before(one, candidates) for one in dated)
    )


def _just_before(one: Period, candidates: Sequence[Reading]) -> bool:
    return any(other.period and other.period.before() == one for other in candidates)


def _from_facts(
    candidates: list[Reading], relation: str, sentence: str, pair: tuple[Quantity, Quantity] | None
) -> Base | None:
    before = next((one for one in candidates if one.label == "before"), None)
    after = next((one for one in candidates if one.label == "after"), None)
    if before is not None and after is not None:
        if _apart_otherwise(before, after, relation):
            return Base(missing=_missing(relation))
        return _checked(before, after, sentence)
    dated = sorted((one for one in candidates if one.period), key=lambda one: one.period.order)  # type: ignore[union-attr]
    if not dated:
        return None
    if pair is not None and not relation and (ends := _told_ends(dated, pair)):
        return _checked(*ends, sentence)
    known = _current(dated, sentence)
    for now in known:
        then = _then(dated, now.period, relation, sentence, bool(pair)) if now.period else None
        if then is not None:
            return _checked(then, now, sentence)
    return Base(missing=_missing(relation) if known else "依据里没有文中所说的那一期")


_LAST = re.compile("环比|上月|上季|上一季|上周|上期|前期")


def _apart_otherwise(before: Reading, after: Reading, relation: str) -> bool:
    """Do the days of two values say that they are no 环比, or no 同比, whatever their names?"""
    if before.period is None or after.period is None or not relation:
        return False
    if _LAST.search(relation):
        return before.period != after.period.before()
    return "同" in relation and before.period != after.period.year_before()


def _told_ends(dated: list[Reading], pair: tuple[Quantity, Quantity]) -> tuple[Reading, Reading] | None:
    """The two dated readings whose values the sentence tells as from and to."""
    first, second = (reading_of(one, "") for one in pair)
    before = next((one for one in dated if one.value == first.value), None)
    after = next((one for one in reversed(dated) if one.value == second.value), None)
    return (before, after) if before and after and before is not after else None


def _missing(relation: str) -> str:
    what = "上年同期" if "同" in relation or "年" in relation else "上一期" if relation else "可比一期"
    return f"依据里只有一期数，缺{what}的基数"


def _current(dated: list[Reading], sentence: str) -> list[Reading]:
    """The readings of the periods that the sentence speaks of, none where they are not known; else the latest."""
    named = named_now(sentence)
    if not named:
        return dated[-1:]
    periods = [one.period for one in dated if one.period]
    wanted = [period_named(one, periods) for one in named]
    return [one for period in wanted for one in reversed(dated) if one.period == period]


def _then(dated: list[Reading], now: Period, relation: str, sentence: str, told: bool) -> Reading | None:
    """The reading that the relation names as base."""
    earlier = [one for one in dated if one.period and one.period.order < now.order]
    named = years_in(relation)
    if named:
        wanted: list[Period] = [Period(named[0], now.first, now.last), Period(named[0], 1, 12)]
    elif against := _against(sentence, now, any_length=all(one.rate for one in dated)):
        wanted = [against]
    elif _LAST.search(relation):
        wanted = [now.before()]
    elif re.search("年初|上年末|上年底|去年底|去年末", relation):
        wanted = now.begin_of_year()
    elif relation and not re.search("以往|此前|改革前|实施前|末|底", relation):
        wanted = [now.year_before()]
    elif told or not relation:
        years = list(years_in(sentence))
        wanted = (
            [Period(min(years), now.first, now.last)]
            if len(set(years)) > 1
            else [now.year_before(), now.before()]
        )
    else:
        wanted = [now.year_before(), now.before()]
    for period in wanted:
        if found := next((one for one in earlier if one.period == period), None):
            return found
    return earlier[-1] if earlier and not relation and len(earlier) == 1 and _like(earlier[-1], now) else None


_AGAINST = re.compile(
    r"(?:比|较|与|和|同|跟)(?P<year>今年|去年|上年|前年|(?:19|20)\d{2}年)?第?"
    r"(?P<span>\d{1,2}月?[-—~至到]\d{1,2}月份?|[一二三四1-4]季度|上半年|下半年|前[三两二]季度|(?:1[0-2]|[1-9])月份?)(?![末底初\d])"
)
_GOES_ON = re.compile(
    "(?:还是|仍|也|即|又)*(?:跌去|下[降跌]|减少|增长|增加|上[升涨]|多卖|多了|少了|[降增]幅)[了达为]*$"
)  # 比6月少了42套，跌去12%
_AGO = {"今年": 0, "去年": 1, "上年": 1, "前年": 2}


def _against(sentence: str, told: Period, any_length: bool) -> Period | None:
    """The months of 比9月下降, 与去年三季度相比: of the year named, of this one, or of the last where they lie behind.

    A rate of nine months may be set against that of six, a count may not.
    """
    *earlier, clause = re.split("[，,]", sentence)
    found = _AGAINST.search(clause)
    if found is None and earlier and _GOES_ON.match(clause) and not re.search("同比|环比", clause):
        found = _AGAINST.search(earlier[-1])
    months = months_in(found.group("span")) if found else None
    if found is None or months is None or (not any_length and months[1] - months[0] + 1 != told.length):
        return None
    if year := found.group("year"):
        return Period(told.year - _AGO[year] if year in _AGO else int(year[:4]), *months)
    return Period(told.year - (months[1] >= told.last), *months)


def _like(one: Reading, now: Period) -> bool:
    """Same months, or as many: a month is never set against a half-year."""
    return one.period is not None and one.period.length == now.length


def _checked(before: Reading, after: Reading, sentence: str) -> Base:
    """Say why two readings should not be compared although they can be."""
    doubt = ""
    if before.scope and after.scope and before.scope != after.scope:
        doubt = f"前后口径不同（{before.scope}与{after.scope}），不可比"
    elif before.unit.dimension != after.unit.dimension and before.unit.name and after.unit.name:
        doubt = f"前后单位不同（{before.unit.name}与{after.unit.name}），不可比"
    elif scope := other_scope(after.scope, sentence):
        doubt = f"文中口径是“{scope}”，依据口径是“{after.scope}”"
    elif overlap(before, after):
        doubt = f"分母只有{before.denominator}和{after.denominator}，95%区间重叠，不能断言变化；应附件数"
    return Base(before, after, doubt=doubt)


def other_scope(scope: str, text: str) -> str:
    """A scope word of the text that contradicts the scope of the fact."""
    for group in SCOPES:
        own = next((word for word in group if scope and word in scope), None)
        other = next((word for word in sorted(group) if word in text), None)
        if own and own not in text and other:
            return other
    return ""


def overlap(one: Reading, other: Reading) -> bool:
    """Do two shares of few cases have 95% ranges that meet?"""
    first, second = wilson(one), wilson(other)
    if first is None or second is None or min(one.denominator or 0, other.denominator or 0) >= SMALL:
        return False
    return first[0] <= second[1] and second[0] <= first[1]


def wilson(one: Reading) -> tuple[float, float] | None:
    """The 95% range of a share with its counts."""
    if not one.denominator or one.numerator is None:
        return None
    count, share = one.denominator, one.numerator / one.denominator
    z2 = Z * Z
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = Z * (share * (1 - share) / count + z2 / (4 * count * count)) ** 0.5 / (1 + z2 / count)
    return middle - half, middle + half


def between(facts: Facts, local: str, other: str) -> Base | None:
    """The base of a comparison of two named figures: 甲镇是乙镇的3倍, 比乙镇多20%. None where names do not tell."""
    aimed = any(word in other for word in TARGETS)  # 比控制目标少: then a target may be the base
    known = facts.readings if aimed else _plain_readings(facts)
    newest = sorted(known, key=lambda one: one.period.order if one.period else (0, 0, 0))
    names = {one.name: one for one in newest}
    if len(names) < 2 or len(other) < 2:
        return None
    base = max(names, key=lambda name: likeness(name, other))
    rest = {name: likeness(name, local) for name in names if name != base}
    own = max(rest, key=lambda name: rest[name])
    if likeness(base, other) < 20 or rest[own] < 20:
        return None
    return Base(names[base], names[own])


def years_between(base: Base, sentence: str) -> int | None:
    """How many years lie between the two values of 年均."""
    before, after = base.before, base.after
    if before and after and before.period and after.period and after.period.year > before.period.year:
        return after.period.year - before.period.year
    years = years_in(sentence)
    if len(set(years)) >= 2:
        return max(years) - min(years)
    told = re.search(r"([两二三四五六七八九十]|(?<!\d)\d{1,2})年(?!级|度)", sentence)
    if told is None:
        return None
    return int(chinese(told.group(1)) or 0) or None


def is_rate(base: Base, name: str) -> bool:
    return base.rate or is_rate_name(name)


def moved(before: Fraction, after: Fraction) -> Fraction | None:
    """The growth rate; None where the base is not positive."""
    return (after - before) / before if before > 0 else None
