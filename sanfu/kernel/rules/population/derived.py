"""Facts that follow from others (推导): size from industry, staff and revenue, so nobody is asked for it.

The dictionary names the clause and its output; what a file or a form says of the fact itself goes before.
"""

from collections.abc import Iterator
from datetime import date

import numpy as np

from sanfu.kernel.rules.engines.bitmap import Population
from sanfu.kernel.rules.engines.columns import Column, Table
from sanfu.kernel.rules.engines.naive import Naive
from sanfu.kernel.rules.engines.plan import make_plan
from sanfu.kernel.rules.language import tree
from sanfu.kernel.rules.language.facts import Fact, Row, Value
from sanfu.kernel.rules.language.problems import NOWHERE
from sanfu.kernel.rules.language.quantities import CODE, FLAG
from sanfu.kernel.rules.reading.library import Library


def sources(library: Library) -> Iterator[tuple[Fact, tree.Node]]:
    """Each derived fact with the node that gives it, in the order of the dictionary."""
    for fact in library.dictionary.facts.values():
        if fact.derived:
            clause_id, output = fact.derived.rsplit(".", 1)
            clauses = [clause for _, clause in library.clauses() if clause.id == clause_id]
            for clause in clauses:
                yield fact, dict(clause.outputs)[output]


def derive_row(row: Row, day: date, library: Library) -> dict[str, Value]:
    """The row with the derived facts that it does not state; what cannot be derived stays unknown."""
    found = dict(row)
    for fact, node in sources(library):
        if found.get(fact.name) is None:
            value = Naive(found, day).value(node)
            if isinstance(value, str):
                found[fact.name] = value
    return found


def derive_table(table: Table, day: date, library: Library) -> Table:
    """The same for a whole file of facts: one pass per possible value."""
    for fact, node in sources(library):
        held = table.column(fact.name, "code")
        known = np.ones(table.size, dtype=bool) if held.known is None else held.known.copy()
        if known.all():
            continue
        texts, values = list(held.texts or ("",)), held.values.astype(np.int32).copy()
        names = list(dict.fromkeys(_texts(node)))
        plan = make_plan([_is(node, name) for name in names], day)
        for name, rows in zip(names, Population(plan, table).hits, strict=True):
            fresh = rows[~known[rows]]
            if name not in texts:
                texts.append(name)
            values[fresh], known[fresh] = texts.index(name), True
        table = Table(table.size, {**table.columns, fact.name: Column(values, known, tuple(texts))})
    return table


def _is(node: tree.Node, text: str) -> tree.Clause:
    same = tree.Compare(NOWHERE, FLAG, "=", node, tree.Literal(NOWHERE, CODE, text))
    return tree.Clause(f"is-{text}", text, NOWHERE, (tree.Condition(text, same),))


def _texts(node: tree.Node) -> Iterator[str]:
    """The texts that a choice may give."""
    match node:
        case tree.Named():
            yield from _texts(node.body)
        case tree.Choose():
            for _, value in node.rows:
                yield from _texts(value)
            yield from _texts(node.otherwise)
        case tree.Literal() if isinstance(node.value, str):
            yield node.value


def basis_of(key: str, row: Row, library: Library) -> list[str]:
    """The unknown facts that a derived fact follows from; the fact itself when it is not derived."""
    nodes = {fact.name: node for fact, node in sources(library)}
    if key not in nodes:
        return [key]
    wanted = [k for k in tree.columns(nodes[key]) if row.get(k) is None]
    return [deep for k in wanted for deep in basis_of(k, row, library)] or [key]
