"""Writes of a department on its own branch. None of them touches another department's branch."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from sanfu.cases.actions import Changes, Stepped
from sanfu.grassroots.scenes import queries, rules
from sanfu.grassroots.scenes.actions.intake import arrive
from sanfu.grassroots.scenes.actions.shared import clock_rules, for_firm, move, move_branch
from sanfu.grassroots.scenes.models import Application, Branch, Submitted
from sanfu.grassroots.scenes.states import BranchEvent, JointEvent, JointState, SpecialReason
from sanfu.records.actor import Actor, NotAllowed, Refused, machine

E = BranchEvent


def _own(branch: Branch, by: Actor) -> None:
    if branch.case.lead_id not in by.units:
        raise NotAllowed(f"这一支由{branch.case.lead}承办，只有承办部门可以办理。")


@transaction.atomic
def accept(branch: Branch, *, by: Actor, at: datetime, expected: int | None = None) -> Stepped:
    """受理: everything is there; the promised and the statutory clock start."""
    _own(branch, by)
    changes = Changes(clocks=clock_rules(branch.application, branch.item))
    return move_branch(
        branch, E.ACCEPT, by=by, at=at, said=queries.said_of(branch), changes=changes, expected=expected
    )


@transaction.atomic
def accept_lacking(branch: Branch, *, by: Actor, at: datetime, expected: int | None = None) -> Stepped:
    """容缺受理: the clocks start now; what is put off has its own day."""
    _own(branch, by)
    said = queries.said_of(branch)
    changes = Changes(clocks=clock_rules(branch.application, branch.item))
    data = {"deferred": list(said.deferred)}
    return move_branch(
        branch, E.ACCEPT_LACKING, by=by, at=at, said=said, changes=changes, data=data, expected=expected
    )


@transaction.atomic
def correct(
    branch: Branch, *, what: str, materials: Sequence[str] = (), notice: str = "", by: Actor, at: datetime,
    expected: int | None = None,
) -> Stepped:  # fmt: skip
    """一次性补正: name everything at once. Before acceptance no clock runs; after it the clocks pause with a notice."""
    _own(branch, by)
    if materials and branch.application.case.state != JointState.RUNNING:
        raise Refused("申请已不在办理中。")
    for place, name in enumerate(materials, 1):
        Submitted.objects.get_or_create(
            application=branch.application, material=f"{branch.item}+{place}",
            defaults={"region": by.region, "name": name[:120], "asked_by": branch.item, "at": at},
        )  # fmt: skip
    data = {"reason": what, "notice": notice, "materials": list(materials)}
    said = queries.said_of(branch, what, notice)
    return move_branch(branch, E.CORRECT, by=by, at=at, said=said, data=data, expected=expected)


@transaction.atomic
def supply(branch: Branch, *, text: str, by: Actor, at: datetime, expected: int | None = None) -> Stepped:
    """The applicant has mended what was asked for; the clocks go on."""
    agent = for_firm(branch.application, by, at)
    missing = queries.said_of(branch).missing
    if missing:
        raise Refused(f"还没有上传：{'、'.join(missing)}。")
    return move_branch(branch, E.SUPPLY, by=by, at=at, data={"text": text, **agent}, expected=expected)


@transaction.atomic
def special(
    branch: Branch, *, reason: SpecialReason, notice: str, words: str = "", by: Actor, at: datetime,
    expected: int | None = None,
) -> Stepped:  # fmt: skip
    """特别程序: time that by law does not count, with the applicant told in writing."""
    _own(branch, by)
    said = queries.said_of(branch, reason.label, notice)
    data = {"reason": reason.label, "notice": notice, "text": words, "basis": "行政许可法第四十五条"}
    return move_branch(branch, E.SPECIAL, by=by, at=at, said=said, data=data, expected=expected)


@transaction.atomic
def special_end(
    branch: Branch, *, result: str, by: Actor, at: datetime, expected: int | None = None
) -> Stepped:
    _own(branch, by)
    return move_branch(branch, E.SPECIAL_END, by=by, at=at, data={"text": result}, expected=expected)


@transaction.atomic
def send_back(branch: Branch, *, why: str, by: Actor, at: datetime, expected: int | None = None) -> Stepped:
    """退回: only this branch; the applicant may hand it in again."""
    _own(branch, by)
    said = queries.said_of(branch, why)
    return move_branch(branch, E.RETURN, by=by, at=at, said=said, data={"reason": why}, expected=expected)


@transaction.atomic
def resubmit(branch: Branch, *, text: str, by: Actor, at: datetime, expected: int | None = None) -> Stepped:
    agent = for_firm(branch.application, by, at)
    return move_branch(branch, E.RESUBMIT, by=by, at=at, data={"text": text, **agent}, expected=expected)


@transaction.atomic
def refuse(branch: Branch, *, why: str, by: Actor, at: datetime, expected: int | None = None) -> Stepped:
    """不予受理: with the reason; what waited for it ends, what did not goes on."""
    _own(branch, by)
    said = queries.said_of(branch, why)
    done = move_branch(branch, E.REFUSE, by=by, at=at, said=said, data={"reason": why}, expected=expected)
    _after(branch.application, at)
    return done


@transaction.atomic
def decide(
    branch: Branch, event: BranchEvent, *, number: str = "", why: str = "", by: Actor, at: datetime,
    expected: int | None = None,
) -> Stepped:  # fmt: skip
    """办结: 通过、容缺通过 or 不通过. A joint meeting that has not concluded holds the decision."""
    _own(branch, by)
    waiting = [
        m.name for m in branch.application.meetings.filter(concluded_at=None) if branch.item in m.items
    ]
    if waiting:
        raise Refused(f"“{waiting[0]}”还没有结论，联审联验有结论后再作决定。")
    said = queries.said_of(branch, why)
    data: dict[str, Any] = {"number": number, "reason": why}
    if event is E.PASS_LACKING:
        data["deferred"] = list(said.deferred)
    done = move_branch(branch, event, by=by, at=at, said=said, data=data, expected=expected)
    Branch.objects.filter(pk=branch.pk).update(result_number=number[:80])
    _after(branch.application, at)
    return done


@transaction.atomic
def withdraw(branch: Branch, *, why: str, by: Actor, at: datetime, expected: int | None = None) -> Stepped:
    """撤件 of one branch by the applicant."""
    agent = for_firm(branch.application, by, at)
    done = move_branch(branch, E.WITHDRAW, by=by, at=at, data={"reason": why, **agent}, expected=expected)
    _after(branch.application, at)
    return done


def _after(application: Application, at: datetime) -> None:
    """A final branch may let others begin or end, and may be the last one."""
    clerk = machine(application.region)
    arrive(application, by=clerk, at=at)
    states = queries.states_of(application)
    application.case.refresh_from_db(fields=["state"])
    if application.case.state == JointState.RUNNING and states and rules.finished(states):
        move(application, JointEvent.CLOSE, by=clerk, at=at, data={"branches": states})
