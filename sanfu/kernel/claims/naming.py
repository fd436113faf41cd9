"""What a number speaks of (所指): the month that its words name, and whether they name this very figure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sanfu.kernel.claims.facts import Reading, likeness
from sanfu.kernel.claims.periods import Period, months_in

_WHEN = re.compile(
    r"(?P<beside>比|较|与|从|由|自|高于|低于|[和跟](?=[^，,。；;]{1,16}比[，,]))?(?:(?P<year>(?:19|20)\d{2})年|(?P<ago>今年|本年|去年|上年|前年))?"
    r"(?P<span>上半年|下半年|前[三两二]季度|第?[一二三四1-4]季度|(?<![\d.])\d{1,2}月?\s*[-—~至到]\s*\d{1,2}月份?|(?<![\d.])(?:1[0-2]|0?[1-9])月份?)"
    r"(?![\d底末初]|以来|开始|起|中旬|上旬|下旬|出台|印发|启动|上线|实施|成立|开通|启用|推出|召开|发布)"
)
_RELATIVE = re.compile(
    r"(?P<beside>比|较|与|从|由|自)?(?P<word>(?:[去上今]|(?:19|20)\d{2})年同[期月]|上个?月|本月|当月)"
)
_BESIDE = re.compile("(?:比|较|与)[^，,。；;]{1,10}的$")
_MOVES = re.compile("[增升涨提降减缩压落滑高低多少]|达|到|至|持平|改善|收窄|扩大")
_YEARS_AGO = {"今年": 0, "本年": 0, "去年": 1, "上年": 1, "前年": 2}
_RUNNING = re.compile("累计|截至|截止")


@dataclass(frozen=True, slots=True)
class Named:
    """The months that a text names, with the year where it names one; ago counts years back from the newest."""

    months: tuple[int, int]
    year: int = 0
    ago: int | None = None
    place: int = 0


@lru_cache(maxsize=1 << 12)
def every_named(text: str) -> tuple[Named, ...]:
    """Find the months that a text names, the last first; 较8月提高至 names what is compared with, not what is told."""
    found = []
    for match in reversed(list(_WHEN.finditer(text))):
        months = months_in(match.group("span"))
        if months is None or (match.group("beside") and _MOVES.search(text[match.end() :])):
            continue
        ago = _YEARS_AGO.get(match.group("ago") or "")
        found.append(Named(months, int(match.group("year") or 0), ago, match.start()))
    return tuple(found)


def named_months(text: str) -> Named | None:
    """The last months that a text names."""
    return next(iter(every_named(text)), None)


def named_now(text: str) -> list[Named]:
    """The months that a change may be told of, the likeliest first: the last named, and last year's only alone."""
    found = every_named(text)
    if found and "今年同期" in text:
        return [replace(found[0], ago=0)]
    return [one for one in found if not one.ago] or list(found)


def period_named(named: Named, dated: Sequence[Period], latest: Period | None = None) -> Period:
    """Settle the year of named months among the periods that are known: the newest, where the text names none.

    latest: the newest period of any figure; a figure known of last year only is none of this one.
    """
    newest = latest.year if latest else max((one.year for one in dated), default=0)
    if named.year:
        return Period(named.year, *named.months)
    if named.ago is not None:
        return Period(newest - named.ago, *named.months)
    alike = [one.year for one in dated if (one.first, one.last) == named.months]
    reached = latest is not None and named.months[1] <= latest.last
    return Period(newest if reached else max(alike, default=newest), *named.months)


def of_its_month(
    readings: Sequence[Reading], when: str, sentence: str, inherit: bool, latest: Period | None = None
) -> list[Reading]:
    """Keep the readings of the month that a number names; the undated stay, and all where no month is named.

    when: the words right before the number; sentence: everything before it, which lends its month (inherit); latest: the newest known of any figure.
    """
    dated = [one.period for one in readings if one.period]
    wanted = _wanted(dated, when, sentence, inherit, latest) if dated else None
    if wanted is None:
        return list(readings)
    running = bool(_RUNNING.search(sentence))
    return [one for one in readings if one.period is None or _same(one.period, wanted, running)]


def _wanted(
    dated: Sequence[Period], when: str, sentence: str, inherit: bool, latest: Period | None
) -> Period | None:
    here, before = named_months(when), named_months(sentence)
    relative = _relative(when)
    if here is not None and (not relative or relative.start() < here.place):
        return period_named(here, dated, latest)
    if relative is not None and relative.group("word").startswith("今年") and before:
        return period_named(replace(before, year=0, ago=0), dated, latest)
    if relative is not None:
        now = period_named(before, dated, latest) if before else max(dated, key=lambda one: one.order)
        word = relative.group("word")
        if word in ("本月", "当月"):
            return now
        if word[:4].isdigit():
            return replace(now, year=int(word[:4]))
        return now.year_before() if "年" in word else now.before()
    if _BESIDE.search(when):
        return None
    return period_named(before, dated, latest) if before and inherit else None


def _relative(when: str) -> re.Match[str] | None:
    found = list(_RELATIVE.finditer(when))
    return found[-1] if found and not _MOVES.search(when[found[-1].end() :]) else None


def _same(one: Period, wanted: Period, running: bool) -> bool:
    if one.year and wanted.year and one.year != wanted.year:
        return False
    return (one.first, one.last) == (wanted.first, wanted.last) or (running and one.last == wanted.last)


# --- whose figure ---

_EMPTY = re.compile("合计|累计|总数|总量|总计|年度|全年|全市|全县|平均|本月|数量|共|数$")
_OPEN = re.compile(
    "(?:全[市县区镇省国]|[我本该]|各|其中|平均|累计|合计|今年|去年|的|是|将|使|由|月|年|份|以来|期)$"
)
_HAN = re.compile("[\u4e00-\u9fff]")


def names(name: str, text: str) -> bool:
    """Does a text speak of this very figure? 走访企业1200家 is not held against 规上工业企业360家.

    A figure that the text names by less than half of its words confirms a number, but it convicts none.
    """
    bare = _EMPTY.sub("", name) or name
    return likeness(bare, text) // 10 * 2 >= len(bare) and not other_of_its_kind(name, text)


@lru_cache(maxsize=1 << 14)
def other_of_its_kind(name: str, text: str) -> bool:
    """Does a text tell a sister of this figure: 进口额 beside 出口额, 南湖镇的办结率 beside 桥东镇的?"""
    bare = _EMPTY.sub("", name) or name
    if bare in text:
        return False
    start, length = _longest(bare, text)
    if length < 2 or not start or start + length < len(bare):
        return False
    tail, head = bare[start:], bare[:start]
    places = [found.start() for found in re.finditer(re.escape(tail), text)]
    return all(_begins_otherwise(text[:place], head) for place in places)


def _begins_otherwise(before: str, head: str) -> bool:
    """Do other words stand before the common end of two names? None of the head's signs, and no mere beginning."""
    near = re.split(r"[，,。；;、：:（）()“”\d\s]", before)[-1][-6:]
    if not near or _OPEN.search(near):
        return False
    return bool(_HAN.match(near[-1])) and head[-1] != near[-1] and not _in_order(head, near)


def _in_order(head: str, text: str) -> bool:
    rest = iter(text)
    return all(sign in rest for sign in head)


def _longest(name: str, text: str) -> tuple[int, int]:
    """Where the longest common piece of a name begins, and its length."""
    best = (0, 0)
    for start in range(len(name)):
        while start + best[1] < len(name) and name[start : start + best[1] + 1] in text:
            best = (start, best[1] + 1)
    return best


_NOUN = r"(?P<noun>[\u4e00-\u9fff]{1,12}?(?:量|率|额|数|值|(?<![季年])度|投资|收入|产值|贷款|存款|税收|利润|人次|面积|指数|成本|费用|支出|消费|出口|进口|占比|比重))"
_FIGURE = re.compile(
    _NOUN + r"(?:同比|环比|比|较|与|也|均|又|再|还|则|分别|年均|平均|累计|总体|[增升涨提降减缩压])"
)
_TOLD = re.compile(_NOUN + r"(?:为|达到|达|是|仅|完成|实现|[:：])*$")


def told_name(when: str) -> str:
    """The figure that stands right before its number: 利润总额 of 利润总额21亿元; nothing where none does."""
    found = _TOLD.search(re.split(r"[，,；;、]", when)[-1])
    return found.group("noun") if found else ""


def has_own_name(clause: str) -> str:
    """The figure that the clause of a change names itself: 用电量 of 用电量同比增长12%; nothing where it names none."""
    found = _FIGURE.search(clause)
    return found.group("noun") if found else ""


def convicts(name: str, sentence: str, behind: str, subject: str) -> bool:
    """May the change of this figure convict the number? Only when the clause, the sentence or the one before names it."""
    clause = re.split(r"[，,；;]", sentence)[-1]
    if has_own_name(clause):
        return names(name, clause + behind)
    return any(names(name, text) for text in (sentence + behind, subject))
