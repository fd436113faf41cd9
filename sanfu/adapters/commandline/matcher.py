"""`sanfu matcher evaluate`: what a town runs on its own history before it trusts the matcher (匹配试评)."""

import argparse
import csv
import io
import json
import multiprocessing
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from sanfu.adapters.commandline.main import OK, BadInput
from sanfu.kernel.text.listing import ListItem
from sanfu.kernel.text.trial import Each, Job, evaluate, fold_cuts, held_out_cut, one_by_one
from sanfu.kernel.text.trial_cut import Message, Plan
from sanfu.lists.content import ContentError, load_requests
from sanfu.lists.items import RequestItem
from sanfu.records.content import CONTENT

ENCODINGS = ("utf-8-sig", "gb18030")
COLUMNS = ("title", "body", "label")
CALLED = {"标题": "title", "正文": "body", "内容": "body", "标签": "label", "类别": "label", "分类": "label"}
DELIMITERS = ",\t;"  # as spreadsheets of several regions write “CSV”
ROWS_NAMED = 20  # row numbers shown of each kind of skipped row; all are counted
FEWEST_ROWS = 10


@dataclass(frozen=True)
class Loaded:
    """Usable rows of a file and what was wrong with the others: reason → row numbers in the file."""

    messages: list[Message]
    skipped: dict[str, list[int]]
    encoding: str


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `sanfu matcher`."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    word = verbs.add_parser("evaluate", help="figures on a labelled history (试评)")
    word.add_argument("history", metavar="HISTORY.csv", help="columns title, body, label")
    word.add_argument(
        "--test", metavar="TEST.csv", help="test on these rows; without it: folds of the history"
    )
    word.add_argument("--classes", metavar="TREE.csv", help="the list: columns l1, l2, l3 (classes, leaf)")
    word.add_argument(
        "--phrasings",
        metavar="FOLDER",
        default=str(CONTENT / "requests"),
        help="list whose typical phrasings leaves of the same class path borrow (default: the shipped list); "
        "“none” borrows nothing",
    )
    word.add_argument("--folds", type=int, default=5, help="folds without --test (default 5)")
    word.add_argument("--seed", type=int, default=0, help="seed of the folds (default 0)")
    word.add_argument("--quick", action="store_true", help="few-shot and out-of-list on one fold only")
    word.add_argument(
        "--jobs",
        type=int,
        default=len(os.sched_getaffinity(0)),
        help="cuts measured beside each other (default: one for each processor; figures are the same)",
    )
    word.add_argument("--json", action="store_true", help="JSON alone on standard output")


def run(args: argparse.Namespace) -> int:
    """Load, evaluate, print."""
    if args.jobs < 1:
        raise BadInput(f"--jobs {args.jobs}: give 1 or more")
    if args.folds < 2:
        raise BadInput(f"--folds {args.folds}: a row must be tested by others; give 2 or more")
    history = load_messages(Path(args.history))
    labels = sorted({message.label for message in history.messages})
    bare = load_tree(Path(args.classes)) if args.classes else label_items(labels)
    items = bare if args.phrasings == "none" else with_phrasings(bare, load_phrasings(Path(args.phrasings)))
    plan, counts = _plan(args, history, items)
    with processes(args.jobs) as each:
        figures = evaluate(plan, _tell, each, bare if items != bare else None)
    report = {**figures, "input": {**counts, **_input_figures(history, items, labels)}}
    if args.json:
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        print(as_text(report))
    return OK


@contextmanager
def processes(count: int) -> Iterator[Each]:
    """Worker processes for the jobs of a trial; with one, this process does them."""
    if count < 2:
        yield one_by_one
        return
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(count, mp_context=context, initializer=threadpool_limits, initargs=(1,)) as pool:

        def each(jobs: Sequence[Job]) -> Iterable[Any]:
            waiting = [pool.submit(job) for job in jobs]
            try:
                return [future.result() for future in waiting]
            except BrokenProcessPool as error:
                raise BadInput(
                    "a worker process was killed, mostly for want of memory; try again with --jobs 1"
                ) from error

        yield each


def _plan(args: argparse.Namespace, history: Loaded, items: list[ListItem]) -> tuple[Plan, dict[str, object]]:
    """Cuts of the trial and what is to be said about them."""
    if not args.test:
        cuts, repeated = fold_cuts(history.messages, args.folds, args.seed)
        if any(len({history.messages[row].label for row in cut.train}) < 2 for cut in cuts):
            raise BadInput(
                "too few rows: some fold would learn from one label only; add rows or lower --folds"
            )
        cuts = [cut for cut in cuts if len(cut.test)]
        plan = Plan(history.messages, items, cuts, args.seed, args.quick)
        return plan, {"mode": f"{len(cuts)} folds", "near_duplicate_groups": repeated}
    test = load_messages(Path(args.test), fewest=1, labels=1)
    known = {message.label for message in history.messages}
    unknown = sorted({message.label for message in test.messages} - known)
    cut, dropped = held_out_cut(history.messages, test.messages)
    if len({history.messages[row].label for row in cut.train}) < 2:
        raise BadInput(
            f"after dropping {dropped} history rows that nearly repeat a test row, fewer than two labels are left; "
            "use a history that is not the test"
        )
    plan = Plan([*history.messages, *test.messages], items, [cut], args.seed, args.quick)
    return plan, {
        "mode": "history against test",
        "history_rows_dropped_as_near_duplicates": dropped,
        "test_rows": len(test.messages),
        "test_skipped": _skipped(test),
        "labels_only_in_test": unknown,
    }


def _input_figures(history: Loaded, items: list[ListItem], labels: list[str]) -> dict[str, object]:
    tree = {item.path[0] for item in items}
    return {
        "rows": len(history.messages),
        "skipped": _skipped(history),
        "encoding": history.encoding,
        "labels": labels,
        "leaves": len(items),
        "leaves_with_phrasings": sum(bool(item.phrasings) for item in items),
        "labels_unknown_to_the_tree": [label for label in labels if label not in tree],
    }


def _skipped(loaded: Loaded) -> dict[str, object]:
    return {
        reason: {"rows": len(rows), "first": rows[:ROWS_NAMED]} for reason, rows in loaded.skipped.items()
    }


def _tell(text: str) -> None:
    print(f"… {text}", file=sys.stderr, flush=True)


def read_table(path: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]], str]:
    """Header, rows with the line they end on, and the encoding found."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror}); check the path") from error
    if raw.startswith(b"PK\x03\x04"):
        raise BadInput(f"{path}: this is an Excel workbook; save it as CSV (UTF-8) and try again")
    text, encoding = _decoded(path, raw)
    csv.field_size_limit(1 << 30)
    opening = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=opening.count)  # the first of equals: a comma
    reader = csv.DictReader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter)
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        header = [(name or "").strip().lower() for name in reader.fieldnames or []]
        header = [CALLED.get(name, name) for name in header]
        reader.fieldnames = header
        for row in reader:
            rows.append((reader.line_num, {key: (row.get(key) or "") for key in header}))
    except csv.Error as error:
        raise BadInput(
            f"{path}, line {reader.line_num}: not valid CSV ({error}); check the quotes"
        ) from error
    return header, rows, encoding


def _decoded(path: Path, raw: bytes) -> tuple[str, str]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return raw.decode("utf-16"), "utf-16"
        except UnicodeDecodeError as error:
            raise BadInput(
                f"{path}: starts as UTF-16 and breaks at byte {error.start}; save as UTF-8"
            ) from error
    failure: UnicodeDecodeError | None = None
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError as error:
            failure = failure or error
    at = failure.start if failure else 0
    line = raw[:at].count(b"\n") + 1
    raise BadInput(f"{path}, line {line}: neither UTF-8 nor GBK (byte {at}); save the file as UTF-8")


def _require(path: Path, header: Iterable[str], wanted: Iterable[str]) -> None:
    missing = [name for name in wanted if name not in header]
    if missing:
        raise BadInput(
            f"{path}, line 1: no column {', '.join(missing)}; found {', '.join(header) or 'nothing'}; "
            f"the first line must name {', '.join(wanted)}"
        )


def load_messages(path: Path, fewest: int = FEWEST_ROWS, labels: int = 2) -> Loaded:
    """Labelled messages; a row without text or label is left out and named, a file with too few is refused."""
    header, rows, encoding = read_table(path)
    _require(path, header, ("body", "label"))
    messages: list[Message] = []
    skipped: dict[str, list[int]] = {}
    for line, row in rows:
        title, body, label = (row.get(name, "").strip() for name in COLUMNS)
        if not body or not label:
            skipped.setdefault("no body" if not body else "no label", []).append(line)
            continue
        messages.append(Message(f"{title}。{body}" if title else body, label))
    for reason, lines in skipped.items():
        _tell(
            f"{path}: {len(lines)} rows skipped ({reason}), lines {', '.join(map(str, lines[:ROWS_NAMED]))}"
        )
    found = len({message.label for message in messages})
    if len(messages) < fewest or found < labels:
        raise BadInput(
            f"{path}: {len(messages)} usable rows with {found} labels; "
            f"at least {fewest} rows and {labels} labels are needed"
        )
    return Loaded(messages, skipped, encoding)


def load_tree(path: Path) -> list[ListItem]:
    """The list as leaf items: columns l1, l2, l3; an empty l3 or l2 makes the class above the leaf."""
    header, rows, _ = read_table(path)
    _require(path, header, ("l1",))
    items: list[ListItem] = []
    for line, row in rows:
        names = [row.get(level, "").strip() for level in ("l1", "l2", "l3")]
        filled = [name for name in names if name]
        if not names[0]:
            raise BadInput(f"{path}, line {line}: no first-level class (l1); fill it in or delete the line")
        items.append(ListItem(f"{line}", tuple(filled[:-1]) or (filled[0],), filled[-1]))
    if not items:
        raise BadInput(f"{path}: no leaf below the header; the list is empty")
    return items


def load_phrasings(folder: Path) -> tuple[RequestItem, ...]:
    """Items of a responsibility list in content form."""
    try:
        return load_requests(folder, CONTENT / "organisations" / "demo.yaml").items
    except (OSError, ContentError) as error:
        raise BadInput(
            f"--phrasings {folder}: not a usable list ({error}); name its folder or “none”"
        ) from error


def with_phrasings(leaves: list[ListItem], said: Iterable[RequestItem]) -> list[ListItem]:
    """Leaves with what people say, borrowed from items of the same class path.

    An item whose path the list does not have goes to the one leaf of its class with the same name; where
    there are several such leaves (其他 …) nobody knows which, and it goes nowhere.
    """
    by_path = {(*leaf.path, leaf.name): leaf.code for leaf in leaves}
    by_name: dict[tuple[str, str], list[str]] = {}
    for leaf in leaves:
        by_name.setdefault((leaf.path[0], leaf.name), []).append(leaf.code)
    twins: dict[str, list[RequestItem]] = {}
    for item in said:
        namesakes = by_name.get((item.l1, item.l3), [])
        code = by_path.get((item.l1, item.l2, item.l3)) or (namesakes[0] if len(namesakes) == 1 else "")
        twins.setdefault(code, []).append(item)
    return [
        replace(
            leaf,
            phrasings=tuple(words for item in twins.get(leaf.code, ()) for words in (item.name, *item.says)),
            keywords=tuple(word for item in twins.get(leaf.code, ()) for word in item.keys),
        )
        for leaf in leaves
    ]


def label_items(labels: Iterable[str]) -> list[ListItem]:
    """Without a list the names of the labels are the list."""
    return [ListItem(label, (label,), label) for label in labels]


def _percent(value: object) -> str:
    return f"{value:.1%}" if isinstance(value, float) else "—"


def as_text(report: dict[str, Any]) -> str:
    """The same figures for a reader."""
    lines = ["model                        accuracy  macro-F1"]
    own = {"accuracy": report["accuracy"], "macro_f1": report["macro_f1"]}
    for name, row in {"sanfu": own, **report["baselines"]}.items():
        lines.append(f"{name:<28} {_percent(row['accuracy']):>8}  {_percent(row['macro_f1']):>8}")
    lines += ["", "F1 by class"]
    lines += [f"  {name}  {_percent(value)}" for name, value in report["f1_by_class"].items()]
    lines += [
        "",
        f"sent without a person at a promise of {_percent(report['promise']['promised'])}: "
        f"{_percent(report['coverage_at_95'])}, right among them: {_percent(report['precision_kept'])}",
        f"calibration error: {report['ece']}",
        "",
        "list only (no label learned)",
    ]
    lines += [f"  {name}: {value}" for name, value in report["list_only"].items()]
    lines += ["", "corrections a class   mixed     SVM alone"]
    for count, row in report["few_shot"].items():
        lines.append(f"{count:>19}   {_percent(row['accuracy']):<9} {_percent(row['svm_alone'])}")
    lines += ["", "outside the list"]
    lines += [f"  {name}: {value}" for name, value in report["out_of_list"].items()]
    spent = report["ms_per_message"]
    lines += ["", f"milliseconds a message: {spent}"]
    lines += ["", f"input: {json.dumps(report['input'], ensure_ascii=False)}"]
    return "\n".join(lines)
