"""差一步: the fewest facts that would have to change for a clause to hold, and by how little.

Exact for thresholds that move one way with a fact (sums, ratios, counts, flags, dates): the search tries, for
the first condition that fails, every fact in it at every value where some comparison turns, and goes one fact
deeper only when no smaller set works. Proven against brute force on small domains.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from sanfu.kernel.rules.engines.naive import Naive
from sanfu.kernel.rules.language import tree
from sanfu.kernel.rules.language.facts import (
    AWARD,
    BASES,
    CHANGEABLE,
    DOABLE,
    FIXED,
    TIME,
    Dictionary,
    Fact,
    Row,
    Value,
)
from sanfu.kernel.rules.language.quantities import MONEY, RATIO, decimal_text
from sanfu.kernel.rules.language.tree import Clause, Node

MOST = 3  # more facts than this is not "one step away"


@dataclass(frozen=True)
class Step:
    """One fact from `old` to `new` (column integers, flags or codes)."""

    column: str
    old: Value
    new: Value
    changeable: str
    when: str

    def cost(self) -> Fraction:
        """Relative size of the change; a flag or code counts as a whole one."""
        if isinstance(self.old, bool | str) or isinstance(self.new, bool | str):
            return Fraction(1)
        assert isinstance(self.old, int)
        assert isinstance(self.new, int)
        return Fraction(abs(self.new - self.old), max(abs(self.old), abs(self.new), 1))

    def short(self, dictionary: Dictionary) -> str:
        """营收+0.01万, 高企→是."""
        fact = dictionary.fact_of(self.column)
        name = min((fact.name, *fact.aliases), key=len)
        if not isinstance(self.new, int) or isinstance(self.new, bool) or not isinstance(self.old, int):
            return f"{name}→{fact.say(self.new)}"
        delta = Fraction(self.new - self.old, fact.scale)
        sign = "+" if delta > 0 else "-"
        if fact.type == MONEY:
            return f"{name}{sign}{decimal_text(abs(delta) / 10**6, 8)}万"
        if fact.type == RATIO:
            return f"{name}{sign}{decimal_text(abs(delta) * 100, 10)}%"
        return f"{name}{sign}{decimal_text(abs(delta))}{fact.unit if fact.unit != '年' else '个月'}"


@dataclass(frozen=True)
class Change:
    """A set of steps that together make the clause hold (or leave only what is unknown)."""

    steps: tuple[Step, ...]

    @property
    def kind(self) -> str:
        """What kind of step it is: that of its hardest part (自己可做, 须认定, 随时间, 不可变)."""
        return max((step.changeable for step in self.steps), key=CHANGEABLE.index, default=DOABLE)

    @property
    def doable(self) -> bool:
        """The enterprise can make it happen: by itself, or by applying for an award."""
        return self.kind in (DOABLE, AWARD)

    @property
    def cost(self) -> Fraction:
        return sum((step.cost() for step in self.steps), Fraction(0))


def smallest_changes(
    clause: Clause, row: Row, day: date, dictionary: Dictionary, most: int = MOST
) -> list[Change]:
    """All smallest sets of facts, cheapest first; empty when nothing fails or `most` facts do not help."""
    search = _Search(clause, dict(row), day)
    if search.failing(dict(row)) is None:
        return []
    for size in range(1, most + 1):
        found = search.of_size(size)
        if found:
            changes = [_change(columns, row, dictionary, day) for columns in found.values()]
            return sorted(_latest_only(changes, dictionary), key=lambda c: (not c.doable, c.cost))
    return []


class _Search:
    def __init__(self, clause: Clause, row: dict[str, Value], day: date) -> None:
        self.clause, self.row, self.day = clause, row, day
        nodes = [n for c in clause.conditions for n in tree.walk(c.test)]
        self.tests = [n for n in nodes if isinstance(n, tree.Compare | tree.Member)]
        self.uses = {id(test): tree.columns(test) for test in self.tests}
        self.types = {n.key: n for n in nodes if isinstance(n, tree.Column)}
        self.best: dict[frozenset[str], dict[str, Value]] = {}

    def failing(self, row: dict[str, Value]) -> tree.Condition | None:
        naive = Naive(row, self.day)
        return next((c for c in self.clause.conditions if naive.test(c.test) is False), None)

    def of_size(self, size: int) -> dict[frozenset[str], dict[str, Value]]:
        self.best = {}
        self._seen: set[tuple[tuple[str, Value], ...]] = set()
        self._descend(self.row, {}, size)
        return self.best

    def _descend(self, row: dict[str, Value], changed: dict[str, Value], size: int) -> None:
        state = tuple(sorted(changed.items(), key=str))
        if state in self._seen:
            return
        self._seen.add(state)
        condition = self.failing(row)
        if condition is None:
            self._keep(changed)
            return
        for key in tree.columns(condition.test):
            if self.row.get(key) is None or (key not in changed and len(changed) >= size):
                continue
            for value in self._candidates(key, row):
                if value != row[key]:
                    self._descend({**row, key: value}, {**changed, key: value}, size)

    def _keep(self, changed: dict[str, Value]) -> None:
        real = {k: v for k, v in changed.items() if v != self.row[k]}
        known = self.best.get(frozenset(real))
        if known is None or self._cost(real) < self._cost(known):
            self.best[frozenset(real)] = real

    def _cost(self, changed: dict[str, Value]) -> Fraction:
        return sum((Step(k, self.row[k], v, "", "").cost() for k, v in changed.items()), Fraction(0))

    def _candidates(self, key: str, row: dict[str, Value]) -> Iterator[Value]:
        """Values of one fact at which some comparison turns, the other facts as they are in `row`."""
        now, column = row[key], self.types[key]
        if isinstance(now, bool):
            yield not now
            return
        for test in self.tests:
            if key not in self.uses[id(test)]:
                continue
            if isinstance(now, str):
                yield from _texts(test)
            elif isinstance(now, int):
                yield from self._turns(test, column, row, now)

    def _turns(self, test: Node, column: tree.Column, row: dict[str, Value], now: int) -> Iterator[int]:
        """Nearest values at which the comparison turns; `=` and `≠` turn where ≥ ≤ > < do."""
        if isinstance(test, tree.Compare) and test.op in "=≠":
            for op in "≥≤><":
                yield from self._flips(replace(test, op=op), column, row, now)
        else:
            yield from self._flips(test, column, row, now)

    def _flips(self, test: Node, column: tree.Column, row: dict[str, Value], now: int) -> Iterator[int]:
        def holds(value: int) -> bool | None:
            return Naive({**row, column.key: value}, self.day).test(test)

        start = holds(now)
        for end in (column.high, column.low):
            if start is None or end == now:
                continue
            if holds(end) in (start, None):
                yield end  # not enough alone; as far as it goes, another fact may do the rest
                continue
            near, far = now, end
            while abs(far - near) > 1:
                middle = (near + far) // 2
                if holds(middle) == start:
                    near = middle
                else:
                    far = middle
            yield far


def _texts(test: Node) -> Iterator[str]:
    if isinstance(test, tree.Member):
        yield from test.entries[:1]
    elif isinstance(test, tree.Compare) and isinstance(test.right, tree.Literal):
        yield str(test.right.value)


def _change(columns: dict[str, Value], row: Row, dictionary: Dictionary, day: date) -> Change:
    steps = []
    for key, value in columns.items():
        known = dictionary.column(key)
        assert known is not None
        fact, period = known
        steps.append(Step(key, row[key], value, fact.changeable_in(period), _when(fact, period, day)))
    return Change(tuple(steps))


def _when(fact: Fact, period: str, day: date) -> str:
    """By when: figures of a closed year can only be reached with this year's, and count from the next."""
    if fact.changeable_in(period) == FIXED:
        return "不再变动"
    if fact.window is not None:
        closes = fact.window.closes(day)
        return f"{closes:%Y-%m-%d}前申报" if closes.year == day.year else f"下一次窗口约到{closes:%Y-%m-%d}"
    if fact.basis in ("年度", "期末", "季度"):
        return f"{day.year} 年内做到，{day.year + 1} 年可用"
    return f"{day.year} 年内{'获得认定' if fact.changeable == AWARD else ''}"


def _latest_only(changes: list[Change], dictionary: Dictionary) -> list[Change]:
    """Of changes that move the same facts in different years keep the latest: earlier ones are closed."""
    best: dict[tuple[str, ...], tuple[int, Change]] = {}
    for change in changes:
        names, age = [], 0
        for step in change.steps:
            found = dictionary.column(step.column)
            assert found is not None
            fact, period = found
            names.append(fact.name)
            age += BASES[fact.basis].index(period) if period in BASES[fact.basis] else 0
        known = best.get(tuple(sorted(names)))
        if known is None or age < known[0]:
            best[tuple(sorted(names))] = (age, change)
    return [change for _, change in best.values()]


__all__ = ["AWARD", "DOABLE", "FIXED", "TIME", "Change", "Step", "smallest_changes"]
