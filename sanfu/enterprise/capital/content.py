"""Boards and funds as the county keeps them, from content/boards and content/funds. Needs no Django."""

from functools import cache
from pathlib import Path
from typing import Any

from sanfu.kernel.capital.boards import Boards, boards_of
from sanfu.kernel.capital.clauses import BadClause
from sanfu.kernel.capital.funds import FundTerms, ReadFunds, read_funds
from sanfu.records.content import CONTENT, BadContent, read_yaml


@cache
def boards(folder: Path = CONTENT / "boards") -> Boards:
    """All boards with their versions; BadContent names the file and the place."""
    try:
        return boards_of({path.name: read_yaml(path) for path in sorted(folder.glob("*.yaml"))})
    except (BadClause, KeyError, TypeError) as problem:
        raise BadContent(f"{folder}：{problem}") from problem


@cache
def fund_terms(folder: Path = CONTENT / "funds") -> FundTerms:
    """Words for stages and fields, and the documents behind direction check and 返投."""
    raw: dict[str, Any] = read_yaml(folder / "terms.yaml")
    try:
        toward, reinvest = raw["direction"], raw["reinvest"]
        warning = f"{reinvest['warning']}（{reinvest['document']}，{reinvest['mark']}）"
        return FundTerms(
            {name: tuple(words) for name, words in raw["stages"].items()},
            {name: tuple(words) for name, words in raw["fields"].items()},
            tuple(raw["blocked"]), toward["document"], toward["mark"], warning,
        )  # fmt: skip
    except (KeyError, TypeError) as problem:
        raise BadContent(f"{folder}/terms.yaml：缺少 {problem}") from problem


@cache
def shipped_funds(folder: Path = CONTENT / "funds") -> ReadFunds:
    """All funds on file; a fund that cannot be used is among the refused, with words."""
    rows = [row for path in sorted(folder.glob("*.yaml")) for row in (read_yaml(path) or {}).get("funds", ())]
    return read_funds(rows, fund_terms(folder))


@cache
def proof_list(folder: Path = CONTENT / "capital") -> dict[str, Any]:
    """The list of compliance certificates (合规证明) that is asked for at once."""
    raw: dict[str, Any] = read_yaml(folder / "proofs.yaml") or {}
    if not raw.get("proofs"):
        raise BadContent(f"{folder}/proofs.yaml：要有 proofs")
    return raw
