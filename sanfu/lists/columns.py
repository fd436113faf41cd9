"""Which column of a list file means what, and how one cell holds several values."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sanfu.lists.items import OTHERWISE, RequestItem
from sanfu.lists.rules import LABELS
from sanfu.lists.units import Units

# How lists in use call our columns. The first word is ours and heads exported files.
NAMES: dict[str, tuple[str, ...]] = {
    "code": ("事项编码", "编码", "代码", "事项代码", "诉求编码", "清单编码"),
    "l1": ("一级分类", "一级类别", "大类", "一级", "类别", "诉求大类"),
    "l2": ("二级分类", "二级类别", "中类", "二级", "诉求中类"),
    "l3": ("三级分类", "三级类别", "小类", "三级", "诉求小类"),
    "name": ("诉求名称", "事项名称", "名称", "诉求事项", "事项", "诉求内容", "问题描述"),
    "says": ("典型说法", "常见说法", "群众说法", "常见问题", "典型诉求", "情形描述"),
    "keys": ("关键词", "关键字", "标签"),
    "type": ("诉求类型", "类型"),
    "urgency": ("紧急程度", "紧急等级", "缓急"),
    "lead": ("责任部门", "责任单位", "主办单位", "主办部门", "牵头单位", "牵头部门", "承办单位", "主责部门"),
    "assist": ("配合部门", "配合单位", "协办单位", "协办部门", "协同单位", "协助单位"),
    "when": ("适用条件", "条件", "情形", "适用情形"),
    "rules": ("条件和责任", "分情形责任", "条件规则"),
    "given": ("适用前提", "前提"),
    "file": ("立案条件", "受理条件", "立案标准"),
    "close": ("结案条件", "结案标准", "办结标准", "处置要求", "处办要求"),
    "reply": ("答复模板", "答复口径", "回复模板"),
    "basis": ("依据", "法律依据", "政策依据", "文件依据", "设定依据"),
    "elsewhere": ("告知途径", "不受理告知", "其他途径", "其它途径"),
}
IGNORED = frozenset({"序号", "备注", "行号", "no", "no."})
_FIELDS = {word: column for column, words in NAMES.items() for word in words}
HEADER_ROWS = 20  # how far down a header is looked for
FEWEST_KNOWN = 3  # columns that make a row a header


@dataclass(frozen=True)
class Header:
    """The header row found: its line from 0, field → column number, words nobody knows, words guessed at."""

    line: int
    columns: dict[str, int]
    unknown: tuple[str, ...]
    guessed: tuple[tuple[str, str], ...]


def find_header(rows: Sequence[Sequence[str]]) -> Header | None:
    """The row among the first that looks most like a header; None when no row does."""
    best: Header | None = None
    for line, row in enumerate(rows[:HEADER_ROWS]):
        header = _header(line, row)
        enough = len(header.columns) >= FEWEST_KNOWN and "name" in header.columns
        if enough and (best is None or len(header.columns) > len(best.columns)):
            best = header
    return best


def _header(line: int, row: Sequence[str]) -> Header:
    columns: dict[str, int] = {}
    unknown, guessed = [], []
    for number, cell in enumerate(row):
        word = re.sub(r"\s|[（(].*?[）)]|[*＊:：]", "", cell)
        if not word or word.lower() in IGNORED:
            continue
        column = _FIELDS.get(word)
        if column is None:
            near = difflib.get_close_matches(word, list(_FIELDS), n=1, cutoff=0.7)
            column = _FIELDS[near[0]] if near else None
            if column and column not in columns:
                guessed.append((cell, LABELS.get(column, NAMES[column][0])))
        if column is None or column in columns:
            unknown.append(cell)
        else:
            columns[column] = number
    return Header(line, columns, tuple(unknown), tuple(guessed))


def several(cell: str, *, words: bool = False) -> list[str]:
    """The values of a cell: one a line, or parted by ；; words also by 、 and ，."""
    marks = r"[\n；;|、，,]+" if words else r"[\n；;|]+"
    return [one.strip() for one in re.split(marks, cell) if one.strip()]


_ARROW = re.compile(r"\s*(?:→|->|=>|⇒|：由|:由)\s*")
_HELP = re.compile(r"[（(]\s*配合\s*[:：]\s*(?P<assist>.*?)[)）]\s*$")


def read_branches(cell: str) -> list[dict[str, object]]:
    """Branches of one cell, one a line: `条件 → 主办单位（配合：单位、单位）`."""
    branches: list[dict[str, object]] = []
    for line in several(cell):
        when, *rest = _ARROW.split(line, maxsplit=1)
        units = rest[0] if rest else ""
        found = _HELP.search(units)
        assist = several(found["assist"], words=True) if found else []
        lead = _HELP.sub("", units).strip()
        branches.append({"when": when.strip(), "lead": lead, **({"assist": assist} if assist else {})})
    return branches


def write_branch(when: str, lead: str, assist: Sequence[str]) -> str:
    """A branch as `read_branches` reads it."""
    return f"{when} → {lead}" + (f"（配合：{'、'.join(assist)}）" if assist else "")


WRITTEN = tuple(column for column in NAMES if column != "when")  # columns of an exported file, in order
HEADS = tuple(NAMES[column][0] for column in WRITTEN)


def cells_of(item: RequestItem, units: Units) -> dict[str, str]:
    """The item as the cells of a list file; reading the file gives the same item back."""

    def short(codes: Sequence[str]) -> list[str]:
        return [units.short(code) for code in codes]

    branches = [
        write_branch(b.when or OTHERWISE, units.short(b.lead), short(b.assist)) for b in item.branches
    ]
    return {
        "code": item.code,
        "l1": item.l1,
        "l2": item.l2,
        "l3": item.l3,
        "name": item.name,
        "says": "\n".join(item.says),
        "keys": "、".join(item.keys),
        "type": str(item.type),
        "urgency": str(item.urgency),
        "lead": units.short(item.lead) if item.lead else "",
        "assist": "、".join(short(item.assist)),
        "rules": "\n".join(branches),
        "given": item.given,
        "file": item.filing,
        "close": item.closing,
        "reply": item.reply,
        "basis": "\n".join(f"{basis.mark} {basis.text}" for basis in item.basis),
        "elsewhere": item.elsewhere,
    }


def data_of(cells: Mapping[str, str], units: Units) -> dict[str, Any]:
    """Plain row data from the cells of one row, ready to be checked."""
    data: dict[str, Any] = {column: text for column, text in cells.items() if text and column not in _SEVERAL}
    for column in ("says", "basis"):
        if cells.get(column):
            data[column] = several(cells[column])
    if cells.get("keys"):
        data["keys"] = several(cells["keys"], words=True)
    assist = _units(cells.get("assist", ""), units)
    when = data.pop("when", "")
    if cells.get("rules"):
        data["rules"] = read_branches(cells["rules"])
    elif when:
        data["rules"] = [{"when": when, "lead": data.pop("lead", ""), "assist": assist}]
    elif assist:
        data["assist"] = assist
    data.setdefault("l2", data.get("l1", ""))
    return data


_SEVERAL = frozenset({"says", "basis", "keys", "assist", "rules"})


def _units(cell: str, units: Units) -> list[str]:
    """Units of a cell; a name such as 镇（街道）、园区 that is itself an alias is not parted."""
    if not cell:
        return []
    return [cell] if units.resolve(cell) else several(cell, words=True)
