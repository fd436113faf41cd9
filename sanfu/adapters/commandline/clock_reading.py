"""What people type for `sanfu clock`: units, lengths, days and times, in the forms they write them.

Lenient where only one meaning is possible, strict otherwise: everything else is refused with what to write.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction

from sanfu.adapters.commandline.main import BadInput
from sanfu.kernel.clocks import CHINA, Unit, as_day
from sanfu.kernel.clocks.fold import Moment

_UNITS: dict[Unit, str] = {
    Unit.WORKDAY: "workday businessday bizday wd bd 工作日 工作天 工日 法定工作日",
    Unit.WORKHOUR: "workhour workhr businesshour officehour wh 工作时 工作小时 工作钟头 办公小时",
    Unit.HOUR: "hour hr h naturalhour clockhour calendarhour 自然小时 自然时 小时 时 钟头",
    Unit.DAY: "day d calendarday naturalday cal calendar natural 自然日 自然天 日历日 日历天 公历日 日 天",
}
# Units that are a whole part or multiple of another: one minute is 1/60 hour, one week is seven days.
_MULTIPLES: dict[str, tuple[Unit, Fraction]] = {
    **dict.fromkeys(("minute", "min", "分钟", "自然分钟"), (Unit.HOUR, Fraction(1, 60))),
    **dict.fromkeys(("workminute", "workmin", "工作分钟"), (Unit.WORKHOUR, Fraction(1, 60))),
    **dict.fromkeys(("week", "周", "星期"), (Unit.DAY, Fraction(7))),
}
_LENGTH = re.compile(
    r"(\+?\d{1,9}(?:\.\d{1,9}|/\d{1,9})?|-\d{1,9}(?:\.\d{1,9})?|[零一二两三四五六七八九十百半]+)(?![\de.,/_])\s*(.*)"
)
_DIGITS = {word: n for n, word in enumerate("零一二三四五六七八九")} | {"两": 2}

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{4})(\d{2})(\d{2})")
_WEEKDAY = re.compile(r"\s*(?:\((?:周|星期)[一二三四五六日天]\)|(?:周|星期)[一二三四五六日天])")
_ZONE = (
    r"(?:\s*(z|utc|北京时间|\[asia/shanghai\]|(?:utc|gmt)?[+-]\d{1,2}(?::?\d{2})?)(?:\[asia/shanghai\])?)?"
)
_COLONS = re.compile(
    r"[t\s]*(上午|下午|晚上?)?\s*(\d{1,2})(?:[:时点](?:(\d{1,2})(?:[:分](\d{1,2})(?:[.,]\d+)?)?)?)?[分秒]?"
    + _ZONE
)
_COMPACT = re.compile(r"t()(\d{2})(\d{2})(\d{2})?" + _ZONE)
_SPOKEN = {
    0: "今天 今日 当天 当日 today", 1: "明天 明日 tomorrow", 2: "后天 后日",
    -1: "昨天 昨日 yesterday", -2: "前天 前日",
}  # fmt: skip
_SAID = {word: away for away, words in _SPOKEN.items() for word in words.split()}
_SPOKEN_DAY = re.compile("|".join(_SAID))
_AT_ONCE = frozenset({"现在", "此刻", "now"})


def parse_unit(text: str) -> Unit:
    """The unit of counting; one that is a multiple of another (week, minute) is refused here."""
    unit, factor = parse_scale(text)
    if factor != 1:
        raise _unknown_unit(text)
    return unit


def parse_scale(text: str) -> tuple[Unit, Fraction]:
    """The unit, and how many of it one of the word is: 周 is seven calendar days."""
    word = unicodedata.normalize("NFKC", text).strip().lower()
    word = re.sub(r"\(s\)|[\s_-]+", "", word).removeprefix("个")
    word = re.sub(r"working", "work", word)
    singular = word[:-1] if word.isascii() and word.endswith("s") else word
    for unit, names in _UNITS.items():
        if singular in names.split():
            return unit, Fraction(1)
    if singular in _MULTIPLES:
        return _MULTIPLES[singular]
    raise _unknown_unit(text)


def _unknown_unit(text: str) -> BadInput:
    names = "、".join(f"{unit.value}（{unit.label}）" for unit in Unit)
    return BadInput(f"不认识的计期单位“{text}”，可用：{names}。月和年的长短不一，请写明天数。")


def parse_length(text: str, unit: str | None) -> tuple[Fraction, Unit]:
    """`5` with its unit given apart, or `5个工作日` in one; both together must agree."""
    number, tail = _split_length(text)
    if not tail and unit is None:
        raise BadInput("没有写计期单位：请加 --unit workday，或把期限写成 5个工作日。")
    tail = re.sub("(?:以内|之内|内)$", "", tail)
    scales = [parse_scale(word) for word in (unit, tail or None) if word is not None]
    if len(scales) == 2 and scales[0] != scales[1] and tail not in ("天", "日", "个"):
        raise BadInput(f"期限“{text}”与 --unit {unit} 说的不是同一个单位，请只写一处。")
    found, factor = scales[0]
    return number * factor, found


def parse_number(text: str) -> Fraction:
    """A plain number; one with more than nine digits would reach beyond every calendar."""
    number, tail = _split_length(text)
    if tail:
        raise _not_a_number(text)
    return number


def _split_length(text: str) -> tuple[Fraction, str]:
    clean = unicodedata.normalize("NFKC", text).strip()
    if re.match(r"负\s*[\d零一二两三四五六七八九十百]", clean):
        raise BadInput(f"期限不能是负数：“{text[:40]}”。")
    if re.match(r"[+-]?\d{10,}", clean):
        raise BadInput(f"期限“{text[:40]}”太长，不是日历到得了的数字（最多九位）。")
    match = _LENGTH.fullmatch(clean)
    if match is None:
        raise _not_a_number(text)
    digits, tail = match.groups()
    try:
        number = Fraction(digits) if digits[-1].isdigit() and digits[-1].isascii() else _chinese(digits)
    except (ValueError, ZeroDivisionError):
        raise _not_a_number(text) from None
    tail = tail.removeprefix("个").strip()
    if tail.startswith("半") and digits != "半":  # 两个半小时
        return number + Fraction(1, 2), tail[1:].removeprefix("个").strip()
    return number, tail


def _not_a_number(text: str) -> BadInput:
    return BadInput(f"期限“{text[:40]}”不是数字，请写成 5 或 1.5（最多九位）。")


def _chinese(text: str) -> Fraction:
    """一百二十 → 120; only numbers below a thousand are written so in limits."""
    if text == "半":
        return Fraction(1, 2)
    found, digit = 0, 0
    scale = {"十": 10, "百": 100}
    for place, sign in enumerate(text):
        if sign in scale:
            if not digit and (sign == "百" or place):
                raise ValueError(text)
            found, digit = found + (digit or 1) * scale[sign], 0
        elif sign == "零" and place and text[place - 1] == "百":
            continue
        elif sign in _DIGITS and not digit:
            digit = _DIGITS[sign]
        else:
            raise ValueError(text)
    return Fraction(found + digit)


def parse_moment(text: str, today: date | None = None) -> Moment:
    """A day, or a time (China's time unless it says otherwise), in the forms people write.

    今天, 明天 and 昨天 are seen from `today`; without it, from the clock of the machine, in China's zone.
    """
    clean = unicodedata.normalize("NFKC", text).strip().lower()
    if clean in _AT_ONCE and today is None:
        return datetime.now(CHINA).replace(microsecond=0)
    try:
        return _spoken(clean, today) if is_spoken(clean) else _written(text, clean)
    except (ValueError, OverflowError):
        raise BadInput(
            f"看不懂日期“{text[:60]}”，请写成 2025-09-28 或 2025-09-28T16:00，并确认这一天存在。"
        ) from None


def is_spoken(text: str) -> bool:
    """Whether a day is said from where the speaker stands: 今天, yesterday, now."""
    clean = unicodedata.normalize("NFKC", text).strip().lower()
    return clean in _AT_ONCE or _SPOKEN_DAY.match(clean) is not None


def _spoken(clean: str, today: date | None) -> Moment:
    here = today or as_day(datetime.now(CHINA))
    match = _SPOKEN_DAY.match(clean)
    if match is None:  # 现在, seen from a day that was given
        return here
    day, rest = here + timedelta(days=_SAID[match[0]]), clean[match.end() :]
    if rest[:1].isalpha() and rest[:1].isascii():
        raise ValueError(rest)
    return _at(day, rest) if rest.strip() else day


def _written(text: str, clean: str) -> Moment:
    match = _DATE.match(clean)
    if match is None:
        raise ValueError
    year, month, day = (int(part) for part in match.groups() if part is not None)
    found, rest = date(year, month, day), clean[match.end() :]
    named = _WEEKDAY.match(rest)
    if named is not None:
        _check_weekday(text, found, named[0])
        rest = rest[named.end() :]
    if rest[:1].isdigit() and clean[match.end() - 1].isdigit():  # 2025-09-2816: where does the day end?
        raise ValueError
    return _at(found, rest) if rest.strip() else found


def _check_weekday(text: str, day: date, word: str) -> None:
    told = "一二三四五六日".find(word.strip(" ()")[-1].replace("天", "日"))
    if told != day.weekday():
        raise BadInput(f"“{text}”自相矛盾：{day}是周{'一二三四五六日'[day.weekday()]}，请核对日期。")


def _at(day: date, rest: str) -> datetime:
    at = _COMPACT.fullmatch(rest) or _COLONS.fullmatch(rest)
    if at is None:
        raise ValueError(rest)
    half, hour, minute, second = at[1], *(int(part or 0) for part in at.groups()[1:4])
    if half and (half != "上午") and hour < 12:
        hour += 12
    after = timedelta(0)
    if (hour, minute, second) == (24, 0, 0):  # 24时 is the end of the day (民法典 §203)
        hour, after = 0, timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=_zone(at[5])) + after


def _zone(text: str | None) -> timezone:
    if text is None or text in ("北京时间", "[asia/shanghai]"):
        return CHINA
    if text in ("z", "utc"):
        return UTC
    text = text.removeprefix("utc").removeprefix("gmt")
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) < 3 else (int(digits[:-2]), int(digits[-2:]))
    if hours > 14 or minutes > 59:  # no place on earth is further from Greenwich
        raise ValueError(text)
    away = timedelta(hours=hours, minutes=minutes)
    return timezone(away if text[0] == "+" else -away)
