"""The peers of `bench_rules`: each decides the same plan over the same columns and returns hits and money."""

import importlib.util
import itertools
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from sanfu.kernel.rules.engines.columns import Table
from sanfu.kernel.rules.engines.core import Core
from sanfu.kernel.rules.engines.naive import belongs
from sanfu.kernel.rules.engines.plan import Plan
from sanfu.kernel.rules.engines.sql import Dialect, queries

Signature = list[tuple[int, int]]  # per clause: number of hits, 分 in all


def installed(name: str) -> bool:
    """Whether a peer is there to be measured."""
    return importlib.util.find_spec(name) is not None


def arrow(table: Table) -> pa.Table:
    """The city as an Arrow table with an `id`; codes as plain text."""
    columns: dict[str, Any] = {"id": pa.array(np.arange(table.size, dtype=np.int64))}
    for key, column in table.columns.items():
        if column.texts:
            indexes = pa.array(column.values)
            columns[key] = pa.DictionaryArray.from_arrays(indexes, pa.array(column.texts)).cast(pa.string())
        else:
            columns[key] = pa.array(column.values)
    return pa.table(columns)


# ---- Polars: atoms as Boolean columns, then one filter per clause


class PolarsPeer:
    """The best form found for Polars: two stages, every distinct condition once."""

    def __init__(self, plan: Plan, table: pa.Table, *, staged: bool = True) -> None:
        import polars

        self.pl, self.plan, self.staged = polars, plan, staged
        self.frame = polars.from_arrow(table)
        self.texts = {
            key: self.frame[key].unique().to_list()
            for key in self.frame.columns
            if self.frame[key].dtype == polars.String
        }

    def run(self) -> list[Any]:
        """The award list: one frame of id and amount per clause."""
        pl, core = self.pl, self.plan.core
        frame = self.frame.lazy()
        names: dict[int, Any] = {}
        if self.staged:
            atoms = [i for i, n in enumerate(core.bools) if n[0] in ("ge", "geq", "in", "is", "flag")]
            frame = self.frame.with_columns([self.test(i, {}).alias(f"b{i}") for i in atoms]).lazy()
            names = {i: pl.col(f"b{i}") for i in atoms}
        lists = []
        for rule in self.plan.rules:
            assert rule.amount is not None
            amount = self.number(rule.amount, names).cast(pl.Int64).alias("amount")
            lists.append(frame.filter(self.test(rule.test, names)).select("id", amount))
        found: list[Any] = pl.collect_all(lists)
        return found

    def signature(self, lists: list[Any]) -> Signature:
        return [(f.height, int(f["amount"].sum())) for f in lists]

    def test(self, index: int, names: dict[int, Any]) -> Any:
        if index in names:
            return names[index]
        pl = self.pl
        kind, *rest = self.plan.core.bools[index]
        match kind:
            case "true" | "false":
                return pl.lit(kind == "true")
            case "flag":
                return pl.col(rest[0])
            case "ge":
                return pl.col(rest[0]) >= pl.lit(rest[1], dtype=pl.Int64)
            case "geq":
                return self.number(rest[0], names) >= self.number(rest[1], names)
            case "is":
                return pl.col(rest[0]) == rest[1]
            case "in":
                hits = [t for t in self.texts[rest[0]] if any(belongs(t, e) for e in rest[1])]
                return pl.col(rest[0]).is_in(hits)
            case "not":
                return ~self.test(rest[0], names)
        parts = [self.test(i, names) for i in rest[0]]
        return pl.all_horizontal(parts) if kind == "and" else pl.any_horizontal(parts)

    def number(self, index: int, names: dict[int, Any]) -> Any:
        pl = self.pl
        kind, *rest = self.plan.core.ints[index]
        match kind:
            case "const":
                return pl.lit(rest[0], dtype=pl.Int64)
            case "col":
                return pl.col(rest[0])
            case "case":
                result = self.number(rest[1], names)
                for condition, value in reversed(rest[0]):
                    result = (
                        pl.when(self.test(condition, names)).then(self.number(value, names)).otherwise(result)
                    )
                return result
        a, b = (self.number(part, names) for part in rest)
        work: dict[str, Callable[[Any, Any], Any]] = {
            "add": lambda x, y: x + y,
            "sub": lambda x, y: x - y,
            "mul": lambda x, y: x * y,
            "div": lambda x, y: x // y,
            "max": lambda x, y: pl.max_horizontal(x, y),
            "min": lambda x, y: pl.min_horizontal(x, y),
            "guard": lambda x, y: pl.when(x != 0).then(y),
            "orelse": lambda x, y: pl.coalesce(x, y),
        }
        return work[kind](a, b)


# ---- DuckDB: our own SQL text with materialised steps


class DuckPeer:
    def __init__(self, plan: Plan, table: pa.Table, threads: int) -> None:
        import duckdb

        self.plan, self.base = plan, duckdb.connect()
        self.base.execute(f"SET threads={threads}")
        self.base.register("arrow_facts", table)
        self.base.execute("CREATE TABLE facts AS SELECT * FROM arrow_facts")
        self.base.unregister("arrow_facts")

    def run(self) -> Signature:
        """Counts and sums of every clause: less than the award list, so it flatters the peer."""
        found: Signature = []
        for query in queries(self.plan, Dialect.DUCKDB, per_query=50):
            wanted = ", ".join(f"count(a_{i}), coalesce(sum(a_{i}), 0)" for i in range(len(query.rules)))
            row = self.base.execute(f"SELECT {wanted} FROM ({query.text})").fetchone()
            assert row is not None
            found += [(int(row[2 * i]), int(row[2 * i + 1])) for i in range(len(query.rules))]
        return found


# ---- zen-engine: one expression node, with its trace


class ZenPeer:
    """One enterprise through a decision graph of one expression node per clause set; codes are given as flags.

    told: every distinct condition is an expression of its own in a node before, so that the trace holds the value of
    each condition, as ours does; otherwise it holds no more than which clauses are met.
    """

    def __init__(self, plan: Plan, *, told: bool = False) -> None:
        import zen

        self.plan, core = plan, plan.core
        self.keys = {key: f"c{i}" for i, key in enumerate(plan.columns)}
        self.codes = {i: f"m{i}" for i, n in enumerate(core.bools) if n[0] in ("in", "is")}
        self.named: dict[int, str] = {}
        conditions = sorted({c for rule in plan.rules for c in rule.conditions}) if told else []
        parts = [{f"b{i}": self.test(i) for i in conditions}] if told else []
        self.named = {i: f"b{i}" for i in conditions}
        parts.append({f"t{i}": self.test(rule.test) for i, rule in enumerate(plan.rules)})
        names = ["in", *(f"do{n}" for n, _ in enumerate(parts)), "out"]
        kinds = ["inputNode", *("expressionNode" for _ in parts), "outputNode"]
        nodes: list[dict[str, Any]] = [
            {"id": name, "type": kind, "name": name, "position": {"x": x, "y": 0}}
            for x, (name, kind) in enumerate(zip(names, kinds, strict=True))
        ]
        for node, part in zip(nodes[1:], parts, strict=False):
            expressions = [{"id": key, "key": key, "value": value} for key, value in part.items()]
            node["content"] = {"expressions": expressions, "passThrough": True}
        edges = [
            {"id": a + b, "sourceId": a, "targetId": b, "type": "edge"} for a, b in itertools.pairwise(names)
        ]
        # Parsed content given by a loader is zen's fastest way in: text would be parsed on every call.
        content = zen.ZenDecisionContent(json.dumps({"nodes": nodes, "edges": edges}))
        self.engine = zen.ZenEngine({"loader": lambda _: content})

    def facts(self, row: dict[str, Any]) -> dict[str, Any]:
        given: dict[str, Any] = {
            name: row[key] for key, name in self.keys.items() if not isinstance(row[key], str)
        }
        for index, name in self.codes.items():
            kind, key, wanted = self.plan.core.bools[index]
            given[name] = any(belongs(row[key], e) for e in wanted) if kind == "in" else row[key] == wanted
        return given

    def run(self, facts: dict[str, Any], trace: bool) -> list[bool]:
        answer = self.engine.evaluate("rules", facts, {"trace": trace})
        if trace:
            assert answer["trace"]
        return [answer["result"][f"t{i}"] for i in range(len(self.plan.rules))]

    def test(self, index: int) -> str:
        if index in self.named:
            return self.named[index]
        kind, *rest = self.plan.core.bools[index]
        match kind:
            case "true" | "false":
                return str(kind)
            case "flag":
                return self.keys[rest[0]]
            case "ge":
                return f"{self.keys[rest[0]]} >= {rest[1]}"
            case "geq":
                return f"{number_text(self.plan.core, rest[0], self.keys)} >= {number_text(self.plan.core, rest[1], self.keys)}"
            case "in" | "is":
                return self.codes[index]
            case "not":
                return f"not ({self.test(rest[0])})"
        return "(" + (" and " if kind == "and" else " or ").join(self.test(i) for i in rest[0]) + ")"


def number_text(core: Core, index: int, keys: dict[str, str]) -> str:
    kind, *rest = core.ints[index]
    if kind == "const":
        return str(rest[0])
    if kind == "col":
        return keys[rest[0]]
    if kind == "guard":
        return number_text(core, rest[1], keys)
    a, b = (number_text(core, part, keys) for part in rest)
    return f"({a} {dict(zip(('add', 'sub', 'mul'), '+-*', strict=True))[kind]} {b})"
