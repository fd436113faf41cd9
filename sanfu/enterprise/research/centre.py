"""Conditions of a provincial engineering centre (省级工程研究中心) against the register: met, missed by how much, unknown."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sanfu.enterprise.registry.content import dictionary
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.registry.queries import profile
from sanfu.enterprise.registry.rules import Profile
from sanfu.enterprise.research.content import decided
from sanfu.kernel.flow import Labelled
from sanfu.kernel.rules.language.facts import column_of


class Held(Labelled):
    """Whether a condition holds."""

    MET = "met", "满足", "ok"
    MISSED = "missed", "不满足", "danger"
    UNKNOWN = "unknown", "缺数据", "warn"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition with what was found, in words. needed: False for what only helps."""

    label: str
    held: Held
    says: str
    needed: bool = True


def conditions(enterprise: Enterprise, on: date) -> list[Condition]:
    """Every condition of the content file for one firm on a day."""
    known = profile(enterprise, on)
    return [_condition(raw, known) for raw in decided()["centre"]["conditions"]]


def _condition(raw: dict[str, Any], known: Profile) -> Condition:
    needed = raw.get("needed", True)
    if "flag" in raw:
        value = _value(known, raw["flag"], raw.get("period", ""))
        if value is None:
            return Condition(raw["label"], Held.UNKNOWN, "档案里没有这一项，请企业提供", needed)
        met = bool(value) == raw.get("is", True)
        return Condition(
            raw["label"], Held.MET if met else Held.MISSED, "档案：是" if value else "档案：否", needed
        )
    return _counted(raw, known, needed)


def _counted(raw: dict[str, Any], known: Profile, needed: bool) -> Condition:
    top = _value(known, raw["top"], raw.get("period", ""))
    over = _value(known, raw["over"], raw.get("period", "")) if "over" in raw else 1
    if top is None or not over:
        lacking = raw["top"] if top is None else raw["over"]
        return Condition(raw["label"], Held.UNKNOWN, f"档案里没有{lacking}，请企业提供", needed)
    value = Fraction(int(top), int(over)) * (100 if "over" in raw else 1)
    short = Fraction(raw["least"]) - value
    says = (
        f"现为 {float(value):g}{raw['unit']}"
        if "over" not in raw
        else f"现为 {float(value):.2f}{raw['unit']}"
    )
    if short > 0:
        return Condition(raw["label"], Held.MISSED, f"{says}，要 {raw['least']}{raw['unit']}，差 {float(short):.2f}".rstrip("0").rstrip(".") + raw["unit"], needed)  # fmt: skip
    return Condition(raw["label"], Held.MET, f"{says}，要 {raw['least']}{raw['unit']}", needed)


def _value(known: Profile, name: str, period: str) -> Any:
    return known.row.get(column_of(dictionary().facts[name], period))
