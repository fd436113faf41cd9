"""Pure rules of the project register: days lost, lights, S-curve, order of dates, duplicates, ledgers, stages."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

MILESTONES = ("签约", "供地", "开工", "竣工", "投产", "达产")
SHELL = re.compile(
    r"[（(].*?[)）]|有限|责任|股份|公司|集团|项目|工程|[一二三四五]期|第[一二三四五]期|新建|年产|建设|\s"
)


@dataclass(frozen=True)
class Stop:
    """One blocker: who owes the answer, from a day to a day (None: still there)."""

    owner: str
    since: date
    until: date | None = None


def days_lost(stops: Iterable[Stop], today: date) -> int:
    """Calendar days on which at least one blocker stood; days of overlapping blockers count once."""
    spans = sorted((stop.since, min(stop.until or today, today)) for stop in stops)
    total, reached = 0, None
    for begin, end in spans:
        begin = begin if reached is None else max(begin, reached)
        if end > begin:
            total += (end - begin).days
            reached = end
    return total


def lost_by_owner(stops: Sequence[Stop], today: date) -> dict[str, int]:
    """Days lost of each owner, the overlaps inside one owner counted once."""
    owners = dict.fromkeys(stop.owner for stop in stops)
    return {owner: days_lost([s for s in stops if s.owner == owner], today) for owner in owners}


def light(
    baseline: date | None, p50: date | None, p90: date | None, longest_stop: int, limit: int
) -> tuple[str, str]:
    """Light and reason: red when P50 is after the baseline or a blocker is too old, amber when P90 is after it."""
    if longest_stop > limit:
        return "red", f"阻滞已 {longest_stop} 天，超过 {limit} 天"
    if baseline is None:
        return "unknown", "没有基线日期"
    if p50 is not None and p50 > baseline:
        return "red", f"预测 {p50} 晚于基线 {baseline}"
    if p90 is not None and p90 > baseline:
        return "amber", f"九成把握的日期 {p90} 晚于基线 {baseline}"
    return "green", ""


def progress(planned: Mapping[str, Decimal], actual: Mapping[str, Decimal], month: str) -> dict[str, Decimal]:
    """Cumulative baseline (the S-curve of the months, not month/12), cumulative actual, and their difference."""
    base = sum((amount for key, amount in planned.items() if key <= month), Decimal(0))
    done = sum((amount for key, amount in actual.items() if key <= month), Decimal(0))
    return {"baseline": base, "actual": done, "difference": done - base}


def out_of_order(dates: Mapping[str, date | None]) -> list[str]:
    """Sentences on milestones that lie before an earlier one."""
    found, before = [], None
    for name in MILESTONES:
        day = dates.get(name)
        if day is None:
            continue
        if before is not None and day < before[1]:
            found.append(f"{name}（{day}）早于{before[0]}（{before[1]}）")
        before = (name, day)
    return found


def core(text: str) -> str:
    """A name without legal form, phase and brackets: what is left when a project is renamed or split."""
    return SHELL.sub("", text)


def likely_same(rows: Sequence[tuple[str, str, str, str]]) -> list[tuple[str, str, str]]:
    """Pairs of (number, code, name, owner) rows that may be one project, each with its reason."""
    found = []
    for place, (number, code, name, owner) in enumerate(rows):
        for other, other_code, other_name, other_owner in rows[place + 1 :]:
            if code and code == other_code:
                found.append((number, other, "项目代码相同"))
            elif core(name) and core(name) == core(other_name):
                found.append((number, other, "名称去掉期次和组织形式后相同"))
            elif core(owner) and core(owner) == core(other_owner) and _near(core(name), core(other_name)):
                found.append((number, other, "同一业主，名称相近"))
    return found


def _near(one: str, other: str) -> bool:
    """At least two thirds of the two-letter pieces in common."""
    first, second = ({text[i : i + 2] for i in range(len(text) - 1)} for text in (one, other))
    return bool(first and second) and len(first & second) / len(first | second) >= 2 / 3


STAGES = ("线索", *MILESTONES, "复核")


def stage_of(actual: Mapping[str, date | None], reviewed: bool) -> str:
    """Where a project stands: the last milestone that was reached, before the first 线索, after a judged promise 复核."""
    reached = [name for name in MILESTONES if actual.get(name)]
    if not reached:
        return STAGES[0]
    return "复核" if reached[-1] == MILESTONES[-1] and reviewed else reached[-1]


@dataclass(frozen=True, slots=True)
class Held:
    """One project of a ledger: code, name, total and cumulative investment in 万元; None where it has no figure."""

    code: str
    name: str
    total: Decimal | None
    spent: Decimal


def reconcile(own: Sequence[Held], other: Sequence[Held]) -> list[tuple[str, str, str]]:
    """(project, what, words) of every difference between the dispatch ledger and the statistics ledger.

    Paired by code, else by the core of the name; each row is paired once. Scopes differ, so nothing is merged.
    """
    left, found = list(own), list[tuple[str, str, str]]()
    for row in other:
        mate = next((one for one in left if row.code and one.code == row.code), None) or next(
            (one for one in left if core(one.name) and core(one.name) == core(row.name)), None
        )
        if mate is None:
            found.append((row.name, "只在统计台账", "调度库没有这个项目：是不是没有入库，或换了名称"))
            continue
        left.remove(mate)
        if row.total is not None and mate.total is not None and row.total != mate.total:
            found.append((row.name, "总投资不同", f"统计 {row.total} 万元，调度 {mate.total} 万元"))
        if row.spent != mate.spent:
            found.append((row.name, "累计完成不同", f"统计 {row.spent} 万元，调度 {mate.spent} 万元"))
        if row.name != mate.name:
            found.append((row.name, "名称不同", f"调度库叫“{mate.name}”"))
    found += [(one.name, "只在调度台账", "统计台账没有：是不是还没有入统") for one in left]
    return found
