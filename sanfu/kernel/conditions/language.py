"""The language of conditions: attributes with finite domains, date ranges, 且 / 或 / 非, and brackets.

Grammar (blanks are free, full-width punctuation is accepted):

    condition := part { 或 part }
    part      := piece { 且 piece }
    piece     := 非 piece | ( condition ) | 任何情形 | test
    test      := ATTRIBUTE = VALUE | ATTRIBUTE ≠ VALUE
               | ATTRIBUTE 属于 VALUE、VALUE | ATTRIBUTE 不属于 VALUE、VALUE
               | DATE 在 2026-01-01 至 2026-03-31 | DATE 自 2026-01-01 | DATE 截至 2026-03-31

Names and values are matched against what the vocabulary declares, longest first, so a value may itself hold
a character such as 或. Both ends of a date range are included.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date


class ConditionError(ValueError):
    """A condition that cannot be read; `column` counts characters from 1 in `text`."""

    def __init__(self, message: str, text: str, column: int) -> None:
        super().__init__(f"第 {column} 列：{message}")
        self.message = message
        self.text = text
        self.column = column


@dataclass(frozen=True, slots=True)
class Attribute:
    """A named fact with a closed list of values; `ask` is the question put to a person."""

    name: str
    values: tuple[str, ...]
    ask: str = ""

    def __post_init__(self) -> None:
        if len(self.values) < 2 or len(set(self.values)) != len(self.values):
            raise ValueError(f"属性“{self.name}”至少要有两个互不相同的取值")


@dataclass(frozen=True, slots=True)
class DateAttribute:
    """A named fact that is a calendar day."""

    name: str
    ask: str = ""


@dataclass(frozen=True, slots=True)
class Among:
    """The attribute has one of these values (in the order of its domain)."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class During:
    """The day lies in the closed range; an open end is None."""

    name: str
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class All:
    """且: every part holds. Without parts it always holds."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """或: at least one part holds."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """非: the part does not hold."""

    part: "Condition"


Condition = Among | During | All | AnyOf | Not
ALWAYS = All(())


class Vocabulary(Mapping[str, Attribute | DateAttribute]):
    """The attributes that conditions may name, in the order in which they are asked."""

    def __init__(self, attributes: Iterable[Attribute | DateAttribute]) -> None:
        self._by_name: dict[str, Attribute | DateAttribute] = {}
        for attribute in attributes:
            if attribute.name in self._by_name:
                raise ValueError(f"属性“{attribute.name}”声明了两次")
            self._by_name[attribute.name] = attribute

    def __getitem__(self, name: str) -> Attribute | DateAttribute:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)


# One width for what people type: length is kept, so that columns in messages stay true.
_WIDTH = str.maketrans("（）＝，！０１２３４５６７８９－　", "()=,!0123456789- ")
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


class _Reader:
    """Recursive descent over one line of text."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.text = text
        self.plain = text.translate(_WIDTH)
        self.vocabulary = vocabulary
        self.at = 0

    def fail(self, message: str, at: int | None = None) -> ConditionError:
        return ConditionError(message, self.text, (self.at if at is None else at) + 1)

    def skip(self) -> None:
        while self.at < len(self.plain) and self.plain[self.at].isspace():
            self.at += 1

    def take(self, *words: str) -> str | None:
        """Move past the longest of the words that stands here, or stay."""
        self.skip()
        for word in sorted(words, key=len, reverse=True):
            if self.plain.startswith(word, self.at):
                self.at += len(word)
                return word
        return None

    def rest(self) -> str:
        """What stands here up to the next blank or bracket, for messages."""
        self.skip()
        return re.split(r"[\s()=≠、]", self.plain[self.at :], maxsplit=1)[0]

    def either(self) -> Condition:
        parts = [self.both()]
        while self.take("或者", "或"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def both(self) -> Condition:
        parts = [self.piece()]
        while self.take("并且", "且"):
            parts.append(self.piece())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def piece(self) -> Condition:
        self.skip()
        opened = self.at
        named = any(self.plain.startswith(name, self.at) for name in self.vocabulary)
        if named:  # an attribute may begin with 非
            return self.test()
        if self.take("非"):
            return Not(self.piece())
        if self.take("("):
            inside = self.either()
            if not self.take(")"):
                raise self.fail("括号没有合上，请补一个“)”", opened)
            return inside
        if self.take("任何情形"):
            return ALWAYS
        return self.test()

    def test(self) -> Condition:
        name = self.take(*self.vocabulary)
        if name is None:
            raise self.fail(self.unknown_attribute())
        attribute = self.vocabulary[name]
        if isinstance(attribute, DateAttribute):
            return self.during(attribute)
        return self.among(attribute)

    def unknown_attribute(self) -> str:
        word = self.rest()
        if not word:
            return "这里应写一个属性，条件还没有写完"
        near = difflib.get_close_matches(word, list(self.vocabulary), n=1, cutoff=0.4)
        hint = f"，是不是“{near[0]}”？" if near else f"。可用的属性：{'、'.join(self.vocabulary)}"
        return f"没有声明过属性“{word}”{hint}"

    def among(self, attribute: Attribute) -> Condition:
        relation = self.take("=", "是", "为", "等于", "≠", "!=", "不是", "不等于", "属于", "不属于")
        if relation is None:
            raise self.fail(f"“{attribute.name}”后面应写 =、≠、属于 或 不属于")
        chosen = {self.value(attribute)}
        while relation.endswith("属于") and self.take("、", ","):
            chosen.add(self.value(attribute))
        if relation in {"≠", "!="} or relation.startswith("不"):
            chosen = set(attribute.values) - chosen
        if not chosen:
            raise self.fail(f"“{attribute.name}”的全部取值都被排除了，这个条件永远不成立")
        return Among(attribute.name, tuple(value for value in attribute.values if value in chosen))

    def value(self, attribute: Attribute) -> str:
        value = self.take(*attribute.values)
        if value is not None:
            return value
        word = self.rest()
        what = f"没有取值“{word}”" if word else "后面缺少取值"
        near = difflib.get_close_matches(word, attribute.values, n=1, cutoff=0.4)
        hint = f"，是不是“{near[0]}”？" if near else ""
        raise self.fail(f"“{attribute.name}”{what}{hint}可用的取值：{'、'.join(attribute.values)}")

    def during(self, attribute: DateAttribute) -> Condition:
        relation = self.take("在", "自", "截至", "=")
        begun = self.at
        if relation == "自":
            return During(attribute.name, self.day(), None)
        if relation == "截至":
            return During(attribute.name, None, self.day())
        if relation is None:
            raise self.fail(f"日期“{attribute.name}”后面应写 在 … 至 …、自 … 或 截至 …")
        start = end = self.day()
        if relation == "在":
            if not self.take("至", "到"):
                raise self.fail("日期范围缺少“至”，应写成：在 2026-01-01 至 2026-03-31")
            end = self.day()
        if end < start:
            raise self.fail(f"日期范围的终点 {end} 早于起点 {start}", begun)
        return During(attribute.name, start, end)

    def day(self) -> date:
        self.skip()
        found = _DAY.match(self.plain, self.at)
        if found is None:
            raise self.fail("这里应写日期，例如 2026-01-01")
        try:
            day = date(*(int(part) for part in found.groups()))
        except ValueError as error:
            raise self.fail(f"日历上没有 {found.group()} 这一天") from error
        self.at = found.end()
        return day


def parse(text: str, vocabulary: Vocabulary) -> Condition:
    """Read one condition; ConditionError carries the column (from 1) of the first thing that does not fit."""
    reader = _Reader(text, vocabulary)
    try:
        condition = reader.either()
    except RecursionError:
        raise reader.fail("括号或“非”套得太深，请拆成几条", 0) from None
    reader.skip()
    if reader.at < len(reader.plain):
        raise reader.fail(f"这里应是 且、或 或者结尾，却写着“{reader.rest() or reader.plain[reader.at]}”")
    return condition


def show(condition: Condition, vocabulary: Vocabulary) -> str:
    """Print a condition so that `parse` reads it back as the same condition."""
    if isinstance(condition, Among):
        return _show_among(condition, vocabulary)
    if isinstance(condition, During):
        return _show_during(condition)
    if isinstance(condition, Not):
        inside = show(condition.part, vocabulary)
        return f"非 ({inside})"
    if not condition.parts:
        return "任何情形" if isinstance(condition, All) else "非 (任何情形)"
    inner = [_bracketed(part, condition, vocabulary) for part in condition.parts]
    return (" 且 " if isinstance(condition, All) else " 或 ").join(inner)


def _bracketed(part: Condition, outer: All | AnyOf, vocabulary: Vocabulary) -> str:
    text = show(part, vocabulary)
    compound = isinstance(part, All | AnyOf) and len(part.parts) > 1
    needed = compound and not (isinstance(part, All) and isinstance(outer, AnyOf))
    return f"({text})" if needed else text


def _show_among(test: Among, vocabulary: Vocabulary) -> str:
    attribute = vocabulary[test.name]
    if isinstance(attribute, DateAttribute):
        raise ValueError(f"“{test.name}”是日期，不能取值")
    if len(test.values) == 1:
        return f"{test.name} = {test.values[0]}"
    others = [value for value in attribute.values if value not in test.values]
    if len(others) == 1:
        return f"{test.name} ≠ {others[0]}"
    return f"{test.name} 属于 {'、'.join(test.values)}"


def _show_during(test: During) -> str:
    if test.start is None and test.end is None:
        return "任何情形"
    if test.end is None:
        return f"{test.name} 自 {test.start}"
    if test.start is None:
        return f"{test.name} 截至 {test.end}"
    return f"{test.name} 在 {test.start} 至 {test.end}"


def attributes_of(condition: Condition) -> set[str]:
    """Names of the attributes that the condition tests."""
    if isinstance(condition, Among | During):
        return {condition.name}
    if isinstance(condition, Not):
        return attributes_of(condition.part)
    return set().union(*(attributes_of(part) for part in condition.parts))
