"""Engine (a): plain Python generated from the plan, for one enterprise with the full explanation.

`decide(row)` returns the value of every condition node at once; the plan says which node belongs to which clause,
so the explanation costs nothing extra. Amounts are computed only where the clause holds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sanfu.kernel.rules.engines.core import Core
from sanfu.kernel.rules.engines.naive import belongs
from sanfu.kernel.rules.engines.plan import Plan, Rule
from sanfu.kernel.rules.language.facts import Value

Row = Mapping[str, Value]
Nodes = list[bool | None]


@dataclass(frozen=True)
class Decision:
    """Values of all condition nodes of a plan for one row; `amounts` of the clauses that hold."""

    plan: Plan
    nodes: Nodes
    amounts: dict[str, int | None]

    def test(self, rule: Rule) -> bool | None:
        return self.nodes[rule.test]

    def conditions(self, rule: Rule) -> tuple[bool | None, ...]:
        return tuple(self.nodes[c] for c in rule.conditions)


class Single:
    """Compiled once per plan; then microseconds per enterprise."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.source = source_of(plan)
        space: dict[str, object] = {}
        members = {
            f"in{i}": _member_test(node[2]) for i, node in enumerate(plan.core.bools) if node[0] == "in"
        }
        exec(
            compile(self.source, "<rules>", "exec"),
            {"__builtins__": {}, "max": max, "min": min, **members},
            space,
        )
        self._nodes: Callable[[Callable[[str], Value]], Nodes] = space["nodes"]  # type: ignore[assignment]
        self._amounts: dict[str, Callable[[Callable[[str], Value], Nodes], int | None]] = {
            rule.clause: space[f"amount{i}"]  # type: ignore[misc]
            for i, rule in enumerate(plan.rules)
            if rule.amount is not None
        }
        self._paying = [
            (r.clause, r.test, self._amounts[r.clause]) for r in plan.rules if r.amount is not None
        ]

    def decide(self, row: Row) -> Decision:
        get = row.get
        nodes = self._nodes(get)
        amounts = {clause: amount(get, nodes) for clause, test, amount in self._paying if nodes[test] is True}
        return Decision(self.plan, nodes, amounts)

    def amount(self, clause: str, row: Row) -> int | None:
        """The amount whether or not the clause holds; None when it cannot be known."""
        return self._amounts[clause](row.get, self._nodes(row.get))


def _member_test(entries: tuple[str, ...]) -> Callable[[str], bool]:
    seen: dict[str, bool] = {}

    def test(code: str) -> bool:
        answer = seen.get(code)
        if answer is None:
            answer = seen[code] = any(belongs(code, entry) for entry in entries)
        return answer

    return test


def source_of(plan: Plan) -> str:
    """The generated module: `nodes(get)` and one `amountN(get, b)` per paying clause."""
    writer = _Writer(plan.core)
    body = writer.bool_lines()
    lines = ["def nodes(get):", *[f"  {line}" for line in body]]
    lines.append(f"  return [{', '.join(f'b{i}' for i in range(len(plan.core.bools)))}]")
    for index, rule in enumerate(plan.rules):
        if rule.amount is not None:
            lines += [
                f"def amount{index}(get, b):",
                *[f"  {ln}" for ln in writer.int_lines(rule.amount, False)],
            ]
            lines.append(f"  return i{rule.amount}")
    return "\n".join(lines)


class _Writer:
    """Straight-line statements; local `bN` and `iN` are the nodes, `None` is unknown."""

    def __init__(self, core: Core) -> None:
        self.core = core

    def bool_lines(self) -> list[str]:
        lines: list[str] = []
        done: set[int] = set()
        loaded: dict[str, str] = {}
        for index, node in enumerate(self.core.bools):
            if node[0] == "geq":
                for part in node[1:]:
                    lines += self.int_lines(part, True, done, loaded)
            lines += self._bool(index, node, loaded)
        return lines

    def _load(self, key: str, loaded: dict[str, str], lines: list[str]) -> str:
        name = loaded.get(key)
        if name is None:
            name = loaded[key] = f"c{len(loaded)}"
            lines.append(f"{name} = get({key!r})")
        return name

    def _bool(self, index: int, node: tuple[object, ...], loaded: dict[str, str]) -> list[str]:
        lines: list[str] = []
        kind, *rest = node
        match kind:
            case "true" | "false" | "unknown":
                value = {"true": "True", "false": "False", "unknown": "None"}[str(kind)]
            case "flag":
                value = self._load(str(rest[0]), loaded, lines)
            case "ge":
                c = self._load(str(rest[0]), loaded, lines)
                value = f"None if {c} is None else {c} >= {rest[1]}"
            case "in":
                c = self._load(str(rest[0]), loaded, lines)
                value = f"None if {c} is None else in{index}({c})"
            case "is":
                c = self._load(str(rest[0]), loaded, lines)
                value = f"None if {c} is None else {c} == {rest[1]!r}"
            case "geq":
                a, b = (f"i{part}" for part in rest)
                value = f"None if {a} is None or {b} is None else {a} >= {b}"
            case "not":
                value = f"None if b{rest[0]} is None else not b{rest[0]}"
            case _:
                value = _joined(str(kind) == "and", list(rest[0]))  # type: ignore[call-overload]
        return [*lines, f"b{index} = {value}"]

    def int_lines(
        self, root: int, inline: bool, done: set[int] | None = None, loaded: dict[str, str] | None = None
    ) -> list[str]:
        """Statements for a number and all its parts; `inline` says that bN are locals, not b[N]."""
        lines: list[str] = []
        done = set() if done is None else done
        loaded = {} if loaded is None else loaded
        for index in _parts(self.core, root):
            if index not in done:
                done.add(index)
                value = self._int(self.core.ints[index], loaded, lines, inline)
                lines.append(f"i{index} = {value}")
        return lines

    def _int(self, node: tuple[object, ...], loaded: dict[str, str], lines: list[str], inline: bool) -> str:
        kind, *rest = node
        if kind == "const":
            return str(rest[0])
        if kind == "null":
            return "None"
        if kind == "col":
            return self._load(str(rest[0]), loaded, lines)
        if kind == "case":
            return _case(rest[0], rest[1], inline)  # type: ignore[arg-type]
        a, b = f"i{rest[0]}", f"i{rest[1]}"
        if kind == "orelse":
            return f"{b} if {a} is None else {a}"
        value = {
            "add": f"{a} + {b}",
            "sub": f"{a} - {b}",
            "mul": f"{a} * {b}",
            "max": f"max({a}, {b})",
            "min": f"min({a}, {b})",
            "div": f"{a} // {b}",
            "guard": b,
        }[str(kind)]
        zero = f" or {a} == 0" if kind == "guard" else f" or {b} == 0" if kind == "div" else ""
        return f"None if {a} is None or {b} is None{zero} else {value}"


def _joined(conjunction: bool, items: list[int]) -> str:
    names = [f"b{i}" for i in items]
    decisive, neutral = ("False", "True") if conjunction else ("True", "False")
    settled = " or ".join(f"{name} is {decisive}" for name in names)
    unknown = " or ".join(f"{name} is None" for name in names)
    return f"{decisive} if {settled} else None if {unknown} else {neutral}"


def _case(rows: tuple[tuple[int, int], ...], otherwise: int, inline: bool) -> str:
    text = ""
    for condition, value in rows:
        name = f"b{condition}" if inline else f"b[{condition}]"
        text += f"i{value} if {name} is True else None if {name} is None else "
    return text + f"i{otherwise}"


def _parts(core: Core, root: int) -> list[int]:
    """The node and everything under it, parts first."""
    seen: dict[int, None] = {}

    def visit(index: int) -> None:
        if index in seen:
            return
        kind, *rest = core.ints[index]
        if kind == "case":
            for _, value in rest[0]:
                visit(value)
            visit(rest[1])
        elif kind not in ("const", "null", "col"):
            for part in rest:
                visit(part)
        seen[index] = None

    visit(root)
    return list(seen)
