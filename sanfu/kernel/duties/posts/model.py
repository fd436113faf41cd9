"""岗位: posts, the tasks they carry, the people who hold them, and one table that joins them (岗位全量表)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What a post is to an item: exactly one 主办, one 备岗, any number of 协办."""

    LEAD = "A"
    BACKUP = "B"
    ASSIST = "协办"


@dataclass(frozen=True)
class Task:
    """One duty item as work: how often a year, how many hours each time, what it takes to do it lawfully."""

    code: str
    name: str
    category: str = ""
    times: float = 0.0  # per year
    hours: float = 0.0  # each time
    needs: frozenset[str] = frozenset()  # certificates, e.g. 行政执法证
    apart_from: frozenset[str] = frozenset()  # items that must not be led by the same post (不相容)

    @property
    def load(self) -> float:
        """Hours a year."""
        return self.times * self.hours


@dataclass(frozen=True)
class Post:
    """One post; `seats` people share its load, `certificates` are what its holders must have."""

    code: str
    name: str
    unit: str = ""
    nature: str = ""  # 编制性质: 行政 参公 事业 编外 派驻
    seats: int = 1
    hours: float = 1760.0  # available hours a year of one seat
    certificates: frozenset[str] = frozenset()
    reports_to: str = ""
    serves: str = ""
    partners: str = ""
    goal: str = ""
    powers: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    requirements: Mapping[str, str] = None  # type: ignore[assignment]  # 学历, 专业, 年限 …
    lone: bool = False  # a post that needs no items of its own, e.g. 派驻

    @property
    def capacity(self) -> float:
        return self.seats * self.hours


@dataclass(frozen=True)
class Person:
    """A person for matching: facts only, no score. A missing fact is unknown, not unmet."""

    code: str
    name: str
    post: str = ""
    certificates: frozenset[str] | None = None
    facts: Mapping[str, str] = None  # type: ignore[assignment]


@dataclass(frozen=True)
class Assignment:
    """One cell of the matrix item × post."""

    item: str
    post: str
    role: Role


@dataclass(frozen=True)
class PostTable:
    """岗位全量表 of one town."""

    town: str
    tasks: tuple[Task, ...]
    posts: tuple[Post, ...]
    assignments: tuple[Assignment, ...]
    people: tuple[Person, ...] = ()
    backup_share: float = 0.1  # part of an item's load that its B post carries
    mark: str = ""

    def post(self, code: str) -> Post | None:
        return next((post for post in self.posts if post.code == code), None)

    def of(self, role: Role) -> dict[str, list[str]]:
        """item → posts in that role."""
        found: dict[str, list[str]] = {}
        for one in self.assignments:
            if one.role is role:
                found.setdefault(one.item, []).append(one.post)
        return found

    def loads(self) -> dict[str, float]:
        """post → hours a year over available hours."""
        task = {one.code: one for one in self.tasks}
        share = {Role.LEAD: 1.0 - self.backup_share, Role.BACKUP: self.backup_share, Role.ASSIST: 0.0}
        hours = {post.code: 0.0 for post in self.posts}
        for one in self.assignments:
            if one.item in task and one.post in hours:
                hours[one.post] += task[one.item].load * share[one.role]
        return {post.code: hours[post.code] / post.capacity if post.capacity else 0.0 for post in self.posts}


class UnreadablePosts(ValueError):
    """The file is not a post table; the message says what, why and what to do."""


def parse_table(raw: Mapping[str, Any]) -> PostTable:
    """Build a table from YAML data; raises UnreadablePosts naming the entry."""
    if (
        not isinstance(raw, Mapping)
        or not isinstance(raw.get("posts"), list)
        or not isinstance(raw.get("items"), list)
    ):
        raise UnreadablePosts(
            "岗位表应有 posts（岗位）和 items（事项）两个列表；请对照 content/posts/model_posts.yaml"
        )
    try:
        tasks = tuple(_task(entry) for entry in raw["items"])
        posts = tuple(_post(entry) for entry in raw["posts"])
        assignments = tuple(
            Assignment(str(entry["item"]), str(entry["post"]), Role(str(entry["role"])))
            for entry in raw.get("assignments") or []
        )
        people = tuple(_person(entry) for entry in raw.get("people") or [])
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise UnreadablePosts(f"岗位表有一项缺字段或取值不对：{problem}；请补齐后重试") from problem
    share = float(raw.get("backup_share", 0.1))
    return PostTable(
        str(raw.get("town", "")), tasks, posts, assignments, people, share, str(raw.get("mark", ""))
    )


def _words(value: object) -> frozenset[str]:
    return (
        frozenset(str(word) for word in value)
        if isinstance(value, Sequence) and not isinstance(value, str)
        else frozenset()
    )


def _task(entry: Mapping[str, Any]) -> Task:
    return Task(
        str(entry["code"]), str(entry["name"]), str(entry.get("category", "")), float(entry.get("times", 0)),
        float(entry.get("hours", 0)), _words(entry.get("needs")), _words(entry.get("apart_from")),
    )  # fmt: skip


def _post(entry: Mapping[str, Any]) -> Post:
    seats = int(entry.get("seats", 1))
    if seats < 1:
        raise ValueError(f"岗位 {entry['code']} 的职数 {seats} 小于 1")
    return Post(
        code=str(entry["code"]),
        name=str(entry["name"]),
        unit=str(entry.get("unit", "")),
        nature=str(entry.get("nature", "")),
        seats=seats,
        hours=float(entry.get("hours", 1760)),
        certificates=_words(entry.get("certificates")),
        reports_to=str(entry.get("reports_to", "")),
        serves=str(entry.get("serves", "")),
        partners=str(entry.get("partners", "")),
        goal=str(entry.get("goal", "")),
        powers=tuple(str(word) for word in entry.get("powers", [])),
        risks=tuple(str(word) for word in entry.get("risks", [])),
        requirements={str(key): str(value) for key, value in (entry.get("requirements") or {}).items()},
        lone=bool(entry.get("lone", False)),
    )


def _person(entry: Mapping[str, Any]) -> Person:
    certificates = _words(entry["certificates"]) if "certificates" in entry else None
    facts = {str(key): str(value) for key, value in (entry.get("facts") or {}).items()}
    return Person(str(entry["code"]), str(entry["name"]), str(entry.get("post", "")), certificates, facts)
