"""Rows of a table turned into firms, officers, standing pairs and neighbours; each row that cannot be used says why."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sanfu.kernel.assigning.model import Firm, Officer, Place

Line = Mapping[str, str]
Made = TypeVar("Made")

# Headers that people use; compared without case, spaces, underscores and what stands in brackets.
FIRM_COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("code", "firm", "firm_id", "firm_code", "id", "企业代码", "企业编号", "统一社会信用代码", "信用代码", "编号", "代码"),
    "name": ("name", "firm_name", "企业名称", "企业", "名称", "单位名称"),
    "load": ("load", "weight", "workload", "size_weight", "demand", "权重", "工作量", "负荷", "折算户数"),
    "above": ("above_scale", "above", "scaled", "is_above_scale", "规上", "是否规上", "规上企业"),
    "district": ("district", "districts", "town", "area", "zone", "板块", "镇街", "所属板块", "所在板块", "属地", "镇区"),
    "x": ("x", "lon", "lng", "longitude", "经度"),
    "y": ("y", "lat", "latitude", "纬度"),
    "language": ("language", "languages", "lang", "need_language", "语言", "语种", "所需语言"),
    "trade": ("trade", "industry", "skill", "sector", "need_skill", "行业", "产业", "所属行业"),
    "avoid": ("avoid", "conflict", "conflicts", "conflict_officers", "forbidden", "barred", "回避", "回避干部", "利益冲突"),
    "officer": ("officer", "current_officer", "current", "old_officer", "previous", "main", "现挂钩干部", "挂钩干部", "原挂钩干部"),
}  # fmt: skip
OFFICER_COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("code", "officer", "officer_id", "officer_code", "id", "工号", "干部编号", "编号", "干部代码", "代码"),
    "name": ("name", "officer_name", "姓名", "干部", "干部姓名", "名称"),
    "capacity": ("capacity", "cap", "max_load", "limit", "quota", "max", "上限", "容量", "可挂钩户数", "承载上限", "最多"),
    "district": ("district", "districts", "home_district", "town", "area", "zone", "板块", "所在板块", "属地", "镇街", "镇区"),
    "serves": ("serves", "reach", "service_districts", "only", "服务板块", "可服务板块", "仅服务"),
    "x": FIRM_COLUMNS["x"],
    "y": FIRM_COLUMNS["y"],
    "language": ("language", "languages", "lang", "langs", "speaks", "语言", "语种", "外语"),
    "trade": ("trade", "trades", "industry", "industries", "skill", "skills", "sector", "sectors", "行业", "专长", "熟悉行业", "产业"),
    "avoid": ("avoid", "conflict", "conflicts", "conflict_firms", "forbidden", "barred", "回避", "回避企业", "利益冲突"),
}  # fmt: skip
PAIR_COLUMNS: dict[str, tuple[str, ...]] = {
    "firm": ("firm", "firm_id", "firm_code", "企业代码", "企业编号", "企业", "企业名称", "统一社会信用代码", "信用代码"),
    "officer": ("officer", "officer_id", "officer_code", "工号", "干部编号", "干部", "挂钩干部", "姓名", "干部姓名"),
}  # fmt: skip
NEIGHBOUR_COLUMNS: dict[str, tuple[str, ...]] = {
    "one": ("one", "a", "from", "district", "板块", "板块一", "甲"),
    "other": ("other", "b", "to", "neighbour", "neighbor", "相邻板块", "板块二", "乙"),
}

LANGUAGES = {
    "": ("", "无", "无要求", "中文", "汉语", "普通话", "chinese", "zh", "cn", "none", "no", "-", "0", "nan", "null"),
    "en": ("en", "english", "英语", "英文"),
    "ja": ("ja", "jp", "japanese", "日语", "日文"),
    "ko": ("ko", "kr", "korean", "韩语", "韩文", "朝鲜语"),
    "de": ("de", "german", "德语", "德文"),
    "fr": ("fr", "french", "法语", "法文"),
}  # fmt: skip
_LANGUAGE = {word: code for code, words in LANGUAGES.items() for word in words}
YES = {"1", "true", "yes", "y", "t", "是", "规上", "有", "✓", "√"}
ABOVE_SCALE_LOAD = 3.0
MOST_LOAD = 10_000  # a firm that weighs more is a typing error
MOST_CAPACITY = 1e9  # beyond all firms of a country together: as good as no limit


class BadRow(Exception):
    """A row that cannot be used; the message says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was refused: where it stands and why."""

    file: str
    line: int
    words: str


@dataclass
class Table:
    """A table with its columns recognised: `rows` are (line number, cells by our names)."""

    file: str
    rows: list[tuple[int, dict[str, str]]]
    columns: dict[str, str]
    ignored: list[str]
    refused: list[Refusal] = field(default_factory=list)


class NoColumn(Exception):
    """A table without a column that it needs; the message names it and the headers that are understood."""


def recognised(
    file: str, rows: Sequence[Sequence[str]], known: Mapping[str, tuple[str, ...]], needed: Sequence[str]
) -> Table:
    """The table with its headers translated; blank lines are skipped, NoColumn when a needed column is missing."""
    start = next((at for at, row in enumerate(rows) if any(cell.strip() for cell in row)), None)
    if start is None:
        raise NoColumn(f"{file} 是空表：第一行应为表头，其后每行一条")
    wanted = {_plain(word): name for name, words in known.items() for word in words}
    places: dict[str, int] = {}
    ignored = []
    for at, header in enumerate(rows[start]):
        name = wanted.get(_plain(header))
        if name is None or name in places:
            ignored += [header] if header.strip() else []
        else:
            places[name] = at
    for name in needed:
        if name not in places:
            raise NoColumn(f"{file} 缺少一列“{known[name][-1]}”；可用的表头：{'、'.join(known[name])}")
    table = Table(file, [], {name: rows[start][at] for name, at in places.items()}, ignored)
    for line, row in enumerate(rows[start + 1 :], start + 2):
        if any(cell.strip() for cell in row):
            table.rows.append(
                (line, {name: row[at].strip() if at < len(row) else "" for name, at in places.items()})
            )
    return table


def _plain(header: str) -> str:
    return re.sub(r"[\s_\-]|[（(].*?[)）]", "", header).lower()


def firms_of(table: Table) -> list[Firm]:
    """Firms of the table; refused rows are added to `table.refused`."""
    return _each(table, _firm, lambda firm: firm.code, "企业")


def officers_of(table: Table, fallback: float) -> list[Officer]:
    """Officers of the table; an officer without capacity gets `fallback`."""
    return _each(table, lambda line: _officer(line, fallback), lambda officer: officer.code, "干部")


def _each(
    table: Table, make: Callable[[Line], Made], code_of: Callable[[Made], str], what: str
) -> list[Made]:
    made: dict[str, Made] = {}
    first: dict[str, int] = {}
    for line, cells in table.rows:
        try:
            one = make(cells)
            code = code_of(one)
            if code in first:
                raise BadRow(f"{what}“{code}”与第 {first[code]} 行重复；请只保留一行")
        except BadRow as problem:
            table.refused.append(Refusal(table.file, line, str(problem)))
            continue
        made[code], first[code] = one, line
    return list(made.values())


def _firm(line: Line) -> Firm:
    code = line.get("code", "") or line.get("name", "")
    if not code:
        raise BadRow("没有企业代码，也没有名称；请补上其中一项")
    above = line.get("above", "").lower() in YES
    load = number(line.get("load", ""), "工作量", ABOVE_SCALE_LOAD if above else 1.0)
    if load <= 0:
        raise BadRow(f"工作量应大于 0，实为 {load:g}；停业企业请从表中移出")
    if load > MOST_LOAD:
        raise BadRow(f"工作量 {load:g} 太大，一家企业不会抵 {MOST_LOAD:,} 户；请核对")
    return Firm(code, line.get("name", ""), load, _place(line), languages(line.get("language", "")), line.get("trade", ""), words(line.get("avoid", "")))  # fmt: skip


def _officer(line: Line, fallback: float) -> Officer:
    code = line.get("code", "") or line.get("name", "")
    if not code:
        raise BadRow("没有工号，也没有姓名；请补上其中一项")
    capacity = number(line.get("capacity", ""), "上限", fallback)
    if capacity < 0:
        raise BadRow(f"上限不能为负，实为 {capacity:g}；不再挂钩请填 0")
    capacity = min(capacity, MOST_CAPACITY)
    only = line.get("serves", "")
    place = _place({**line, "district": only or line.get("district", "")})
    return Officer(code, line.get("name", ""), capacity, place, languages(line.get("language", "")), words(line.get("trade", "")), words(line.get("avoid", "")), bool(only))  # fmt: skip


def _place(line: Line) -> Place:
    across, up = line.get("x", ""), line.get("y", "")
    if bool(across) != bool(up):
        raise BadRow("经度、纬度只填了一个；请两个都填，或都不填")
    point = (number(across, "经度", 0.0), number(up, "纬度", 0.0)) if across else None
    return Place(tuple(sorted(words(line.get("district", "")))), point)


def number(text: str, what: str, fallback: float) -> float:
    """The number in a cell; `fallback` when it is empty; BadRow when it is no number."""
    if not text:
        return fallback
    try:
        value = float(text.replace(",", "").replace("，", ""))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BadRow(f"{what}应为数字，实为“{text}”；请改正后重新上传")
    return value


def words(text: str) -> frozenset[str]:
    """Words of a cell that lists several: separated by ; 、 | / or commas."""
    return frozenset(word.strip() for word in re.split(r"[;；、|/,，]", text) if word.strip())


def languages(text: str) -> frozenset[str]:
    """Language codes of a cell; Chinese asks for nothing and is left out."""
    found = {_LANGUAGE.get(word.lower(), word.lower()) for word in words(text)}
    return frozenset(found - {""})


def languages_said(codes: Iterable[str]) -> str:
    """Languages in Chinese, joined by 、; one that has no Chinese name here stays as it is written."""
    named = {code: next(word for word in words if not word.isascii()) for code, words in LANGUAGES.items()}
    return "、".join(named.get(code, code) for code in codes)


def standing_of(
    table: Table, firms: Sequence[Firm], officers: Sequence[Officer]
) -> tuple[dict[str, str], list[str]]:
    """Standing pairs (firm → officer) and notes; a firm claimed by two officers is refused, both rows are named."""
    firm_at = {word: firm.code for firm in firms for word in (firm.name, firm.code) if word}
    officer_at = {word: one.code for one in officers for word in (one.name, one.code) if word}
    pairs: dict[str, str] = {}
    lines: dict[str, int] = {}
    claimed: set[str] = set()
    gone = unknown = 0
    for line, cells in table.rows:
        firm, officer = cells.get("firm", ""), cells.get("officer", "")
        if not firm or not officer:
            table.refused.append(Refusal(table.file, line, "企业和干部都要填；这一行没有采用"))
            continue
        code = firm_at.get(firm)
        if code is None:
            unknown += 1
            continue
        who = officer_at.get(officer, officer)
        if pairs.get(code, who) != who:
            words_ = f"企业“{firm}”在第 {lines[code]} 行已由“{pairs[code]}”挂钩，这里又写“{officer}”；两行都不采用，请核对后只留一行"
            table.refused.append(Refusal(table.file, line, words_))
            claimed.add(code)
            continue
        pairs[code], lines[code] = who, line
        gone += officer not in officer_at
    notes = [f"{gone} 户的原挂钩干部不在干部表中（已离任），按更换处理"] if gone else []
    notes += [f"{unknown} 行的企业不在企业表中（已注销或迁出），没有采用"] if unknown else []
    return {firm: officer for firm, officer in pairs.items() if firm not in claimed}, notes
