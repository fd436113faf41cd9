"""Offline: nothing lost, nothing doubled, no edit lost, whatever the network and the phone do."""

import itertools

import pytest

from sanfu.kernel.syncing.phone import Faults, Phone, trial
from sanfu.kernel.syncing.protocol import Change, Operation, Outcome, Record, Server, apply, settle


@pytest.mark.parametrize("seed", range(24))
def test_nothing_is_lost_or_doubled_under_faults(seed: int) -> None:
    tally = trial(seed, phones=6, visits=8)
    assert (tally.records, tally.photos) == (48, 96)
    assert (tally.lost, tally.doubled, tally.lost_edits, tally.unequal_receipts) == (0, 0, 0, 0)


def test_office_and_phone_do_clash_in_the_trials() -> None:
    assert sum(trial(seed, phones=6, visits=8, clash=0.8).conflicts for seed in range(4)) > 2


def operation(code: str, **changes: tuple[object, object]) -> Operation:
    return Operation(code, "v1", 0, {name: Change(*pair) for name, pair in changes.items()})


def test_the_same_operation_gets_the_same_answer_and_other_content_is_refused() -> None:
    server = Server()
    first = server.receive(operation("a", note=(None, "x")))
    assert server.receive(operation("a", note=(None, "x"))) is first
    assert server.receive(operation("a", note=(None, "y"))).outcome is Outcome.OTHER_CONTENT
    assert server.records["v1"].values == {"note": "x"}
    assert server.records["v1"].version == 1


def test_a_field_changed_on_both_sides_keeps_both_values_and_the_others_are_applied() -> None:
    server = Server()
    server.receive(operation("a", note=(None, "x"), place=(None, "厂")))
    server.receive(operation("office", note=("x", "机关")))
    answer = server.receive(operation("b", note=("x", "手机"), place=("厂", "所")))
    record = server.records["v1"]
    assert (answer.outcome, answer.conflicts) == (Outcome.CONFLICT, ("note",))
    assert record.values == {"note": "机关", "place": "所"}
    (kept,) = record.open
    assert (kept.old, kept.here, kept.there) == ("x", "机关", "手机")
    assert settle(record, kept, "手机").values["note"] == "手机"
    assert settle(record, kept, "手机").open == ()


def test_order_is_put_back_and_a_child_waits_for_its_parent() -> None:
    for order in itertools.permutations(range(3)):
        server = Server()
        steps = [
            operation("a", note=(None, "1")),
            Operation("b", "v1", 0, {"note": Change("1", "2")}, after="a"),
            Operation("p", "photo", 0, {"sha": Change(None, "s")}, "photo", "v1"),
        ]
        for _ in range(3):
            for at in order:
                server.receive(steps[at])
        assert server.records["v1"].values["note"] == "2"
        assert server.records["v1"].open == ()
        assert server.records["photo"].version == 1


def test_closed_records_get_corrections_and_gone_ones_wait_for_a_person() -> None:
    closed = Record("v1", 3, {"note": "x"}, closed=True)
    after, answer = apply(closed, operation("late", note=("x", "y")))
    assert (answer.outcome, after.values, after.corrections) == (Outcome.CORRECTION, {"note": "x"}, ("late",))
    assert apply(Record("v1", 3, gone=True), operation("late", note=("x", "y")))[1].outcome is Outcome.LATE


def test_a_phone_keeps_an_operation_until_it_has_the_answer() -> None:
    import random

    from sanfu.kernel.syncing.phone import Network

    calm = Faults(0, 0, 0, 0, 0, 0)
    server = Server()
    phone = Phone(random.Random(1), calm, "p")
    phone.edit("v1", {"note": "x"})
    phone.flush(Network(server, random.Random(1), Faults(0, 1.0, 0, 0, 0, 0)))
    assert (len(server.records), len(phone.outbox), len(phone.receipts)) == (1, 1, 0)
    phone.flush(Network(server, random.Random(1), calm))
    assert (len(server.records), len(phone.outbox), len(phone.receipts)) == (1, 0, 1)
