"""Cases: moves, clocks, conflicts, replay."""

import random
import threading
import uuid
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from sanfu.cases import timing
from sanfu.cases.actions import Changes, Opening, open_case, step, sweep
from sanfu.cases.models import Case, Clock
from sanfu.cases.queries import replay
from sanfu.cases.timing import Rule
from sanfu.grassroots.tickets.room import TICKET
from sanfu.kernel.clocks import CHINA, ClockRule, Light, Unit
from sanfu.kernel.flow import Flow, Labelled, Move, pause, resume, start, stop
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.queries import events_of, verify_chains

pytestmark = pytest.mark.django_db
AT = datetime(2025, 9, 26, 2, 0, tzinfo=UTC)  # Friday 10:00 in China, before the 2025 National Day holiday


class S(Labelled):
    NEW = "new", "新"
    WORK = "work", "办理"
    HELD = "held", "挂起"
    DONE = "done", "办结"


class E(Labelled):
    TAKE = "take", "签收"
    HOLD = "hold", "挂起"
    GO_ON = "go_on", "恢复"
    END = "end", "办结"
    ASK = "ask", "催办"


FLOW: Flow[S, E] = Flow(
    name="试验",
    states=S,
    events=E,
    initial=S.NEW,
    final=frozenset({S.DONE}),
    table=(
        Move(E.TAKE, (S.NEW,), S.WORK, who=("t.work",), clocks=(stop("签收"), start("办结"))),
        Move(E.HOLD, (S.WORK,), S.HELD, clocks=(pause(),)),
        Move(E.GO_ON, (S.HELD,), S.WORK, clocks=(resume(),)),
        Move(E.END, (S.WORK,), S.DONE, guard="said", clocks=(stop(),)),
        Move(E.ASK, (S.NEW, S.WORK, S.HELD)),
    ),
    guards=frozenset({"said"}),
)
FIVE_DAYS = Rule(ClockRule(Unit.WORKDAY, 5), source="试验", basis="试验")
THREE_HOURS = Rule(ClockRule(Unit.HOUR, 3), source="试验", basis="试验")
GUARDS = {"said": lambda facts: None if facts else "请先填写答复"}


def officer(*permissions: str) -> Actor:
    return Actor(id=uuid.uuid4(), name="试验员", region="329900", permissions=frozenset(permissions))


def opened() -> Case:
    number = f"T{uuid.uuid4().hex[:8]}"
    opening = Opening(TICKET.code, number, "路灯不亮", clocks={"签收": THREE_HOURS})
    return open_case(opening, FLOW, by=officer(), at=AT)


def take(case: Case, at: datetime = AT, expected: int | None = None) -> None:
    step(
        case.id,
        FLOW,
        E.TAKE,
        by=officer("t.work"),
        at=at,
        expected=expected,
        changes=Changes(clocks={"办结": FIVE_DAYS}),
    )


def test_opening_starts_the_clock_and_records_it() -> None:
    case = opened()
    assert case.due_at == AT + timedelta(hours=3)
    (event,) = events_of(case.id)
    assert (event.kind, event.data["to"]) == ("ticket.open", "new")


def test_a_move_changes_state_clocks_and_log_together() -> None:
    case = opened()
    take(case)
    case.refresh_from_db()
    assert (case.state, case.version) == ("work", 2)
    clocks = {c.name: c for c in case.clocks.all()}
    assert clocks["签收"].stopped_at == AT
    # 9/28 is a make-up workday, 10/1–10/8 are off: 9/28, 9/29, 9/30, 10/9, 10/10
    assert f"{clocks['办结'].due_at.astimezone().date()}" == "2025-10-10"
    assert [e.kind for e in events_of(case.id)] == ["ticket.open", "ticket.take"]


def test_an_impossible_move_says_what_is_possible_and_changes_nothing() -> None:
    case = opened()
    with pytest.raises(Refused, match="签收"):
        step(case.id, FLOW, E.END, by=officer(), at=AT)
    case.refresh_from_db()
    assert (case.state, case.version, len(events_of(case.id))) == ("new", 1, 1)


def test_a_move_without_permission_is_not_allowed() -> None:
    with pytest.raises(NotAllowed):
        step(opened().id, FLOW, E.TAKE, by=officer("t.other"), at=AT)


def test_a_guard_refuses_with_its_reason() -> None:
    case = opened()
    take(case)
    with pytest.raises(Refused, match="请先填写答复"):
        step(case.id, FLOW, E.END, by=officer(), at=AT, guards=GUARDS, facts="")


def test_a_pause_moves_the_due_date_by_its_working_days() -> None:
    case = opened()
    take(case)
    step(case.id, FLOW, E.HOLD, by=officer(), at=AT + timedelta(days=2))  # 9/28
    assert Clock.objects.get(case=case, name="办结").light == Light.PAUSED
    step(case.id, FLOW, E.GO_ON, by=officer(), at=AT + timedelta(days=14))  # 10/10: 29, 30, 9, 10 were paused
    clock = Clock.objects.get(case=case, name="办结")
    assert f"{clock.due_at.astimezone().date()}" == "2025-10-15"  # 11 (make-up), 13, 14, 15 follow 9/28


def test_who_saw_an_old_version_gets_a_conflict_and_nothing_happens() -> None:
    case = opened()
    take(case)
    with pytest.raises(Conflict, match="试验员"):
        step(case.id, FLOW, E.HOLD, by=officer(), at=AT, expected=1)
    assert len(events_of(case.id)) == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_at_once_one_wins() -> None:
    case = opened()
    outcome: list[str] = []
    gate = threading.Barrier(2)

    def act() -> None:
        gate.wait()
        try:
            take(case, expected=1)
            outcome.append("won")
        except Conflict:
            outcome.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome) == ["conflict", "won"]
    assert len(events_of(case.id)) == 2


def test_the_sweep_turns_lights_in_order_and_logs_each() -> None:
    case = opened()
    take(case)
    seen = []
    for day in range(30):
        for lit in sweep(region="329900", by=officer(), at=AT + timedelta(days=day, hours=1)):
            seen.append((f"{AT + timedelta(days=day):%m-%d}", str(lit.light), lit.rung))
    assert seen == [
        ("10-09", "yellow", ""),
        ("10-10", "orange", ""),
        ("10-11", "red", "分管领导"),
        ("10-16", "red", "县督查"),  # the fifth working day after it: 11 (make-up), 13, 14, 15, 16
    ]
    case.refresh_from_db()
    assert case.light == Light.RED
    assert [e.data["light"] for e in events_of(case.id) if e.kind == "ticket.light"] == [
        "yellow",
        "orange",
        "red",
        "red",
    ]


@given(
    rule=st.builds(
        ClockRule,
        unit=st.sampled_from(Unit),
        n=st.integers(0, 60),
        from_next_day=st.booleans(),
        roll=st.booleans(),
        yellow=st.sampled_from([Fraction(1, 2), Fraction(4, 5), Fraction(1)]),
    ),
    at=st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31), timezones=st.sampled_from([UTC, CHINA])),
)
def test_a_clock_begins_as_it_reads_at_its_first_moment(rule: ClockRule, at: datetime) -> None:
    begun = timing.start("办结", Rule(rule), at)
    assert begun == timing.relight(timing.FoldedClock(begun.id, "办结", Rule(rule), at, changed=True), at)


@pytest.mark.parametrize("seed", range(20))
def test_replaying_the_events_gives_the_row(seed: int) -> None:
    rng = random.Random(seed)
    case, at = opened(), AT
    for _ in range(12):
        at += timedelta(hours=rng.randint(1, 60))
        case.refresh_from_db()
        legal = FLOW.legal(S(case.state))
        if not legal:
            break
        event = rng.choice(legal)
        clocks = {"办结": FIVE_DAYS} if event == E.TAKE else {}
        step(
            case.id,
            FLOW,
            event,
            by=officer("t.work"),
            at=at,
            changes=Changes(clocks=clocks),
            guards=GUARDS,
            facts="好",
        )
    case.refresh_from_db()
    assert replay(events_of(case.id)) == (case.state, case.version)
    assert verify_chains(region="329900", stream=case.id)[1] == []
