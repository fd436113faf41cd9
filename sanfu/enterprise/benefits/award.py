"""An award list as a pure function of a snapshot and the rule texts: the same two hashes give the same bytes."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from sanfu.enterprise.benefits import controllers
from sanfu.enterprise.benefits.claiming import answer_of
from sanfu.enterprise.benefits.describe import money, pays_points
from sanfu.enterprise.benefits.instalments import Due, Paid, due
from sanfu.enterprise.benefits.states import LineOutcome
from sanfu.kernel.rules.awards.bundles import Award, Bundle, Ceiling, Exclusions, Lost, best_bundle
from sanfu.kernel.rules.awards.points import share_pool
from sanfu.kernel.rules.engines.bitmap import Population
from sanfu.kernel.rules.engines.columns import from_rows
from sanfu.kernel.rules.engines.naive import Naive
from sanfu.kernel.rules.engines.plan import make_plan
from sanfu.kernel.rules.language.facts import Dictionary, Value
from sanfu.kernel.rules.language.quantities import POINT_SCALE, decimal_text
from sanfu.kernel.rules.language.tree import Clause
from sanfu.kernel.rules.reading.library import Library

Ledger = dict[
    str, list[int]
]  # clause → [paid this year, paid ever, the whole award decided], in 分 or points


class CannotRun(Exception):
    """The clauses cannot be run as a batch; the message says why and what to do."""


@dataclass(frozen=True)
class Claimed:
    """An accepted claim as a list uses it: what was stated, and who accepted it when."""

    number: str
    by: str
    on: str
    values: dict[str, Value]

    @property
    def says(self) -> str:
        return f"企业填报，经{self.by}于{self.on}审核（{self.number}）"


@dataclass(frozen=True)
class Entry:
    """One enterprise in a snapshot: credit code, known columns, what it was paid before, accepted claims by clause."""

    code: str
    row: dict[str, Value]
    ledger: Ledger
    claims: dict[str, Claimed] = field(default_factory=dict)


@dataclass(frozen=True)
class AwardLine:
    """One row of the list; amounts in 分, points in 10⁻⁴."""

    code: str
    clause: str
    outcome: LineOutcome
    entitled: int
    paid: int
    points: int | None
    reason: str


@dataclass(frozen=True)
class AwardList:
    """The list with what was left out because data are missing, and the price of a point."""

    lines: tuple[AwardLine, ...]
    unknown: int
    price: Fraction | None

    @property
    def total(self) -> int:
        return sum(line.paid for line in self.lines)

    def canonical(self) -> bytes:
        """The bytes that are hashed: UTF-8 CSV ordered by clause and code."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["clause", "code", "outcome", "entitled", "paid", "points", "reason"])
        for line in sorted(self.lines, key=lambda one: (one.clause, one.code)):
            points = "" if line.points is None else line.points
            writer.writerow(
                [line.clause, line.code, line.outcome, line.entitled, line.paid, points, line.reason]
            )
        return text.getvalue().encode()


def award_list(
    entries: Sequence[Entry],
    chosen: Sequence[str],
    library: Library,
    day: date,
    pool: int | None,
    by_claim: Iterable[str] = (),
) -> AwardList:
    """Rules, then exclusivity and caps per enterprise, then the price of a point.

    Exclusions and shared caps look at all clauses of the library: what was paid under another clause counts.
    Clauses in `by_claim` are won by an accepted claim only; it also settles other clauses for its enterprise.
    """
    every = [clause for _, clause in library.clauses()]
    clauses = [clause for clause in every if clause.id in set(chosen)]
    can_run(clauses, pool)
    won, unknown = _won_by_data(entries, clauses, library.dictionary, day, frozenset(by_claim))
    unknown += _won_by_claim(entries, clauses, library.dictionary, day, won)
    parts, waiting = _by_instalment(entries, clauses, day, won)
    place = {clause.id: n for n, clause in enumerate(clauses)}
    bundler = _Bundler(every, day, parts)
    lines = [
        line
        for row in sorted(won)
        for line in bundler.lines(entries[row], sorted(won[row], key=lambda award: place[award.clause]))
    ]
    lines, held = bundler.under_controllers(lines, entries)
    return _priced(lines, unknown + waiting + held, pool)


Won = dict[int, list[Award]]


def _won_by_data(
    entries: Sequence[Entry],
    clauses: Sequence[Clause],
    dictionary: Dictionary,
    day: date,
    closed: frozenset[str],
) -> tuple[Won, int]:
    """Awards by data alone and how many pairs stay unknown; enterprises with a claim for a clause are left out."""
    open_ = [clause for clause in clauses if clause.id not in closed]
    plan = make_plan(open_, day)
    bits = Population(plan, from_rows([e.row for e in entries], plan.columns, dictionary))
    won: Won = {}
    unknown = 0
    for rule, rows, (values, known) in bits.awards():
        sure = set(bits.rows(bits.pair(rule.test).known()).tolist())
        claimed = {n for n, entry in enumerate(entries) if rule.clause in entry.claims}
        unknown += len(entries) - len(sure | claimed)
        for place, row in enumerate(rows.tolist()):
            if row in claimed:
                continue
            if known is None or known[place]:
                won.setdefault(row, []).append(Award(rule.clause, int(values[place])))
            else:
                unknown += 1
    return won, unknown


def _won_by_claim(
    entries: Sequence[Entry], clauses: Sequence[Clause], dictionary: Dictionary, day: date, won: Won
) -> int:
    """Adds what accepted claims win; returns how many of them are no longer settled."""
    unknown = 0
    for row, entry in enumerate(entries):
        for clause in clauses:
            claimed = entry.claims.get(clause.id)
            if claimed is None:
                continue
            answer = answer_of(clause, entry.row, claimed.values, day, dictionary)
            amount = answer.verdict.amount
            if answer.met and amount is not None:
                scale = POINT_SCALE if pays_points(clause) else 1
                won.setdefault(row, []).append(Award(clause.id, int(amount * scale)))
            elif not answer.refused:
                unknown += 1
    return unknown


def _by_instalment(
    entries: Sequence[Entry], clauses: Sequence[Clause], day: date, won: Won
) -> tuple[dict[tuple[str, str], Due], int]:
    """分期: replaces what was won by the instalments that fall due; by (code, clause), and how many wait for a fact."""
    found: dict[tuple[str, str], Due] = {}
    waiting = 0
    for clause in (one for one in clauses if one.instalments):
        for row, entry in enumerate(entries):
            fresh = next((a for a in won.get(row, ()) if a.clause == clause.id), None)
            paid = paid_of(entry, clause.id)
            if fresh is None and not paid.ever:
                continue
            claimed = entry.claims.get(clause.id)
            facts = {**entry.row, **(claimed.values if claimed else {})}
            one = due(clause, _capped(clause, fresh.amount, facts, day) if fresh else 0, paid, facts, day)
            won[row] = [a for a in won.get(row, ()) if a.clause != clause.id]
            if one.amount:
                won[row].append(Award(clause.id, one.amount))
                found[entry.code, clause.id] = one
            waiting += one.open
    return found, waiting


def _capped(clause: Clause, amount: int, row: Mapping[str, Value], day: date) -> int:
    """The whole award under the ceilings of the matter itself (每事项、每项目): they bind all instalments together."""
    for cap in clause.caps:
        value = Naive(row, day).value(cap.amount) if cap.scope in ("每事项", "每项目") else None
        if isinstance(value, Fraction):
            amount = min(amount, int(value))
    return amount


def paid_of(entry: Entry, clause: str) -> Paid:
    """What the ledger says of one clause; ledgers of before 2026-11 did not keep the whole award."""
    year, ever, *whole = entry.ledger.get(clause, [0, 0, 0])
    return Paid(year, ever, whole[0] if whole else ever)


def can_run(clauses: Sequence[Clause], pool: int | None) -> None:
    for clause in clauses:
        if clause.amount is None:
            raise CannotRun(f"条款 {clause.id} 没有写给多少，不能兑付；请只选奖补类条款。")
        if clause.instalments and pays_points(clause):
            raise CannotRun(f"条款 {clause.id} 给的是分值，每年按资金池定价，不能分期；请删去“分期”。")
    points = [pays_points(clause) for clause in clauses]
    if any(points) and not all(points):
        raise CannotRun("分值制条款按资金池定价，不能和定额条款放在同一批次；请分开发起。")
    if any(points) and not pool:
        raise CannotRun("分值制条款须先填写当年可用资金，才能算出每分的价格。")


class _Bundler:
    """Exclusivity and caps of all clauses, for one enterprise after the other."""

    def __init__(self, clauses: Sequence[Clause], day: date, parts: Mapping[tuple[str, str], Due]) -> None:
        self.parts = parts
        self.clauses = {clause.id: clause for clause in clauses}
        self.exclusions, self.day = Exclusions.of(clauses), day
        self.sharing: dict[tuple[str, str], set[str]] = {}
        for clause in clauses:
            for cap in clause.caps:
                self.sharing.setdefault((cap.scope, cap.group or clause.id), set()).add(clause.id)

    def lines(self, entry: Entry, awards: Sequence[Award]) -> list[AwardLine]:
        taken = [
            a for a in awards if paid_of(entry, a.clause).year and (entry.code, a.clause) not in self.parts
        ]
        fresh = [a for a in awards if a not in taken]
        barred = self._barred(fresh, entry.ledger)
        free = [a for a in fresh if a.clause not in barred]
        bundle = best_bundle(free, self.exclusions, self._ceilings(free, entry))
        found = [self._line(entry, a, LineOutcome.TAKEN, 0, "本年度已兑付，不重复") for a in taken]
        for award in fresh:
            if award.clause in barred:
                reason = f"本年度已享受互斥的{self.clauses[barred[award.clause]].title}"
                found.append(self._line(entry, award, LineOutcome.EXCLUDED, 0, reason))
        return found + self._outcomes(entry, bundle)

    def under_controllers(
        self, lines: Sequence[AwardLine], entries: Sequence[Entry]
    ) -> tuple[list[AwardLine], int]:
        """The lines with 同一实际控制人 ceilings applied, and how many wait because the controller is unknown."""
        known = {e.code: str(e.row[controllers.FACT]) for e in entries if e.row.get(controllers.FACT)}
        found, held = list(lines), 0
        for ceiling in self._shared_ceilings(lines):
            claims = [controllers.Claim(one.code, one.clause, one.paid) for one in found if one.paid]
            used = {e.code: sum(e.ledger.get(c, [0, 0, 0])[0] for c in ceiling.clauses) for e in entries}
            given = controllers.share(claims, ceiling, known, used)
            held += sum(one.held for one in given.values())
            found = [
                _shared_line(line, given[line.code, line.clause], ceiling)
                if line.paid and (line.code, line.clause) in given
                else line
                for line in found
            ]
        return found, held

    def _shared_ceilings(self, lines: Sequence[AwardLine]) -> list[controllers.Shared]:
        """The ceilings per controller of the clauses on the list; the same for everybody, so read without facts."""
        found: dict[str, controllers.Shared] = {}
        for name in sorted({line.clause for line in lines}):
            clause = self.clauses[name]
            scale = POINT_SCALE if pays_points(clause) else 1
            for cap in clause.caps:
                group = cap.group or clause.id
                if cap.scope != controllers.SCOPE or group in found:
                    continue
                value = Naive({}, self.day).value(cap.amount)
                if not isinstance(value, Fraction):
                    raise CannotRun(
                        f"条款 {clause.id} 的同一实际控制人封顶不是一个定数，无法在企业之间分配。"
                    )
                members = frozenset(self.sharing[cap.scope, group])
                found[group] = controllers.Shared(group, members, int(value * scale), cap.whole)
        return list(found.values())

    def _barred(self, awards: Sequence[Award], ledger: Ledger) -> dict[str, str]:
        """Awards that exclude something paid this year already."""
        paid = {clause for clause, (year, *_) in ledger.items() if year}
        return {
            award.clause: sorted(rivals)[0]
            for award in awards
            if (rivals := self.exclusions.rivals.get(award.clause, set()) & paid)
        }

    def _outcomes(self, entry: Entry, bundle: Bundle) -> list[AwardLine]:
        found = []
        for award in bundle.chosen:
            paid, cut = bundle.paid[award.name], bundle.cut.get(award.name, 0)
            outcome = LineOutcome.CUT if cut else LineOutcome.AWARDED
            if cut and not paid:
                outcome = LineOutcome.CAPPED
            found.append(self._line(entry, award, outcome, paid, f"封顶核减 {money(cut)}" if cut else ""))
        for lost in bundle.lost:
            outcome = LineOutcome.EXCLUDED if lost.rivals else LineOutcome.CAPPED
            found.append(self._line(entry, lost.award, outcome, 0, self._why(lost)))
        return found

    def _why(self, lost: Lost) -> str:
        if not lost.rivals:
            return f"{lost.ceiling or '封顶'}已满"
        names = "、".join(self.clauses[name].title for name in lost.rivals)
        less = f",改选将少得 {money(lost.costs)}" if lost.costs else ",金额相同"
        return f"与“{names}”互斥，就高不重复{less}"

    def _line(self, entry: Entry, award: Award, outcome: LineOutcome, paid: int, reason: str) -> AwardLine:
        points = paid if pays_points(self.clauses[award.clause]) else None
        claimed = entry.claims.get(award.clause)
        part = self.parts.get((entry.code, award.clause))
        entitled = part.whole if part else award.amount
        reason = _joined(claimed.says if claimed else "", part.says if part else "", reason)
        return AwardLine(entry.code, award.clause, outcome, entitled, paid, points, reason)

    def _ceilings(self, awards: Sequence[Award], entry: Entry) -> list[Ceiling]:
        """封顶 of the clauses: one for each scope and group, less what was paid before within it."""
        limits: dict[tuple[str, str], tuple[int, bool]] = {}
        naive = Naive(entry.row, self.day)
        for clause in (self.clauses[award.clause] for award in awards):
            for cap in clause.caps:
                value = naive.value(cap.amount)
                if isinstance(value, Fraction):
                    scale = POINT_SCALE if pays_points(clause) else 1
                    limits[cap.scope, cap.group or clause.id] = (int(value * scale), cap.whole)
        found = []
        for (scope, group), (limit, whole) in limits.items():
            members = frozenset(self.sharing[scope, group])
            used = _used(scope, members, entry.ledger)
            found.append(Ceiling(f"“{group}”{scope}封顶", limit, members, whole, used))
        return found


def _shared_line(line: AwardLine, given: controllers.Given, ceiling: controllers.Shared) -> AwardLine:
    if given.held:
        reason = "实际控制人未知，按同一实际控制人封顶的条款须补齐后进下一批"
        return replace(line, outcome=LineOutcome.HELD, paid=0, reason=_joined(line.reason, reason))
    cut = line.paid - given.amount
    if not cut:
        return line
    how = "不拆分" if ceiling.whole else "按应得比例"
    with_ = f"，与{'、'.join(given.others)}合并计算" if given.others else ""
    much = money(cut) if line.points is None else f"{decimal_text(Fraction(cut, POINT_SCALE), 4)}分"
    reason = f"同一实际控制人每年封顶核减 {much}（{how}{with_}）"
    return replace(
        line,
        outcome=LineOutcome.CUT if given.amount else LineOutcome.CAPPED,
        paid=given.amount,
        points=None if line.points is None else given.amount,
        reason=_joined(line.reason, reason),
    )


def _joined(*reasons: str) -> str:
    return "；".join(filter(None, reasons))[:200]


def _used(scope: str, clauses: Iterable[str], ledger: Ledger) -> int:
    place = {"每企业每年": 0, "每企业累计": 1}.get(scope)
    return 0 if place is None else sum(ledger.get(clause, [0, 0, 0])[place] for clause in clauses)


def _priced(lines: list[AwardLine], unknown: int, pool: int | None) -> AwardList:
    points = {
        f"{line.clause}\n{line.code}": Fraction(line.points, POINT_SCALE)
        for line in lines
        if line.points is not None and line.paid
    }
    if not points or pool is None:
        return AwardList(tuple(lines), unknown, None)
    shares = share_pool(points, pool)
    assert shares is not None
    priced = []
    for line in lines:
        paid = shares.paid.get(f"{line.clause}\n{line.code}", 0)
        entitled = int(shares.price * Fraction(line.entitled, POINT_SCALE))
        points_of = line.points if line.points is not None else line.entitled
        priced.append(AwardLine(line.code, line.clause, line.outcome, entitled, paid, points_of, line.reason))
    return AwardList(tuple(priced), unknown, shares.price)
