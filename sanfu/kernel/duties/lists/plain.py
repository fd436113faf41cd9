"""Lists and labelled cases as plain text: the bar-separated form (psv) and YAML."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from sanfu.kernel.duties.items import (
    DepartmentDuty,
    DutyItem,
    DutyList,
    ListType,
    Reading,
    RowNote,
    UnreadableList,
)

COLUMNS = (
    "list_type",
    "category",
    "code",
    "name",
    "superior_dept",
    "superior_duty",
    "town_duty_or_method",
    "recall_reason",
    "keywords",
)


def departments_of(names: str, duty: str) -> tuple[DepartmentDuty, ...]:
    """Departments with duty texts as written; one text for several names stays with the first."""
    parts = [name.strip() for name in re.split(r"[、\n;；]", names) if name.strip()]
    duties = [part.strip() for part in duty.split("\n") if part.strip()]
    if len(parts) > 1 and len(duties) == len(parts):
        return tuple(DepartmentDuty(name, text) for name, text in zip(parts, duties, strict=True))
    if not parts:
        return (DepartmentDuty("", duty.strip()),) if duty.strip() else ()
    return (DepartmentDuty(parts[0], duty.strip()), *(DepartmentDuty(name, "") for name in parts[1:]))


def item_of(values: Mapping[str, str], row: int) -> DutyItem:
    """Build one item from named texts; raises UnreadableList when the type or the name is missing."""
    kind = values.get("list_type", "").strip()[:2]
    name = values.get("name", "").strip()
    if kind not in {member.value for member in ListType}:
        raise UnreadableList(f"第 {row} 行：清单类型“{kind}”不是 基本、配合、收回 之一；请改正后重新导入")
    if not name:
        raise UnreadableList(f"第 {row} 行：事项名称为空；请补写名称")
    list_type = ListType(kind)
    task = values.get("town_duty_or_method", "").strip()
    recalled = list_type is ListType.RECALLED
    return DutyItem(
        code=values.get("code", "").strip() or f"{kind}-{row}",
        list_type=list_type,
        category=values.get("category", "").strip(),
        name=name,
        departments=departments_of(values.get("superior_dept", ""), values.get("superior_duty", "")),
        town_duty="" if recalled else task,
        method=task if recalled else "",
        recall_reason=values.get("recall_reason", "").strip(),
        keywords=tuple(values.get("keywords", "").split()),
        basis=tuple(part.strip() for part in re.split(r"[；;\n]", values.get("basis", "")) if part.strip()),
        row=row,
    )


def read_psv(text: str, town: str = "") -> Reading:
    """Read the bar-separated form; a comment line `# 列：a|b|c` names the columns."""
    columns: tuple[str, ...] = COLUMNS
    items: list[DutyItem] = []
    notes: list[RowNote] = []
    mark = ""
    for row, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        if not line.strip():
            continue
        if line.startswith("#"):
            mark = "MODEL" if "MODEL" in line else "演示" if "演示" in line and not mark else mark
            named = re.match(r"#\s*(?:列|columns?)\s*[：:]\s*([a-z_]+(?:\s*\|\s*[a-z_]+)+)\s*$", line)
            columns = tuple(part.strip() for part in named.group(1).split("|")) if named else columns
            continue
        cells = [cell.strip() for cell in line.split("|")]
        if tuple(cells[:2]) == COLUMNS[:2]:
            columns = tuple(cells)
            continue
        try:
            items.append(item_of(dict(zip(columns, cells, strict=False)), row))
            notes.append(RowNote(row, "read", f"{items[-1].code} {items[-1].name}"))
        except UnreadableList as problem:
            notes.append(RowNote(row, "refused", line, str(problem), "改正该行后重新导入，其余各行不受影响"))
    if not items:
        raise UnreadableList("没有读到任何事项：每行应为“清单类型|类别|编码|名称|…”，竖线分隔")
    return Reading(DutyList(town, tuple(items), mark=mark), tuple(notes))


def read_yaml(text: str) -> Reading:
    """Read a YAML list: `town`, `version`, `mark`, and `items` with named fields (departments as rows)."""
    try:
        raw = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError) as problem:  # ValueError: a date that no calendar has
        raise UnreadableList(f"YAML 写法有误：{problem}；请按提示的行列改正") from problem
    if not isinstance(raw, dict) or not isinstance(raw.get("items"), list):
        raise UnreadableList("YAML 清单应有顶层键 items（事项列表）；请对照 content/duties/model_list.yaml")
    items: list[DutyItem] = []
    notes: list[RowNote] = []
    for row, entry in enumerate(raw["items"], start=1):
        try:
            items.append(_yaml_item(entry, row))
            notes.append(RowNote(row, "read", f"{items[-1].code} {items[-1].name}"))
        except (UnreadableList, AttributeError, TypeError) as problem:
            notes.append(RowNote(row, "refused", str(entry)[:80], str(problem), "改正该项后重新导入"))
    if not items:
        raise UnreadableList("items 中没有可用的事项")
    made = DutyList(
        str(raw.get("town", "")), tuple(items), str(raw.get("version", "")), str(raw.get("mark", ""))
    )
    return Reading(made, tuple(notes))


def _yaml_item(entry: Mapping[str, Any], row: int) -> DutyItem:
    base = item_of(
        {
            "list_type": str(entry.get("list", "")),
            "category": str(entry.get("category", "")),
            "code": str(entry.get("code", "")),
            "name": str(entry.get("name", "")),
            "town_duty_or_method": str(entry.get("town") or entry.get("method") or ""),
            "recall_reason": str(entry.get("recall_reason", "")),
            "keywords": " ".join(str(word) for word in entry.get("keywords", [])),
            "basis": "；".join(str(text) for text in entry.get("basis", [])),
        },
        row,
    )
    duties = tuple(
        DepartmentDuty(str(one.get("name", "")), str(one.get("duty", "")))
        for one in entry.get("departments", [])
    )
    return DutyItem(**{**base.__dict__, "departments": duties})
