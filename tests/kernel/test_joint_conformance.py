"""Designed against actual: a clean log has no deviation; each one injected is found, and only that one."""

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from sanfu.grassroots.scenes.library import axis_for, shipped
from sanfu.kernel.joint.compiling.guide import Order, compile_bundle, guide
from sanfu.kernel.joint.conformance import achieved, deviations
from sanfu.kernel.joint.export.log import planned_log

START = date(2026, 3, 2)
AXIS = axis_for(START)
ANSWERS = {"rename": "no", "bank": "yes"}
DESIGNED = guide(compile_bundle(shipped(), Order("b.move", START, ANSWERS), AXIS))
Log = dict[str, Any]


def clean() -> Log:
    return copy.deepcopy(planned_log(DESIGNED))


def event(log: Log, item: str, activity: str) -> dict[str, Any]:
    found: dict[str, Any] = next(e for e in log["events"] if e["item"] == item and e["activity"] == activity)
    return found


def add(log: Log, item: str, activity: str, at: str, **more: Any) -> None:
    log["events"].append(
        {"id": "x", "activity": activity, "at": at, "item": item, "dept": "", "by": "", **more}
    )


@pytest.mark.parametrize("bundle", sorted(shipped().bundles))
def test_the_plan_itself_is_clean(bundle: str) -> None:
    answers = {q.id: q.values[0] for q in shipped().bundles[bundle].questions}
    designed = guide(compile_bundle(shipped(), Order(bundle, START, answers), AXIS))
    assert deviations(designed, planned_log(designed), AXIS) == []


def before_prerequisite(log: Log) -> None:
    event(log, "mv.change", "decide")["at"] = "2026-03-03T15:00:00+08:00"
    event(log, "mv.change", "accept")["at"] = "2026-03-02T15:00:00+08:00"
    event(log, "mv.archive", "decide")["at"] = "2026-03-03T16:00:00+08:00"


def pause_without_notice(log: Log) -> None:
    add(log, "mv.sb", "pause", "2026-03-04T12:00:00+08:00", reason="检测")
    add(log, "mv.sb", "resume", "2026-03-04T13:00:00+08:00")


def pause_without_reason(log: Log) -> None:
    add(log, "mv.sb", "pause", "2026-03-04T12:00:00+08:00", notice="告〔2026〕1号")
    add(log, "mv.sb", "resume", "2026-03-04T13:00:00+08:00")


def late(log: Log) -> None:
    event(log, "mv.gjj", "decide")["at"] = "2026-03-06T09:00:00+08:00"


def late_statutory(log: Log) -> None:
    event(log, "mv.sb", "decide")["at"] = "2026-03-26T09:00:00+08:00"


def decided_while_paused(log: Log) -> None:
    add(log, "mv.sb", "pause", "2026-03-04T12:00:00+08:00", reason="检测", notice="告〔2026〕1号")


def decided_before_accepted(log: Log) -> None:
    log["events"].remove(event(log, "mv.bank", "accept"))


def not_in_guide(log: Log) -> None:
    add(log, "mv.seal", "decide", "2026-03-05T12:00:00+08:00")


def missing(log: Log) -> None:
    log["events"].remove(event(log, "mv.bank", "decide"))


def decided_twice(log: Log) -> None:
    add(log, "mv.bank", "decide", "2026-03-05T18:00:00+08:00")


INJECTED: list[Callable[[Log], None]] = [
    before_prerequisite, pause_without_notice, pause_without_reason, late, late_statutory, decided_while_paused,
    decided_before_accepted, not_in_guide, missing, decided_twice,
]  # fmt: skip


@pytest.mark.parametrize("inject", INJECTED, ids=lambda f: f.__name__)
def test_an_injected_deviation_is_found_and_nothing_else(inject: Callable[[Log], None]) -> None:
    log = clean()
    inject(log)
    assert [d.kind for d in deviations(DESIGNED, log, AXIS)] == [inject.__name__]


def test_all_at_once_are_all_found() -> None:
    log = clean()
    for inject in (before_prerequisite, pause_without_notice, late, decided_before_accepted, not_in_guide):
        inject(log)
    found = {d.kind for d in deviations(DESIGNED, log, AXIS)}
    assert found == {
        "before_prerequisite",
        "pause_without_notice",
        "late",
        "decided_before_accepted",
        "not_in_guide",
    }


def test_a_lawful_pause_moves_the_due_day_over_national_day() -> None:
    """9/28 受理,承诺 1 日;当日告知检测,10/9 恢复:9/29、9/30、10/9 不计,10/10 到期。"""
    begin = date(2025, 9, 25)
    axis = axis_for(begin)
    designed = guide(compile_bundle(shipped(), Order("b.move", begin, ANSWERS), axis))
    log = planned_log(designed)
    row = next(r for r in designed["schedule"] if r["id"] == "mv.sb")
    assert (row["start"], row["finish"]) == ("2025-09-28", "2025-09-29")
    add(log, "mv.sb", "pause", "2025-09-28T11:00:00+08:00", reason="检测", notice="告〔2025〕9号")
    add(log, "mv.sb", "resume", "2025-10-09T10:00:00+08:00")
    event(log, "mv.sb", "decide")["at"] = "2025-10-10T10:00:00+08:00"
    assert [d.kind for d in deviations(designed, log, axis)] == []
    event(log, "mv.sb", "decide")["at"] = "2025-10-11T10:00:00+08:00"
    assert [d.kind for d in deviations(designed, log, axis)] == ["late"]


def test_materials_asked_for_again_count_against_the_reduction() -> None:
    log = clean()
    add(
        log,
        "mv.in",
        "correct",
        "2026-03-02T09:30:00+08:00",
        materials=["补充说明"],
        notice="告1",
        reason="材料不齐",
    )
    figures = achieved(DESIGNED, log, AXIS)
    assert figures["materials"] == {"promised": 3, "actual": 4, "reduced_percent": 87.5}
    assert figures["workdays"] == {"promised": 3, "actual": 3}
