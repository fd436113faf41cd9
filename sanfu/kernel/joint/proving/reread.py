"""The checker's own reading of calendar days, conditions and lists: none of the compiler's code is used."""

import ast
import math
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

Row = Mapping[str, Any]


class Days:
    """A calendar walked one day at a time."""

    def __init__(self, part: Row) -> None:
        self.off = {str(d) for d in part["days_off"]}
        self.on = {str(d) for d in part["days_on"]}
        self.until = str(part["to"])

    def works(self, day: date) -> bool:
        text = day.isoformat()
        return text in self.on or (day.weekday() < 5 and text not in self.off)

    def after(self, begun: float, start: str, length: float, calendar: bool) -> str | None:
        """The day on which `length` days end; `begun % 1` of the start day is used. None: out of range."""
        day, part = date.fromisoformat(start), begun % 1
        if not length:
            return start
        if calendar:
            return (day + timedelta(days=math.ceil(length))).isoformat()
        left = math.ceil(part + length - 1e-9)
        if part > 1e-9:
            left -= 1  # the start day itself is the one that is partly used
        while left > 0:
            day += timedelta(days=1)
            if day.isoformat() > self.until:
                return None
            left -= self.works(day)
        return day.isoformat()


_CONSTANTS = {"true": True, "false": False, "none": None}


class Truth:
    """Conditions read once more, without the compiler's reader."""

    def __init__(self, answers: Row) -> None:
        self.answers = answers

    def of(self, text: str) -> bool | None:
        value = self._value(ast.parse(text.strip(), mode="eval").body)
        return None if value is ... else bool(value)

    def _value(self, node: ast.AST) -> Any:
        """The value, or Ellipsis when an answer is missing."""
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Attribute() | ast.Name():
                name = ast.unparse(node)
                if name.lower() in _CONSTANTS:
                    return _CONSTANTS[name.lower()]
                return self.answers.get(name.removeprefix("q."), ...)
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                return [self._value(p) for p in parts]
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                value = self._value(inner)
                return ... if value is ... else not value
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                value = self._value(inner)
                return ... if value is ... else -value
            case ast.BoolOp(op=op, values=parts):
                return self._join([self._value(p) for p in parts], isinstance(op, ast.Or))
            case ast.Compare(left=left, ops=ops, comparators=rest):
                values = [self._value(part) for part in (left, *rest)]
                return self._join(
                    [self._compare(op, a, b) for op, a, b in zip(ops, values, values[1:], strict=False)],
                    False,
                )
        raise ValueError(f"不认识的条件写法 {ast.dump(node)}")

    @staticmethod
    def _join(values: list[Any], any_of: bool) -> Any:
        known = [bool(v) for v in values if v is not ...]
        if any_of in known:
            return any_of
        return ... if len(known) < len(values) else not any_of

    @staticmethod
    def _compare(op: ast.cmpop, left: Any, right: Any) -> Any:
        if left is ... or right is ...:
            return ...
        tests: dict[type[ast.cmpop], Callable[[], bool]] = {
            ast.Eq: lambda: left == right,
            ast.NotEq: lambda: left != right,
            ast.In: lambda: left in right,
            ast.NotIn: lambda: left not in right,
            ast.Lt: lambda: left < right,
            ast.LtE: lambda: left <= right,
            ast.Gt: lambda: left > right,
            ast.GtE: lambda: left >= right,
        }
        try:
            return tests[type(op)]()
        except TypeError:
            return False


def names_in(text: str) -> list[str]:
    """The names that a condition asks for, in reading order, `q.` taken off."""
    found: dict[str, None] = {}
    todo: list[ast.AST] = [ast.parse(text.strip(), mode="eval").body]
    while todo:
        node = todo.pop(0)
        if not isinstance(node, ast.Attribute | ast.Name):
            todo = [*ast.iter_child_nodes(node), *todo]
        elif (name := ast.unparse(node)).lower() not in _CONSTANTS:
            found[name.removeprefix("q.")] = None
    return list(found)


def name_of(row: Row) -> str:
    return str(row.get("n") or row.get("name") or row.get("title") or row.get("id", ""))


def plain(value: float) -> str:
    """A number as guides write it: whole without a point, else to two decimals."""
    return str(int(value) if float(value).is_integer() else round(value, 2))


def many(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def needs_of(row: Row) -> list[Row]:
    """Prerequisites as rows, also where only the result is written."""
    return [need if isinstance(need, Mapping) else {"r": need} for need in many(row.get("needs"))]


def limit_of(row: Row) -> Row:
    """The statutory limit as a row, also where only the number of working days is written."""
    limit = row.get("stat") or {}
    return limit if isinstance(limit, Mapping) else {"v": limit, "u": "wd"}
