"""Wishes of departments to see a firm, and the visits that they become."""

from dataclasses import dataclass, field

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Wish:
    """A department wants to see a firm in one of the weeks `first`…`last` (both included).

    Attributes:
        alone: must not share a visit with another department.
        lawful: an inspection by law (执法检查): shown as it is, never moved, merged or refused.
    """

    code: str
    firm: str
    department: str
    first: int
    last: int
    purpose: str = ""
    minutes: float = 60.0
    alone: bool = False
    lawful: bool = False
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit to a firm: its week, the weeks it could be in, and the wishes that it serves."""

    firm: str
    week: int
    first: int
    last: int
    wishes: tuple[Wish, ...]

    @property
    def departments(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(wish.department for wish in self.wishes))

    @property
    def minutes(self) -> float:
        """How long it takes: the longest matter and a quarter of each other one, as they are discussed together."""
        times = sorted((wish.minutes for wish in self.wishes), reverse=True)
        return times[0] + sum(times[1:]) / 4


@dataclass(frozen=True, slots=True)
class Limits:
    """What a county has decided (content/enterprise/visits.yaml)."""

    a_firm: int = 2  # visits a firm receives in a quarter; inspections by law do not count
    departments: int = 4  # departments that share one visit
    apart: int = 3  # weeks between two visits to one firm, where the windows allow it


PLAIN = Limits()


@dataclass(frozen=True, slots=True)
class Merged:
    """A wish that got no visit of its own: the visit it was merged into, and how many weeks outside its window."""

    wish: Wish
    visit: int
    outside: int


@dataclass
class QuarterPlan:
    """The plan: visits, what was merged into what, inspections by law as they stand, and what a person must decide."""

    visits: list[Visit]
    merged: list[Merged] = field(default_factory=list)
    inspections: list[Wish] = field(default_factory=list)
    left: list[Wish] = field(default_factory=list)  # no visit under the cap has room: a person decides
    close: list[tuple[int, int]] = field(
        default_factory=list
    )  # pairs of visits to a firm nearer than `apart`

    def by_week(self) -> dict[int, int]:
        """Visits in each week."""
        count: dict[int, int] = {}
        for visit in self.visits:
            count[visit.week] = count.get(visit.week, 0) + 1
        return dict(sorted(count.items()))
