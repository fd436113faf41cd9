"""行类: a kind of rows that figures are made of; a room declares one for what it knows.

The SQL text of a kind reads the ids of the cases asked for from `seen` and two parameters, region and now, and ends in a
table with row_id, case_id, unit, a stratum, one column a moment (`at_…`), one a fact (boolean, never null), one a value,
and `stale_at`: when facts change next without any act (a due date that passes).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_FACTS = 62  # they share one signed 64-bit number
MOMENTS = ("m1", "m2", "m3", "m4")
VALUES = ("v1", "v2", "v3", "v4")


@dataclass(frozen=True, slots=True)
class RowKind:
    """One kind of rows.

    facts, values, moments, strata: column → Chinese words; their order is their place in the stored row.
    case_kinds: codes of the cases that the rows belong to; empty means every kind of case.
    table, stratum: names in the SQL text.
    related: SQL that selects ids of further cases whose rows change when those of `seen` do.
    private: facts that a handling unit may count and never tie to a case (who rated): its lists name no case then.
    private_to: permission that reads them all the same, beside whoever sees every row of the kind.
    """

    code: str
    label: str
    sql: str
    facts: Mapping[str, str]
    moments: Mapping[str, str]
    values: Mapping[str, str] = field(default_factory=dict)
    case_kinds: tuple[str, ...] = ()
    related: str = ""
    table: str = "rows"
    stratum: str = "stratum"
    private: tuple[str, ...] = ()
    private_to: str = ""

    def __post_init__(self) -> None:
        if len(self.facts) > MOST_FACTS or len(self.moments) > len(MOMENTS) or len(self.values) > len(VALUES):
            raise ValueError(f"row kind {self.code}: at most {MOST_FACTS} facts, 4 moments, 4 values")

    def bit(self, fact: str) -> int:
        """The bit of a fact; KeyError for a name that nobody declared."""
        return 1 << list(self.facts).index(fact)

    def mask(self, facts: "tuple[str, ...] | list[str]") -> int:
        """The bits of several facts together."""
        return sum(self.bit(one) for one in dict.fromkeys(facts))

    def column_of_moment(self, moment: str) -> str:
        return MOMENTS[list(self.moments).index(moment)]

    def column_of_value(self, value: str) -> str:
        return VALUES[list(self.values).index(value)]
