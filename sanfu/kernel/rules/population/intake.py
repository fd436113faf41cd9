"""A file of facts becomes a table, or is refused row by row: nothing is half-imported.

Wrong columns refuse the file. Duplicated enterprises, credit codes whose check digit is wrong (GB 32100) and
impossible values refuse their rows; the good rows are kept only if the caller says so.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from stdnum.cn import uscc

from sanfu.kernel.rules.engines.columns import Column, Table, coded
from sanfu.kernel.rules.language.facts import Dictionary, Fact, Value
from sanfu.kernel.rules.language.quantities import CODE, DATE, FLAG, RATIO, unit_of

IDENTITY = "统一社会信用代码"
HEADER = re.compile(r"^(?P<key>.+?)\s*[(（](?P<unit>[^()（）]+)[)）]$")
FINE = 2**52  # beyond this a float no longer holds every whole number


@dataclass(frozen=True)
class Refusal:
    """One cell, row or column that cannot be used. `row` counts from 1 (the header is row 0); 0 is the file."""

    row: int
    enterprise: str
    column: str
    value: str
    why: str
    instead: str


@dataclass(frozen=True)
class Intake:
    """`table` holds the good rows only, in their order; `identities` are their credit codes."""

    identities: tuple[str, ...]
    table: Table
    refusals: tuple[Refusal, ...]
    rows: int

    @property
    def clean(self) -> bool:
        return not self.refusals


def take_in(
    columns: Mapping[str, Sequence[Any] | npt.NDArray[Any]],
    dictionary: Dictionary,
    *,
    check_codes: bool = True,
) -> Intake:
    """Read raw columns (header → values) of one length. Headers may carry a unit: 上年.营业收入(元)."""
    refusals: list[Refusal] = []
    headers = {header: _header(header, dictionary) for header in columns}
    identity = next((h for h, found in headers.items() if found and found[0] == IDENTITY), None)
    size = len(next(iter(columns.values()))) if columns else 0
    refusals += _wrong_columns(headers, identity, dictionary)
    if refusals or identity is None:
        return Intake((), Table(0, {}), tuple(refusals), size)
    names = ["" if v is None else str(v).strip().upper() for v in columns[identity]]
    bad = np.zeros(size, dtype=bool)
    for refusal in _identities(names, identity, check_codes):
        refusals.append(refusal)
        bad[refusal.row - 1] = True
    taken: dict[str, Column] = {}
    for header, found in headers.items():
        if found is None or header == identity:
            continue
        column, wrong = _column(columns[header], dictionary.fact_of(found[0]), found[1])
        taken[found[0]] = column
        for row, value, why in wrong:
            refusals.append(Refusal(row + 1, names[row], header, value, why, "改正后重新上传这一行"))
            bad[row] = True
    good = np.flatnonzero(~bad)
    table = Table(size, taken).take(good)
    refusals.sort(key=lambda r: (r.row, r.column))
    return Intake(tuple(names[i] for i in good), table, tuple(refusals), size)


def _header(header: str, dictionary: Dictionary) -> tuple[str, str] | None:
    """Canonical column and unit; None when the dictionary has no such fact."""
    matched = HEADER.match(header.strip())
    key, unit = (matched["key"], matched["unit"]) if matched else (header.strip(), "")
    column = dictionary.canonical(key)
    return (column, unit) if column else None


def _wrong_columns(
    headers: Mapping[str, tuple[str, str] | None], identity: str | None, dictionary: Dictionary
) -> Iterator[Refusal]:
    if identity is None:
        yield Refusal(0, "", "", "", f"文件里没有 {IDENTITY} 这一列", f"加一列 {IDENTITY}")
    seen: dict[str, str] = {}
    for header, found in headers.items():
        if found is None:
            near = difflib.get_close_matches(
                header.rpartition(".")[2], list(dictionary.words), n=3, cutoff=0.5
            )
            instead = f"改成 {'、'.join(near)}" if near else "删去这一列，或先在事实字典里登记"
            yield Refusal(0, "", header, "", "事实字典里没有这一列", instead)
            continue
        key, unit = found
        fact = dictionary.fact_of(key)
        known = unit_of(unit) if unit else None
        if unit and (known is None or known[1] != fact.type):
            yield Refusal(
                0, "", header, unit, f"单位 {unit} 不能用于 {fact.name}", f"用 {fact.unit or '不写单位'}"
            )
        if key in seen:
            yield Refusal(0, "", header, "", f"与列 {seen[key]} 是同一项事实", "只留一列")
        seen[key] = header


def _identities(names: list[str], header: str, check: bool) -> Iterator[Refusal]:
    first: dict[str, int] = {}
    for row, name in enumerate(names, 1):
        if not name:
            yield Refusal(row, name, header, name, "没有统一社会信用代码", "补上十八位代码")
        elif name in first:
            yield Refusal(row, name, header, name, f"与第 {first[name]} 行重复", "同一企业只留一行")
        elif check and not uscc.is_valid(name):
            yield Refusal(row, name, header, name, "统一社会信用代码的校验位不对(GB 32100)", "核对十八位代码")
        first.setdefault(name, row)


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
            wrong.append((row, str(raw), str(error)))
            encoded.append(None)
    return _stored(encoded, fact), wrong


def _plain(raw: Any) -> Any:
    if isinstance(raw, np.generic):
        raw = raw.item()
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
