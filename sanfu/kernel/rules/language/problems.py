"""Where a rule text is wrong, said so that its author can mend it: line, column, what, what instead."""

from dataclasses import dataclass, field

from sanfu.kernel.flow import Labelled


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of one file: 1-based line and column, and the length in characters."""

    line: int
    column: int
    length: int = 1

    def to(self, other: "Span") -> "Span":
        """The span from here to the end of `other`; across lines it keeps the start only."""
        if other.line != self.line:
            return self
        return Span(self.line, self.column, max(self.length, other.column + other.length - self.column))


NOWHERE = Span(0, 0, 0)


class Severity(Labelled):
    """How bad a finding is: an error keeps a text from being used."""

    ERROR = "错误", "错误", "danger"
    WARNING = "警告", "警告", "warn"
    NOTICE = "提示", "提示", "info"


ERROR, WARNING, NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE


@dataclass(frozen=True)
class Problem:
    """One finding in a policy document."""

    code: str  # stable, for machines: parse, unknown-word, unit, zero-division, hash, …
    message: str  # what is wrong, in Chinese
    instead: str = ""  # what to write instead
    span: Span = NOWHERE
    severity: Severity = ERROR
    clause: str = ""

    def as_dict(self) -> dict[str, object]:
        return {
            "code": self.code,
            "severity": self.severity,
            "line": self.span.line,
            "column": self.span.column,
            "length": self.span.length,
            "clause": self.clause,
            "message": self.message,
            "instead": self.instead,
        }


@dataclass
class RuleError(Exception):
    """A rule that must not take effect."""

    problem: Problem
    others: list[Problem] = field(default_factory=list)

    def __str__(self) -> str:
        p = self.problem
        tail = f";应写:{p.instead}" if p.instead else ""
        return f"第 {p.span.line} 行第 {p.span.column} 列:{p.message}{tail}"


def refuse(code: str, message: str, span: Span, instead: str = "") -> RuleError:
    """Build the error; the caller raises it, so that type checkers see the end of the path."""
    return RuleError(Problem(code, message, instead, span))
