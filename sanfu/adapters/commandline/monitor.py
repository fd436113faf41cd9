"""`sanfu monitor`: evaluate alerts on folders of series, learn weights, write an invented county (演示)."""

import argparse
import csv
import gzip
import io
import json
import warnings
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from sanfu.adapters.commandline.main import OK, BadInput
from sanfu.enterprise.monitoring.content import new_years, shipped_weights
from sanfu.kernel.monitoring.panel import FLAGS, month_text
from sanfu.kernel.monitoring.reading import ReadSeries, read_events, read_panel
from sanfu.kernel.monitoring.trial import Prepared, evaluate, learn, prepare
from sanfu.kernel.monitoring.worlds import HARD, PLAIN, World, make_world
from sanfu.lists.sheets import Unreadable as UnreadableSheet
from sanfu.lists.sheets import decoded, delimiter_of, read_sheets
from sanfu.records.export import csv_lines

SHIPPED_WORLDS = 24  # invented plain worlds behind content/monitoring/weights.yaml, seeds 1…24
TABLES = (".tsv", ".txt", ".xlsx", ".xls", ".et", ".ods")  # endings besides CSV
FIRST_YEARS = range(2012, 2021)  # their first years, so that the festival moves


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the sub-commands."""
    sub = parser.add_subparsers(dest="verb", required=True)
    one = sub.add_parser("evaluate", help="recall, lead and delay at a workload, baselines beside (评估)")
    one.add_argument("--train", nargs="+", default=[], metavar="FOLDER", help="without it: shipped weights")
    one.add_argument("--test", nargs="+", required=True, metavar="FOLDER")
    one.add_argument(
        "--per-week", type=float, default=5.0, metavar="N", help="alerts that officers can verify a week"
    )
    one.add_argument("--json", action="store_true", help="JSON alone on standard output")
    one = sub.add_parser("learn", help="make the shipped weights again from invented worlds (权重)")
    one.add_argument("--worlds", type=int, default=SHIPPED_WORLDS)
    one.add_argument("--out", required=True, metavar="YAML")
    one = sub.add_parser("world", help="write an invented county as a folder (演示)")
    one.add_argument("folder", metavar="FOLDER")
    one.add_argument("--seed", type=int, default=1)
    one.add_argument("--year", type=int, default=2019, help="first year of the 36 months")
    one.add_argument("--hard", action="store_true", help="more noise, more traps")


def run(args: argparse.Namespace) -> int:
    """Answer one sub-command."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # medians of months in which nobody reported
        return {"evaluate": _evaluate, "learn": _learn, "world": _world}[args.verb](args)


def _evaluate(args: argparse.Namespace) -> int:
    if not 0 < args.per_week < 100_000:
        raise BadInput(f"--per-week {args.per_week:g} 不是每周能核查的家数；请给一个正数")
    reads: dict[str, ReadSeries] = {}
    train = [_folder(name, reads) for name in args.train]
    test = [_folder(name, reads) for name in args.test]
    figures = evaluate(train, test, args.per_week, prior=shipped_weights())
    figures["data_notes"] = {
        name: {
            "refused_lines": len(read.refused),
            "first_refused": read.refused[:5],
            "doubled": len(read.issues),
        }
        for name, read in reads.items()
    }
    figures["note"] = (
        "ours: the K best of each month; baselines: one fixed limit with the same yearly workload; "
        "baselines_listed: the baselines' scores through our K-best list"
    )
    print(json.dumps(figures, ensure_ascii=False, indent=1) if args.json else "\n".join(_lines(figures)))
    return OK


def _lines(figures: dict[str, Any]) -> Iterator[str]:
    yield f"{'办法':<20} 召回   精度   提前中位  平均滞后  1–3月误报倍数"
    shown = {"本平台": figures, "本平台（全年一条线）": figures["at_one_limit"], **figures["baselines"]}
    for name, row in shown.items():
        cells = [row[key] for key in ("recall", "precision", "median_lead", "mean_delay", "festival_ratio")]
        yield f"{name:<20} " + "  ".join("  –  " if cell is None else f"{cell:.3f}" for cell in cells)
    yield f"每周 {figures['per_week']:g} 条，事件 {figures['events']} 起，进入数据质量队列 {figures['quality_queue']} 条"


def _folder(name: str, reads: dict[str, ReadSeries]) -> Prepared:
    """One folder: series, flags and events as CSV (also .gz) or Excel; flags may be missing."""
    folder = Path(name)
    if not folder.is_dir():
        raise BadInput(f"没有文件夹 {name}；应含 series.csv 或 series.csv.gz、flags.csv、events.csv")
    series, flags, events = _rows(folder, "series"), _rows(folder, "flags"), _rows(folder, "events")
    if series is None or events is None:
        missing = "events" if series is not None else "series"
        raise BadInput(f"{folder} 里没有 {missing}.csv、{missing}.csv.gz 或 {missing}.xlsx")
    try:
        panel, reads[name] = read_panel(series, flags)
        happened = read_events(events)
    except csv.Error as problem:
        raise BadInput(f"{name}：{problem}；请检查引号是否成对") from problem
    except ValueError as problem:
        raise BadInput(f"{name}：{problem}") from problem
    return prepare(panel, new_years(), happened)


def _rows(folder: Path, stem: str) -> Iterable[Sequence[str]] | None:
    """Rows of a table of the folder; None when the folder has no such file, BadInput when it cannot be read."""
    endings = (".csv", ".csv.gz", *TABLES)
    path = next((path for ending in endings if (path := folder / f"{stem}{ending}").is_file()), None)
    if path is None:
        return None
    try:
        if not path.name.endswith((".csv", ".csv.gz")):
            return [row for sheet in read_sheets(path.name, path.read_bytes())[:1] for row in sheet.rows]
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = decoded(path.name, content)
    except UnreadableSheet as problem:
        raise BadInput(f"{folder}：{problem}") from problem
    except (OSError, EOFError, zlib.error) as problem:
        raise BadInput(f"{path} 读不出来，可能没有传完整（{problem}）；请重新取一份") from problem
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)


def _learn(args: argparse.Namespace) -> int:
    days = new_years()
    worlds = []
    for seed in range(1, args.worlds + 1):
        first = FIRST_YEARS[(seed - 1) % len(FIRST_YEARS)] * 12
        world = make_world(seed, first, days, PLAIN)
        worlds.append(prepare(world.panel, days, world.events))
    made = {
        "made": f"sanfu monitor learn --worlds {args.worlds}",
        "from": f"{args.worlds} invented plain worlds (演示), seeds 1…{args.worlds}, first years 2012…2020; no real firm",
        **learn(worlds).as_data(),
    }
    head = "# Shipped weights of the alert score (预警权重): feature: [weight, mean, spread]. Made anew by the command below.\n"
    body = yaml.safe_dump(made, allow_unicode=True, sort_keys=False, default_flow_style=None, width=110)
    Path(args.out).write_text(head + body, encoding="utf-8")
    print(f"已写入 {args.out}：{len(made['features'])} 个特征")
    return OK


def _world(args: argparse.Namespace) -> int:
    world = make_world(args.seed, args.year * 12, new_years(), HARD if args.hard else PLAIN)
    folder = Path(args.folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_world(world, folder)
    print(f"已写入 {folder}：{len(world.panel.firms)} 家演示企业，{len(world.events)} 起事件")
    return OK


def write_world(world: World, folder: Path) -> None:
    """series.csv.gz, flags.csv and events.csv of an invented county."""
    panel = world.panel
    heads = ["firm", "industry", "month", "power_kwh", "invoices_wan", "tax_wan", "insured"]
    rows = [
        [
            firm,
            panel.industries[index],
            month_text(panel.first + month),
            *map(_cell, panel.values[index, month]),
        ]
        for index, firm in enumerate(panel.firms)
        for month in range(panel.months)
    ]
    with gzip.open(folder / "series.csv.gz", "wt", encoding="utf-8", newline="") as out:
        out.writelines(csv_lines(heads, rows))
    marks = [
        (panel.firms[firm], month_text(panel.first + int(month)), FLAGS[kind])
        for firm, month, kind in zip(*panel.flags.nonzero(), strict=True)
    ]
    _write(folder / "flags.csv", ["firm", "month", "flag"], marks)
    told = [(e.firm, month_text(e.onset), e.public - e.onset, e.kind) for e in world.events]
    _write(folder / "events.csv", ["firm", "month", "months", "kind"], told)


def _cell(value: float) -> float | None:
    return None if value != value else float(f"{value:.4g}")


def _write(path: Path, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        out.writelines(csv_lines(heads, rows))
