"""An award list as a pure function of a snapshot and the rule texts: the same two hashes give the same bytes."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sanfu.enterprise.benefits.bundling import AwardLine, Bundler, paid_of
from sanfu.enterprise.benefits.claiming import answer_of
from sanfu.enterprise.benefits.describe import pays_points
from sanfu.enterprise.benefits.instalments import Due, due
from sanfu.enterprise.benefits.snapshot import Entry, read_snapshot
from sanfu.enterprise.benefits.states import LineOutcome
from sanfu.kernel.rules.awards.bundles import Award
from sanfu.kernel.rules.awards.points import share_pool
from sanfu.kernel.rules.engines.bitmap import Population
from sanfu.kernel.rules.engines.columns import from_rows
from sanfu.kernel.rules.engines.naive import Naive
from sanfu.kernel.rules.engines.plan import make_plan
from sanfu.kernel.rules.language.facts import Dictionary, Value
from sanfu.kernel.rules.language.quantities import POINT_SCALE
from sanfu.kernel.rules.language.tree import BY_CONTROLLER, Clause
from sanfu.kernel.rules.reading.library import Library


class CannotRun(Exception):
    """The clauses cannot be run as a batch; the message says why and what to do."""


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


def replay(snapshot: bytes, rules: bytes, dictionary: Dictionary) -> AwardList:
    """The list once more, from kept bytes alone."""
    whole = json.loads(rules)
    library = Library.read(dictionary, sorted(whole["texts"].items()))
    day = date.fromisoformat(whole["day"])
    entries, comma = read_snapshot(snapshot), "，" if "by_claim" in whole else ","
    by_claim = whole.get("by_claim", ())
    return award_list(entries, whole["clauses"], library, day, whole["pool"], by_claim, comma)


def award_list(
    entries: Sequence[Entry],
    chosen: Sequence[str],
    library: Library,
    day: date,
    pool: int | None,
    by_claim: Iterable[str] = (),
    comma: str = "，",
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
    parts, open_ = _by_instalment(entries, clauses, day, won)
    place = {clause.id: n for n, clause in enumerate(clauses)}
    ordered = {row: sorted(won[row], key=lambda award: place[award.clause]) for row in sorted(won)}
    lines = Bundler(every, entries, day, parts, comma).lines(ordered)
    held = sum(line.outcome is LineOutcome.HELD for line in lines)
    return _priced(lines, unknown + open_ + held, pool)


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


def can_run(clauses: Sequence[Clause], pool: int | None) -> None:
    for clause in clauses:
        if clause.amount is None:
            raise CannotRun(f"条款 {clause.id} 没有写给多少，不能兑付；请只选奖补类条款。")
        if clause.instalments and pays_points(clause):
            raise CannotRun(f"条款 {clause.id} 给的是分值，每年按资金池定价，不能分期；请删去“分期”。")
        if sum(cap.scope == BY_CONTROLLER for cap in clause.caps) > 1:
            raise CannotRun(f"条款 {clause.id} 写了两个实际控制人封顶，不知道按哪一个；请只留一个。")
    points = [pays_points(clause) for clause in clauses]
    if any(points) and not all(points):
        raise CannotRun("分值制条款按资金池定价，不能和定额条款放在同一批次；请分开发起。")
    if any(points) and not pool:
        raise CannotRun("分值制条款须先填写当年可用资金，才能算出每分的价格。")


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
