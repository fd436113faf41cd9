"""`sanfu rules`: policies as code — check a document, answer cases, run a batch, explain one enterprise."""

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

from sanfu.adapters.commandline.main import ANSWER_IS_NO, BAD_INPUT, OK, BadInput
from sanfu.adapters.commandline.rulebase import content_root, golden_of, library_with, load_library, read_yaml
from sanfu.adapters.commandline.rules_batch import run_batch, run_explain
from sanfu.kernel.rules.checks import check_document
from sanfu.kernel.rules.examples.answers import CaseBook, Outcome
from sanfu.kernel.rules.examples.golden import GoldenResult, run_golden
from sanfu.kernel.rules.language.problems import NOTICE, Problem
from sanfu.kernel.rules.reading.document import Document


def configure(parser: argparse.ArgumentParser) -> None:
    words = parser.add_subparsers(dest="word", required=True)
    check = words.add_parser(
        "check", help="parse a policy document, run its golden cases, check the rule base"
    )
    check.add_argument("file", type=Path, metavar="FILE.md")
    check.add_argument(
        "--golden", type=Path, help="golden cases (default: FILE.golden.yaml beside the document)"
    )
    check.add_argument("--content", type=Path, help="content folder (default: the one shipped)")
    check.add_argument("--on", type=date.fromisoformat, help="the day asked about (default: today)")
    check.add_argument("--json", action="store_true")
    cases = words.add_parser("cases", help="answer cases with known results from the shipped content")
    cases.add_argument("file", type=Path, metavar="FILE.jsonl")
    cases.add_argument("--content", type=Path, help="content folder (default: the one shipped)")
    cases.add_argument("--on", type=date.fromisoformat, help="the day asked about (default: today)")
    cases.add_argument("--json", action="store_true")
    batch = words.add_parser("run", help="decide every clause of a folder for every enterprise of a file")
    batch.add_argument("--facts", type=Path, required=True, metavar="FACTS.parquet")
    batch.add_argument("--policies", type=Path, required=True, metavar="DIR")
    batch.add_argument("--out", type=Path, required=True, metavar="HITS.parquet")
    batch.add_argument("--errors", type=Path, help="error sheet (default: OUT with .errors.csv)")
    batch.add_argument("--keep-good", action="store_true", help="go on with the rows that have no error")
    explained = words.add_parser(
        "explain", help="one enterprise, one clause or matter: every condition with its value"
    )
    explained.add_argument("--enterprise", required=True, metavar="CREDIT_CODE")
    explained.add_argument("--matter", required=True, metavar="CLAUSE_OR_MATTER")
    explained.add_argument("--facts", type=Path, metavar="FACTS", help="without it everything is asked")
    for parser in (batch, explained):
        parser.add_argument("--on", type=date.fromisoformat, help="the day asked about (default: today)")
        parser.add_argument("--content", type=Path, help="content folder (default: the one shipped)")
        parser.add_argument(
            "--any-code", action="store_true", help="do not check credit codes (invented data)"
        )
        parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    commands = {"check": run_check, "cases": run_cases, "run": run_batch, "explain": run_explain}
    return commands[args.word](args)


def emit(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


# ---- check


def run_check(args: argparse.Namespace) -> int:
    """Exit 2 when a rule does not read, 1 when a golden case or a check fails; notices alone are fine."""
    root = content_root(args.content)
    library, document = library_with(root, args.file)
    readable = not document.problems
    day = args.on or date.today()
    red_lines = read_yaml(root / "standards" / "fair-competition.yaml")
    problems = check_document(document, library, day, red_lines) if readable else list(document.problems)
    golden_file = args.golden or golden_of(args.file)
    golden = run_golden(read_yaml(golden_file), library) if readable and golden_file.is_file() else []
    failed = any(not g.ok for g in golden) or any(p.severity != NOTICE for p in problems)
    if args.json:
        emit(check_report(document, problems, golden, ok=readable and not failed))
    else:
        print_check(args.file, document, problems, golden)
    return BAD_INPUT if not readable else ANSWER_IS_NO if failed else OK


def check_report(
    document: Document, problems: list[Problem], golden: list[GoldenResult], ok: bool
) -> dict[str, object]:
    return {
        "ok": ok,
        "document": document.id,
        "number": document.number,
        "version": document.version,
        "clauses": [c.id for c in document.clauses],
        "problems": [p.as_dict() for p in problems],
        "golden": {
            "total": len(golden),
            "passed": sum(g.ok for g in golden),
            "failed": [
                {"name": g.name, "clause": g.clause, "differences": list(g.differences)}
                for g in golden
                if not g.ok
            ],
        },
    }


def print_check(file: Path, document: Document, problems: list[Problem], golden: list[GoldenResult]) -> None:
    for p in problems:
        clause = f"[{p.clause}] " if p.clause else ""
        tail = f";应写:{p.instead}" if p.instead else ""
        print(f"{file}:{p.span.line}:{p.span.column}: {p.severity} {clause}{p.message}{tail}")
    for g in golden:
        if not g.ok:
            print(f"例「{g.name}」{g.clause}:{';'.join(g.differences)}")
    passed = sum(g.ok for g in golden)
    print(
        f"{document.title}:条款 {len(document.clauses)},问题 {len(problems)},例 {passed}/{len(golden)} 通过"
    )


# ---- cases


def run_cases(args: argparse.Namespace) -> int:
    """Exit 1 when a case fails; a kind that the content does not know is reported, not counted as failed."""
    root = content_root(args.content)
    facts = root / "facts"
    classes = read_yaml(facts / "industries.yaml")["门类"]
    book = CaseBook(load_library(root), read_yaml(facts / "cases.yaml"), args.on or date.today(), classes)
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
