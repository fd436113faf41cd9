"""`sanfu funds match FACTS.yaml`: funds that fit a firm, that may fit, that do not, each with its reasons."""

import argparse
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sanfu.adapters.commandline.listing import WORDS, day_said, document, firm_facts
from sanfu.adapters.commandline.main import ANSWER_IS_NO, OK, BadInput
from sanfu.enterprise.capital.content import fund_terms, shipped_funds
from sanfu.kernel.capital.funds import ReadFunds, direction, match_funds, match_row, read_funds
from sanfu.records.content import BadContent


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the sub-commands."""
    sub = parser.add_subparsers(dest="verb", required=True)
    one = sub.add_parser("match", help="funds for a firm, with reasons (匹配)")
    one.add_argument("facts", metavar="FACTS.yaml")
    one.add_argument(
        "--funds", metavar="FUNDS.yaml", help="your own list of funds; without it: content/funds"
    )
    one.add_argument(
        "--on", metavar="DATE", help="the day on which a fund must still invest; without it: today"
    )
    one.add_argument("--json", action="store_true", help="JSON alone on standard output")


def run(args: argparse.Namespace) -> int:
    """Match and print; exit code 1 when a fund was refused."""
    raw = document(args.facts)
    facts = firm_facts(raw, args.facts)
    try:
        terms, read = fund_terms(), _funds(args.funds, raw)
    except BadContent as problem:
        raise BadInput(str(problem)) from problem
    on = day_said(args.on)
    toward = direction(facts, terms)
    rows = [match_row(one, terms) for one in match_funds(facts, read.funds, terms, on)]
    answer = {
        "firm": facts.name,
        "on": f"{on}",
        "direction": {
            "verdict": str(toward.verdict),
            "says": toward.says,
            "document": terms.direction_document,
        },
        "matches": [row for row in rows if row["verdict"] == "met"],
        "possible": [row for row in rows if row["verdict"] == "unknown"],
        "no_match": [row for row in rows if row["verdict"] == "missed"],
        "refused": [{"fund": name, "reason": why} for name, why in read.refused],
        "notes": list(facts.notes),
    }
    print(json.dumps(answer, ensure_ascii=False, indent=1) if args.json else "\n".join(_lines(answer)))
    return ANSWER_IS_NO if read.refused else OK


def _funds(name: str | None, raw: Any) -> ReadFunds:
    """Funds of the file named, else those that the facts file brings along, else those on file."""
    if name:
        listed = document(name)
        rows = next((listed[key] for key in ("funds", "基金") if key in listed), None) if isinstance(listed, Mapping) else listed  # fmt: skip
        if not isinstance(rows, list):
            raise BadInput(f"{name} 应是一列基金，或 funds: 后面一列")
        return read_funds(rows, fund_terms())
    brought = next((raw[key] for key in ("funds", "基金") if isinstance(raw.get(key), list)), None)
    return read_funds(brought, fund_terms()) if brought is not None else shipped_funds()


def _lines(answer: dict[str, Any]) -> Iterator[str]:
    yield f"投向核对：{WORDS[answer['direction']['verdict']]}，{answer['direction']['says']}"
    for key, label in (("matches", "符合"), ("possible", "可能符合，缺事实"), ("no_match", "不符合")):
        yield f"{label}：{len(answer[key])} 只"
        for row in answer[key]:
            yield f"  {row['fund']}"
            yield from (f"    {WORDS[r['verdict']]}  {r['about']}：{r['says']}" for r in row["reasons"])
            if "reinvest" in row:
                yield f"    返投：{row['reinvest']['recorded']}。{row['reinvest']['warning']}"
    yield from (f"不能用的基金 {one['fund']}：{one['reason']}" for one in answer["refused"])
