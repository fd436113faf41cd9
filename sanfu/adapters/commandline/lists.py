"""`sanfu lists`: check a responsibility list before it is imported, and compare two of them (清单)."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from sanfu.adapters.commandline.main import ANSWER_IS_NO, OK, BadInput
from sanfu.lists.content import (
    ContentError,
    class_files,
    load_decoys,
    read_frame,
)
from sanfu.lists.difference import Difference, compare
from sanfu.lists.reading import Reading, note, read_list
from sanfu.lists.rules import Frame, check_codes
from sanfu.lists.units import load_units
from sanfu.records.content import CONTENT

ENDINGS = frozenset({".yaml", ".yml", ".xlsx", ".xls", ".xlsm", ".ods", ".csv", ".tsv", ".psv", ".txt"})
FIRST_SHOWN = 50  # problems printed without --all


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `sanfu lists`."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    check = verbs.add_parser("check", help="row-by-row report of a list file or folder (检查)")
    check.add_argument("path", metavar="FILE_OR_DIR", help="Excel, CSV or YAML; a folder is one list")
    check.add_argument("--all", action="store_true", help="print every problem")
    diff = verbs.add_parser("diff", help="what differs between two lists (比较)")
    diff.add_argument("old", metavar="OLD")
    diff.add_argument("new", metavar="NEW")
    for verb in (check, diff):
        verb.add_argument("--json", action="store_true", help="JSON alone on standard output")
        verb.add_argument(
            "--organisations",
            metavar="FILE",
            default=str(CONTENT / "organisations" / "demo.yaml"),
            help="units that a list may name (default: the demo county's)",
        )
        verb.add_argument(
            "--conditions",
            metavar="DIR",
            default=str(CONTENT / "requests"),
            help="folder of attributes.yaml and replies.yaml (default: content/requests)",
        )


def run(args: argparse.Namespace) -> int:
    """Check or compare; 0 clean or the same, 1 errors or differences, 2 bad input."""
    frame = _frame(Path(args.organisations), Path(args.conditions))
    if args.verb == "check":
        return _check(args, frame)
    return _diff(args, frame)


def _frame(organisations: Path, conditions: Path) -> Frame:
    try:
        return read_frame(conditions, load_units(organisations))
    except FileNotFoundError as error:
        raise BadInput(f"找不到 {error.filename}，请用 --organisations 或 --conditions 指明") from error
    except (ContentError, KeyError, TypeError, ValueError) as error:
        raise BadInput(f"组织机构、属性表或答复模板读不出来：{error}") from error


def read_path(path: Path, frame: Frame) -> Reading:
    """Read a list file, or a folder of list files as one list."""
    if not path.exists():
        raise BadInput(f"找不到 {path}，请核对路径")
    if path.is_file():
        return read_list(path.name, path.read_bytes(), frame)
    files = class_files(path) or sorted(file for file in path.iterdir() if file.suffix.lower() in ENDINGS)
    if not files:
        raise BadInput(f"{path} 里没有清单文件（{'、'.join(sorted(ENDINGS))}）")
    whole = Reading(path.name)
    for file in files:
        part = read_list(file.name, file.read_bytes(), frame)
        whole.rows += part.rows
        whole.blank += part.blank
        whole.items += part.items
        whole.problems += part.problems
    known = set(whole.problems)
    whole.problems += [problem for problem in check_codes(whole.items) if problem not in known]
    try:
        load_decoys(path / "decoys.yaml")
    except ContentError as error:
        whole.problems += error.problems
    except (KeyError, TypeError):
        note(whole, 1, "", "decoys.yaml 不是诱饵清单", "文件应有 decoys 一节")
    return whole


def _check(args: argparse.Namespace, frame: Frame) -> int:
    reading = read_path(Path(args.path), frame)
    if args.json:
        print(json.dumps(reading.as_json(), ensure_ascii=False, indent=2))
    else:
        _print_report(reading, len(reading.problems) if args.all else FIRST_SHOWN)
    return OK if reading.usable else ANSWER_IS_NO


def _print_report(reading: Reading, shown: int) -> None:
    for problem in [*reading.errors, *reading.warnings][:shown]:
        print(problem)
    left = len(reading.problems) - shown
    if left > 0:
        print(f"……还有 {left} 条，加 --all 全部显示")
    verdict = "可以导入" if reading.usable else "不能导入，请先改正错误"
    branches = sum(bool(item.branches) for item, _ in reading.items)
    print(
        f"{reading.file}：{reading.rows} 行，{len(reading.items)} 个事项合格（其中 {branches} 个分情形），"
        f"错误 {len(reading.errors)} 处，提醒 {len(reading.warnings)} 处；{verdict}"
    )


def _diff(args: argparse.Namespace, frame: Frame) -> int:
    old, new = (_payloads(Path(path), frame) for path in (args.old, args.new))
    difference = compare(old, new)
    if args.json:
        print(json.dumps(difference.as_json(), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_diff_lines(difference)))
    return OK if difference.empty else ANSWER_IS_NO


def _payloads(path: Path, frame: Frame) -> list[dict[str, Any]]:
    reading = read_path(path, frame)
    if reading.errors:
        print(f"{path}：有 {len(reading.errors)} 处错误，出错的行不参加比较", file=sys.stderr)
    if not reading.items:
        raise BadInput(f"{path} 没有一个合格的事项，先运行 sanfu lists check {path}")
    return [item.payload() for item, _ in reading.items]


def _diff_lines(difference: Difference) -> list[str]:
    lines = [f"+ {one['code']} {one['name']}" for one in difference.added]
    lines += [f"- {one['code']} {one['name']}" for one in difference.removed]
    for change in difference.changed:
        lines.append(f"~ {change.code} {change.name}")
        lines += [
            f"    {one.label}：{one.before or '（空）'} → {one.after or '（空）'}" for one in change.fields
        ]
    counts = (len(difference.added), len(difference.removed), len(difference.changed), difference.same)
    lines.append("新增 {} 项，取消 {} 项，变更 {} 项，未变 {} 项".format(*counts))
    return lines
