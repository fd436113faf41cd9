"""人岗相宜: a person held against a post, component by component. There is no total score: a person decides."""

import re
from dataclasses import dataclass

from sanfu.kernel.duties.posts.model import Person, Post

DEGREES = ("初中", "高中", "中专", "大专", "本科", "硕士", "博士")


@dataclass(frozen=True)
class Component:
    """One requirement and what is known: met is None when the fact is missing (未知不等于不符合)."""

    name: str
    required: str
    has: str
    met: bool | None
    hard: bool


def components(person: Person, post: Post) -> tuple[Component, ...]:
    """Every visible component; certificates are hard, the rest informs."""
    found = []
    for certificate in sorted(post.certificates):
        known = person.certificates
        met = None if known is None else certificate in known
        found.append(
            Component(
                "资格证件", certificate, "未登记" if known is None else "有" if met else "无", met, True
            )
        )
    for name, required in (post.requirements or {}).items():
        has = (person.facts or {}).get(name, "")
        found.append(Component(name, required, has or "未登记", _meets(name, required, has), name == "学历"))
    return tuple(found)


def _meets(name: str, required: str, has: str) -> bool | None:
    if not has:
        return None
    if name == "学历":
        need = next((i for i, word in enumerate(DEGREES) if word in required), 0)
        got = next((i for i, word in enumerate(DEGREES) if word in has), None)
        return None if got is None else got >= need
    numbers = [re.search(r"\d+(?:\.\d+)?", text) for text in (required, has)]
    if all(numbers):
        return float(numbers[1].group()) >= float(numbers[0].group())  # type: ignore[union-attr]
    return any(word in has for word in re.split(r"[、，或/]", required) if word)


def conclusion(parts: tuple[Component, ...]) -> str:
    """One of three answers, never a number."""
    if any(part.hard and part.met is False for part in parts):
        return "硬性条件不符"
    if any(part.met is None for part in parts):
        return "有待核实"
    return "条件相符" if all(part.met for part in parts) else "部分相符"
