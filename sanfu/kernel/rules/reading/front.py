"""The front matter of a policy document: number, issuer, days, and which matters it governs when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from sanfu.kernel.rules.language.problems import Problem, Span, refuse

REQUIRED = ("编号", "标题", "文号", "发布机关", "层级", "施行")
LEVELS = ("国家级", "省级", "市级", "县级")
MARKS = ("已核", "节选", "待核", "演示")
EXAMPLE = "例如 适用: [{事项: 新申请, 自: 2026-04-01}]"


@dataclass(frozen=True)
class Application:
    """Which matters (事项) the document governs, and when: 2026 re-reviews still use the old text."""

    matter: str
    start: date | None
    end: date | None
    basis: str = ""
    note: str = ""


def front_matter(lines: list[str]) -> tuple[dict[str, Any], int]:
    if not lines or lines[0].strip() != "---":
        raise refuse(
            "front-matter",
            "文件开头没有文首信息",
            Span(1, 1),
            "第一行写 ---,然后写 编号、标题、文号…,再写 ---",
        )
    for at in range(1, len(lines)):
        if lines[at].strip() == "---":
            return _load_front("\n".join(lines[1:at])), at + 1
    raise refuse("front-matter", "文首信息没有收尾的 ---", Span(1, 1), "在文首信息最后补一行 ---")


def _load_front(text: str) -> dict[str, Any]:
    try:
        front = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        span = Span(mark.line + 2, mark.column + 1) if mark else Span(2, 1)
        raise refuse(
            "front-matter", f"文首信息不是合法的 YAML:{error.problem}", span, "每行写成 名称: 值"
        ) from error
    except yaml.YAMLError as error:
        raise refuse(
            "front-matter", "文首信息里有不能用的字符", Span(2, 1), "删去看不见的控制字符"
        ) from error
    if not isinstance(front, dict):
        raise refuse("front-matter", "文首信息要是 名称: 值 的形式", Span(2, 1), "例如 编号: srdi-2026")
    return front


def front_problems(front: dict[str, Any], lines: list[str]) -> list[Problem]:
    found = [
        Problem("front-matter", f"文首信息缺少 {key}", f"补一行 {key}: …", _front_span(key, lines))
        for key in REQUIRED
        if front.get(key) in (None, "")
    ]
    for key in ("施行", "失效"):
        value = front.get(key)
        if value is not None and not isinstance(value, date):
            span = _front_span(key, lines)
            found.append(Problem("date", f"{key} 应为日期，读到 {value!r}", "写成 YYYY-MM-DD", span))
    for key, known in (("层级", LEVELS), ("标记", MARKS)):
        value = front.get(key)
        if value not in (*known, None):
            message = f"{key} {value} 不在 {'、'.join(known)} 之内"
            found.append(Problem("front-matter", message, "改成其中之一", _front_span(key, lines)))
    start, end = as_day(front.get("施行")), as_day(front.get("失效"))
    if start and end and end < start:
        span = _front_span("失效", lines)
        found.append(Problem("date", f"失效 {end} 早于施行 {start}", "核对两个日期", span))
    return [*found, *_application_problems(front, lines)]


def _application_problems(front: dict[str, Any], lines: list[str]) -> Iterator[Problem]:
    """适用 is a list of {事项, 自, 至}; a day that is no day must not choose a version."""
    span = _front_span("适用", lines)
    said = front.get("适用") or ()
    if not isinstance(said, list | tuple):
        yield Problem("front-matter", f"适用 应为一列事项，读到 {said!r}", EXAMPLE, span)
        return
    for entry in said:
        if not isinstance(entry, dict) or not entry.get("事项"):
            yield Problem("front-matter", f"适用 里的一行没有事项：{entry!r}", EXAMPLE, span)
            continue
        for key in ("自", "至"):
            if entry.get(key) is not None and not isinstance(entry[key], date):
                message = f"适用 {entry['事项']} 的 {key} 应为日期，读到 {entry[key]!r}"
                yield Problem("date", message, "写成 YYYY-MM-DD", span)


def _front_span(key: str, lines: list[str]) -> Span:
    """The line of the front matter that says the key, or its first line when no line does."""
    for at, line in enumerate(lines[1:], 2):
        if line.strip() == "---":
            break
        if line.partition(":")[0].strip() == key:
            return Span(at, 1, max(len(line), 1))
    return Span(1, 1, 3)


def applications(front: dict[str, Any]) -> tuple[Application, ...]:
    """The rows of 适用 that can be used; the others are among the problems."""
    said = front.get("适用")
    return tuple(
        Application(
            str(row["事项"]), as_day(row.get("自")), as_day(row.get("至")), str(row.get("依据", "")),
            str(row.get("说明", "")),
        )
        for row in (said if isinstance(said, list | tuple) else ())
        if isinstance(row, dict) and row.get("事项")
    )  # fmt: skip


def as_day(value: object) -> date | None:
    return value if isinstance(value, date) else None
