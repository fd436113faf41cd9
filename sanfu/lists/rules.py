"""Checks of one list row: plain data in, a `RequestItem` and a list of problems out. Pure.

A problem says what is wrong, where, and what to do. An error keeps the row out of a published list; a warning
asks a person to look.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, TypeVar

from sanfu.kernel.conditions import (
    Attribute,
    ConditionError,
    DateAttribute,
    Finding,
    FindingKind,
    Vocabulary,
    parse,
)
from sanfu.kernel.flow import Labelled
from sanfu.kernel.marks import Mark
from sanfu.lists.items import (
    OTHERWISE,
    Basis,
    Branch,
    RequestItem,
    RequestType,
    Urgency,
)
from sanfu.lists.units import Units

E = TypeVar("E", bound=StrEnum)


class Level(Labelled):
    """How bad a problem is."""

    ERROR = "错误", "错误", "danger"
    WARNING = "提醒", "提醒", "warn"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: file, sheet (Excel) and line or row number from 1."""

    file: str
    line: int
    sheet: str = ""

    def __str__(self) -> str:
        sheet = f"“{self.sheet}”" if self.sheet else ""
        return f"{self.file}{sheet} 第 {self.line} 行"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, and what to do about it; `example` is the smallest case that shows it."""

    place: Place
    level: Level
    column: str
    what: str
    todo: str
    code: str = ""
    example: str = ""

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "level": str(self.level)}

    def __str__(self) -> str:
        example = f"（例：{self.example}）" if self.example else ""
        column = f"〔{self.column}〕" if self.column else ""
        return f"{self.place}{column} {self.level}：{self.what}{example}。{self.todo}"


@dataclass(frozen=True, slots=True)
class Frame:
    """What a row is checked against: units, attributes of conditions, reply templates, and the class tree."""

    units: Units
    vocabulary: Vocabulary
    replies: Mapping[str, str]
    classes: frozenset[tuple[str, str, str]] = frozenset()


class _Row:
    """Reads fields of one row and notes what is wrong with them."""

    def __init__(self, data: Mapping[str, Any], place: Place, frame: Frame) -> None:
        self.data = data
        self.place = place
        self.frame = frame
        self.problems: list[Problem] = []

    def note(self, column: str, what: str, todo: str, level: Level = Level.ERROR, example: str = "") -> None:
        code = str(self.data.get("code") or "")
        self.problems.append(Problem(self.place, level, column, what, todo, code, example))

    def text(self, column: str, *, needed: bool = False) -> str:
        value = self.data.get(column)
        text = "" if value is None else _clean(value)
        if len(text) > LONGEST.get(column, MOST_TEXT):
            self.note(column, f"有 {len(text)} 字，太长了", f"请缩到 {LONGEST.get(column, MOST_TEXT)} 字以内")
        if needed and not text:
            self.note(column, "没有填写", f"请补填{LABELS[column]}")
        return text

    def texts(self, column: str) -> tuple[str, ...]:
        value = self.data.get(column) or ()
        if isinstance(value, str) or not isinstance(value, Iterable):
            value = [value]
        texts = tuple(text for one in value if (text := _clean(one)))
        if any(len(text) > MOST_TEXT for text in texts):
            self.note(column, f"有一条超过 {MOST_TEXT} 字", "请拆短或删去无关内容")
        return texts

    def choice(self, column: str, kind: type[E], default: E) -> E:
        word = self.text(column)
        if not word:
            return default
        try:
            return kind(word)
        except ValueError:
            self.note(column, f"“{word}”不是可用的{LABELS[column]}", f"请从 {'、'.join(kind)} 中选一个")
            return default

    def unit(self, column: str, word: str) -> str:
        code = self.frame.units.resolve(word)
        if code is None:
            near = self.frame.units.nearest(word)
            hint = f"是不是“{near}”？" if near else ""
            self.note(column, f"没有叫“{word}”的单位", f"{hint}请改成组织机构里的名称、简称或编码")
        return code or ""

    def units(self, column: str, words: Iterable[str]) -> tuple[str, ...]:
        found = [self.unit(column, word) for word in words]
        return tuple(dict.fromkeys(code for code in found if code))

    def branches(self) -> tuple[Branch, ...]:
        rows = self.data.get("rules") or ()
        if isinstance(rows, Mapping | str):
            self.note("rules", "应是若干条“条件和主办单位”", "每条写 when 和 lead")
            return ()
        return tuple(branch for one in rows if (branch := self.branch(one)) is not None)

    def branch(self, one: Any) -> Branch | None:
        if not isinstance(one, Mapping) or not one.get("lead"):
            self.note("rules", "有一条没有写主办单位", "每条规则都要有 lead（主办单位）")
            return None
        when: str | None = _clean(one.get("when") or "")
        if not when:
            self.note("rules", "有一条没有写条件", f"请写 when；兜底的写“{OTHERWISE}”")
            return None
        when = None if when == OTHERWISE else when
        if when is not None and not self.readable("rules", when):
            return None
        assist = one.get("assist") or ()
        assist = [assist] if isinstance(assist, str) else assist
        return Branch(when, self.unit("lead", str(one["lead"])), self.units("assist", map(str, assist)))

    def readable(self, column: str, text: str) -> bool:
        try:
            parse(text, self.frame.vocabulary)
        except ConditionError as error:
            self.note(column, f"条件“{text}”{error}", "请按“属性 = 取值 且 …”改写")
            return False
        return True

    def basis(self) -> tuple[Basis, ...]:
        return tuple(_basis(text) for text in self.texts("basis"))


def _clean(value: Any) -> str:
    """One line of text: blanks folded, control characters gone (the database refuses NUL)."""
    return " ".join("".join(sign for sign in str(value) if sign.isprintable() or sign.isspace()).split())


# What the database and a reader can take, in characters.
LONGEST = {"code": 40, "l1": 40, "l2": 60, "l3": 60, "name": 200}
MOST_TEXT = 2000


def _basis(text: str) -> Basis:
    word, _, rest = text.partition(" ")
    return Basis(rest, Mark(word)) if word in set(Mark) and rest else Basis(text)


LABELS = {
    "code": "事项编码",
    "l1": "一级分类",
    "l2": "二级分类",
    "l3": "三级分类",
    "name": "诉求名称",
    "says": "典型说法",
    "keys": "关键词",
    "type": "诉求类型",
    "urgency": "紧急程度",
    "lead": "责任部门",
    "assist": "配合部门",
    "rules": "条件和责任",
    "given": "适用前提",
    "file": "立案条件",
    "close": "结案条件",
    "reply": "答复模板",
    "basis": "依据",
    "elsewhere": "告知途径",
}


def read_row(data: Mapping[str, Any], place: Place, frame: Frame) -> tuple[RequestItem | None, list[Problem]]:
    """Check one row; the item is None when an error keeps it from being built."""
    row = _Row(data, place, frame)
    for column in data:
        if column not in LABELS:
            row.note(str(column), "不认识这一栏", f"可用的栏目：{'、'.join(LABELS)}")
    item = _item(row)
    if any(problem.level is Level.ERROR for problem in row.problems):
        return None, row.problems
    _check_content(item, row)
    _check_rules(item, row)
    failed = any(problem.level is Level.ERROR for problem in row.problems)
    return (None if failed else item), row.problems


def _item(row: _Row) -> RequestItem:
    branches = row.branches()
    lead = row.text("lead")
    if not lead and not row.data.get("rules"):
        row.note("lead", "没有写责任部门", "请填责任部门，或写“条件和责任”")
    given = row.text("given")
    if given:
        row.readable("given", given)
    return RequestItem(
        code=row.text("code", needed=True),
        l1=row.text("l1", needed=True),
        l2=row.text("l2", needed=True),
        l3=row.text("l3") or row.text("l2"),
        name=row.text("name", needed=True),
        says=row.texts("says"),
        keys=row.texts("keys"),
        type=row.choice("type", RequestType, RequestType.HELP),
        urgency=row.choice("urgency", Urgency, Urgency.NORMAL),
        lead="" if branches or not lead else row.unit("lead", lead),
        assist=() if branches else row.units("assist", row.texts("assist")),
        branches=branches,
        given=given,
        filing=row.text("file"),
        closing=row.text("close"),
        reply=row.text("reply"),
        basis=row.basis(),
        elsewhere=row.text("elsewhere"),
    )


def _check_content(item: RequestItem, row: _Row) -> None:
    if not item.says:
        row.note("says", "没有典型说法，系统难以匹配", "请补 3 条以上群众常用的说法", Level.WARNING)
    if not item.closing:
        row.note("close", "没有结案条件", "请写清做到什么程度才算办结", Level.WARNING)
    if item.reply and item.reply not in row.frame.replies:
        known = "、".join(row.frame.replies)
        row.note("reply", f"没有名为“{item.reply}”的答复模板", f"可用：{known}")
    classes = row.frame.classes
    if classes and (item.l1, item.l2, item.l3) not in classes:
        row.note("l3", f"分类树里没有“{item.path}”", "请改用分类树中的分类，或先更新分类树", Level.WARNING)


def _check_rules(item: RequestItem, row: _Row) -> None:
    try:
        findings = item.check(row.frame.vocabulary)
    except ValueError as error:
        row.note("rules", str(error), "请改写条件")
        return
    for finding in findings:
        what, todo, level = _explain(finding, item, row.frame.units)
        example = finding.example() if finding.kind in {FindingKind.OVERLAP, FindingKind.GAP} else ""
        row.note("rules", what, todo, level, example)


def _explain(finding: Finding, item: RequestItem, units: Units) -> tuple[str, str, Level]:
    named = [f"第 {n + 1} 条“{item.branches[n].when or OTHERWISE}”" for n in finding.rules]
    leads = [units.short(item.branches[n].lead) for n in finding.rules]
    if finding.kind is FindingKind.OVERLAP:
        what = f"{named[0]}归{leads[0]}，{named[1]}归{leads[1]}，两条同时适用"
        return what, "请给其中一条加上区分的条件", Level.ERROR
    if finding.kind is FindingKind.GAP:
        return "没有一条规则适用", f"请补一条，或加“{OTHERWISE}”兜底", Level.ERROR
    if finding.kind is FindingKind.CONTRADICTION:
        return f"{named[0]}自相矛盾：{finding.detail}", "请改成能够成立的条件", Level.ERROR
    if finding.kind is FindingKind.UNREACHABLE:
        return f"{named[0]}永远轮不到", "它的情形已在前提之外或被其他规则占满，请删除或改写", Level.ERROR
    return f"{named[0]}是多余的", "同一单位的其他规则已经覆盖，可以合并", Level.WARNING


def read_vocabulary(data: Mapping[str, Any]) -> Vocabulary:
    """Attributes from `attributes.yaml`; an attribute of `kind: date` has no values."""
    return Vocabulary(_attribute(one) for one in data["attributes"])


def _attribute(one: Mapping[str, Any]) -> Attribute | DateAttribute:
    if one.get("kind") == "date":
        return DateAttribute(one["name"], one.get("ask", ""))
    return Attribute(one["name"], tuple(str(value) for value in one["values"]), one.get("ask", ""))


def check_codes(items: Iterable[tuple[RequestItem, Place]]) -> list[Problem]:
    """Codes and names that occur twice in one list."""
    seen: dict[str, Place] = {}
    problems = []
    for item, place in items:
        if item.code in seen:
            what = f"编码 {item.code} 与 {seen[item.code]} 重复"
            problems.append(Problem(place, Level.ERROR, "code", what, "请换一个编码", item.code))
        seen.setdefault(item.code, place)
    return problems
