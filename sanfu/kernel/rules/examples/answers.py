"""Answers cases from the shipped content and compares with what was expected."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sanfu.kernel.rules.engines.naive import Answer, Naive
from sanfu.kernel.rules.examples.comparing import Labels, same, same_change
from sanfu.kernel.rules.examples.industries import Industries
from sanfu.kernel.rules.examples.inputs import Intake, UnreadableCase
from sanfu.kernel.rules.examples.payouts import WAN, payout, plain
from sanfu.kernel.rules.examples.pools import share_case
from sanfu.kernel.rules.judging.changes import smallest_changes
from sanfu.kernel.rules.judging.verdict import Status, Verdict, judge_in
from sanfu.kernel.rules.language.facts import PERSON
from sanfu.kernel.rules.language.quantities import MONEY, Type
from sanfu.kernel.rules.language.tree import Clause
from sanfu.kernel.rules.population.derived import derive_row
from sanfu.kernel.rules.reading.library import Library

DAYS = ("on", "date", "日期", "日")
NOT_INPUT = frozenset(
    ("kind", "expected", "note", "min_change", "clause", "id", "name", "备注", "说明", *DAYS)
)
NO_DOCUMENT = "没有适用的文件"
HELD = {Status.MET: True, Status.NOT_MET: False, Status.NOT_IN_FORCE: False}  # unknown otherwise


@dataclass(frozen=True)
class Outcome:
    """`ok` is None when the case cannot be answered; then `note` says why."""

    kind: str
    expected: object
    found: object
    ok: bool | None
    note: str = ""
    answered: bool = False  # no expected answer was given, so there is nothing to compare


class CaseBook:
    """The kinds of case that the content describes (`spec` of cases.yaml, `classes`: the 门类 of GB/T 4754).

    `registered` answers forms that need more than the rule base, by the word of their form.
    """

    def __init__(
        self,
        library: Library,
        spec: Mapping[str, Any],
        day: date,
        classes: Mapping[str, Any] | None = None,
        registered: Mapping[str, Callable[[Mapping[str, Any]], object]] | None = None,
    ) -> None:
        self.library, self.day = library, day
        self.registered = registered or {}
        self.kinds: Mapping[str, Any] = spec["种类"]
        self.names: Mapping[str, str] = spec.get("种类别名", {})
        self.matters: Mapping[str, str] = spec.get("事项别名", {})
        self.matter_words: Sequence[Sequence[str]] = spec.get("事项含", ())
        self.common: Mapping[str, Any] = spec.get("共同", {})
        self.industries = Industries(spec.get("行业词", {}), classes or {})

    def answer(self, case: Mapping[str, Any]) -> Outcome:
        """One case; whatever is wrong with it becomes a note."""
        kind, expected = str(case.get("kind", "")), case.get("expected")
        spec = self.kinds.get(self.names.get(kind, kind))
        if spec is None:
            return Outcome(
                kind, expected, None, None, f"内容里没有这一类例题：{kind}；有 {'、'.join(self.kinds)}"
            )
        try:
            return self._answered(case, spec, kind, expected)
        except (UnreadableCase, KeyError, ValueError, TypeError, AttributeError) as error:
            return Outcome(kind, expected, None, None, f"读不懂这道例题：{error}")

    def _answered(
        self, case: Mapping[str, Any], spec: Mapping[str, Any], kind: str, expected: Any
    ) -> Outcome:
        found = shaped(self._found(case, spec), expected, spec.get("主答", {}))
        if "expected" not in case:
            return Outcome(kind, None, found, None, answered=True)
        ok = same(expected, found, self._labels(spec, case))
        if "min_change" in case:
            change = self._change(case, spec)
            found = {"answer": found, "min_change": [change]}
            ok = ok and same_change(case["min_change"], change)
        return Outcome(kind, expected, found, ok)

    def _found(self, case: Mapping[str, Any], spec: Mapping[str, Any]) -> object:
        form = str(spec.get("形式"))
        if form in self.registered:
            return self.registered[form](case)
        match form:
            case "版本":
                return self._version(case)
            case "分值池":
                return share_case(case)
            case "兑付":
                return self._payout(case, spec)
            case "任一":
                return self._any_of(case, spec)
        clause, row = self._read(case, spec)
        verdict = self._verdict(clause, row, case)
        types = {name: node.type for name, node in clause.outputs}
        if "输出" in spec["答"] or "判定" in spec["答"]:
            main = render(spec["答"], verdict, types, self)
            return (
                main
                if not isinstance(case.get("expected"), Mapping)
                else self._table(spec, verdict, types, main)
            )
        return self._table(spec, verdict, types, None)

    def _verdict(self, clause: Clause, row: Mapping[str, Any], case: Mapping[str, Any]) -> Verdict:
        document = self.library.find(clause.id)[0]
        return judge_in(document, clause, row, self._day(case), self.library.dictionary)

    def _table(
        self, spec: Mapping[str, Any], verdict: Verdict, types: Mapping[str, Type], main: object
    ) -> dict[str, object]:
        """Every answer that may be asked for: the named ones, all outputs by name, the verdict."""
        forms = spec.get("另答", {}) if main is not None else spec["答"]
        named = {name: render(part, verdict, types, self) for name, part in forms.items()}
        outputs = {name: plain_answer(value, types[name]) for name, value in verdict.outputs.items()}
        held = HELD.get(verdict.status)
        main = {"answer": main, "result": main, "结论": main} if main is not None else {}
        return {"eligible": held, "pass": held, "通过": held, "符合": held, **outputs, **main, **named}

    def _day(self, case: Mapping[str, Any]) -> date:
        raw = next((case[key] for key in DAYS if case.get(key)), None)
        return self.day if raw is None else day_of(str(raw))

    def _read(self, case: Mapping[str, Any], spec: Mapping[str, Any]) -> tuple[Clause, dict[str, Any]]:
        intake = Intake(self.library.dictionary, {**self.common, **spec}, self.industries)
        variants = spec.get("变体", {})
        for name, raw in case.items():
            if name not in NOT_INPUT and name not in variants:
                intake.field(name, raw)
        intake.finish()
        for choice in spec.get("选择", ()):
            if all(name in case for name in choice["有"]):
                intake.defaults(choice["设"])
                break
        self._derive(intake.row, spec, self._day(case))
        intake.row.update(derive_row(intake.row, self._day(case), self.library))
        intake.defaults(spec.get("缺省", {}))
        for choice in spec.get("另设", ()):  # what a case without these facts means
            if all(intake.row.get(column) is None for column in choice["无"]):
                intake.defaults(choice["设"])
        if intake.unknown:
            raise UnreadableCase(f"不认识的字段 {'、'.join(intake.unknown)}")
        return self._clause(case, spec), intake.row

    def _clause(self, case: Mapping[str, Any], spec: Mapping[str, Any]) -> Clause:
        """The clause of the kind, or of the variant that a field of the case names (a re-review)."""
        name = spec["条款"]
        for field, options in spec.get("变体", {}).items():
            if field in case:
                name = options.get(str(case[field]), name)
        return self.library.find(name)[1]

    def _derive(self, row: dict[str, Any], spec: Mapping[str, Any], day: date) -> None:
        """Columns that another clause gives: the industry of the size table from the code."""
        for column, source in spec.get("推定", {}).items():
            if row.get(column) is None:
                outputs = dict(self.library.find(source)[1].outputs)
                row[column] = Naive(row, day).value(outputs[column])

    def _any_of(self, case: Mapping[str, Any], spec: Mapping[str, Any]) -> bool | None:
        """Whether one of several clauses holds; unknown when none does and one might."""
        answers = []
        for name in spec["条款"]:
            clause, row = self._read(case, {**spec, "条款": name})
            verdict = self._verdict(clause, row, case)
            answers.append(HELD.get(verdict.status))
        return True if True in answers else None if None in answers else False

    def _labels(self, spec: Mapping[str, Any], case: Mapping[str, Any]) -> Labels:
        try:
            clause = self.library.find(str(spec.get("条款") or case.get("clause")))[1]
        except KeyError:
            return []
        return [(c.label, *c.words) for c in clause.conditions]

    def matter(self, said: str) -> str:
        """The matter a document names: as it is, by another name, or by the words in it."""
        word = re.sub(r"[“”\"'《》\s]", "", said)
        named = self.matters.get(said) or self.matters.get(word)
        if named or any(a.matter == word for d in self.library.documents for a in d.applications):
            return named or word
        return next((row[-1] for row in self.matter_words if all(w in word for w in row[:-1])), word)

    def _version(self, case: Mapping[str, Any]) -> str:
        found = self.library.governing(self.matter(str(case["matter"])), self._day(case))
        if not found:
            return NO_DOCUMENT
        document, entry = found[0]
        return f"{document.number}({entry.note})" if entry.note and entry.end else document.number

    def _payout(self, case: Mapping[str, Any], spec: Mapping[str, Any]) -> object:
        fields = {name: raw for name, raw in case.items() if name not in NOT_INPUT}
        spec = {**self.common, **spec}
        return payout(str(case["clause"]), fields, self._day(case), self.library, spec, case.get("expected"),
                      self.industries)  # fmt: skip

    def _change(self, case: Mapping[str, Any], spec: Mapping[str, Any]) -> str:
        clause, row = self._read(case, spec)
        changes = smallest_changes(clause, row, self._day(case), self.library.dictionary)
        return " 或 ".join(
            " 且 ".join(step.short(self.library.dictionary) for step in c.steps) for c in changes
        )


def day_of(text: str) -> date:
    """2026-04-15, 2026/4/15, 2026年4月15日, 20260415."""
    found = re.fullmatch(r"\s*(\d{4})\D?(\d{1,2})\D?(\d{1,2})日?(?:[T ].*)?\s*", text)
    if found is None:
        raise ValueError(f"日期应写成 2026-04-15，读到 {text!r}")
    return date(int(found[1]), int(found[2]), int(found[3]))


def shaped(found: object, expected: object, main: Mapping[str, str]) -> object:
    """The answer in the shape it was asked in: the fields of a table, or the one that is meant by a value."""
    if isinstance(found, dict):
        if isinstance(expected, Mapping):
            return {key: found[key] for key in expected if key in found}
        kind = "是否" if expected is None or isinstance(expected, bool) else "数"
        kind = "列" if isinstance(expected, list) else kind
        return found[main[kind]] if kind in main else found
    if isinstance(expected, Mapping) and len(expected) == 1:
        return dict.fromkeys(expected, found)
    return found


def render(form: Mapping[str, str], verdict: Verdict, types: Mapping[str, Type], book: CaseBook) -> object:
    """An output as a plain value, one condition's answer, or the verdict as yes/no or in words."""
    if "输出" in form:
        return plain_answer(verdict.outputs[form["输出"]], types[form["输出"]])
    if "条件" in form:
        return next(c.answer for c in verdict.conditions if c.label == form["条件"])
    if form["判定"] == "真假":
        return HELD.get(verdict.status)
    return in_words(verdict, book.library)


def in_words(verdict: Verdict, library: Library) -> str:
    """不通过:甲、乙未达 / 自动项全过→待人工(丙) / 通过 / 待补数据:丁."""
    match verdict.status:
        case Status.MET:
            return "通过"
        case Status.NOT_MET:
            return f"不通过：{'、'.join(c.label for c in verdict.failed)}未达"
        case Status.NOT_IN_FORCE:
            return str(verdict.status)
        case Status.PERSON:
            return f"自动项全过→待人工({'、'.join(c.label for c in verdict.open)})"
    data = [key for key in verdict.missing if library.dictionary.fact_of(key).automation != PERSON]
    return f"待补数据：{'、'.join(data)}"


def plain_answer(value: Answer, kind: Type) -> object:
    """Money in 万元, everything else in its base unit; unknown stays None."""
    if isinstance(value, Fraction):
        return plain(value / WAN if kind == MONEY else value)
    return value
