"""Pauses as people type them for `sanfu clock`: two moments with a sign between them, and a reason anywhere."""

import re
import unicodedata
from datetime import date

from sanfu.adapters.commandline.clock_reading import is_spoken, parse_moment
from sanfu.adapters.commandline.main import BadInput
from sanfu.kernel.clocks import Pause
from sanfu.kernel.clocks.fold import Moment, as_day

LONGEST = 300  # characters of one pause with its reason
_SIGN = r"\.{2,}|…+|~+|至(?!今)|到|—+|–+|-{1,2}>?|→|=>|to\b|/|,|:|_"
_BETWEEN = re.compile(rf"\s*(?:起|开始)?\s*(?:{_SIGN})\s*|\s+|(?<=日)起?(?=\d)", re.IGNORECASE)
_STILL = re.compile(
    r"\s*(?:(?:起|开始)?\s*[,.~…—–→-]*\s*(?:至今|今(?![天日])|now\b|open\b|\?|未结束|进行中)|(?:起|开始)\s*$|\s*\.\.+|\s*(?:~|—|–|至(?!\d)|到(?!\d)|→|-)\s*$)",
    re.IGNORECASE,
)
_ENDED = re.compile(r"\s*(?:为止|止|结束)")
_LOOSE = re.compile(r"[\s,;:、(\[=。—-]+")
_SHORT = re.compile(r"(?:(\d{1,2})[-/.月])?(\d{1,2})(日?)")
_SEVERAL = re.compile(r"([;；、，,])")
_DATE_INSIDE = re.compile(r"\d{4}\D{0,2}\d{1,2}\D{0,2}\d{1,2}")


def parse_pauses(words: list[str], today: date | None = None) -> list[Pause]:
    """What follows one --pause: one pause or several, the two days of one, and reasons as words of their own."""
    found: list[str] = []
    for word in words:
        for part in _parts(word):
            lone = bool(found) and _is_moment(found[-1], today)
            if lone and _is_moment(part, today):
                found[-1] += f"..{part}"
            elif found and not lone and not _says_a_day(part):
                found[-1] += f" {part}"
            else:
                found.append(part)
    return [parse_pause(part, today) for part in found]


def _parts(word: str) -> list[str]:
    """Several pauses in one word; a sign between two parts of a reason, or of a range, does not divide."""
    pieces = _SEVERAL.split(word)
    found = [pieces[0]]
    for sign, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        whole = _whole(found[-1]) and _DATE_INSIDE.search(piece)
        if whole and (sign in ";；、" or _whole(piece)):
            found.append(piece)
        else:
            found[-1] += sign + piece
    return [part for part in found if part.strip()]


def _whole(text: str) -> bool:
    try:
        parse_pause(text, date(2000, 1, 1))
    except BadInput:
        return False
    return True


def parse_pause(text: str, today: date | None = None) -> Pause:
    """`A..B`, `A至B`, `A B`, with a reason before or behind; `A..` is a pause that still runs."""
    clean = unicodedata.normalize("NFKC", text).strip()
    if len(clean) > LONGEST:
        raise BadInput(f"暂停“{text[:40]}…”太长，请把原因写在{LONGEST}字以内。")
    before, clean = _reason_before(clean)
    for place in range(len(clean), 0, -1):
        if not _is_moment(clean[:place], today):
            continue
        since = parse_moment(clean[:place], today)
        ended = _end(clean[place:], since, today)
        if ended is not None:
            until, reason = ended
            return Pause(since, until, "；".join(part for part in (before, reason) if part))
    raise BadInput(
        f"看不懂暂停“{text[:60]}”，请写成 2025-10-09..2025-10-13，通知日在前、答复日在后，并确认两天都存在；"
        "还没有结束的写成 2025-10-09..；原因写在后面；几段暂停各写一个 --pause。"
    )


def _reason_before(clean: str) -> tuple[str, str]:
    """补正: 2025-10-09..2025-10-13 → 补正 and the rest."""
    front = re.match(r"([^\d:]*?)[\s:]*(?:自|从)?\s*(?=\d{4})", clean)
    if front is None or is_spoken(clean):
        return "", clean
    return front[1].strip(" ,;、("), clean[front.end() :]


def _end(rest: str, since: Moment, today: date | None) -> tuple[Moment | None, str] | None:
    """What stands behind the first moment: the other moment, or nothing yet, and a reason. None: neither."""
    sign = _BETWEEN.match(rest)
    if sign is not None:
        tail = rest[sign.end() :]
        for place in range(len(tail), 0, -1):
            until = _until(tail[:place], since, today)
            reason = _reason(tail[place:], tail[place - 1]) if until is not None else None
            if until is not None and reason is not None:
                return until, reason
    still = _STILL.match(rest)
    if still is None:
        return None
    reason = _reason(rest[still.end() :], " " if rest[: still.end()].endswith(" ") else "")
    return None if reason is None or _says_a_day(reason) else (None, reason)


def _reason(text: str, last: str) -> str | None:
    """The reason at the end, set apart by a sign or a blank; None when the text runs on without one."""
    ended = _ENDED.match(text)
    text = text[ended.end() :] if ended else text
    if not text.strip():
        return ""
    apart = _LOOSE.match(text)
    if apart is None and not last.isspace():
        return None
    reason = text[apart.end() :] if apart else text
    if "(" in text[: apart.end() if apart else 0]:
        reason = reason.removesuffix(")")
    return None if _is_moment(reason) else reason.strip()  # a third day is no reason


def _until(text: str, since: Moment, today: date | None) -> Moment | None:
    """The second moment; 10-13 and 13日 are days of the first one's year, or of the next when before it."""
    short = _SHORT.fullmatch(text.strip())
    if short is not None and (short[1] or short[3]):
        first = as_day(since)
        month, day = int(short[1] or first.month), int(short[2])
        text = f"{first.year + ((month, day) < (first.month, first.day))}-{month}-{day}"
    return parse_moment(text, today) if _is_moment(text, today) else None


def _says_a_day(text: str) -> bool:
    return bool(_DATE_INSIDE.search(text)) or is_spoken(text)


def _is_moment(text: str, today: date | None = None) -> bool:
    try:
        parse_moment(text, today)
    except BadInput:
        return False
    return True
