"""The oracle (d): walks the tree as written, with exact fractions; slow on purpose and simple to read.

Meaning is three-valued (Kleene): a comparison with something unknown is unknown; 且 and 或 decide as soon as
one side settles them; a number is unknown as soon as one of its parts is; a division by zero is unknown.
"""

from datetime import date
from fractions import Fraction

from sanfu.kernel.rules.language import tree
from sanfu.kernel.rules.language.facts import Row
from sanfu.kernel.rules.language.tree import Node

Known = Fraction | str | bool
Answer = Known | None
Bounds = tuple[Fraction, Fraction]


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
                return Fraction(node.on(self.day).toordinal())
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
        if left is not None and right is not None:
            return compare(node.op, left, right)
        if tree.graded(node.left) or tree.graded(node.right):
            return self._by_bounds(node.op, self._bounds(node.left), self._bounds(node.right))
        return None

    def _by_bounds(self, op: str, left: Bounds | None, right: Bounds | None) -> bool | None:
        """A score whose known parts already pass, or cannot pass any more, is decided."""
        if left is None or right is None:
            return None
        if op in "=≠":
            apart = left[0] > right[1] or left[1] < right[0]
            return (op == "≠") if apart else None
        answers = {compare(op, a, b) for a in left for b in right}
        return answers.pop() if len(answers) == 1 else None

    def _bounds(self, node: Node) -> Bounds | None:
        """Least and greatest value that the unknown facts still allow."""
        match node:
            case tree.Named():
                return self._bounds(node.body)
            case tree.Column():
                known = self._number(node)
                ends = Fraction(node.low, node.scale), Fraction(node.high, node.scale)
                return ends if known is None else (known, known)
            case tree.Arithmetic() if node.op in "+-":
                left, right = self._bounds(node.left), self._bounds(node.right)
                if left is None or right is None:
                    return None
                low, high = right if node.op == "+" else (-right[1], -right[0])
                return left[0] + low, left[1] + high
            case tree.Extreme():
                pick = max if node.largest else min
                found = [self._bounds(item) for item in node.items]
                known_all = [b for b in found if b is not None]
                if len(known_all) < len(found):
                    return None
                return pick(b[0] for b in known_all), pick(b[1] for b in known_all)
            case tree.Choose():
                return self._choice_bounds(node)
            case tree.Literal() | tree.Parameter() | tree.Today():
                value = self._number(node)
                return None if value is None else (value, value)
        return None

    def _choice_bounds(self, node: tree.Choose) -> Bounds | None:
        """Over the rows that may still be the first to hold; every row must have bounds of its own."""
        every = [(self.test(condition), self._bounds(value)) for condition, value in node.rows]
        every.append((True, self._bounds(node.otherwise)))
        possible: list[Bounds] = []
        settled = False
        for answer, bounds in every:
            if bounds is None:
                return None
            if not settled and answer is not False:
                possible.append(bounds)
            settled = settled or answer is True
        return min(b[0] for b in possible), max(b[1] for b in possible)

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
