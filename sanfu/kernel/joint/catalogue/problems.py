"""What is wrong with a catalogue, said so that its keeper can mend it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: a stable code, the place (a code of the catalogue, or line and column), and a sentence."""

    code: str
    where: str
    message: str
    path: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        return f"[{self.code}] {self.where}:{self.message}"


class CatalogError(ValueError):
    """A catalogue or an answer that cannot be used; carries every problem found, not only the first."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))
