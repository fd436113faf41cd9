"""`sanfu rules run` and `sanfu rules explain`: a file of facts against documents."""

import argparse
import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sanfu.adapters.commandline.main import ANSWER_IS_NO, BAD_INPUT, OK, BadInput
from sanfu.adapters.commandline.rulebase import (
    content_root,
    document_files,
    documents_under,
    load_library,
    read_yaml,
)
from sanfu.adapters.commandline.rules_facts import read_facts, refusal_rows, write_errors
from sanfu.adapters.commandline.rules_says import Refused
from sanfu.kernel.rules.awards.instalments import borne, due_now, parts
from sanfu.kernel.rules.engines.bitmap import Population
from sanfu.kernel.rules.engines.plan import Rule, make_plan
from sanfu.kernel.rules.judging.asking import as_questions
from sanfu.kernel.rules.judging.explain import Explanation, explain
from sanfu.kernel.rules.judging.verdict import Status
from sanfu.kernel.rules.language import tree
from sanfu.kernel.rules.language.facts import Value
from sanfu.kernel.rules.language.quantities import MONEY, say
from sanfu.kernel.rules.language.tree import Clause
from sanfu.kernel.rules.population.derived import basis_of, derive_row, derive_table, sources
from sanfu.kernel.rules.population.intake import IDENTITY, Intake
from sanfu.kernel.rules.reading.document import Document
from sanfu.kernel.rules.reading.library import Library

MET, MET_OPEN = "符合", "符合，金额待定"
ERROR_KEYS = ("row", "enterprise", "column", "value", "why", "instead")
SHOWN = 1000  # refusals in the JSON report; the sheet has them all


# ---- run


def run_batch(args: argparse.Namespace) -> int:
    """Exit 2 when the facts file is refused (unless --keep-good and some rows are good)."""
    day = args.on or date.today()
    writable(args.out, args.facts)
    library = policies_of(args.policies, content_root(args.content))
    intake = read_facts(args.facts, library, check_codes=not args.any_code)
    if not intake.clean:
        refuse_rows(intake, args)
    in_force = [(d, c) for d, c in library.clauses(day) if not d.problems]
    table = derive_table(intake.table, day, _whole(library, args)) if _uses_derived(library) else intake.table
    population = Population(make_plan([c for _, c in in_force], day), table)
    table = award_list(population, intake, in_force, day)
    snapshot = hashlib.sha256(args.facts.read_bytes()).hexdigest()
    versions = {d.id: d.version for d, _ in in_force}
    pinned = {"day": day.isoformat(), "facts_sha256": snapshot, "documents": versions}
    meta = {b"sanfu": json.dumps(pinned, ensure_ascii=False, sort_keys=True).encode()}
    pq.write_table(table.replace_schema_metadata(meta), args.out, compression="zstd")
    report = {
        **{k: pinned[k] for k in ("day", "facts_sha256")},
        "enterprises": len(intake.identities),
        "refused_rows": len({r.row for r in intake.refusals}),
        "clauses": len(in_force),
        "hits": table.num_rows,
        "money_fen": pc.sum(table.column("金额分")).as_py() or 0,
        "out": str(args.out),
        "out_sha256": hashlib.sha256(args.out.read_bytes()).hexdigest(),
    }
    print(json.dumps(report, ensure_ascii=False, indent=2) if args.json else run_line(report))
    return OK


def _whole(library: Library, args: argparse.Namespace) -> Library:
    """The chosen documents, or all shipped ones where the deriving clauses are not among them."""
    return library if any(True for _ in sources(library)) else load_library(content_root(args.content))


def _uses_derived(library: Library) -> bool:
    """Does any clause read a fact that may have to be derived?"""
    derived = {fact.name for fact in library.dictionary.facts.values() if fact.derived}
    return any(derived & set(tree.columns(c.test)) for _, c in library.clauses() if c.conditions)


def run_line(report: dict[str, Any]) -> str:
    return (
        f"{report['enterprises']} 户 × {report['clauses']} 条，命中 {report['hits']},"
        f"金额 {report['money_fen'] / 100:.2f} 元，写到 {report['out']}"
    )


def policies_of(chosen: Sequence[Path] | None, root: Path) -> Library:
    """Every document of the folders (all shipped ones by default); one that does not read stops the run."""
    files = (
        [f for folder in chosen for f in documents_under(root, folder)] if chosen else document_files(root)
    )
    library = load_library(root, list(dict.fromkeys(files)))
    for document in library.documents:
        if document.problems:
            p = document.problems[0]
            place = f"{document.name} 第 {p.span.line} 行第 {p.span.column} 列"
            raise Refused(
                f"{place}:{p.message}；应写：{p.instead or '见 sanfu rules check'}",
                problems=[{"file": document.name, **p.as_dict()} for p in document.problems],
            )
    return library


def writable(out: Path, facts: Path) -> None:
    """Refuse before any work is done: the facts are never overwritten, the folder is there."""
    if out.resolve() == facts.resolve():
        raise BadInput(f"--out 与 --facts 是同一个文件 {facts}；结果请写到别处")
    if out.is_dir() or not out.parent.is_dir():
        raise BadInput(
            f"写不了 {out}:{'这是文件夹' if out.is_dir() else f'没有文件夹 {out.parent}'}；先建好文件夹"
        )


def refuse_rows(intake: Intake, args: argparse.Namespace) -> None:
    """Write the error sheet; go on only when the good rows are wanted and there are some."""
    sheet = args.errors or args.out.with_suffix(".errors.csv")
    write_errors(sheet, intake.refusals)
    if args.keep_good and intake.identities:
        return
    told = f"{args.facts}:{len(intake.refusals)} 处不能用，错误表在 {sheet}"
    raise Refused(
        f"{told}；改正后重来，或加 --keep-good 只用没有问题的 {len(intake.identities)} 行",
        errors=str(sheet),
        good_rows=len(intake.identities),
        refusals=[dict(zip(ERROR_KEYS, r, strict=True)) for r in refusal_rows(intake.refusals[:SHOWN])],
        refused_cells=len(intake.refusals),
    )


HITS = pa.schema(
    [
        (IDENTITY, pa.string()),
        ("条款", pa.string()),
        ("结论", pa.string()),
        ("文号", pa.string()),
        ("规则版本", pa.string()),
        ("金额分", pa.int64()),
        ("分值", pa.float64()),
        ("本期分", pa.int64()),
        ("以后分", pa.int64()),
        ("分期", pa.string()),
        ("分担", pa.string()),
    ]
)


def award_list(
    population: Population, intake: Intake, in_force: list[tuple[Document, Clause]], day: date
) -> pa.Table:
    """One row per hit, clause by clause, enterprises in file order: the same facts and rules, the same bytes."""
    identities = pa.array(intake.identities, pa.string())
    rules = zip(population.plan.rules, population.hits, in_force, strict=True)
    found = [
        _part(population, rule, rows, identities, document, clause, day)
        for rule, rows, (document, clause) in rules
        if len(rows)
    ]
    return pa.concat_tables([HITS.empty_table(), *found])


def _part(
    population: Population,
    rule: Rule,
    rows: Any,
    identities: pa.Array,
    document: Document,
    clause: Clause,
    day: date,
) -> pa.Table:
    """The hits of one clause."""
    size, points = len(rows), rule.amount_scale != 1
    amounts, open_ = pa.nulls(size, pa.int64()), np.zeros(size, dtype=bool)
    if rule.amount is not None:
        values, known = population.amount(rule, rows)
        open_ = np.zeros(size, dtype=bool) if known is None else ~known
        amounts = pa.array(np.asarray(values, dtype=np.int64), mask=open_)
    shares = pc.divide(amounts.cast(pa.float64()), float(rule.amount_scale))
    return pa.table(
        [
            identities.take(pa.array(rows)),
            pa.repeat(rule.clause, size),
            pc.if_else(pa.array(open_), MET_OPEN, MET),
            pa.repeat(document.number, size),
            pa.repeat(document.version, size),
            pa.nulls(size, pa.int64()) if points else amounts,
            shares if points else pa.nulls(size, pa.float64()),
            *_payment_columns(population, clause, rows, None if points else amounts, day),
        ],
        schema=HITS,
    )


def _payment_columns(
    population: Population, clause: Clause, rows: Any, amounts: pa.Array | None, day: date
) -> list[pa.Array]:
    """Due now, later, the instalments and the shares of each hit; nothing where no amount is known."""
    size = len(rows)
    if amounts is None or not (clause.instalments or clause.shares):
        nothing = pa.nulls(size, pa.string())
        now = pa.nulls(size, pa.int64()) if amounts is None else amounts
        later = now if amounts is None else pc.subtract(amounts, amounts)
        return [now, later, nothing, nothing]
    table = population.table.take(rows)
    facts = [table.row(place) for place in range(size)]
    told = [_told(clause, one, row, day) for one, row in zip(amounts.to_pylist(), facts, strict=True)]
    types = (pa.int64(), pa.int64(), pa.string(), pa.string())
    return [pa.array([row[n] for row in told], kind) for n, kind in enumerate(types)]


def _told(clause: Clause, award: int | None, row: dict[str, Value], day: date) -> tuple[Any, ...]:
    if award is None:
        return (None, None, None, None)
    found = parts(clause, award, row, day)
    now = due_now(found)
    each = (
        "；".join(f"{float(p.share * 100):g}% {p.when} {p.amount}分" for p in found)
        if clause.instalments
        else None
    )
    shares = "；".join(f"{level} {part}分" for level, part in borne(clause, award).items()) or None
    return (now, award - now, each, shares)


# ---- explain


def run_explain(args: argparse.Namespace) -> int:
    """Exit 0 when entitled, 1 when not (or not yet known)."""
    day = args.on or date.today()
    root = content_root(args.content)
    library = load_library(root)
    row = derive_row(facts_of(args, library), day, library)
    found = [
        _asking_the_basis(explain(d, c, row, day, library.dictionary), row, library)
        for d, c in matters_of(args.matter, day, library, root)
    ]
    if args.json:
        listed = [as_dict(e, library, row, day) for e in found]
        print(json.dumps(listed[0] if len(listed) == 1 else listed, ensure_ascii=False, indent=2))
    else:
        print("\n\n".join(as_text(e, library, row, day) for e in found))
    return OK if all(e.verdict.status is Status.MET for e in found) else ANSWER_IS_NO


def _asking_the_basis(told: Explanation, row: dict[str, Value], library: Library) -> Explanation:
    """Questions for what a derived fact follows from (staff, revenue, industry), not for the fact itself."""
    keys = [key for q in told.questions for key in basis_of(q.column, row, library)]
    return replace(told, questions=as_questions(tuple(dict.fromkeys(keys)), library.dictionary))


def facts_of(args: argparse.Namespace, library: Library) -> dict[str, Value]:
    """The enterprise's row; without a file nothing is known and everything is asked."""
    if args.facts is None:
        return {}
    intake = read_facts(args.facts, library, check_codes=not args.any_code)
    wanted = args.enterprise.strip().upper()
    if wanted not in intake.identities:
        mine = [r for r in intake.refusals if r.enterprise == wanted or r.row == 0]
        why = f":{mine[0].column} {mine[0].why}" if mine else ""
        raise BadInput(f"{args.facts} 里没有可用的 {args.enterprise}{why}；核对统一社会信用代码")
    return intake.table.row(intake.identities.index(wanted))


def matters_of(word: str, day: date, library: Library, root: Path) -> list[tuple[Document, Clause]]:
    """A clause id, or a matter: then the clauses of the documents that govern it on that day."""
    try:
        return [library.find(word)]
    except KeyError:
        pass
    aliases = read_yaml(root / "facts" / "cases.yaml").get("事项别名", {})
    matter = aliases.get(word, word)
    found = [
        (d, c)
        for d, _ in library.governing(matter, day)
        for c in d.clauses
        if matter in c.matters or not c.matters
    ]
    if not found:
        known = sorted({a.matter for d in library.documents for a in d.applications})
        raise BadInput(f"{day} 没有事项或条款「{word}」；可用条款编号，或事项：{'、'.join(known)}")
    return found


def as_dict(e: Explanation, library: Library, row: dict[str, Value], day: date) -> dict[str, object]:
    return {
        "clause": e.clause.id,
        "title": e.clause.title,
        "document": {"number": e.document.number, "title": e.document.title, "address": e.document.address,
                     "mark": e.document.mark, "version": e.document.version},
        "text": e.clause.text,
        "status": str(e.verdict.status),
        "amount": e.amount,
        "outputs": e.outputs,
        **_payment(e, row, day),
        "conditions": [
            {
                "label": line.label,
                "rule": line.rule,
                "answer": line.answer,
                "line": line.line,
                "column": line.column,
                "facts": [{"name": n, "value": v, "source": s} for n, v, s in line.facts],
            }
            for line in e.lines
        ],
        "ask": [{"fact": q.column, "ask": q.ask, "source": q.source, "person": q.person} for q in e.questions],
        "one_step": e.one_step,
        "changes": [
            {
                "text": " 且 ".join(s.short(library.dictionary) for s in c.steps),
                "doable": c.doable,
                "kind": c.kind,
                "steps": [
                    {
                        "fact": s.column,
                        "from": library.dictionary.fact_of(s.column).say(s.old),
                        "to": library.dictionary.fact_of(s.column).say(s.new),
                        "changeable": s.changeable,
                        "when": s.when,
                    }
                    for s in c.steps
                ],
            }
            for c in e.changes
        ],
    }  # fmt: skip


def _payment(e: Explanation, row: dict[str, Value], day: date) -> dict[str, object]:
    """Instalments with what is due now and later, and who bears what; nothing for a clause without money."""
    amount = e.clause.amount
    if amount is None or amount.type != MONEY or e.verdict.amount is None:
        return {}
    award = int(e.verdict.amount)
    found = parts(e.clause, award, row, day)
    now = due_now(found)
    return {
        "now": say(Fraction(now), MONEY),
        "later": say(Fraction(award - now), MONEY),
        "instalments": [
            {"share": f"{float(p.share * 100):g}%", "when": p.when, "amount": say(Fraction(p.amount), MONEY),
             "due": {True: "到期", False: "未到期", None: "不知是否到期，不算到期"}[p.due]}
            for p in found if e.clause.instalments
        ],
        "shares": {level: say(Fraction(part), MONEY) for level, part in borne(e.clause, award).items()},
    }  # fmt: skip


def _payment_lines(told: dict[str, Any]) -> list[str]:
    lines = [
        f"  分期 {i['share']} {i['when']}：{i['amount']}，{i['due']}" for i in told.get("instalments", ())
    ]
    if lines:
        lines.append(f"  本期 {told['now']}，以后 {told['later']}")
    if told.get("shares"):
        lines.append("  分担 " + "、".join(f"{level} {part}" for level, part in told["shares"].items()))
    return lines


def as_text(e: Explanation, library: Library, row: dict[str, Value], day: date) -> str:
    lines = [f"{e.clause.title}({e.document.number},{e.clause.id}):{e.verdict.status}"]
    if e.amount:
        lines.append(f"  金额 {e.amount}")
        lines += _payment_lines(_payment(e, row, day))
    lines += [f"  {name} {value}" for name, value in e.outputs.items()]
    for line in e.lines:
        facts = ",".join(f"{n} {v}" + (f"({s})" if s else "") for n, v, s in line.facts)
        lines.append(f"  [{line.answer}] {line.label}:{line.rule}\n      {facts}")
    lines += [f"  要问 {q.source}:{q.ask}" + ("(人工判断)" if q.person else "") for q in e.questions]
    for change in e.changes:
        steps = " 且 ".join(s.short(library.dictionary) for s in change.steps)
        lines.append(f"  差一步：{steps}({change.kind},{change.steps[0].when})")
    return "\n".join(lines)


__all__ = ["BAD_INPUT", "run_batch", "run_explain"]
