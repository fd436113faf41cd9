"""Content of promotion: the rulebook of the offer lint, read once and checked."""

from functools import cache
from pathlib import Path

from sanfu.kernel.offers.learning import Learned, Worked
from sanfu.kernel.offers.rulebook import BadRulebook, Rulebook
from sanfu.records.content import CONTENT, BadContent, read_yaml


@cache
def rulebook(folder: Path = CONTENT) -> Rulebook:
    """The offer lint in force; BadContent when the file cannot be used."""
    source = folder / "promotion" / "offer_lint.yaml"
    try:
        return Rulebook.parse(read_yaml(source))
    except (BadRulebook, KeyError) as problem:
        raise BadContent(f"{source.name}：{problem}") from problem


@cache
def learned(folder: Path = CONTENT) -> Learned:
    """The model of the worked clauses, fitted once a process."""
    return Learned(worked(folder), rulebook(folder).negator)


def worked(folder: Path = CONTENT) -> list[Worked]:
    """The county's worked clauses; BadContent when one lacks its answer."""
    source = folder / "promotion" / "worked_clauses.yaml"
    try:
        return [Worked(row["文"], row["答"], row["条"]) for row in read_yaml(source)["样例"]]
    except (KeyError, TypeError) as problem:
        raise BadContent(f"{source.name}：每条样例要有 答、条、文（{problem}）") from problem


def trial_clauses(folder: Path = CONTENT) -> list[dict[str, str]]:
    """Labelled clauses to measure on (评测样例): id, part, text, expected, rule, again, second reader; nothing learns from them."""
    source = folder / "promotion" / "trial_clauses.yaml"
    try:
        return [
            {
                "id": row["号"],
                "part": row["份"],
                "text": row["文"],
                "expected": row["答"],
                "rule": row["条"],
                "again": row.get("再", row["答"]),
                "second": row.get("二", ""),
            }
            for row in read_yaml(source)["条款"]
        ]
    except (KeyError, TypeError) as problem:
        raise BadContent(f"{source.name}：每条要有 号、份、文、答、条（{problem}）") from problem
