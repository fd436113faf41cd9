"""From dated facts to the columns a rule reads on a day (上年、期末、有效、首次 …). Pure."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sanfu.kernel.rules.language.facts import EVER, PEAK, YEARS, Fact, Value, column_of
from sanfu.kernel.rules.language.quantities import CODE, FLAG

YEAR_ENDS = ("期末", "前年末", "大前年末")


@dataclass(frozen=True, slots=True)
class Observation:
    """One fact row: absolute period, column value, who said it, when it was seen, how long a title lasts."""

    period: str
    value: Value
    source: str
    observed_on: date
    until: date | None = None


@dataclass(frozen=True)
class Profile:
    """One enterprise on a day: its register entry, the columns rules read, and what each column rests on."""

    id: uuid.UUID
    code: str
    name: str
    town: str
    industry: str
    size: str
    row: dict[str, Value]
    origins: dict[str, Observation]


def value_of(fact: Fact, number: int | None, text: str) -> Value:
    """The column value of a stored fact."""
    if fact.type == CODE:
        return text or None
    return None if number is None else (bool(number) if fact.type == FLAG else number)


def columns_on(fact: Fact, seen: Iterable[Observation], day: date) -> dict[str, tuple[Value, Observation]]:
    """Every column of one fact that is known on a day, with the observation behind it.

    Of several observations of one period the latest counts. A period nobody reported is absent: unknown.
    """
    newest: dict[str, Observation] = {}
    for one in sorted(seen, key=lambda o: o.observed_on):
        newest[one.period] = one
    if fact.basis == "认定":
        return _titles(fact, newest, day)
    found: dict[str, tuple[Value, Observation]] = {}
    for period, one in newest.items():
        relative = relative_period(fact.basis, period, day)
        if relative is not None:
            found[column_of(fact, relative)] = (one.value, one)
    if fact.basis == "年度":
        found |= _peak(fact, newest, day)
    return found


def relative_period(basis: str, period: str, day: date) -> str | None:
    """The word a rule uses on `day` for an absolute period; None when no rule word reaches it."""
    if basis in ("当前", "项目"):
        return "" if period == "" else None
    if basis == "事项":
        return period
    if not period[:4].isdigit():
        return None
    age = day.year - int(period[:4])
    if basis == "年度":
        return YEARS[age] if 0 <= age < len(YEARS) else None
    if basis == "期末":
        return YEAR_ENDS[age - 1] if 1 <= age <= len(YEAR_ENDS) else None
    return period[4:] if age == 1 else None  # quarters of the last year


def absolute_period(basis: str, relative: str, day: date) -> str:
    """The other way: what a file's column `上年.营业收入` means when it was observed on `day`. ValueError if never."""
    if basis in ("当前", "项目"):
        return ""
    if basis == "事项":
        return relative
    words = {"年度": YEARS, "期末": ("", *YEAR_ENDS), "认定": ("本年", "上年")}.get(basis)
    if words is None:
        return f"{day.year - 1}{relative}"
    if relative == "有效":
        return ""
    if relative not in words:
        raise ValueError(f"{relative} 不能从文件导入")
    return str(day.year - words.index(relative))


def _peak(fact: Fact, newest: dict[str, Observation], day: date) -> dict[str, tuple[Value, Observation]]:
    past = [
        o for p, o in newest.items() if p.isdigit() and int(p) < day.year - 1 and isinstance(o.value, int)
    ]
    if not past:
        return {}
    best = max(past, key=lambda o: int(o.value or 0))
    return {column_of(fact, PEAK): (best.value, best)}


def _titles(fact: Fact, newest: dict[str, Observation], day: date) -> dict[str, tuple[Value, Observation]]:
    """A title is known once its register was looked at: a year's award, or period "" for "looked, none or valid"."""
    if not newest:
        return {}
    latest = max(newest.values(), key=lambda o: o.observed_on)
    awards = {int(p): o for p, o in newest.items() if p.isdigit() and o.value is True}
    current = newest.get("")
    valid = next((o for o in awards.values() if o.until is None or o.until >= day), None)
    if valid is None and current is not None and current.value is True:
        valid = current
    found: dict[str, tuple[Value, Observation]] = {
        column_of(fact, "有效"): (valid is not None, valid or latest)
    }
    for word, year in (("本年", day.year), ("上年", day.year - 1)):
        found[column_of(fact, word)] = (year in awards, awards.get(year, latest))
    before = [o for year, o in awards.items() if year < day.year]
    found[column_of(fact, EVER)] = (bool(before), before[0] if before else latest)
    return found
