"""OpenFisca-core as a peer of `bench_rules`, through its public interface: one variable per condition and per clause.

As it comes, its integers have 32 bits and its decimals are float32: money in 分 fits neither exactly. `exact` tells
every number variable to hold int64 instead, which makes the answers equal and the work heavier; both are measured.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from sanfu.kernel.rules.engines.columns import Table
from sanfu.kernel.rules.engines.naive import belongs
from sanfu.kernel.rules.engines.plan import Plan

YEAR = "2026"
Read = Callable[[str], Any]
Vector = np.ndarray[Any, Any]


class OpenFiscaPeer:
    """A tax-benefit system with one entity; codes are given as numbers of their texts, as its enums would be."""

    def __init__(self, plan: Plan, table: Table, *, exact: bool) -> None:
        from openfisca_core import entities, simulations, taxbenefitsystems

        self.plan, self.table = plan, table
        self.keys = {key: f"c{i}" for i, key in enumerate(plan.columns)}
        self.firm = entities.build_entity(key="firm", plural="firms", label="", is_person=True)
        system = taxbenefitsystems.TaxBenefitSystem([self.firm])
        self.computed: list[str] = []
        for variable in self._variables():
            system.add_variable(variable)
        if exact:
            for variable in system.variables.values():
                if variable.value_type is not bool:
                    variable.dtype = np.int64
        builder = simulations.SimulationBuilder()
        self.simulation = builder.build_default_simulation(system, count=table.size)
        for key, name in self.keys.items():
            column = table.columns[key]
            self.simulation.set_input(name, YEAR, column.values)

    def run(self) -> list[tuple[Vector, Vector]]:
        """The dense award table: for every clause who is entitled, and to how much."""
        for name in self.computed:
            self.simulation.delete_arrays(name)
        calculate = self.simulation.calculate
        return [(calculate(f"t{i}", YEAR), calculate(f"a{i}", YEAR)) for i, _ in enumerate(self.plan.rules)]

    def signature(self, found: list[tuple[Vector, Vector]]) -> list[tuple[int, int]]:
        return [(int(test.sum()), int(amount.sum(dtype=np.float64 if amount.dtype.kind == "f" else np.int64)))
                for test, amount in found]  # fmt: skip

    def _variables(self) -> Iterator[type]:
        """Facts, then one variable for each distinct condition, then two for each clause."""
        core = self.plan.core
        for key, name in self.keys.items():
            values = self.table.columns[key].values
            yield self._variable(name, bool if values.dtype == bool else float)
        atoms = [i for i, n in enumerate(core.bools) if n[0] in ("ge", "geq", "in", "is")]
        self.names = {i: f"b{i}" for i in atoms}
        for i in atoms:
            yield self._variable(f"b{i}", bool, lambda read, i=i: self._atom(i, read))
        for i, rule in enumerate(self.plan.rules):
            assert rule.amount is not None
            yield self._variable(f"t{i}", bool, lambda read, root=rule.test: self._test(root, read))
            yield self._variable(
                f"a{i}", float, lambda read, i=i, root=rule.amount: self._award(i, root, read)
            )

    def _variable(self, name: str, kind: type, formula: Callable[[Read], Any] | None = None) -> type:
        from openfisca_core import periods, variables

        parts: dict[str, Any] = {
            "value_type": kind,
            "entity": self.firm,
            "definition_period": periods.DateUnit.YEAR,
            "label": name,
        }
        if formula is not None:
            self.computed.append(name)
            parts["formula"] = lambda population, period: formula(lambda word: population(word, period))
        return type(name, (variables.Variable,), parts)

    def _award(self, clause: int, root: int, read: Read) -> Any:
        return np.where(read(f"t{clause}"), self._number(root, read), 0)

    def _test(self, index: int, read: Read) -> Any:
        if index in self.names:
            return read(self.names[index])
        kind, *rest = self.plan.core.bools[index]
        if kind == "flag":
            return read(self.keys[rest[0]])
        if kind in ("true", "false"):
            return np.full(self.table.size, kind == "true")
        if kind == "not":
            return ~self._test(rest[0], read)
        join = np.logical_and if kind == "and" else np.logical_or
        found = self._test(rest[0][0], read)
        for part in rest[0][1:]:
            found = join(found, self._test(part, read))
        return found

    def _atom(self, index: int, read: Read) -> Any:
        kind, first, second = self.plan.core.bools[index]
        if kind == "ge":
            return read(self.keys[first]) >= second
        if kind == "geq":
            return self._number(first, read) >= self._number(second, read)
        texts = self.table.columns[first].texts
        wanted = [
            n
            for n, t in enumerate(texts)
            if t == second or (kind == "in" and any(belongs(t, e) for e in second))
        ]
        return np.isin(read(self.keys[first]), wanted)

    def _number(self, index: int, read: Read) -> Any:
        kind, *rest = self.plan.core.ints[index]
        if kind == "const":
            return rest[0]
        if kind == "col":
            return read(self.keys[rest[0]])
        if kind == "case":
            tests = [self._test(condition, read) for condition, _ in rest[0]]
            return np.select(
                tests, [self._number(value, read) for _, value in rest[0]], self._number(rest[1], read)
            )
        a, b = (self._number(part, read) for part in rest)
        if kind == "guard":
            return b
        work: dict[str, Callable[[Any, Any], Any]] = {
            "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.floor_divide,
            "max": np.maximum, "min": np.minimum,
        }  # fmt: skip
        return work[kind](a, b)
