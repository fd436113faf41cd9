"""`sanfu rules`: policies as code — check a document, answer cases, run a batch, explain one enterprise."""

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

from sanfu.adapters.commandline.main import ANSWER_IS_NO, OK, BadInput
from sanfu.adapters.commandline.rulebase import content_root, load_library, read_text, read_yaml
from sanfu.adapters.commandline.rules_batch import run_batch, run_explain
from sanfu.adapters.commandline.rules_check import run_check
from sanfu.adapters.commandline.rules_says import emit, emit_refusal
from sanfu.grassroots.scenes.library import land_plan
from sanfu.kernel.rules.examples.answers import CaseBook, Outcome
from sanfu.kernel.rules.examples.registered import registered_kinds
from sanfu.projects.scoring.content import headings, schemes


def a_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"日期应写成 2026-04-15，读到 {text!r}") from None


def configure(parser: argparse.ArgumentParser) -> None:
    words = parser.add_subparsers(dest="word", required=True)
    check = words.add_parser(
        "check", help="parse policy documents, run their golden cases, check the rule base"
    )
    check.add_argument("files", type=Path, nargs="+", metavar="FILE.md|DIR")
    check.add_argument(
        "--golden", type=Path, help="golden cases (default: FILE.golden.yaml beside the document)"
    )
    cases = words.add_parser("cases", help="answer cases with known results from the shipped content")
    cases.add_argument("file", type=Path, metavar="FILE.jsonl")
    batch = words.add_parser("run", help="decide every clause of a folder for every enterprise of a file")
    batch.add_argument("--facts", type=Path, required=True, metavar="FACTS.parquet")
    batch.add_argument(
        "--policies", type=Path, nargs="+", metavar="DIR", help="folders or files (default: all shipped)"
    )
    batch.add_argument("--out", type=Path, required=True, metavar="HITS.parquet")
    batch.add_argument("--errors", type=Path, help="error sheet (default: OUT with .errors.csv)")
    batch.add_argument("--keep-good", action="store_true", help="go on with the rows that have no error")
    explained = words.add_parser(
        "explain", help="one enterprise, one clause or matter: every condition with its value"
    )
    explained.add_argument("--enterprise", required=True, metavar="CREDIT_CODE")
    explained.add_argument("--matter", required=True, metavar="CLAUSE_OR_MATTER")
    explained.add_argument("--facts", type=Path, metavar="FACTS", help="without it everything is asked")
    for word in (batch, explained):
        word.add_argument("--any-code", action="store_true", help="do not check credit codes (invented data)")
    for word in (check, cases, batch, explained):
        word.add_argument("--on", type=a_day, help="the day asked about (default: today)")
        word.add_argument("--content", type=Path, help="content folder (default: the one shipped)")
        word.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """With --json a refusal, too, is JSON on standard output; the message stays on standard error."""
    commands = {"check": run_check, "cases": run_cases, "run": run_batch, "explain": run_explain}
    try:
        return commands[args.word](args)
    except BadInput as refusal:
        if args.json:
            emit_refusal(refusal)
        raise


# ---- cases


def run_cases(args: argparse.Namespace) -> int:
    """Exit 1 when a case fails or cannot be answered; a case without an expected answer is only answered."""
    root = content_root(args.content)
    facts = root / "facts"
    classes = read_yaml(facts / "industries.yaml")["门类"]
    kinds = registered_kinds(land_plan(), schemes().values(), headings())
    book = CaseBook(
        load_library(root), read_yaml(facts / "cases.yaml"), args.on or date.today(), classes, kinds.forms()
    )
    rows = [(number, case, book.answer(case)) for number, case in read_cases(args.file)]
    failed = [r for r in rows if r[2].ok is False]
    unanswered = [r for r in rows if r[2].ok is None and not r[2].answered]
    passed = sum(r[2].ok is True for r in rows)
    if args.json:
        summary = {"total": len(rows), "passed": passed, "failed": len(failed), "unanswered": len(unanswered),
                   "only_answered": len(rows) - passed - len(failed) - len(unanswered)}  # fmt: skip
        emit({**summary, "cases": [case_row(*row) for row in rows]})
    else:
        for number, case, outcome in rows:
            print(case_line(number, case, outcome))
        print(f"通过 {passed}，未通过 {len(failed)}，不能回答 {len(unanswered)}，共 {len(rows)}")
    return ANSWER_IS_NO if failed or unanswered else OK


def read_cases(file: Path) -> list[tuple[int, dict[str, Any]]]:
    """Line number and case; BadInput names the line that is no JSON object."""
    text = read_text(file, "JSON Lines")
    found: list[tuple[int, dict[str, Any]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            case = json.loads(line, parse_constant=str)
        except json.JSONDecodeError as error:
            raise BadInput(f"{file} 第 {number} 行第 {error.colno} 列不是 JSON:{error.msg}") from error
        except RecursionError as error:
            raise BadInput(f"{file} 第 {number} 行第 1 列：括号套得太深；每行写一个简单的对象") from error
        if not isinstance(case, dict):
            raise BadInput(f'{file} 第 {number} 行不是一个对象；每行写成 {{"kind": …}}')
        found.append((number, case))
    return found


STATES = {True: "pass", False: "fail", None: "not answerable"}
ANSWERED = "answered"


def case_row(number: int, case: dict[str, Any], outcome: Outcome) -> dict[str, object]:
    return {
        "line": number,
        "kind": outcome.kind,
        "result": ANSWERED if outcome.answered else STATES[outcome.ok],
        "pass": outcome.ok,
        "expected": outcome.expected,
        "found": outcome.found,
        "note": outcome.note,
        "case": case,
    }


def case_line(number: int, case: dict[str, Any], outcome: Outcome) -> str:
    if outcome.answered:
        return f"第 {number} 行 {outcome.kind} {case.get('clause', '')} 算得 {outcome.found}"
    mark = {True: "通过", False: "未通过", None: "不能回答"}[outcome.ok]
    said = f"应为 {outcome.expected}，算得 {outcome.found}" if outcome.ok is not None else outcome.note
    return f"第 {number} 行 {outcome.kind} {case.get('clause', '')} {mark}:{said}"
