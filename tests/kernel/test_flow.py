"""The machine that runs a table of moves: soundness, legal events, drawing, parallel branches."""

import dataclasses
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.flow import (
    Flow,
    IllegalMove,
    Join,
    Labelled,
    Meeting,
    Move,
    Refused,
    UnsoundFlow,
    pause,
    resume,
    start,
    stop,
)


class Desk(Labelled):
    """A small permit desk, enough to use every feature of the table."""

    DRAFT = "draft", "接件"
    OPEN = "open", "已受理"
    WAITING = "waiting", "待补正"
    PASSED = "passed", "办结"
    REFUSED = "refused", "不予受理"
    FAXED = "faxed", "传真待办"


class Act(Labelled):
    ACCEPT = "accept", "受理"
    ASK = "ask", "补正告知"
    ANSWER = "answer", "补正"
    REMIND = "remind", "催办"
    FINISH = "finish", "办结"
    REFUSE = "refuse", "不予受理"


TABLE = (
    Move(Act.ACCEPT, (Desk.DRAFT,), Desk.OPEN, guard="complete", who=("clerk",), clocks=(start("promised"),)),
    Move(Act.ASK, (Desk.OPEN,), Desk.WAITING, who=("clerk",), clocks=(pause(),)),
    Move(Act.ANSWER, (Desk.WAITING,), Desk.OPEN, clocks=(resume(),)),
    Move(Act.REMIND, (Desk.OPEN, Desk.WAITING)),
    Move(Act.FINISH, (Desk.OPEN,), Desk.PASSED, who=("clerk", "head"), clocks=(stop(),)),
    Move(Act.REFUSE, (Desk.DRAFT,), Desk.REFUSED, who=("clerk",)),
)
PARTS = {
    "name": "窗口件",
    "states": Desk,
    "events": Act,
    "initial": Desk.DRAFT,
    "final": frozenset({Desk.PASSED, Desk.REFUSED}),
    "table": TABLE,
    "retired": frozenset({Desk.FAXED}),
    "groups": {"open": frozenset({Desk.OPEN, Desk.WAITING})},
    "guards": frozenset({"complete"}),
    "roles": frozenset({"clerk", "head"}),
    "clocks": frozenset({"promised"}),
}
FLOW = Flow(**PARTS)


def swap(number: int, **change: object) -> tuple[Move, ...]:
    rows = list(TABLE)
    rows[number] = dataclasses.replace(rows[number], **change)
    return tuple(rows)


class OtherState(Labelled):
    OPEN = "open", "已受理"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"table": TABLE[1:]}, "到不了"),
        ({"table": (*TABLE[:4], *TABLE[5:])}, "没有通向终态的路"),
        ({"table": (*TABLE, TABLE[0])}, "出现两次"),
        ({"table": (*TABLE[:3], *TABLE[4:])}, "“催办”没有用到"),
        ({"table": swap(2, clocks=()), "final": PARTS["final"]}, None),  # stop() later ends the pause: fine
        ({"table": (*TABLE[:2], *swap(2, clocks=())[2:4], *swap(4, clocks=())[4:])}, "暂停时钟后没有恢复"),
        ({"table": swap(0, guard="sunny")}, "未登记的条件“sunny”"),
        ({"table": swap(0, who=("mayor",))}, "未登记的角色“mayor”"),
        ({"table": swap(0, clocks=(start("moon"),))}, "未登记的时钟“moon”"),
        ({"table": swap(0, sources=())}, "没有起始状态"),
        ({"table": swap(2, target=Desk.FAXED)}, "停用状态“传真待办”仍可"),
        ({"table": swap(3, sources=(Desk.PASSED,), target=Desk.OPEN)}, "终态“办结”还能变为"),
        ({"retired": frozenset()}, "“传真待办”到不了"),
        ({"initial": OtherState.OPEN}, "不在状态表中"),
        ({"table": swap(2, target=OtherState.OPEN)}, "不在状态表中"),
        ({"groups": {"open": frozenset({OtherState.OPEN})}}, "不在状态表中"),
    ],
)  # fmt: skip
def test_an_unsound_table_cannot_be_built(change: dict[str, object], words: str | None) -> None:
    if words is None:
        Flow(**(PARTS | change))
        return
    with pytest.raises(UnsoundFlow) as caught:
        Flow(**(PARTS | change))
    assert words in str(caught.value)


def test_labels_and_choices() -> None:
    assert Desk("open") is Desk.OPEN
    assert Desk.OPEN == "open"
    assert f"{Desk.OPEN}" == "open"
    assert Desk.choices()[1] == ("open", "已受理")


def test_legal_events_follow_state_and_role() -> None:
    assert FLOW.legal(Desk.OPEN) == (Act.ASK, Act.REMIND, Act.FINISH)
    assert FLOW.legal(Desk.OPEN, "head") == (Act.REMIND, Act.FINISH)
    assert FLOW.legal(Desk.PASSED) == ()
    assert FLOW.move(Desk.OPEN, Act.REMIND).lands(Desk.OPEN) is Desk.OPEN
    assert FLOW.reachable(Desk.WAITING) == {Desk.OPEN, Desk.WAITING, Desk.PASSED}


def test_an_illegal_move_says_what_is_possible() -> None:
    with pytest.raises(IllegalMove) as caught:
        FLOW.move(Desk.WAITING, Act.FINISH)
    assert str(caught.value) == "当前状态“待补正”不能“办结”，此时可以：补正、催办。"
    assert caught.value.possible == (Act.ANSWER, Act.REMIND)


def test_role_and_guard_are_asked() -> None:
    guards = {"complete": lambda facts: None if facts["papers"] else "材料不齐，请先补正。"}
    row = FLOW.decide(Desk.DRAFT, Act.ACCEPT, role="clerk", facts={"papers": 3}, guards=guards)
    assert row.target is Desk.OPEN
    with pytest.raises(Refused, match="材料不齐"):
        FLOW.decide(Desk.DRAFT, Act.ACCEPT, role="clerk", facts={"papers": 0}, guards=guards)
    with pytest.raises(Refused, match="由clerk办理"):
        FLOW.decide(Desk.DRAFT, Act.ACCEPT, role="head", facts={"papers": 3}, guards=guards)


def test_drawing_has_every_row_once() -> None:
    text = FLOW.mermaid()
    assert text.splitlines()[0] == "stateDiagram-v2"
    assert "    open --> waiting: 补正告知 [暂停]" in text
    assert "传真待办" not in text
    drawing = FLOW.drawing()
    assert len(drawing.arrows) == sum(len(row.sources) for row in TABLE)
    places = {(node.rank, node.order) for node in drawing.nodes}
    assert len(places) == len(drawing.nodes) == 5
    assert {node.state for node in drawing.nodes if node.final} == {"passed", "refused"}


@given(st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_random_walks_stay_inside_and_can_always_finish(source: random.Random) -> None:
    state = FLOW.initial
    for _ in range(30):
        assert FLOW.reachable(state) & FLOW.final
        events = FLOW.legal(state)
        if not events:
            assert FLOW.is_final(state)
            break
        state = FLOW.move(state, source.choice(events)).lands(state)


DONE = Join(done=frozenset({Desk.PASSED}), failed=frozenset({Desk.REFUSED}), ignored=frozenset({Desk.FAXED}))
ONE, TWO = dataclasses.replace(DONE, need=1), dataclasses.replace(DONE, need=2)


@pytest.mark.parametrize(
    ("join", "states", "meeting"),
    [
        (DONE, {"a": Desk.PASSED, "b": Desk.OPEN}, Meeting.WAITING),
        (DONE, {"a": Desk.PASSED, "b": Desk.PASSED}, Meeting.MET),
        (DONE, {"a": Desk.PASSED, "b": Desk.FAXED}, Meeting.MET),
        (DONE, {"a": Desk.PASSED, "b": Desk.REFUSED}, Meeting.FAILED),
        (DONE, {}, Meeting.MET),
        (ONE, {"a": Desk.PASSED, "b": Desk.OPEN}, Meeting.MET),
        (TWO, {"a": Desk.REFUSED, "b": Desk.OPEN, "c": Desk.OPEN}, Meeting.WAITING),
        (TWO, {"a": Desk.REFUSED, "b": Desk.REFUSED, "c": Desk.OPEN}, Meeting.FAILED),
    ],
)  # fmt: skip
def test_synchronisation_and_partial_join(join: Join, states: dict[str, Desk], meeting: Meeting) -> None:
    assert join.verdict(states).meeting is meeting


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(list(Desk))), st.integers(1, 4) | st.none())
@settings(max_examples=200, deadline=None)
def test_a_join_that_met_stays_met_and_one_that_failed_stays_failed(
    states: dict[str, Desk], need: int | None
) -> None:
    """Whatever the running branches do later, MET and FAILED are not taken back."""
    join = dataclasses.replace(DONE, need=need)
    before = join.verdict(states)
    running = [name for name in states if states[name] in (Desk.DRAFT, Desk.OPEN, Desk.WAITING)]
    for name in running:
        for ending in (Desk.PASSED, Desk.REFUSED):
            after = join.verdict(states | {name: ending})
            if before.meeting is not Meeting.WAITING:
                assert after.meeting is before.meeting


class Tempered(Labelled):
    OPEN = "open", "待办", "warn"
    OVER = "over", "已结束"


def test_a_status_carries_its_word_and_tone() -> None:
    assert (Tempered.OPEN.label, Tempered.OPEN.tone) == ("待办", "warn")
    assert Tempered.OVER.tone == "muted"
    assert Tempered.of("open") is Tempered.OPEN
    assert Tempered.of("gone") is None
    assert Tempered.of(None) is None


def test_a_tone_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="purple"):
        Labelled("Odd", {"OPEN": ("open", "待办", "purple")})  # type: ignore[call-overload]
