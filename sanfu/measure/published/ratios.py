"""Cases of one figure: a ratio, a sum of parts, a formula over named counts."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sanfu.measure.published.checked import Checked, Result, compared
from sanfu.measure.published.reading import BadCase, Stated, evaluate, stated

_TOP = ("num", "numerator", "分子")
_BOTTOM = ("den", "denominator", "分母")
_GROUPS = ("parts", "inputs", "values", "counts", "components", "数据", "分项")
_PRINTED = "published"


def one_figure(raw: Mapping[str, Any]) -> list[Checked]:
    """Recompute a case; one result for each figure that it published."""
    place, metric = str(raw.get("place", "")), str(raw.get("metric", ""))
    printed = _printed(raw)
    if not printed:
        return _without_inputs(raw, place, metric)
    key, value = printed
    try:
        made, note = _made(raw, key)
    except BadCase as problem:
        return [Checked(place, metric, Result.UNEXPLAINED, note=str(problem))]
    if made is None:
        return [Checked(place, metric, Result.UNCHECKED, note="没有给出构成它的数，无从复算")]
    found = compared(place, metric, made, value, note)
    if found.result is Result.INCONSISTENT and _within_inputs(raw, value, key):
        note = "分子分母是约数，公布值在其取位范围内"
        return [Checked(place, metric, Result.REPRODUCED, Fraction(0), found.recomputed, note)]
    return [found]


def _printed(raw: Mapping[str, Any]) -> tuple[str, Stated] | None:
    for key, value in raw.items():
        if key.startswith(_PRINTED) and not isinstance(value, Mapping) and (number := stated(value)):
            return key, number
    return None


def _without_inputs(raw: Mapping[str, Any], place: str, metric: str) -> list[Checked]:
    """Figures printed alone: each is listed, none is judged."""
    several = raw.get(_PRINTED)
    if isinstance(several, Mapping) and (found := _by_equation(raw, several, place)):
        return [found]
    names = list(several) if isinstance(several, Mapping) else [metric]
    note = "只公布了结果，没有构成它的数，无从复算"
    return [Checked(place, name, Result.UNCHECKED, note=note) for name in names]


def _by_equation(raw: Mapping[str, Any], several: Mapping[str, Any], place: str) -> Checked | None:
    """Judge figures printed together by an equation that the case tells: 受理=直接办理+交办."""
    left, equals, right = str(raw.get("formula", "")).replace("＝", "=").partition("=")
    values = {str(k): number for k, v in several.items() if (number := stated(v))}
    if not equals or left.strip() not in values:
        return None
    try:
        made = evaluate(right, {k: v.value for k, v in values.items() if k != left.strip()})
    except BadCase:
        return None
    return compared(place, left.strip(), made, values[left.strip()], str(raw["formula"]))


def _made(raw: Mapping[str, Any], key: str) -> tuple[Fraction | None, str]:
    """The value that the given counts lead to, in the unit of the printed one."""
    factor = _factor(raw, key)
    parts = _parts(raw)
    formula = _bare_formula(raw)
    if parts and formula and ("total" not in key or re.search("[-−*×/÷]", formula)):
        try:
            return evaluate(formula, parts) * factor, formula
        except BadCase:
            if _first(raw, _TOP) is None:
                raise
    top, bottom = _first(raw, _TOP), _first(raw, _BOTTOM)
    if top is not None and bottom is not None:
        if not bottom.value:
            raise BadCase("分母为零，比率没有意义。")
        return top.value / bottom.value * factor, ""
    if parts:
        return sum(parts.values(), Fraction(0)), "分项之和"
    return None, ""


_SCALE = re.compile(r"[×*xX]\s*(10{2,5})\s*(?:%|％|‰)?\s*$")


def _bare_formula(raw: Mapping[str, Any]) -> str:
    """The right side of a case's formula, without the ×100% that only says how it is told."""
    return _SCALE.sub("", str(raw.get("formula", "")).replace("＝", "=").split("=")[-1])


def _factor(raw: Mapping[str, Any], key: str) -> int:
    """What a ratio is multiplied by before it is printed: 100 for percent, 10000 for 件/万人."""
    text = str(raw.get(key))
    if told := _SCALE.search(str(raw.get("formula", ""))):
        return int(told.group(1))
    if re.search("[/每]万[人户家]|^每?万[人户家]", f"{raw.get('unit', '')} {raw.get('metric', '')}"):
        return 10_000
    if "permille" in key or "‰" in text:
        return 1000
    named_rate = str(raw.get("metric", "")).endswith(("率", "占比", "比重"))
    return 100 if "pct" in key or "percent" in key or "%" in text or named_rate else 1


def _first(raw: Mapping[str, Any], names: tuple[str, ...]) -> Stated | None:
    return next((number for name in names if (number := stated(raw.get(name)))), None)


def _parts(raw: Mapping[str, Any]) -> dict[str, Fraction]:
    """The named counts of a case, wherever it keeps them."""
    for name in _GROUPS:
        group = raw.get(name)
        if isinstance(group, Mapping):
            return {str(k): number.value for k, v in group.items() if (number := stated(v))}
        if isinstance(group, list):
            return {f"第{n}项": number.value for n, v in enumerate(group, 1) if (number := stated(v))}
    return {k: number.value for k, v in raw.items() if not k.isascii() and (number := stated(v))}


def _within_inputs(raw: Mapping[str, Any], printed: Stated, key: str) -> bool:
    """Could rounded inputs (7.25 万件) hide counts that lead to the printed ratio?"""
    top, bottom = _first(raw, _TOP), _first(raw, _BOTTOM)
    if top is None or bottom is None or not (top.digits and bottom.digits):
        return False
    factor, half = _factor(raw, key), printed.step / 2
    low = (top.value - top.step / 2) / (bottom.value + bottom.step / 2) * factor
    high = (top.value + top.step / 2) / (bottom.value - bottom.step / 2) * factor
    return low - half <= printed.value <= high + half
