"""The ten checks: which cases of a unit-month are looked at, and which of them are hits."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sanfu.kernel.gaming.model import Handled

LATE = 0.9  # the last tenth of a clock
EARLY = 0.3  # a case that is not the unit's own is returned, or paused instead, soon after it came
SHORT = 40  # an answer below this many signs says nothing
_NOISE = re.compile(r"[\W\d_]+")
Pick = Callable[[Sequence[Handled]], "tuple[list[Handled], list[Handled]]"]


@dataclass(frozen=True, slots=True)
class Check:
    """One check. says: what a hit is, in Chinese; of: among which rows; pick: cases of a unit-month → (rows, hits)."""

    code: str
    label: str
    says: str
    of: str
    pick: Pick


def _each(rows: Callable[[Handled], bool], hit: Callable[[Handled], bool]) -> Pick:
    def pick(cases: Sequence[Handled]) -> tuple[list[Handled], list[Handled]]:
        seen = [one for one in cases if rows(one)]
        return seen, [one for one in seen if hit(one)]

    return pick


def _closed_at_the_edge(one: Handled) -> bool:
    """Closed within the last twentieth of the first clock before it was due in the end."""
    return one.closed is not None and one.due - 0.05 <= one.closed <= one.due


def _devices(cases: Sequence[Handled]) -> tuple[list[Handled], list[Handled]]:
    """Ratings from a device that rated the same unit before in the month: the first of each device is no hit."""
    rated = [one for one in cases if one.device]
    seen: set[str] = set()
    hits = []
    for one in rated:
        if one.device in seen:
            hits.append(one)
        seen.add(one.device)
    return rated, hits


def plain(answer: str) -> str:
    """An answer without what changes from case to case: digits, signs, spaces."""
    return _NOISE.sub("", answer)


def _copied(cases: Sequence[Handled]) -> tuple[list[Handled], list[Handled]]:
    """Answers below forty signs, or word for word those of an earlier case of the month."""
    answered = [one for one in cases if one.answer]
    times = Counter(plain(one.answer) for one in answered)
    first: set[str] = set()
    hits = []
    for one in answered:
        text = plain(one.answer)
        again = times[text] > 1 and text in first
        first.add(text)
        if again or len(one.answer) < SHORT:
            hits.append(one)
    return answered, hits


def _closed(one: Handled) -> bool:
    return one.closed is not None


def _everything(one: Handled) -> bool:
    return True


def _swap_rows(one: Handled) -> bool:
    return one.returned or any(p.begin <= EARLY for p in one.pauses)


CHECKS: Mapping[str, Check] = {
    one.code: one
    for one in (
        Check("deadline", "临期突击办结", "在到期前最后一点时间里办结", "已办结", _each(_closed, _closed_at_the_edge)),
        Check("late_pause", "临期暂停", "在时限最后一成才暂停", "全部", _each(_everything, lambda o: any(p.begin >= LATE for p in o.pauses))),
        Check("bare_pause", "无依据暂停", "暂停没有附文件", "曾暂停", _each(lambda o: bool(o.pauses), lambda o: any(not p.documented for p in o.pauses))),
        Check("late_extension", "临期延期", "在时限最后一成才申请延期", "全部", _each(_everything, lambda o: o.extended is not None and o.extended >= LATE)),
        Check("swap", "以挂起代退单", "刚接到就挂起，而不是退单", "退单或早期挂起", _each(_swap_rows, lambda o: not o.returned)),
        Check("merge", "归并剔除", "归并或剔除，不计入考核", "全部", _each(_everything, lambda o: o.merged)),
        Check("device", "同一设备评价", "与本月前面的评价出自同一设备", "有设备的评价", _devices),
        Check("recall", "自访复访不符", "自己回访满意，随机复访不满意", "自访满意且被复访", _each(lambda o: o.own_call is True and o.recall is not None, lambda o: o.recall is False)),
        Check("copied", "答复雷同或过短", "答复与前面的相同，或不足四十字", "已答复", _copied),
        Check("own_made", "自登自结", "本单位自己登记、当日办结", "已办结", _each(_closed, lambda o: o.own_made)),
    )
}  # fmt: skip


def by_unit_month(cases: Sequence[Handled]) -> dict[tuple[str, str], list[Handled]]:
    """Cases of each unit in each month, in the order given."""
    found: dict[tuple[str, str], list[Handled]] = defaultdict(list)
    for one in cases:
        found[(one.unit, one.month)].append(one)
    return dict(found)
