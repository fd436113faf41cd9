"""`sanfu posts`: check a post table, derive one from duty items, level its load, print 岗位说明书."""

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from sanfu.adapters.commandline.duties import load_list
from sanfu.adapters.commandline.main import ANSWER_IS_NO, OK, BadInput
from sanfu.kernel.duties.posts.checking import dispersion, gaps
from sanfu.kernel.duties.posts.deriving import derive, unit_rules
from sanfu.kernel.duties.posts.description import describe
from sanfu.kernel.duties.posts.levelling import NoLevelling, level
from sanfu.kernel.duties.posts.model import PostTable, UnreadablePosts, parse_table


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the sub-commands."""
    sub = parser.add_subparsers(dest="verb", required=True)
    one = sub.add_parser("check", help="gaps of a post table (体检)")
    one.add_argument("file", metavar="FILE")
    one.add_argument("--list", metavar="LIST", help="derive the table from this duty list first")
    one = sub.add_parser("level", help="level the load under hard constraints (均衡)")
    one.add_argument("file", metavar="FILE")
    one.add_argument("--list", metavar="LIST")
    one.add_argument("--seconds", type=float, default=20.0)
    one = sub.add_parser("print", help="岗位说明书 as Word")
    one.add_argument("file", metavar="FILE")
    one.add_argument("--list", metavar="LIST")
    one.add_argument("--out", required=True, metavar="DOCX")
    for command in sub.choices.values():
        command.add_argument("--json", action="store_true", help="JSON alone on standard output")


def run(args: argparse.Namespace) -> int:
    """Answer one sub-command."""
    raw = _load(args.file)
    try:
        table = derive(load_list(args.list).duty_list, raw) if args.list else parse_table(raw)
    except (UnreadablePosts, KeyError) as problem:
        raise BadInput(f"岗位表 {args.file}：{problem}") from problem
    return {"check": _check, "level": _level, "print": _print_posts}[args.verb](args, table, raw)


def _load(name: str) -> dict[str, Any]:
    try:
        raw = yaml.safe_load(Path(name).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise BadInput(f"无法读取 {name}：{problem}；请检查路径和编码") from problem
    except yaml.YAMLError as problem:
        raise BadInput(f"{name} 的 YAML 写法有误：{problem}") from problem
    if not isinstance(raw, dict):
        raise BadInput(
            f"{name} 不是岗位表：顶层应为 posts、items 等键；请对照 content/posts/model_posts.yaml"
        )
    return raw


def _say(args: argparse.Namespace, data: dict[str, Any], lines: Sequence[str]) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=1) if args.json else "\n".join(lines))


def _check(args: argparse.Namespace, table: PostTable, raw: dict[str, Any]) -> int:
    del raw
    found = gaps(table)
    spread = dispersion(table.loads())
    data = {
        "items": len(table.tasks), "posts": len(table.posts), "gaps": [gap.as_dict() for gap in found],
        "loads": {code: round(load, 4) for code, load in table.loads().items()},
        "dispersion": {key: round(value, 4) for key, value in spread.items()},
    }  # fmt: skip
    lines = [f"{len(table.tasks)} 项事项，{len(table.posts)} 个岗位，{len(found)} 处缺口"]
    lines += [f"[{gap.kind}] {gap.what}：{gap.why}；{gap.what_to_do}" for gap in found]
    lines.append(f"负荷 平均 {spread['mean']:.0%} 最高 {spread['most']:.0%} 离散 {spread['variation']:.2f}")
    _say(args, data, lines)
    return ANSWER_IS_NO if found else OK


def _level(args: argparse.Namespace, table: PostTable, raw: dict[str, Any]) -> int:
    started = time.perf_counter()
    try:
        answer = level(table, unit_rules(raw), args.seconds)
    except NoLevelling as problem:
        _say(args, {"error": str(problem)}, [str(problem)])
        return ANSWER_IS_NO
    before, after = dispersion(table.loads()), dispersion(answer.table.loads())
    data = {
        "before": before, "after": after, "moved": [list(move) for move in answer.moved], "gap": answer.gap,
        "status": answer.status, "seconds": round(time.perf_counter() - started, 2),
        "assignments": [[one.item, one.post, one.role.value] for one in answer.table.assignments],
    }  # fmt: skip
    lines = [
        f"最高负荷 {before['most']:.0%} → {after['most']:.0%}，离散 {before['variation']:.3f} → {after['variation']:.3f}，"
        f"调整 {len(answer.moved)} 处，{answer.status}（差距 {answer.gap:.2%}）"
    ]
    _say(args, data, lines)
    return OK


def _print_posts(args: argparse.Namespace, table: PostTable, raw: dict[str, Any]) -> int:
    del raw
    Path(args.out).write_bytes(describe(table))
    _say(
        args,
        {"file": args.out, "posts": len(table.posts)},
        [f"已写入 {args.out}：{len(table.posts)} 份岗位说明书"],
    )
    return OK
