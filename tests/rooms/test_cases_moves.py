"""A move in one round trip gives what the kernel would have decided; parts and words follow their case."""

import random
import re
import threading
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F, Q

from sanfu.cases.actions import Changes, Opening, open_case, step, stepping, sweep, write_closed_states
from sanfu.cases.models import Case, Clock, ClockRow, Part, Words
from sanfu.cases.move import quick
from sanfu.cases.queries import DUE, OPEN, find_text, in_light, in_state, visible
from sanfu.cases.states import Capacity
from sanfu.cases.timing import Rule
from sanfu.grassroots.tickets.room import TICKET
from sanfu.kernel.clocks import ClockError, ClockRule, Light, Unit
from sanfu.kernel.flow import Flow, Labelled, Move, pause, resume, start, stop
from sanfu.people.models import Organisation
from sanfu.people.scope import Parts
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Conflict, Refused
from sanfu.records.models import Stream
from sanfu.records.queries import events_of, verify_chains
from tests.rooms import test_cases as trial

pytestmark = pytest.mark.django_db
HOURS = Rule(ClockRule(Unit.WORKHOUR, Fraction(20)), source="试验", basis="试验")
DAYS = Rule(ClockRule(Unit.DAY, Fraction(12)), source="试验", basis="试验")


class R(Labelled):
    OPEN = "open", "办理"
    HELD = "held", "挂起"
    CLOSED = "closed", "办结"
    GONE = "gone", "归档"


class D(Labelled):
    TAKE = "take", "签收"
    HOLD = "hold", "挂起"
    GO_ON = "go_on", "恢复"
    CLOSE = "close", "办结"
    AGAIN = "again", "重办"
    OVER = "over", "重新计时"
    ASK = "ask", "催办"
    FILE = "file", "归档"


REOPENING: Flow[R, D] = Flow(
    name="重办试验",
    states=R,
    events=D,
    initial=R.OPEN,
    final=frozenset({R.GONE}),
    groups={"closed": frozenset({R.CLOSED, R.GONE})},
    table=(
        Move(D.TAKE, (R.OPEN,), R.OPEN, clocks=(stop("签收"), start("办结"))),
        Move(D.HOLD, (R.OPEN,), R.HELD, clocks=(pause(),)),
        Move(D.GO_ON, (R.HELD,), R.OPEN, clocks=(resume(),)),
        Move(D.CLOSE, (R.OPEN, R.HELD), R.CLOSED, clocks=(stop(),)),
        Move(D.AGAIN, (R.CLOSED,), R.OPEN, clocks=(start("办结"),)),
        Move(D.OVER, (R.OPEN, R.CLOSED), R.OPEN, clocks=(stop(), start("办结"))),
        Move(D.ASK, (R.OPEN, R.HELD, R.CLOSED)),
        Move(D.FILE, (R.CLOSED,), R.GONE, clocks=(stop(),)),
    ),
)
COLUMNS = (
    "state",
    "version",
    "title",
    "urgency",
    "lead_id",
    "units",
    "due_at",
    "light",
    "closed_at",
    "pinned",
    "data",
)
CLOCK = (
    "name",
    "rule",
    "started_at",
    "pauses",
    "stopped_at",
    "due_at",
    "provisional",
    "light",
    "rung",
    "next_check_at",
)


def standing(case: Case) -> dict[str, Any]:
    """Everything that a history leaves behind, without the ids that differ."""
    row = Case.objects.get(pk=case.pk)
    clocks = list(row.clocks.order_by("name", "started_at", "stopped_at").values(*CLOCK))
    events = [(e.seq, e.kind, e.at, e.by_name, told(e.data)) for e in events_of(case.pk)]
    parts = set(row.parts.values_list("capacity", "party", "kind", "opened_at"))
    return {
        **{name: getattr(row, name) for name in COLUMNS},
        "clocks": clocks,
        "events": events,
        "parts": parts,
    }


def told(data: dict[str, Any]) -> dict[str, Any]:
    clocks = {name: datetime.fromisoformat(due) for name, due in data.get("clocks", {}).items()}
    return {**{key: value for key, value in data.items() if key != "number"}, "clocks": clocks}


def opened(
    *, units: frozenset[uuid.UUID] = frozenset(), title: str = "路灯不亮", flow: Any = trial.FLOW, **more: Any
) -> Case:
    opening = Opening(
        TICKET.code, f"T{uuid.uuid4().hex[:8]}", title, units=units, clocks={"签收": trial.THREE_HOURS, "时限": DAYS},
        **more,
    )  # fmt: skip
    return open_case(opening, flow, by=trial.officer(), at=trial.AT)


def random_changes(rng: random.Random, event: Any, units: list[uuid.UUID]) -> Changes:
    clocks = {"办结": trial.FIVE_DAYS} if str(event) in ("take", "again", "over") else {}
    if rng.random() < 0.3:
        clocks[rng.choice(["时限", "回访"])] = rng.choice([HOURS, DAYS, trial.THREE_HOURS])
    return Changes(
        clocks=clocks,
        title=rng.choice([None, None, "井盖“破损”, {甲}"]),
        urgency=rng.choice([None, "urgent"]),
        lead=rng.choice([None, *units]),
        clear_lead=rng.random() < 0.1,
        add_units=frozenset(rng.sample(units, rng.randint(0, 2))),
        extend={"时限": 2} if rng.random() < 0.05 else {},
        pinned=rng.choice([None, {"list": "requests@4"}]),
        data=rng.choice([{}, {"n": rng.random(), "字": "甲"}]),
    )


def attempt(
    case: Case, flow: Any, event: Any, by: Actor, at: datetime, more: dict[str, Any]
) -> tuple[str, str]:
    """States before and after, or what was refused and why: a pause cannot end before it began, for example."""
    try:
        done = step(case.id, flow, event, by=by, at=at, guards=trial.GUARDS, facts="好", **more)
    except (Refused, ClockError) as refused:
        return type(refused).__name__, str(refused)
    return done.before, done.after


SEEDS = [*range(15), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(15, 60))]


@pytest.mark.parametrize("flow", [trial.FLOW, REOPENING], ids=["once", "reopening"])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_short_way_and_the_long_way_leave_the_same(
    seed: int, flow: Any, county: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(seed)
    units = list(
        Organisation.objects.filter(kind="department").order_by("code").values_list("pk", flat=True)[:4]
    )
    short, long, at = opened(flow=flow), opened(flow=flow), trial.AT
    by = trial.officer("t.work")
    for _ in range(14):
        at += timedelta(hours=rng.choice([-2, 0, 1, 5, 30, 100]), microseconds=rng.choice([0, 7]))
        if rng.random() < 0.3:
            sweep(region="329900", by=trial.officer(), at=at)
        if rng.random() < 0.4:
            write_closed_states(region="329900")
        legal = flow.legal(flow.states(Case.objects.get(pk=short.pk).state))
        if not legal:
            break
        event = rng.choice(legal)
        more = {"changes": random_changes(rng, event, units), "data": {"note": "说明"}}
        if rng.random() < 0.4:
            more = {}  # nothing but the move: the statement that knows its plan
        made = attempt(short, flow, event, by, at, more)
        with monkeypatch.context() as patch:
            patch.setattr(quick, "plan_of", lambda flow, event: None)
            assert attempt(long, flow, event, by, at, more) == made
        assert standing(short) == standing(long)
        assert_found_by_index_as_by_reading(flow)
    assert verify_chains(region="329900")[1] == []


def assert_found_by_index_as_by_reading(flow: Any) -> None:
    """What lists ask for, said so that an index helps, are the same cases as said plainly."""
    ways = [
        (OPEN, Q(closed_at=None)),
        (DUE, Q(due_at__isnull=False)),
        *((in_state(flow, state), Q(state=state)) for state in flow.states),
        *((in_light(light), Q(light=light, due_at__isnull=False)) for light in Light),
    ]
    for asked, plainly in ways:
        assert set(Case.objects.filter(asked)) == set(Case.objects.filter(plainly)), asked


def closed() -> tuple[Case, datetime]:
    """A case of two green clocks that was closed, and when."""
    case, at = opened(flow=REOPENING), trial.AT + timedelta(hours=1)
    step(case.id, REOPENING, D.CLOSE, by=trial.officer(), at=at)
    return case, at


def test_a_move_that_stops_all_clocks_writes_none_of_them() -> None:
    case, at = closed()
    assert list(ClockRow.objects.filter(case=case).values_list("stopped_at", flat=True)) == [None, None]
    shown = Clock.objects.filter(case=case).values_list("name", "stopped_at", "light", "next_check_at")
    assert sorted(shown) == [("时限", at, "green", None), ("签收", at, "green", None)]
    assert not case.clocks.filter(stopped_at=None).exists()


def test_the_sweep_passes_over_clocks_that_stopped_with_their_case() -> None:
    case, at = closed()
    long_after = at + timedelta(days=60)
    assert sweep(region="329900", by=trial.officer(), at=long_after) == []
    assert not ClockRow.objects.filter(case=case, next_check_at__isnull=False).exists(), "met once"
    assert [event.kind for event in events_of(case.pk)] == ["ticket.open", "ticket.close"]
    assert Case.objects.get(pk=case.pk).light == Light.GREEN


def test_closing_again_leaves_the_moment_of_the_first_time() -> None:
    case, at = closed()
    step(case.id, REOPENING, D.FILE, by=trial.officer(), at=at + timedelta(days=3))
    assert set(Clock.objects.filter(case=case).values_list("stopped_at", flat=True)) == {at}


@pytest.mark.parametrize("way", ["short", "long"])
def test_whoever_starts_a_clock_again_writes_down_when_the_others_stopped(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, at = closed()
    if way == "long":
        monkeypatch.setattr(quick, "plan_of", lambda flow, event: None)
    again = at + timedelta(days=2)
    rules = Changes(clocks={"办结": trial.FIVE_DAYS})
    step(case.id, REOPENING, D.AGAIN, by=trial.officer(), at=again, changes=rules)
    kept = ClockRow.objects.filter(case=case).values_list("name", "stopped_at")
    assert sorted(kept) == [("办结", None), ("时限", at), ("签收", at)]
    assert list(case.clocks.filter(stopped_at=None).values_list("name", "started_at")) == [("办结", again)]


def test_the_head_of_a_case_is_in_its_stream_and_nowhere_else() -> None:
    case = opened()
    trial.take(case)
    with transaction.atomic():
        append(stream=case.id, kind="ticket.looked", by=trial.officer(), at=trial.AT)
    head, last = Stream.objects.get(pk=case.pk), list(events_of(case.pk))[-1]
    assert (head.seq, bytes(head.head)) == (3, bytes(last.hash))


def test_no_table_inherits_from_another() -> None:
    """A distributed or partitioned table can neither inherit nor be inherited from (ADR 11)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits")
        assert cursor.fetchall() == []


def test_what_was_appended_meanwhile_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look at the order between reading and deciding: the chain goes on behind it, and the move is made."""
    case = opened()
    reading: Callable[[uuid.UUID], Any] = stepping._read

    def noted(of: uuid.UUID) -> Any:
        now = reading(of)
        with transaction.atomic():
            append(stream=of, kind="ticket.looked", by=trial.officer(), at=trial.AT)
        return now

    monkeypatch.setattr(stepping, "_read", noted)
    trial.take(case)
    step(case.id, trial.FLOW, trial.E.HOLD, by=trial.officer(), at=trial.AT)  # a pause needs the kernel
    kinds = [event.kind for event in events_of(case.pk)]
    assert kinds == ["ticket.open", "ticket.take", "ticket.looked", "ticket.hold"]
    assert verify_chains(region="329900", stream=case.id)[1] == []


def test_stops_and_starts_are_one_round_trip_and_pauses_two(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[uuid.UUID] = []
    reading: Callable[[uuid.UUID], Any] = stepping._read

    def noted(case: uuid.UUID) -> Any:
        read.append(case)
        return reading(case)

    monkeypatch.setattr(stepping, "_read", noted)
    case = opened()
    trial.take(case)
    assert read == []
    step(case.id, trial.FLOW, trial.E.HOLD, by=trial.officer(), at=trial.AT)
    assert read == [case.id]


def test_a_stale_version_loses_on_the_short_way_too() -> None:
    case = opened()
    trial.take(case, expected=1)
    with pytest.raises(Conflict):
        step(case.id, trial.FLOW, trial.E.ASK, by=trial.officer(), at=trial.AT, expected=1)
    assert len(events_of(case.id)) == 2


def test_a_move_is_undone_with_the_transaction_it_is_part_of() -> None:
    case = opened()

    @transaction.atomic
    def take_and_stumble() -> None:
        trial.take(case)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        take_and_stumble()
    case.refresh_from_db()
    assert (case.state, case.version, len(events_of(case.id))) == ("new", 1, 1)


def seen_by(*units: uuid.UUID, person: uuid.UUID | None = None) -> set[uuid.UUID]:
    actor = Actor(
        id=person or uuid.uuid4(),
        name="经办",
        region="329900",
        units=frozenset(units),
        permissions=frozenset({"t.see"}),
    )
    parts = Parts(see="t.see", see_all="t.all", units="units", person="applicant")
    return set(visible(actor, TICKET.code, parts).values_list("pk", flat=True))


def test_a_case_shows_itself_to_its_parts_and_to_nobody_it_is_withheld_from() -> None:
    one, other = uuid.uuid4(), uuid.uuid4()
    case = opened(units=frozenset({one, other}))
    assert seen_by(one) == seen_by(other) == {case.pk}
    Case.objects.filter(pk=case.pk).update(withheld=[one])
    assert (seen_by(one), seen_by(other)) == (set(), {case.pk})
    Case.objects.filter(pk=case.pk).update(units=[one])
    assert (seen_by(one), seen_by(other)) == (set(), set())
    assert not Part.objects.filter(case=case, capacity=Capacity.UNIT).exists()


def test_a_case_withheld_from_a_unit_is_not_seen_through_a_part_of_its_subordinate() -> None:
    reported, below, desk = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    case = opened(units=frozenset({below, desk}))
    assert seen_by(reported, below) == {case.pk}
    Case.objects.filter(pk=case.pk).update(withheld=[reported])
    assert seen_by(reported, below) == set()
    assert seen_by(below) == seen_by(desk) == {case.pk}


def test_words_follow_the_title() -> None:
    case = opened(title="路灯不亮")
    step(case.id, trial.FLOW, trial.E.ASK, by=trial.officer(), at=trial.AT, changes=Changes(title="井盖破损"))
    found = {
        word: find_text(Case.objects.all(), word).exists() for word in ("路灯", "井盖", "盖破损", case.number)
    }
    assert found == {"路灯": False, "井盖": True, "盖破损": True, case.number: True}
    assert Words.objects.count() == 1


def test_the_sweep_writes_the_state_of_a_closed_case_and_a_move_empties_it() -> None:
    case, at = closed()
    case.refresh_from_db()
    assert (case.state, case.closed_state) == ("closed", "")
    assert write_closed_states(region="329900") == 1
    assert write_closed_states(region="329900") == 0
    case.refresh_from_db()
    assert case.closed_state == "closed"
    step(case.id, REOPENING, D.FILE, by=trial.officer(), at=at)
    case.refresh_from_db()
    assert (case.state, case.closed_state) == ("gone", "")


def test_a_case_with_a_running_clock_has_no_closed_state() -> None:
    case, _ = closed()
    Case.objects.filter(pk=case.pk).update(due_at=F("opened_at"))
    assert write_closed_states(region="329900") == 0


@pytest.mark.django_db(transaction=True)
def test_a_case_that_somebody_moves_is_left_for_the_next_sweep() -> None:
    closed()
    found: list[int] = []

    def elsewhere() -> None:
        found.append(write_closed_states(region="329900"))
        connection.close()

    with transaction.atomic():
        Case.objects.select_for_update().get()
        other = threading.Thread(target=elsewhere)
        other.start()
        other.join()
    assert found == [0]
    assert write_closed_states(region="329900") == 1


@pytest.mark.django_db(transaction=True)
def test_a_light_that_changes_while_a_move_waits_is_not_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep makes the light yellow between reading and writing: the quick way must see it and leave it to the kernel."""
    case = opened()
    read: list[uuid.UUID] = []
    reading: Callable[[uuid.UUID], Any] = stepping._read
    monkeypatch.setattr(stepping, "_read", lambda of: read.append(of) or reading(of))

    def elsewhere() -> None:
        trial.take(case)
        connection.close()

    other = threading.Thread(target=elsewhere)
    with transaction.atomic():
        Case.objects.filter(pk=case.pk).update(light=Light.YELLOW)
        other.start()
        while not waiting_for_a_lock():
            time.sleep(0.01)
    other.join()
    assert read == [case.id]


def waiting_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


def test_no_index_is_of_what_a_move_changes() -> None:
    """So that PostgreSQL writes the case alone: a heap-only update."""
    moved = {"state", "version", "due_at", "light", "closed_at", "green_until", "clocks_stopped_at"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'cases_case'")
        written = " ".join(text for (text,) in cursor.fetchall())
    assert not moved & set(re.findall(r"\w+", written))
