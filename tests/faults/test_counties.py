"""Two counties in one database: brought up side by side, and neither sees anything of the other."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from sanfu.adapters.operations import OperationFailed, citus, counties, sizing
from sanfu.adapters.postgres import testing
from tests.platform import ROOT

GOOD = """counties:
  - {region: "329900", name: 云澄市, schema: county_yuncheng, host: yuncheng.example.gov.cn, port: 8100}
  - {region: "329800", name: 邻水县, schema: county_linshui, host: linshui.example.gov.cn, port: 8101}
"""


@pytest.fixture
def named(tmp_path: Path) -> list[counties.County]:
    path = tmp_path / "counties.yaml"
    path.write_text(GOOD)
    return counties.read(path)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "counties: 3",
        "counties: [{region: 1}]",
        GOOD.replace("8101", "8100"),
        GOOD.replace("county_linshui", "county_yuncheng"),
        GOOD.replace("county_linshui", "public; DROP SCHEMA x"),
        GOOD.replace("329800", "32980"),
        GOOD.replace("linshui.example", "*.example"),
    ],
)
def test_a_file_that_would_mix_counties_is_refused(wrong: str, tmp_path: Path) -> None:
    path = tmp_path / "counties.yaml"
    path.write_text(wrong)
    with pytest.raises(OperationFailed):
        counties.read(path)


def test_the_proxy_leads_each_host_to_its_own_processes(named: list[counties.County]) -> None:
    told = counties.proxy(named)
    assert "default 127.0.0.1:9;" in told, "an unknown host reaches no county"
    assert "yuncheng.example.gov.cn 127.0.0.1:8100;" in told
    assert "linshui.example.gov.cn 127.0.0.1:8101;" in told


def test_a_county_sees_its_own_schema_and_folder_alone(named: list[counties.County]) -> None:
    told = named[1].environment("postgresql://u:p@db.example/sanfu", Path("/srv"))
    assert "-csearch_path=county_linshui" in told["DATABASE_URL"]
    assert "public" not in told["DATABASE_URL"]
    assert told["SANFU_FILES"] == "/srv/county_linshui/files"


def test_growth_is_said_only_of_enough_orders() -> None:
    assert sizing.growth({"tickets_ticket": (3, 8192), "records_event": (30, 8192)}) is None
    found = sizing.growth(
        {"tickets_ticket": (100, 400_000), "cases_case": (100, 200_000), "records_event": (800, 800_000)}
    )
    assert found is not None
    assert (found.order_bytes, found.events_per_order, found.event_bytes) == (6000, 8, 1000)
    rows = sizing.plan(found, yearly=0.3, years=5)
    assert [row["level"] for row in rows] == ["town", "county", "city", "province", "nation"]
    assert rows[0]["shape"] == "one machine, one county"
    assert rows[1]["disk_gib"] == round(500_000 * 0.3 * 5 * 14_000 / 2**30, 1)


@pytest.fixture(scope="module")
def empty() -> Iterator[str]:
    """An empty database beside those of the tests."""
    name = f"counties_{os.getpid()}"
    with (
        testing.clone("counties"),
        psycopg.connect(testing.address("postgres"), autocommit=True) as connection,
    ):
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
        )
        try:
            yield testing.address(name)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def walk(county: counties.County, address: str, files: Path, *words: str) -> Any:
    """Run a part of the walk as this county, in a process of its own."""
    own = county.environment(address, files) | {
        "SANFU_SECRET": f"{county.schema}-secret", "DJANGO_SETTINGS_MODULE": "config.settings",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.county_walk", *words],
        cwd=ROOT, env=os.environ | own, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.strip().rpartition("\n")[2])


@pytest.mark.slow
@pytest.mark.xfail(strict=False, reason="two whole counties were not yet seen through on a quiet machine")
def test_two_counties_side_by_side_see_nothing_of_each_other(
    empty: str, named: list[counties.County], tmp_path: Path
) -> None:
    first = list(counties.migrate(empty, named, at_once=2))
    assert [said for _, said in first] == ["done", "done"]
    assert list(counties.migrate(empty, named, at_once=2)) == [], "the ledger has both"
    made = [walk(one, empty, tmp_path, "make") for one in named]
    for at, one in enumerate(named):
        told = tmp_path / f"{one.schema}.json"
        told.write_text(json.dumps(made[1 - at], ensure_ascii=False))
        assert walk(one, empty, tmp_path, "probe", str(told)) == []
    assert made[0]["number"] == made[1]["number"], "each counts for itself"
    with psycopg.connect(empty) as connection:
        here = connection.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        ).fetchone()
    assert here == (1,), "nothing but the ledger lies in public"
    found, needs = citus.check(empty, named[0].schema)
    assert {one.what for one in found} <= {"inherits"}, [f"{one.what} {one.where}" for one in found]
    assert all(needs.values())
