"""`sanfu duties`: lint a list, pre-check documents, evaluate on labelled cases, replay many documents."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sanfu.adapters.commandline.duties_report import report
from sanfu.adapters.commandline.main import ANSWER_IS_NO, OK, BadInput
from sanfu.grassroots.duties import library
from sanfu.grassroots.duties.reports import checked_json, reading_json
from sanfu.kernel.duties.documents import UnreadableDocument, read_document
from sanfu.kernel.duties.items import Reading, UnreadableList
from sanfu.kernel.duties.judging.evaluation import (
    LabelledCase,
    UnreadableCases,
    evaluate,
    read_cases,
)
from sanfu.kernel.duties.judging.papers import LabelledPaper, UnreadablePapers, read_papers, split_figures
from sanfu.kernel.duties.judging.precheck import Checked, Checker, Paper
from sanfu.kernel.duties.lists.files import read_list
from sanfu.kernel.duties.lists.lint import lint


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the sub-commands."""
    sub = parser.add_subparsers(dest="verb", required=True)
    one = sub.add_parser("lint", help="check a duty list (清单体检)")
    one.add_argument("list", metavar="LIST")
    one.add_argument("--department-list", action="append", default=[], metavar="FILE")
    one.add_argument("--other", action="append", default=[], metavar="LIST", help="another town's list")
    one = sub.add_parser("precheck", help="verdict on every demand of documents (预检)")
    one.add_argument("--list", required=True, metavar="LIST")
    one.add_argument("--issuer", default="", help="发文部门")
    one.add_argument("--kind", default="通知", help="文种")
    one.add_argument("files", nargs="+", metavar="FILE")
    one = sub.add_parser("evaluate", help="macro-F1, 误拦, 漏拦 on labelled cases (评测)")
    one.add_argument("--list", required=True, metavar="LIST")
    one.add_argument("--folds", type=int, default=5)
    one.add_argument("--no-worked-cases", action="store_true", help="learn from the other folds only")
    one.add_argument("cases", metavar="CASES.psv")
    one = sub.add_parser("split", help="precision and recall of the demands in labelled long papers (拆解)")
    one.add_argument("papers", nargs="+", metavar="PAPERS.txt")
    one = sub.add_parser("report", help="the evaluation report as Markdown (评测报告)")
    one.add_argument("--list", required=True, metavar="LIST")
    one = sub.add_parser("replay", help="judge many documents through a draft list (回放)")
    one.add_argument("--list", required=True, metavar="LIST")
    one.add_argument("--against", metavar="LIST", help="the list in force, to show what would change")
    one.add_argument("--repeat-to", type=int, default=0, metavar="N", help="repeat the documents up to N")
    one.add_argument("cases", metavar="CASES.psv")
    for command in sub.choices.values():
        command.add_argument("--json", action="store_true", help="JSON alone on standard output")


def run(args: argparse.Namespace) -> int:
    """Answer one sub-command."""
    return {
        "lint": _lint,
        "precheck": _precheck,
        "evaluate": _evaluate,
        "split": _split,
        "report": _report,
        "replay": _replay,
    }[args.verb](args)


def load_list(name: str) -> Reading:
    """Read a list file of any form; BadInput with the remedy when it is none."""
    try:
        return read_list(Path(name).read_bytes(), Path(name).name)
    except OSError as problem:
        raise BadInput(f"无法读取清单 {name}：{problem.strerror}；请检查路径") from problem
    except UnreadableList as problem:
        raise BadInput(f"清单 {name}：{problem}") from problem


def load_cases(name: str) -> list[LabelledCase]:
    try:
        return read_cases(Path(name).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise BadInput(f"无法读取样例 {name}：{problem}；应为 UTF-8 文本") from problem
    except UnreadableCases as problem:
        raise BadInput(f"样例 {name}：{problem}") from problem


def _print(args: argparse.Namespace, data: Any, lines: Sequence[str]) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=1) if args.json else "\n".join(lines))


def _lint(args: argparse.Namespace) -> int:
    reading = load_list(args.list)
    departments = [load_list(name).duty_list for name in args.department_list]
    others = [load_list(name).duty_list for name in args.other]
    findings = lint(reading.duty_list, library.lexicon(), departments, others)
    data = {
        "list": args.list,
        **reading_json(reading),
        "findings": [finding.as_dict() for finding in findings],
    }
    lines = [f"{args.list}：{len(reading.duty_list)} 项，{len(findings)} 处需要处理"]
    lines += [
        f"第 {f.row} 行 {f.code} [{f.rule}] {f.what}：{f.why}；建议：{f.what_to_write}" for f in findings
    ]
    _print(args, data, lines)
    return ANSWER_IS_NO if findings or reading.count("refused") else OK


def _precheck(args: argparse.Namespace) -> int:
    checker = library.checker(load_list(args.list).duty_list)
    documents, refused = [], 0
    for name in args.files:
        started = time.perf_counter()
        try:
            document = read_document(Path(name).read_bytes(), Path(name).name)
        except OSError as problem:
            raise BadInput(f"无法读取 {name}：{problem.strerror}；请检查路径") from problem
        except UnreadableDocument as problem:
            documents.append({"file": name, "error": str(problem)})
            refused += 1
            continue
        checked = checker.check(Paper(document.text, args.issuer, args.kind, name))
        spent = time.perf_counter() - started
        documents.append(
            {"file": name, "notes": list(document.notes), "seconds": round(spent, 3), **checked_json(checked)}
        )
    _print(args, {"list": args.list, "documents": documents}, _precheck_lines(documents))
    if refused == len(args.files):
        raise BadInput("；".join(str(document["error"]) for document in documents))
    return OK if all(document.get("may_send") for document in documents) else ANSWER_IS_NO


def _precheck_lines(documents: Sequence[dict[str, Any]]) -> list[str]:
    lines = []
    for document in documents:
        if "error" in document:
            lines.append(f"{document['file']}：{document['error']}")
            continue
        lines.append(f"{document['file']}：{document['label']}（把握 {document['confidence']:.2f}）")
        lines += [f"  注意：{note}" for note in document["notes"]]
        for demand in document["demands"]:
            lines.append(f"  {demand['number']}. [{demand['label']}] {demand['text']}")
            lines.append(
                f"     依据 {demand['item']['code']}《{demand['item']['name']}》 规则 {demand['rule']}"
            )
            if demand["rewrite"]:
                lines.append(f"     {demand['rewrite']}")
    return lines


def _without(cases: Sequence[LabelledCase]) -> tuple[LabelledCase, ...]:
    """The worked cases without any whose text is among the cases to be judged."""
    texts = {case.paper.text for case in cases}
    return tuple(one for one in library.worked_cases() if one.paper.text not in texts)


def _evaluate(args: argparse.Namespace) -> int:
    duty_list = load_list(args.list).duty_list
    cases = load_cases(args.cases)
    known = () if args.no_worked_cases else _without(cases)

    def build(taught: Sequence[LabelledCase]) -> Checker:
        return library.checker(duty_list, cases=(*known, *taught))

    report = evaluate(cases, duty_list, library.lexicon(), build, args.folds)
    _print(args, report, _evaluate_lines(report))
    return OK


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.1%}"


def _evaluate_lines(report: dict[str, Any]) -> list[str]:
    base = report["baseline"]
    lines = [
        f"macro-F1 {report['macro_f1']:.3f}（关键词基线 {base['macro_f1']:.3f}），"
        f"{report['cases']} 例，{report['folds']} 折",
        f"误拦 {report['false_block']:.1%}（基线 {base['false_block']:.1%}） "
        f"漏拦 {report['missed_block']:.1%}"
        f"（基线 {base['missed_block']:.1%}） 转人工 {report['to_person_share']:.1%} "
        f"拦下的紧急情况 {report['emergencies_blocked']} 件",
        f"校准误差 {report['calibration_error']:.3f} 首位事项正确 {_share(report['item_first'])} "
        f"前三含正确事项 {_share(report['item_in_three'])} 引用事项和词 {report['cites_item_and_words']:.0%}",
    ]
    if two := report["agreement"]:
        lines.append(f"两遍标注 {two['cases']} 例，一致 {two['share']:.1%}，Cohen κ {two['kappa']:.3f}")
    for name, row in report["per_verdict"].items():
        lines.append(
            f"  {name:<10} P {row['precision']:.2f} R {row['recall']:.2f} "
            f"F1 {row['f1']:.2f} n={row['support']}"
        )
    lines += [
        f"  ✗ {m['id']} 应为 {m['expected']} 判为 {m['said']}（{m['rule']} {m['item']}）{m['text'][:50]}"
        for m in report["misses"]
    ]
    return lines


def _split(args: argparse.Namespace) -> int:
    """Figures of the splitter on labelled papers; exit 1 when a demand was missed or made up."""
    papers: list[LabelledPaper] = []
    for name in args.papers:
        try:
            papers += read_papers(Path(name).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, UnreadablePapers) as problem:
            raise BadInput(f"无法读取长文 {name}：{problem}") from problem
    got = split_figures(papers, library.lexicon(), lambda paper: library.asking(paper.text))
    lines = [
        f"{len(papers)} 份，{got.labelled} 项要求，拆出 {got.found} 项，对 {got.right} 项，期限读对 {got.due_right} 项",
        *(f"  漏 {one[:60]}" for one in got.missed),
        *(f"  多 {one[:60]}" for one in got.extra),
    ]
    _print(args, got.as_dict(), lines)
    return ANSWER_IS_NO if got.missed or got.extra else OK


def _report(args: argparse.Namespace) -> int:
    print(report(load_list(args.list).duty_list, Path(args.list).name))
    return OK


def _replay(args: argparse.Namespace) -> int:
    papers = [case.paper for case in load_cases(args.cases)]
    if args.repeat_to:
        papers = [papers[i % len(papers)] for i in range(args.repeat_to)]
    started = time.perf_counter()
    answers = library.checker(load_list(args.list).duty_list).check_all(papers)
    spent = time.perf_counter() - started
    print(f"{len(papers)} 份，{spent:.1f} 秒", file=sys.stderr)
    before = library.checker(load_list(args.against).duty_list).check_all(papers) if args.against else []
    data: dict[str, Any] = {
        "documents": len(papers),
        "seconds": round(spent, 2),
        "verdicts": _tally(answers),
        "changed": [],
    }
    if before:
        data["before"] = _tally(before)
        data["changed"] = [
            {"number": new.paper.number, "was": old.verdict.value, "is": new.verdict.value}
            for old, new in zip(before, answers, strict=True)
            if old.verdict is not new.verdict
        ]
    _print(args, data, [f"{name} {count}" for name, count in data["verdicts"].items()])
    return OK


def _tally(answers: Sequence[Checked]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for answer in answers:
        counts[answer.verdict.value] = counts.get(answer.verdict.value, 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: -pair[1]))
