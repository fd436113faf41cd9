"""Spark in local mode, for tests that hold our SQL against it; skipped with words where Java or pyspark is missing."""

import importlib.util
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

_MISSING = [
    words
    for words, there in (
        ("no Java on this machine", shutil.which("java")),
        ("pyspark is not installed", importlib.util.find_spec("pyspark")),
    )
    if not there
]
needs_spark = pytest.mark.skipif(bool(_MISSING), reason=f"Spark was not asked: {', '.join(_MISSING)}")
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    # The rows of a test are few: what compiles a query for many costs more than it saves.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.session.timeZone": "America/New_York",  # not ours: what a text says of days must not hang on it
}


@contextmanager
def spark() -> Iterator[Any]:
    """A session of Spark on one core; its Java process ends with Python."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[1]").appName("sanfu")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    try:
        yield session
    finally:
        session.stop()


def table(session: Any, name: str, columns: dict[str, str], rows: Sequence[Sequence[Any]]) -> None:
    """Show rows under a name; columns: the type of each in Spark's words."""
    shape = ", ".join(f"`{column}` {kind}" for column, kind in columns.items())
    session.createDataFrame([tuple(row) for row in rows], shape).createOrReplaceTempView(name)
