"""A condition seen as a formula over facts: what each fact could still be, and what would follow.

Every fact that is compared with constants falls into a few cells (below 20, 20 to 299, …) within which nothing
changes; a comparison between facts is a yes or no of its own. Searching these cells is exact for the former.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sanfu.kernel.rules.engines.core import Core
from sanfu.kernel.rules.engines.naive import belongs
from sanfu.kernel.rules.language.facts import Value

ATOMS = ("flag", "ge", "in", "is", "geq", "true", "false", "unknown")
Answers = dict[int, bool | None]


@dataclass(frozen=True)
class Variable:
    """One fact, or one comparison between facts, with the answers each of its cells gives its atoms."""

    name: str
    cells: tuple[tuple[tuple[int, bool], ...], ...]
    columns: frozenset[str]
    samples: tuple[Value, ...]


class Formula:
    """One condition node of a core."""

    def __init__(self, core: Core, root: int) -> None:
        self.core, self.root = core, root
        self.atoms = [i for i in self._under(root) if core.bools[i][0] in ATOMS]
        self.columns = core.bool_columns(root)

    def _under(self, index: int, seen: set[int] | None = None) -> Iterator[int]:
        seen = set() if seen is None else seen
        if index in seen:
            return
        seen.add(index)
        kind, *rest = self.core.bools[index]
        if kind == "not":
            yield from self._under(rest[0], seen)
        elif kind in ("and", "or"):
            for part in rest[0]:
                yield from self._under(part, seen)
        yield index

    def value(self, answers: Answers, index: int | None = None) -> bool | None:
        """Kleene value from the answers of the atoms; an atom without an answer is unknown."""
        index = self.root if index is None else index
        kind, *rest = self.core.bools[index]
        if kind in ("true", "false"):
            return bool(kind == "true")
        if kind == "not":
            inner = self.value(answers, rest[0])
            return None if inner is None else not inner
        if kind not in ("and", "or"):
            return answers.get(index)
        decisive, unknown = kind == "or", False
        for part in rest[0]:
            value = self.value(answers, part)
            if value is decisive:
                return decisive
            unknown = unknown or value is None
        return None if unknown else not decisive

    def variables(self) -> list[Variable]:
        """Facts first, then comparisons between facts."""
        by_column: dict[str, list[int]] = {}
        found: list[Variable] = []
        for atom in self.atoms:
            kind, *rest = self.core.bools[atom]
            if kind in ("flag", "ge", "in", "is"):
                by_column.setdefault(rest[0], []).append(atom)
            elif kind == "geq":
                cells = (((atom, True),), ((atom, False),))
                found.append(Variable(f"b{atom}", cells, self.core.bool_columns(atom), (True, False)))
        return [self._fact(key, atoms) for key, atoms in sorted(by_column.items())] + found

    def _fact(self, key: str, atoms: list[int]) -> Variable:
        cells: dict[tuple[tuple[int, bool], ...], Value] = {}
        for sample in self._samples(atoms):
            cells.setdefault(tuple((atom, self._holds(atom, sample)) for atom in atoms), sample)
        return Variable(key, tuple(cells), frozenset((key,)), tuple(cells.values()))

    def _samples(self, atoms: list[int]) -> Iterator[Value]:
        """Values that between them show every combination of answers."""
        nodes = [self.core.bools[atom] for atom in atoms]
        if nodes[0][0] == "flag":
            yield from (True, False)
            return
        low, high = self._range(nodes[0][1])
        if nodes[0][0] == "ge":
            for bound in sorted({low, *[node[2] for node in nodes]}):
                if low <= bound <= high:
                    yield bound
            return
        texts = {text for node in nodes for text in (node[2] if node[0] == "in" else (node[2],))}
        yield from sorted(texts)
        yield from sorted(f"{text}9" for text in texts)
        yield ""

    def _range(self, key: str) -> tuple[int, int]:
        index = next((i for i, n in enumerate(self.core.ints) if n == ("col", key)), None)
        return (-(2**62), 2**62) if index is None else self.core.bounds[index]

    def _holds(self, atom: int, sample: Value) -> bool:
        kind, *rest = self.core.bools[atom]
        if kind == "flag":
            return bool(sample)
        if kind == "ge":
            return isinstance(sample, int) and sample >= rest[1]
        if kind == "is":
            return bool(sample == rest[1])
        return any(belongs(str(sample), entry) for entry in rest[1])

    def outcomes(self, known: Answers, free: list[Variable]) -> set[bool | None]:
        """Which values the formula can take when `known` holds and `free` may be anything."""
        found: set[bool | None] = set()

        def descend(answers: Answers, place: int) -> None:
            value = self.value(answers)
            if value is not None or place == len(free):
                found.add(value)
                return
            for cell in free[place].cells:
                descend({**answers, **dict(cell)}, place + 1)
                if len(found) == 3:
                    return

        descend(known, 0)
        return found
