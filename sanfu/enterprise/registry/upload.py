"""A facts file read row by row: one row an enterprise, one column a fact. Nothing is written here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from sanfu.enterprise.registry.content import dictionary
from sanfu.enterprise.registry.rules import absolute_period
from sanfu.kernel.codes.credit import BadCode, CreditCode
from sanfu.kernel.rules.language.facts import Fact, Value
from sanfu.lists.sheets import Unreadable, read_sheets
from sanfu.records.actor import Refused

CODE_NAMES = ("统一社会信用代码", "信用代码", "社会信用代码", "credit_code")
NAME_NAMES = ("企业名称", "名称", "单位名称", "name")
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


@dataclass(frozen=True, slots=True)
class _Head:
    """A column of the file that holds a fact."""

    at: int
    title: str
    fact: Fact
    period: str
    unit: str


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
    code_at, name_at, heads = _heads(rows[0][1], observed_on)
    checked, first_seen = Checked(total=len(rows) - 1), dict[str, int]()
    for line, row in rows[1:]:
        errors, values = _cells(line, row, heads)
        code, problem = _code(line, row, code_at, firms, first_seen)
        if problem is None and name_at is not None:
            problem = _name(line, row, name_at, firms[code])
        found = [*([problem] if problem else []), *errors]
        checked.errors += found
        if not found:
            checked.good.append((code, values))
    return checked


def _heads(titles: list[str], observed_on: date) -> tuple[int, int | None, list[_Head]]:
    code_at, name_at, heads, wrong = None, None, list[_Head](), list[str]()
    for at, raw in enumerate(titles):
        title = raw.strip()
        if title in CODE_NAMES:
            code_at = at
        elif title in NAME_NAMES:
            name_at = at
        elif title:
            head = _head(at, title, observed_on)
            if head is None:
                wrong.append(title)
            else:
                heads.append(head)
    if code_at is None:
        raise Refused("缺少“统一社会信用代码”这一列，不知道每行是哪家企业；没有导入任何一行。")
    if wrong:
        raise Refused(
            f"事实字典里没有这些列：{'、'.join(wrong[:8])}；列名写成“上年.营业收入（万元）”或字典里的名称。没有导入任何一行。"
        )
    if not heads:
        raise Refused("除信用代码外没有一列是事实；请至少保留一列，如“上年.营业收入（万元）”。")
    _no_column_twice(heads)
    return code_at, name_at, heads


def _no_column_twice(heads: list[_Head]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for head in heads:
        key = (head.fact.name, head.period)
        if key in seen:
            raise Refused(f"列“{head.title}”和列“{seen[key]}”说的是同一件事；请删去一列。没有导入任何一行。")
        seen[key] = head.title


def _head(at: int, title: str, observed_on: date) -> _Head | None:
    """`上年.营业收入(万元)`, `2025.营业收入`, `营业收入` → the fact and its absolute period."""
    bare, _, rest = title.replace("（", "(").replace("）", ")").partition("(")
    unit = rest.rstrip(")").strip()
    year, dot, tail = bare.strip().partition(".")
    if dot and year.isdigit() and len(year) == 4:
        fact = dictionary().find(tail)
        return _Head(at, title, fact, year, unit) if fact and fact.basis in ("年度", "期末", "认定") else None
    found = dictionary().column(bare.strip())
    if found is None:
        return None
    try:
        return _Head(at, title, found[0], absolute_period(found[0].basis, found[1], observed_on), unit)
    except ValueError:
        return None


def _code(
    line: int, row: list[str], at: int, firms: Mapping[str, str], seen: dict[str, int]
) -> tuple[str, RowError | None]:
    raw = row[at] if at < len(row) else ""

    def wrong(what: str, instead: str) -> tuple[str, RowError]:
        return raw, RowError(line, "统一社会信用代码", raw, what, instead)

    try:
        code = str(CreditCode.parse(raw))
    except BadCode as bad:
        return wrong(str(bad), "对照营业执照改正")
    if code in seen:
        return wrong(f"与第{seen[code]}行是同一家企业", "每家企业只留一行")
    seen[code] = line
    if code not in firms:
        return wrong("企业档案里没有这家企业", "先登记企业，或核对是否外地企业")
    return code, None


def _name(line: int, row: list[str], at: int, registered: str) -> RowError | None:
    said = row[at].strip() if at < len(row) else ""
    if said and said != registered:
        return RowError(line, "企业名称", said, f"档案里这个代码的企业是“{registered}”", "核对代码或名称")
    return None


def _cells(
    line: int, row: list[str], heads: list[_Head]
) -> tuple[list[RowError], list[tuple[str, str, Value]]]:
    errors: list[RowError] = []
    values: list[tuple[str, str, Value]] = []
    for head in heads:
        raw = row[head.at].strip() if head.at < len(row) else ""
        try:
            value = head.fact.encode(raw, head.unit)
        except ValueError as error:
            errors.append(RowError(line, head.title, raw, str(error), _instead(head.fact)))
            continue
        if value is not None:
            values.append((head.fact.name, head.period, value))
    return errors, values


def _instead(fact: Fact) -> str:
    if fact.values:
        return f"写 {'、'.join(fact.values)} 之一，不知道就留空"
    return f"写{fact.unit or '是/否、日期或代码'}；不知道就留空，不要写 0"


def error_rows(errors: list[dict[str, object]]) -> Iterator[list[object]]:
    """Rows of the error sheet (错误清单)."""
    for error in errors:
        yield [error["line"], error["column"], error["value"], error["what"], error["instead"]]


ERROR_HEADS = ("行号", "列", "读到的值", "问题", "怎么改")
