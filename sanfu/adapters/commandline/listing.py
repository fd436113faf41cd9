"""`sanfu listing check FACTS.yaml --board 北交所 --on DATE`: met or missed per clause, by how much, from which market value."""

import argparse
import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from sanfu.adapters.commandline.main import OK, BadInput
from sanfu.enterprise.capital.content import boards
from sanfu.kernel.capital.boards import check_listing, listing_row
from sanfu.kernel.capital.facts import FirmFacts
from sanfu.kernel.capital.reading import UnreadableFacts, read_facts
from sanfu.kernel.clocks import CHINA, as_day
from sanfu.lists.sheets import Unreadable, decoded
from sanfu.records.content import SAFE, BadContent

LARGEST = 5_000_000  # bytes of a facts file
WORDS = {"met": "满足", "missed": "不满足", "unknown": "不清楚"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the sub-commands."""
    sub = parser.add_subparsers(dest="verb", required=True)
    one = sub.add_parser("check", help="a firm against a board's standards of a day (对照)")
    one.add_argument("facts", metavar="FACTS.yaml")
    one.add_argument("--board", metavar="板块", help="北交所、科创板、创业板、主板; without it: all")
    one.add_argument(
        "--on", metavar="DATE", help="the day whose version counts, YYYY-MM-DD; without it: today"
    )
    one.add_argument("--json", action="store_true", help="JSON alone on standard output")


def run(args: argparse.Namespace) -> int:
    """Check and print."""
    facts = firm_facts(document(args.facts), args.facts)
    on = day_said(args.on)
    try:
        kept = boards()
    except BadContent as problem:
        raise BadInput(str(problem)) from problem
    board = kept.named(args.board) if args.board else ""
    if board is None:
        raise BadInput(f"没有板块“{args.board}”；可写{'、'.join(kept.boards)}")
    found = [
        row for name in ([board] if board else kept.boards) if (row := _checked(facts, name, on, bool(board)))
    ]
    if args.json:
        print(json.dumps(found[0] if board else {"boards": found}, ensure_ascii=False, indent=1))
    else:
        print("\n".join(line for row in found for line in _lines(row)))
    return OK


def _checked(facts: FirmFacts, board: str, on: date, named: bool) -> dict[str, Any] | None:
    version = boards().on(board, on)
    if version is not None:
        return listing_row(check_listing(version, facts, on), facts)
    if named:
        first = boards().history(board)[0].begin
        raise BadInput(f"{board}在{on}的标准没有存档；最早的版本从{first}起，请换一个日期")
    return None


def _lines(row: dict[str, Any]) -> Iterator[str]:
    yield f"{row['board']}（{row['version']}起，{row['document']}，{row['mark']}）：上市标准{WORDS[row['meets']]}"
    for one in row["standards"]:
        yield f"  标准{one['code']} {one['name']}：{WORDS[one['verdict']]}" + (
            f"，预计市值从{one['from_value']}起" if one["from_value"] else ""
        )
        yield from (f"    {WORDS[c['verdict']]}  {c['clause']}：{c['says']}" for c in one["clauses"])
    for key, label in (("entry", "申报条件"), ("position", "板块定位")):
        if row[key]:
            yield f"  {label}：{WORDS[row[key]['verdict']]}"
            yield from (f"    {WORDS[c['verdict']]}  {c['clause']}：{c['says']}" for c in row[key]["clauses"])
    yield from (f"  注：{note}" for note in row["notes"])


def document(name: str) -> Any:
    """A YAML or JSON file of a person; BadInput with words when it cannot be read."""
    path = Path(name)
    try:
        raw = path.read_bytes()
        if len(raw) > LARGEST:
            raise BadInput(f"{name} 超过 5 MB，不像一家企业的事实文件")
        return yaml.load(decoded(name, raw), Loader=SAFE)
    except FileNotFoundError as problem:
        raise BadInput(f"没有文件 {name}；核对路径") from problem
    except OSError as problem:
        raise BadInput(f"读不了 {name}：{problem.strerror}；核对路径") from problem
    except Unreadable as problem:
        raise BadInput(f"{problem}；这里要一个 YAML 或 JSON 文本文件") from problem
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        raise BadInput(f"{name} 不是 YAML：{problem}") from problem


def firm_facts(raw: Any, name: str) -> FirmFacts:
    """The facts of a document; BadInput names the file."""
    try:
        return read_facts(raw)
    except (UnreadableFacts, RecursionError) as problem:
        raise BadInput(f"{name}：{problem}") from problem


def day_said(text: str | None) -> date:
    """The day of `--on`; today in China without it."""
    if not text:
        return as_day(datetime.now(CHINA))
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise BadInput(f"--on {text} 不是日期，请写成 2026-04-01") from problem
