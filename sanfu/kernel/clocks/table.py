"""Which clocks a case gets (期限规则表): rows over channel × type × urgency, or other dimensions, as data.

A table is sound when every combination of values meets exactly one row. `defects` finds each gap and each
overlap and shows the smallest example; `pick` answers a case and says which fact is missing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from sanfu.kernel.clocks.fold import ClockError, ClockRule, Rung, Unit

ANY = "*"


@dataclass(frozen=True, slots=True)
class Row:
    """Values per dimension (a dimension that is absent allows all) and the clocks that then run."""

    id: str
    when: Mapping[str, frozenset[str]]
    clocks: Mapping[str, ClockRule]
    note: str = ""

    def meets(self, facts: Mapping[str, str]) -> bool:
        """True unless a known fact rules the row out; an unknown fact rules nothing out."""
        return all(name not in facts or facts[name] in values for name, values in self.when.items())


@dataclass(frozen=True, slots=True)
class TableDefect:
    """A combination with no row (gap) or with several (overlap)."""

    kind: str
    example: Mapping[str, str]
    rows: tuple[str, ...]

    def __str__(self) -> str:
        values = "、".join(f"{name}={value}" for name, value in self.example.items())
        return f"{values}没有规则" if self.kind == "gap" else f"{values}同时落入{'、'.join(self.rows)}"


@dataclass(frozen=True)
class ClockTable:
    """The clock rules of one place."""

    id: str
    title: str
    source: Mapping[str, Any]
    dimensions: Mapping[str, Mapping[str, str]]  # dimension → value → Chinese label
    rows: tuple[Row, ...]
    limits: Mapping[str, Mapping[str, Any]]

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "ClockTable":
        """Read the form of content/clocks/<place>.yaml; ClockError names what is wrong."""
        try:
            dimensions = {str(name): _labels(values) for name, values in raw["dimensions"].items()}
            defaults = raw.get("defaults") or {}
            rows = tuple(_row(one, dimensions, defaults) for one in raw["rows"])
            return cls(
                str(raw["id"]), str(raw["title"]), raw["source"], dimensions, rows, raw.get("limits") or {}
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ClockError(f"期限规则表缺少或写错了一项：{error!r}。") from error

    def defects(self) -> list[TableDefect]:
        """One defect for each set of rows that collide and one for each gap, smallest combination first."""
        found: dict[tuple[str, tuple[str, ...]], TableDefect] = {}
        for facts in self.combinations():
            hits = tuple(row.id for row in self.rows if row.meets(facts))
            if len(hits) != 1:
                kind = "gap" if not hits else "overlap"
                example = facts if kind == "gap" else self._needed(facts)
                key = (str(example), hits)
                found.setdefault(key, TableDefect(kind, example, hits))
        return list(found.values())

    def combinations(self) -> Iterator[dict[str, str]]:
        names = list(self.dimensions)
        for values in product(*self.dimensions.values()):
            yield dict(zip(names, values, strict=True))

    def pick(self, **facts: str) -> Row:
        """The row of a case; ClockError says which fact is missing or unknown.

        A fact that the table does not depend on (a place without channels) is left aside.
        """
        asked = {name: value for name, value in facts.items() if name in self.dimensions}
        for name, value in asked.items():
            if value not in self.dimensions[name]:
                known = "、".join(self.dimensions[name])
                raise ClockError(f"期限规则表“{self.title}”不认识{name}={value}，可用：{known}。")
        rows = self.possible(**asked)
        if len(rows) == 1:
            return rows[0]
        missing = sorted({name for row in rows for name in row.when} - facts.keys())
        if missing:
            raise ClockError(f"还不能确定期限，请补充：{'、'.join(missing)}。")
        raise ClockError(f"期限规则表“{self.title}”对{facts}有{len(rows)}条规则，应当正好一条。")

    def possible(self, **facts: str) -> tuple[Row, ...]:
        """Rows that the known facts leave open."""
        return tuple(row for row in self.rows if row.meets(facts))

    def _needed(self, facts: Mapping[str, str]) -> dict[str, str]:
        """Drop what the colliding rows do not ask, so that the example stays small."""
        asked = {name for row in self.rows if row.meets(facts) for name in row.when}
        return {name: value for name, value in facts.items() if name in asked}


def rule_of(raw: Mapping[str, Any], defaults: Mapping[str, Any] | None = None) -> ClockRule:
    """A `ClockRule` from data: {n, unit, from_next_day, roll, yellow, orange, ladder}."""
    merged = {**(defaults or {}), **raw}
    ladder = merged.get("ladder")
    options: dict[str, Any] = {
        key: merged[key] for key in ("from_next_day", "roll") if merged.get(key) is not None
    }
    for key in ("yellow", "orange"):
        if merged.get(key) is not None:
            options[key] = Fraction(str(merged[key]))
    if ladder is not None:
        options["ladder"] = tuple(Rung(int(one["after"]), str(one["to"])) for one in ladder)
    return ClockRule(Unit(str(merged["unit"])), Fraction(str(merged["n"])), **options)


def plain(rule: ClockRule) -> dict[str, Any]:
    """The inverse of `rule_of`: a rule as JSON-ready data, with every setting spelled out."""
    numbers = {name: str(getattr(rule, name)) for name in ("n", "yellow", "orange")}
    ladder = [{"after": rung.after, "to": rung.to} for rung in rule.ladder]
    settings = {"from_next_day": rule.from_next_day, "roll": rule.roll, "ladder": ladder}
    return {"unit": rule.unit.value, **numbers, **settings}


def _labels(values: Any) -> dict[str, str]:
    """A mapping value → label; a plain list is its own labels."""
    if isinstance(values, Mapping):
        return {str(value): str(label) for value, label in values.items()}
    return {str(value): str(value) for value in values}


def _row(
    raw: Mapping[str, Any], dimensions: Mapping[str, Mapping[str, str]], defaults: Mapping[str, Any]
) -> Row:
    when: dict[str, frozenset[str]] = {}
    for name, value in (raw.get("when") or {}).items():
        values = [str(one) for one in (value if isinstance(value, list) else [value])]
        for one in values:
            if name not in dimensions or (one != ANY and one not in dimensions[name]):
                raise ClockError(f"规则{raw.get('id')}用了没有登记的{name}={one}。")
        if ANY not in values:
            when[str(name)] = frozenset(values)
    clocks = {str(name): rule_of(one, defaults) for name, one in raw["clocks"].items()}
    return Row(str(raw["id"]), when, clocks, str(raw.get("note", "")))
