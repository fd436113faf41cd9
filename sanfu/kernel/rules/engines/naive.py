"""The oracle (d): walks the tree as written, with exact fractions; slow on purpose and simple to read.

Meaning is three-valued (Kleene): a comparison with something unknown is unknown; 且 and 或 decide as soon as
one side settles them; a number is unknown as soon as one of its parts is; a division by zero is unknown.
"""

from datetime import date
from fractions import Fraction

from sanfu.kernel.rules.language import tree
from sanfu.kernel.rules.language.facts import Row
from sanfu.kernel.rules.language.periods import months_before
from sanfu.kernel.rules.language.tree import Node

Known = Fraction | str | bool
Answer = Known | None


class Naive:
    """Evaluates nodes for one row of facts on one day; dates are day numbers."""

    def __init__(self, row: Row, day: date) -> None:
        self.row, self.day = row, day

    def test(self, node: Node) -> bool | None:
        value = self.value(node)
        assert value is None or isinstance(value, bool)
        return value

    def value(self, node: Node) -> Answer:
        match node:
            case tree.Literal():
                return _literal(node)
            case tree.Column():
                return self._column(node)
            case tree.Today():
                return Fraction(months_before(self.day, node.months_back).toordinal())
            case tree.Parameter():
                return node.on(self.day)
            case tree.Named():
                return self.value(node.body)
            case tree.Arithmetic():
                return self._arithmetic(node)
            case tree.Extreme():
                return self._extreme(node)
            case tree.Steps():
                return self._steps(node)
            case tree.Choose():
                return self._choose(node)
            case tree.Compare():
                return self._compare(node)
            case tree.Member():
                return self._member(node)
            case tree.Logic():
                return self._logic(node)
            case tree.Not():
                inner = self.test(node.item)
                return None if inner is None else not inner
        raise TypeError(f"{type(node).__name__} has no value of its own")

    def _column(self, node: tree.Column) -> Answer:
        stored = self.row.get(node.key)
        if stored is None or isinstance(stored, bool | str):
            return stored
        return Fraction(stored, node.scale)

    def _number(self, node: Node) -> Fraction | None:
        value = self.value(node)
        assert value is None or isinstance(value, Fraction), value
        return value

    def _arithmetic(self, node: tree.Arithmetic) -> Fraction | None:
        left, right = self._number(node.left), self._number(node.right)
        if left is None or right is None:
            return None
        match node.op:
            case "+":
                return left + right
            case "-":
                return left - right
            case "×":
                return left * right
        return left / right if right else None

    def _extreme(self, node: tree.Extreme) -> Fraction | None:
        values = [self._number(item) for item in node.items]
        known = [v for v in values if v is not None]
        if len(known) < len(values):
            return None
        return max(known) if node.largest else min(known)

    def _steps(self, node: tree.Steps) -> Fraction | None:
        subject, step, give = (self._number(n) for n in (node.subject, node.step, node.give))
        if subject is None or step is None or give is None:
            return None
        return max(subject // step, 0) * give

    def _choose(self, node: tree.Choose) -> Answer:
        for condition, value in node.rows:
            answer = self.test(condition)
            if answer is None:
                return None
            if answer:
                return self.value(value)
        return self.value(node.otherwise)

    def _compare(self, node: tree.Compare) -> bool | None:
        if isinstance(node.left, tree.Compound):
            return self._compound(node.op, node.left, node.right)
        left, right = self.value(node.left), self.value(node.right)
        return None if left is None or right is None else compare(node.op, left, right)

    def _compound(self, op: str, growth: tree.Compound, rate: Node) -> bool | None:
        """(last/first)^(1/n) − 1 against r, without roots: last/first against (1+r)^n."""
        first, last, base = self._number(growth.first), self._number(growth.last), self._number(rate)
        if first is None or last is None or base is None or first <= 0:
            return None
        return compare(op, last / first, (1 + base) ** growth.years)

    def _member(self, node: tree.Member) -> bool | None:
        value = self.value(node.subject)
        if value is None:
            return None
        assert isinstance(value, str)
        return any(belongs(value, entry) for entry in node.entries)

    def _logic(self, node: tree.Logic) -> bool | None:
        answers = [self.test(item) for item in node.items]
        decisive = node.op == "或"
        if decisive in answers:
            return decisive
        return None if None in answers else not decisive


def _literal(node: tree.Literal) -> Known:
    if isinstance(node.value, date):
        return Fraction(node.value.toordinal())
    return node.value


def compare(op: str, left: Known, right: Known) -> bool:
    if op == "=":
        return left == right
    if op == "≠":
        return left != right
    assert isinstance(left, Fraction)
    assert isinstance(right, Fraction)
    return {"≥": left >= right, "≤": left <= right, ">": left > right, "<": left < right}[op]


def belongs(code: str, entry: str) -> bool:
    """A classification code belongs to its ancestors: C3512 to C35 and C; other texts only to themselves."""
    if code == entry:
        return True
    if not entry.isascii() or not code.startswith(entry):
        return False
    if entry[:1].isalpha() and entry[1:].isdigit():
        return True
    rest = code[len(entry) :]
    below = rest.isascii() and rest.isdigit()
    return below and (entry.isdigit() or (len(entry) == 1 and entry.isupper()))


__all__ = ["Naive", "belongs", "compare"]
