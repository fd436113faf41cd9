"""差别化政策: what a grade is worth to one firm in yuan, by rules; and scores of several years under one scheme."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

from sanfu.kernel.land.scoring.engine import score_one
from sanfu.kernel.rules.judging.verdict import Status, judge
from sanfu.kernel.rules.language.facts import Dictionary, Value
from sanfu.kernel.rules.reading.library import Library
from sanfu.projects.scoring.computing import as_firm, scheme_of
from sanfu.projects.scoring.models import ScoredFirm
from sanfu.records.actor import Actor, Refused
from sanfu.records.content import CONTENT, BadContent, read_yaml

# column of the rules → fact of the run with its unit there
FROM = {"年用电量": ("用电量", "万千瓦时"), "年用水量": ("用水量", "吨"), "用地面积": ("用地面积", "亩")}


@cache
def dictionary(folder: Path = CONTENT) -> Dictionary:
    """What the policy asks."""
    return Dictionary.from_content(read_yaml(folder / "land" / "policy" / "dictionary.yaml")["事实"])


@cache
def burdens(folder: Path = CONTENT) -> frozenset[str]:
    """Clauses that the firm pays; the others it receives. BadContent when one is in no document."""
    source = folder / "land" / "policy" / "dictionary.yaml"
    named = frozenset(str(code) for code in read_yaml(source).get("企业负担条款", ()))
    known = {clause.id for document in library(folder).documents for clause in document.clauses}
    if strange := named - known:
        raise BadContent(f"{source.name}：企业负担条款 {'、'.join(sorted(strange))} 不在政策文件里")
    return named


@cache
def library(folder: Path = CONTENT) -> Library:
    """The policy documents; BadContent when one has a mistake."""
    files = sorted((folder / "land" / "policy").glob("*.md"))
    found = Library.read(dictionary(folder), [(path.stem, path.read_text("utf-8")) for path in files])
    wrong = [f"{document.name}：{problem}" for document in found.documents for problem in document.problems]
    if wrong:
        raise BadContent("；".join(wrong[:3]))
    return found


@dataclass(frozen=True, slots=True)
class Effect:
    """One clause for one firm: yuan a year, below zero what the firm pays; None while a figure is missing."""

    title: str
    yuan: Fraction | None
    missing: tuple[str, ...]
    document: str
    mark: str


def row_of(firm: ScoredFirm, grade: str) -> dict[str, Value]:
    """The firm's figures as the rules read them, with a grade."""
    facts: Mapping[str, str | None] = firm.facts["facts"]
    row: dict[str, Value] = {"等级": grade if grade in ("A", "B", "C", "D") else None}
    for column, (name, unit) in FROM.items():
        held = facts.get(name)
        row[column] = None if held is None else dictionary().facts[column].encode(f"{Decimal(held):f}{unit}")
    return row


def effects(firm: ScoredFirm, grade: str, on: date) -> list[Effect]:
    """Every clause of the day that meets the grade; nothing for a firm without one."""
    row, out = row_of(firm, grade), []
    for document, clause in library().clauses(on):
        verdict = judge(clause, row, on, dictionary())
        if verdict.status is Status.NOT_MET or row["等级"] is None:
            continue
        sign = -1 if clause.id in burdens() else 1
        yuan = None if verdict.amount is None else sign * verdict.amount / 100
        out.append(Effect(clause.title, yuan, verdict.missing, document.title, document.mark))
    return out


def worth(firm: ScoredFirm, grade: str, on: date) -> Fraction | None:
    """Yuan a year of a grade; None when one clause cannot be said."""
    amounts = [one.yuan for one in effects(firm, grade, on)]
    return None if None in amounts else sum((a for a in amounts if a is not None), Fraction(0))


@dataclass(frozen=True, slots=True)
class Year:
    """One run of a firm: as it was published, and with its own figures under the scheme looked from."""

    title: str
    published: Decimal | None
    grade: str
    rebased: Decimal | None
    why: str = ""


def trend(firm: ScoredFirm, actor: Actor) -> list[Year]:
    """The firm's runs, oldest first, rebased on this run's scheme: published scores of two schemes do not compare."""
    rows = ScoredFirm.objects.filter(
        region=actor.region, set=firm.set, run__unit=firm.run.unit_id
    ).select_related("run")
    same = rows.filter(code=firm.code) if firm.code else rows.filter(name=firm.name)
    scheme = scheme_of(firm.run)
    means = {k: Decimal(v) for k, v in firm.run.means.items()} or {"": Decimal(0)}
    found = []
    for row in same.order_by("run__at"):
        try:
            score = score_one(scheme, as_firm(row), None, means)
            why = f"缺 {'、'.join(score.missing)}" if score.missing else ""
            found.append(Year(row.run.title, row.total, row.grade, score.total, why))
        except (Refused, KeyError, ValueError) as problem:
            found.append(Year(row.run.title, row.total, row.grade, None, f"不能按本方案重算：{problem}"))
    return found
