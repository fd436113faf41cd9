"""`sanfu claims`: check the numbers of a briefing, answer labelled sentences (核数)."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sanfu.adapters.commandline.main import ANSWER_IS_NO, OK, BadInput
from sanfu.kernel.claims.check import Report, check
from sanfu.kernel.claims.trial import trial
from sanfu.kernel.claims.verdicts import Verdict
from sanfu.kernel.duties.documents import ReadDocument, UnreadableDocument, read_document


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the sub-commands."""
    sub = parser.add_subparsers(dest="verb", required=True)
    one = sub.add_parser("check", help="every number of a text: confirmed, wrong, in doubt, or not checked")
    one.add_argument("source", metavar="TEXT|FILE", help="text, or a txt, docx or pdf file")
    one.add_argument("--facts", metavar="FACTS.json", help="figures to check against (依据)")
    one = sub.add_parser("evaluate", help="answer labelled sentences (核数评测)")
    one.add_argument("file", metavar="CASES.jsonl")
    for command in sub.choices.values():
        command.add_argument("--json", action="store_true", help="JSON alone on standard output")


def run(args: argparse.Namespace) -> int:
    """Answer one sub-command."""
    return {"check": _check, "evaluate": _evaluate}[args.verb](args)


def _check(args: argparse.Namespace) -> int:
    document = _document(args.source)
    report = check(document.text, _facts(args.facts) if args.facts else ())
    if args.json:
        print(json.dumps(report_json(document, report), ensure_ascii=False, indent=1))
    else:
        print("\n".join([*document.notes, *_lines(report)]))
    return ANSWER_IS_NO if report.verdict is Verdict.WRONG else OK


def _document(source: str) -> ReadDocument:
    path = Path(source) if len(source) < 300 and "\n" not in source else None
    try:
        if path is not None and path.is_file():
            return read_document(path.read_bytes(), path.name)
    except UnreadableDocument as problem:
        raise BadInput(str(problem)) from problem
    except OSError as problem:
        raise BadInput(f"无法读取 {source}：{problem}") from problem
    if path is not None and path.suffix.lower() in (".txt", ".docx", ".pdf", ".doc"):
        raise BadInput(f"没有文件 {source}；请检查路径，或直接给出文字")
    if not source.strip():
        raise BadInput("没有文字；请给出一段文字或一个 txt、docx 文件")
    return ReadDocument(source, "text")


def _facts(name: str) -> list[Mapping[str, Any]]:
    try:
        raw = json.loads(Path(name).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as problem:
        raise BadInput(f"依据文件 {name} 无法读取：{problem}") from problem
    if not isinstance(raw, list):
        raise BadInput(f"依据文件 {name} 应是一个列表，每项写明 name 和 value 等")
    return raw


def report_json(document: ReadDocument, report: Report) -> dict[str, Any]:
    """A checked text as JSON: verdict, every number with its place, counts, the text put right."""
    return {
        "verdict": report.verdict.value,
        "numbers": [
            {
                "text": one.text, "start": one.start, "end": one.end, "verdict": one.verdict.value, "why": one.why,
                "expected": one.expected or None, "replacement": one.replacement, "figures": one.used,
            }
            for one in report.numbers
        ],
        "counts": {verdict.value: len(report.of(verdict)) for verdict in Verdict},
        "corrected": report.corrected,
        "notes": list(document.notes),
    }  # fmt: skip


def _lines(report: Report) -> list[str]:
    lines = [f"{one.verdict.label}  {one.text}  {one.why}" for one in report.numbers]
    if report.corrected:
        lines += ["", "改正后：", report.corrected]
    return lines or ["文中没有数字。"]


def _evaluate(args: argparse.Namespace) -> int:
    found = trial(_cases(args.file)).as_dict()
    if args.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        print(
            f"{found['cases']} 句，判定一致 {found['accuracy']:.3f}，属实被判有误 {found['ok_called_wrong']:.3f}"
        )
        for miss in found["misses"]:
            print(f"  {miss['id']} 应为 {miss['expected']} 判为 {miss['got']}：{miss['text']}")
    return OK


def _cases(name: str) -> list[dict[str, Any]]:
    try:
        lines = Path(name).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise BadInput(f"无法读取 {name}：{problem}") from problem
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            case = json.loads(line)
        except json.JSONDecodeError as problem:
            raise BadInput(f"{name} 第 {number} 行不是 JSON：{problem.msg}") from problem
        if not isinstance(case, dict) or not {"text", "expected"} <= case.keys():
            raise BadInput(f"{name} 第 {number} 行缺 text 或 expected")
        found.append(case)
    if not found:
        raise BadInput(f"{name} 里没有案例")
    return found
