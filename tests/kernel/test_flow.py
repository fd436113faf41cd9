"""The machine that runs a table of moves: soundness, legal events, drawing, parallel branches."""

import dataclasses
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.flow import (
    Flow,
    IllegalMove,
    Labelled,
    Move,
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


def test_legal_events_follow_the_state() -> None:
    assert FLOW.legal(Desk.OPEN) == (Act.ASK, Act.REMIND, Act.FINISH)
    assert FLOW.legal(Desk.PASSED) == ()
    assert FLOW.move(Desk.OPEN, Act.REMIND).lands(Desk.OPEN) is Desk.OPEN
    assert FLOW.reachable(Desk.WAITING) == {Desk.OPEN, Desk.WAITING, Desk.PASSED}


def test_an_illegal_move_says_what_is_possible() -> None:
    with pytest.raises(IllegalMove) as caught:
        FLOW.move(Desk.WAITING, Act.FINISH)
    assert str(caught.value) == "当前状态“待补正”不能“办结”，此时可以：补正、催办。"
    assert caught.value.possible == (Act.ANSWER, Act.REMIND)


def test_drawing_has_every_row_once() -> None:
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
