"""What the county ships: its policy documents with their golden cases, the standards it follows, batch rules."""

from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from sanfu.cases.timing import Rule
from sanfu.enterprise.benefits.states import NOTICE_CLOCK, PAYOUT_CLOCK, REVIEW_CLOCK
from sanfu.enterprise.registry.content import dictionary
from sanfu.kernel.clocks import rule_of
from sanfu.kernel.rules.reading.document import Document, read_document
from sanfu.records.content import read_yaml


@dataclass(frozen=True)
class Shipped:
    """One document of content/: `own` when the county issued it, `golden` its cases as they stand in YAML."""

    name: str
    text: str
    own: bool
    golden: dict[str, Any] = field(default_factory=dict)
    golden_text: str = ""


@cache
def county() -> dict[str, Any]:
    read: dict[str, Any] = read_yaml(settings.CONTENT / "benefits" / "county.yaml")
    return read


@cache
def shipped() -> tuple[Shipped, ...]:
    """The documents that apply in this county: its own, and the standards it follows."""
    own = sorted((settings.CONTENT / county()["本市文件"]).glob("*.md"))
    others = [settings.CONTENT / name for name in county()["执行标准"]]
    return (*(_read(file, True) for file in own), *(_read(file, False) for file in others))


@cache
def references() -> tuple[Document, ...]:
    """Documents of other places: shown for comparison, never matched."""
    return tuple(
        parsed(file.name, file.read_text(encoding="utf-8"))
        for file in sorted((settings.CONTENT / "policies").glob("*.md"))
    )


def _read(file: Path, own: bool) -> Shipped:
    golden = file.with_suffix(".golden.yaml")
    said = golden.read_text(encoding="utf-8") if golden.exists() else ""
    cases = (read_yaml(golden) or {}) if said else {}
    return Shipped(file.name, file.read_text(encoding="utf-8"), own, cases, said)


@cache
def clause_titles() -> dict[str, str]:
    """Titles of the shipped clauses by id; a clause that a later version added shows its id."""
    documents = [parsed(one.name, one.text) for one in shipped()]
    return {clause.id: clause.title for document in documents for clause in document.clauses}


@cache
def red_lines() -> dict[str, Any]:
    """公平竞争红线 that a text is held against."""
    read: dict[str, Any] = read_yaml(settings.CONTENT / "standards" / "fair-competition.yaml")
    return read


@lru_cache(maxsize=256)
def parsed(name: str, text: str) -> Document:
    """A document as read; the same text is read once."""
    return read_document(text, dictionary(), name)


def skeleton(code: str, day: date) -> str:
    """What a new policy begins with: front matter to fill in, one clause and its rule."""
    text = (settings.CONTENT / "benefits" / "skeleton.md").read_text(encoding="utf-8")
    for word, said in {"地域": county()["地区"], "施行": day.isoformat(), "责任": code}.items():
        text = text.replace("{" + word + "}", said)
    return text


class BadGolden(ValueError):
    """The golden cases cannot be read; the message names line and column."""


def read_golden(text: str) -> dict[str, Any]:
    """Golden cases as a person wrote them: a mapping with 例, each a mapping. BadGolden says where it is wrong."""
    try:
        found = yaml.safe_load(text) if text.strip() else {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"第{mark.line + 1}行第{mark.column + 1}列" if mark else "全文"
        raise BadGolden(
            f"标准例{place}读不懂；每一例写成 - {{名称: …, 日: …, 条款: …, 事实: …, 应为: …}}。"
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        raise BadGolden("标准例里有不能用的字符或日期；请检查。") from error
    if not isinstance(found, dict) or not isinstance(found.get("例", []), list):
        raise BadGolden("标准例要以“例:”开头，下面每行一例。")
    if not all(isinstance(one, dict) for one in found.get("例", [])):
        raise BadGolden("标准例的每一例要写成 - {名称: …, 日: …, 条款: …, 事实: …, 应为: …}。")
    return found


def notice_rules() -> dict[str, Rule]:
    """The clock of a public notice with its basis."""
    rules = county()["批次"]
    return {NOTICE_CLOCK: Rule(rule_of(rules["公示"]), source="兑付批次·公示", basis=rules["依据"])}


def claim_rules() -> dict[str, Rule]:
    """The clocks of a claim with their basis: the review, and the day the money was promised for."""
    rules = county()["申报"]
    return {
        name: Rule(rule_of(rules[name]), source=f"政策申报·{name}", basis=rules[f"{name}依据"])
        for name in (REVIEW_CLOCK, PAYOUT_CLOCK)
    }


def least_payment() -> int:
    """Lines below this many 分 are not paid."""
    return int(county()["批次"]["小额"]) * 100
