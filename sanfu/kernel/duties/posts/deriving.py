"""因事设岗: from duty items to tasks and a first 岗位全量表, by the county's table of categories and posts."""

from collections.abc import Mapping, Sequence
from typing import Any

from sanfu.kernel.duties.items import DutyItem, DutyList, ListType
from sanfu.kernel.duties.posts.model import Assignment, PostTable, Role, Task, parse_table


def tasks_of(duty_list: DutyList, rules: Mapping[str, Any]) -> tuple[Task, ...]:
    """Every item that the town still does, with its workload; 收回 items are nobody's work here."""
    return tuple(_task(item, rules) for item in duty_list if item.list_type is not ListType.RECALLED)


def _task(item: DutyItem, rules: Mapping[str, Any]) -> Task:
    work = (rules.get("workload") or {}).get(item.code) or rules["default_workload"][item.list_type.value]
    needs = frozenset(
        str(certificate)
        for certificate, words in (rules.get("certificates") or {}).items()
        if item.list_type is ListType.BASIC and any(word in item.name for word in words)
    )
    apart = frozenset(
        str(code)
        for pair in rules.get("apart") or []
        if item.code in pair
        for code in pair
        if code != item.code
    )
    return Task(item.code, item.name, item.category, float(work["times"]), float(work["hours"]), needs, apart)


def derive(duty_list: DutyList, rules: Mapping[str, Any]) -> PostTable:
    """A lawful first table: each item to the least loaded lawful post of its unit (A), the next one as B.

    Raises UnreadablePosts when the rules name no post; items without a lawful post stay without one and
    are then reported as 有事无岗.
    """
    frame = parse_table({**rules, "items": [], "assignments": []})
    tasks = tasks_of(duty_list, rules)
    units = unit_rules(rules)
    hours = {post.code: 0.0 for post in frame.posts}
    assignments: list[Assignment] = []
    for task in sorted(tasks, key=lambda one: -one.load):
        lawful = _lawful(task, frame, units, assignments)
        order = sorted(lawful, key=lambda code: (hours[code], code))
        for code, role, share in zip(order, (Role.LEAD, Role.BACKUP), (0.9, 0.1), strict=False):
            assignments.append(Assignment(task.code, code, role))
            post = frame.post(code)
            hours[code] += task.load * share / (post.capacity if post else 1.0)
    return PostTable(
        duty_list.town, tasks, frame.posts, tuple(assignments), frame.people, frame.backup_share, frame.mark
    )


def unit_rules(rules: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """category → units that may take its items."""
    return {str(key): frozenset(map(str, value)) for key, value in (rules.get("units") or {}).items()}


def _lawful(
    task: Task, frame: PostTable, units: Mapping[str, frozenset[str]], made: Sequence[Assignment]
) -> list[str]:
    busy = {one.post for one in made if one.role is Role.LEAD and one.item in task.apart_from}
    places = units.get(task.category)
    return [
        post.code
        for post in frame.posts
        if task.needs <= post.certificates
        and (places is None or post.unit in places)
        and post.code not in busy
    ]
