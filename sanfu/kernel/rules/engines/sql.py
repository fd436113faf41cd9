"""Engine (c): SQL text for PostgreSQL, DuckDB and Spark, for runs inside the database or on a cluster.

Every shared part becomes a column of a MATERIALIZED step, never a repeated sub-query: inlined definitions are what
makes planners explode. NULL is unknown; AND, OR and NOT of SQL already are Kleene's. LEAST and GREATEST are not
used because they skip NULL. Products that may leave 64 bits are computed in NUMERIC, HUGEINT or DECIMAL(38, 0).
Spark has no MATERIALIZED: its planner may repeat a step.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sanfu.kernel.rules.engines.core import Core
from sanfu.kernel.rules.engines.plan import Plan, Rule

STEP_WIDTH = 400  # columns added by one step: PostgreSQL allows 1,600 in a row
CLAUSES_PER_QUERY = 100
SIGNS = {"add": "+", "sub": "-", "mul": "*"}


class Dialect(StrEnum):
    POSTGRESQL = "postgresql"
    DUCKDB = "duckdb"
    SPARK = "spark"

    @property
    def wide(self) -> str:
        """The type for products that may leave 64 bits."""
        return {"postgresql": "NUMERIC", "duckdb": "HUGEINT", "spark": "DECIMAL(38, 0)"}[self]

    @property
    def step(self) -> str:
        """How a step of the WITH list begins."""
        return "AS" if self is Dialect.SPARK else "AS MATERIALIZED"

    def quote(self, name: str) -> str:
        if self is Dialect.SPARK:
            return "`" + name.replace("`", "``") + "`"
        return '"' + name.replace('"', '""') + '"'

    def text(self, value: str) -> str:
        if self is Dialect.SPARK:
            return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
        return "'" + value.replace("'", "''") + "'"

    def digits_below(self, column: str, entry: str) -> str:
        """The test that a code is `entry` followed by digits only; `entry` is letters and digits."""
        if self is Dialect.SPARK:
            return f"{column} RLIKE '^{entry}[0-9]+$'"
        return f"{column} SIMILAR TO {self.text(entry + '[0-9]+')}"


@dataclass(frozen=True)
class Query:
    """One statement: `id`, then for each clause `t_i` (true/false/null), its conditions `k_i_j`, and `a_i`."""

    text: str
    rules: tuple[Rule, ...]


def queries(
    plan: Plan, dialect: Dialect, table: str = "facts", key: str = "id", per_query: int = CLAUSES_PER_QUERY
) -> list[Query]:
    """Statements that together decide every clause of the plan for every row of `table`."""
    chunks = [plan.rules[i : i + per_query] for i in range(0, len(plan.rules), per_query)]
    return [Query(_Sql(plan.core, dialect, table, key).text(chunk), chunk) for chunk in chunks]


class _Sql:
    """Writes one query."""

    def __init__(self, core: Core, dialect: Dialect, table: str, key: str) -> None:
        self.core, self.dialect, self.table, self.key = core, dialect, table, key
        self.stored: dict[str, str] = {}  # node name → column that already holds it

    def text(self, rules: tuple[Rule, ...]) -> str:
        roots = [f"b{i}" for rule in rules for i in (rule.test, *rule.conditions)]
        roots += [f"i{rule.amount}" for rule in rules if rule.amount is not None]
        steps = [f"s0 {self.dialect.step} (SELECT * FROM {self.dialect.quote(self.table)})"]
        for level in self._levels(roots):
            for start in range(0, len(level), STEP_WIDTH):
                part = level[start : start + STEP_WIDTH]
                added = ", ".join(f"{self._expression(name)} AS {name}" for name in part)
                steps.append(f"s{len(steps)} {self.dialect.step} (SELECT *, {added} FROM s{len(steps) - 1})")
                self.stored.update({name: name for name in part})
        outputs = [self.dialect.quote(self.key)]
        for i, rule in enumerate(rules):
            outputs.append(f"{self._of(f'b{rule.test}')} AS t_{i}")
            outputs += [f"{self._of(f'b{c}')} AS k_{i}_{j}" for j, c in enumerate(rule.conditions)]
            if rule.amount is not None:
                test = self._of(f"b{rule.test}")
                outputs.append(f"CASE WHEN {test} THEN {self._of(f'i{rule.amount}')} END AS a_{i}")
        steps_text = ",\n".join(steps)
        chosen = ",\n  ".join(outputs)
        return f"WITH {steps_text}\nSELECT {chosen}\nFROM s{len(steps) - 1}"

    # ---- which nodes get a column of their own

    def _levels(self, roots: list[str]) -> list[list[str]]:
        """Nodes used more than once, grouped so that each group needs only earlier groups."""
        uses = Counter(roots)
        seen: set[str] = set()
        stack = list(roots)
        while stack:
            name = stack.pop()
            if name in seen:
                continue
            seen.add(name)
            for part in self._parts(name):
                uses[part] += 1
                stack.append(part)
        shared = {name for name in seen if uses[name] > 1 and not self._simple(name)}
        depth: dict[str, int] = {}

        def measure(name: str) -> int:
            if name not in depth:
                below = max((measure(part) for part in self._parts(name)), default=0)
                depth[name] = below + (name in shared)
            return depth[name]

        levels: dict[int, list[str]] = {}
        for name in sorted(shared, key=lambda n: (n[0], int(n[1:]))):
            levels.setdefault(measure(name), []).append(name)
        return [levels[d] for d in sorted(levels)]

    def _node(self, name: str) -> tuple[object, ...]:
        return (self.core.bools if name[0] == "b" else self.core.ints)[int(name[1:])]

    def _simple(self, name: str) -> bool:
        return self._node(name)[0] in ("true", "false", "unknown", "flag", "const", "null", "col")

    def _parts(self, name: str) -> Iterator[str]:
        kind, *rest = self._node(name)
        if name[0] == "b":
            if kind == "geq":
                yield from (f"i{part}" for part in rest)
            elif kind == "not":
                yield f"b{rest[0]}"
            elif kind in ("and", "or"):
                yield from (f"b{part}" for part in rest[0])  # type: ignore[attr-defined]
        elif kind == "case":
            for condition, value in rest[0]:  # type: ignore[attr-defined]
                yield from (f"b{condition}", f"i{value}")
            yield f"i{rest[1]}"
        elif kind not in ("const", "null", "col"):
            yield from (f"i{part}" for part in rest)

    # ---- expressions

    def _of(self, name: str) -> str:
        return self.stored.get(name) or self._expression(name)

    def _expression(self, name: str) -> str:
        node = self._node(name)
        return self._bool(node) if name[0] == "b" else self._int(int(name[1:]), node)

    def _bool(self, node: tuple[object, ...]) -> str:
        kind, *rest = node
        match kind:
            case "true" | "false":
                return str(kind).upper()
            case "unknown":
                return "CAST(NULL AS BOOLEAN)"
            case "flag":
                return self.dialect.quote(str(rest[0]))
            case "ge":
                return f"({self.dialect.quote(str(rest[0]))} >= {self._literal(int(str(rest[1])))})"
            case "is":
                return f"({self.dialect.quote(str(rest[0]))} = {self.dialect.text(str(rest[1]))})"
            case "in":
                return member(self.dialect.quote(str(rest[0])), tuple(rest[1]), self.dialect)  # type: ignore[arg-type]
            case "geq":
                a, b = (self._of(f"i{part}") for part in rest)
                return f"({a} >= {b})"
            case "not":
                return f"(NOT {self._of(f'b{rest[0]}')})"
        word = " AND " if kind == "and" else " OR "
        return f"({word.join(self._of(f'b{part}') for part in rest[0])})"  # type: ignore[attr-defined]

    def _literal(self, value: int) -> str:
        kind = "BIGINT" if -(2**63) < value < 2**63 else self.dialect.wide
        return f"CAST({value} AS {kind})"

    def _int(self, index: int, node: tuple[object, ...]) -> str:
        kind, *rest = node
        match kind:
            case "const":
                return self._literal(int(str(rest[0])))
            case "null":
                return "CAST(NULL AS BIGINT)"
            case "col":
                return self.dialect.quote(str(rest[0]))
            case "case":
                return self._case(rest[0], rest[1])  # type: ignore[arg-type]
        a, b = (self._operand(int(str(part)), index) for part in rest)
        match kind:
            case "add" | "sub" | "mul":
                return f"({a} {SIGNS[str(kind)]} {b})"
            case "max":
                return f"(CASE WHEN {a} >= {b} THEN {a} WHEN {a} < {b} THEN {b} END)"
            case "min":
                return f"(CASE WHEN {a} <= {b} THEN {a} WHEN {a} > {b} THEN {b} END)"
            case "orelse":
                return f"COALESCE({a}, {b})"
            case "guard":
                return f"(CASE WHEN {a} <> 0 THEN {b} END)"
        return self._floor_div(a, b, self.core.bounds[int(str(rest[0]))][0] < 0)

    def _operand(self, part: int, whole: int) -> str:
        """An operand, widened when the result, or any part of it, may leave 64 bits."""
        value = self._of(f"i{part}")
        _, *siblings = self.core.ints[whole]
        wide = self.core.wide(whole) or any(self.core.wide(int(s)) for s in siblings)
        return f"CAST({value} AS {self.dialect.wide})" if wide else value

    def _floor_div(self, a: str, b: str, negative: bool) -> str:
        if self.dialect is Dialect.POSTGRESQL:
            down = f"div(CAST({a} AS NUMERIC), CAST({b} AS NUMERIC))"
            up = f"-div(CAST(-({a}) + {b} - 1 AS NUMERIC), CAST({b} AS NUMERIC))"
        elif self.dialect is Dialect.SPARK:
            down, up = f"({a} DIV {b})", f"-((-({a}) + {b} - 1) DIV {b})"
        else:
            down, up = f"({a} // {b})", f"-((-({a}) + {b} - 1) // {b})"
        inner = f"(CASE WHEN {a} >= 0 THEN {down} ELSE {up} END)" if negative else down
        return f"(CASE WHEN {b} <> 0 AND {a} IS NOT NULL THEN {inner} END)"

    def _case(self, rows: tuple[tuple[int, int], ...], otherwise: int) -> str:
        parts = []
        for condition, value in rows:
            test = self._of(f"b{condition}")
            parts.append(f"WHEN {test} IS NULL THEN NULL WHEN {test} THEN {self._of(f'i{value}')}")
        return f"(CASE {' '.join(parts)} ELSE {self._of(f'i{otherwise}')} END)"


def member(column: str, entries: tuple[str, ...], dialect: Dialect = Dialect.POSTGRESQL) -> str:
    """The same meaning of 属于 as the other engines: equal, or below a classification code."""
    tests = [f"{column} IN ({', '.join(dialect.text(e) for e in entries)})"]
    for entry in entries:
        if not entry.isascii():
            continue
        if entry[:1].isalpha() and entry[1:].isdigit():
            tests.append(f"{column} LIKE {dialect.text(entry + '%')}")
        elif entry.isdigit() or (len(entry) == 1 and entry.isupper()):
            tests.append(dialect.digits_below(column, entry))
    return f"({' OR '.join(tests)})"
