"""Trees as flat rows for forms: the cascader without script is one long select."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Option:
    """One node of a tree in depth-first order."""

    value: str
    label: str
    depth: int
    parent: str

    @property
    def indented(self) -> str:
        """The label behind as many wide blanks as it is deep."""
        return "\u3000" * self.depth + self.label


def flatten(nodes: Iterable[Mapping[str, Any]], depth: int = 0, parent: str = "") -> list[Option]:
    """Every node of the tree, parents before children."""
    out: list[Option] = []
    for node in nodes:
        value = str(node["value"])
        out.append(Option(value, str(node["label"]), depth, parent))
        out.extend(flatten(node.get("children") or (), depth + 1, value))
    return out
