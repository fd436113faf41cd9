"""What a text would mean before anybody signs it: problems, golden cases, who wins and loses, what it costs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from sanfu.enterprise.benefits.city import City, ClauseRun
from sanfu.enterprise.benefits.content import BadGolden, parsed, read_golden, red_lines
from sanfu.enterprise.benefits.policies import Policy, in_force, library, name_of
from sanfu.enterprise.registry.content import dictionary
from sanfu.enterprise.registry.queries import population
from sanfu.kernel.rules.checks import check_document
from sanfu.kernel.rules.examples.golden import GoldenResult, run_golden
from sanfu.kernel.rules.language.problems import ERROR, Problem
from sanfu.kernel.rules.language.tree import Clause
from sanfu.kernel.rules.reading.document import Document

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class Look:
    """A text as read and checked. `found` holds errors, warnings and notices in reading order."""

    document: Document
    found: tuple[Problem, ...]
    golden: tuple[GoldenResult, ...]
    untested: tuple[str, ...] = ()  # new paying clauses without a golden case

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.found if problem.severity == ERROR]


@dataclass(frozen=True)
class Effect:
    """One clause before and after: indexes of enterprises that win or lose it, and the money."""

    clause: Clause
    before: ClauseRun | None
    after: ClauseRun | None
    won: tuple[int, ...] = ()
    lost: tuple[int, ...] = ()

    @property
    def points(self) -> bool:
        run = self.after or self.before
        return run is not None and run.points

    @property
    def more(self) -> int:
        """Money after less money before, in 分 (points: 10⁻⁴)."""
        return (self.after.total if self.after else 0) - (self.before.total if self.before else 0)


@dataclass(frozen=True)
class Impact:
    """What a changed document does to the city."""

    effects: tuple[Effect, ...]
    city: City = field(repr=False)

    @property
    def more(self) -> int:
        return sum(e.more for e in self.effects if not e.points)

    def names(self, rows: Sequence[int], limit: int = 8) -> list[str]:
        return [self.city.profiles[row].name for row in rows[:limit]]


def look(region: str, policy: str, text: str, day: date, golden: str | None = None) -> Look:
    """Read and check a text as if it were in force on `day`, with its golden cases (None: those in force).

    `policy` is the 编号 it must bear; "" for a policy that is new and may choose one.
    """
    policies = in_force(region, day)
    base = next((one for one in policies if one.id == policy), None)
    document = parsed(base.document.name if base else name_of(policy), text)
    whole = library(policies, document)
    found = check_document(document, whole, day, red_lines() if base is None or base.own else None)
    found = [*_identity(policy, document, base, policies), *found]
    try:
        said = base.golden if golden is None and base else read_golden(golden or "")
    except BadGolden as bad:
        found.append(Problem("golden", str(bad), "照已有的标准例改"))
        said = {}
    results = run_golden(said, whole) if not document.problems else []
    return Look(document, tuple(found), tuple(results), _untested(document, base, results))


def _identity(
    policy: str, document: Document, base: Policy | None, policies: Sequence[Policy]
) -> list[Problem]:
    """A text keeps the 编号 of its policy; a new policy takes one that is free and fits an address."""
    if policy and document.id != policy:
        return [Problem("front-matter", f"编号由 {policy} 改成了 {document.id}", f"改回 编号: {policy}")]
    if base is None and not SLUG.fullmatch(document.id):
        what = f"编号 {document.id} 不能用"
        return [Problem("front-matter", what, "用小写字母、数字和短横线，40 字以内，例如 编号: yc-robots")]
    if not policy and any(one.id == document.id for one in policies):
        return [Problem("front-matter", f"编号 {document.id} 已有一份政策", "换一个编号，或在原来那份上修改")]
    return []


def _untested(document: Document, base: Policy | None, results: Sequence[GoldenResult]) -> tuple[str, ...]:
    """Paying clauses that are new and that no golden case proves."""
    old = {clause.id for clause in base.document.clauses} if base else set()
    proven = {result.clause for result in results}
    return tuple(c.id for c in document.clauses if c.amount is not None and c.id not in old | proven)


def city_on(region: str, day: date) -> City:
    return City(population(region, day), day, dictionary())


def impact(base: Policy | None, document: Document, region: str, day: date) -> Impact:
    """Hits and money of every paying clause, before and after. A document with errors has no effect yet."""
    city = city_on(region, day)
    old = {run.clause.id: run for run in city.run(_paying(base.document))} if base else {}
    new = {run.clause.id: run for run in city.run(_paying(document))} if not document.problems else {}
    effects = []
    for name in dict.fromkeys((*new, *old)):
        before, after = old.get(name), new.get(name)
        had, has = set(before.hits if before else ()), set(after.hits if after else ())
        clause = (after or before).clause  # type: ignore[union-attr]
        effects.append(Effect(clause, before, after, tuple(sorted(has - had)), tuple(sorted(had - has))))
    return Impact(tuple(effects), city)


def _paying(document: Document) -> list[Clause]:
    return [clause for clause in document.clauses if clause.amount is not None]


def price_of(run: ClauseRun, pool: int) -> Fraction | None:
    """分 per point when the pool is divided by all points of the run."""
    points = Fraction(run.total, 10**4)
    return Fraction(pool) / points if points else None
