"""Pure rules of 履职: burden counted from a judgement, conditional rules applied and tested, names of quarters."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from statistics import median
from typing import Any

from sanfu.kernel.duties.judging.verdicts import BLOCKING, PASSING, Verdict, whole

MEETING = re.compile(r"召开|例会|推进会|调度会|动员会")
ASSESSED = re.compile(r"考核|排名|通报|评比|打分")
APP = re.compile(r"APP|App|小程序|公众号|打卡|平台填报")
FIELDS = re.compile(r"(\d{1,3})(?:余)?项(?:数据|指标|字段|信息)?")


def burden_of(judged: Mapping[str, Any]) -> dict[str, int]:
    """What a document asks of one town, counted from its text and marks."""
    demands = judged["demands"]
    text = "".join(demand["text"] for demand in demands)
    marks = [mark for demand in demands for mark in demand["marks"]]
    return {
        "demand": len(demands),
        "form": sum(mark["role"].startswith("形式") for mark in marks),
        "meeting": len(MEETING.findall(text)),
        "app": len(APP.findall(text)),
        "assessment": len(ASSESSED.findall(text)),
        "field": sum(int(number) for number in FIELDS.findall(text)),
        "held": sum(mark["role"] == "数据" and not mark["text"][0].isdigit() for mark in marks),
    }


def hours_of(burden: Mapping[str, int], hours: Mapping[str, float]) -> float:
    """Estimated person-hours of a burden in one town."""
    return sum(count * float(hours.get(kind, 0)) for kind, count in burden.items())


def apply_rules(judged: dict[str, Any], issuer: str, rules: Iterable[Any]) -> dict[str, Any]:
    """The judgement with adopted conditional rules laid over it; an emergency is never touched."""
    ordered = list(rules)
    changed = False
    for demand in judged["demands"]:
        if demand["verdict"] == Verdict.EMERG:
            continue
        rule = next(
            (one for one in ordered if matches(one.issuer_name, one.words, demand["text"], issuer)), None
        )
        if rule is not None and rule.verdict != demand["verdict"]:
            verdict = Verdict(rule.verdict)
            demand.update(verdict=verdict.value, label=verdict.label, rule=rule.number, reason="条件规则")
            changed = True
    if changed:
        verdict = whole([(Verdict(d["verdict"]), d["confidence"]) for d in judged["demands"]])
        judged.update(verdict=verdict.value, label=verdict.label, may_send=sendable(judged))
    return judged


def matches(issuer_name: str, words: Sequence[str], text: str, issuer: str) -> bool:
    """Whether a conditional rule speaks about a demand: its issuer (or any), and all of its words."""
    return (not issuer_name or issuer_name == issuer) and bool(words) and all(word in text for word in words)


def sendable(judged: Mapping[str, Any]) -> bool:
    return all(Verdict(demand["verdict"]) in PASSING for demand in judged["demands"])


def try_rule(
    issuer_name: str, words: Sequence[str], verdict: str, precedents: Iterable[Mapping[str, str]]
) -> dict[str, Any]:
    """Hold a rule against every ruling: how many it speaks about, and which it contradicts."""
    spoken = [one for one in precedents if matches(issuer_name, words, one["text"], one["issuer"])]
    against = [one["number"] for one in spoken if one["verdict"] != verdict]
    return {"about": len(spoken), "against": against, "sound": bool(spoken) and not against}


def quarter_of(day: date) -> str:
    return f"{day.year}-Q{(day.month - 1) // 3 + 1}"


def rates(rows: Sequence[Mapping[str, Any]]) -> dict[str, float | int | None]:
    """Indicators of a period from the log.

    rows: one per task with verdict, blocked (the pre-check stopped a part), objected, upheld (bool or None).
    误拦 = blocked and ruled valid / blocked and ruled; 漏拦 = passed and objection upheld / passed.
    """
    blocked = [row for row in rows if Verdict(row["verdict"]) in BLOCKING | {Verdict.MIXED}]
    passed = [row for row in rows if Verdict(row["verdict"]) in PASSING]
    ruled = [row for row in blocked if row["upheld"] is not None]
    demands = [verdict for row in rows for verdict in row["demands"]]
    listed = sum(verdict in {"PASS_BASIC", "PASS_COOP", "EMERG"} for verdict in demands)
    return {
        "tasks": len(rows),
        "on_list": _share(listed, len(demands)),
        "blocked": _share(len(blocked), len(rows)),
        "false_block": _share(sum(row["upheld"] is False for row in ruled), len(ruled)),
        "missed_block": _share(sum(row["upheld"] is True for row in passed), len(passed)),
        "shifted": _share(sum(verdict == "SHIFT" for verdict in demands), len(demands)),
    }


def _share(part: int, of: int) -> float | None:
    """A share, or None when there is nothing to divide by."""
    return part / of if of else None


def spread(hours: Sequence[float]) -> dict[str, float | None]:
    """Median and P90 (nearest rank) of hours."""
    ordered = sorted(hours)
    if not ordered:
        return {"median": None, "p90": None}
    return {"median": median(ordered), "p90": ordered[min(len(ordered) - 1, int(0.9 * len(ordered)))]}
