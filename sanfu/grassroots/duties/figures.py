"""Rows of figures (行类) about duty tasks: one a sent document as one town has it."""

from sanfu.grassroots.duties.states import Ruling
from sanfu.grassroots.duties.states import TaskState as S
from sanfu.kernel.indicators.rowkind import RowKind

SQL = f"""
objected AS (
    SELECT task_id, bool_or(state = '{Ruling.UPHELD}') AS upheld, bool_or(state = '{Ruling.PART}') AS part,
        bool_or(state = '{Ruling.OPEN}') AS open, min(raised_at) AS raised_at
    FROM duties_objection GROUP BY task_id),
rows AS MATERIALIZED (
    SELECT t.case_id, t.case_id AS row_id, k.lead_id AS unit, d.kind AS stratum,
        k.opened_at AS at_issued, o.raised_at AS at_objected, k.closed_at AS at_closed,
        o.task_id IS NOT NULL AS objected,
        coalesce(o.task_id IS NOT NULL AND NOT o.open, false) AS ruled,
        coalesce(o.upheld, false) AS upheld,
        coalesce(o.upheld OR o.part, false) AS changed,
        d.urgent AS urgent,
        d.insisted <> '' AS insisted,
        k.state = '{S.DONE}' AS done,
        k.state = '{S.WITHDRAWN}' AS withdrawn,
        NULL::timestamptz AS stale_at
    FROM duties_task t JOIN cases_case k ON k.id = t.case_id JOIN duties_document d ON d.id = t.document_id
    LEFT JOIN objected o ON o.task_id = t.id
    WHERE t.region = %(region)s AND t.case_id IN (SELECT id FROM seen))
"""

TASKS = RowKind(
    "duty_tasks",
    "履职任务",
    SQL,
    facts={
        "objected": "提出异议", "ruled": "异议已裁定", "upheld": "异议成立", "changed": "异议全部或部分成立",
        "urgent": "应急事项", "insisted": "预检不通过仍下发", "done": "已办结", "withdrawn": "已撤回",
    },
    moments={"issued": "下发", "objected": "提出异议", "closed": "办结"},
    case_kinds=("task",),
)  # fmt: skip
