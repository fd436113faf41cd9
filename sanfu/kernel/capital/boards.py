"""Boards (板块): dated versions of listing standards, and a firm checked against the one in force on a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sanfu.kernel.capital.clauses import (
    BadClause,
    Checked,
    CheckedTree,
    Clause,
    Tree,
    Verdict,
    check,
    clauses_of,
    plain_number,
    thresholds,
    together,
    tree_of,
)
from sanfu.kernel.capital.facts import FirmFacts
from sanfu.kernel.capital.measures import MARKET_VALUE, Kind, say
from sanfu.kernel.effective import Timeline, Version

MARKS = ("已核", "节选", "待核")


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard of a board; a firm chooses one of them."""

    code: str
    name: str
    tree: Tree


@dataclass(frozen=True, slots=True)
class BoardVersion:
    """A board's rules from a day on. entry and position: what is asked besides a standard."""

    board: str
    begin: date
    document: str
    mark: str
    standards: tuple[Standard, ...]
    entry: Tree | None = None
    position: Tree | None = None
    position_document: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CheckedStandard:
    """A standard with its verdict; from_value: the least market value with which the other clauses would do."""

    standard: Standard
    found: CheckedTree
    from_value: Fraction | None
    rest: Verdict

    @property
    def verdict(self) -> Verdict:
        return self.found.verdict


@dataclass(frozen=True, slots=True)
class Listing:
    """A firm against a board on a day. verdict: one standard met and the entry conditions; position stands beside."""

    version: BoardVersion
    on: date
    standards: tuple[CheckedStandard, ...]
    entry: CheckedTree | None
    position: CheckedTree | None

    @property
    def standards_verdict(self) -> Verdict:
        return together([one.verdict for one in self.standards], every=False)

    @property
    def verdict(self) -> Verdict:
        """Standards, entry conditions and position together."""
        others = [one.verdict for one in (self.entry, self.position) if one is not None]
        return together([self.standards_verdict, *others], every=True)

    @property
    def from_value(self) -> Fraction | None:
        """The least market value with which some standard would be met."""
        return min((one.from_value for one in self.standards if one.from_value is not None), default=None)


class Boards:
    """All boards with their versions."""

    def __init__(self, versions: list[BoardVersion], names: Mapping[str, str]) -> None:
        self.names = dict(names)
        ordered = sorted(versions, key=lambda one: (one.board, one.begin))
        held = []
        for place, one in enumerate(ordered):
            later = ordered[place + 1] if place + 1 < len(ordered) else None
            end = later.begin if later and later.board == one.board else None
            held.append(Version(one.board, one.begin, end, one))
        self._line: Timeline[str, BoardVersion] = Timeline(held)

    @property
    def boards(self) -> tuple[str, ...]:
        return self._line.matters()

    def named(self, word: str) -> str | None:
        """The board that a word means: 北交所, bse, 上证主板 …; None when it means none."""
        plain = word.strip().lower().replace(" ", "")
        return word if word in self.boards else self.names.get(plain)

    def on(self, board: str, day: date) -> BoardVersion | None:
        """The version in force on a day; None before the first that is kept."""
        found = self._line.on(board, day)
        return found.value if found else None

    def history(self, board: str) -> list[BoardVersion]:
        return [one.value for one in self._line.history(board)]


def boards_of(documents: Mapping[str, Any]) -> Boards:
    """Boards from parsed documents, one a board, by file name. BadClause names file and place."""
    versions, names = [], {}
    for where, raw in documents.items():
        if not isinstance(raw, Mapping) or "board" not in raw or not raw.get("versions"):
            raise BadClause(f"{where}：要有 board 和 versions")
        for alias in raw.get("aliases", ()):
            names[str(alias).lower()] = raw["board"]
        versions += [_version_of(raw["board"], one, where) for one in raw["versions"]]
    return Boards(versions, names)


def _version_of(board: str, raw: Mapping[str, Any], where: str) -> BoardVersion:
    begin = raw.get("from")
    if not isinstance(begin, date):
        raise BadClause(f"{where}：from 应是日期")
    where = f"{where} {begin}"
    if raw.get("mark") not in MARKS or not raw.get("document"):
        raise BadClause(f"{where}：要有 document 和 mark（{'、'.join(MARKS)}）")
    standards = tuple(
        Standard(str(one["code"]), str(one["name"]), tree_of(one, f"{where} 标准{one['code']}"))
        for one in raw["standards"]
    )
    position = raw.get("position")
    return BoardVersion(
        board=board, begin=begin, document=raw["document"], mark=raw["mark"], standards=standards,
        entry=tree_of(raw["entry"], f"{where} 申报条件") if "entry" in raw else None,
        position=tree_of(position, f"{where} 定位") if position else None,
        position_document=(position or {}).get("document", ""), note=raw.get("note", ""),
    )  # fmt: skip


def check_listing(version: BoardVersion, facts: FirmFacts, on: date) -> Listing:
    """A firm against one version."""
    standards = tuple(_check_standard(one, facts) for one in version.standards)
    entry = check(version.entry, facts) if version.entry else None
    position = check(version.position, facts) if version.position else None
    return Listing(version, on, standards, entry, position)


def _check_standard(standard: Standard, facts: FirmFacts) -> CheckedStandard:
    """The verdict, and from which market value on it is met; no such value while another clause is not met."""
    lines = sorted(thresholds(standard.tree)) or [Fraction(0)]
    at = {line: check(standard.tree, facts.at_value(line)).verdict for line in lines}
    rest = at[lines[-1]]
    first = next((line for line in lines if at[line] is Verdict.MET), None)
    has_value = bool(thresholds(standard.tree))
    return CheckedStandard(standard, check(standard.tree, facts), first if has_value else None, rest)


# ---- telling ----


def clause_row(found: Checked) -> dict[str, Any]:
    """One clause for JSON and pages: words, verdict, actual and needed value, what is missing."""
    clause, kind = found.clause, found.clause.kind
    unit = {Kind.MONEY: "万元", Kind.RATIO: "%"}.get(kind, clause.measure.unit)
    row = {
        "clause": clause.text,
        "measure": clause.measure.code,
        "verdict": str(found.verdict),
        "actual": None if kind is Kind.FLAG else plain_number(found.actual, kind),
        "needed": None if kind is Kind.FLAG else plain_number(clause.needed, kind),
        "short_by": plain_number(found.short, kind),
        "unit": unit,
        "says": _says(found),
    }
    if clause.measure.code == MARKET_VALUE and found.verdict is Verdict.UNKNOWN:
        row["from_value"] = say(clause.needed, Kind.MONEY)
    return row


def _says(found: Checked) -> str:
    clause = found.clause
    if found.verdict is Verdict.UNKNOWN:
        return found.why or "不清楚"
    if clause.kind is Kind.FLAG:
        return "是" if found.actual else "否"
    actual = f"现为{say(found.actual or Fraction(0), clause.kind, clause.measure.unit)}"
    if found.why:
        actual += f"（{found.why}）"
    if found.short is None:
        return actual
    if found.short == 0:
        return f"{actual}，须高于{say(clause.needed, clause.kind, clause.measure.unit)}"
    percent = "个百分点" if clause.kind is Kind.RATIO else ""
    short = say(found.short, clause.kind, clause.measure.unit)
    return f"{actual}，差{short.rstrip('%') + percent if percent else short}"


def tree_rows(found: CheckedTree) -> dict[str, Any]:
    """A checked tree as nested rows."""
    if isinstance(found, Checked):
        return clause_row(found)
    word = "all" if found.every else "any"
    return {word: [tree_rows(one) for one in found.parts], "verdict": str(found.verdict)}


def standard_row(one: CheckedStandard) -> dict[str, Any]:
    """One standard for JSON and pages."""
    value = one.from_value
    return {
        "code": one.standard.code,
        "name": one.standard.name,
        "verdict": str(one.verdict),
        "without_value": str(one.rest),
        "from_value": None if value is None else say(value, Kind.MONEY),
        "from_value_wan": plain_number(value, Kind.MONEY),
        "clauses": [clause_row(found) for found in clauses_of(one.found)],
        "tree": tree_rows(one.found),
    }


def listing_row(found: Listing, facts: FirmFacts) -> dict[str, Any]:
    """The whole answer for JSON: version, standards, entry conditions, position, what to remember."""
    version, value = found.version, found.from_value
    return {
        "firm": facts.name,
        "board": version.board,
        "on": f"{found.on}",
        "version": f"{version.begin}",
        "document": version.document,
        "mark": version.mark,
        "meets": str(found.standards_verdict),
        "verdict": str(found.verdict),
        "from_value": None if value is None else say(value, Kind.MONEY),
        "from_value_wan": plain_number(value, Kind.MONEY),
        "standards": [standard_row(one) for one in found.standards],
        "entry": _part(found.entry),
        "position": _part(found.position, version.position_document),
        "notes": [*facts.notes, *_notes(found, facts)],
    }


def _part(found: CheckedTree | None, document: str = "") -> dict[str, Any] | None:
    if found is None:
        return None
    row = {"verdict": str(found.verdict), "clauses": [clause_row(one) for one in clauses_of(found)], "tree": tree_rows(found)}  # fmt: skip
    return {**row, "document": document} if document else row


def _notes(found: Listing, facts: FirmFacts) -> list[str]:
    notes = [f"{found.version.document}（{found.version.mark}）"]
    if found.version.mark != "已核":
        notes.append("标准文本未逐条核对，只作辅导线索，不据此向企业发函")
    if found.version.note:
        notes.append(found.version.note)
    if facts.last_year is not None and facts.last_year >= found.on.year:
        notes.append(f"{facts.last_year}年在{found.on}还没有结束，按文件给出的最近一年算")
    return notes


def every_clause(tree: Tree) -> list[Clause]:
    """All clauses of a tree, in order."""
    if isinstance(tree, Clause):
        return [tree]
    return [one for part in tree.parts for one in every_clause(part)]
