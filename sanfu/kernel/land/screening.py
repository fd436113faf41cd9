"""Low-efficiency screening (低效用地筛查): rules as data, three-valued; unknown is never no.

A rule holds when all its tests hold. The parcel is 低效 when some rule holds, 不低效 when no rule can hold, and
待核实 when only missing facts keep a rule from being decided; then the facts to be asked are named.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sanfu.kernel.flow import Labelled

Value = Fraction | str | bool | date | None
OPERATORS = ("<", "≤", ">", "≥", "=", "≠", "属于")
KEYS = {"id", "名", "当", "依据", "mark"}  # of one rule


class Finding(Labelled):
    """The answer of a screening."""

    LOW = "低效", "低效", "danger"
    FINE = "不低效", "不低效", "ok"
    OPEN = "待核实", "待核实", "warn"
    OUT = "不参加筛查", "不参加筛查"


@dataclass(frozen=True, slots=True)
class Test:
    """`fact` against `value`; the fact's unit is what the dictionary of the content says."""

    fact: str
    operator: str
    value: Fraction | str | bool | tuple[str, ...]
    unit: str = ""

    def holds(self, facts: Mapping[str, Value]) -> bool | None:
        """True, False, or None when the fact is not known."""
        found = facts.get(self.fact)
        if found is None:
            return None
        if self.operator == "属于":
            return str(found) in self.value if isinstance(self.value, tuple) else None
        if self.operator in ("=", "≠"):
            return (found == self.value) is (self.operator == "=")
        if not isinstance(found, Fraction) or not isinstance(self.value, Fraction):
            return None
        return {
            "<": found < self.value,
            "≤": found <= self.value,
            ">": found > self.value,
            "≥": found >= self.value,
        }[self.operator]

    def words(self) -> str:
        value = "、".join(self.value) if isinstance(self.value, tuple) else _word(self.value)
        return f"{self.fact} {self.operator} {value}{self.unit}"


def _word(value: Fraction | str | bool) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Fraction):
        return f"{float(value):g}"
    return value


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of low-efficient land, or an exclusion; with its basis and mark."""

    id: str
    name: str
    tests: tuple[Test, ...]
    basis: str
    mark: str
    excludes: bool = False

    def holds(self, facts: Mapping[str, Value]) -> bool | None:
        answers = [t.holds(facts) for t in self.tests]
        return False if False in answers else None if None in answers else True


@dataclass(frozen=True, slots=True)
class Screened:
    """The answer, the rules that decided it, and the facts that would decide it."""

    finding: Finding
    rules: tuple[Rule, ...]
    missing: tuple[str, ...] = ()


def screen(rules: Sequence[Rule], facts: Mapping[str, Value]) -> Screened:
    """One parcel against the rules."""
    out = [r for r in rules if r.excludes]
    if held := tuple(r for r in out if r.holds(facts) is True):
        return Screened(Finding.OUT, held)
    low = [r for r in rules if not r.excludes]
    open_out = [r for r in out if r.holds(facts) is None]
    held = tuple(r for r in low if r.holds(facts) is True)
    if held and not open_out:
        return Screened(Finding.LOW, held)
    open_low = [r for r in low if r.holds(facts) is None]
    waiting = [*(open_out if held or open_low else []), *(open_low if not held else [])]
    if not waiting:
        return Screened(Finding.FINE, ())
    missing = dict.fromkeys(t.fact for r in waiting for t in r.tests if t.holds(facts) is None)
    return Screened(Finding.OPEN, held or tuple(waiting), tuple(missing))


def read_rules(raw: Mapping[str, Any]) -> list[Rule]:
    """Rules of a content file: `排除` and `低效`, each with 当 (a list of [fact, operator, value, unit?]). ValueError when malformed."""
    found = []
    for part, excludes in (("排除", True), ("低效", False)):
        for row in raw.get(part) or ():
            tests = tuple(_test(entry, str(row.get("id"))) for entry in row["当"])
            if not tests:
                raise ValueError(f"规则 {row.get('id')} 没有条件")
            if odd := [str(key) for key in row if key not in KEYS]:
                raise ValueError(
                    f"{row['id']}：不认识的项“{'、'.join(odd)}”；写在一行里的文字含半角逗号时要加引号"
                )
            mark = str(row.get("mark", "待核"))
            found.append(Rule(str(row["id"]), str(row["名"]), tests, str(row["依据"]), mark, excludes))
    return found


def _test(entry: Sequence[Any], rule: str) -> Test:
    fact, operator, raw, *unit = entry
    if operator not in OPERATORS:
        raise ValueError(f"规则 {rule}：不认识的比较“{operator}”，可用 {'、'.join(OPERATORS)}")
    value: Fraction | str | bool | tuple[str, ...]
    if isinstance(raw, bool):
        value = raw
    elif isinstance(raw, int | float):
        value = Fraction(str(raw))
    else:
        value = tuple(map(str, raw)) if isinstance(raw, list) else str(raw)
    return Test(str(fact), operator, value, str(unit[0]) if unit else "")
