"""外企走访: holidays of a firm's head office and the words of its two-language brief, from content/enterprise/foreign.yaml."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sanfu.records.content import CONTENT, read_yaml


@cache
def foreign(folder: Path = CONTENT / "enterprise") -> dict[str, Any]:
    """Countries, languages and words; an unknown country has none of them."""
    found: dict[str, Any] = read_yaml(folder / "foreign.yaml") or {}
    return found


def country_name(home: str) -> str:
    """日本 of JP; the code itself where the county has not written it down."""
    return str(foreign()["countries"].get(home, {}).get("name", home))


def holiday(home: str, first: date, last: date) -> str:
    """The head office's holiday that days touch, in words; empty when none is on file."""
    for begin, end, name in foreign()["countries"].get(home, {}).get("holidays", ()):
        if begin <= last and first <= end:
            return f"{country_name(home)}总部{name}放假（{begin} 至 {end}）"
    return ""


def holiday_of_week(home: str, monday: date | None) -> str:
    """The same for a week that begins on a Monday, working days only."""
    return "" if not home or monday is None else holiday(home, monday, monday + timedelta(days=4))


def language_of(home: str) -> str:
    """Code of the language of the brief beside Chinese: English where the country has none."""
    return str(foreign()["countries"].get(home, {}).get("language", "en"))


def word(key: str, language: str, group: str = "words") -> str:
    """A word of the brief in a language; the key itself where there is none."""
    return str(foreign()[group].get(key, {}).get(language, key))
