"""Where Java and pyspark are present: the SQL engine on Spark in local mode gives the oracle's answers, row by row."""

import pytest

from sanfu.kernel.rules.engines.plan import make_plan
from sanfu.kernel.rules.engines.sql import Dialect, queries
from sanfu.kernel.rules.language.facts import Row
from tests.kernel.random_rules import COLUMNS, DAY, Writer
from tests.kernel.test_rules_engines import by_naive, cells_of, sql_type
from tests.spark import needs_spark, spark, table

SPARK_TYPES = {"BIGINT": "BIGINT", "BOOLEAN": "BOOLEAN", "VARCHAR": "STRING", "TEXT": "STRING"}


@pytest.mark.slow
@needs_spark
def test_spark_agrees_on_random_rules() -> None:
    columns = {"id": "BIGINT"} | {key: SPARK_TYPES[sql_type(key)] for key in COLUMNS}
    with spark() as session:
        for seed in range(60, 63):
            writer = Writer(seed)
            document = writer.document(8)
            rows: list[Row] = [writer.row() for _ in range(25)]
            table(session, "facts", columns, [(i, *map(row.get, COLUMNS)) for i, row in enumerate(rows)])
            plan = make_plan(document.clauses, DAY)
            (query,) = queries(plan, Dialect.SPARK)
            found = [tuple(row) for row in session.sql(query.text + " ORDER BY 1").collect()]
            assert cells_of(plan, [found]) == by_naive(document, rows), f"seed {seed}"
