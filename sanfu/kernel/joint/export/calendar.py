"""iCalendar (RFC 5545) feed of the days that matter: promised and statutory due dates of every item."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any


def to_ics(guide: Mapping[str, Any], stamp: str = "20000101T000000Z") -> str:
    """One all-day event per due date. `stamp` is when the feed was made (UTC, basic format)."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//sanfu//joint//ZH", "CALSCALE:GREGORIAN"]
    lines.append(_text("X-WR-CALNAME", str(guide["name"])))
    depts = {item["id"]: item["dept_name"] for item in guide["items"]}
    for row in guide["schedule"]:
        dues = [
            ("promised", "承诺办结", row["promised_due"]),
            ("statutory", "法定期限", row["statutory_due"]),
        ]
        for kind, label, day in dues:
            if day:
                lines += _event(
                    guide, row["id"], kind, f"{label}:{row['name']}", day, depts.get(row["id"], ""), stamp
                )
    lines += _event(
        guide, "finish", "finish", f"全部办结：{guide['name']}", guide["finish"], str(guide["lead"]), stamp
    )
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _fold(line))


def _event(
    guide: Mapping[str, Any], code: str, kind: str, title: str, day: str, who: str, stamp: str
) -> list[str]:
    begin = date.fromisoformat(day)
    uid = guide.get("number") or f"{guide['bundle']}-{guide['start']}"
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}-{code}-{kind}@sanfu",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{begin:%Y%m%d}",
        f"DTEND;VALUE=DATE:{begin + timedelta(days=1):%Y%m%d}",
        _text("SUMMARY", title),
        _text("DESCRIPTION", who),
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _text(name: str, value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return f"{name}:{escaped}"


def _fold(line: str) -> list[str]:
    """Lines of at most 75 octets; a character is never cut in two."""
    pieces: list[str] = []
    now = ""
    for character in line:
        limit = 75 if not pieces else 74
        if len((now + character).encode()) > limit:
            pieces.append(now)
            now = ""
        now += character
    pieces.append(now)
    return [pieces[0], *(f" {piece}" for piece in pieces[1:])]
