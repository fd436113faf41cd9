"""Rows of figures (行类) about claims: one an application of an enterprise for one clause."""

from sanfu.enterprise.benefits.states import ClaimState as S
from sanfu.kernel.indicators.rowkind import RowKind

SQL = f"""
rows AS MATERIALIZED (
    SELECT c.case_id, c.case_id AS row_id, k.lead_id AS unit, c.clause AS stratum,
        k.opened_at AS at_claimed, c.reviewed_at AS at_reviewed, k.closed_at AS at_closed,
        c.reviewed_at IS NOT NULL AS reviewed,
        c.round > 1 AS corrected,
        k.state IN ('{S.ACCEPTED}', '{S.LISTED}', '{S.PAID}', '{S.DROPPED}') AS supported,
        k.state = '{S.REFUSED}' AS refused,
        k.state = '{S.PAID}' AS paid,
        c.round AS rounds,
        round((extract(epoch FROM c.reviewed_at - k.opened_at) / 86400)::numeric, 4) AS review_days,
        NULL::timestamptz AS stale_at
    FROM benefits_claim c JOIN cases_case k ON k.id = c.case_id
    WHERE c.region = %(region)s AND c.case_id IN (SELECT id FROM seen))
"""

CLAIMS = RowKind(
    "claims",
    "政策申报",
    SQL,
    facts={
        "reviewed": "已审核", "corrected": "曾补正", "supported": "审核通过", "refused": "不予支持", "paid": "已兑付",
    },
    moments={"claimed": "申报", "reviewed": "审核", "closed": "办结"},
    values={"rounds": "填报次数", "review_days": "审核用时（自然日）"},
    case_kinds=("claim",),
)  # fmt: skip
