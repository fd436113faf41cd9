"""A roster of enterprises (企业名录) checked line by line against the register; writes nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sanfu.enterprise.registry.content import industries
from sanfu.enterprise.registry.upload import RowError, rows_of
from sanfu.kernel.codes.credit import BadCode, CreditCode
from sanfu.kernel.sheets import UnreadableSheet, read_day

MOST_ROWS, LONGEST_NAME = 50_000, 80
HEADS = {
    "code": ("统一社会信用代码", "信用代码", "社会信用代码", "credit_code"),
    "name": ("企业名称", "名称", "企业", "单位名称", "单位详细名称", "name"),
    "town": ("镇街", "所属镇街", "所属板块", "属地", "板块", "乡镇", "town"),
    "industry": ("行业代码", "行业", "所属行业", "国民经济行业", "industry"),
    "size": ("规模", "企业规模", "单位规模", "size"),
    "established": ("成立日期", "成立时间", "成立", "注册日期", "established"),
    "home": ("总部国别", "总部所在国别", "国别", "home"),
}
SIZES = {
    "": "",
    **{word: size for size in ("大型", "中型", "小型", "微型") for word in (size, size[0], f"{size}企业")},
}


@dataclass
class CheckedRoster:
    """Enterprises that can be entered, as columns in JSON; how many stand already; every error."""

    total: int = 0
    good: list[dict[str, Any]] = field(default_factory=list)
    standing: int = 0
    errors: list[RowError] = field(default_factory=list)


@dataclass(frozen=True)
class Known:
    """What rows may name: firms of the register (credit code → name), towns by every name, and the day."""

    firms: Mapping[str, str]
    towns: Mapping[str, UUID]
    today: date


def check_roster(name: str, content: bytes, known: Known) -> CheckedRoster:
    """Check a whole file; what stands under the same name is no error. Refused when the columns are wrong."""
    rows = rows_of(
        name, content, HEADS, must=("code", "name"), each="一家企业", most=MOST_ROWS, none="没有登记任何一家"
    )
    checked, seen = CheckedRoster(len(rows)), dict[str, int]()
    for line, row in rows:
        _take(checked, line, row, known, seen)
    return checked


def _take(
    checked: CheckedRoster, line: int, row: Mapping[str, str], known: Known, seen: dict[str, int]
) -> None:
    errors: list[RowError] = []
    code, name = _code(line, row["code"], errors), row["name"].strip()
    if not 4 <= len(name) <= LONGEST_NAME:
        errors.append(
            RowError(line, "企业名称", name[:100], "不是企业全称", f"写 4 到 {LONGEST_NAME} 个字的全称")
        )
    if code and code in seen:
        errors.append(RowError(line, "统一社会信用代码", code, f"第{seen[code]}行已有同一代码", "只留一行"))
    elif code and known.firms.get(code, name) != name:
        errors.append(
            RowError(
                line, "企业名称", name, f"档案里这个代码是“{known.firms[code]}”", "更名请在该企业档案里登记"
            )
        )
    seen.setdefault(code, line)
    columns = {"code": code, "name": name, **_columns(line, row, known, errors)}
    checked.errors += errors
    if not errors and code in known.firms:
        checked.standing += 1
    elif not errors:
        checked.good.append(columns)


def _code(line: int, said: str, errors: list[RowError]) -> str:
    try:
        return str(CreditCode.parse(said))
    except BadCode as problem:
        errors.append(RowError(line, "统一社会信用代码", said, str(problem), "核对营业执照"))
        return ""


def _columns(line: int, row: Mapping[str, str], known: Known, errors: list[RowError]) -> dict[str, Any]:
    """The other columns; an empty cell stays unknown."""
    town, size, home = row["town"].strip(), SIZES.get(row["size"].strip()), row["home"].strip().upper()
    if town and town not in known.towns:
        errors.append(
            RowError(line, "镇街", town, "没有这个镇街或开发区", "写全称、简称或代码，不清楚就留空")
        )
    if size is None:
        errors.append(
            RowError(line, "规模", row["size"], "不是划型", "写大型、中型、小型或微型，不清楚就留空")
        )
    if home and not re.fullmatch("[A-Z]{2}", home):
        errors.append(
            RowError(line, "总部国别", row["home"], "不是国别代码", "写两个字母，例如 JP；国内留空")
        )
    industry = industry_of(row["industry"])
    if industry is None:
        errors.append(
            RowError(
                line, "行业", row["industry"], "不是国民经济行业分类的代码或大类", "写作 C3963，不清楚就留空"
            )
        )
    established = _day(line, row["established"], known.today, errors)
    return {
        "town": str(known.towns[town]) if town in known.towns else None, "size": size, "home": home,
        "industry": industry, "established": established.isoformat() if established else None,
    }  # fmt: skip


def industry_of(said: str) -> str | None:
    """`C3963` of a code, of digits alone or of the name of a class; "" when empty, None when there is no such industry."""
    plain = said.strip()
    found = re.fullmatch(r"([A-Ta-t]?)(\d{2,4})", plain)
    for letter, group in industries().items():
        if plain in (letter, group["名称"]):
            return str(letter)
        if found and found[1].upper() in ("", letter) and found[2][:2] in group["大类"]:
            return f"{letter}{found[2]}"
        for digits, name in group["大类"].items():
            if plain == name:
                return f"{letter}{digits}"
    return None if plain else ""


def _day(line: int, said: str, today: date, errors: list[RowError]) -> date | None:
    try:
        day = read_day(said)
    except UnreadableSheet:
        errors.append(RowError(line, "成立日期", said, "不是日期", "写作 2015-03-05，不清楚就留空"))
        return None
    if day and day > today:
        errors.append(RowError(line, "成立日期", said, "晚于今天", "核对营业执照"))
    return day
