"""PROJECTS and FACTORS tables as a problem: headings in Chinese or English, units converted with a note.

FACTORS has a row for each factor: 要素, 类型 (总量, 容量, 逐月), 单位, and either 供给 or one column a month (1月 …);
or a row for each factor and month: 要素, 月份, 供给.
PROJECTS has a row for each project: 编号, 名称, 层级, 得分, and a column for each factor's need; optional 最早, 最晚
(month), 必保, 互斥组, 前置项目, 用期, 省级统筹 (factors not drawn from the county's quota).
"""

import re
from dataclasses import dataclass

from sanfu.kernel.allocating.model import FLOW, LEVEL, STOCK, BadProblem, Factor, Problem, Project
from sanfu.kernel.sheets import Sheet, UnreadableSheet, plain_heading, read_amount, read_sheet, unit_in

HEADINGS = {
    "id": ("编号", "项目编号", "项目代码", "代码", "id", "code", "project_id", "project"),
    "name": ("项目名称", "名称", "项目", "name", "project_name", "title"),
    "tier": ("层级", "级别", "项目级别", "优先级", "优先层级", "梯次", "tier", "level", "priority", "rank"),
    "merit": (
        "得分",
        "综合得分",
        "评分",
        "分值",
        "效益",
        "权重",
        "价值",
        "merit",
        "score",
        "value",
        "weight",
        "benefit",
    ),
    "earliest": (
        "最早",
        "最早开工",
        "最早开工月",
        "最早月",
        "earliest",
        "earliest_start",
        "earliest_month",
        "start_min",
        "from",
    ),
    "latest": (
        "最晚",
        "最晚开工",
        "最晚开工月",
        "最晚月",
        "latest",
        "latest_start",
        "latest_month",
        "start_max",
        "until",
    ),
    "mandatory": (
        "必保",
        "必保项目",
        "必须安排",
        "必须",
        "必上",
        "是否必保",
        "必须保障",
        "mandatory",
        "must",
        "required",
    ),
    "group": ("互斥组", "选址组", "方案组", "互斥", "group", "exclusive_group", "exclusive", "site_group"),
    "requires": ("前置项目", "前置", "一期", "requires", "after", "depends_on", "predecessor"),
    "duration": ("用期", "用期月数", "建设月数", "duration", "months"),
    "outside": ("省级统筹", "上级统筹", "不占本级", "outside", "exempt", "provincial_quota"),
}
FACTOR_HEADINGS = {
    "name": ("要素", "要素名称", "名称", "factor", "name", "resource"),
    "kind": ("类型", "类别", "性质", "kind", "type"),
    "unit": ("单位", "unit"),
    "supply": (
        "供给",
        "供给量",
        "总量",
        "可用量",
        "可用",
        "指标",
        "容量",
        "capacity",
        "supply",
        "total",
        "available",
        "amount",
        "limit",
    ),
}
KIND_WORDS = (
    (LEVEL, re.compile(r"容量|level|capacity|peak", re.I)),
    (FLOW, re.compile(r"逐月|流量|每月|flow|monthly|renewable", re.I)),
    (STOCK, re.compile(r"总量|存量|指标|stock|budget|quota|total|nonrenewable|^$", re.I)),
)
TIER_WORDS = (
    ("national", 1), ("state", 1), ("provinc", 2), ("municipal", 3), ("city", 3), ("county", 4), ("district", 4), ("town", 5),
    ("国家", 1), ("省", 2), ("设区市", 3), ("市", 3), ("县", 4), ("区", 4), ("镇", 5), ("乡", 5),
)  # fmt: skip
YES = {"是", "必保", "√", "✓", "1", "y", "yes", "true", "对", "有"}
NO = {"", "否", "0", "n", "no", "false", "×", "无", "-", "—"}
NEED_WORDS = re.compile(r"需求量|需求|需要|需|用量|使用|need|demand|usage|use|req(?:uired)?")


@dataclass(frozen=True)
class Read:
    """A problem read from two tables, with what was assumed or converted on the way."""

    problem: Problem
    notes: tuple[str, ...]


def read_problem(
    projects: bytes, factors: bytes, delay: float = 0.0, names: tuple[str, str] = ("项目表", "要素表")
) -> Read:
    """The problem of two files; raises BadProblem with every fault found, by table and line."""
    try:
        wanted, given = read_sheet(projects, names[0]), _widened(read_sheet(factors, names[1]))
    except UnreadableSheet as problem:
        raise BadProblem(str(problem)) from problem
    notes = [*wanted.notes, *given.notes]
    supplied, months = _factors(given, notes)
    made, labels = _projects(wanted, supplied, months, notes)
    if not made:
        raise BadProblem("项目表没有项目；表头下面应有至少一行")
    return Read(Problem(tuple(made), tuple(supplied), months, delay, labels), tuple(notes))


def _places(sheet: Sheet, headings: dict[str, tuple[str, ...]]) -> dict[str, int | None]:
    return {word: sheet.column(*names) for word, names in headings.items()}


def _month_columns(sheet: Sheet) -> list[int]:
    """Columns 1月 … 12月, m1 …, 2026-01 …, in the order of the table."""
    shape = re.compile(r"^(?:m|month|第)?0?(\d{1,2})月?$|^(\d{4})年?(\d{1,2})月?$")
    return [k for k, heading in enumerate(sheet.headings) if shape.match(plain_heading(heading))]


class _Faults(list[str]):
    """Faults of one table; raised together so that a person mends the file once."""

    def stop(self) -> None:
        if self:
            more = f"；另有 {len(self) - 12} 处" if len(self) > 12 else ""
            raise BadProblem("；".join(self[:12]) + more)


def _widened(sheet: Sheet) -> Sheet:
    """A factor table with a row for each factor and month (要素, 月份, 供给) as one row a factor with month columns."""
    name, month, supply = (sheet.column(*FACTOR_HEADINGS["name"]), sheet.column("月份", "月", "month"),
                           sheet.column(*FACTOR_HEADINGS["supply"]))  # fmt: skip
    if name is None or month is None or supply is None:
        return sheet
    months = sorted({_month(row[month], 1) for _, row in sheet.rows})
    kept = [k for k in range(len(sheet.headings)) if k not in (month, supply)]
    found: dict[str, tuple[int, tuple[str, ...], dict[int, str]]] = {}
    for line, row in sheet.rows:
        place = found.setdefault(row[name], (line, tuple(row[k] for k in kept), {}))[2]
        number = _month(row[month], 1)
        if number in place:
            raise BadProblem(f"要素表第 {line} 行：{row[name]} {number} 月写了两次")
        place[number] = row[supply]
    headings = (*(sheet.headings[k] for k in kept), *(f"{k}月" for k in range(1, months[-1] + 1)))
    rows = tuple(
        (line, (*cells, *(by.get(k, "") for k in range(1, months[-1] + 1))))
        for line, cells, by in found.values()
    )
    return Sheet(headings, rows, sheet.notes)


def _factors(sheet: Sheet, notes: list[str]) -> tuple[list[Factor], int]:
    at = _places(sheet, FACTOR_HEADINGS)
    monthly = _month_columns(sheet)
    if at["name"] is None:
        raise BadProblem("要素表没有“要素”一列；表头应有 要素、类型、单位、供给（或 1月…12月）")
    if at["supply"] is None and not monthly:
        raise BadProblem("要素表没有“供给”一列，也没有 1月…12月 各列")
    notes += _unused(sheet, {k for k in at.values() if k is not None} | set(monthly), "要素表")
    horizon = len(monthly) or 12
    out, faults = list[Factor](), _Faults()
    for line, row in sheet.rows:
        name = row[at["name"]]
        unit = row[at["unit"]] if at["unit"] is not None else unit_in(name)
        kind = _kind(row[at["kind"]] if at["kind"] is not None else "", faults, line)
        try:
            supply = _supply(row, at["supply"], monthly, kind, unit, horizon, notes, f"要素表第 {line} 行")
        except UnreadableSheet as problem:
            faults.append(f"要素表第 {line} 行：{problem}")
            continue
        out.append(Factor(re.sub(r"[（(].*?[)）]", "", name).strip() or name, supply, kind, unit))
    faults.stop()
    return out, horizon


def _kind(text: str, faults: list[str], line: int) -> str:
    for kind, words in KIND_WORDS:
        if words.search(text.strip()):
            return kind
    faults.append(f"要素表第 {line} 行：类型“{text}”不认识，应为 总量、容量或逐月")
    return STOCK


def _supply(
    row: tuple[str, ...],
    total_at: int | None,
    monthly: list[int],
    kind: str,
    unit: str,
    horizon: int,
    notes: list[str],
    where: str,
) -> tuple[float, ...]:
    """Supply by month: the month columns if filled, else the one number (a stock is there from month 1)."""

    def read(cell: str) -> float | None:
        amount = read_amount(cell, unit)
        if amount is not None and amount.note:
            notes.append(f"{where}：{amount.note}")
        return None if amount is None else amount.value

    months = [read(row[k]) for k in monthly]
    total = read(row[total_at]) if total_at is not None else None
    if any(x is not None for x in months):
        supply = tuple(0.0 if x is None else x for x in months)
        if kind == STOCK and total is not None and abs(sum(supply) - total) > 1e-6 * max(1.0, total):
            notes.append(f"{where}：各月合计 {sum(supply):g} 与供给 {total:g} 不等，按各月计")
        return supply
    if total is None:
        raise UnreadableSheet("没有写供给；没有就写 0")
    return (total, *[0.0] * (horizon - 1)) if kind == STOCK else (total,) * horizon


def _projects(
    sheet: Sheet, factors: list[Factor], horizon: int, notes: list[str]
) -> tuple[list[Project], dict[int, str]]:
    at = _places(sheet, HEADINGS)
    if at["name"] == at["id"]:
        at["name"] = None
    if at["id"] is None and at["name"] is None:
        raise BadProblem("项目表没有“编号”或“名称”一列")
    if at["merit"] is None:
        notes.append("项目表没有“得分”一列，每个项目按 1 分计")
    needs = _need_columns(sheet, factors, {k for k in at.values() if k is not None})
    missing = [factor.name for factor in factors if factor.name not in needs.values()]
    if len(missing) == len(factors):
        raise BadProblem(f"项目表没有任何要素的需求列；列名应与要素同名：{'、'.join(missing)}")
    notes += [f"项目表没有“{name}”的需求列，按不需要计" for name in missing]
    notes += _unused(sheet, {k for k in at.values() if k is not None} | set(needs), "项目表")
    out, faults, labels = list[Project](), _Faults(), dict[int, str]()
    for line, row in sheet.rows:
        try:
            out.append(_project(line, row, at, needs, sheet, horizon, notes, labels, factors))
        except UnreadableSheet as problem:
            faults.append(f"项目表第 {line} 行：{problem}")
    faults.stop()
    return out, labels


def _unused(sheet: Sheet, used: set[int], where: str) -> list[str]:
    """A note on columns that mean nothing here: a heading spelled otherwise must not be lost in silence."""
    rest = [
        h
        for k, h in enumerate(sheet.headings)
        if h and k not in used and any(row[k] for _, row in sheet.rows)
    ]
    return [f"{where}没有用到的列：{'、'.join(rest)}"] if rest else []


def _need_columns(sheet: Sheet, factors: list[Factor], taken: set[int]) -> dict[int, str]:
    """Which factor a column states the need of: the same name, alone or with 需求, need …"""
    names = {plain_heading(factor.name): factor.name for factor in factors}
    out: dict[int, str] = {}
    for k, heading in enumerate(sheet.headings):
        plain = plain_heading(heading)
        bare = NEED_WORDS.sub("", plain)
        for key in (plain, bare):
            if key in names and names[key] not in out.values() and (k not in taken or key == plain):
                out[k] = names[key]
                break
    return out


def _project(
    line: int,
    row: tuple[str, ...],
    at: dict[str, int | None],
    needs: dict[int, str],
    sheet: Sheet,
    horizon: int,
    notes: list[str],
    labels: dict[int, str],
    factors: list[Factor],
) -> Project:
    def cell(word: str) -> str:
        place = at[word]
        return row[place] if place is not None and place not in needs else ""

    def number(text: str, unit: str = "") -> float | None:
        amount = read_amount(text, unit)
        if amount is not None and amount.note:
            notes.append(f"项目表第 {line} 行：{amount.note}")
        return None if amount is None else amount.value

    code = cell("id") or cell("name")
    if not code:
        raise UnreadableSheet("没有编号也没有名称")
    units = {factor.name: factor.unit for factor in factors}
    asked = {}
    for k, name in needs.items():
        asked[name] = _in_unit(number, row[k], unit_in(sheet.headings[k]), units[name])
    merit = number(cell("merit")) if at["merit"] is not None else 1.0
    if merit is None:
        raise UnreadableSheet("没有写得分；没有就写 0")
    tier, label = _tier(cell("tier"))
    labels.setdefault(tier, label)
    earliest = _month(cell("earliest"), 1)
    latest = _month(cell("latest"), horizon)
    if earliest > latest:
        raise UnreadableSheet(f"最早开工（{earliest} 月）晚于最晚开工（{latest} 月）")
    outside = frozenset(x for x in re.split(r"[、,，;；/ ]+", cell("outside")) if x and x not in {"否", "无"})
    return Project(
        code,
        cell("name") or code,
        merit,
        asked,
        tier,
        earliest,
        latest,
        _yes(cell("mandatory")),
        cell("group"),
        cell("requires"),
        int(number(cell("duration")) or 0),
        frozenset(units) if outside & {"是", "全部"} else outside,
    )


def _in_unit(read: object, text: str, typed: str, unit: str) -> float:
    """A need in the factor's unit: the column's unit is appended to a bare number where the two differ."""
    if typed and unit and typed != unit and re.fullmatch(r"[\d,，.\s]+", text.strip() or "x"):
        text = f"{text.strip()}{typed}"
    return read(text, unit) or 0.0  # type: ignore[operator]


def _tier(text: str) -> tuple[int, str]:
    text = text.strip()
    if not text:
        return 1, "同一层级"
    found = re.search(r"\d+", text)
    if found:
        return int(found.group()), text if not text.isdigit() else f"第{int(text)}级"
    for word, tier in TIER_WORDS:
        if word in text.lower():
            return tier, text
    raise UnreadableSheet(f"层级“{text}”不认识；应为 国家级、省级、市级、县级 或 1、2、3…（1 最先安排）")


def _month(text: str, default: int) -> int:
    text = text.strip()
    if not text:
        return default
    found = re.search(r"^\d{4}[-/.年](\d{1,2})", text) or re.search(r"^m?0?(\d{1,3})\s*月?$", text, re.I)
    if found is None:
        raise UnreadableSheet(f"“{text}”不是月份；应写 3、3月 或 2026-03")
    return int(found.group(1))


def _yes(text: str) -> bool:
    word = text.strip().lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise UnreadableSheet(f"必保一栏“{text}”不认识；应写 是 或 否")
