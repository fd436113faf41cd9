"""How joint applications and branches look on every page: tags, steps, progress rows."""

from datetime import date, datetime
from typing import Any

from sanfu.grassroots.scenes.models import Application
from sanfu.grassroots.scenes.queries import reason_of
from sanfu.grassroots.scenes.states import FINAL, BranchState, JointState

B, J = BranchState, JointState
STOPPED = (B.RETURNED, B.CORRECTING, B.MENDING, B.SPECIAL, B.REFUSED, B.FAILED)


def joint_steps(a: Application, *, rated: bool = True) -> list[dict[str, str]]:
    """Where a joint application stands. rated: False does not say whether the firm has rated (officers)."""
    names = ["填报", "受理分办", "并联办理", "全部办结", "评价"]
    if a.case.state == J.WITHDRAWN:
        return [{"label": "填报", "state": "done"}, {"label": "已撤件", "state": "done"}]
    here = {J.DRAFT: 0, J.PREREVIEW: 1, J.RUNNING: 2, J.CLOSED: 4}[JointState(a.case.state)]
    if a.rating and rated:
        here = 5
    return [
        {"label": name, "state": "done" if n < here else ("now" if n == here else "todo")}
        for n, name in enumerate(names)
    ]


def branch_rows(a: Application, today: date) -> list[dict[str, Any]]:
    """Branches in the order of the guide: planned day and whether it has passed, running due date, why one stands still."""
    planned = {row["id"]: row for row in a.guide["schedule"]}
    order = {code: place for place, code in enumerate(planned)}
    rows = []
    for branch in a.branches.select_related("case__lead"):
        plan = planned.get(branch.item, {})
        final = BranchState(branch.case.state) in FINAL
        rows.append(
            {
                "branch": branch, "case": branch.case, "state": BranchState(branch.case.state), "plan": plan,
                "final": final, "asks": branch.case.state in (B.CORRECTING, B.MENDING),
                "returned": branch.case.state == B.RETURNED, "why": reason_of(branch) if branch.case.state in STOPPED else "",
                "passed_by": bool(not final and plan.get("finish", "9") < today.isoformat()),
            }
        )  # fmt: skip
    rows.sort(key=lambda r: order.get(r["branch"].item, len(order)))
    return rows


def foreseen(a: Application, rows: list[dict[str, Any]], today: date) -> dict[str, str]:
    """When the whole is done, for its card: the plan while it can still hold; afterwards that it has passed and what is open."""
    finish = str(a.guide["finish"])
    left = sum(not row["final"] for row in rows)
    if a.case.closed_at is None and finish < today.isoformat():
        return {"label": "原计划完成", "day": finish, "note": f"已过，还有 {left} 项没有办结", "tone": "warn"}
    return {
        "label": "预计完成" if a.case.closed_at is None else "计划完成",
        "day": finish,
        "note": "",
        "tone": "",
    }


def late_branches(rows: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Who is late, of `branch_rows`: branches whose earliest running due date has passed."""
    return [r for r in rows if not r["final"] and r["case"].due_at and r["case"].due_at < now]


def next_branches(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is next, of `branch_rows`: branches under way or about to be accepted, by planned day."""
    waiting = [r for r in rows if not r["final"] and r["case"].state != B.WAITING]
    return sorted(waiting, key=lambda r: str(r["plan"].get("finish", "")))[:5]
