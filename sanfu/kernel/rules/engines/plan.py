"""Lowers clauses to the normal form for one day: what the fast engines run."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import partial

from sanfu.kernel.rules.engines.core import Core, Ratio, TooLarge, common, fraction
from sanfu.kernel.rules.language import tree
from sanfu.kernel.rules.language.problems import refuse
from sanfu.kernel.rules.language.quantities import CODE, FLAG, POINT_SCALE, POINTS
from sanfu.kernel.rules.language.tree import Clause, Node


@dataclass(frozen=True)
class Rule:
    """One clause in normal form; ids point into the plan's core."""

    clause: str
    test: int
    conditions: tuple[int, ...]
    labels: tuple[str, ...]
    amount: int | None
    amount_scale: int
    outputs: tuple["Output", ...] = ()


@dataclass(frozen=True)
class Output:
    """A named result: a flag (bool id), a number num ÷ den, or a text as index into `texts`."""

    name: str
    flag: int | None = None
    num: int | None = None
    den: int | None = None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """All clauses of a run, for one day."""

    day: date
    core: Core
    rules: tuple[Rule, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column read, sorted."""
        found = {n[1] for n in self.core.bools if n[0] in ("flag", "ge", "in", "is")}
        found |= {n[1] for n in self.core.ints if n[0] == "col"}
        return tuple(sorted(found))


def make_plan(clauses: Iterable[Clause], day: date) -> Plan:
    """RuleError when a product could leave 128 bits."""
    lowering = Lowering(Core(), day)
    return Plan(day, lowering.core, tuple(lowering.rule(clause) for clause in clauses))


class Lowering:
    """Turns tree nodes into core nodes for one day."""

    def __init__(self, core: Core, day: date) -> None:
        self.core, self.day = core, day

    def rule(self, clause: Clause) -> Rule:
        try:
            conditions = tuple(self.test(c.test) for c in clause.conditions)
            amount, scale = None, 1
            if clause.amount is not None:
                scale = POINT_SCALE if clause.amount.type == POINTS else 1
                amount = self.whole(clause.amount, scale)
            outputs = tuple(self.output(name, node) for name, node in clause.outputs)
        except TooLarge as error:
            raise refuse("overflow", "相乘的数太多，可能超出 128 位", clause.span, "拆成两个条件") from error
        labels = tuple(c.label for c in clause.conditions)
        return Rule(
            clause.id, self.core.join(True, list(conditions)), conditions, labels, amount, scale, outputs
        )

    def whole(self, node: Node, scale: int) -> int:
        """The amount as a whole number of 1/scale units, never below zero."""
        ratio = self.number(node)
        top = self.core.extreme(True, self.core.mul(self.core.const(scale), ratio.num), self.core.const(0))
        return self.core.floor_div(top, ratio.den)

    def output(self, name: str, node: Node) -> Output:
        if node.type == FLAG:
            return Output(name, flag=self.test(node))
        if node.type == CODE:
            texts: list[str] = []
            return Output(name, num=self.text(node, texts), texts=tuple(texts))
        ratio = self.number(node)
        return Output(name, num=ratio.num, den=ratio.den)

    # ---- texts

    def text(self, node: Node, texts: list[str]) -> int:
        """A chosen text as an index; columns of free text cannot be an output."""
        match node:
            case tree.Named():
                return self.text(node.body, texts)
            case tree.Literal():
                word = str(node.value)
                if word not in texts:
                    texts.append(word)
                return self.core.const(texts.index(word))
            case tree.Choose():
                rows = [(self.test(test), self.text(value, texts)) for test, value in node.rows]
                return self.core.case(rows, self.text(node.otherwise, texts))
        raise refuse("kind", "这里只能是写明的文字", node.span, "用 选 { … } 列出可能的文字")

    # ---- numbers

    def number(self, node: Node) -> Ratio:
        core = self.core
        match node:
            case tree.Literal():
                value = node.value
                return fraction(core, value if isinstance(value, Fraction) else Fraction(_day_number(value)))
            case tree.Column():
                return Ratio(core.column(node.key, node.low, node.high), core.const(node.scale))
            case tree.Today():
                day = node.on(self.day).toordinal()
                return Ratio(core.const(day), core.const(1))
            case tree.Parameter():
                known = node.on(self.day)
                return Ratio(core.null(), core.const(1)) if known is None else fraction(core, known)
            case tree.Named():
                return self.number(node.body)
            case tree.Arithmetic():
                return self._arithmetic(node)
            case tree.Extreme():
                return self._extreme(node)
            case tree.Steps():
                return self._steps(node)
            case tree.Choose():
                return self._choose(node)
        raise TypeError(type(node).__name__)

    def _arithmetic(self, node: tree.Arithmetic) -> Ratio:
        core, left, right = self.core, self.number(node.left), self.number(node.right)
        if node.op == "×":
            return self._reduced(core.mul(left.num, right.num), core.mul(left.den, right.den))
        if node.op == "÷":
            return self._divide(left, right)
        (a, b), den = common(core, [left, right])
        return Ratio(core.add(a, b) if node.op == "+" else core.sub(a, b), den)

    def _reduced(self, num: int, den: int) -> Ratio:
        """Cancel constants: (100·x)/(100) is x."""
        core, below = self.core, self.core.value(den)
        node = core.ints[num]
        above = core.value(num)
        if below is not None and above is not None:
            return fraction(core, Fraction(above, below))
        if below is not None and node[0] == "mul" and (factor := core.value(node[1])) is not None and factor:
            share = Fraction(factor, below)
            return Ratio(core.mul(core.const(share.numerator), node[2]), core.const(share.denominator))
        return Ratio(num, den)

    def _divide(self, left: Ratio, right: Ratio) -> Ratio:
        """left ÷ right, unknown where right is zero; a negative divisor moves its sign up."""
        core = self.core
        divisor = core.value(right.num)
        if divisor is not None:
            if divisor == 0:
                return Ratio(core.null(), core.const(1))
            flip = fraction(core, Fraction(core.value(right.den) or 1, divisor))
            if core.value(right.den) is not None:
                return self._reduced(core.mul(left.num, flip.num), core.mul(left.den, flip.den))
        num, den = core.mul(left.num, right.den), core.mul(left.den, right.num)
        low, high = core.bounds[right.num]
        if low < 0:
            below = core.negate(core.geq(right.num, core.const(0)))
            minus = core.const(-1)
            num = core.case([(below, core.mul(minus, num))], num)
            den = core.extreme(True, den, core.mul(minus, den))
        return Ratio(core.guard(right.num, num), den) if high or low else Ratio(core.null(), core.const(1))

    def _extreme(self, node: tree.Extreme) -> Ratio:
        nums, den = common(self.core, [self.number(item) for item in node.items])
        result = nums[0]
        for num in nums[1:]:
            result = self.core.extreme(node.largest, result, num)
        return Ratio(result, den)

    def _steps(self, node: tree.Steps) -> Ratio:
        core = self.core
        subject, step, give = self.number(node.subject), self.number(node.step), self.number(node.give)
        (a, b), _ = common(core, [subject, step])
        count = core.extreme(True, core.floor_div(a, b), core.const(0))
        return self._reduced(core.mul(count, give.num), give.den)

    def _choose(self, node: tree.Choose) -> Ratio:
        core = self.core
        tests = [self.test(test) for test, _ in node.rows]
        values = [self.number(value) for _, value in node.rows] + [self.number(node.otherwise)]
        if all(core.value(v.den) is not None for v in values):
            nums, den = common(core, values)
            return Ratio(core.case(list(zip(tests, nums[:-1], strict=True)), nums[-1]), den)
        rows = list(zip(tests, values[:-1], strict=True))
        num = core.case([(t, v.num) for t, v in rows], values[-1].num)
        return Ratio(num, core.case([(t, v.den) for t, v in rows], values[-1].den))

    # ---- conditions

    def test(self, node: Node) -> int:
        core = self.core
        match node:
            case tree.Literal():
                return core.truth(bool(node.value))
            case tree.Column():
                return core.flag(node.key)
            case tree.Named():
                return self.test(node.body)
            case tree.Not():
                return core.negate(self.test(node.item))
            case tree.Logic():
                return core.join(node.op == "且", [self.test(item) for item in node.items])
            case tree.Member():
                return self._member(node)
            case tree.Compare():
                return self._compare(node)
            case tree.Choose():
                return self._chosen_test(node)
        raise TypeError(type(node).__name__)

    def _chosen_test(self, node: tree.Choose) -> int:
        """选 with conditions as values, by way of 1 and 0."""
        core = self.core
        one, zero = core.const(1), core.const(0)
        rows = [(self.test(t), core.case([(self.test(v), one)], zero)) for t, v in node.rows]
        last = core.case([(self.test(node.otherwise), one)], zero)
        return core.geq(core.case(rows, last), one)

    def _member(self, node: tree.Member) -> int:
        subject = node.subject
        while isinstance(subject, tree.Named):
            subject = subject.body
        if isinstance(subject, tree.Column):
            return self.core.member(subject.key, node.entries)
        texts: list[str] = []
        index = self.text(subject, texts)
        return self.core.join(
            False, [self._index_is(index, i) for i, t in enumerate(texts) if t in node.entries]
        )

    def _index_is(self, index: int, wanted: int) -> int:
        core = self.core
        return core.join(True, [core.geq(index, core.const(wanted)), core.geq(core.const(wanted), index)])

    def _compare(self, node: tree.Compare) -> int:
        if isinstance(node.left, tree.Compound):
            return self._compound(node.op, node.left, node.right)
        if node.left.type == CODE:
            same = self._same_text(node.left, node.right)
            return same if node.op == "=" else self.core.negate(same)
        plain = self._ordered(node.op, self.number(node.left), self.number(node.right))
        if tree.graded(node.left) or tree.graded(node.right):
            return self._by_bounds(node, plain)
        return plain

    # ---- scores with a part unknown: decided when the bounds decide

    def _by_bounds(self, node: tree.Compare, plain: int) -> int:
        """True where every value still possible passes, false where none does, else as it stands."""
        core, left, right = self.core, self._bounds(node.left), self._bounds(node.right)
        if left is None or right is None:
            return plain
        (low, high), (least, most) = left, right
        if node.op in "=≠":
            touch = core.join(True, [self._ordered("≤", low, most), self._ordered("≥", high, least)])
            apart = core.negate(touch)
            return core.join(True, [plain, touch]) if node.op == "=" else core.join(False, [plain, apart])
        worst, best = ((low, most), (high, least)) if node.op in "≥>" else ((high, least), (low, most))
        sure, possible = self._ordered(node.op, *worst), self._ordered(node.op, *best)
        return core.join(True, [core.join(False, [plain, sure]), possible])

    def _bounds(self, node: Node) -> tuple[Ratio, Ratio] | None:
        """Least and greatest value that the unknown facts still allow: both always known."""
        core = self.core
        match node:
            case tree.Named():
                return self._bounds(node.body)
            case tree.Column():
                held, scale = self.number(node).num, core.const(node.scale)
                low, high = (core.orelse(held, core.const(end)) for end in (node.low, node.high))
                return Ratio(low, scale), Ratio(high, scale)
            case tree.Arithmetic() if node.op in "+-":
                left, right = self._bounds(node.left), self._bounds(node.right)
                if left is None or right is None:
                    return None
                join, other = (core.add, right) if node.op == "+" else (core.sub, (right[1], right[0]))
                return self._with(join, left[0], other[0]), self._with(join, left[1], other[1])
            case tree.Extreme():
                return self._extreme_bounds(node)
            case tree.Choose():
                return self._choice_bounds(node)
            case tree.Literal() | tree.Parameter() | tree.Today():
                value = self.number(node)
                return None if value.num == core.null() else (value, value)
        return None

    def _with(self, operation: Callable[[int, int], int], left: Ratio, right: Ratio) -> Ratio:
        (a, b), den = common(self.core, [left, right])
        return Ratio(operation(a, b), den)

    def _extreme_bounds(self, node: tree.Extreme) -> tuple[Ratio, Ratio] | None:
        found = [bounds for item in node.items if (bounds := self._bounds(item)) is not None]
        if len(found) < len(node.items):
            return None
        low, high = found[0]
        pick = partial(self.core.extreme, node.largest)
        for least, most in found[1:]:
            low, high = self._with(pick, low, least), self._with(pick, high, most)
        return low, high

    def _choice_bounds(self, node: tree.Choose) -> tuple[Ratio, Ratio] | None:
        """From the last row up: where its condition is unknown a row counts beside the rows below it."""
        found = self._bounds(node.otherwise)
        for condition, value in reversed(node.rows):
            test, here = self.test(condition), self._bounds(value)
            if found is None or here is None:
                return None
            found = self._either(test, here[0], found[0], False), self._either(test, here[1], found[1], True)
        return found

    def _either(self, test: int, here: Ratio, below: Ratio, largest: bool) -> Ratio:
        core = self.core
        (a, b), den = common(core, [here, below])
        return Ratio(core.orelse(core.case([(test, a)], b), core.extreme(largest, a, b)), den)

    def _ordered(self, op: str, left: Ratio, right: Ratio) -> int:
        core = self.core
        (a, b), _ = common(core, [left, right])
        match op:
            case "≥":
                return core.geq(a, b)
            case "≤":
                return core.geq(b, a)
            case ">":
                return core.negate(core.geq(b, a))
            case "<":
                return core.negate(core.geq(a, b))
        same = core.join(True, [core.geq(a, b), core.geq(b, a)])
        return same if op == "=" else core.negate(same)

    def _same_text(self, left: Node, right: Node) -> int:
        while isinstance(left, tree.Named):
            left = left.body
        if isinstance(left, tree.Literal):
            left, right = right, left
        if not isinstance(right, tree.Literal):
            raise refuse("kind", "代码只能与写明的文字比较", right.span, "例如 注册地 等于 「某某市」")
        if isinstance(left, tree.Column):
            return self.core.equals_text(left.key, str(right.value))
        texts: list[str] = []
        index = self.text(left, texts)
        word = str(right.value)
        return self._index_is(index, texts.index(word)) if word in texts else self.core.truth(False)

    def _compound(self, op: str, growth: tree.Compound, rate: Node) -> int:
        """last ÷ first against (1 + rate)^years, unknown unless first is above zero."""
        core, first, last = self.core, self.number(growth.first), self.number(growth.last)
        assert isinstance(rate, tree.Literal)
        assert isinstance(rate.value, Fraction)
        power = fraction(core, (1 + rate.value) ** growth.years)
        positive = core.extreme(True, first.num, core.const(0))
        num = core.guard(positive, core.mul(last.num, first.den))
        return self._ordered(op, Ratio(num, core.mul(last.den, positive)), power)


def _day_number(value: object) -> int:
    assert isinstance(value, date)
    return value.toordinal()
