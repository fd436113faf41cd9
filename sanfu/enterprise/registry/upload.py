"""A facts file of the desk: read by the reader of all facts (`take_in`), then held against the register. Writes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sanfu.enterprise.registry.content import dictionary
from sanfu.enterprise.registry.rules import absolute_period
from sanfu.kernel.rules.language.facts import Fact, Value
from sanfu.kernel.rules.population.intake import CODE_NAMES, IDENTITY, Find, Intake, take_in
from sanfu.kernel.sheets import UnreadableSheet, read_sheet
from sanfu.lists.sheets import Unreadable, read_sheets
from sanfu.records.actor import Refused

__all__ = [
    "CODE_NAMES",
    "ERROR_HEADS",
    "MOST_ROWS",
    "Checked",
    "RowError",
    "check_file",
    "error_rows",
    "rows_of",
]
MOST_ROWS = 50_000
Good = list[tuple[str, list[tuple[str, str, Value]]]]


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in one cell: line and column of the file, the value, why, what to do."""

    line: int
    column: str
    value: str
    what: str
    instead: str

    def as_dict(self) -> dict[str, object]:
        return {
            "line": self.line,
            "column": self.column,
            "value": self.value,
            "what": self.what,
            "instead": self.instead,
        }


@dataclass
class Checked:
    """Rows that passed, as (credit code, [(indicator, absolute period, column value)]), and every error."""

    total: int = 0
    good: Good = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


def rows_of(
    name: str,
    content: bytes,
    heads: Mapping[str, Sequence[str]],
    *,
    must: Sequence[str],
    each: str,
    most: int,
    none: str,
) -> list[tuple[int, dict[str, str]]]:
    """Rows of a user's sheet as cells by key with their lines; empty rows are left out.

    heads: key → headings that name it; a column that the file lacks gives empty cells. must: keys without which
    nothing is read. each: what a row is ("一家企业"); none: what did not happen when the file is Refused.
    """  # fmt: skip
    try:
        sheet = read_sheet(content, name)
    except UnreadableSheet as problem:
        raise Refused(f"{problem}；{none}。") from problem
    place = {key: sheet.column(*names) for key, names in heads.items()}
    if any(place[key] is None for key in must):
        said = (next(word for word in heads[key] if not word.isascii()) for key in must)
        raise Refused(f"缺少{'或'.join(f'“{word}”' for word in said)}这一列；{none}。")
    if len(sheet.rows) > most:
        raise Refused(f"一次最多 {most:,} 行；请拆分后再传。")
    rows = [
        (line, {key: cells[at] if at is not None else "" for key, at in place.items()})
        for line, cells in sheet.rows
    ]
    rows = [(line, row) for line, row in rows if any(row.values())]
    if not rows:
        raise Refused(f"文件里没有数据行：第一行写列名，以下每行{each}。")
    return rows


def check_file(name: str, content: bytes, firms: Mapping[str, str], observed_on: date) -> Checked:
    """Check a whole file. `firms`: credit code → name of the register. Refused when the columns are wrong."""
    try:
        sheet = read_sheets(name, content)[0]
    except (Unreadable, IndexError) as error:
        raise Refused(f"{error}；没有导入任何一行。") from error
    rows = [(n, row) for n, row in enumerate(sheet.rows, 1) if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        raise Refused("文件里没有数据行：第一行写列名，以下每行一家企业。")
    if len(rows) > MOST_ROWS:
        raise Refused(f"一次最多导入{MOST_ROWS:,}行，这个文件有{len(rows):,}行；请拆分后再传。")
    lines = [line for line, _ in rows[1:]]
    intake = take_in(_columns(rows), dictionary(), find=_finder(observed_on), lines=lines)
    _refuse_columns(intake)
    checked = Checked(total=len(lines))
    checked.errors = [
        RowError(one.row, one.column, one.value, one.why, one.instead) for one in intake.refusals
    ]
    for place, at in enumerate(intake.kept):
        code = intake.identities[place]
        problem = _unknown(lines[at], code, intake.names[at] if intake.names else "", firms)
        if problem:
            checked.errors.append(problem)
        else:
            values = intake.table.row(place).items()
            checked.good.append((code, [(*_parts(key), value) for key, value in values]))
    checked.errors.sort(key=lambda one: one.line)
    return checked


def _columns(rows: Sequence[tuple[int, list[str]]]) -> list[tuple[str, list[str]]]:
    """Header and cells of each column; a row that ends early has empty cells, one that is longer a column without header."""
    width = max(len(row) for _, row in rows)
    full = [[*row, *[""] * (width - len(row))] for _, row in rows]
    return [(full[0][at], [row[at] for row in full[1:]]) for at in range(width)]


def _refuse_columns(intake: Intake) -> None:
    wrong = [one for one in intake.refusals if one.row == 0]
    if wrong:
        said = "；".join(
            f"{f'列“{one.column}”：' if one.column else ''}{one.why}，{one.instead}" for one in wrong[:8]
        )
        raise Refused(f"{said}。没有导入任何一行。")
    if not intake.table.columns:
        raise Refused("除信用代码外没有一列是事实；请至少保留一列，如“上年.营业收入（万元）”。")


def _finder(observed_on: date) -> Find:
    """Headers by absolute period: `上年.营业收入`, `2025.营业收入` and `营业收入` of a file observed on a day."""

    def find(key: str) -> tuple[str, Fact] | None:
        year, dot, tail = key.partition(".")
        if dot and year.isdigit() and len(year) == 4:
            fact = dictionary().find(tail)
            return (_key(fact, year), fact) if fact and fact.basis in ("年度", "期末", "认定") else None
        found = dictionary().column(key)
        if found is None:
            return None
        try:
            return _key(found[0], absolute_period(found[0].basis, found[1], observed_on)), found[0]
        except ValueError:
            return None

    return find


def _key(fact: Fact, period: str) -> str:
    return f"{fact.name}|{period}"


def _parts(key: str) -> tuple[str, str]:
    name, _, period = key.partition("|")
    return name, period


def _unknown(line: int, code: str, said: str, firms: Mapping[str, str]) -> RowError | None:
    """What the register has against a row that is sound in itself."""
    if code not in firms:
        return RowError(line, IDENTITY, code, "企业档案里没有这家企业", "先登记企业，或核对是否外地企业")
    if said and said != firms[code]:
        return RowError(line, "企业名称", said, f"档案里这个代码的企业是“{firms[code]}”", "核对代码或名称")
    return None


def error_rows(errors: list[dict[str, object]]) -> Iterator[list[object]]:
    """Rows of the error sheet (错误清单)."""
    for error in errors:
        yield [error["line"], error["column"], error["value"], error["what"], error["instead"]]


ERROR_HEADS = ("行号", "列", "读到的值", "问题", "怎么改")
