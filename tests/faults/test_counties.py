"""Two counties in one database: brought up side by side, and neither sees anything of the other."""

import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from sanfu.adapters import serving
from sanfu.adapters.operations import OperationFailed, citus, counties, sizing
from sanfu.adapters.postgres import process, testing
from tests.faults.county_walk import FORMS
from tests.platform import FIRST_PORT, ROOT

SANFU = ("sanfu.adapters.commandline.main",)

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
        GOOD.replace("port: 8101", "port: 8101, content: nowhere"),
        GOOD.replace("port: 8101", "port: 8101, contents: ."),
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


def test_a_county_reads_the_content_that_its_line_names(tmp_path: Path) -> None:
    (tmp_path / "linshui").mkdir()
    path = tmp_path / "counties.yaml"
    path.write_text(GOOD.replace("port: 8101", "port: 8101, content: linshui"))
    first, second = counties.read(path)
    assert "SANFU_CONTENT" not in first.environment("", tmp_path)
    assert second.environment("", tmp_path)["SANFU_CONTENT"] == str((tmp_path / "linshui").resolve())


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


@contextmanager
def another_database(purpose: str) -> Iterator[str]:
    """Address of an empty database beside those of the tests."""
    name = f"{testing.CLONE}{os.getpid()}_{purpose}"
    with testing.server() as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
        )
        try:
            yield testing.address(name)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def empty() -> Iterator[str]:
    with another_database("counties") as address:
        yield address


@dataclass
class Place:
    """The database and the folder of several counties; runs words as one of them."""

    address: str
    files: Path

    def run(self, county: counties.County, *words: str, **more: str) -> str:
        own = county.environment(self.address, self.files) | {
            "SANFU_SECRET": f"{county.schema}-secret", "SANFU_PUBLIC_FORMS": str(FORMS),
            "DJANGO_SETTINGS_MODULE": "config.settings", **more,
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", *words], cwd=ROOT, env=os.environ | own, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{county.schema} {words}: {done.stdout[-2000:]} {done.stderr[-3000:]}"
        return done.stdout

    def walk(self, county: counties.County, *words: str) -> Any:
        said = self.run(county, "tests.faults.county_walk", *words)
        return json.loads(said.strip().rpartition("\n")[2])

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.address) as connection:
            return connection.execute(query, values).fetchall()


@pytest.fixture(scope="module")
def side_by_side(
    empty: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Place, list[counties.County], list[Any]]:
    """Two counties brought up at once in one database, each with people and traces of its own."""
    folder = tmp_path_factory.mktemp("counties")
    (folder / "counties.yaml").write_text(GOOD)
    named = counties.read(folder / "counties.yaml")
    place = Place(empty, folder)
    assert [said for _, said in counties.migrate(empty, named, at_once=2)] == ["done", "done"]
    assert list(counties.migrate(empty, named, at_once=2)) == [], "the ledger has both"
    with ThreadPoolExecutor(2) as both:
        made = list(
            both.map(lambda one: place.walk(one, "make", *(["spend"] if one is named[0] else [])), named)
        )
    return place, named, made


@pytest.mark.slow
def test_two_counties_side_by_side_see_nothing_of_each_other(
    side_by_side: tuple[Place, list[counties.County], list[Any]],
) -> None:
    """Over every route, act and export as four roles; the API; sessions, locks, quotas, files, jobs, events, chains."""
    place, named, made = side_by_side

    def probed(at: int) -> Any:
        told = place.files / f"{at}.json"
        told.write_text(json.dumps(made[1 - at], ensure_ascii=False))
        return place.walk(named[at], "probe", str(told))

    with ThreadPoolExecutor(2) as both:
        found = list(both.map(probed, (0, 1)))
    assert [one["crossings"] for one in found] == [[], []]
    assert min(one["asked"] for one in found) > 1500
    assert made[0]["number"] == made[1]["number"], "each counts for itself"
    assert made[0]["mark"] != made[1]["mark"]


@pytest.mark.slow
def test_a_worker_takes_the_jobs_of_its_own_county_alone(
    side_by_side: tuple[Place, list[counties.County], list[Any]],
) -> None:
    place, named, made = side_by_side
    place.run(named[0], "django", "procrastinate", "worker", "--one-shot")
    states = [
        place.ask(f"SELECT state FROM {one.schema}.records_job WHERE id = %s", told["job"])
        for one, told in zip(named, made, strict=True)
    ]
    assert states == [[("done",)], [("waiting",)]]


@pytest.mark.slow
def test_nothing_but_the_ledger_is_shared_and_sharding_refuses_nothing(
    side_by_side: tuple[Place, list[counties.County], list[Any]],
) -> None:
    place, named, _ = side_by_side
    shared = place.ask(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S', 'm')"
    )
    assert shared == [("sanfu_county_migration",)]
    for one in named:
        found, needs = citus.check(place.address, one.schema)
        assert [f"{f.what}: {f.where} ({f.says})" for f in found] == []
        assert all(needs.values())


@pytest.mark.slow
def test_a_county_moves_to_a_database_of_its_own(
    side_by_side: tuple[Place, list[counties.County], list[Any]], tmp_path: Path
) -> None:
    """Its backup holds nothing of the neighbour; restored elsewhere, chains and counts hold and the log stays guarded."""
    place, named, made = side_by_side
    archive = tmp_path / "county.tar"
    place.run(named[0], *SANFU, "backup", "-o", str(archive))
    with another_database("moved") as address:
        moved = Place(address, tmp_path)
        report = json.loads(moved.run(named[0], *SANFU, "restore", str(archive), "--json"))
        assert report["faults"] == []
        assert moved.ask("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'county%%'") == [
            (named[0].schema,)
        ]
        bodies = str(moved.ask(f"SELECT body FROM {named[0].schema}.tickets_ticket"))
        assert made[0]["mark"] in bodies
        assert made[1]["mark"] not in bodies
        with pytest.raises(psycopg.errors.RaiseException, match="Cannot"):
            moved.ask(f"UPDATE {named[0].schema}.records_event SET kind = kind")
        assert moved.ask("SELECT public._pgtrigger_should_ignore('x')") == [(False,)], (
            "triggers find their guard"
        )


@pytest.mark.slow
def test_served_together_each_host_has_its_own_processes_and_figures(
    side_by_side: tuple[Place, list[counties.County], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, named, _ = side_by_side
    monkeypatch.setenv("SANFU_SECRET", "one secret of all, from which each county's own is made")
    ports = [serving.free_port("127.0.0.1", FIRST_PORT + 500 + 60 * n) for n in (0, 1)]
    here = [replace(one, port=port) for one, port in zip(named, ports, strict=True)]
    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(counties.serve, place.address, here, place.files, stop.is_set, workers=1)
        try:
            for one in here:
                until_ready(one)
            for _ in range(5):
                assert asked(here[0], "/ask/", here[0].host)[0] == 200
            assert asked(here[0], "/ask/", here[1].host)[0] == 400, "a host that is another county's"
            figures = [public_pages(asked(one, "/metrics/", one.host)[1]) for one in here]
            assert figures[0] >= figures[1] + 5
        finally:
            stop.set()
        assert ended.result(120) in (0, 1)
    assert all(process.listener_of(port) is None for port in ports)


def asked(county: counties.County, path: str, host: str) -> tuple[int, str]:
    """Ask the processes of a county under a host name."""
    request = urllib.request.Request(f"http://127.0.0.1:{county.port}{path}", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, ""


def until_ready(county: counties.County) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        with suppress(OSError):
            if asked(county, "/ready/", county.host)[0] == 200:
                return
        time.sleep(0.3)
    raise AssertionError(f"{county.schema} does not become ready")


def public_pages(metrics: str) -> float:
    found = re.search(r'sanfu_requests_total\{answer="2xx",audience="public"\} ([0-9.]+)', metrics)
    return float(found[1]) if found else 0.0
