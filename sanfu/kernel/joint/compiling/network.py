"""The items of one situation and what each waits for: the raw material of schedule and materials."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from sanfu.kernel.joint.catalogue.catalog import Bundle, Catalog, Item, Term
from sanfu.kernel.joint.compiling.situation import Situation
from sanfu.kernel.schedule import Axis, Plan, Stuck, Task, earliest

Group = tuple[int, ...]


@dataclass(slots=True)
class Network:
    """Applicable items by index. `groups[i]`: of each group one member must be finished before i starts."""

    items: list[Item]
    producers: dict[str, Group]
    groups: list[list[Group]]
    soft: list[set[Group]]  # the groups that a pre-review opinion may replace
    opinions: list[set[str]]  # results that item i may read as a pre-review opinion: their wait is lifted
    outside: list[tuple[int, tuple[str, ...], str]] = field(default_factory=list)  # must be held already

    def path_names(self, indices: Collection[int]) -> str:
        return " → ".join(self.items[i].id for i in indices)


def applicable(catalog: Catalog, bundle: Bundle, situation: Situation) -> tuple[list[Item], list[Item]]:
    """Items that apply, and items of which it cannot be said yet."""
    items = [catalog.items[code] for code in bundle.items]
    held = [(item, situation.holds(item.when)) for item in items]
    return [i for i, h in held if h], [i for i, h in held if h is None]


def build(items: list[Item], situation: Situation, waived: Collection[str] = ()) -> Network:
    """Waits from prerequisites. `waived`: items whose soft waits are lifted by a pre-review opinion."""
    producers: dict[str, list[int]] = {}
    for index, item in enumerate(items):
        for result in item.results:
            producers.setdefault(result, []).append(index)
    network = Network(
        items, {r: tuple(found) for r, found in producers.items()}, [[] for _ in items],
        [set() for _ in items], [set() for _ in items],
    )  # fmt: skip
    for index, item in enumerate(items):
        for need in item.needs:
            if need.mode == "gate" or not situation.holds(need.when):
                continue
            if need.mode == "soft" and (item.soft_waived or item.id in waived):
                network.opinions[index] |= set(need.results)
                continue
            makers = (p for r in need.results for p in network.producers.get(r, ()) if p != index)
            group = tuple(dict.fromkeys(makers))  # an item never waits for its own result
            if not group:
                network.outside.append((index, need.results, need.mode))
            elif group not in network.groups[index]:
                network.groups[index].append(group)
                if need.mode == "soft":
                    network.soft[index].add(group)
            elif need.mode == "hard":
                network.soft[index].discard(group)
    return network


def tasks(items: list[Item], term: Callable[[Item], Term]) -> list[Task]:
    return [Task(item.id, (t := term(item)).amount, t.calendar_days) for item in items]


def schedule(network: Network, work: list[Task], start: float, axis: Axis) -> Plan:
    return earliest(work, network.groups, start, axis)


def certain_before(network: Network, plan: Plan) -> list[set[int]]:
    """For each item, those that are finished before it starts whatever choice is made among alternatives."""
    before: list[set[int]] = [set() for _ in network.items]
    for index in plan.order:
        for group in network.groups[index]:
            common = [before[m] | {m} for m in group]
            before[index] |= set.intersection(*common)
    return before


def cycle_of(network: Network, stuck: Stuck) -> list[str]:
    """One closed chain among items that wait for each other, in the order of work."""
    inside = set(stuck.tasks)
    path = [stuck.tasks[0]]
    while True:
        group = next(g for g in network.groups[path[-1]] if set(g) <= inside)
        if group[0] in path:
            loop = [group[0], *reversed(path[path.index(group[0]) :])]
            return [network.items[i].id for i in loop]
        path.append(group[0])
