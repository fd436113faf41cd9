"""Exclusivity and caps over what was won: one enterprise after the other, and those of one controller together. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from sanfu.enterprise.benefits.describe import pays_points, worth
from sanfu.enterprise.benefits.instalments import Due, Paid
from sanfu.enterprise.benefits.snapshot import Entry, Ledger
from sanfu.enterprise.benefits.states import LineOutcome
from sanfu.kernel.rules.awards.bundles import Award, Bundle, Ceiling, Exclusions, Lost, best_bundle
from sanfu.kernel.rules.awards.groups import Member, Shared, Use, share_group
from sanfu.kernel.rules.engines.naive import Naive
from sanfu.kernel.rules.language.facts import Row
from sanfu.kernel.rules.language.quantities import POINT_SCALE
from sanfu.kernel.rules.language.tree import BY_CONTROLLER, CONTROLLER, HIGHEST, LISTED, PRO_RATA, Cap, Clause
from sanfu.records.actor import Refused

SERVED = {HIGHEST: "金额高的在先", LISTED: "按信用代码次序", PRO_RATA: "按金额比例"}
SHOWN = 4  # uses of a shared cap, or enterprises, that are written out in a reason


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


class Bundler:
    """Exclusivity and caps of all clauses of the library; what was paid under another clause counts."""

    def __init__(
        self,
        clauses: Sequence[Clause],
        entries: Sequence[Entry],
        day: date,
        parts: Mapping[tuple[str, str], Due],
        comma: str = "，",
    ) -> None:
        """Keep the amounts. `parts`: instalments that fall due, by (code, clause); `comma`: the mark of reasons in lists of the first format."""
        self.parts, self.comma = parts, comma
        self.clauses = {clause.id: clause for clause in clauses}
        self.entries, self.day = entries, day
        self.exclusions = Exclusions.of(clauses)
        self.sharing: dict[tuple[str, str], set[str]] = {}
        for clause in clauses:
            for cap in clause.caps:
                self.sharing.setdefault((cap.scope, cap.group or clause.id), set()).add(clause.id)
        self.by_controller: dict[str, list[Entry]] = {}
        for entry in entries:
            if entry.row.get(CONTROLLER) is not None:
                self.by_controller.setdefault(str(entry.row[CONTROLLER]), []).append(entry)

    def lines(self, won: Mapping[int, Sequence[Award]]) -> list[AwardLine]:
        """One line an award, enterprises in the order of the snapshot. `won`: place of the entry → its awards."""
        free = {row: self._free(self.entries[row], awards) for row, awards in won.items()}
        groups: dict[str, list[int]] = {}
        for row, awards in free.items():
            controller = self.entries[row].row.get(CONTROLLER)
            if controller is not None and any(self.clauses[a.clause].by_controller for a in awards):
                groups.setdefault(str(controller), []).append(row)
        found: dict[int, list[AwardLine]] = {}
        for controller, rows in groups.items():
            found |= self._together(controller, rows, free)
        for row in won.keys() - found.keys():
            entry = self.entries[row]
            bundle = best_bundle(free[row], self.exclusions, self._ceilings(free[row], entry))
            found[row] = [self._held(entry, line) for line in self._outcomes(entry, bundle)]
        return [line for row in won for line in [*self._before(self.entries[row], won[row]), *found[row]]]

    def _free(self, entry: Entry, awards: Sequence[Award]) -> list[Award]:
        """Awards neither paid this year nor excluded by something that was."""
        barred = self._barred(awards, entry.ledger)
        return [a for a in awards if not self._taken(entry, a) and a.clause not in barred]

    def _taken(self, entry: Entry, award: Award) -> bool:
        """Paid this year, and not the next instalment of what was."""
        return bool(paid_of(entry, award.clause).year) and (entry.code, award.clause) not in self.parts

    def _before(self, entry: Entry, awards: Sequence[Award]) -> list[AwardLine]:
        """Lines of what was decided earlier this year."""
        barred = self._barred(awards, entry.ledger)
        found = [
            self._line(entry, a, LineOutcome.TAKEN, 0, "本年度已兑付，不重复")
            for a in awards
            if self._taken(entry, a)
        ]
        for award in awards:
            if award.clause in barred and not self._taken(entry, award):
                reason = f"本年度已享受互斥的{self.clauses[barred[award.clause]].title}"
                found.append(self._line(entry, award, LineOutcome.EXCLUDED, 0, reason))
        return found

    def _held(self, entry: Entry, line: AwardLine) -> AwardLine:
        """An award under a controller's cap waits while the controller is unknown; it is neither lost nor uncapped."""
        known = entry.row.get(CONTROLLER) is not None
        if known or not line.paid or not self.clauses[line.clause].by_controller:
            return line
        why = "实际控制人未知，按同一实际控制人封顶的条款须补齐后进下一批"
        reason = "；".join(filter(None, [line.reason, why]))[:200]
        points = None if line.points is None else 0
        return replace(line, outcome=LineOutcome.HELD, paid=0, points=points, reason=reason)

    # ---- enterprises of one controller

    def _together(
        self, controller: str, rows: Sequence[int], free: Mapping[int, Sequence[Award]]
    ) -> dict[int, list[AwardLine]]:
        caps = self._shared(controller, [award for row in rows for award in free[row]])
        members = [
            Member(
                self.entries[row].code, tuple(free[row]), tuple(self._ceilings(free[row], self.entries[row]))
            )
            for row in rows
        ]
        try:
            group = share_group(members, self.exclusions, caps)
        except ValueError as fault:
            raise Refused(
                f"同一实际控制人的企业（{'、'.join(m.name for m in members[:SHOWN])}）不能合并计算：{fault}。请分批办理，一批少选几条条款。"
            ) from fault
        found = {}
        for row in rows:
            entry = self.entries[row]
            notes = {
                use.clause: self._served(cap, group.uses[cap.name], entry.code, len(rows))
                for cap in caps
                for use in group.uses[cap.name]
                if use.member == entry.code
            }
            bundle = group.bundles[entry.code]
            found[row] = self._outcomes(entry, bundle, notes, moved=entry.code in group.moved)
        return found

    def _shared(self, controller: str, awards: Sequence[Award]) -> list[Shared]:
        """The caps of one controller, less what all its enterprises were paid under them this year."""
        mine = self.by_controller.get(controller, [])
        found: dict[str, Shared] = {}
        for clause in (self.clauses[award.clause] for award in awards):
            for cap in clause.caps:
                limit = self._limit(cap, clause, {})
                if cap.scope != BY_CONTROLLER or limit is None:
                    continue
                name = cap.group or clause.id
                members = frozenset(self.sharing[cap.scope, name])
                used = sum(entry.ledger.get(one, [0, 0])[0] for entry in mine for one in members)
                found[name] = Shared(name, limit, members, clause.order, cap.whole, used)
        return [found[name] for name in sorted(found)]

    def _served(self, cap: Shared, uses: Sequence[Use], code: str, firms: int) -> str:
        """Who used the shared cap in which order; empty when it sufficed for all."""
        if sum(use.asked for use in uses) <= cap.room:
            return ""
        clause = self.clauses[uses[0].clause]
        before = f"，本年已用{worth(clause, cap.used)}" if cap.used else ""
        said = "、".join(f"…{use.member[-6:]} {worth(clause, use.paid)}" for use in uses[:SHOWN])
        more = f"等{len(uses)}项" if len(uses) > SHOWN else ""
        place = next(n for n, use in enumerate(uses, 1) if use.member == code)
        turn = "" if cap.order == PRO_RATA else f"，本企业第{place}位"
        return f"同一实际控制人{firms}家企业共用每年封顶{worth(clause, cap.limit)}{before}，{SERVED[cap.order]}：{said}{more}{turn}"

    def _barred(self, awards: Sequence[Award], ledger: Ledger) -> dict[str, str]:
        """Awards that exclude something paid this year already."""
        paid = {clause for clause, (year, *_) in ledger.items() if year}
        return {
            award.clause: sorted(rivals)[0]
            for award in awards
            if (rivals := self.exclusions.rivals.get(award.clause, set()) & paid)
        }

    def _outcomes(
        self, entry: Entry, bundle: Bundle, notes: Mapping[str, str] | None = None, moved: bool = False
    ) -> list[AwardLine]:
        """Lines of a bundle. `notes`: how a shared cap was used, by clause; `moved`: the group's best, not its own."""
        found = []
        for award in bundle.chosen:
            paid, cut = bundle.paid[award.name], bundle.cut.get(award.name, 0)
            outcome = LineOutcome.CUT if cut else LineOutcome.AWARDED
            if cut and not paid:
                outcome = LineOutcome.CAPPED
            less = f"封顶核减 {worth(self.clauses[award.clause], cut)}" if cut else ""
            reason = "；".join(filter(None, [less, (notes or {}).get(award.clause, "")]))
            found.append(self._line(entry, award, outcome, paid, reason))
        for lost in bundle.lost:
            outcome = LineOutcome.EXCLUDED if lost.rivals else LineOutcome.CAPPED
            found.append(self._line(entry, lost.award, outcome, 0, self._why(lost, moved)))
        return found

    def _why(self, lost: Lost, moved: bool) -> str:
        names = "、".join(self.clauses[name].title for name in lost.rivals)
        if moved:
            chosen = f"改选“{names}”" if names else "让出额度"
            return f"同一实际控制人的封顶不够各企业都用，{chosen}使各企业合计得到最多"
        if not lost.rivals:
            return f"{lost.ceiling or '封顶'}已满"
        less = (
            f"改选将少得 {worth(self.clauses[lost.award.clause], lost.costs)}" if lost.costs else "金额相同"
        )
        return f"与“{names}”互斥，就高不重复{self.comma}{less}"

    def _line(self, entry: Entry, award: Award, outcome: LineOutcome, paid: int, reason: str) -> AwardLine:
        points = paid if pays_points(self.clauses[award.clause]) else None
        claimed = entry.claims.get(award.clause)
        part = self.parts.get((entry.code, award.clause))
        entitled = part.whole if part else award.amount
        said = [claimed.says if claimed else "", part.says if part else "", reason]
        reason = "；".join(filter(None, said))[:200]
        return AwardLine(entry.code, award.clause, outcome, entitled, paid, points, reason)

    def _ceilings(self, awards: Sequence[Award], entry: Entry) -> list[Ceiling]:
        """封顶 of one enterprise: one for each scope and group, less what was paid before within it."""
        limits: dict[tuple[str, str], tuple[int, bool]] = {}
        for clause in (self.clauses[award.clause] for award in awards):
            for cap in clause.caps:
                limit = self._limit(cap, clause, entry.row)
                if cap.scope != BY_CONTROLLER and limit is not None:
                    limits[cap.scope, cap.group or clause.id] = (limit, cap.whole)
        found = []
        for (scope, group), (limit, whole) in limits.items():
            members = frozenset(self.sharing[scope, group])
            used = _used(scope, members, entry.ledger)
            found.append(Ceiling(f"“{group}”{scope}封顶", limit, members, whole, used))
        return found

    def _limit(self, cap: Cap, clause: Clause, row: Row) -> int | None:
        """The cap in units of the list: 分, or 10⁻⁴ points."""
        value = Naive(row, self.day).value(cap.amount)
        scale = POINT_SCALE if pays_points(clause) else 1
        return int(value * scale) if isinstance(value, Fraction) else None


def paid_of(entry: Entry, clause: str) -> Paid:
    """What the ledger says of one clause; the first ledgers did not keep the whole award."""
    year, ever, *whole = entry.ledger.get(clause, [0, 0, 0])
    return Paid(year, ever, whole[0] if whole else ever)


def _used(scope: str, clauses: Iterable[str], ledger: Ledger) -> int:
    place = {"每企业每年": 0, "每企业累计": 1}.get(scope)
    return 0 if place is None else sum(ledger.get(clause, [0, 0])[place] for clause in clauses)
