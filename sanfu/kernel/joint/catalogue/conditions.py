"""Conditions such as `q.eia == 'book' and not q.small`: parsed once, three answers — yes, no, unknown.

A name is a dotted path; what it means is the caller's business. An unknown name never counts as no:
`unknown and no` is no, `unknown or yes` is yes, everything else that touches unknown stays unknown.
"""

import ast
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Lookup = Callable[[str], Any]
CONSTANTS = {"true": True, "false": False, "none": None, "True": True, "False": False, "None": None}


class Unknown:
    """The answer nobody has given yet."""

    def __repr__(self) -> str:
        return "unknown"


UNKNOWN = Unknown()


class ConditionError(ValueError):
    """The text is not a condition; the message quotes it and says what is not understood."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition: its text, the names it asks for, and its tree."""

    text: str
    names: tuple[str, ...]
    tree: ast.expr

    def evaluate(self, lookup: Lookup) -> bool | None:
        """True, False, or None for "cannot be said yet"; `lookup` returns a value or UNKNOWN."""
        return _truth(self.tree, lookup)


def parse(text: str) -> Condition:
    """Read a condition: names, constants, comparisons, `in`, `and`, `or`, `not`; anything else is refused."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise ConditionError(f"条件“{text}”写法有误(第 {error.offset} 个字符附近)") from None
    except (RecursionError, MemoryError, ValueError):  # what Python's own parser says of depth, and of NUL
        raise ConditionError(f"条件“{text[:40]}…”套得太深或有控制字符，请拆成几条") from None
    names: dict[str, None] = {}
    try:
        _check(tree, text, names)
    except RecursionError:
        raise ConditionError(f"条件“{text[:40]}…”套得太深，请拆成几条") from None
    return Condition(text, tuple(names), tree)


def path_of(node: ast.expr) -> str | None:
    """`a.b.c` as one dotted name, or None when the node is something else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = path_of(node.value)
        return None if head is None else f"{head}.{node.attr}"
    return None


def is_decided_by(condition: Condition, name: str, domains: Mapping[str, tuple[Any, ...]]) -> bool:
    """Whether changing `name` alone can change the condition, for some answers to its other names."""
    others = [n for n in condition.names if n != name and n in domains]
    for values in itertools.product(*(domains[n] for n in others)):
        fixed = dict(zip(others, values, strict=True))
        seen = {condition.evaluate(lambda n, f=fixed, v=v: v if n == name else f.get(n, UNKNOWN))  # type: ignore[misc]
                for v in domains[name]}  # fmt: skip
        if len(seen) > 1:
            return True
    return False


def _check(node: ast.expr, text: str, names: dict[str, None]) -> None:
    name = path_of(node)
    if name is not None:
        if name not in CONSTANTS:
            names[name] = None
        return
    match node:
        case ast.BoolOp(values=parts):
            children = parts
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=child):
            children = [child]
        case ast.Compare(left=left, comparators=rest, ops=ops) if all(type(op) in _COMPARE for op in ops):
            children = [left, *rest]
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            children = parts
        case ast.Constant(value=bool() | int() | float() | str() | None):
            children = []
        case _:
            raise ConditionError(f"条件“{text}”里有不认识的写法：{ast.unparse(node)}")
    for child in children:
        _check(child, text, names)


_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}


def _value(node: ast.expr, lookup: Lookup) -> Any:
    name = path_of(node)
    if name is not None:
        return CONSTANTS[name] if name in CONSTANTS else lookup(name)
    match node:
        case ast.Constant(value=value):
            return value
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return [_value(part, lookup) for part in parts]
        case ast.UnaryOp(op=ast.USub(), operand=child):
            value = _value(child, lookup)
            return UNKNOWN if value is UNKNOWN else -value
    truth = _truth(node, lookup)
    return UNKNOWN if truth is None else truth


def _truth(node: ast.expr, lookup: Lookup) -> bool | None:
    match node:
        case ast.BoolOp(op=op, values=parts):
            stop = isinstance(op, ast.Or)
            unknown = False
            for part in parts:
                truth = _truth(part, lookup)
                if truth is stop:
                    return stop
                unknown = unknown or truth is None
            return None if unknown else not stop
        case ast.UnaryOp(op=ast.Not(), operand=child):
            truth = _truth(child, lookup)
            return None if truth is None else not truth
        case ast.Compare(left=left, comparators=rest, ops=ops):
            return _compare(_value(left, lookup), [_value(r, lookup) for r in rest], ops)
    value = _value(node, lookup)
    return None if value is UNKNOWN else bool(value)


def _compare(left: Any, rest: list[Any], ops: list[ast.cmpop]) -> bool | None:
    unknown = False
    for op, right in zip(ops, rest, strict=True):
        if left is UNKNOWN or right is UNKNOWN:
            unknown = True
        else:
            try:
                if not _COMPARE[type(op)](left, right):
                    return False
            except TypeError:  # a missing value compared with a number: not met
                return False
        left = right
    return None if unknown else True
