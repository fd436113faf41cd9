"""The log: one chain per stream, append-only in the database, delivered once."""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, DataError, connection, transaction
from django.test import override_settings

from sanfu.records.actions import append, deliver_outbox, next_number, number, remember
from sanfu.records.actor import machine
from sanfu.records.models import Event, Outbox, Stream
from sanfu.records.prepared import Statement
from sanfu.records.queries import events_of, result_of, verify_chains

pytestmark = pytest.mark.django_db
BY = machine("329900", "测试")
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HEARD: list[uuid.UUID] = []


def hear(event: Event) -> None:
    HEARD.append(event.id)


def fail(event: Event) -> None:
    raise ValueError("listener is down")


def three_events() -> uuid.UUID:
    stream = uuid.uuid4()
    with transaction.atomic():
        for n in range(3):
            append(stream=stream, kind="test.happened", by=BY, at=AT, data={"n": n, "字": "甲"})
    return stream


def tamper(sql: str, *arguments: object) -> None:
    """Write around the guards, as somebody with the keys of the database could."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, list(arguments))
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_events_of_a_stream_are_numbered_and_linked() -> None:
    events = events_of(three_events())
    assert [e.seq for e in events] == [1, 2, 3]
    assert [bytes(e.previous) for e in events[1:]] == [bytes(e.hash) for e in events[:-1]]
    assert verify_chains(region="329900")[1] == []


@pytest.mark.django_db(transaction=True)
def test_an_event_is_written_only_inside_the_transaction_of_its_change() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        append(stream=uuid.uuid4(), kind="test.happened", by=BY, at=AT)


@pytest.mark.parametrize("sql", ["UPDATE records_event SET kind = 'x'", "DELETE FROM records_event"])
def test_the_database_refuses_to_change_history(sql: str) -> None:
    three_events()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_changed_data_is_found() -> None:
    stream = three_events()
    tamper("""UPDATE records_event SET data = '{"n": 9}' WHERE stream = %s AND seq = 2""", stream)
    assert [(f.seq, f.what) for f in verify_chains(region="329900")[1]] == [(2, "内容与哈希不符")]


def test_a_removed_event_is_found() -> None:
    stream = three_events()
    tamper("DELETE FROM records_event WHERE stream = %s AND seq = 2", stream)
    assert {f.seq for f in verify_chains(region="329900")[1]} == {3}


def test_a_cut_tail_is_found() -> None:
    stream = three_events()
    tamper("DELETE FROM records_event WHERE stream = %s AND seq = 3", stream)
    assert [f.what for f in verify_chains(region="329900")[1]] == ["末尾缺失"]


def test_one_stream_can_be_verified_alone() -> None:
    good, bad = three_events(), three_events()
    tamper("""UPDATE records_event SET data = '{}' WHERE stream = %s AND seq = 1""", bad)
    assert verify_chains(region="329900", stream=good) == (3, [])
    assert len(verify_chains(region="329900", stream=bad)[1]) == 1


def test_waiting_events_reach_their_handlers_once() -> None:
    HEARD.clear()
    with override_settings(SANFU_EVENT_HANDLERS={"test.happened": [f"{__name__}.hear"]}):
        stream = three_events()
        assert deliver_outbox() == 3
        assert deliver_outbox() == 0
    assert [e.id for e in events_of(stream)] == HEARD


def test_a_failing_handler_keeps_its_event_with_the_error() -> None:
    with override_settings(SANFU_EVENT_HANDLERS={"test.happened": [f"{__name__}.fail"]}):
        three_events()
        assert deliver_outbox() == 0
    assert set(Outbox.objects.values_list("attempts", "error")) == {(1, "ValueError('listener is down')")}


def test_business_numbers_of_new_years_night_carry_the_new_year() -> None:
    old = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
    new = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert number("NY", by=BY, at=old) == "NY2026000001"
    assert [number("NY", by=BY, at=new) for _ in range(2)] == ["NY2027000001", "NY2027000002"]
    assert number("夜", by=BY, at=new, digits=4, join="-") == "夜2027-0001", "a prefix counts for itself"


def test_numbers_count_up_per_kind_and_year() -> None:
    drawn = [next_number(region="329900", kind="T", year=y) for y in (2026, 2026, 2027)]
    assert drawn == [1, 2, 1]


def test_a_submission_key_is_kept_once() -> None:
    first, second = uuid.uuid4(), uuid.uuid4()
    assert remember(scope="t", key="k", result=first, by=BY, at=AT)
    assert not remember(scope="t", key="k", result=second, by=BY, at=AT)
    assert result_of(region="329900", scope="t", key="k") == first


@pytest.mark.parametrize("threshold", [5, None])
def test_a_prepared_statement_gives_one_value_and_fails_as_any_other(threshold: int | None) -> None:
    """None is how a connection behind a pooler that loses prepared statements is set."""
    add = Statement("t_add", "SELECT $1::int + $2::int")
    same = Statement("t_same", "SELECT $1::text")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    connection.connection.prepare_threshold = threshold
    assert [add.value((1, 2)), add.value((1, None)), same.value(("甲'\\",)), same.value(("",))] == [
        "3",
        None,
        "甲'\\",
        "",
    ]
    with pytest.raises(DataError), transaction.atomic():
        add.value(("x", 1))
    assert add.value((2, 2)) == "4", "the transaction around it goes on"


@pytest.mark.django_db(transaction=True)
def test_a_prepared_statement_is_part_of_the_transaction_it_begins() -> None:
    stream = uuid.uuid4()
    head = Statement(
        "t_head",
        "INSERT INTO records_stream (id, region, seq, head) VALUES ($1::uuid, '329900', 0, '') RETURNING seq",
    )

    @transaction.atomic
    def write_and_stumble() -> None:
        head.value((stream,))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_stumble()
    assert not Stream.objects.filter(pk=stream).exists()


def test_two_character_words_are_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bigrams('石浦渔港路灯') @@ bigram_query('路灯'), bigrams('石浦港') @@ bigram_query('石港')"
        )
        assert cursor.fetchone() == (True, False)


@pytest.mark.parametrize("word", ["a\\b", "it's", "''", "路灯\\", "& | !", "(路灯)", ":*灯"])
def test_any_word_can_be_searched_for(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT bigrams(%s) @@ bigram_query(%s)", [f"前{word}后", word])
        assert cursor.fetchone() == (True,)
