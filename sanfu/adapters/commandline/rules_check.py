"""`sanfu rules check`: documents read, their golden cases run, the rule base checked."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sanfu.adapters.commandline.main import ANSWER_IS_NO, BAD_INPUT, OK
from sanfu.adapters.commandline.rulebase import (
    content_root,
    documents_under,
    golden_of,
    library_with,
    read_yaml,
)
from sanfu.adapters.commandline.rules_says import emit
from sanfu.kernel.rules.checks import check_document
from sanfu.kernel.rules.examples.golden import GoldenResult, run_golden
from sanfu.kernel.rules.language.problems import NOTICE, Problem, Span
from sanfu.kernel.rules.reading.document import Document
from sanfu.kernel.rules.reading.library import Library


@dataclass(frozen=True)
class Checked:
    """One document with what was found; `readable` is false when a rule does not parse."""

    file: Path
    document: Document
    problems: list[Problem]
    golden: list[GoldenResult]

    @property
    def readable(self) -> bool:
        return not self.document.problems

    @property
    def ok(self) -> bool:
        return (
            self.readable
            and all(g.ok for g in self.golden)
            and all(p.severity == NOTICE for p in self.problems)
        )


def run_check(args: argparse.Namespace) -> int:
    """Exit 2 when a rule does not read, 1 when a golden case or a check fails; notices alone are fine."""
    root = content_root(args.content)
    files = [file for chosen in args.files for file in documents_under(root, chosen)]
    checked = check_files(root, files, args.on or date.today(), args.golden)
    if args.json:
        reports = [report(c) for c in checked]
        emit(reports[0] if len(args.files) == 1 and not args.files[0].is_dir() else summary(checked, reports))
    else:
        for one in checked:
            show(one)
        if len(checked) > 1:
            print(f"共 {len(checked)} 份，没有问题 {sum(c.ok for c in checked)} 份")
    return (
        BAD_INPUT
        if not all(c.readable for c in checked)
        else OK
        if all(c.ok for c in checked)
        else ANSWER_IS_NO
    )


def check_files(root: Path, files: Sequence[Path], day: date, golden: Path | None = None) -> list[Checked]:
    """Every file against one rule base that holds them all."""
    library, drafts = library_with(root, files)
    red_lines = read_yaml(root / "standards" / "fair-competition.yaml")
    checked, seen = [], dict[str, Path]()
    for file, draft in zip(files, drafts, strict=True):
        document = _unless_twice(draft, file, seen)
        readable = not document.problems
        problems = check_document(document, library, day, red_lines) if readable else list(document.problems)
        beside = golden or golden_of(file)
        cases = (
            run_golden(read_yaml(beside), _first(library, document)) if readable and beside.is_file() else []
        )
        checked.append(Checked(file, document, problems, cases))
    return checked


def _unless_twice(document: Document, file: Path, seen: dict[str, Path]) -> Document:
    """The same 编号 in two of the files given is an error of the second."""
    first = seen.setdefault(document.id, file)
    if not document.id or first == file:
        return document
    twice = Problem("duplicate", f"编号 {document.id} 与 {first} 相同", "每份文件一个编号", Span(2, 1))
    return replace(document, problems=(*document.problems, twice))


def _first(library: Library, document: Document) -> Library:
    """The document before all others, so that its golden cases meet its own clauses."""
    others = tuple(d for d in library.documents if d is not document and d.id != document.id)
    return Library(library.dictionary, (document, *others))


def summary(checked: Sequence[Checked], reports: Sequence[dict[str, object]]) -> dict[str, object]:
    return {
        "ok": all(c.ok for c in checked),
        "total": len(checked),
        "sound": sum(c.ok for c in checked),
        "problems": sum(len(c.problems) for c in checked),
        "golden": {
            "total": sum(len(c.golden) for c in checked),
            "passed": sum(g.ok for c in checked for g in c.golden),
        },
        "documents": list(reports),
    }


def report(checked: Checked) -> dict[str, object]:
    document, golden = checked.document, checked.golden
    return {
        "ok": checked.ok,
        "file": str(checked.file),
        "document": document.id,
        "number": document.number,
        "version": document.version,
        "clauses": [c.id for c in document.clauses],
        "problems": [p.as_dict() for p in checked.problems],
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


def show(checked: Checked) -> None:
    for p in checked.problems:
        clause = f"[{p.clause}] " if p.clause else ""
        tail = f"；应写：{p.instead}" if p.instead else ""
        print(f"{checked.file}:{p.span.line}:{p.span.column}: {p.severity} {clause}{p.message}{tail}")
    for g in checked.golden:
        if not g.ok:
            print(f"例「{g.name}」{g.clause}:{';'.join(g.differences)}")
    passed, golden = sum(g.ok for g in checked.golden), len(checked.golden)
    title = checked.document.title or checked.file
    print(
        f"{title}：条款 {len(checked.document.clauses)}，问题 {len(checked.problems)}，例 {passed}/{golden} 通过"
    )
