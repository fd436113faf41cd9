"""What people type for `sanfu clock`: units, lengths, days, times and pauses, in the forms they write them.

Lenient where only one meaning is possible, strict otherwise: everything else is refused with what to write.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction

from sanfu.adapters.commandline.main import BadInput
from sanfu.kernel.clocks import CHINA, Pause, Unit
from sanfu.kernel.clocks.fold import Moment

_UNITS: dict[Unit, str] = {
    Unit.WORKDAY: "workday businessday bizday wd bd 工作日 工作天 法定工作日",
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
_ZONE = r"(?:\s*(z|utc|北京时间|[+-]\d{2}(?::?\d{2})?)(?:\[asia/shanghai\])?)?"
_COLONS = re.compile(
    r"[t\s]*(上午|下午|晚上?)?\s*(\d{1,2})(?:[:时点](?:(\d{1,2})(?:[:分](\d{1,2})(?:[.,]\d+)?)?)?)?[分秒]?"
    + _ZONE
)
_COMPACT = re.compile(r"t()(\d{2})(\d{2})(\d{2})?" + _ZONE)
_BETWEEN = re.compile(r"\s*(?:\.\.+|~|至(?!今)|到|—|–|→|->|=>)\s*|\s+-\s+|\s+to\s+", re.IGNORECASE)
_SEVERAL = re.compile(r"[;；、]|[,，](?=[^,，]*\d{4}.*(?:\.\.|~|至|到|—|–|→))")
_OPEN = frozenset({"", "至今", "今", "now", "open", "?", "未结束", "进行中"})


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
    match = _LENGTH.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        raise _not_a_number(text)
    digits, tail = match.groups()
    try:
        number = Fraction(digits) if digits[-1].isdigit() and digits[-1].isascii() else _chinese(digits)
    except (ValueError, ZeroDivisionError):
        raise _not_a_number(text) from None
    return number, tail.removeprefix("个").strip()


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


def parse_moment(text: str) -> Moment:
    """A day, or a time (China's time unless it says otherwise), in the forms people write."""
    clean = unicodedata.normalize("NFKC", text).strip().lower()
    match = _DATE.match(clean)
    try:
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
    except (ValueError, OverflowError):
        raise BadInput(
            f"看不懂日期“{text}”，请写成 2025-09-28 或 2025-09-28T16:00，并确认这一天存在。"
        ) from None


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
    if text is None or text == "北京时间":
        return CHINA
    if text in ("z", "utc"):
        return UTC
    hours, minutes = int(text[1:3]), int(text[3:].strip(":") or 0)
    if hours > 23 or minutes > 59:
        raise ValueError(text)
    away = timedelta(hours=hours, minutes=minutes)
    return timezone(away if text[0] == "+" else -away)


def parse_pauses(words: list[str]) -> list[Pause]:
    """What follows one --pause: one pause or several, or the two days of one."""
    if len(words) == 2 and all(_is_moment(word) for word in words):
        return [Pause(parse_moment(words[0]), parse_moment(words[1]))]
    parts = [part for word in words for part in _SEVERAL.split(word)]
    return [parse_pause(part) for part in parts if part.strip()]


def parse_pause(text: str) -> Pause:
    """`A..B`, `A~B` or `A至B`, with `:why` behind; `A..` is a pause that still runs."""
    begin, end, reason = _pause_parts(text)
    while end and not _is_moment(end) and ":" in end:
        end, _, why = end.rpartition(":")
        reason = f"{why}:{reason}" if reason else why
    since = parse_moment(begin)
    until = None if end.strip().lower() in _OPEN else parse_moment(_with_year(end, since))
    return Pause(since, until, reason.strip())


def _with_year(end: str, since: Moment) -> str:
    """10-13 behind 2025-10-09.. is a day of the same year, or of the next when that would be before it."""
    short = re.fullmatch(r"\s*(\d{1,2})[-/.月](\d{1,2})日?\s*", end)
    if short is None:
        return end
    month, day = int(short[1]), int(short[2])
    year = since.year + ((month, day) < (since.month, since.day))
    return f"{year}-{month}-{day}"


def _pause_parts(text: str) -> tuple[str, str, str]:
    """Begin, end (with a reason that may still hang on it) and a reason in brackets."""
    clean = unicodedata.normalize("NFKC", text).strip()
    reason = ""
    tail = re.search(r"\s*\((?!周|星期)([^()]*)\)\s*$|\s*=\s*([^=\d][^=]*)$", clean)
    if tail is not None:
        clean, reason = clean[: tail.start()], tail[1] or tail[2]
    front = re.match(r"([^\d:]+):\s*(?=\d)", clean)
    if front is not None:
        clean, reason = clean[front.end() :], front[1]
    parts = _BETWEEN.split(clean, maxsplit=1)
    if len(parts) == 1:
        parts = clean.split("/") if clean.count("/") == 1 else clean.split(",", 1)
    if len(parts) == 1:
        parts = _two_dates(clean)
    if len(parts) != 2:
        raise BadInput(
            f"看不懂暂停“{text}”，请写成 2025-10-09..2025-10-13，通知日在前、答复日在后；"
            "还没有结束的写成 2025-10-09..；几段暂停各写一个 --pause。"
        )
    return parts[0], parts[1], reason


def _two_dates(text: str) -> list[str]:
    """Two dates with nothing but a sign between them: 20251009-20251013, 2025/10/9:2025/10/13."""
    first = _DATE.match(text)
    if first is None:
        return [text]
    rest = re.fullmatch(r"\s*[-:_]?\s*(.+)", text[first.end() :])
    return [first[0], rest[1]] if rest and _is_moment(rest[1]) else [text]


def _is_moment(text: str) -> bool:
    try:
        parse_moment(text)
    except BadInput:
        return False
    return True
