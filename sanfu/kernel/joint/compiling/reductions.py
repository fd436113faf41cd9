"""What the joint guide saves, each figure beside its baseline and the sum it comes from.

Nothing that is only put off (容缺) counts as saved. Days are working days on real dates; stretches in
calendar days (公告、公示) are listed apart, because no promise shortens them.
"""

from typing import Any

from sanfu.kernel.joint.catalogue.catalog import Item, Term
from sanfu.kernel.joint.compiling.materials import KINDS, Solution
from sanfu.kernel.joint.compiling.network import Network, tasks
from sanfu.kernel.schedule import Axis, Task, earliest

LABELS = {
    "produced": "包内结果替代",
    "form": "一张表单生成",
    "shared": "部门共享",
    "promised": "告知承诺",
    "duplicate": "内容重复",
}


def number(value: float) -> float | int:
    """Whole numbers without a point."""
    return int(value) if float(value).is_integer() else round(value, 2)


def change(before: float, after: float) -> dict[str, Any]:
    """Before, after, and the change in percent (down is negative); no percentage of nothing."""
    down = round((before - after) / before * 100, 1) if before else None
    return {
        "before": number(before),
        "after": number(after),
        "reduced_percent": down,
        "change_percent": None if down is None else -down,
    }


def materials(solution: Solution) -> dict[str, Any]:
    """Baseline: every item by itself asks for its list. After: what is brought, once each."""
    before, after = len(solution.decisions), len(solution.kept)
    by_kind = {
        kind: sum(d.escape is not None and d.escape.kind == kind for d in solution.decisions)
        for kind in KINDS
    }
    brought = sum(d.brought is not None for d in solution.decisions)
    reused = brought - after
    lines = [f"各事项单独办理合计 {before} 份"]
    lines += [f"− {LABELS[kind]} {count} 份" for kind, count in by_kind.items() if count]
    lines += [f"− 一次提交、多处使用 {reused} 份"] if reused else []
    lines.append(
        f"= 申请人实交 {after} 份"
        + (f"(其中 {len(solution.deferred)} 份可容缺后补，仍计入)" if solution.deferred else "")
    )
    return {
        **change(before, after),
        "deferred": len(solution.deferred),
        "by_reason": {**by_kind, "reused": reused},
        "formula": f"1 − {after} ÷ {before}",
        "lines": lines,
    }


def days(net: Network, promised: float, start: float, axis: Axis) -> dict[str, Any]:
    """The promised parallel days against each baseline that people quote, none of them hidden."""
    baselines = [
        _serial("statutory_serial", "法定时限逐项串联", net.items, lambda i: i.statutory, start, axis),
        _parallel("statutory_parallel", "法定时限并联", net, lambda i: i.statutory, start, axis),
        _serial("promised_serial", "承诺时限逐项串联", net.items, lambda i: i.promised, start, axis),
    ]
    if any(item.statutory.inside in {i.id for i in net.items} for item in net.items):
        inside = {i.id for i in net.items}

        def merged(item: Item) -> Term:
            return Term(0, "none") if item.statutory.inside in inside else item.statutory

        baselines.insert(
            1,
            _serial(
                "statutory_serial_merged", "法定串联(合并计时的不重复计)", net.items, merged, start, axis
            ),
        )
        baselines.insert(
            3,
            _parallel("statutory_parallel_merged", "法定并联(合并计时的不重复计)", net, merged, start, axis),
        )
    for row in baselines:
        row |= {k: v for k, v in change(row["workdays"], promised).items() if k.endswith("percent")}
        row["formula"] += f";1 − {number(promised)} ÷ {number(row['workdays'])}" if row["workdays"] else ""
    calendar = [i for i in net.items if i.promised.calendar_days and i.promised.amount]
    return {
        "after": number(promised),
        "baselines": baselines,
        "calendar_days": [
            {"item": i.id, "name": i.name, "days": number(i.promised.amount)} for i in calendar
        ],
        "lines": [
            f"{r['name']}:{r['formula']} → 减 {r['reduced_percent']}%" for r in baselines if r["workdays"]
        ],
    }


def _serial(code: str, name: str, items: list[Item], term: Any, start: float, axis: Axis) -> dict[str, Any]:
    """One after another, on real dates."""
    now, parts = start, []
    for item in items:
        limit: Term = term(item)
        now = axis.plus(now, limit.amount, limit.calendar_days)
        if limit.amount:
            parts.append(f"{number(limit.amount)}{'自然日' if limit.calendar_days else ''}({item.name})")
    return {
        "id": code,
        "name": name,
        "workdays": number(axis.working_days(start, now)),
        "finish": axis.day(now).isoformat(),
        "formula": f"{' + '.join(parts) or '0'} = {number(axis.working_days(start, now))} 个工作日",
    }


def _parallel(code: str, name: str, net: Network, term: Any, start: float, axis: Axis) -> dict[str, Any]:
    plan = earliest(_tasks(net.items, term), net.groups, start, axis)
    total = number(axis.working_days(start, plan.finish))
    return {
        "id": code,
        "name": name,
        "workdays": total,
        "finish": axis.day(plan.finish).isoformat(),
        "formula": f"关键路径 = {total} 个工作日",
    }


def _tasks(items: list[Item], term: Any) -> list[Task]:
    return tasks(items, term)


def others(items: list[Item], fields: list[dict[str, Any]], forms: int) -> dict[str, Any]:
    """Visits, forms, fields and steps."""
    typed = sum(f["origin"] == "typed" for f in fields)
    asked = sum(len(f["items"]) for f in fields)
    visits = sum(item.visits for item in items)
    visit_sum = " + ".join(str(item.visits) for item in items)
    rows = {
        "visits": (visits, min(visits, 1), f"{visit_sum} = {visits} 次 → 一窗一次(网上办理、邮寄送达时为 0)"),
        "forms": (forms, min(forms, 1), f"{forms} 张申请表 → 1 张"),
        "fields": (asked, typed, f"各表合计 {asked} 栏 → 去重后 {len(fields)} 栏，其中手填 {typed} 栏"),
        "steps": (len(items), 1, f"{len(items)} 个环节 → 1 次联办申请"),
    }
    return {k: {**change(before, after), "formula": text} for k, (before, after, text) in rows.items()}
