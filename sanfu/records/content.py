"""Reading content/ (内容): YAML files with errors that name file, line and column. No Django needed."""

import os
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sanfu.kernel.clocks import ClockError, ClockTable, OfficeHours, Timekeeper
from sanfu.kernel.workdays import Calendar, CalendarError, Notice, Statute

SAFE = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # the same language; ten times faster where libyaml is built in
# The one place that says where content is: SANFU_CONTENT, or content/ of this checkout; `settings.CONTENT` is this too.
CONTENT = Path(os.environ.get("SANFU_CONTENT") or Path(__file__).resolve().parents[2] / "content")


class BadContent(Exception):
    """A content file that cannot be used; the message names the file and what is wrong in it."""


def read_yaml(path: Path) -> Any:
    """One YAML file; BadContent with line and column when it does not parse."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=SAFE)
    except FileNotFoundError as error:
        raise BadContent(f"找不到文件 {path}。") from error
    except UnicodeDecodeError as error:
        raise BadContent(f"{path} 不是 UTF-8 编码，请另存为 UTF-8 后再试。") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"第{mark.line + 1}行第{mark.column + 1}列" if mark else ""
        raise BadContent(f"{path} {place}写法有误：{getattr(error, 'problem', error)}。") from error


def read_rows(path: Path, key: str) -> list[Any]:
    """The rows under `key` of a file, and of every file in the folder of the same name beside it (`demo/*.yaml`)."""
    files = [path, *sorted(path.with_suffix("").glob("*.yaml"))]
    return [row for one in files for row in (read_yaml(one) or {}).get(key, ())]


def read_calendar(folder: Path = CONTENT / "calendar") -> Calendar:
    """The calendar of a folder: <year>.yaml files, and statutory.yaml for the years without one.

    A folder without statutory.yaml borrows ours: the law is the same everywhere.
    """
    paths = sorted(path for path in folder.glob("*.y*ml") if path.stem.isdigit())
    if not paths:
        raise BadContent(f"{folder} 里没有放假安排，需要以年份命名的文件，例如 2026.yaml。")
    law = folder / "statutory.yaml"
    statute = Statute.parse(read_yaml(law if law.exists() else CONTENT / "calendar" / "statutory.yaml"))
    notices = []
    for path in paths:
        try:
            notices.append(Notice.parse(read_yaml(path)))
        except CalendarError as error:
            raise BadContent(f"{path}：{error}") from error
    return Calendar(notices, statute)


def read_office_hours(path: Path = CONTENT / "calendar" / "office_hours.yaml") -> OfficeHours:
    try:
        return OfficeHours.parse(read_yaml(path))
    except CalendarError as error:
        raise BadContent(f"{path}：{error}") from error


@cache
def timekeeper(folder: Path = CONTENT / "calendar") -> Timekeeper:
    """Calendar and office hours of the county, read once per process."""
    return Timekeeper(read_calendar(folder), read_office_hours())


def clock_tables(folder: Path = CONTENT / "clocks") -> list[str]:
    """Names of the tables in a folder; other files there (statutory periods) have no `rows`."""
    return sorted(path.stem for path in folder.glob("*.yaml") if "rows" in (read_yaml(path) or {}))


def read_clock_table(name: str, folder: Path = CONTENT / "clocks") -> ClockTable:
    """A table of clock rules by file name; refused when a combination has no row or several."""
    path = folder / f"{name}.yaml"
    try:
        table = ClockTable.parse(read_yaml(path))
    except ClockError as error:
        raise BadContent(f"{path}：{error}") from error
    found = table.defects()
    if found:
        raise BadContent(f"{path}：" + "；".join(map(str, found[:5])))
    return table
