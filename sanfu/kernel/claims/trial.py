"""Labelled sentences answered (核数评测): accuracy of verdicts, what is right and was called wrong, every miss."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sanfu.kernel.claims.check import Report, check
from sanfu.kernel.claims.verdicts import Verdict


@dataclass(slots=True)
class Trial:
    """Counts over labelled cases."""

    cases: int = 0
    right: int = 0
    ok_cases: int = 0
    ok_called_wrong: int = 0
    misses: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Shares are of all cases, and of the cases that are ok."""
        return {
            "cases": self.cases,
            "accuracy": self.right / self.cases if self.cases else None,
            "ok_called_wrong": self.ok_called_wrong / self.ok_cases if self.ok_cases else 0.0,
            "ok_cases": self.ok_cases,
            "misses": self.misses,
        }


def answered(report: Report) -> str:
    """The verdict of a text in the words of labelled cases: nothing judged is no consent, so it is ambiguous."""
    return (Verdict.AMBIGUOUS if report.verdict is Verdict.UNCHECKED else report.verdict).value


def trial(cases: Iterable[Mapping[str, Any]]) -> Trial:
    """Answer every case that has text, facts and expected."""
    found = Trial()
    for number, case in enumerate(cases, 1):
        report, expected = check(str(case["text"]), case.get("facts") or ()), str(case["expected"])
        got = answered(report)
        found.cases += 1
        found.right += got == expected
        found.ok_cases += expected == Verdict.OK
        found.ok_called_wrong += expected == Verdict.OK and got == Verdict.WRONG
        if got != expected:
            found.misses.append(
                {
                    "id": case.get("id", number), "text": case["text"], "expected": expected, "got": got,
                    "why": [f"{one.text}：{one.why}" for one in report.numbers if one.verdict is not Verdict.OK],
                }
            )  # fmt: skip
    return found
