"""Kept rows, tallies and closed months: equal to the plain formula, to the rows they open to, and never changed."""

import itertools
import random
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pytest
from django.db import DatabaseError, connection, transaction

from sanfu.grassroots.tickets import actions as tickets
from sanfu.kernel.indicators.formula import Measure, tally
from sanfu.measure import passes, reading
from sanfu.measure.actions import freezing, store
from sanfu.measure.book import formulas
from sanfu.measure.counting import COUNTY, NO_UNIT
from sanfu.measure.models import Closing, Row, Tally
from sanfu.measure.wording import POSTGRESQL, SPARK, PostgreSQL
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.models import Event
from tests.histories import REGION, lived, taken, two_months, unit, who
from tests.spark import needs_spark, spark, table

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.usefixtures("county", "seeding", "months")]
Ask = Callable[[str, list[Any]], list[tuple[Any, ...]]]  # a statement and its parameters → rows
NOW = datetime(2026, 6, 30, 4, 0, tzinfo=UTC)
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
CAST = (
    "zhengju",
    "wushuang",
    "chenfang",
    "zhouli",
    "qianjin",
    "hetao",
    "songci",
    "tangbu",
    "jiangyu",
    "linadmin",
)


@pytest.fixture(scope="module")
def months(seeding: Any, _people: None) -> None:
    with seeding():
        two_months()
        store.rebuild(region=REGION, at=NOW)


def china_month(moment: datetime | None) -> date | None:
    return None if moment is None else (moment + timedelta(hours=8)).date().replace(day=1)


def test_sixty_indicators_ship_and_tallies_equal_the_plain_formula() -> None:
    assert len(formulas()) >= 60
    rows = list(Row.objects.filter(region=REGION))
    for one in formulas().values():
        mine = [r for r in rows if r.kind == one.kind.code and (not one.only or r.stratum in one.only)]
        for month in (MARCH, APRIL):
            inside = [
                r for r in mine if china_month(getattr(r, one.kind.column_of_moment(one.month))) == month
            ]
            kept = {t.unit: t for t in Tally.objects.filter(indicator=one.id, month=month)}
            for mark in {COUNTY, *(r.unit or NO_UNIT for r in inside)}:
                plain = tally(
                    one,
                    [
                        (r.bits, {n: getattr(r, one.kind.column_of_value(n)) for n in one.kind.values})
                        for r in inside
                        if mark in (COUNTY, r.unit or NO_UNIT)
                    ],
                )
                found = kept.get(mark)
                assert (plain.rows, plain.hits) == ((found.rows, found.hits) if found else (0, 0)), one.id
                if one.value and found and one.measure is not Measure.QUANTILE:
                    assert abs(float(plain.total) - (found.total or 0)) < 1e-6
            units = [t.rows for mark, t in kept.items() if mark != COUNTY]
            assert sum(units) == (kept[COUNTY].rows if COUNTY in kept else 0)


def test_every_cell_equals_the_rows_that_it_opens_to_for_everybody_live_and_frozen() -> None:
    closing = freezing.close(MARCH, by=who("wushuang"), at=NOW)
    dice = random.Random(3)
    looked = 0
    for login in CAST:
        actor = who(login)
        for frozen in (None, closing):
            cells = reading.cells(
                actor, formulas().values(), [MARCH, APRIL] if frozen is None else [MARCH], frozen
            )
            for cell in dice.sample(cells, min(len(cells), 40)):
                one = formulas()[cell.indicator]
                opened = reading.opened(actor, one, cell.month, cell.unit, closing=frozen)
                assert len(opened) == cell.rows, (login, cell)
                if one.hit:
                    assert len(reading.opened(actor, one, cell.month, cell.unit, "hit", frozen)) == cell.hits
                looked += 1
    assert looked > 200
    assert not [c for c in reading.cells(who("linadmin"), formulas().values(), [MARCH]) if c.rows]
    own = {c.unit for c in reading.cells(who("zhouli"), [formulas()["satisfaction"]], [MARCH])}
    assert own <= {COUNTY, unit("CGJ").id}


def kept(kinds: dict[str, str]) -> tuple[dict[str, str], list[list[Any]]]:
    """The columns of the kept rows of this database, each with the type that `kinds` gives its own, and the rows."""
    names = [field.column for field in Row._meta.concrete_fields if field.column]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'measure_row'"
        )
        types = {name: kinds.get(kind, kinds["else"]) for name, kind in cursor.fetchall()}
    return {name: types[name] for name in names}, [list(row) for row in Row.objects.values_list(*names)]


@contextmanager
def in_duckdb() -> Iterator[Ask]:
    columns, rows = kept(
        {
            "uuid": "UUID", "timestamp with time zone": "TIMESTAMPTZ", "double precision": "DOUBLE",
            "bigint": "BIGINT", "integer": "BIGINT", "else": "VARCHAR",
        }
    )  # fmt: skip
    duck = duckdb.connect()
    duck.execute(
        "CREATE TABLE measure_row (" + ", ".join(f"{name} {columns[name]}" for name in columns) + ")"
    )
    duck.executemany(f"INSERT INTO measure_row VALUES ({', '.join('?' * len(columns))})", rows)
    # The same function under DuckDB: how many of the edges lie at or before a moment.
    duck.execute("CREATE MACRO width_bucket(x, edges) AS len(list_filter(edges, lambda edge: edge <= x))")
    yield lambda text, params: duck.execute(text.replace("%s", "?"), params).fetchall()


@contextmanager
def in_spark() -> Iterator[Ask]:
    columns, rows = kept(
        {
            "timestamp with time zone": "TIMESTAMP", "double precision": "DOUBLE", "bigint": "BIGINT",
            "integer": "BIGINT", "else": "STRING",
        }
    )  # fmt: skip
    with spark() as session:
        from pyspark.sql import functions

        texts = [[str(v) if isinstance(v, uuid.UUID) else v for v in row] for row in rows]
        table(session, "measure_row", columns, texts)

        def ask(text: str, params: list[Any]) -> list[tuple[Any, ...]]:
            said = [functions.array(*map(functions.lit, p)) if isinstance(p, list) else p for p in params]
            found = session.sql(text.replace("%s", "?"), args=said).collect()
            return [(number, uuid.UUID(unit), *rest) for number, unit, *rest in found]

        yield ask


@pytest.mark.parametrize(
    ("engine", "words"),
    [(in_duckdb, POSTGRESQL), pytest.param(in_spark, SPARK, marks=needs_spark)],
    ids=["duckdb", "spark"],
)
def test_another_engine_counts_the_same_cells(engine: Any, words: PostgreSQL) -> None:
    source, compared = store.live(REGION), 0
    with engine() as ask:
        for some, months in itertools.product(passes.readings(formulas().values()), (None, [MARCH])):
            with connection.cursor() as cursor:
                cursor.execute(*passes.grouped(source, some, months))
                expected = {tuple(row[:4]): row[4] for row in cursor.fetchall()}
            found = {tuple(row[:4]): row[4] for row in ask(*passes.grouped(source, some, months, words))}
            assert found.keys() == expected.keys()
            for place, numbers in expected.items():
                for mine, theirs in zip(found[place], numbers, strict=True):
                    assert mine == (None if theirs is None else pytest.approx(theirs)), place
                compared += len(numbers)
    assert compared > 500


def test_a_refresh_equals_a_rebuild_and_twice_is_once() -> None:
    source = random.Random(11)
    for day in range(4):
        lived(source, datetime(2026, 5, 4 + day, 2, 0, tzinfo=UTC))
    later = NOW + timedelta(days=2)
    assert store.refresh(region=REGION, at=later).cases >= 4
    refreshed = snapshot()
    store.refresh(region=REGION, at=later)
    assert snapshot() == refreshed
    store.rebuild(region=REGION, at=later)
    assert snapshot() == refreshed


def test_a_cell_that_counts_nothing_any_more_goes_with_the_refresh() -> None:
    at = NOW + timedelta(days=40)
    ticket = taken(at)
    store.refresh(region=REGION, at=at + timedelta(hours=1))
    waiting = Tally.objects.filter(unit=NO_UNIT, indicator="opened-ticket", month=at.date().replace(day=1))
    assert waiting.get().rows == 1
    tickets.dispatch(ticket, unit("CGJ"), reason="清单", by=who("chenfang"), at=at + timedelta(hours=2))
    store.refresh(region=REGION, at=at + timedelta(hours=3))
    assert not waiting.exists()
    refreshed = snapshot()
    store.rebuild(region=REGION, at=at + timedelta(hours=3))
    assert snapshot() == refreshed


def snapshot() -> tuple[Any, Any]:
    rows = sorted(
        Row.objects.values_list("kind", "row_id", "bits", "unit", "m1", "m2", "m3", "v1", "v2"), key=str
    )
    cells = sorted(
        Tally.objects.values_list("month", "indicator", "unit", "rows", "hits", "total", "value"), key=str
    )
    return rows, cells


def test_what_becomes_late_by_time_alone_is_refreshed() -> None:
    from sanfu.grassroots.tickets import actions

    ticket = taken(datetime(2026, 5, 4, 2, 0, tzinfo=UTC))
    actions.dispatch(
        ticket, unit("CGJ"), reason="清单", by=who("chenfang"), at=datetime(2026, 5, 4, 3, 0, tzinfo=UTC)
    )
    store.rebuild(region=REGION, at=datetime(2026, 5, 4, 4, 0, tzinfo=UTC))
    kind = formulas()["overdue-ticket"].kind
    row = Row.objects.get(kind="cases", row_id=ticket.pk)
    assert not row.bits & kind.bit("overdue")
    assert row.stale_at is not None
    store.refresh(region=REGION, at=row.stale_at + timedelta(seconds=1))
    assert Row.objects.get(kind="cases", row_id=ticket.pk).bits & kind.bit("overdue")


def test_a_closed_month_stays_byte_for_byte_whatever_comes_later() -> None:
    closing = freezing.close(MARCH, by=who("wushuang"), at=NOW)
    before = frozen_bytes(closing)
    assert freezing.verified(closing)
    assert Event.objects.get(stream=closing.id, kind="measure.month_closed").data["digest"] == closing.digest
    lived(random.Random(5), datetime(2026, 3, 9, 2, 0, tzinfo=UTC))  # entered late, took effect in March
    store.refresh(region=REGION, at=NOW + timedelta(hours=1))
    Row.objects.filter(kind="orders").update(unit=unit("SWJ").id)
    late = freezing.late(closing)
    assert late.added >= 1
    assert late.changed >= 1
    assert frozen_bytes(closing) == before
    assert freezing.verified(closing)
    with pytest.raises(DatabaseError), transaction.atomic():
        closing.frozen_cells.update(rows=0)
    with pytest.raises(DatabaseError), transaction.atomic():
        Closing.objects.filter(id=closing.id).delete()


def frozen_bytes(closing: Closing) -> Any:
    cells = sorted(
        closing.frozen_cells.values_list("indicator", "unit", "rows", "hits", "total", "value"), key=str
    )
    return cells, sorted(closing.frozen_rows.values_list("kind", "row_id", "bits", "unit"), key=str)


def test_closing_is_refused_in_words_and_happens_once() -> None:
    with pytest.raises(Refused, match="还没有结束"):
        freezing.close(date(2026, 6, 1), by=who("wushuang"), at=NOW)
    with pytest.raises(NotAllowed):
        freezing.close(MARCH, by=who("sunwei"), at=NOW)
    freezing.close(MARCH, by=who("wushuang"), at=NOW)
    with pytest.raises(Conflict, match="吴霜"):
        freezing.close(MARCH, by=who("wushuang"), at=NOW)
    assert Closing.objects.count() == 1


def test_a_correction_takes_two_persons_and_keeps_the_old_figure() -> None:
    asker, leader = who("wushuang"), who("zhengju")
    closing = freezing.close(MARCH, by=asker, at=NOW)
    with pytest.raises(Refused, match="没有可更正"):
        freezing.ask_correction(
            closing, "opened-ticket", COUNTY, reason="late", note="补录", by=asker, at=NOW
        )
    late = taken(datetime(2026, 3, 9, 2, 0, tzinfo=UTC))
    taken(datetime(2026, 4, 9, 2, 0, tzinfo=UTC))  # another month's
    later = NOW + timedelta(hours=1)
    store.refresh(region=REGION, at=later)
    old = freezing.current(closing, "opened-ticket")
    with pytest.raises(Refused, match="原因"):
        freezing.ask_correction(
            closing, "opened-ticket", COUNTY, reason="taste", note="补录", by=asker, at=later
        )
    asked = freezing.ask_correction(
        closing, "opened-ticket", COUNTY, reason="late", note="3月9日来电漏登", by=asker, at=later
    )
    with pytest.raises(Conflict):
        freezing.ask_correction(
            closing, "opened-ticket", COUNTY, reason="late", note="再次", by=asker, at=later
        )
    written = Event.objects.filter(stream=late.pk).order_by("seq")
    assert [one["id"] for one in asked.events] == [str(one.pk) for one in written]
    nobody = Actor(id=None, name="访客", region=REGION, permissions=frozenset({"measure.see"}))
    (named,), (unnamed,) = (reading.causes(one, [asked])[asked.id] for one in (leader, nobody))
    assert (named["number"], named["events"]) == (late.case.number, len(written))
    assert (unnamed["number"], unnamed["events"]) == ("", len(written))  # who does not see the order
    with pytest.raises(NotAllowed):
        freezing.decide_correction(asked.id, approve=True, by=asker, at=later)
    assert freezing.current(closing, "opened-ticket") == old
    freezing.decide_correction(asked.id, approve=True, by=leader, at=later)
    with pytest.raises(Conflict):
        freezing.decide_correction(asked.id, approve=False, by=leader, at=later)
    assert old is not None
    assert freezing.current(closing, "opened-ticket") == (old[0] + 1, 0)
    assert freezing.current(closing, "opened-ticket", on=NOW) == old
    assert freezing.current(closing, "opened-ticket", on=NOW - timedelta(days=1)) is None
    assert closing.frozen_cells.get(indicator="opened-ticket", unit=COUNTY).rows == old[0]
    assert freezing.verified(closing)


def test_tables_that_were_filled_and_never_looked_at_are_looked_at_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After an import the planner knows nothing; counts of a test's own rows are told to nobody, so the question is given."""
    with connection.cursor() as cursor:
        cursor.execute(store.UNKNOWN)  # the real one can be asked
        monkeypatch.setattr(store, "UNKNOWN", "SELECT 'tickets_ticket, measure_row'")
        before = reltuples(cursor)
        store.refresh(region=REGION, at=NOW)
        assert before != reltuples(cursor) == Row.objects.count()


def reltuples(cursor: Any) -> int:
    """How many rows the planner believes in."""
    cursor.execute("SELECT reltuples::int FROM pg_class WHERE oid = 'measure_row'::regclass")
    return int(cursor.fetchone()[0])
