"""Claims ahead of time (提前说完成): a day that has not come yet, said to be done already.

“定于12月5日，路灯已修复” on 30 November is either a wrong date or a claim that is not true yet. A plan is no claim: where
a word of intention (拟, 将, 计划, 前完成…) stands with the day, nothing is found. A day without a year is the nearest such day.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_SENTENCE = re.compile(r"[^。！？!?\n\r；;]+")
_FULL = re.compile(r"(20\d\d)\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?")
_MONTH_DAY = re.compile(r"(?<![\d年./-])(\d{1,2})月(\d{1,2})[日号]")
_MONTH = re.compile(r"(?:(20\d\d)年)?(?<!\d)(\d{1,2})月(?!\d|内|前)(?:份|底|初|中旬|上旬|下旬)?")
_RELATIVE = {
    "明天": 1,
    "明日": 1,
    "后天": 2,
    "后日": 2,
    "下周": 1,
    "下星期": 1,
    "下个月": 1,
    "下月": 1,
    "明年": 1,
}
_WORD = re.compile("|".join(_RELATIVE))
_DONE = re.compile(
    r"已经?(?:全部|全面|基本|按时|按期|彻底|当场)?(?:完成|完工|竣工|办结|办完|处理|处置|解决|修复|修好|修理|更换|恢复|整改|清理|清除|清运"
    r"|拆除|安装|到位|发放|支付|补发|退还|通车|投用|验收|答复|施划|疏通|回填|补种|结案|关停|取缔)"
    r"|(?:修复|清理|整改|安装|施工|更换|拆除|发放|处理)完(?:毕|成了|了)|修好了|解决了|办好了|恢复(?:了)?(?:正常)?(?:照明|供水|供电|通行|供气)了?$"
)
_PLAN = re.compile(
    r"拟|将(?!近)|计划|预计|预期|力争|争取|确保|要求|责令|承诺|定于|安排|列入|之前|以前|前(?:完成|办结|整改|修复)|待|可望|有望"
)
_NEAR = 40  # letters between the day and the word that says it is done


@dataclass(frozen=True, slots=True)
class Ahead:
    """A claim that lies ahead: its words, where they stand, and the first day on which it could be true."""

    words: str
    start: int
    end: int
    day: date


def claimed_ahead(text: str, on: date) -> tuple[Ahead, ...]:
    """What a text written on a day says to be done on a later one, in reading order.

    on: the day on which it is written.
    """
    return tuple(_found(text, on))


def _found(text: str, on: date) -> Iterator[Ahead]:
    for sentence in _SENTENCE.finditer(text):
        words = sentence.group()
        for start, end, day in _days(words, on):
            if day <= on:
                continue
            done = _DONE.search(words, end, min(len(words), end + _NEAR))
            if done is None or _PLAN.search(words[max(0, start - 8) : done.end()]):
                continue
            yield Ahead(
                words[start : done.end()], sentence.start() + start, sentence.start() + done.end(), day
            )
            break


def _days(words: str, on: date) -> Iterator[tuple[int, int, date]]:
    """Days named in a sentence: start, end and the first day they may mean."""
    taken: list[tuple[int, int]] = []
    for pattern, read in ((_FULL, _full), (_MONTH_DAY, _nearest), (_MONTH, _month)):
        for match in pattern.finditer(words):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            day = read(match, on)
            if day is not None:
                taken.append(match.span())
                yield match.start(), match.end(), day
    for match in _WORD.finditer(words):
        yield match.start(), match.end(), on + timedelta(days=_RELATIVE[match.group()])


def _full(match: re.Match[str], on: date) -> date | None:
    return _day(int(match[1]), int(match[2]), int(match[3]))


def _nearest(match: re.Match[str], on: date) -> date | None:
    near = [day for year in (-1, 0, 1) if (day := _day(on.year + year, int(match[1]), int(match[2])))]
    return min(near, key=lambda day: abs((day - on).days), default=None)


def _month(match: re.Match[str], on: date) -> date | None:
    """The first day of a month; without a year the nearest such month."""
    if match[1]:
        return _day(int(match[1]), int(match[2]), 1)
    near = [day for year in (-1, 0, 1) if (day := _day(on.year + year, int(match[2]), 1))]
    return min(near, key=lambda day: abs((day - on).days), default=None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
