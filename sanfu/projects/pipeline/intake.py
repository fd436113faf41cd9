"""A sheet of projects as rows that can stand, and rows refused with their reason (导入项目)."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sanfu.kernel.sheets import Sheet, UnreadableSheet, read_amount, read_day, read_sheet, unit_in
from sanfu.projects.pipeline.rules import MILESTONES, out_of_order

HEADINGS = {
    "code": ("项目代码", "代码", "编号", "项目编号", "code", "id"),
    "name": ("项目名称", "名称", "项目", "name"),
    "owner": ("业主", "项目业主", "业主单位", "投资方", "建设单位", "owner"),
    "tier": ("层级", "级别", "项目级别", "tier"),
    "total": ("总投资", "计划总投资", "投资额", "total", "investment"),
}
MONTH = re.compile(r"^(\d{4})[-年./]?(\d{1,2})月?(计划|实际)")


@dataclass(frozen=True)
class Brought:
    """One project that can stand, with dates by milestone and investment by month."""

    code: str
    name: str
    owner: str
    tier: str
    total: Decimal
    plan: dict[str, date | None]
    actual: dict[str, date | None]
    planned: dict[str, str]
    spent: dict[str, str]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Taken:
    """Rows taken, rows refused (line, reason), notes on the whole sheet."""

    rows: list[Brought]
    refused: list[tuple[int, str]]
    notes: list[str]


def take(data: bytes, name: str) -> Taken:
    """Read a sheet; UnreadableSheet when it has no name and total columns."""
    sheet = read_sheet(data, name)
    at = {word: sheet.column(*names) for word, names in HEADINGS.items()}
    if at["name"] is None or at["total"] is None:
        raise UnreadableSheet("没有“项目名称”或“总投资”一列")
    rows, refused = list[Brought](), list[tuple[int, str]]()
    for line, row in sheet.rows:
        try:
            rows.append(_row(row, at, sheet))
        except UnreadableSheet as problem:
            refused.append((line, str(problem)))
    return Taken(rows, refused, [*sheet.notes, *_unread(sheet, at)])


def _unread(sheet: Sheet, at: dict[str, int | None]) -> list[str]:
    """A note on headings that nothing was read from, so that no column is lost in silence."""
    read = set(at.values())
    read |= {sheet.column(*words) for words in _dates().values()}
    lost = [
        heading
        for place, heading in enumerate(sheet.headings)
        if heading and place not in read and not MONTH.match(heading) and heading not in ("序号", "备注")
    ]
    return [f"没有读入的列：{'、'.join(lost)}；列名照“表怎么准备”写"] if lost else []


def _dates() -> dict[tuple[str, str], tuple[str, ...]]:
    """How the column of a milestone's date may be headed, by milestone and series."""
    return {
        (one, series): (f"{one}{series}", f"{series}{one}", f"{one}{series}日期", f"{series}{one}日期")
        for one in MILESTONES
        for series in ("计划", "实际")
    }


def _row(row: tuple[str, ...], at: dict[str, int | None], sheet: Sheet) -> Brought:
    def cell(word: str) -> str:
        place = at[word]
        return "" if place is None else row[place]

    notes: list[str] = []
    if not cell("name"):
        raise UnreadableSheet("没有项目名称")
    place = at["total"]
    assert place is not None
    total = _money(row[place], unit_in(sheet.headings[place]), notes)
    if total is None or total <= 0:
        raise UnreadableSheet("没有总投资，或不是正数")
    dates: dict[str, dict[str, date | None]] = {"计划": {}, "实际": {}}
    for (milestone, series), words in _dates().items():
        column = sheet.column(*words)
        dates[series][milestone] = read_day(row[column]) if column is not None else None
    for series, found in dates.items():
        wrong = out_of_order(found)
        if wrong:
            raise UnreadableSheet(f"{series}日期前后颠倒：{'；'.join(wrong)}")
    months = _months(row, sheet, notes)
    spent = sum((Decimal(x) for x in months["实际"].values()), Decimal(0))
    if spent > total:
        raise UnreadableSheet(f"累计完成投资 {spent} 万元超过总投资 {total} 万元")
    return Brought(
        cell("code"), cell("name"), cell("owner"), cell("tier"), total, dates["计划"], dates["实际"],
        months["计划"], months["实际"], notes,
    )  # fmt: skip


def _money(text: str, typed: str, notes: list[str]) -> Decimal | None:
    """万元; another unit of the cell or of the heading is converted, and it is noted."""
    if typed and typed != "万元" and re.fullmatch(r"[\d,.\s]+", text or "x"):
        text = f"{text.strip()}{typed}"
    amount = read_amount(text, "万元")
    if amount is None:
        return None
    if amount.note:
        notes.append(amount.note)
    return Decimal(str(round(amount.value, 2)))


def _months(row: tuple[str, ...], sheet: Sheet, notes: list[str]) -> dict[str, dict[str, str]]:
    out: dict[str, dict[str, str]] = {"计划": {}, "实际": {}}
    for place, heading in enumerate(sheet.headings):
        found = MONTH.match(heading.strip())
        amount = _money(row[place], unit_in(heading), notes) if found else None
        if found and amount is not None:
            if amount < 0:
                raise UnreadableSheet(f"{heading}是负数")
            out[found.group(3)][f"{found.group(1)}-{int(found.group(2)):02d}"] = str(amount)
    return out
