"""`sanfu research match FILE.yaml`: offers for each need, by words, within its hard constraints."""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from sanfu.adapters.commandline.listing import document
from sanfu.adapters.commandline.main import ANSWER_IS_NO, OK, BadInput
from sanfu.kernel.research.matching import Offers, match_row, need_of, offer_of

Row = TypeVar("Row")


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the sub-commands."""
    sub = parser.add_subparsers(dest="verb", required=True)
    one = sub.add_parser("match", help="offers for each need, with reasons (匹配)")
    one.add_argument("file", metavar="FILE.yaml", help="needs: a list; offers: a list")
    one.add_argument("--most", type=int, default=10, metavar="N")
    one.add_argument("--json", action="store_true", help="JSON alone on standard output")


def run(args: argparse.Namespace) -> int:
    """Match and print; exit code 1 when a row was refused."""
    raw = document(args.file)
    if not isinstance(raw, Mapping):
        raise BadInput(f"{args.file} 应有 needs（需求）和 offers（供给）两列")
    refused: list[str] = []
    needs = _rows(raw, ("needs", "需求"), need_of, refused)
    offers = Offers(_rows(raw, ("offers", "供给"), offer_of, refused))
    found = [
        {
            "need": need.code,
            "title": need.title,
            "matches": [match_row(one) for one in offers.match(need, args.most)],
            "left_out": len(offers.left_out(need)),
        }
        for need in needs
    ]
    answer = {"needs": found, "refused": refused}
    print(json.dumps(answer, ensure_ascii=False, indent=1) if args.json else "\n".join(_lines(answer)))
    return ANSWER_IS_NO if refused else OK


def _rows(
    raw: Mapping[Any, Any],
    names: tuple[str, ...],
    read: Callable[[Mapping[Any, Any], int], Row],
    refused: list[str],
) -> list[Row]:
    listed = next((raw[name] for name in names if isinstance(raw.get(name), list)), None)
    if listed is None:
        raise BadInput(f"没有 {names[0]}（{names[1]}）：应是一列")
    made: list[Row] = []
    for place, one in enumerate(listed, 1):
        try:
            if not isinstance(one, Mapping):
                raise ValueError(f"第{place}条应写成“名称: 值”")
            made.append(read(one, place))
        except ValueError as problem:
            refused.append(f"{names[1]}：{problem}")
    return made


def _lines(answer: dict[str, Any]) -> Iterator[str]:
    for need in answer["needs"]:
        yield f"{need['need']} {need['title']}（另有 {need['left_out']} 项供给不满足硬条件，没有列出）"
        for one in need["matches"]:
            asks = f"；还要问：{'、'.join(one['asks'])}" if one["asks"] else ""
            yield f"  {one['score']:.2f}  {one['title']}：{'、'.join(one['words'])}{asks}"
    yield from (f"不能用：{why}" for why in answer["refused"])
