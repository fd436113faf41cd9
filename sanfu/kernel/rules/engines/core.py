"""The normal form that the three fast engines share: whole numbers, no division, every distinct part once.

A ratio becomes two integers and a comparison of ratios becomes a comparison of products; `收入 ≥ 2000万元` becomes
`column ≥ k`. Each node carries the interval it can lie in, so an engine knows where 64 bits do not suffice.
Nodes are tuples interned by value; an id is the node's place in `ints` or `bools`, parts always before wholes.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

IntNode = tuple[Any, ...]
BoolNode = tuple[Any, ...]
Bounds = tuple[int, int]

SAFE = 2**62  # beyond this an int64 product could wrap
LIMIT = 2**126  # beyond this not even 128 bits suffice


class TooLarge(Exception):
    """A product that could leave 128 bits; the rule multiplies too many amounts."""


@dataclass
class Core:
    """An arena of interned nodes."""

    ints: list[IntNode] = field(default_factory=list)
    bools: list[BoolNode] = field(default_factory=list)
    bounds: list[Bounds] = field(default_factory=list)
    _ints: dict[IntNode, int] = field(default_factory=dict)
    _bools: dict[BoolNode, int] = field(default_factory=dict)

    # ---- whole numbers

    def _int(self, node: IntNode, bounds: Bounds) -> int:
        known = self._ints.get(node)
        if known is not None:
            return known
        if max(abs(bounds[0]), abs(bounds[1])) >= LIMIT:
            raise TooLarge(str(bounds))
        self._ints[node] = len(self.ints)
        self.ints.append(node)
        self.bounds.append(bounds)
        return len(self.ints) - 1

    def wide(self, node: int) -> bool:
        """Whether the value may leave the range that int64 holds safely."""
        low, high = self.bounds[node]
        return low < -SAFE or high > SAFE

    def const(self, value: int) -> int:
        return self._int(("const", value), (value, value))

    def null(self) -> int:
        return self._int(("null",), (0, 0))

    def column(self, key: str, low: int, high: int) -> int:
        return self._int(("col", key), (low, high))

    def value(self, node: int) -> int | None:
        """The constant, if the node is one."""
        kind, *rest = self.ints[node]
        return rest[0] if kind == "const" else None

    def add(self, a: int, b: int) -> int:
        x, y = self.value(a), self.value(b)
        if x is not None and y is not None:
            return self.const(x + y)
        if x == 0 or y == 0:
            return b if x == 0 else a
        (al, ah), (bl, bh) = self.bounds[a], self.bounds[b]
        return self._int(("add", a, b), (al + bl, ah + bh))

    def sub(self, a: int, b: int) -> int:
        x, y = self.value(a), self.value(b)
        if x is not None and y is not None:
            return self.const(x - y)
        if y == 0:
            return a
        (al, ah), (bl, bh) = self.bounds[a], self.bounds[b]
        return self._int(("sub", a, b), (al - bh, ah - bl))

    def mul(self, a: int, b: int) -> int:
        x, y = self.value(a), self.value(b)
        if x is not None and y is not None:
            return self.const(x * y)
        if x == 1 or y == 1:
            return b if x == 1 else a
        if y is not None:
            a, b = b, a
        corners = [p * q for p in self.bounds[a] for q in self.bounds[b]]
        return self._int(("mul", a, b), (min(corners), max(corners)))

    def extreme(self, largest: bool, a: int, b: int) -> int:
        x, y = self.value(a), self.value(b)
        pick = max if largest else min
        if x is not None and y is not None:
            return self.const(pick(x, y))
        (al, ah), (bl, bh) = self.bounds[a], self.bounds[b]
        ordered = al >= bh if largest else ah <= bl
        if a == b or (ordered and self._certain(b)):
            return a
        return self._int(("max" if largest else "min", a, b), (pick(al, bl), pick(ah, bh)))

    def _certain(self, node: int) -> bool:
        """Never unknown: dropping it cannot turn an unknown into a known."""
        return self.value(node) is not None

    def floor_div(self, a: int, b: int) -> int:
        """a ÷ b rounded down, b known to be at least one (guarded elsewhere)."""
        x, y = self.value(a), self.value(b)
        if y == 1:
            return a
        if x is not None and y is not None:
            return self.const(x // y)
        low, high = max(self.bounds[b][0], 1), max(self.bounds[b][1], 1)
        corners = [p // q for p in self.bounds[a] for q in (low, high)]
        return self._int(("div", a, b), (min(corners), max(corners)))

    def guard(self, condition: int, value: int) -> int:
        """`value` where `condition` is not zero, unknown where it is."""
        known = self.value(condition)
        if known is not None:
            return value if known else self.null()
        low, high = self.bounds[condition]
        if (low > 0 or high < 0) and self._covers(value, condition):
            return value
        return self._int(("guard", condition, value), self.bounds[value])

    def _covers(self, value: int, condition: int) -> bool:
        """Whether `value` is unknown anyhow wherever `condition` is."""
        return self.int_columns(condition) <= self.int_columns(value)

    def orelse(self, a: int, b: int) -> int:
        """a where it is known, b where it is not."""
        if self.value(a) is not None:
            return a
        if a == self.null():
            return b
        (al, ah), (bl, bh) = self.bounds[a], self.bounds[b]
        return self._int(("orelse", a, b), (min(al, bl), max(ah, bh)))

    def int_columns(self, node: int) -> frozenset[str]:
        kind, *rest = self.ints[node]
        if kind == "col":
            return frozenset((rest[0],))
        if kind in ("const", "null"):
            return frozenset()
        if kind == "case":
            parts = [self.int_columns(v) for _, v in rest[0]] + [self.int_columns(rest[1])]
            return frozenset().union(*parts, *[self.bool_columns(c) for c, _ in rest[0]])
        return frozenset().union(*[self.int_columns(part) for part in rest])

    def case(self, rows: list[tuple[int, int]], otherwise: int) -> int:
        """First true condition's value; unknown when an unknown condition comes first."""
        if not rows:
            return otherwise
        values = [v for _, v in rows] + [otherwise]
        bounds = (min(self.bounds[v][0] for v in values), max(self.bounds[v][1] for v in values))
        return self._int(("case", tuple(rows), otherwise), bounds)

    # ---- conditions

    def _bool(self, node: BoolNode) -> int:
        known = self._bools.get(node)
        if known is None:
            known = self._bools[node] = len(self.bools)
            self.bools.append(node)
        return known

    def truth(self, value: bool) -> int:
        return self._bool(("true",) if value else ("false",))

    def unknown(self) -> int:
        return self._bool(("unknown",))

    def flag(self, key: str) -> int:
        return self._bool(("flag", key))

    def member(self, key: str, entries: tuple[str, ...]) -> int:
        return self._bool(("in", key, tuple(sorted(set(entries)))))

    def equals_text(self, key: str, text: str) -> int:
        return self._bool(("is", key, text))

    def geq(self, a: int, b: int) -> int:
        """a ≥ b, as `column ≥ k` wherever it can be."""
        x, y = self.value(a), self.value(b)
        if x is not None and y is not None:
            return self.truth(x >= y)
        if a == self.null() or b == self.null():
            return self.unknown()
        if y is not None and (found := self._scaled_column(a)):
            factor, key = found
            return self._bool(("ge", key, _clip(-((-y) // factor))))
        if x is not None and (found := self._scaled_column(b)):  # k ≥ f·c  ⇔  not c ≥ ⌊k/f⌋ + 1
            factor, key = found
            return self.negate(self._bool(("ge", key, _clip(x // factor + 1))))
        return self._bool(("geq", a, b))

    def _scaled_column(self, node: int) -> tuple[int, str] | None:
        """factor and key when the node is a positive multiple of one column."""
        kind, *rest = self.ints[node]
        if kind == "col":
            return 1, rest[0]
        if kind == "mul":
            factor, other = self.value(rest[0]), self.ints[rest[1]]
            if factor is not None and factor > 0 and other[0] == "col":
                return factor, other[1]
        return None

    def negate(self, a: int) -> int:
        kind, *rest = self.bools[a]
        if kind == "not":
            return int(rest[0])
        if kind in ("true", "false"):
            return self.truth(kind == "false")
        return a if kind == "unknown" else self._bool(("not", a))

    def join(self, conjunction: bool, items: list[int]) -> int:
        """且 / 或, flattened, constants folded, repeats dropped."""
        word, neutral, decisive = ("and", "true", "false") if conjunction else ("or", "false", "true")
        flat: list[int] = []
        for item in items:
            node = self.bools[item]
            flat += node[1] if node[0] == word else [item]
        kept = [i for i in dict.fromkeys(flat) if self.bools[i][0] != neutral]
        if any(self.bools[i][0] == decisive for i in kept):
            return self.truth(not conjunction)
        if not kept:
            return self.truth(conjunction)
        return kept[0] if len(kept) == 1 else self._bool((word, tuple(kept)))

    def bool_columns(self, node: int) -> frozenset[str]:
        kind, *rest = self.bools[node]
        if kind in ("flag", "ge", "in", "is"):
            return frozenset((rest[0],))
        if kind == "geq":
            return self.int_columns(rest[0]) | self.int_columns(rest[1])
        if kind == "not":
            return self.bool_columns(rest[0])
        if kind in ("and", "or"):
            return frozenset().union(*[self.bool_columns(i) for i in rest[0]])
        return frozenset()


def _clip(bound: int) -> int:
    """No column lies beyond 62 bits, so a bound beyond them means always or never."""
    return min(max(bound, -SAFE), SAFE)


@dataclass(frozen=True)
class Ratio:
    """num ÷ den of a core; den is positive wherever num is known."""

    num: int
    den: int


def common(core: Core, items: list[Ratio]) -> tuple[list[int], int]:
    """Numerators over one denominator."""
    known = [core.value(item.den) for item in items]
    if all(k is not None for k in known):
        whole = 1
        for k in known:
            assert k is not None
            whole = whole * k // _gcd(whole, k)
        nums = [core.mul(core.const(whole // (k or 1)), i.num) for i, k in zip(items, known, strict=True)]
        return nums, core.const(whole)
    if len({item.den for item in items}) == 1:
        return [item.num for item in items], items[0].den
    dens = list(dict.fromkeys(item.den for item in items))
    nums = []
    for item in items:
        num = item.num
        for den in dens:
            if den != item.den:
                num = core.mul(num, den)
        nums.append(num)
    den = dens[0]
    for other in dens[1:]:
        den = core.mul(den, other)
    return nums, den


def _gcd(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return a


def fraction(core: Core, value: Fraction) -> Ratio:
    return Ratio(core.const(value.numerator), core.const(value.denominator))
