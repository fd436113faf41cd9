"""`sanfu rules run` and `sanfu rules explain`: a file of facts against documents."""

import argparse
import csv
import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sanfu.adapters.commandline.main import ANSWER_IS_NO, BAD_INPUT, OK, BadInput
from sanfu.adapters.commandline.rulebase import content_root, load_library, read_yaml
from sanfu.kernel.rules.engines.bitmap import Population
from sanfu.kernel.rules.engines.plan import Rule, make_plan
from sanfu.kernel.rules.judging.explain import Explanation, explain
from sanfu.kernel.rules.judging.verdict import Status
from sanfu.kernel.rules.language.facts import Value
from sanfu.kernel.rules.language.tree import Clause
from sanfu.kernel.rules.population.intake import IDENTITY, Intake, Refusal, take_in
from sanfu.kernel.rules.reading.document import Document
from sanfu.kernel.rules.reading.library import Library

MET, MET_OPEN = "符合", "符合,金额待定"
ERROR_HEADER = ("行", "统一社会信用代码", "列", "值", "问题", "怎么改")


# ---- run


def run_batch(args: argparse.Namespace) -> int:
    """Exit 2 when the facts file is refused (unless --keep-good and some rows are good)."""
    day = args.on or date.today()
    library = policies_of(args.policies, content_root(args.content))
    intake = read_facts(args.facts, library, check_codes=not args.any_code)
    if not intake.clean:
        sheet = args.errors or args.out.with_suffix(".errors.csv")
        write_errors(sheet, intake.refusals)
        told = f"{args.facts}:{len(intake.refusals)} 处不能用,错误表在 {sheet}"
        if not (args.keep_good and intake.identities):
            raise BadInput(f"{told};改正后重来,或加 --keep-good 只用没有问题的 {len(intake.identities)} 行")
    in_force = [(d, c) for d, c in library.clauses(day) if not d.problems]
    population = Population(make_plan([c for _, c in in_force], day), intake.table)
    table = award_list(population, intake, [d for d, _ in in_force])
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


def run_line(report: dict[str, Any]) -> str:
    return (
        f"{report['enterprises']} 户 × {report['clauses']} 条,命中 {report['hits']},"
        f"金额 {report['money_fen'] / 100:.2f} 元,写到 {report['out']}"
    )


def policies_of(folder: Path, root: Path) -> Library:
    """Every document of a folder; one that does not read stops the run."""
    files = sorted(folder.glob("*.md")) if folder.is_dir() else []
    if not files:
        raise BadInput(f"{folder} 里没有政策文件(*.md);用 --policies 指明文件夹")
    library = load_library(root, files)
    for document in library.documents:
        if document.problems:
            p = document.problems[0]
            raise BadInput(
                f"{document.name} 第 {p.span.line} 行第 {p.span.column} 列:{p.message};先用 sanfu rules check 改好"
            )
    return library


def read_facts(file: Path, library: Library, *, check_codes: bool = True) -> Intake:
    """A Parquet, CSV or JSON-lines file of facts."""
    try:
        columns = read_columns(file)
    except (OSError, pa.ArrowInvalid, ValueError) as error:
        raise BadInput(f"读不了 {file}:{error};请给 Parquet、CSV 或 JSON Lines 文件") from error
    return take_in(columns, library.dictionary, check_codes=check_codes)


def read_columns(file: Path) -> dict[str, Any]:
    if file.suffix == ".csv":
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows: list[dict[str, Any]] = list(csv.DictReader(lines))
    elif file.suffix in (".jsonl", ".json"):
        text = file.read_text(encoding="utf-8")
        loaded = (
            json.loads(text)
            if text.lstrip().startswith("[")
            else [json.loads(x) for x in text.splitlines() if x.strip()]
        )
        rows = loaded if isinstance(loaded, list) else [loaded]
    else:
        table = pq.read_table(file)
        return {name: array_of(table.column(name)) for name in table.column_names}
    keys = list(dict.fromkeys(key for row in rows for key in row))
    return {key: [row.get(key) for row in rows] for key in keys}


def array_of(column: pa.ChunkedArray) -> Any:
    """Numbers and flags without gaps as arrays; numbers with gaps as floats when exact, else Python values."""
    kind = column.type
    if pa.types.is_floating(kind) or (pa.types.is_integer(kind) and column.null_count == 0):
        return column.to_numpy(zero_copy_only=False) if hasattr(column, "to_numpy") else np.asarray(column)
    if pa.types.is_boolean(kind) and column.null_count == 0:
        return column.to_numpy(zero_copy_only=False)
    return column.to_pylist()


def write_errors(file: Path, refusals: tuple[Refusal, ...]) -> None:
    """The error sheet, ready for Excel (UTF-8 with a byte order mark)."""
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(ERROR_HEADER)
        writer.writerows((r.row, r.enterprise, r.column, r.value, r.why, r.instead) for r in refusals)


HITS = pa.schema(
    [
        (IDENTITY, pa.string()),
        ("条款", pa.string()),
        ("结论", pa.string()),
        ("文号", pa.string()),
        ("规则版本", pa.string()),
        ("金额分", pa.int64()),
        ("分值", pa.float64()),
    ]
)


def award_list(population: Population, intake: Intake, documents: list[Document]) -> pa.Table:
    """One row per hit, clause by clause, enterprises in file order: the same facts and rules, the same bytes."""
    identities = pa.array(intake.identities, pa.string())
    rules = zip(population.plan.rules, population.hits, documents, strict=True)
    parts = [
        _part(population, rule, rows, identities, document) for rule, rows, document in rules if len(rows)
    ]
    return pa.concat_tables([HITS.empty_table(), *parts])


def _part(
    population: Population, rule: Rule, rows: Any, identities: pa.Array, document: Document
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
        ],
        schema=HITS,
    )


# ---- explain


def run_explain(args: argparse.Namespace) -> int:
    """Exit 0 when entitled, 1 when not (or not yet known)."""
    day = args.on or date.today()
    root = content_root(args.content)
    library = load_library(root)
    row = facts_of(args, library)
    found = [
        explain(d, c, row, day, library.dictionary) for d, c in matters_of(args.matter, day, library, root)
    ]
    if args.json:
        listed = [as_dict(e, library) for e in found]
        print(json.dumps(listed[0] if len(listed) == 1 else listed, ensure_ascii=False, indent=2))
    else:
        print("\n\n".join(as_text(e, library) for e in found))
    return OK if all(e.verdict.status is Status.MET for e in found) else ANSWER_IS_NO


def facts_of(args: argparse.Namespace, library: Library) -> dict[str, Value]:
    """The enterprise's row; without a file nothing is known and everything is asked."""
    if args.facts is None:
        return {}
    intake = read_facts(args.facts, library, check_codes=not args.any_code)
    wanted = args.enterprise.strip().upper()
    if wanted not in intake.identities:
        mine = [r for r in intake.refusals if r.enterprise == wanted or r.row == 0]
        why = f":{mine[0].column} {mine[0].why}" if mine else ""
        raise BadInput(f"{args.facts} 里没有可用的 {args.enterprise}{why};核对统一社会信用代码")
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
        raise BadInput(f"{day} 没有事项或条款「{word}」;可用条款编号,或事项:{'、'.join(known)}")
    return found


def as_dict(e: Explanation, library: Library) -> dict[str, object]:
    return {
        "clause": e.clause.id,
        "title": e.clause.title,
        "document": {"number": e.document.number, "title": e.document.title, "address": e.document.address,
                     "mark": e.document.mark, "version": e.document.version},
        "text": e.clause.text,
        "status": str(e.verdict.status),
        "amount": e.amount,
        "outputs": e.outputs,
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


def as_text(e: Explanation, library: Library) -> str:
    lines = [f"{e.clause.title}({e.document.number},{e.clause.id}):{e.verdict.status}"]
    if e.amount:
        lines.append(f"  金额 {e.amount}")
    lines += [f"  {name} {value}" for name, value in e.outputs.items()]
    for line in e.lines:
        facts = ",".join(f"{n} {v}" + (f"({s})" if s else "") for n, v, s in line.facts)
        lines.append(f"  [{line.answer}] {line.label}:{line.rule}\n      {facts}")
    lines += [f"  要问 {q.source}:{q.ask}" + ("(人工判断)" if q.person else "") for q in e.questions]
    for change in e.changes:
        steps = " 且 ".join(s.short(library.dictionary) for s in change.steps)
        lines.append(f"  差一步:{steps}({change.kind},{change.steps[0].when})")
    return "\n".join(lines)


__all__ = ["BAD_INPUT", "run_batch", "run_explain"]
