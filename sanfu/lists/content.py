"""Reads the shipped 群众诉求处置责任清单 (`content/requests/`): one YAML file per first-level class.

A file is `class`, then `groups`, each with what its items share (see SHARED), and the `items` themselves; an
item overrides its group. Every problem carries file and line.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sanfu.kernel.conditions import Vocabulary
from sanfu.lists.items import RequestItem
from sanfu.lists.rules import Frame, Level, Place, Problem, check_codes, read_row, read_vocabulary
from sanfu.lists.units import Units, load_units

SHARED = ("l2", "lead", "assist", "type", "urgency", "reply", "basis", "elsewhere")


class ContentError(Exception):
    """Content that cannot be used; `problems` says where and what to do."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class LinedMap(dict[str, Any]):
    """A YAML mapping that knows the line (from 1) on which it begins."""

    line: int = 0


class _LinedLoader(yaml.CSafeLoader):
    """The safe loader, with line numbers on mappings and no repeated keys."""


def _lined(loader: _LinedLoader, node: yaml.MappingNode) -> LinedMap:
    result = LinedMap()
    result.line = node.start_mark.line + 1
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in result:
            raise yaml.constructor.ConstructorError(
                None, None, f"“{key}”在同一处写了两次", key_node.start_mark
            )
        result[key] = loader.construct_object(value_node, deep=True)
    return result


_LinedLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _lined)


def read_yaml(text: str, name: str) -> Any:
    """Parse YAML with line numbers; ContentError names file, line and column."""
    try:
        return yaml.load(text, Loader=_LinedLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: a date that no calendar has
        mark = getattr(error, "problem_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
        what = f"YAML 写法有误（第 {column} 列）：{reason}"
        problem = Problem(Place(name, line), Level.ERROR, "", what, "请检查缩进、引号和冒号后的空格")
        raise ContentError([problem]) from error


def rows_of(data: Any, name: str) -> Iterator[tuple[dict[str, Any], Place]]:
    """Rows of one class file with group defaults filled in, or of a plain `items:` file."""
    if not isinstance(data, Mapping) or not ("groups" in data or "items" in data):
        todo = "文件应有 class 和 groups，或有 items"
        raise ContentError([Problem(Place(name, 1), Level.ERROR, "", "不是清单文件", todo)])
    groups = data.get("groups") or [data]
    for group in groups:
        shared = {field: group[field] for field in SHARED if field in group}
        for item in group.get("items") or ():
            if not isinstance(item, LinedMap):
                line = getattr(group, "line", 1)
                what = f"“{item}”不是一个事项"
                raise ContentError(
                    [Problem(Place(name, line), Level.ERROR, "", what, "每个事项写成一组字段")]
                )
            first = {"l1": data["class"]} if "class" in data else {}
            yield {**first, **shared, **item}, Place(name, item.line)


@dataclass(frozen=True, slots=True)
class Decoy:
    """诱饵事项: a matter that is not the county's; a message that fits it better is out of the list."""

    code: str
    name: str
    says: tuple[str, ...]
    keys: tuple[str, ...]
    why: str
    elsewhere: str


@dataclass(frozen=True)
class RequestList:
    """A whole list with what it is checked against. `places[code]` says where an item was written."""

    items: tuple[RequestItem, ...]
    decoys: tuple[Decoy, ...]
    vocabulary: Vocabulary
    replies: Mapping[str, str]
    units: Units
    places: Mapping[str, Place]
    warnings: tuple[Problem, ...] = ()

    def __getitem__(self, code: str) -> RequestItem:
        return self._by_code[code]

    @property
    def _by_code(self) -> dict[str, RequestItem]:
        return {item.code: item for item in self.items}


def read_frame(folder: Path, units: Units) -> Frame:
    """What the rows of a list are checked against: `attributes.yaml` and `replies.yaml` of the folder."""
    attributes = read_yaml((folder / "attributes.yaml").read_text("utf-8"), "attributes.yaml")
    replies = read_yaml((folder / "replies.yaml").read_text("utf-8"), "replies.yaml")
    return Frame(units, read_vocabulary(attributes), dict(replies["replies"]))


def check_files(files: Iterable[Path], frame: Frame) -> tuple[list[tuple[RequestItem, Place]], list[Problem]]:
    """Read class files row by row; a file that is not YAML counts as one problem."""
    items: list[tuple[RequestItem, Place]] = []
    problems: list[Problem] = []
    for file in files:
        try:
            rows = list(rows_of(read_yaml(file.read_text("utf-8"), file.name), file.name))
        except ContentError as error:
            problems += error.problems
            continue
        for data, place in rows:
            item, found = read_row(data, place, frame)
            problems += found
            if item is not None:
                items.append((item, place))
    return items, problems + check_codes(items)


def class_files(folder: Path) -> list[Path]:
    """The class files of a folder in reading order: `01_urban_rural.yaml` and so on; the rest stands beside."""
    return sorted(folder.glob("[0-9][0-9]_*.yaml"))


def load_requests(folder: Path, organisations: Path) -> RequestList:
    """Load `content/requests`; ContentError when any row has an error."""
    units = load_units(organisations)
    frame = read_frame(folder, units)
    rows, problems = check_files(class_files(folder), frame)
    errors = [problem for problem in problems if problem.level is Level.ERROR]
    if errors:
        raise ContentError(errors)
    places = {item.code: place for item, place in rows}
    items = tuple(item for item, _ in rows)
    decoys = load_decoys(folder / "decoys.yaml")
    return RequestList(items, decoys, frame.vocabulary, frame.replies, units, places, tuple(problems))


def load_decoys(file: Path) -> tuple[Decoy, ...]:
    """Read `decoys.yaml`; a missing file means no decoys."""
    if not file.exists():
        return ()
    data = read_yaml(file.read_text("utf-8"), file.name)
    decoys = []
    for one in data["decoys"]:
        missing = [field for field in ("code", "name", "says", "why", "elsewhere") if not one.get(field)]
        if missing:
            what = f"诱饵事项缺少 {'、'.join(missing)}"
            raise ContentError([Problem(Place(file.name, one.line), Level.ERROR, "", what, "请补齐")])
        says, keys = tuple(one["says"]), tuple(one.get("keys", ()))
        decoys.append(Decoy(one["code"], one["name"], says, keys, one["why"], one["elsewhere"]))
    return tuple(decoys)
