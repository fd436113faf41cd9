"""`sanfu joint`: compile a joint guide, prove it, play what-if, export it, compare it with what happened."""

import argparse
import json
import re
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from sanfu.adapters.commandline.clock_reading import parse_moment
from sanfu.adapters.commandline.joint_lines import case_lines, check_lines, guide_lines, whatif_lines
from sanfu.adapters.commandline.main import ANSWER_IS_NO, OK, BadInput
from sanfu.grassroots.scenes.library import axis_for, land_plan, shipped
from sanfu.kernel.clocks.fold import as_day
from sanfu.kernel.joint.catalogue.basis import red_bundles, red_items
from sanfu.kernel.joint.catalogue.catalog import Catalog
from sanfu.kernel.joint.catalogue.load import load
from sanfu.kernel.joint.catalogue.problems import CatalogError, Problem
from sanfu.kernel.joint.catalogue.source import read
from sanfu.kernel.joint.compiling.guide import Compiled, Order, compile_bundle, guide
from sanfu.kernel.joint.compiling.whatif import whatif
from sanfu.kernel.joint.conformance import achieved, deviations
from sanfu.kernel.joint.export.bpmn import to_bpmn
from sanfu.kernel.joint.export.calendar import to_ics
from sanfu.kernel.joint.export.cpsv import to_cpsv
from sanfu.kernel.joint.export.log import planned_log, to_ocel, to_xes
from sanfu.kernel.joint.landstart import land_to_start
from sanfu.kernel.joint.proving.verify import verify
from sanfu.kernel.workdays import CalendarError

SHIPPED = "shipped"
CHOICES = {"answer", "bundle", "prereview", "contradiction"}  # faults of the question, not of the catalogue
FORMATS = {
    "bpmn": "BPMN 2.0 with diagram",
    "ics": "iCalendar feed of due dates",
    "ocel": "OCEL 2.0 JSON event log",
    "xes": "XES event log",
    "cpsv": "CPSV-AP JSON-LD of the catalogue",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the sub-commands."""
    sub = parser.add_subparsers(dest="verb", required=True)
    compiling = sub.add_parser("compile", help="compile a bundle into its joint guide (编译)")
    playing = sub.add_parser("whatif", help="what binds, what pays, how sure (推演)")
    for one in (compiling, playing):
        _compile_options(one)
    playing.add_argument(
        "--samples", type=int, default=0, metavar="N", help="simulate the finish day N times"
    )
    playing.add_argument("--seed", type=int, default=1)
    one = sub.add_parser("verify", help="prove a guide again, without the compiler (核验)")
    one.add_argument("guide", metavar="GUIDE.json")
    one.add_argument(
        "--catalog", metavar="CATALOG.yaml",
        help=f"the catalogue it was compiled from, or `{SHIPPED}`: rows and working days are compared with it",
    )  # fmt: skip
    one = sub.add_parser("check", help="faults of a catalogue (目录体检)")
    one.add_argument("catalog", metavar="CATALOG.yaml")
    one.add_argument("--on", type=_day, default=None, metavar="DATE", help="day on which bases must bind")
    one = sub.add_parser("export", help="BPMN, iCalendar, OCEL, XES, CPSV-AP (交换)")
    one.add_argument("source", nargs="+", metavar="GUIDE.json | CATALOG.yaml BUNDLE")
    _choices(one)
    formats = one.add_mutually_exclusive_group(required=True)
    for word, about in FORMATS.items():
        formats.add_argument(f"--{word}", dest="format", action="store_const", const=word, help=about)
    one.add_argument(
        "--log", metavar="LOG.json", help="actual event log for --ocel and --xes; else the planned one"
    )
    one.add_argument("-o", "--output", metavar="FILE", help="default: standard output")
    one = sub.add_parser("conformance", help="deviations of a log from its guide (设计与实际)")
    one.add_argument("guide", metavar="GUIDE.json")
    one.add_argument("log", metavar="LOG.json")
    one = sub.add_parser("cases", help="answer worked cases line by line (算例)")
    one.add_argument("file", metavar="CASES.jsonl")
    for one in sub.choices.values():
        one.add_argument("--json", action="store_true", help="JSON alone on standard output")


def _compile_options(one: argparse.ArgumentParser) -> None:
    one.add_argument("catalog", metavar="CATALOG.yaml", help=f"a catalogue file, or `{SHIPPED}` for ours")
    one.add_argument("bundle", metavar="BUNDLE")
    _choices(one)


def _choices(one: argparse.ArgumentParser) -> None:
    one.add_argument("--answer", nargs="+", action="extend", default=[], metavar="Q=A", help="情形答案")
    one.add_argument("--fact", nargs="+", action="extend", default=[], metavar="FIELD=VALUE", help="已知数据")
    one.add_argument("--share", choices=("on", "off"), default="on", help="部门数据共享")
    one.add_argument("--start", type=_day, default=None, metavar="DATE", help="起算日 (default: today)")
    one.add_argument(
        "--prereview", nargs="+", action="extend", default=[], metavar="ITEM", help="已预审；或 all"
    )
    one.add_argument(
        "--waive", nargs="+", action="extend", default=[], metavar="ITEM", help="工作前置由预审意见代替"
    )


def run(args: argparse.Namespace) -> int:
    """Answer one sub-command; a catalogue that cannot be used is refused with every fault it has."""
    verbs: dict[str, Callable[[argparse.Namespace], int]] = {
        "compile": _compile,
        "whatif": _whatif,
        "verify": _verify,
        "check": _check,
        "cases": _cases,
        "export": _export,
        "conformance": _conformance,
    }
    try:
        return verbs[args.verb](args)
    except CatalogError as error:
        raise BadInput(_refusal(args, error)) from error
    except CalendarError as error:
        raise BadInput(str(error)) from error
    except RecursionError as error:
        raise BadInput("目录里的引用层层嵌套，无法处理；请检查材料的 any_of 和先后关系") from error


def _refusal(args: argparse.Namespace, error: CatalogError) -> str:
    """All problems, each with the line in which its code is defined, when the catalogue is a file."""
    name = getattr(args, "catalog", None) or "输入"
    if {problem.code for problem in error.problems} <= CHOICES:
        return "不能编译:" + ";".join(problem.message for problem in error.problems)
    text = Path(name).read_text(encoding="utf-8") if Path(name).is_file() else ""
    lines = [f"{name} 不能使用，共 {len(error.problems)} 处问题:"]
    lines += [f"  {_line_of(text, p)}{p}" for p in error.problems]
    return "\n".join([*lines, "请改正后重试；以上编码均可在文件中查到。"])


def _line_of(text: str, problem: Problem) -> str:
    code = re.escape(problem.where.split("/")[0])
    found = re.search(
        rf"^\s*(?:-\s*)?(?:\{{?\s*id:\s*['\"]?{code}['\"]?\s*[,}}]?|['\"]?{code}['\"]?\s*:)", text, re.M
    )
    return f"第 {text.count(chr(10), 0, found.end()) + 1} 行 " if found else ""


def open_catalog(name: str) -> Catalog:
    """Read a catalogue by path, or the shipped one by its word."""
    if name == SHIPPED:
        return shipped()
    return load(read(_text(name)))


def compiled_from(args: argparse.Namespace) -> Compiled:
    start = args.start or date.today()
    order = Order(
        args.bundle, start, _pairs(args.answer, "--answer"), _values(_pairs(args.fact, "--fact")),
        args.share == "on", tuple(args.prereview), tuple(args.waive),
    )  # fmt: skip
    return compile_bundle(open_catalog(args.catalog), order, axis_for(start))


def _compile(args: argparse.Namespace) -> int:
    result = guide(compiled_from(args))
    _print(args, result, guide_lines)
    return OK


def _whatif(args: argparse.Namespace) -> int:
    result = whatif(compiled_from(args), args.samples, args.seed)
    _print(args, result, whatif_lines)
    return OK


def _verify(args: argparse.Namespace) -> int:
    subject = _json(args.guide)
    rows = open_catalog(args.catalog).raw if args.catalog else None
    objections = verify(subject, rows, _works(subject) if args.catalog else None)
    result = {"guide": args.guide, "catalog": args.catalog, "ok": not objections, "objections": objections}
    against = "" if args.catalog else "（只凭指南自带的内容；加 --catalog 可与目录逐项核对）"
    _print(args, result, lambda r: r["objections"] or [f"核验通过：{subject.get('name', '')}{against}"])
    return OK if not objections else ANSWER_IS_NO


def _works(subject: dict[str, Any]) -> Callable[[date], bool] | None:
    """The published working days around the guide's start; none where it names no start."""
    try:
        axis = axis_for(date.fromisoformat(str(subject.get("start"))))
    except ValueError:
        return None
    return lambda day: bool(axis.flags[day.toordinal() - axis.first])


def _check(args: argparse.Namespace) -> int:
    opened = open_catalog(args.catalog)
    result = check_report(opened, args.on or date.today())
    _print(args, result, check_lines)
    return OK


def check_report(catalog: Catalog, on: date) -> dict[str, Any]:
    """What the catalogue holds and which parts lost their legal basis on the day."""
    items, bundles = red_items(catalog, on), red_bundles(catalog, on)
    return {
        "on": on.isoformat(),
        "items": len(catalog.items),
        "materials": len(catalog.materials),
        "fields": len(catalog.fields),
        "bundles": {b.id: b.name for b in catalog.bundles.values()},
        "red_items": items,
        "red_bundles": bundles,
        "warnings": list(catalog.warnings),
    }


def _export(args: argparse.Namespace) -> int:
    """Write one format; a catalogue alone is enough for --cpsv, the others need a guide or a bundle."""
    if args.format == "cpsv":
        text = json.dumps(to_cpsv(open_catalog(args.source[0])), ensure_ascii=False, indent=2)
    else:
        text = _written(args.format, _guide_of(args), _json(args.log) if args.log else None)
    if args.output:
        Path(args.output).write_text(text, encoding="utf-8", newline="")
        print(f"已写入 {args.output}", file=sys.stderr)
    else:
        print(text)
    return OK


def _written(form: str, designed: dict[str, Any], log: dict[str, Any] | None) -> str:
    if form == "bpmn":
        return to_bpmn(designed).decode()
    if form == "ics":
        return to_ics(designed)
    log = log or planned_log(designed)
    return to_xes([log]).decode() if form == "xes" else json.dumps(to_ocel(log), ensure_ascii=False, indent=2)


def _guide_of(args: argparse.Namespace) -> dict[str, Any]:
    if len(args.source) == 1:
        found = _json(args.source[0])
        if "schedule" not in found:
            raise BadInput(f"{args.source[0]} 不是办事指南；导出目录中的一件事请写:CATALOG.yaml BUNDLE")
        return found
    if len(args.source) > 2:
        raise BadInput("请给一个 GUIDE.json,或 CATALOG.yaml 与 BUNDLE")
    args.catalog, args.bundle = args.source
    return guide(compiled_from(args))


def _conformance(args: argparse.Namespace) -> int:
    designed, log = _json(args.guide), _json(args.log)
    try:
        axis = axis_for(date.fromisoformat(designed["start"]))
        found = [d.as_row() for d in deviations(designed, log, axis)]
        result = {"ok": not found, "deviations": found, "achieved": achieved(designed, log, axis)}
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(
            f"指南或日志残缺：{type(error).__name__} {error}；日志应含 events,每条有 activity、at、item"
        ) from error
    _print(
        args,
        result,
        lambda r: [f"{d['at']} {d['item']} {d['label']}:{d['message']}" for d in r["deviations"]],
    )
    return ANSWER_IS_NO if found else OK


def _cases(args: argparse.Namespace) -> int:
    rows = []
    for number, line in enumerate(_text(args.file).splitlines(), 1):
        if line.strip():
            rows.append(_case(number, _parse(line, f"{args.file} 第 {number} 行")))
    failed = [row for row in rows if row["ok"] is False]
    _print(args, {"cases": rows, "passed": len(rows) - len(failed), "failed": len(failed)}, case_lines)
    return ANSWER_IS_NO if failed else OK


def _case(number: int, case: Any) -> dict[str, Any]:
    """Answer one case of a kind that this command knows; others are passed by, and said so."""
    if not isinstance(case, dict) or case.get("kind") != "permit_cpm":
        kind = case.get("kind") if isinstance(case, dict) else None
        return {"line": number, "kind": kind, "ok": None, "answer": None, "note": "不是本命令的算例"}
    changed = next((case[key] for key in ("days", "durations", "overrides") if case.get(key)), None)
    if changed is not None and not isinstance(changed, dict):
        raise BadInput(f"第 {number} 行的 days 应写成 {{步骤: 天数}}")
    answer = land_to_start(land_plan(), str(case.get("mode", "prereview")), changed)
    expected = case.get("expected")
    if expected is not None and not isinstance(expected, dict):
        expected = {"land_to_start_workdays": expected}
    ok = None if expected is None else all(answer.get(k) == v for k, v in expected.items())
    return {"line": number, "kind": "permit_cpm", "ok": ok, "answer": answer, "expected": expected}


# ── input ──
def _day(text: str) -> date:
    try:
        return as_day(parse_moment(text))
    except BadInput as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _pairs(given: list[str], option: str) -> dict[str, str]:
    pairs = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise BadInput(f"{option} “{text}”应写成 名称=值")
        pairs[key.strip().removeprefix("q.")] = value.strip()
    return pairs


def _values(pairs: dict[str, str]) -> dict[str, Any]:
    """Numbers as numbers, 是/否 as yes and no, everything else as text."""
    words = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}

    def value(text: str) -> Any:
        if text.lower() in words:
            return words[text.lower()]
        try:
            return float(text)
        except ValueError:
            return text

    return {key: value(text) for key, text in pairs.items()}


def _text(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(f"无法读取 {name}:{error.strerror}；请检查路径") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{name} 不是 UTF-8 文本(第 {error.start} 字节);请另存为 UTF-8") from error


def _parse(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise BadInput(f"{where} 不是 JSON:第 {error.lineno} 行第 {error.colno} 列 {error.msg}") from error


def _json(name: str) -> dict[str, Any]:
    found = _parse(_text(name), name)
    if not isinstance(found, dict):
        raise BadInput(f"{name} 不是办事指南：应为一个 JSON 对象")
    return found


# ── output ──
def _print(
    args: argparse.Namespace, result: dict[str, Any], lines: Callable[[dict[str, Any]], list[str]]
) -> None:
    if args.json:
        json.dump(result, sys.stdout, ensure_ascii=False, indent=2, default=str)
        print()
    else:
        print("\n".join(lines(result)))
