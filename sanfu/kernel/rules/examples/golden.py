"""Golden cases beside a document: facts a lawyer can read, and what must follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sanfu.kernel.rules.engines.naive import Answer
from sanfu.kernel.rules.examples.inputs import Intake, UnreadableCase
from sanfu.kernel.rules.judging.verdict import Verdict, judge_in
from sanfu.kernel.rules.language.quantities import Type, exact, split_quantity, unit_of
from sanfu.kernel.rules.language.tree import Clause
from sanfu.kernel.rules.population.derived import derive_row
from sanfu.kernel.rules.reading.library import Library


@dataclass(frozen=True)
class GoldenResult:
    """One golden case: `differences` is empty when it holds."""

    name: str
    clause: str
    differences: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.differences


def run_golden(spec: Mapping[str, Any], library: Library) -> list[GoldenResult]:
    """Every case of a `*.golden.yaml`; a case that cannot be read fails and says why."""
    found = []
    listed = spec.get("例", ()) if isinstance(spec, Mapping) else None
    if not isinstance(listed, list | tuple):
        return [GoldenResult("例", "", ("标准例文件应有一列 例，每一例写 名称、条款、日、事实、应为",))]
    for number, case in enumerate(listed, 1):
        if not isinstance(case, Mapping):
            found.append(GoldenResult(f"第 {number} 例", "", ("读不懂：每一例要写成 名称: 值",)))
            continue
        name, clause = str(case.get("名称", f"第 {number} 例")), str(case.get("条款", ""))
        try:
            differences = tuple(_differences(case, library, spec.get("缺省", {})))
        except (UnreadableCase, KeyError, ValueError, TypeError, AttributeError) as error:
            differences = (f"读不懂：{error}",)
        found.append(GoldenResult(name, clause, differences))
    return found


def _differences(case: Mapping[str, Any], library: Library, defaults: Mapping[str, Any]) -> Sequence[str]:
    wanted, day = case["应为"], _day(case["日"])
    if "事项" in case:
        numbers = [d.number for d, _ in library.governing(case["事项"], day)]
        return (
            []
            if numbers == [wanted["文号"]]
            else [f"文号应为 {wanted['文号']}，得 {'、'.join(numbers) or '无'}"]
        )
    document, clause = library.find(case["条款"])
    intake = Intake(library.dictionary, {})
    for key, raw in case.get("事实", {}).items():
        intake.field(key, raw)
    intake.defaults(defaults)
    if intake.unknown:
        raise UnreadableCase(f"不认识的字段 {'、'.join(intake.unknown)}")
    row = derive_row(intake.row, day, library)
    verdict = judge_in(document, clause, row, day, library.dictionary)
    return [text for key, value in wanted.items() for text in _differs(key, value, verdict, clause)]


def _differs(key: str, value: Any, verdict: Verdict, clause: Clause) -> list[str]:
    match key:
        case "结论":
            return _unless(str(value) == str(verdict.status), key, value, verdict.status)
        case "金额" | "分值":
            assert clause.amount is not None
            found = verdict.amount if verdict.status == "符合" else Fraction(0)
            return _unless(found == quantity(value, clause.amount.type), key, value, found)
        case "未达":
            labels = [c.label for c in verdict.failed]
            return _unless(sorted(value) == sorted(labels), key, value, labels)
        case "缺":
            return _unless(sorted(value) == sorted(verdict.missing), key, value, list(verdict.missing))
    types = {name: node.type for name, node in clause.outputs}
    found_output = verdict.outputs[key]
    return _unless(_equal(value, found_output, types[key]), key, value, found_output)


def _equal(value: Any, found: Answer, kind: Type) -> bool:
    if isinstance(found, Fraction) and value is not None:
        return quantity(value, kind) == found
    return bool(value == found)


def quantity(raw: Any, kind: Type) -> Fraction:
    """`200万元`, `5分`, `3%` or a bare number in base units."""
    if not isinstance(raw, str):
        return exact(raw)
    digits, unit = split_quantity(raw)
    known = unit_of(unit) if unit else None
    if unit and (known is None or known[1] != kind):
        raise ValueError(f"单位 {unit} 与 {kind} 不同")
    return exact(digits) * (known[0] if known else 1)


def _unless(ok: bool, key: str, value: object, found: object) -> list[str]:
    return [] if ok else [f"{key}应为 {value}，得 {found}"]


def _day(raw: object) -> date:
    return raw if isinstance(raw, date) else date.fromisoformat(str(raw))
