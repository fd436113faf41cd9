"""The one syntax tree of a rule: every node typed, every node knowing the stretch of text it came from.

Period words (近两年每年, 同比, 季均, 首次 …) are opened into these few nodes while reading, so that the four
engines have little to agree about.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from sanfu.kernel.rules.language.periods import months_before
from sanfu.kernel.rules.language.problems import NOWHERE, Span
from sanfu.kernel.rules.language.quantities import FLAG, Type


@dataclass(frozen=True)
class Node:
    span: Span = field(compare=False)
    type: Type


@dataclass(frozen=True)
class Literal(Node):
    """A number in base units, a date, or a text."""

    value: Fraction | date | str | bool
    unit: str = ""


@dataclass(frozen=True)
class Column(Node):
    """A fact for a period; the column `key` holds value × scale within low…high."""

    key: str
    unit: str = ""
    scale: int = 1
    low: int = 0
    high: int = 0


@dataclass(frozen=True)
class Today(Node):
    """The day asked about (今日), or moved back: by whole months (满一年), or to the end of an earlier year.

    `years_back` n > 0 is 31 December of the n-th year before (大前年末日: 3)."""

    months_back: int = 0
    years_back: int = 0

    def on(self, day: date) -> date:
        """The day meant when asked on `day`."""
        if self.years_back:
            return date(day.year - self.years_back, 12, 31)
        return months_before(day, self.months_back)


@dataclass(frozen=True)
class Dated:
    """One value of a parameter: in force from `start` to `end` inclusive."""

    start: date | None
    end: date | None
    value: Fraction
    basis: str = ""


@dataclass(frozen=True)
class Parameter(Node):
    """A number whose value depends on the day."""

    name: str
    values: tuple[Dated, ...]

    def on(self, day: date) -> Fraction | None:
        for dated in self.values:
            if (dated.start is None or dated.start <= day) and (dated.end is None or day <= dated.end):
                return dated.value
        return None


@dataclass(frozen=True)
class Named(Node):
    """A use of a definition (定义), kept for explanations."""

    name: str
    body: Node


@dataclass(frozen=True)
class Arithmetic(Node):
    """`+ - × ÷`; a division by zero is unknown, never an error at run time."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Extreme(Node):
    """较小值 / 较大值."""

    largest: bool
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Steps(Node):
    """每满 step 的 subject 给 give: whole steps only, none below zero."""

    subject: Node
    step: Node
    give: Node


@dataclass(frozen=True)
class Choose(Node):
    """First row whose condition holds; an unknown condition before it makes the whole unknown."""

    rows: tuple[tuple[Node, Node], ...]
    otherwise: Node


@dataclass(frozen=True)
class Compound(Node):
    """复合增长 over `years`: (last ÷ first)^(1/years) − 1; only comparable with a constant, by powers."""

    first: Node
    last: Node
    years: int


@dataclass(frozen=True)
class Compare(Node):
    op: str  # ≥ ≤ > < = ≠
    left: Node
    right: Node


@dataclass(frozen=True)
class Member(Node):
    """属于: the code equals an entry, or an entry that is a classification code is its prefix."""

    subject: Node
    entries: tuple[str, ...]
    set_name: str = ""


@dataclass(frozen=True)
class Logic(Node):
    """且 / 或 over two or more."""

    op: str
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Not(Node):
    item: Node


TRUE = Literal(Span(0, 0, 0), FLAG, True)


def children(node: Node) -> Iterator[Node]:
    """Direct parts of a node, in reading order."""
    match node:
        case Named():
            yield node.body
        case Arithmetic() | Compare():
            yield node.left
            yield node.right
        case Extreme() | Logic():
            yield from node.items
        case Steps():
            yield from (node.subject, node.step, node.give)
        case Choose():
            for condition, value in node.rows:
                yield from (condition, value)
            yield node.otherwise
        case Compound():
            yield from (node.first, node.last)
        case Member():
            yield node.subject
        case Not():
            yield node.item


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def graded(node: Node) -> bool:
    """A score: a sum (or the larger, the smaller) with a choice in it, so its bounds may decide where it is unknown."""
    match node:
        case Choose():
            return True
        case Named():
            return graded(node.body)
        case Arithmetic():
            return node.op in "+-" and (graded(node.left) or graded(node.right))
        case Extreme():
            return any(graded(item) for item in node.items)
    return False


def columns(node: Node) -> tuple[str, ...]:
    """Column keys used, in order of first use."""
    return tuple(dict.fromkeys(n.key for n in walk(node) if isinstance(n, Column)))


@dataclass(frozen=True)
class Condition:
    """One numbered condition of a clause."""

    label: str
    test: Node
    words: tuple[str, ...] = ()  # other names of the condition, for reading verdicts
    quote: str = ""

    @property
    def span(self) -> Span:
        return self.test.span


@dataclass(frozen=True)
class Instalment:
    share: Fraction
    when: str
    test: Node | None = None


BY_CONTROLLER = "同一实际控制人每年"  # the scope of a cap that enterprises of one controller share
CONTROLLER = "实际控制人"  # the fact that names the controller, by a code of the register and not by a name
HIGHEST, LISTED, PRO_RATA = "就高", "按名单", "按比例"
ORDERS = (HIGHEST, LISTED, PRO_RATA)  # 次序: who is served first when a shared cap does not suffice


@dataclass(frozen=True)
class Cap:
    """封顶: `scope` is 每事项 每项目 每企业每年 每企业累计 or 同一实际控制人每年; `group` shares one."""

    scope: str
    amount: Node
    group: str = ""
    whole: bool = False  # 不拆分: an award is paid whole or not at all


@dataclass(frozen=True)
class Clause:
    """One matter that a document grants or decides."""

    id: str
    title: str
    span: Span
    conditions: tuple[Condition, ...]
    amount: Node | None = None
    outputs: tuple[tuple[str, Node], ...] = ()
    instalments: tuple[Instalment, ...] = ()
    caps: tuple[Cap, ...] = ()
    groups: tuple[str, ...] = ()  # exclusivity groups: 就高不重复
    conflicts: tuple[str, ...] = ()  # clause ids not enjoyed together
    stacks: tuple[str, ...] = ()
    shares: tuple[tuple[str, Fraction], ...] = ()
    matters: tuple[str, ...] = ()
    category: str = ""
    delivery: str = ""
    owner: str = ""
    text: str = ""
    text_span: Span = NOWHERE
    text_hash: str = ""
    order: str = PRO_RATA  # nobody's place in a list decides unless the clause says so

    @property
    def test(self) -> Node:
        """All conditions together."""
        items = tuple(c.test for c in self.conditions)
        if not items:
            return TRUE
        return items[0] if len(items) == 1 else Logic(self.span, FLAG, "且", items)

    @property
    def by_controller(self) -> bool:
        """Capped over all enterprises of one controller: who that is must be known before anything is paid."""
        return any(cap.scope == BY_CONTROLLER for cap in self.caps)

    @property
    def nodes(self) -> tuple[Node, ...]:
        extra = [c.amount for c in self.caps] + [i.test for i in self.instalments if i.test is not None]
        amount = [self.amount] if self.amount is not None else []
        return (*[c.test for c in self.conditions], *amount, *[n for _, n in self.outputs], *extra)

    @property
    def needs(self) -> tuple[str, ...]:
        """Every column that the conditions and the amount read."""
        parts = [c.test for c in self.conditions] + ([self.amount] if self.amount is not None else [])
        return tuple(dict.fromkeys(key for part in parts for key in columns(part)))
