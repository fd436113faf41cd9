"""Rows of figures (行类) about joint applications: one a branch, which is one item of one department."""

from sanfu.grassroots.scenes.states import BranchState as S
from sanfu.kernel.indicators.rowkind import RowKind

SQL = f"""
waited AS (
    SELECT case_id, bool_or(jsonb_array_length(pauses) > 0) AS paused FROM cases_clock
    WHERE region = %(region)s AND case_id IN (SELECT id FROM seen) GROUP BY case_id),
rows AS MATERIALIZED (
    SELECT b.case_id, b.case_id AS row_id, k.lead_id AS unit, b.item AS stratum,
        k.opened_at AS at_opened, k.closed_at AS at_closed,
        k.closed_at IS NOT NULL AS closed,
        b.prereviewed AS prereviewed,
        k.state IN ('{S.PASSED}', '{S.PASSED_LACKING}') AS passed,
        k.state = '{S.PASSED_LACKING}' AS lacking,
        k.state IN ('{S.FAILED}', '{S.REFUSED}') AS failed,
        k.state IN ('{S.WITHDRAWN}', '{S.HALTED}', '{S.LAPSED}') AS given_up,
        coalesce(w.paused, false) AS paused,
        round((extract(epoch FROM k.closed_at - k.opened_at) / 86400)::numeric, 4) AS days,
        NULL::timestamptz AS stale_at
    FROM scenes_branch b JOIN cases_case k ON k.id = b.case_id LEFT JOIN waited w ON w.case_id = b.case_id
    WHERE b.region = %(region)s AND b.case_id IN (SELECT id FROM seen))
"""

BRANCHES = RowKind(
    "branches",
    "联办分支",
    SQL,
    facts={
        "closed": "已办结", "prereviewed": "经过预审", "passed": "办成", "lacking": "容缺办成", "failed": "未通过或不予受理",
        "given_up": "撤件或终止", "paused": "曾暂停计时",
    },
    moments={"opened": "收到", "closed": "办结"},
    values={"days": "办理用时（自然日）"},
    case_kinds=("branch",),
)  # fmt: skip
