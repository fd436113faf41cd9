"""Rows of figures (行类) about ratings: one a matter that was asked about, answered or not."""

from sanfu.kernel.indicators.rowkind import RowKind

SQL = """
rows AS MATERIALIZED (
    SELECT i.case_id, i.id AS row_id, i.unit_id AS unit, i.case_kind AS stratum,
        i.asked_at AS at_asked, r.given_at AS at_given,
        r.invitation_id IS NOT NULL AS answered,
        coalesce(r.level >= 3, false) AS content,
        coalesce(r.level <= 2, false) AS bad,
        coalesce(r.way IN ('web', 'qr', 'counter'), false) AS by_hand,
        m.case_id IS NOT NULL AS set_right,
        coalesce(k.closed_at IS NOT NULL, false) AS mended,
        coalesce(m.level_after >= 3, false) AS content_after,
        r.level AS level,
        NULL::timestamptz AS stale_at
    FROM ratings_invitation i
    LEFT JOIN ratings_rating r ON r.invitation_id = i.id
    LEFT JOIN ratings_remedy m ON m.rating_id = r.invitation_id
    LEFT JOIN cases_case k ON k.id = m.case_id
    WHERE i.region = %(region)s AND i.case_id IN (SELECT id FROM seen))
"""
RELATED = """
SELECT r.case_id FROM ratings_remedy m JOIN ratings_rating r ON r.invitation_id = m.rating_id
WHERE m.case_id IN (SELECT id FROM seen)
"""

ASKED = RowKind(
    "ratings",
    "评价邀请",
    SQL,
    facts={
        "answered": "已评价", "content": "评为满意", "bad": "差评", "by_hand": "本人操作",
        "set_right": "差评已立整改", "mended": "整改已办结", "content_after": "整改后满意",
    },
    moments={"asked": "邀请", "given": "评价"},
    values={"level": "评价等级"},
    case_kinds=("ticket", "joint", "demand", "claim"),
    related=RELATED,
    private=("answered", "content", "bad", "by_hand", "set_right", "mended", "content_after"),
    private_to="ratings.manage",
)  # fmt: skip
