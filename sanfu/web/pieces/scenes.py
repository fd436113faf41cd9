"""How joint applications and branches look on every page: tags, steps, progress rows."""

from datetime import datetime
from typing import Any

from sanfu.grassroots.scenes.models import Application
from sanfu.grassroots.scenes.states import FINAL, BranchState, JointState

B, J = BranchState, JointState


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


def branch_rows(a: Application) -> list[dict[str, Any]]:
    """Branches in the order of the guide with planned days and running due dates."""
    planned = {row["id"]: row for row in a.guide["schedule"]}
    order = {code: place for place, code in enumerate(planned)}
    rows = []
    for branch in a.branches.select_related("case__lead"):
        plan = planned.get(branch.item, {})
        rows.append(
            {
                "branch": branch, "case": branch.case, "state": BranchState(branch.case.state), "plan": plan,
                "final": BranchState(branch.case.state) in FINAL, "asks": branch.case.state in (B.CORRECTING, B.MENDING),
                "returned": branch.case.state == B.RETURNED,
            }
        )  # fmt: skip
    rows.sort(key=lambda r: order.get(r["branch"].item, len(order)))
    return rows


def late_branches(a: Application, now: datetime) -> list[dict[str, Any]]:
    """Who is late: branches whose earliest running due date has passed."""
    return [r for r in branch_rows(a) if not r["final"] and r["case"].due_at and r["case"].due_at < now]


def next_branches(a: Application) -> list[dict[str, Any]]:
    """What is next: branches under way or about to be accepted, by planned day."""
    rows = [r for r in branch_rows(a) if not r["final"] and r["case"].state != B.WAITING]
    return sorted(rows, key=lambda r: str(r["plan"].get("finish", "")))[:5]
