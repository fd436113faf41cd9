"""`sanfu promotion`: hold a draft offer against the fair-competition lints; evaluate on labelled clauses (招商)."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from sanfu.adapters.commandline.main import ANSWER_IS_NO, OK, BadInput
from sanfu.adapters.commandline.refusing import refusals_said
from sanfu.kernel.duties.documents import UnreadableDocument, read_document
from sanfu.kernel.offers.report import UnreadableOffers, evaluate, lint_text, read_offers
from sanfu.projects.promotion.content import learned, rulebook


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `sanfu promotion`."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    one = verbs.add_parser("lint", help="clauses of a draft with rule, basis and rewrite (协议体检)")
    one.add_argument(
        "draft", metavar="FILE|TEXT", help="txt, Word or PDF; or the clause itself; - reads standard input"
    )
    two = verbs.add_parser("evaluate", help="recall and false alarms on labelled clauses (评测)")
    two.add_argument("offers", metavar="OFFERS.jsonl")
    for verb in (one, two):
        verb.add_argument("--json", action="store_true", help="JSON alone on standard output")


def run(args: argparse.Namespace) -> int:
    """Lint: 0 nothing found, 1 something to change or review. Evaluate: 0. Bad input: 2."""
    with refusals_said(args):
        return _lint(args) if args.verb == "lint" else _evaluate(args)


def _draft(name: str) -> str:
    if name == "-":
        return sys.stdin.read()
    try:
        path = Path(name)
        if len(name) < 250 and path.is_file():
            return read_document(path.read_bytes(), path.name).text
    except (OSError, ValueError) as problem:
        if isinstance(problem, UnreadableDocument):
            raise BadInput(str(problem)) from problem
    if len(name) < 250 and Path(name).suffix.lower() in {".txt", ".docx", ".doc", ".pdf", ".md"}:
        raise BadInput(f"找不到文件 {name}；请检查路径")
    return name


def _lint(args: argparse.Namespace) -> int:
    text = _draft(args.draft)
    if not text.strip():
        raise BadInput("没有文字；请给出协议文件或条款")
    answer = lint_text(text, rulebook(), learned())
    print(json.dumps(answer, ensure_ascii=False, indent=1) if args.json else "\n".join(_lines(answer)))
    return OK if answer["may_sign"] else ANSWER_IS_NO


def _lines(answer: dict[str, Any]) -> list[str]:
    counts = answer["counts"]
    lines = [
        f"{len(answer['clauses'])} 条：不得承诺 {counts['forbidden']}，须人工审 {counts['review']}，未见问题 {counts['ok']}"
    ]
    for one in answer["clauses"]:
        if one["answer"] == "ok":
            continue
        lines.append(f"{one['clause']} [{one['label']}] {one['text']}")
        for found in one["findings"]:
            basis = found["basis"]
            lines.append(f"   {found['rule']} {found['name']}：“{found['text']}” {found['problem']}")
            lines.append(
                f"   依据 {basis['document']} {basis['article']}（{basis['in_force_since']} 起，{basis['mark']}）"
            )
            lines.append(f"   改为 {found['rewrite']}；审查 {found['reviewer']}")
        lines += [f"   {doubt['id']}：“{doubt['text']}” {doubt['problem']}" for doubt in one["doubts"]]
        lines += [f"   注意 {note}" for note in one["notes"]]
    return lines


def _evaluate(args: argparse.Namespace) -> int:
    try:
        rows = read_offers(Path(args.offers).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as problem:
        raise BadInput(f"无法读取 {args.offers}：{problem}") from problem
    except UnreadableOffers as problem:
        raise BadInput(f"{args.offers}：{problem}") from problem
    answer = evaluate(rows, rulebook(), learned())
    if args.json:
        print(json.dumps(answer, ensure_ascii=False, indent=1))
        return OK
    print(
        f"recall {answer['recall']}，false_alarm {answer['false_alarm']}，rule_right {answer['rule_right']}，{answer['clauses']} 条"
    )
    for miss in answer["misses"]:
        print(
            f"  ✗ {miss['id']} 应为 {miss['expected']} {miss['rule']} 判为 {miss['said']} {miss['said_rule']}：{miss['text']}"
        )
    return OK
