"""From a list file of any kind to checked items and a row-by-row report. Pure: bytes in, answer out."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from sanfu.kernel.sheets import is_total
from sanfu.lists.columns import NAMES, Header, data_of, find_header
from sanfu.lists.content import ContentError, read_yaml, rows_of
from sanfu.lists.items import RequestItem
from sanfu.lists.rules import LABELS, Frame, Level, Place, Problem, check_codes, read_row
from sanfu.lists.sheets import Sheet, Unreadable, read_sheets
from sanfu.lists.units import Units


@dataclass
class Reading:
    """What a file held: rows looked at, items that passed, problems by row. Usable when there is no error."""

    file: str
    rows: int = 0
    blank: int = 0
    items: list[tuple[RequestItem, Place]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.level is Level.ERROR]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.level is Level.WARNING]

    @property
    def usable(self) -> bool:
        """Whether the list can become a version: something was read and nothing is wrong."""
        return bool(self.items) and not self.errors

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "rows": self.rows,
            "blank": self.blank,
            "items": len(self.items),
            "errors": len(self.errors),
            "warnings": len(self.warnings),
            "usable": self.usable,
            "problems": [problem.as_json() for problem in self.problems],
        }


def read_list(name: str, content: bytes, frame: Frame) -> Reading:
    """Read a list file by its ending (.yaml, .xlsx, .csv …) and check every row."""
    reading = Reading(name)
    if name.lower().endswith((".yaml", ".yml")):
        _read_yaml_rows(reading, content, frame)
    else:
        _read_tables(reading, content, frame)
    reading.problems += check_codes(reading.items)
    if not reading.rows and not reading.errors:
        note(reading, 1, "", "没有读到任何事项", "请确认表头下面有数据行")
    return reading


def note(
    reading: Reading,
    line: int,
    column: str,
    what: str,
    todo: str,
    level: Level = Level.ERROR,
    sheet: str = "",
) -> None:
    """Add a problem of the file itself."""
    reading.problems.append(Problem(Place(reading.file, line, sheet), level, column, what, todo))


def _read_yaml_rows(reading: Reading, content: bytes, frame: Frame) -> None:
    try:
        text = content.decode("utf-8-sig")
        if why := _hostile(text):
            note(reading, 1, "", why, "请把内容写全、写平，可参照导出的文件")
            return
        rows = list(rows_of(read_yaml(text, reading.file), reading.file))
    except UnicodeDecodeError:
        note(reading, 1, "", "YAML 文件不是 UTF-8 编码", "请另存为 UTF-8")
        return
    except ContentError as error:
        reading.problems += error.problems
        return
    _check(reading, rows, frame)


DEEPEST = 30  # levels of nesting; a list has four
_OPENS = (
    yaml.FlowSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.BlockMappingStartToken,
)
_CLOSES = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)


def _hostile(text: str) -> str:
    """Why the text must not even be parsed, or nothing. The parser itself follows any depth and any alias:
    a few lines of either can stand for more than the memory holds."""
    depth = 0
    try:
        for token in yaml.scan(text, Loader=yaml.CSafeLoader):
            if isinstance(token, yaml.AliasToken):
                return "YAML 里用了别名（*），清单文件不接受别名"
            depth += isinstance(token, _OPENS) - isinstance(token, _CLOSES)
            if depth > DEEPEST:
                return f"YAML 嵌套超过 {DEEPEST} 层"
    except yaml.YAMLError:
        return ""  # the reader says what is wrong, with its place
    return ""


def _read_tables(reading: Reading, content: bytes, frame: Frame) -> None:
    try:
        sheets = read_sheets(reading.file, content)
    except Unreadable as error:
        note(reading, 1, "", str(error), "原文件已保留，改好后重新上传")
        return
    found = [(sheet, header) for sheet in sheets if (header := find_header(sheet.rows)) is not None]
    if not found:
        wanted = "、".join(NAMES[column][0] for column in ("name", "l1", "lead"))
        note(reading, 1, "", "没有找到表头", f"请在前 20 行内放一行表头，至少含 {wanted}")
    for sheet, header in found:
        _read_sheet(reading, sheet, header, frame)


def _read_sheet(reading: Reading, sheet: Sheet, header: Header, frame: Frame) -> None:
    if _report_header(reading, sheet, header):
        rows = list(_table_rows(reading, sheet, header, frame.units))
        _check(reading, rows, frame)


def _report_header(reading: Reading, sheet: Sheet, header: Header) -> bool:
    """Say what is odd about the header; False when a column is missing without which nothing can be read."""

    def say(what: str, todo: str, level: Level = Level.WARNING) -> None:
        note(reading, header.line + 1, "", what, todo, level, sheet.name)

    if header.line:
        say(f"表头在第 {header.line + 1} 行", "上面的行按标题跳过，不用处理")
    for word, label in header.guessed:
        say(f"把“{word}”当作“{label}”", "不对的话请把表头改成标准名称")
    for word in header.unknown:
        say(f"不认识或重复的列“{word}”，没有导入", f"可用的列：{'、'.join(w[0] for w in NAMES.values())}")
    if "code" not in header.columns:
        say("没有“事项编码”列", "已按分类和名称生成编码；以后更新请保留导出文件里的编码")
    for area in sheet.merged:
        if area.top > header.line:
            value = sheet.rows[area.top][area.left] if area.left < len(sheet.rows[area.top]) else ""
            what = f"合并单元格 {area}，已把“{value[:20]}”填入其中每一行"
            note(reading, area.top + 1, "", what, "请核对；确是同一内容就不用处理", Level.WARNING, sheet.name)
    missing = [column for column in ("l1", "name") if column not in header.columns]
    if not {"lead", "rules"} & set(header.columns):
        missing.append("lead")
    for column in missing:
        say(
            f"缺少“{LABELS[column]}”列",
            f"请补上这一列；也可以叫 {'、'.join(NAMES[column][1:4])}",
            Level.ERROR,
        )
    return not missing


def _table_rows(
    reading: Reading, sheet: Sheet, header: Header, units: Units
) -> Iterator[tuple[dict[str, Any], Place]]:
    """Rows of a sheet as plain data; rows of one item with a condition each become one item with branches."""
    open_row: tuple[dict[str, Any], Place] | None = None
    for line, cells in enumerate(sheet.rows[header.line + 1 :], start=header.line + 2):
        texts = {column: cells[at] for column, at in header.columns.items() if at < len(cells) and cells[at]}
        if not texts:
            reading.blank += 1
            continue
        place = Place(reading.file, line, sheet.name)
        if is_total(cells):
            what = f"是“{next(filter(None, cells))[:20]}”，没有当作事项"
            note(reading, line, "", what, "合计行不用处理", Level.WARNING, sheet.name)
            continue
        if _is_heading(texts):
            what = f"像是小标题：“{next(iter(texts.values()))[:20]}”，没有当作事项"
            note(reading, line, "", what, "不是小标题的话请补齐这一行", Level.WARNING, sheet.name)
            continue
        data = data_of(texts, units)
        if "code" not in header.columns and "name" in data:
            data["code"] = _made_code(data)
        if open_row is not None and _continues(open_row[0], data):
            open_row[0]["rules"] += data["rules"]
            continue
        if open_row is not None:
            yield open_row
        open_row = (data, place)
    if open_row is not None:
        yield open_row


def _is_heading(texts: dict[str, str]) -> bool:
    """A line such as 一、城乡建设: only a class, or one text merged over the whole row."""
    return set(texts) <= {"code", "l1"} or (len(texts) > 1 and len(set(texts.values())) == 1)


def _continues(before: dict[str, Any], data: dict[str, Any]) -> bool:
    """Whether a row is one more condition of the item above it."""
    same = ("name" not in data and "code" not in data) or before.get("code") == data.get("code")
    return bool(before.get("rules")) and bool(data.get("rules")) and same


def _made_code(data: dict[str, Any]) -> str:
    """A code from class and name: the same matter gets the same code in the next file."""
    path = "/".join(str(data.get(field, "")) for field in ("l1", "l2", "l3", "name"))
    return "Z" + hashlib.sha256(path.encode()).hexdigest()[:8].upper()


def _check(reading: Reading, rows: Iterable[tuple[dict[str, Any], Place]], frame: Frame) -> None:
    for data, place in rows:
        reading.rows += 1
        item, found = read_row(data, place, frame)
        reading.problems += found
        if item is not None:
            reading.items.append((item, place))


__all__ = ["Reading", "read_list"]
