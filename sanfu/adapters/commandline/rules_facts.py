"""Files of facts as people have them: Parquet, CSV (also as Excel saves it in Chinese), JSON Lines."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sanfu.adapters.commandline.main import BadInput
from sanfu.kernel.opening import decoded
from sanfu.kernel.rules.population.intake import Intake, Refusal, take_in
from sanfu.kernel.rules.reading.library import Library
from sanfu.records.export import csv_lines

ERROR_HEADER = ("行", "统一社会信用代码", "列", "值", "问题", "怎么改")


def read_facts(file: Path, library: Library, *, check_codes: bool = True) -> Intake:
    """A Parquet, CSV or JSON-lines file of facts."""
    try:
        columns = read_columns(file)
    except FileNotFoundError as error:
        raise BadInput(f"没有 {file} 这个文件；核对路径") from error
    except (OSError, pa.ArrowException, ValueError, RecursionError, csv.Error) as error:
        raise BadInput(f"读不了 {file}:{error}；请给 Parquet、CSV 或 JSON Lines 文件") from error
    return take_in(columns, library.dictionary, check_codes=check_codes)


def read_columns(file: Path) -> dict[str, Any]:
    kind = file.suffix.lower()
    if file.is_dir():
        raise ValueError("这是文件夹")
    if kind == ".csv":
        return read_csv(text_of(file))
    if kind in (".jsonl", ".json"):
        return read_json(text_of(file))
    table = pq.read_table(file)
    _only_once(table.column_names)
    return {name: array_of(table.column(name)) for name in table.column_names}


def text_of(file: Path) -> str:
    """UTF-8 with or without a mark, else GB 18030, in which Chinese Excel saves CSV."""
    return decoded(file.read_bytes())


def read_csv(text: str) -> dict[str, Any]:
    rows = [row for row in csv.reader(io.StringIO(text)) if any(cell.strip() for cell in row)]
    if not rows:
        return {}
    header = [name.strip() for name in rows[0]]
    _only_once(header)
    for number, row in enumerate(rows[1:], 1):
        if len(row) != len(header):
            raise ValueError(f"第 {number} 行有 {len(row)} 格，表头有 {len(header)} 格")
    return {name: [row[place] for row in rows[1:]] for place, name in enumerate(header)}


def read_json(text: str) -> dict[str, Any]:
    if text.lstrip().startswith("["):
        rows = json.loads(text, object_pairs_hook=_object, parse_constant=str)
    else:
        rows = [_line(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise ValueError(f"第 {number} 户不是一个对象；每行写成 {{列: 值}}")
    keys = list(dict.fromkeys(key for row in rows for key in row))
    return {key: [row.get(key) for row in rows] for key in keys}


def _line(number: int, line: str) -> Any:
    try:
        return json.loads(line, object_pairs_hook=_object, parse_constant=str)
    except json.JSONDecodeError as error:
        raise ValueError(f"第 {number} 行第 {error.colno} 列不是 JSON:{error.msg}") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _only_once([key for key, _ in pairs])
    return dict(pairs)


def _only_once(names: Iterable[str]) -> None:
    """Two columns of one name: neither is taken for the other."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"有两列都叫 {name!r}，只留一列")
        seen.add(name)


def array_of(column: pa.ChunkedArray) -> Any:
    """Numbers and flags without gaps as arrays; numbers with gaps as floats when exact, else Python values."""
    kind = column.type
    if pa.types.is_floating(kind) or (pa.types.is_integer(kind) and column.null_count == 0):
        return column.to_numpy(zero_copy_only=False) if hasattr(column, "to_numpy") else np.asarray(column)
    if pa.types.is_boolean(kind) and column.null_count == 0:
        return column.to_numpy(zero_copy_only=False)
    return column.to_pylist()


def refusal_rows(refusals: Iterable[Refusal]) -> Iterator[tuple[object, ...]]:
    return ((r.row, r.enterprise, r.column, r.value, r.why, r.instead) for r in refusals)


def write_errors(file: Path, refusals: Iterable[Refusal]) -> None:
    """The error sheet, ready for Excel (UTF-8 with a byte order mark)."""
    try:
        with file.open("w", encoding="utf-8", newline="") as out:
            out.writelines(csv_lines(ERROR_HEADER, refusal_rows(refusals)))
    except OSError as error:
        raise BadInput(f"写不了错误表 {file}:{error.strerror}；用 --errors 指明别处") from error
