"""The parts of a guide in plain data: what a page shows and what the checker reads."""

from datetime import date
from typing import Any

from sanfu.kernel.ask import Questionnaire
from sanfu.kernel.joint.catalogue import basis
from sanfu.kernel.joint.catalogue.catalog import Bundle, Catalog, Item, Need, Term
from sanfu.kernel.joint.catalogue.check import conditions_of
from sanfu.kernel.joint.catalogue.implications import short
from sanfu.kernel.joint.compiling.materials import Decision, Solution
from sanfu.kernel.joint.compiling.network import Network
from sanfu.kernel.joint.compiling.reductions import LABELS, number
from sanfu.kernel.joint.compiling.situation import Situation
from sanfu.kernel.schedule import Axis, Plan, slacks

UNIT_LABELS = {"wd": "个工作日", "day": "日", "instant": "即时", "none": "无时限"}


def describe_term(term: Term) -> dict[str, Any]:
    shown = UNIT_LABELS[term.unit] if not term.amount and term.unit in ("instant", "none") else (
        f"{number(term.value)}{'个自然日' if term.calendar_days else UNIT_LABELS[term.unit]}"
    )  # fmt: skip
    return {
        "value": number(term.value),
        "unit": term.unit,
        "count_as": "day" if term.calendar_days else "wd",
        "extension": number(term.extension),
        "shown": shown,
        "basis": term.source,
        "note": term.note,
    }


def describe_items(catalog: Catalog, items: list[Item], on: date) -> list[dict[str, Any]]:
    return [
        {
            "id": item.id,
            "name": item.name,
            "kind": item.kind,
            "dept": item.dept,
            "dept_name": catalog.departments.get(item.dept, item.dept),
            "because": item.when.text if item.when else "",
            "statutory": {
                **describe_term(item.statutory),
                "basis_text": basis.readable(catalog, item.statutory.source),
            },
            "promised": describe_term(item.promised),
            "results": list(item.results),
            "visits": item.visits,
            "special": [dict(s) for s in item.special],
            "prerequisites": [_prerequisite(need) for need in item.needs],
            "confidence": basis.confidence(catalog, item),
            "lapsed": basis.lapsed(catalog, item.sources, on),
        }
        for item in items
    ]


def _prerequisite(need: Need) -> dict[str, Any]:
    return {
        "any_of": list(need.results),
        "mode": need.mode,
        "basis": need.source,
        "when": need.when.text if need.when else "",
        "note": need.note,
    }


def describe_situation(catalog: Catalog, bundle: Bundle, situation: Situation) -> list[dict[str, Any]]:
    """Every settled question, where the answer came from and which items it switched on."""
    return [
        {
            "id": q.id,
            "text": q.text,
            "answer": situation.answers[q.id],
            "label": "不再相关" if situation.answers[q.id] is None else q.label(situation.answers[q.id]),
            "origin": situation.origin[q.id],
            "reason": situation.reason[q.id],
            "turned_on": turned_on(catalog, bundle, situation, q.id),
        }
        for q in bundle.questions
        if q.id in situation.answers
    ]


def turned_on(catalog: Catalog, bundle: Bundle, situation: Situation, question: str) -> list[str]:
    """Items that apply and whose condition reads this question."""
    return [
        code
        for code in bundle.items
        if (when := catalog.items[code].when) and f"q.{question}" in when.names and situation.holds(when)
    ]


def describe_questions(
    catalog: Catalog, bundle: Bundle, asked: Questionnaire, situation: Situation
) -> list[dict[str, Any]]:
    """Questions still to be asked, the next one first."""
    first = asked.next_question(situation.answers)
    names = asked.still_open(situation.answers)
    names.sort(key=lambda n: n != first)
    rows = []
    for name in names:
        question = bundle.question(name)
        assert question is not None
        rows.append(
            {
                "id": name,
                "text": question.text,
                "answers": [{"value": v, "label": label} for v, label in question.answers],
                "derive": question.derive,
                "decides": _decides(catalog, bundle, name),
                "next": name == first,
            }
        )
    return rows


def _decides(catalog: Catalog, bundle: Bundle, question: str) -> list[str]:
    return [
        code
        for code in bundle.items
        if any(question in map(short, c.names) for c in conditions_of(catalog.items[code]))
    ]


def describe_kept_and_dropped(
    catalog: Catalog, net: Network, solution: Solution
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Materials to bring with their reasons; materials not to bring, one row per material and reason."""
    kept = [_kept(catalog, net, solution, code) for code in solution.kept]
    dropped: dict[tuple[Any, ...], dict[str, Any]] = {}
    for decision in solution.decisions:
        if decision.need.material in solution.kept:
            continue
        row = _dropped(catalog, net, decision)
        told = (row["id"], row["reason"], row["via"], row["result"], row["opinion"], *row["producers"])
        same = dropped.setdefault(told, row)
        if same is not row:
            same["items"] += row["items"]
    return kept, list(dropped.values())


def _kept(catalog: Catalog, net: Network, solution: Solution, code: str) -> dict[str, Any]:
    users = [d for d in solution.decisions if d.brought == code]
    others = [d for d in solution.decisions if d.need.material == code and d.escape]
    alone = [members for _, members in solution.sets if members == {code}]
    why = [f for d in users for f in d.failed]
    names = "、".join(dict.fromkeys(net.items[d.need.index].name for d in users))
    sole = "只有它能满足" if alone else "替代材料中选它份数最少"
    return {
        "id": code,
        "name": catalog.materials[code].name,
        "items": [net.items[d.need.index].id for d in users],
        "for": sorted({d.need.material for d in users}),
        "deferred": code in solution.deferred,
        "reason": f"{names}需要；{sole};"
        + (";".join(dict.fromkeys(why)) or "没有共享、承诺或包内结果可以替代"),
        "failed_escapes": list(dict.fromkeys(why)),
        "also_satisfied": [net.items[d.need.index].id for d in others],
        "note": catalog.materials[code].note,
    }


def _dropped(catalog: Catalog, net: Network, decision: Decision) -> dict[str, Any]:
    need, escape = decision.need, decision.escape
    row = {
        "id": need.material,
        "name": catalog.materials[need.material].name,
        "items": [net.items[need.index].id],
        "via": "",
        "result": "",
        "producers": [],
        "opinion": False,
    }
    if escape is None:  # an alternative of it is brought instead
        via = str(decision.brought)
        name = catalog.materials[via].name
        return {
            **row,
            "reason": "duplicate",
            "label": LABELS["duplicate"],
            "via": via,
            "detail": f"由所交“{name}”满足",
        }
    producers = [net.items[p].id for p in escape.producers]
    return {
        **row,
        "reason": escape.kind,
        "label": LABELS[escape.kind],
        "via": escape.via,
        "result": escape.result,
        "producers": producers,
        "opinion": escape.opinion,
        "detail": _detail(catalog, net, need.material, decision),
    }


def _detail(catalog: Catalog, net: Network, material: str, decision: Decision) -> str:
    escape = decision.escape
    assert escape is not None
    via = catalog.materials[escape.via].name
    other = f"(以“{via}”代替)" if escape.via != material else ""
    makers = "、".join(net.items[p].name for p in escape.producers)
    match escape.kind:
        case "produced" if escape.opinion:
            return f"以“{makers}”的预审意见代替，正式结果出具后自动归集{other}"
        case "produced":
            return f"由包内先办的“{makers}”产出{other}"
        case "form":
            return "由一张表单自动生成"
        case "shared":
            return f"部门共享或电子证照取得{other}"
        case "promised":
            return f"以告知承诺代替{other}"
    return f"内容已含在“{via}”中"


def describe_schedule(
    net: Network, plan: Plan, axis: Axis, bundle: Bundle, prereview: Any
) -> list[dict[str, Any]]:
    """One row per item: instants as days, working days since the start, slack, and the three clocks."""
    slack = slacks(plan, axis)
    rows = []
    for index, item in enumerate(net.items):
        begin, end = plan.starts[index], plan.finishes[index]
        statutory, cap = item.statutory, bundle.cap
        rows.append(
            {
                "id": item.id,
                "name": item.name,
                "start": axis.day(begin).isoformat(),
                "finish": axis.day(end).isoformat(),
                "days": number(plan.tasks[index].amount),
                "unit": "day" if plan.tasks[index].calendar else "wd",
                "begin_workday": number(round(axis.working_days(plan.start, begin), 6)),
                "end_workday": number(round(axis.working_days(plan.start, end), 6)),
                "slack": number(slack[index]),
                "critical": slack[index] == 0 and plan.tasks[index].amount > 0,
                "waits": [[net.items[i].id for i in group] for group in plan.groups[index]],
                "soft_waits": [[net.items[i].id for i in group] for group in net.soft[index]],
                "prereviewed": item.id in prereview,
                "statutory_due": _due(axis, begin, statutory) if statutory.amount else None,
                "promised_due": axis.day(end).isoformat(),
                "cap_due": _due(axis, plan.start, cap) if cap else None,
            }
        )
    return rows


def _due(axis: Axis, begin: float, term: Term) -> str | None:
    try:
        return axis.day(axis.plus(begin, term.amount, term.calendar_days)).isoformat()
    except ValueError:
        return None
