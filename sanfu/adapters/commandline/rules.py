"""`sanfu rules`: policies as code — check a document, answer cases, run a batch, explain one enterprise."""

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

from sanfu.adapters.commandline.main import ANSWER_IS_NO, OK, BadInput
from sanfu.adapters.commandline.rulebase import content_root, load_library, read_yaml
from sanfu.kernel.rules.examples.answers import CaseBook, Outcome


def configure(parser: argparse.ArgumentParser) -> None:
    words = parser.add_subparsers(dest="word", required=True)
    cases = words.add_parser("cases", help="answer cases with known results from the shipped content")
    cases.add_argument("file", type=Path, metavar="FILE.jsonl")
    cases.add_argument("--content", type=Path, help="content folder (default: the one shipped)")
    cases.add_argument("--on", type=date.fromisoformat, help="the day asked about (default: today)")
    cases.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    return {"cases": run_cases}[args.word](args)


def emit(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


# ---- cases


def run_cases(args: argparse.Namespace) -> int:
    """Exit 1 when a case fails; a kind that the content does not know is reported, not counted as failed."""
    root = content_root(args.content)
    book = CaseBook(load_library(root), read_yaml(root / "facts" / "cases.yaml"), args.on or date.today())
    rows = [(number, case, book.answer(case)) for number, case in read_cases(args.file)]
    failed = [r for r in rows if r[2].ok is False]
    unanswered = [r for r in rows if r[2].ok is None]
    passed = len(rows) - len(failed) - len(unanswered)
    if args.json:
        summary = {"total": len(rows), "passed": passed, "failed": len(failed), "unanswered": len(unanswered)}
        emit({**summary, "cases": [case_row(*row) for row in rows]})
    else:
        for number, case, outcome in rows:
            print(case_line(number, case, outcome))
        print(f"通过 {passed},未通过 {len(failed)},不能回答 {len(unanswered)},共 {len(rows)}")
    return ANSWER_IS_NO if failed else OK


def read_cases(file: Path) -> list[tuple[int, dict[str, Any]]]:
    """Line number and case; BadInput names the line that is no JSON object."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"读不了 {file}:{error};请给一个 UTF-8 的 JSON Lines 文件") from error
    found: list[tuple[int, dict[str, Any]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            case = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadInput(f"{file} 第 {number} 行第 {error.colno} 列不是 JSON:{error.msg}") from error
        if not isinstance(case, dict):
            raise BadInput(f'{file} 第 {number} 行不是一个对象;每行写成 {{"kind": …}}')
        found.append((number, case))
    return found


STATES = {True: "pass", False: "fail", None: "not answerable"}


def case_row(number: int, case: dict[str, Any], outcome: Outcome) -> dict[str, object]:
    return {
        "line": number,
        "kind": outcome.kind,
        "result": STATES[outcome.ok],
        "pass": outcome.ok,
        "expected": outcome.expected,
        "found": outcome.found,
        "note": outcome.note,
        "case": case,
    }


def case_line(number: int, case: dict[str, Any], outcome: Outcome) -> str:
    mark = {True: "通过", False: "未通过", None: "不能回答"}[outcome.ok]
    said = f"应为 {outcome.expected},算得 {outcome.found}" if outcome.ok is not None else outcome.note
    return f"第 {number} 行 {outcome.kind} {case.get('clause', '')} {mark}:{said}"
