"""`sanfu meeting`: the pack of a month's meeting as a Word document (每月专题分析会)."""

import argparse
import os
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import django
from django.db import OperationalError, ProgrammingError

from sanfu.adapters.commandline.main import OK, BadInput
from sanfu.adapters.commandline.manage import open_database
from sanfu.records.actor import machine


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `sanfu meeting`."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    one = verbs.add_parser("pack", help="numbers of a month as Word, from the register (会议材料)")
    one.add_argument("month", metavar="MONTH", help="2026-03")
    one.add_argument("--region", default="", help="行政区划代码, where the database holds several")
    one.add_argument("-o", "--output", metavar="FILE.docx", required=True)


def run(args: argparse.Namespace) -> int:
    """Write the pack; a frozen edition is taken where there is one. 2 on bad input."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", args.month):
        raise BadInput(f"月份“{args.month}”应写成 2026-03")
    if not args.output.lower().endswith(".docx"):
        raise BadInput("输出文件名应以 .docx 结尾")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    open_database()
    django.setup()
    try:
        Path(args.output).write_bytes(_paper(args.month, args.region))
    except OSError as problem:
        raise BadInput(f"无法写入 {args.output}：{problem.strerror}") from problem
    except (ProgrammingError, OperationalError) as problem:
        raise BadInput("数据库里还没有建表；先运行 ./run 或 sanfu upgrade，再生成会议材料") from problem
    print(f"已写入 {args.output}")
    return OK


def _paper(month: str, region: str) -> bytes:
    """The newest frozen edition, or the month as the register stands today."""
    from sanfu.projects.pipeline.models import Pack, Project
    from sanfu.projects.pipeline.papers import word_of
    from sanfu.projects.pipeline.queries import month_end, pack_of

    regions = sorted(set(Project.objects.values_list("region", flat=True)))
    if not regions or (region and region not in regions):
        raise BadInput("项目库里没有项目；请先导入，再生成会议材料")
    if not region and len(regions) > 1:
        raise BadInput(f"有 {len(regions)} 个地区，请用 --region 指定其中一个：{'、'.join(regions)}")
    chosen = region or regions[0]
    frozen = Pack.objects.filter(region=chosen, month=month).order_by("-edition").first()
    if frozen is not None:
        return word_of(frozen.body, frozen.edition)
    reader = replace(machine(chosen), permissions=frozenset({"pipeline.see_all"}))
    return word_of(pack_of(reader, month, min(month_end(month), date.today())), 0)
