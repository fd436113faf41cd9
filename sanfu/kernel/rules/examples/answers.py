"""Answers cases from the shipped content and compares with what was expected."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sanfu.kernel.rules.awards.points import share_pool
from sanfu.kernel.rules.engines.naive import Answer
from sanfu.kernel.rules.examples.inputs import Intake, UnreadableCase
from sanfu.kernel.rules.examples.payouts import WAN, payout, plain
from sanfu.kernel.rules.judging.changes import smallest_changes
from sanfu.kernel.rules.judging.verdict import Status, Verdict, judge
from sanfu.kernel.rules.language.quantities import MONEY, Type, exact, unit_of
from sanfu.kernel.rules.language.tree import Clause
from sanfu.kernel.rules.reading.library import Library

NOT_INPUT = {"kind", "expected", "note", "min_change", "clause", "id", "date", "on", "name"}


@dataclass(frozen=True)
class Outcome:
    """`ok` is None when the case cannot be answered; then `note` says why."""

    kind: str
    expected: object
    found: object
    ok: bool | None
    note: str = ""


class CaseBook:
    """The kinds of case that the content describes."""

    def __init__(self, library: Library, spec: Mapping[str, Any], day: date) -> None:
        self.library, self.day = library, day
        self.kinds: Mapping[str, Any] = spec["种类"]
        self.matters: Mapping[str, str] = spec.get("事项别名", {})

    def answer(self, case: Mapping[str, Any]) -> Outcome:
        """One case; whatever is wrong with it becomes a note."""
        kind, expected = str(case.get("kind", "")), case.get("expected")
        spec = self.kinds.get(kind)
        if spec is None:
            return Outcome(kind, expected, None, None, f"内容里没有这一类例题:{kind}")
        try:
            found = self._found(case, spec)
        except (UnreadableCase, KeyError, ValueError, TypeError, AttributeError) as error:
            return Outcome(kind, expected, None, None, f"读不懂这道例题:{error}")
        if isinstance(found, dict) and isinstance(expected, Mapping):
            found = {key: value for key, value in found.items() if key in expected}
        ok = same(expected, found, self._labels(spec, case))
        note = ""
        if "min_change" in case:
            change = self._change(case, spec)
            found = {"answer": found, "min_change": [change]}
            ok = ok and same_change(case["min_change"], change)
        return Outcome(kind, expected, found, ok, note)

    def _found(self, case: Mapping[str, Any], spec: Mapping[str, Any]) -> object:
        match spec.get("形式"):
            case "版本":
                return self._version(case)
            case "分值池":
                return _pool(case)
            case "兑付":
                return self._payout(case, spec)
        clause, row = self._read(case, spec)
        verdict = judge(clause, row, self._day(case), self.library.dictionary)
        types = {name: node.type for name, node in clause.outputs}
        form = spec["答"]
        if set(form) <= {"判定", "输出"}:
            return render(form, verdict, types)
        return {name: render(part, verdict, types) for name, part in form.items()}

    def _day(self, case: Mapping[str, Any]) -> date:
        raw = case.get("on") or case.get("date")
        return date.fromisoformat(str(raw)) if raw else self.day

    def _read(self, case: Mapping[str, Any], spec: Mapping[str, Any]) -> tuple[Clause, dict[str, Any]]:
        intake = Intake(self.library.dictionary, spec)
        for name, raw in case.items():
            if name not in NOT_INPUT:
                intake.field(name, raw)
        for choice in spec.get("选择", ()):
            if all(name in case for name in choice["有"]):
                intake.defaults(choice["设"])
                break
        intake.defaults(spec.get("缺省", {}))
        if intake.unknown:
            raise UnreadableCase(f"不认识的字段 {'、'.join(intake.unknown)}")
        return self.library.find(spec["条款"])[1], intake.row

    def _labels(self, spec: Mapping[str, Any], case: Mapping[str, Any]) -> list[tuple[str, ...]]:
        try:
            clause = self.library.find(str(spec.get("条款") or case.get("clause")))[1]
        except KeyError:
            return []
        return [(c.label, *c.words) for c in clause.conditions]

    def _version(self, case: Mapping[str, Any]) -> str:
        matter = str(case["matter"])
        found = self.library.governing(self.matters.get(matter, matter), self._day(case))
        if not found:
            return "没有适用的文件"
        document, entry = found[0]
        return f"{document.number}({entry.note})" if entry.note and entry.end else document.number

    def _payout(self, case: Mapping[str, Any], spec: Mapping[str, Any]) -> object:
        fields = {name: raw for name, raw in case.items() if name not in NOT_INPUT}
        return payout(str(case["clause"]), fields, self._day(case), self.library, spec, case.get("expected"))

    def _change(self, case: Mapping[str, Any], spec: Mapping[str, Any]) -> str:
        clause, row = self._read(case, spec)
        changes = smallest_changes(clause, row, self._day(case), self.library.dictionary)
        return " 或 ".join(
            " 且 ".join(step.short(self.library.dictionary) for step in c.steps) for c in changes
        )


def _pool(case: Mapping[str, Any]) -> dict[str, object]:
    """Points and pool (in 万元) → the price of a point and everyone's share, in 万元."""
    points = {str(k): exact(v) for k, v in case["points"].items()}
    pool = exact(case.get("pool_wan", case.get("pool"))) * WAN
    shares = share_pool(points, int(pool))
    if shares is None:
        return {"price": None, **dict.fromkeys(points, 0)}
    return {
        "price": plain(shares.price / WAN),
        **{n: plain(shares.price * p / WAN) for n, p in points.items()},
    }


def render(form: Mapping[str, str], verdict: Verdict, types: Mapping[str, Type]) -> object:
    """An output as a plain value, or the verdict as yes/no or in words."""
    if "输出" in form:
        name = form["输出"]
        return plain_answer(verdict.outputs[name], types[name])
    if form["判定"] == "真假":
        return {Status.MET: True, Status.NOT_MET: False}.get(verdict.status)
    return in_words(verdict)


def in_words(verdict: Verdict) -> str:
    """不通过:甲、乙未达 / 自动项全过→待人工(丙) / 通过 / 待补数据:丁."""
    match verdict.status:
        case Status.MET:
            return "通过"
        case Status.NOT_MET:
            return f"不通过:{'、'.join(c.label for c in verdict.failed)}未达"
        case Status.PERSON:
            return f"自动项全过→待人工({'、'.join(c.label for c in verdict.open)})"
    return f"待补数据:{'、'.join(verdict.missing)}"


def plain_answer(value: Answer, kind: Type) -> object:
    """Money in 万元, everything else in its base unit; unknown stays None."""
    if isinstance(value, Fraction):
        return plain(value / WAN if kind == MONEY else value)
    return value


# ---- comparing


def same(expected: object, found: object, labels: Sequence[tuple[str, ...]] = ()) -> bool:
    """Numbers by value to the digits expected, texts by verdict and named conditions, tables by field."""
    if isinstance(expected, Mapping):
        return isinstance(found, Mapping) and all(
            key in found and same(value, found[key], labels) for key, value in expected.items()
        )
    if isinstance(expected, list | tuple):
        return (
            isinstance(found, list | tuple)
            and len(found) == len(expected)
            and all(same(e, f, labels) for e, f in zip(expected, found, strict=True))
        )
    if isinstance(expected, bool) or isinstance(found, bool) or expected is None:
        return expected is found
    if isinstance(expected, int | float) and isinstance(found, int | float):
        return _same_number(expected, found)
    if isinstance(expected, str) and isinstance(found, str):
        return _same_text(expected, found, labels)
    return expected == found


def _same_number(expected: float, found: float) -> bool:
    """Equal, or equal once rounded to the digits that were written when at least two decimals were."""
    written, got = Decimal(str(expected)), Decimal(str(found))
    if written == got:
        return True
    digits = written.normalize().as_tuple().exponent
    return (
        isinstance(digits, int)
        and digits <= -2
        and abs(got - written) <= Decimal(5) * Decimal(10) ** (digits - 1)
    )


_VERDICTS = {
    "待人工": ("待人工", "人工"),
    "不通过": ("不通过", "不符合", "未通过", "不予"),
    "待补": ("待补", "缺数据", "未知", "数据缺"),
}


def _verdict_of(text: str) -> str | None:
    for verdict, marks in _VERDICTS.items():
        if any(mark in text for mark in marks):
            return verdict
    return "通过" if text.startswith(("通过", "符合", "全过", "认定")) else None


def _same_text(expected: str, found: str, labels: Sequence[tuple[str, ...]]) -> bool:
    if _squeeze(expected) == _squeeze(found):
        return True
    verdict = _verdict_of(expected)
    if not labels or verdict is None or verdict != _verdict_of(found):
        return False
    named = {words[0] for words in labels if any(word in expected for word in words)}
    shown = {words[0] for words in labels if words[0] in found}
    loosely = {label for label in shown if label in named or label[:2] in expected}
    return not (named or loosely) or (loosely == shown and named <= shown)


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text).translate(str.maketrans("（）：，", "():,"))


_STEP = re.compile(r"([^\s+\-或且]+?)\s*([+-])\s*([\d.]+)\s*(万元|万|元|%|个百分点|件|人|年|分|项)?")


def _steps_of(texts: Sequence[str]) -> set[tuple[str, Fraction]]:
    found: set[tuple[str, Fraction]] = set()
    for text in texts:
        for name, sign, number, unit in _STEP.findall(text):
            known = unit_of({"万": "万元"}.get(unit, unit)) if unit else None
            size = Fraction(number) * (known[0] if known else 1)
            found.add((name, size if sign == "+" else -size))
    return found


def same_change(expected: object, found: str) -> bool:
    """营收+0.01万 或 融资+1万 against ours: the same steps, whatever their order or the length of a name."""
    texts = [str(t) for t in expected] if isinstance(expected, list) else [str(expected)]
    wanted, got = _steps_of(texts), _steps_of([found])
    if len(wanted) != len(got):
        return False
    return all(any(size == other and _alike(name, said) for said, other in got) for name, size in wanted)


def _alike(one: str, two: str) -> bool:
    return one in two or two in one or all(char in two for char in one)
