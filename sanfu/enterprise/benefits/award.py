"""An award list as a pure function of a snapshot and the rule texts: the same two hashes give the same bytes."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sanfu.enterprise.benefits.claiming import answer_of
from sanfu.enterprise.benefits.describe import money, pays_points
from sanfu.enterprise.benefits.states import LineOutcome
from sanfu.kernel.rules.awards.bundles import Award, Bundle, Ceiling, Exclusions, Lost, best_bundle
from sanfu.kernel.rules.awards.points import share_pool
from sanfu.kernel.rules.engines.bitmap import Population
from sanfu.kernel.rules.engines.columns import from_rows
from sanfu.kernel.rules.engines.naive import Naive
from sanfu.kernel.rules.engines.plan import make_plan
from sanfu.kernel.rules.language.facts import Dictionary, Value
from sanfu.kernel.rules.language.quantities import CODE, FLAG, POINT_SCALE
from sanfu.kernel.rules.language.tree import Clause
from sanfu.kernel.rules.reading.library import Library

CODE_COLUMN, LEDGER_COLUMN, CLAIM_COLUMN = "统一社会信用代码", "_已兑台账", "_审核通过的申报"
CONTROLLER = "同一实际控制人每年"
Ledger = dict[str, list[int]]  # clause → [分 paid this year, 分 paid ever]


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


# ---- kept bytes


def snapshot_bytes(entries: Iterable[Entry], keys: Sequence[str], dictionary: Dictionary, about: Mapping[str, Any]) -> bytes:  # fmt: skip
    """Parquet: one row an enterprise by code, one typed column a fact, null where unknown."""
    chosen = sorted(entries, key=lambda entry: entry.code)
    arrays = {CODE_COLUMN: pa.array([e.code for e in chosen], pa.string())}
    for key in sorted(set(keys) - {CODE_COLUMN}):
        arrays[key] = pa.array([e.row.get(key) for e in chosen], _type(key, dictionary))
    ledgers = [json.dumps(e.ledger, ensure_ascii=False, sort_keys=True) for e in chosen]
    arrays[LEDGER_COLUMN] = pa.array(ledgers, pa.string())
    claims = [json.dumps({k: asdict(c) for k, c in e.claims.items()}, ensure_ascii=False, sort_keys=True) for e in chosen]  # fmt: skip
    arrays[CLAIM_COLUMN] = pa.array(claims, pa.string())
    meta = {"about": json.dumps(about, ensure_ascii=False, sort_keys=True, default=str)}
    out = io.BytesIO()
    pq.write_table(pa.table(arrays).replace_schema_metadata(meta), out, compression="zstd")
    return out.getvalue()


def _type(key: str, dictionary: Dictionary) -> pa.DataType:
    kind = dictionary.fact_of(key).type
    if kind == FLAG:
        return pa.bool_()
    return pa.string() if kind == CODE else pa.int64()


def read_snapshot(content: bytes) -> list[Entry]:
    """The entries of a snapshot, as they were."""
    found = []
    for raw in pq.read_table(io.BytesIO(content)).to_pylist():
        ledger = json.loads(raw.pop(LEDGER_COLUMN))
        claims = json.loads(raw.pop(CLAIM_COLUMN, "{}"))
        row = {key: value for key, value in raw.items() if value is not None}
        claimed = {clause: Claimed(**one) for clause, one in claims.items()}
        found.append(Entry(raw[CODE_COLUMN], row, ledger, claimed))
    return found


def rules_bytes(
    texts: Mapping[str, str],
    clauses: Sequence[str],
    day: date,
    pool: int | None,
    by_claim: Iterable[str] = (),
) -> bytes:
    """What was run: every document text, the clauses chosen and which of them need a claim, day and pool."""
    chosen = {"clauses": sorted(clauses), "by_claim": sorted(by_claim)}
    whole = {"day": day.isoformat(), **chosen, "pool": pool, "texts": dict(texts)}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=1).encode()


def replay(snapshot: bytes, rules: bytes, dictionary: Dictionary) -> AwardList:
    """The list once more, from kept bytes alone."""
    whole = json.loads(rules)
    library = Library.read(dictionary, sorted(whole["texts"].items()))
    day = date.fromisoformat(whole["day"])
    by_claim = whole.get("by_claim", ())
    return award_list(read_snapshot(snapshot), whole["clauses"], library, day, whole["pool"], by_claim)


# ---- the run


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
    place = {clause.id: n for n, clause in enumerate(clauses)}
    bundler = _Bundler(every, day)
    lines = [
        line
        for row in sorted(won)
        for line in bundler.lines(entries[row], sorted(won[row], key=lambda award: place[award.clause]))
    ]
    return _priced(lines, unknown, pool)


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


def can_run(clauses: Sequence[Clause], pool: int | None) -> None:
    for clause in clauses:
        if clause.amount is None:
            raise CannotRun(f"条款 {clause.id} 没有写给多少，不能兑付；请只选奖补类条款。")
        if any(cap.scope == CONTROLLER for cap in clause.caps):
            raise CannotRun(
                f"条款 {clause.id} 按实际控制人封顶，档案里没有实际控制人，不能免申兑付；请改为快申快享。"
            )
    points = [pays_points(clause) for clause in clauses]
    if any(points) and not all(points):
        raise CannotRun("分值制条款按资金池定价，不能和定额条款放在同一批次；请分开发起。")
    if any(points) and not pool:
        raise CannotRun("分值制条款须先填写当年可用资金，才能算出每分的价格。")


class _Bundler:
    """Exclusivity and caps of all clauses, for one enterprise after the other."""

    def __init__(self, clauses: Sequence[Clause], day: date) -> None:
        self.clauses = {clause.id: clause for clause in clauses}
        self.exclusions, self.day = Exclusions.of(clauses), day
        self.sharing: dict[tuple[str, str], set[str]] = {}
        for clause in clauses:
            for cap in clause.caps:
                self.sharing.setdefault((cap.scope, cap.group or clause.id), set()).add(clause.id)

    def lines(self, entry: Entry, awards: Sequence[Award]) -> list[AwardLine]:
        taken = [a for a in awards if entry.ledger.get(a.clause, [0, 0])[0]]
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

    def _barred(self, awards: Sequence[Award], ledger: Ledger) -> dict[str, str]:
        """Awards that exclude something paid this year already."""
        paid = {clause for clause, (year, _) in ledger.items() if year}
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
        reason = "；".join(filter(None, [claimed.says if claimed else "", reason]))
        return AwardLine(entry.code, award.clause, outcome, award.amount, paid, points, reason[:200])

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


def _used(scope: str, clauses: Iterable[str], ledger: Ledger) -> int:
    place = {"每企业每年": 0, "每企业累计": 1}.get(scope)
    return 0 if place is None else sum(ledger.get(clause, [0, 0])[place] for clause in clauses)


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
