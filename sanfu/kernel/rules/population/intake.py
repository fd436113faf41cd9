"""A sheet of facts becomes a table, or is refused row by row: nothing is half-imported. The only reader of firms' facts.

Wrong columns refuse the file. Duplicated enterprises, wrong credit codes (GB 32100) and impossible values refuse their
rows; the good rows are kept only if the caller says so. The command line and the upload on the desk both stand on it.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sanfu.kernel.codes.credit import CREDIT_ALPHABET, BadCode, CreditCode, credit_check, tidy
from sanfu.kernel.opening import narrow
from sanfu.kernel.rules.engines.columns import Column, Table, coded
from sanfu.kernel.rules.language.facts import Dictionary, Fact, Value
from sanfu.kernel.rules.language.quantities import CODE, DATE, FLAG, RATIO, unit_of

IDENTITY = "统一社会信用代码"
CODE_NAMES = (IDENTITY, "信用代码", "社会信用代码", "credit_code", "uscc")
NAME_NAMES = ("企业名称", "名称", "单位名称", "name")
HEADER = re.compile(r"^(?P<key>.+?)\s*[(（](?P<unit>[^()（）]+)[)）]$")
CREDIT = re.compile(rf"^[{CREDIT_ALPHABET}]{{2}}[0-9]{{6}}[{CREDIT_ALPHABET}]{{10}}\Z")
FINE = 2**52  # beyond this a float no longer holds every whole number

Values = Sequence[Any] | npt.NDArray[Any]
Found = tuple[str, Fact]  # a column's key in the table, and its fact
Find = Callable[[str], Found | None]


@dataclass(frozen=True)
class Refusal:
    """One cell, row or column that cannot be used. `row` counts from 1, or as the file does; 0 is the file."""

    row: int
    enterprise: str
    column: str
    value: str
    why: str
    instead: str


@dataclass(frozen=True)
class Intake:
    """`table` holds the good rows only, in their order; `identities` are their credit codes, `kept` their places from 0.

    names: what each row of the file (good or not) calls the enterprise, empty where no column says so.
    """

    identities: tuple[str, ...]
    table: Table
    refusals: tuple[Refusal, ...]
    rows: int
    kept: tuple[int, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        return not self.refusals


@dataclass(frozen=True)
class _Head:
    """A column of the sheet: its header, its values, and the fact that it holds (None: no such fact)."""

    header: str
    values: Values
    unit: str = ""
    found: Found | None = None


def take_in(
    columns: Mapping[str, Values] | Sequence[tuple[str, Values]],
    dictionary: Dictionary,
    *,
    check_codes: bool = True,
    find: Find | None = None,
    lines: Sequence[int] = (),
) -> Intake:
    """Read raw columns (header → values) of one length. Headers may carry a unit: 上年.营业收入(元).

    find: another reading of headers than the dictionary's own (上年.营业收入), giving the key in the table and the fact.
    lines: the number of each row as its file counts, for what is said of it; rows count from 1 without it.
    """
    pairs = list(columns.items() if isinstance(columns, Mapping) else columns)
    size = len(pairs[0][1]) if pairs else 0
    numbers = lines or range(1, size + 1)
    codes, names, heads = _sorted_out(pairs, find or _finder(dictionary))
    refusals = list(_wrong_columns(codes, heads, dictionary))
    if refusals:
        return Intake((), Table(0, {}), tuple(refusals), size)
    identities, refusals = _identities(codes[0], check_codes, numbers)
    taken: dict[str, Column] = {}
    for head in heads:
        assert head.found is not None  # a column without a fact has refused the file
        key, fact = head.found
        taken[key], wrong = _column(head.values, fact, head.unit)
        refusals += [
            Refusal(numbers[row], identities[row], head.header, value, why, _instead(fact))
            for row, value, why in wrong
        ]
    bad = {refusal.row for refusal in refusals}
    good = np.array([row for row in range(size) if numbers[row] not in bad], dtype=np.int64)
    said = tuple(_text(value) for value in names.values) if names else ()
    refusals.sort(key=lambda r: (r.row, r.column))
    return Intake(
        tuple(identities[i] for i in good), Table(size, taken).take(good), tuple(refusals), size,
        tuple(good.tolist()), said,
    )  # fmt: skip


def _finder(dictionary: Dictionary) -> Find:
    """Columns by the words of the dictionary, under the key that rules use."""

    def find(key: str) -> Found | None:
        column = dictionary.canonical(key)
        return (column, dictionary.fact_of(column)) if column else None

    return find


def _sorted_out(
    pairs: Sequence[tuple[str, Values]], find: Find
) -> tuple[list[_Head], _Head | None, list[_Head]]:
    """Columns of the credit code (one, in a good sheet), the column of the name, and those of facts."""
    codes: list[_Head] = []
    names: _Head | None = None
    heads: list[_Head] = []
    for header, values in pairs:
        title = header.strip()
        matched = HEADER.match(title)
        key, unit = (matched["key"], matched["unit"].strip()) if matched else (title, "")
        if title in CODE_NAMES:
            codes.append(_Head(header, values))
        elif title in NAME_NAMES and names is None:
            names = _Head(header, values)
        elif title or any(_text(value) for value in values):  # a column that is wholly empty says nothing
            heads.append(_Head(header, values, unit, find(key)))
    return codes, names, heads


def _wrong_columns(
    codes: Sequence[_Head], heads: Sequence[_Head], dictionary: Dictionary
) -> Iterator[Refusal]:
    if not codes:
        yield Refusal(0, "", "", "", f"文件里没有 {IDENTITY} 这一列", f"加一列 {IDENTITY}")
    for double in codes[1:]:
        yield Refusal(0, "", double.header, "", f"与列 {codes[0].header} 都是信用代码", "只留一列")
    seen: dict[str, str] = {}
    for head in heads:
        if head.found is None:
            near = difflib.get_close_matches(
                head.header.rpartition(".")[2], list(dictionary.words), n=3, cutoff=0.5
            )
            instead = f"改成 {'、'.join(near)}" if near else "删去这一列，或先在事实字典里登记"
            yield Refusal(0, "", head.header, "", "事实字典里没有这一列", instead)
            continue
        key, fact = head.found
        known = unit_of(head.unit) if head.unit else None
        if head.unit and (known is None or known[1] != fact.type):
            why = f"单位 {head.unit} 不能用于 {fact.name}"
            yield Refusal(0, "", head.header, head.unit, why, f"用 {fact.unit or '不写单位'}")
        if key in seen:
            yield Refusal(0, "", head.header, "", f"与列 {seen[key]} 是同一项事实", "只留一列")
        seen[key] = head.header


def _identities(head: _Head, check: bool, numbers: Sequence[int]) -> tuple[list[str], list[Refusal]]:
    """The credit code of each row as it is meant (full-width and lower-case letters put right), and what is wrong."""
    said = [_text(value) for value in head.values]
    plain = [code.upper() for code in said]  # codes that are not checked may be any words
    codes = [code if code.isascii() and code.isalnum() else tidy(code) for code in plain] if check else plain
    first: dict[str, int] = {}
    wrong: list[Refusal] = []
    for row, code in zip(numbers, codes, strict=True):
        if not code:
            wrong.append(Refusal(row, code, head.header, code, f"没有{IDENTITY}", "补上十八位代码"))
        elif code in first:
            wrong.append(
                Refusal(row, code, head.header, code, f"与第 {first[code]} 行重复", "同一家企业只留一行")
            )
        elif check and (why := _why_not(code)):
            wrong.append(Refusal(row, code, head.header, code, why, "对照营业执照改正"))
        first.setdefault(code, row)
    return codes, wrong


def _why_not(code: str) -> str:
    """Why a code is none, or nothing."""
    if (
        CREDIT.match(code) and credit_check(code[:17]) == code[17]
    ):  # a million rows: the words only where needed
        return ""
    try:
        CreditCode.parse(code)
    except BadCode as bad:
        return f"{bad}（GB 32100 的格式和校验位）"
    return ""


def _instead(fact: Fact) -> str:
    """What to write into a cell of a fact."""
    if fact.values:
        return f"写 {'、'.join(fact.values)} 之一，不知道就留空"
    return f"写{fact.unit or '是/否、日期或代码'}；不知道就留空，不要写 0"


def _text(raw: Any) -> str:
    """A cell as text; an empty one, and a missing number, is empty."""
    value = _plain(raw)
    return "" if value is None else str(value).strip()


Wrong = list[tuple[int, str, str]]


def _column(values: Sequence[Any] | npt.NDArray[Any], fact: Fact, unit: str) -> tuple[Column, Wrong]:
    """Encode one column; fast for arrays of numbers, exact value by value otherwise."""
    array = values if isinstance(values, np.ndarray) else None
    if array is not None and array.dtype.kind in "iuf" and fact.type not in (FLAG, CODE, DATE):
        return _numbers(array, fact, unit)
    if array is not None and array.dtype.kind == "b" and fact.type == FLAG:
        return Column(array), []
    wrong: Wrong = []
    encoded: list[Value] = []
    for row, raw in enumerate(values):
        try:
            encoded.append(fact.encode(_plain(raw), unit))
        except ValueError as error:
            wrong.append((row, _text(raw), str(error)))
            encoded.append(None)
    return _stored(encoded, fact), wrong


def _plain(raw: Any) -> Any:
    """A cell as Python has it: no number of an array, no wide letters or spaces around a text, nothing for a gap."""
    if isinstance(raw, np.generic):
        raw = raw.item()
    if isinstance(raw, str):
        return narrow(raw).strip()
    return None if isinstance(raw, float) and raw != raw else raw


def _stored(encoded: list[Value], fact: Fact) -> Column:
    if fact.type == CODE:
        return coded([None if v is None else str(v) for v in encoded])
    known = np.array([v is not None for v in encoded], dtype=bool)
    mask = None if known.all() else known
    if fact.type == FLAG:
        return Column(np.array([v is True for v in encoded], dtype=bool), mask)
    return Column(np.array([0 if v is None else v for v in encoded], dtype=np.int64), mask)


def _numbers(array: npt.NDArray[Any], fact: Fact, unit: str) -> tuple[Column, Wrong]:
    """Whole columns of numbers: scaled, rounded back to what the decimal said, checked for range and fineness."""
    size = _scale(fact, unit)
    known = ~np.isnan(array) if array.dtype.kind == "f" else np.ones(array.shape, dtype=bool)
    filled = np.where(known, array, 0)
    wide = np.abs(filled.astype(float)) * size >= FINE * 1024
    if array.dtype.kind == "f":
        scaled = np.where(wide, 0, filled) * float(size)
        values = np.rint(scaled).astype(np.int64)
        uneven = np.abs(scaled - values) > np.maximum(1e-3, np.abs(scaled) * 2**-50)
    else:
        values = np.where(wide, 0, filled).astype(np.int64) * size
        uneven = np.zeros(array.shape, dtype=bool)
    outside = wide | (values < fact.low) | (values > fact.high)
    wrong: Wrong = []
    for row in np.flatnonzero(known & (uneven | outside)).tolist():
        bounds = f"超出可能范围 {fact.say(fact.low)} 至 {fact.say(fact.high)}"
        wrong.append((row, str(array[row]), bounds if outside[row] else "比最小单位还细，不能精确保存"))
    return Column(np.where(known, values, 0), None if known.all() else known), wrong


def _scale(fact: Fact, unit: str) -> int:
    """Column integers per unit of the file: bare numbers are in the fact's unit, bare ratios are ratios."""
    word = unit or ("" if fact.type == RATIO else fact.unit)
    known = unit_of(word) if word else None
    size = (known[0] if known else 1) * fact.scale
    return int(size)
