"""Cases of a city's scores: single scores by rule or by search, unit totals, composites by weights."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from sanfu.measure.published.checked import Checked, Result, compared
from sanfu.measure.published.identify import scorings_of, weights_of
from sanfu.measure.published.reading import BadCase, Stated, evaluate, percent_in, scorings, stated
from sanfu.measure.rules import Scoring, rounded

TOLERANCE = Fraction(1, 100)
_TOTAL_WORDS = ("综合", "总分", "总得分", "得分", "公布", "合计", "成绩")


def scored(raw: Mapping[str, Any]) -> list[Checked]:
    """Recompute every row of a score table; unit totals are judged apart by `unit_totals`."""
    rows = raw.get("rows") or []
    if not rows:
        return []
    table = [list(row.values()) if isinstance(row, Mapping) else list(row) for row in rows]
    names = list(rows[0]) if isinstance(rows[0], Mapping) else [str(one) for one in raw.get("columns") or []]
    numeric = [place for place in range(len(table[0])) if all(_is_number(row[place]) for row in table)]
    if len(numeric) == 2 and (_rules(raw) or not _formula(raw)):
        return _single(raw, table, numeric)
    return _composite(raw, table, names, numeric)


def _is_number(raw: Any) -> bool:
    """Is a cell a number or a percentage, not a month or a code?"""
    return stated(raw) is not None and re.fullmatch(r"-?\d+(\.\d+)?[%％]?", str(raw).strip()) is not None


def _rules(raw: Mapping[str, Any]) -> dict[str, list[Scoring]]:
    """Rules told in words, by the name of what they score."""
    told = raw.get("inferred_rules") or raw.get("rules") or {}
    if isinstance(told, str):
        told = {str(raw.get("metric", "")): told}
    if isinstance(told, list):
        told = {str(n): str(text) for n, text in enumerate(told)}
    found = {str(name): scorings(str(text)) for name, text in told.items()}
    return {name: rules for name, rules in found.items() if rules}


def _common(one: str, other: str) -> int:
    """Pairs of neighbouring signs that two names share."""
    return len(
        {one[i : i + 2] for i in range(len(one) - 1)} & {other[i : i + 2] for i in range(len(other) - 1)}
    )


def _rules_for(metric: str, rules: Mapping[str, list[Scoring]]) -> list[Scoring]:
    best = max((_common(metric, name) for name in rules), default=0)
    return [one for name, found in rules.items() if best and _common(metric, name) == best for one in found]


# --- single scores: rate → marks ---


def _single(raw: Mapping[str, Any], table: list[list[Any]], numeric: list[int]) -> list[Checked]:
    rules, groups = _rules(raw), defaultdict(list)
    for row in table:
        groups[_label(row, numeric)].append(row)
    found: dict[int, Checked] = {}
    for label, rows in groups.items():
        points = [_point(row, numeric) for row in rows]
        rule, note = _rule_of(label, points, rules)
        for row, (rate, score) in zip(rows, points, strict=True):
            found[id(row)] = _scored_row(str(raw.get("place", "")), label, rate, score, rule, note)
    return [found[id(row)] for row in table]


def _point(row: Sequence[Any], numeric: Sequence[int]) -> tuple[Stated, Stated]:
    rate, score = (stated(row[place]) or Stated(Fraction(0), 0) for place in numeric)
    return rate, score


def _label(row: Sequence[Any], numeric: Sequence[int]) -> str:
    return " ".join(str(one) for place, one in enumerate(row) if place not in numeric)


def _rule_of(
    label: str, points: Sequence[tuple[Stated, Stated]], rules: Mapping[str, list[Scoring]]
) -> tuple[Scoring | None, str]:
    """The told rule that fits the most rows of a group; without told rules the one that a search identifies."""
    told = _rules_for(label, rules)
    if told:
        best = max(told, key=lambda rule: sum(_fits(rule, rate, score) for rate, score in points))
        return best, _words(best)
    identified = scorings_of([(rate.value, score.value) for rate, score in points], TOLERANCE)
    if len(points) >= 3 and identified.interior >= 2 and identified.fits:
        return identified.fits[
            0
        ], f"反推：{_words(identified.fits[0])}，另有{len(identified.fits) - 1}种规则同样吻合"
    return None, "数据不足以确定计分规则"


def _fits(rule: Scoring, rate: Stated, score: Stated) -> bool:
    return abs(rule.score(rate.value) - score.value) <= max(TOLERANCE, score.step / 2)


def _words(rule: Scoring) -> str:
    full, target, cost, floor = (float(one) for one in (rule.full, rule.target, rule.per_point, rule.floor))
    way = "高" if rule.low_is_good else "低"
    return f"满分{full:g}，目标{target:g}%，每{way}1个百分点扣{cost:g}，最低{floor:g}"


def _scored_row(
    place: str, label: str, rate: Stated, score: Stated, rule: Scoring | None, note: str
) -> Checked:
    metric = f"{label} {float(rate.value):g}%"
    if rule is None:
        return Checked(place, metric, Result.UNEXPLAINED, note=note)
    made = rule.score(rate.value)
    shown = str(rounded(made, 2))
    if _fits(rule, rate, score):
        return Checked(place, metric, Result.REPRODUCED, Fraction(0), shown, note)
    return Checked(place, metric, Result.INCONSISTENT, score.value - made, shown, note)


# --- unit totals: 100 minus what each item lost ---


def unit_totals(raw: Mapping[str, Any]) -> list[Checked]:
    """Recompute the totals of units, and list those that the bulletin leaves unexplained."""
    totals = raw.get("totals") or {}
    if isinstance(totals, list):
        totals = {"rows": totals}
    place, rules = str(raw.get("place", "")), _rules(raw)
    full = stated(totals.get("full")) or Stated(Fraction(100), 0)
    found = [_total(place, row, rules, full.value) for row in totals.get("rows") or []]
    for row in totals.get("unexplained") or []:
        metric = " ".join(str(one) for one in row[:-1]) + " 总分"
        found.append(
            Checked(place, metric, Result.UNEXPLAINED, note=f"公布{row[-1]}分，没有失分明细，不凑规则")
        )
    return found


def _total(place: str, row: Sequence[Any], rules: Mapping[str, list[Scoring]], full: Fraction) -> Checked:
    lost = next((one for one in row if isinstance(one, Mapping)), None)
    printed = stated(row[-1])
    names = [str(one) for one in row[:-1] if not isinstance(one, Mapping)]
    metric = " ".join(names) + " 总分"
    if lost is None or printed is None:
        return Checked(place, metric, Result.UNEXPLAINED, note="没有失分明细")
    values = {str(name): stated(value) for name, value in lost.items()}
    if any(value is None for value in values.values()):
        return Checked(place, metric, Result.UNEXPLAINED, note="失分明细不是数")
    off = [
        name for name, value in values.items() if value is not None and not _lost_as_ruled(name, value, rules)
    ]
    made = full - sum((value.value for value in values.values() if value is not None), Fraction(0))
    note = f"“{'、'.join(off)}”的失分与规则不符" if off else ""
    return compared(place, metric, made, printed, note)


def _lost_as_ruled(name: str, lost: Stated, rules: Mapping[str, list[Scoring]]) -> bool:
    """Are the marks lost under a label such as 按时办结(80%) those of a told rule? True where none applies."""
    rate, told = percent_in(name), _rules_for(name, rules)
    if rate is None or not told:
        return True
    return any(abs(Fraction(rule.lost(rate)) - lost.value) <= TOLERANCE for rule in told)


# --- composites: weights over columns ---


def _formula(raw: Mapping[str, Any]) -> str:
    """The composite's formula in words, wherever a case keeps it."""
    for key in ("formula", "inferred_formula", "inferred_rules", "inferred", "rule"):
        text = raw.get(key)
        if isinstance(text, Mapping):
            text = next((str(one) for one in text.values() if re.search(r"\d[^，。]*\+", str(one))), "")
        signs = r"[+＋]" if key.endswith(("rules", "rule", "inferred")) else r"[+＋*×/÷]|[-−]"
        if isinstance(text, str) and re.search(signs, text):
            return re.split(r"[=＝]", text)[-1]
    weights = raw.get("weights")
    if isinstance(weights, Mapping):
        read = {str(name): number.value for name, weight in weights.items() if (number := stated(weight))}
        scale = Fraction(1) if sum(read.values()) <= 1 else Fraction(1, 100)
        return "+".join(f"{float(weight * scale)}*{name}" for name, weight in read.items())
    return ""


def _composite(
    raw: Mapping[str, Any], table: list[list[Any]], names: list[str], numeric: list[int]
) -> list[Checked]:
    place = str(raw.get("place", ""))
    total = next(
        (p for p in reversed(numeric) if p < len(names) and any(w in names[p] for w in _TOTAL_WORDS)),
        numeric[-1] if numeric else -1,
    )
    columns = [p for p in numeric if p != total]
    labels = [_label(row, numeric) or f"第{n}行" for n, row in enumerate(table, 1)]
    metric = names[total] if 0 <= total < len(names) else "综合得分"
    metrics = [f"{metric} {label}" for label in labels]
    if not columns:
        return [Checked(place, one, Result.UNCHECKED, note="没有构成它的数") for one in metrics]
    values = [[_value(row[p]) for p in columns] for row in table]
    printed = [stated(row[total]) or Stated(Fraction(0), 0) for row in table]
    made, note = _composites(
        raw, [names[p] if p < len(names) else f"列{p}" for p in columns], values, printed
    )
    if made is None:
        return [Checked(place, one, Result.UNEXPLAINED, note=note) for one in metrics]
    return [
        _near(compared(place, one, value, score, note), value, score)
        for one, value, score in zip(metrics, made, printed, strict=True)
    ]


def _value(raw: Any) -> Fraction:
    found = stated(raw)
    return found.value if found else Fraction(0)


def _near(found: Checked, value: Fraction, score: Stated) -> Checked:
    """Composites are made of rates that were rounded themselves: within 0.01 they agree."""
    if found.result is Result.INCONSISTENT and abs(value - score.value) <= _slack(score):
        return Checked(
            found.place, found.metric, Result.REPRODUCED, Fraction(0), found.recomputed, found.note
        )
    return found


def _slack(score: Stated) -> Fraction:
    """How far a composite of rounded rates may lie from the printed one; a whole number hides no whole mark."""
    return max(TOLERANCE, min(score.step, Fraction(1, 10)))


def _composites(
    raw: Mapping[str, Any], names: list[str], rows: list[list[Fraction]], printed: list[Stated]
) -> tuple[list[Fraction] | None, str]:
    formula = _formula(raw)
    if formula:
        best: tuple[int, list[Fraction]] | None = None
        for rest in ("full", "sum", "mean"):
            made = _by_formula(formula, names, rows, rest) or _by_position(formula, rows)
            if made is None:
                continue
            hits = sum(abs(m - p.value) <= _slack(p) for m, p in zip(made, printed, strict=True))
            if best is None or hits > best[0]:
                best = hits, made
        if best is not None:
            return best[1], f"按公式{formula}"
    slack = max(max(one.step for one in printed) / 2, TOLERANCE)
    fits = weights_of(rows, [one.value for one in printed], slack)
    if not fits:
        return None, "数据不足以确定权重，或没有一组权重吻合"
    one = fits[0]
    made = [sum((w * x for w, x in zip(one.weights, r, strict=True)), one.constant) for r in rows]
    shares = "、".join(f"{name}{float(w):g}" for name, w in zip(names, one.weights, strict=True))
    return made, f"反推权重：{shares}，常数{float(one.constant):g}；吻合的权重共{len(fits)}组"


def _by_formula(
    formula: str, names: list[str], rows: list[list[Fraction]], rest: str
) -> list[Fraction] | None:
    """The composites by a told formula; 其余 means full marks, or the sum or mean of columns not named."""
    others = [place for place, name in enumerate(names) if _bare(name) not in formula]
    made = []
    for row in rows:
        values = dict(zip((_bare(name) for name in names), row, strict=True))
        if not any(word in name for name in values for word in ("其余", "其他")):
            values |= dict.fromkeys(("其余", "其他"), _rest(row, others, rest))
        try:
            made.append(evaluate(formula, values))
        except BadCase:
            return None
    return made


def _by_position(formula: str, rows: list[list[Fraction]]) -> list[Fraction] | None:
    """Composites when the columns carry no names: weights in the order told; one weight more is for full marks."""
    weights = [Fraction(one) for one in re.findall(r"\d+(?:\.\d+)?", formula)]
    if len(weights) - len(rows[0]) not in (0, 1):
        return None
    return [
        sum((w * x for w, x in zip(weights, [*row, Fraction(100)], strict=False)), Fraction(0))
        for row in rows
    ]


def _bare(name: str) -> str:
    return re.sub(r"[(（].*?[)）]|率$|得分$|\s", "", name)


def _rest(row: list[Fraction], others: list[int], rest: str) -> Fraction:
    if rest == "full" or not others:
        return Fraction(100)
    found = sum((row[place] for place in others), Fraction(0))
    return found if rest == "sum" else found / len(others)
