"""A case's own network of steps (工序网络): days from the first step to the last, with the critical path and slack."""

from collections.abc import Mapping, Sequence
from typing import Any

from sanfu.kernel.rules.examples.inputs import UnreadableCase

NETWORK_WORDS = ("tasks", "activities", "steps", "nodes", "network", "工序", "步骤", "任务", "事项")
ID_WORDS = ("id", "code", "name", "n", "task", "编号", "名称", "步骤")
DAY_WORDS = ("days", "duration", "dur", "d", "workdays", "天数", "工期", "工作日", "时限")
AFTER_WORDS = (
    "after", "pred", "preds", "predecessor", "predecessors", "depends", "depends_on", "deps", "requires",
    "前置", "紧前", "前序", "依赖",
)  # fmt: skip

Network = dict[str, tuple[float, tuple[str, ...]]]


def network_case(given: object) -> dict[str, object]:
    """Answer of a network in the shapes people write. UnreadableCase names what is wrong."""
    network = _read(given)
    order = _ordered(network)
    ends: dict[str, float] = {}
    for step in order:
        days, after = network[step]
        ends[step] = max((ends[a] for a in after), default=0.0) + days
    total = max(ends.values())
    latest = dict.fromkeys(order, total)
    for step in reversed(order):
        days, after = network[step]
        for before in after:
            latest[before] = min(latest[before], latest[step] - days)
    slack = {step: _plain(latest[step] - ends[step]) for step in order}
    path = _path(network, ends, total)
    days_said = dict.fromkeys(
        ("land_to_start_workdays", "days", "workdays", "total", "duration", "工作日", "result", "answer"),
        _plain(total),
    )
    return {
        **days_said,
        **dict.fromkeys(("critical_path", "path", "critical", "关键路径"), path),
        "slack": slack,
        "float": slack,
    }


def _path(network: Network, ends: Mapping[str, float], total: float) -> list[str]:
    """One longest path; of equals the first in the order of the case."""
    step: str | None = next(name for name in network if ends[name] == total)
    path: list[str] = []
    while step is not None:
        path.append(step)
        days, after = network[step]
        step = next((a for a in after if ends[a] == ends[path[-1]] - days), None)
    return path[::-1]


def _read(given: object) -> Network:
    rows: list[Mapping[str, Any]]
    if isinstance(given, Mapping):
        rows = [
            {"id": name, **row} if isinstance(row, Mapping) else {"id": name, "days": row}
            for name, row in given.items()
        ]
    elif isinstance(given, Sequence) and not isinstance(given, str):
        rows = [_row(row) for row in given]
    else:
        raise UnreadableCase("工序要写成列表，每步有编号、天数和前置")
    network: Network = {}
    for row in rows:
        name = str(_first(row, ID_WORDS, ""))
        if not name or name in network:
            raise UnreadableCase(f"工序编号“{name}”{'重复' if name else '没有写'}")
        network[name] = (_days(name, _first(row, DAY_WORDS, None)), _after(_first(row, AFTER_WORDS, ())))
    if not network:
        raise UnreadableCase("没有工序")
    return network


def _row(row: object) -> Mapping[str, Any]:
    """A mapping, or [id, days, predecessors]."""
    if isinstance(row, Mapping):
        return row
    if isinstance(row, Sequence) and not isinstance(row, str) and 2 <= len(row) <= 3:
        return dict(zip(("id", "days", "after"), row, strict=False))
    raise UnreadableCase(f"看不懂这一步：{row}")


def _first(row: Mapping[str, Any], words: Sequence[str], default: object) -> Any:
    return next((row[word] for word in words if row.get(word) is not None), default)


def _after(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(part for part in value.replace("，", ",").replace("、", ",").split(",") if part.strip())
    if isinstance(value, Sequence):
        return tuple(str(part) for part in value)
    return (str(value),)


def _days(name: str, value: object) -> float:
    try:
        days = float(str(value))
    except ValueError:
        days = -1.0
    if not 0 <= days < 100_000:
        raise UnreadableCase(f"“{name}”的天数“{value}”不是不小于 0 的数")
    return days


def _ordered(network: Network) -> list[str]:
    """Predecessors first. UnreadableCase on an unknown predecessor or a cycle."""
    waiting = {name: set(after) for name, (_, after) in network.items()}
    unknown = sorted({a for after in waiting.values() for a in after} - set(network))
    if unknown:
        raise UnreadableCase(f"前置“{'、'.join(unknown)}”不在工序里")
    order: list[str] = []
    while waiting:
        ready = [name for name, after in waiting.items() if not after]
        if not ready:
            raise UnreadableCase(f"先后关系成环：{'、'.join(waiting)}")
        for name in ready:
            del waiting[name]
            order.append(name)
        for after in waiting.values():
            after.difference_update(ready)
    return order


def _plain(days: float) -> int | float:
    return int(days) if days.is_integer() else days
