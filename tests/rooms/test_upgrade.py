"""A filled database of before the first release comes up to date: nothing is lost, every chain verifies.

`tests/data/before_first_release.sql.gz` is a dump of a small database at the commit before the migrations were squashed: the demo people
and 24 cases in the middle of random histories (open, closed, swept, clocks stopped with their case, withheld).
"""

import gzip
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from sanfu.adapters.postgres import testing
from sanfu.cases.models import Case, Clock
from sanfu.cases.queries import replay
from sanfu.enterprise.benefits.models import PolicyVersion
from sanfu.lists.versions import in_force
from sanfu.lists.versions.actions import hash_of
from sanfu.records.models import Event, Outbox, Stream
from sanfu.records.queries import events_of, verify_chains

pytestmark = pytest.mark.slow
DUMP = Path(__file__).parents[1] / "data" / "before_first_release.sql.gz"
SCHEMA = {
    "columns": """SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default
                  FROM information_schema.columns WHERE table_schema = 'public'""",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
                      WHERE connamespace = 'public'::regnamespace""",
    "triggers": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": """SELECT proname, pg_get_functiondef(oid) FROM pg_proc
                    WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'""",
    "views": "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'",
    "statistics": "SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext",
    "options": "SELECT relname, reloptions FROM pg_class WHERE relnamespace = 'public'::regnamespace AND reloptions IS NOT NULL",
}


@pytest.fixture(scope="module")
def names() -> Iterator[tuple[str, str]]:
    """Names of two databases: one of before brought up to date, one made new."""
    old = f"{testing.CLONE}{os.getpid()}_upgraded"
    with testing.clone("new") as new, testing.server() as server:
        testing.run(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", old)
        testing.run(server, "CREATE DATABASE {}", old)
        with psycopg.connect(testing.address(old), autocommit=True) as line:
            line.execute(gzip.decompress(DUMP.read_bytes()))
            line.execute("SET search_path = public")
            _policies_of_before(line)
        address = {"DATABASE_URL": testing.address(old), "DJANGO_SETTINGS_MODULE": "config.settings"}
        words = [sys.executable, "-m", "django", "migrate", "--verbosity=0"]
        subprocess.run(words, env=os.environ | address, cwd=testing.ROOT, check=True)
        yield old, new
        testing.run(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", old)


@pytest.fixture
def upgraded(names: tuple[str, str], django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The upgraded database as the one that the platform works on."""
    with django_db_blocker.unblock():
        mine = connection.settings_dict["NAME"]
        _turn_to(names[0])
        yield
        _turn_to(mine)


def _turn_to(name: str) -> None:
    connection.close()
    connection.close_pool()  # what it keeps is connected to the other database
    connection.settings_dict["NAME"] = name


# Versions of one policy before they were like every list's: number, state, from which day, golden cases.
POLICIES = (
    (1, "approved", "2026-01-01", ""),
    (2, "approved", "2026-03-01", "two"),
    (3, "approved", "2026-03-01", ""),  # for the same day as the second: it held
    (4, "approved", "2026-02-01", ""),  # approved later, for an earlier day
    (5, "submitted", "2026-09-01", ""),
)
INSERT = """
INSERT INTO benefits_policy_version (id, region, policy, number, title, text, golden, sha256, state, starts_on, note,
    returned, editors, drafted_at, drafted_by_id, approved_at, approved_by_id)
SELECT gen_random_uuid(), '329900', 'yc-old', %(number)s, '一份政策', %(text)s, %(golden)s, '', %(state)s::text, %(day)s::date, '', '',
    ARRAY[a.id], now(), a.id, CASE %(state)s::text WHEN 'approved' THEN now() END, CASE %(state)s::text WHEN 'approved' THEN b.id END
FROM (SELECT id FROM people_user ORDER BY login LIMIT 1) a, (SELECT id FROM people_user ORDER BY login DESC LIMIT 1) b
"""


def _policies_of_before(line: psycopg.Connection[Any]) -> None:
    for number, state, day, golden in POLICIES:
        told = {"number": number, "state": state, "day": day, "golden": golden, "text": f"第{number}版"}
        line.execute(INSERT, told)


# Spellings that a dump changes: casts, brackets and the name of the schema.
SPELLING = re.compile(r"::character varying|::text|\"?public\"?\.|[\s()\[\]]")


def schema(name: str, what: str) -> set[str]:
    with psycopg.connect(testing.address(name)) as line:
        return {SPELLING.sub("", "|".join(map(str, row))) for row in line.execute(SCHEMA[what])}


@pytest.mark.parametrize("what", SCHEMA)
def test_an_upgraded_database_has_the_tables_of_a_new_one(what: str, names: tuple[str, str]) -> None:
    upgraded, new = (schema(name, what) for name in names)
    assert (upgraded - new, new - upgraded) == (set(), set())


def test_no_row_and_no_event_is_lost(upgraded: None) -> None:
    assert (Case.objects.count(), Event.objects.count(), Outbox.objects.count()) == (24, 251, 17)
    assert verify_chains(region="329900") == (251, [])
    assert Stream.objects.filter(pk__in=Case.objects.values("pk")).count() == 24


def test_every_case_is_what_its_events_say(upgraded: None) -> None:
    for case in Case.objects.all():
        assert replay(events_of(case.pk)) == (case.state, case.version)


def test_clocks_and_closed_states_are_as_they_were(upgraded: None) -> None:
    assert Case.objects.exclude(closed_state="").count() == 7
    ended = Case.objects.exclude(clocks_stopped_at=None)
    assert ended.count() == 6
    assert not Clock.objects.filter(case__in=ended, stopped_at=None).exists()


def test_a_policy_in_force_on_a_past_day_still_is(upgraded: None) -> None:
    def held(day: date) -> int | None:
        found = in_force(PolicyVersion, day, region="329900", policy="yc-old")
        return found and found.number

    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28)]
    assert [held(day) for day in days] == [None, 1, 1, 4, 4]
    assert [held(day) for day in (date(2026, 3, 1), date(2026, 10, 1))] == [3, 3]
    third, waiting = PolicyVersion.objects.get(number=3), PolicyVersion.objects.get(number=5)
    assert third.golden == "two", "the golden cases that were said last go on"
    assert (waiting.state, waiting.content_hash) == ("waiting", hash_of(waiting.content()))
