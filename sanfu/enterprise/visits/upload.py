"""A sheet of departments' wishes checked line by line, every fault by its line. Nothing is written here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.registry.upload import RowError, rows_of
from sanfu.kernel.sheets import UnreadableSheet, read_day
from sanfu.kernel.visiting.reading import LAWFUL_WORDS, WISH_COLUMNS
from sanfu.people.models import Organisation

MOST_ROWS = 5_000
YES = {"是", "y", "yes", "1", "true", "单独", "√"}
NO = {"", "否", "n", "no", "0", "false", "不用", "无"}


@dataclass(frozen=True, slots=True)
class GoodWish:
    """A row that can become a wish."""

    line: int
    enterprise: Enterprise
    department: Organisation
    first: date
    last: date
    purpose: str
    minutes: int
    alone: bool
    lawful: bool


@dataclass
class CheckedWishes:
    """Rows that passed, and every error."""

    total: int = 0
    good: list[GoodWish] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


@dataclass(frozen=True)
class Known:
    """What rows may name: firms by name and credit code, departments by name, short name and code, the own one."""

    firms: Mapping[str, Enterprise]
    units: Mapping[str, Organisation]
    own: Organisation | None
    may_all: bool
    today: date


def check_wishes(name: str, content: bytes, known: Known) -> CheckedWishes:
    """Check a whole file. Refused when it cannot be read or has no column of firms or days."""
    rows = rows_of(
        name, content, WISH_COLUMNS, must=("firm", "first", "last"), each="一条走访意向", most=MOST_ROWS,
        none="没有登记任何一条",
    )  # fmt: skip
    checked, seen = CheckedWishes(len(rows)), dict[tuple[object, ...], int]()
    for line, row in rows:
        _take(checked, line, row, known, seen)
    return checked


def _take(
    checked: CheckedWishes,
    line: int,
    row: Mapping[str, str],
    known: Known,
    seen: dict[tuple[object, ...], int],
) -> None:
    errors: list[RowError] = []
    firm = known.firms.get(row["firm"])
    if firm is None:
        errors.append(
            RowError(
                line, "企业", row["firm"], "企业档案里没有这家企业，或已注销", "写全称或统一社会信用代码"
            )
        )
    unit = _unit(line, row.get("department", ""), known, errors)
    first, last = (
        _day(line, label, row[key], errors) for key, label in (("first", "最早"), ("last", "最晚"))
    )
    if first and last and last < first:
        errors.append(RowError(line, "最晚", row["last"], f"早于最早的 {first}", "对调，或改正"))
    if last and last < known.today:
        errors.append(RowError(line, "最晚", row["last"], "已经过去", "改成今天以后"))
    minutes = _minutes(line, row.get("minutes", ""), errors)
    alone = row.get("alone", "").lower()
    if alone not in YES | NO:
        errors.append(RowError(line, "单独走访", row["alone"], "不是“是”或“否”", "写是或否"))
    purpose = row.get("purpose", "")
    if len(purpose) < 2:
        errors.append(RowError(line, "事由", purpose, "没有写事由", "写明去做什么"))
    lawful = (
        any(word in f"{purpose} {row.get('lawful', '')}" for word in LAWFUL_WORDS)
        or row.get("lawful", "").lower() in YES
    )
    key = (row["firm"], unit.pk if unit else None, first, last, purpose)
    if not errors and key in seen:
        errors.append(RowError(line, "企业", row["firm"], f"与第{seen[key]}行完全相同", "只留一行"))
    seen.setdefault(key, line)
    checked.errors += errors
    if not errors and firm and unit and first and last:
        checked.good.append(
            GoodWish(line, firm, unit, first, last, purpose[:200], minutes, alone in YES, lawful)
        )


def _unit(line: int, said: str, known: Known, errors: list[RowError]) -> Organisation | None:
    """The department that a row names; an empty cell is the own one, another's only for who plans."""
    found = known.units.get(said) if said else known.own
    if found is None:
        errors.append(RowError(line, "部门", said, "没有这个部门", "写部门全称或简称，本部门可留空"))
    elif known.own is not None and found.pk != known.own.pk and not known.may_all:
        errors.append(RowError(line, "部门", said, "只能提本部门的意向", "删去这一行，或请统筹员登记"))
    return found


def _day(line: int, label: str, text: str, errors: list[RowError]) -> date | None:
    try:
        day = read_day(text)
    except UnreadableSheet:
        day = None
    if day is None:
        errors.append(RowError(line, label, text, "不是日期", "写作 2026-03-05"))
    return day


def _minutes(line: int, text: str, errors: list[RowError]) -> int:
    if not text:
        return 60
    plain = text.removesuffix("分钟")
    if plain.isdecimal() and 10 <= int(plain) <= 480:
        return int(plain)
    errors.append(RowError(line, "时长", text, "应是 10 到 480 分钟", "只写分钟数，不清楚就留空"))
    return 60
