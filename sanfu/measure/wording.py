"""Words in which engines differ where kept rows are counted (引擎用语): PostgreSQL, which DuckDB reads too, and Spark."""

import uuid

from sanfu.measure.counting import ZONE, day_begins


class PostgreSQL:
    """The words of the platform's own database."""

    step = "AS MATERIALIZED"  # how a step of the WITH list begins that is read more than once
    whole = " OFFSET 0"  # keeps a planner from taking every expression of a step for a group of its own

    def double(self, value: str) -> str:
        return f"{value}::float8"

    def mark(self, unit: uuid.UUID) -> str:
        return f"'{unit}'::uuid"

    def begins(self, day: str) -> str:
        return day_begins(day)

    def months(self) -> str:
        """One row of two lists: first days of months (the one parameter) and the moments at which they begin."""
        return (
            f"SELECT array_agg(day ORDER BY day) AS firsts, array_agg({self.begins('day')} ORDER BY day) AS edges "
            "FROM unnest(%s::date[]) AS of_days(day)"
        )

    def beside(self, table: str) -> str:
        """The table, with what `place` needs of the list of months beside it."""
        return table

    def place(self, moment: str) -> str:
        """The month of a moment by its number: how many edges lie at or before it."""
        return f"width_bucket({moment}, (SELECT edges FROM months))"

    def at(self, values: str, place: str) -> str:
        return f"({values})[{place}]"

    def row(self, values: list[str]) -> str:
        return f"ARRAY[{', '.join(values)}]"

    def quantile(self, share: float, values: str) -> str:
        """The smallest of listed values that at least this share of them do not exceed; null of none."""
        made = f"percentile_disc({share}) WITHIN GROUP (ORDER BY x)"
        return f"(SELECT {self.double(made)} FROM unnest({values}) AS of_list(x))"

    def distinct(self, values: str) -> str:
        return f"(SELECT {self.double('count(DISTINCT x)')} FROM unnest({values}) AS of_list(x))"


class Spark(PostgreSQL):
    """The words of Spark SQL from 3.5 on; identifiers are texts there, as Spark has no type for them."""

    step = "AS"
    whole = ""

    def double(self, value: str) -> str:
        return f"CAST({value} AS DOUBLE)"

    def mark(self, unit: uuid.UUID) -> str:
        return f"'{unit}'"

    def begins(self, day: str) -> str:
        return f"CAST(concat(CAST({day} AS STRING), ' 00:00:00 {ZONE}') AS TIMESTAMP)"

    def months(self) -> str:
        edges = f"transform(firsts, day -> {self.begins('day')})"
        return f"SELECT firsts, {edges} AS edges FROM (SELECT array_sort(%s) AS firsts)"

    def beside(self, table: str) -> str:
        return f"{table} CROSS JOIN months"  # a function over a list takes no sub-query there

    def place(self, moment: str) -> str:
        return f"size(filter(edges, edge -> edge <= {moment}))"

    def at(self, values: str, place: str) -> str:
        return f"element_at({values}, {place})"

    def row(self, values: list[str]) -> str:
        return f"array({', '.join(values)})"

    def quantile(self, share: float, values: str) -> str:
        place = f"CAST(greatest(1, ceil({share}D * size({values}))) AS INT)"
        return self.double(f"try_element_at(array_sort({values}), {place})")

    def distinct(self, values: str) -> str:
        return self.double(f"size(array_distinct({values}))")


POSTGRESQL, SPARK = PostgreSQL(), Spark()
