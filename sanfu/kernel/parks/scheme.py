"""园区评价方案 as data: groups, items with weight and direction, how a value becomes points, what a missing one does."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

MEASURES = {"target": "对目标值", "range": "极差", "percentile": "百分位", "score": "已给的得分"}
MISSING = {"zero": "记零分", "skip": "不计，其余按比例放大"}


class BadScheme(ValueError):
    """A scheme that cannot be used; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Item:
    """One indicator. `target`: full points there; `full`: the highest given score; `up`: more is better."""

    name: str
    weight: Fraction
    measure: str
    up: bool = True
    target: Fraction | None = None
    group: str = ""


@dataclass(frozen=True, slots=True)
class ParkScheme:
    """A scheme of park evaluation with where it comes from and what was read of it."""

    id: str
    name: str
    items: tuple[Item, ...]
    missing: str
    source: str
    mark: str
    exit: str = ""
    fewest: int = 30

    def groups(self) -> dict[str, Fraction]:
        """Weight of each group, in the order of the scheme."""
        out: dict[str, Fraction] = {}
        for item in self.items:
            out[item.group] = out.get(item.group, Fraction(0)) + item.weight
        return out


def read_scheme(raw: Mapping[str, Any]) -> ParkScheme:
    """A scheme from content or from a user's file. BadScheme unless its weights add up to 100."""
    if not isinstance(raw, Mapping) or not isinstance(raw.get("groups"), list):
        raise BadScheme("方案里没有 groups（分组）")
    items: list[Item] = []
    for group in raw["groups"]:
        found = [_item(row, str(group.get("name", ""))) for row in group.get("items", ())]
        stated, total = (
            _number(group.get("weight"), f"{group.get('name')}的权重"),
            sum(i.weight for i in found),
        )
        if total != stated:
            raise BadScheme(
                f"{group.get('name')}：各项权重之和是 {_shown(Fraction(total))}，分组写的是 {_shown(stated)}"
            )
        items += found
    whole = sum((item.weight for item in items), Fraction(0))
    if whole != 100:
        raise BadScheme(f"权重之和应为 100，现在是 {_shown(whole)}")
    names = [item.name for item in items]
    if len(set(names)) != len(names):
        raise BadScheme("有重名的指标")
    missing = str(raw.get("missing", "skip"))
    if missing not in MISSING:
        raise BadScheme(f"缺数规则“{missing}”应是 {'、'.join(MISSING)} 之一")
    return ParkScheme(
        str(raw.get("id", "")), str(raw.get("name", "自己的方案")), tuple(items), missing, str(raw.get("document", "")),
        str(raw.get("mark", "待核")), str(raw.get("exit", "")), int(raw.get("fewest", 30)),
    )  # fmt: skip


def _item(row: Mapping[str, Any], group: str) -> Item:
    name = str(row.get("name", "")).strip()
    measure = str(row.get("measure", "target"))
    if not name:
        raise BadScheme(f"{group}有一项没有名称")
    if measure not in MEASURES:
        raise BadScheme(f"{name}的计分方法“{measure}”应是 {'、'.join(MEASURES)} 之一")
    weight = _number(row.get("weight"), f"{name}的权重")
    target = None if row.get("target") is None else _number(row["target"], f"{name}的目标值")
    if weight <= 0:
        raise BadScheme(f"{name}的权重应是正数")
    if measure in {"target", "score"} and (target is None or target <= 0):
        raise BadScheme(f"{name}要有正的目标值（target）")
    return Item(name, weight, measure, row.get("direction", "up") != "down", target, group)


def _number(value: object, what: str) -> Fraction:
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError) as problem:
        raise BadScheme(f"{what}“{value}”不是数") from problem


def _shown(value: Fraction) -> str:
    return f"{float(value):g}"
