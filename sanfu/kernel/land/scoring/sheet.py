"""A sheet of firms (企业数据表): rows by heading → firms to evaluate; what cannot be read is refused row by row."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from sanfu.kernel.land.areas import MU
from sanfu.kernel.land.quantities import AREA_UNITS, EMPTY, MONEY_UNITS
from sanfu.kernel.land.scoring.engine import Firm
from sanfu.kernel.land.scoring.headings import Headings, squeeze, unit_factor

ID = frozenset(("统一社会信用代码", "信用代码", "企业编号", "编号", "id", "code", "firmid", "uscc", "序号"))
NAME = frozenset(("企业名称", "单位名称", "名称", "企业", "name", "firm", "company"))
SET = frozenset(("类别", "规模", "套", "组别", "set", "group", "scale", "规上规下", "是否规上", "企业类别"))
DISTRICT = frozenset(("镇街", "镇", "街道", "属地", "区域", "板块", "district", "town", "所在镇街"))
BONUS = frozenset(("加分", "加减分", "bonus", "附加分"))
FOLLOWS = frozenset(("宗地主", "宗地主编号", "跟随", "follows", "landlord"))
YES = frozenset(("是", "有", "true", "1", "yes", "y", "√"))
NO = frozenset(("否", "无", "false", "0", "no", "n", "×"))


class CellError(ValueError):
    """A cell that is neither empty nor what its column wants."""


@dataclass(frozen=True, slots=True)
class RowRefused:
    """A row that is not evaluated; `row` counts from 1 as the file shows it."""

    row: int
    name: str
    column: str
    why: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Firms in the order of the file, refused rows, notes on columns, and columns that mean nothing here."""

    firms: list[Firm]
    refused: list[RowRefused]
    notes: list[str]
    ignored: list[str]


def read_sheet(rows: Sequence[Mapping[str, object]], headings: Headings, first_row: int = 2) -> Sheet:
    """Firms of rows; rows of one firm with several sites stay apart until `merged`. ValueError without a name column."""
    columns = list(dict.fromkeys(str(c) for row in rows for c in row if c is not None))
    kinds = {c: _kind(c, headings) for c in columns}
    if not any(kind[0] in ("id", "name") for kind in kinds.values()):
        raise ValueError("表里没有企业名称或编号一列；第一行要是表头")
    notes = [
        f"“{c}”按表头单位换算"
        for c, kind in kinds.items()
        if kind[0] in ("fact", "value") and unit_factor(c)[1]
    ]
    firms, refused = [], []
    for number, row in enumerate(rows, first_row):
        if all(_empty(value) for value in row.values()):
            continue
        try:
            firms.append(_firm(row, kinds, number))
        except CellError as error:
            column, _, why = str(error).partition("\t")
            refused.append(RowRefused(number, _label(row, kinds), column, why))
    doubles = (
        {f.id for f in firms if sum(o.id == f.id for o in firms) > 1}
        if len(firms) < 2000
        else _doubles(firms)
    )
    if doubles:
        notes.append(f"{len(doubles)} 家企业有多行（一企多地），逐行独立评价；合并评价请选“合并”")
    return Sheet(firms, refused, notes, [c for c, kind in kinds.items() if kind[0] == "ignored"])


def _doubles(firms: Sequence[Firm]) -> set[str]:
    seen: set[str] = set()
    return {f.id for f in firms if f.id in seen or seen.add(f.id)}  # type: ignore[func-returns-value]


def _kind(column: str, headings: Headings) -> tuple[str, str]:
    """What a column is: its kind, and the canonical name of what it holds."""
    plain = squeeze(column)
    fixed = (
        ("id", ID),
        ("name", NAME),
        ("set", SET),
        ("district", DISTRICT),
        ("bonus", BONUS),
        ("follows", FOLLOWS),
    )
    for kind, words in fixed:
        if plain in words:
            return kind, kind
    if name := headings.indicator(column):
        return "value", name
    if name := headings.fact(column):
        return "fact", name
    if plain in headings.days:
        return "day", headings.days[plain]
    return ("flag", headings.flags[plain]) if plain in headings.flags else ("ignored", "")


def _empty(value: object) -> bool:
    return value is None or str(value).strip().lower() in EMPTY


def _firm(row: Mapping[str, object], kinds: Mapping[str, tuple[str, str]], number: int) -> Firm:
    text: dict[str, str] = {}
    facts: dict[str, Decimal | None] = {}
    values: dict[str, Decimal | None] = {}
    days: dict[str, date] = {}
    flags: dict[str, bool] = {}
    bonus = Decimal(0)
    for column, raw in row.items():
        kind, name = kinds[str(column)]
        if kind in ("id", "name", "set", "district", "follows"):
            text[kind] = "" if raw is None else str(raw).strip()
        elif _empty(raw) or kind == "ignored":
            continue
        elif kind == "fact":
            facts[name] = number_of(str(column), raw)
        elif kind == "value":
            values[name] = number_of(str(column), raw)
        elif kind == "day":
            days[name] = _day(str(column), raw)
        elif kind == "flag":
            flags[name] = _flag(str(column), raw)
        else:
            bonus = number_of(str(column), raw)
    label = text.get("name") or text.get("id") or f"第 {number} 行"
    group = text.get("set", "")
    return Firm(
        text.get("id") or label,
        label,
        group,
        facts,
        values,
        days,
        flags,
        text.get("district", ""),
        bonus,
        text.get("follows", ""),
    )


def number_of(column: str, raw: object) -> Decimal:
    """A figure in the definitions' unit: the unit of the cell counts, else that of the heading. CellError."""
    text = str(raw).strip().replace(",", "").replace("，", "")
    found = re.fullmatch(r"([-+]?\d*\.?\d+(?:[eE][-+]?\d+)?)\s*(.*)", text)
    if found is None:
        raise CellError(f"{column}\t“{raw}”读不成数")
    try:
        number = Decimal(found[1])
    except InvalidOperation:
        raise CellError(f"{column}\t“{raw}”读不成数") from None
    own = found[2].strip().lower()
    if not own:
        return number * unit_factor(column)[0]
    if own in ("%", "％"):
        return number / 100
    factor = MONEY_UNITS.get(own) or (AREA_UNITS[own] / MU if own in AREA_UNITS else None)
    if factor is None:
        raise CellError(f"{column}\t“{raw}”的单位不认识")
    factor = Fraction(factor)
    return number * factor.numerator / factor.denominator


def _day(column: str, raw: object) -> date:
    if isinstance(raw, date):
        return date(raw.year, raw.month, raw.day)
    found = re.match(r"\s*(\d{4})\D(\d{1,2})\D(\d{1,2})|\s*(\d{4})(\d{2})(\d{2})\b", str(raw))
    try:
        parts = [int(p) for p in found.groups() if p] if found else []
        return date(*parts)
    except (TypeError, ValueError):
        raise CellError(f"{column}\t“{raw}”不是日期；写成 2024-03-01") from None


def _flag(column: str, raw: object) -> bool:
    word = str(raw).strip().lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise CellError(f"{column}\t“{raw}”应写 是 或 否")


def _label(row: Mapping[str, object], kinds: Mapping[str, tuple[str, str]]) -> str:
    return next((str(v) for c, v in row.items() if kinds[str(c)][0] == "name" and v), "")


def merged(firms: Sequence[Firm]) -> list[Firm]:
    """一企多地合并评价: the facts of one firm's rows added up; ready-made indicator values cannot be added and are dropped."""
    groups: dict[str, list[Firm]] = {}
    for firm in firms:
        groups.setdefault(firm.id, []).append(firm)
    return [rows[0] if len(rows) == 1 else _sum(rows) for rows in groups.values()]


def _sum(rows: Sequence[Firm]) -> Firm:
    keys = dict.fromkeys(k for r in rows for k in r.facts)
    facts: dict[str, Decimal | None] = {}
    for key in keys:
        figures = [r.facts.get(key) for r in rows]
        known = [f for f in figures if f is not None]
        facts[key] = sum(known, Decimal(0)) if len(known) == len(figures) else None
    first = rows[0]
    flags = {k: any(r.flags.get(k) is True for r in rows) for r in rows for k in r.flags}
    days = {k: min(r.days[k] for r in rows if k in r.days) for r in rows for k in r.days}
    return Firm(
        first.id, first.name, first.set, facts, {}, days, flags, first.district, first.bonus, first.follows
    )


def share_site(total_mu: Decimal, leases: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """一地多企: a lot's 亩 split by leased floor area; the shares add up to the lot exactly (the last takes the rest)."""
    whole = sum(leases.values(), Decimal(0))
    if whole <= 0:
        raise ValueError("没有租赁面积，分不了")
    names = list(leases)
    found = {name: (total_mu * leases[name] / whole).quantize(Decimal("0.0001")) for name in names[:-1]}
    found[names[-1]] = total_mu - sum(found.values(), Decimal(0))
    return found
