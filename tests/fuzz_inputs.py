"""Hostile inputs for every importer and parser: each is read, or refused by its own error, within five seconds.

    .venv/bin/python -m tests.fuzz_inputs [--inputs 10000] [--seed 20261130] [--only N] [--parser NAME]

Inputs are texts and files of the checkout that have been cut, doubled, nested, mixed with hostile words or flipped in some
bytes, and pure noise. No database is needed. The same seed gives the same inputs; what fails is printed with its number, and
the exit code is 1.
"""

import argparse
import contextlib
import io
import os
import random
import signal
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

SEED, LONGEST, ROOT = 20261130, 5.0, Path(__file__).resolve().parents[1]
WORDS = (
    "", "\x00", "\ufeff", "\u202e", "😀" * 40, "长" * 4000, "[" * 3000, "(" * 2000, "{" * 500, "非" * 800, "不" * 800, "-" * 300,
    "且 " * 900, "not " * 900, "1" * 400, "-1", "0", "1e999", "NaN", "∞", "٣", "½", "2026-02-30", "0000-00-00", "99999-12-31", "{{",
    "&a [*a]", "!!python/object:os.system x", "<<: *x", "? : ?", "|", "~", '"', "'", "\\", ",,,,", "\t", "\r\r", "=1+1", "%s%n",
    "[180,90]", "[1e308,1e308]", "[[[[0,0],[0,0],[0,0],[0,0]]]]", "万元", "亩", "%", "同比增长", "不足", "以上", "至今", "null",
    "true", ": ", "- ", "\n\n", "```规则\n", "```", "# ", "| a | b |", "\ud7ff", "\U0010ffff", "..", "至", "工作日" * 50,
)  # fmt: skip


class TooLong(Exception):
    """A parser did not end in time."""


@dataclass(frozen=True)
class Parser:
    """One reader: its name, what it does with bytes, samples to begin with, the errors that it may end in."""

    name: str
    read: Callable[[bytes], object]
    samples: tuple[bytes, ...]
    refuses: tuple[type[BaseException], ...]


def text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _cells(lines: str) -> list[list[str]]:
    return [line.split(",") for line in lines.splitlines()]


def content(*patterns: str, most: int = 12) -> tuple[bytes, ...]:
    """Files of content/ by patterns, none of them large."""
    found = [path for pattern in patterns for path in sorted((ROOT / "content").glob(pattern))]
    small = [path.read_bytes()[:30_000] for path in found[:most]]
    return tuple(small) or (b"a: 1\n",)


def workbook() -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, line in enumerate(
            (("项目名称", "总投资", "编号"), ("演示项目", "3亿元", "X-1"), ("另一个", "", ""))
        ):
            sheet.write_row(row, 0, line)
    return out.getvalue()


def word() -> bytes:
    from docx import Document

    out, made = io.BytesIO(), Document()
    made.add_heading("关于开展巡查的通知", 1)
    made.add_paragraph("各镇负责落实巡查。")
    made.add_table(2, 2).cell(0, 0).text = "事项"
    made.save(out)
    return out.getvalue()


def plain(data: bytes) -> Any:
    """YAML as the readers of parsed documents get it; what is no YAML is not their business."""
    try:
        return yaml.safe_load(text(data))
    except (yaml.YAMLError, ValueError, RecursionError):
        return text(data)


SHAPE = (
    '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"编号":"G-1","面积":"15亩"},'
    '"geometry":{"type":"Polygon","coordinates":[[[120.1,30.1],[120.2,30.1],[120.2,30.2],[120.1,30.1]]]}}]}'
).encode()
CSV = "编号,项目名称,总投资,月份,指标,值\nX-1,演示项目,3亿元,2026-01,用电量,12.5\nX-2,另一个,5000万,2026-02,用电量,\n".encode()
CLAIM = "1—6月办件量同比增长2.5倍，由0.6万件增至2.1万件；满意率由70%提高到90%，提高20个百分点。".encode()


def parsers() -> Iterator[Parser]:
    """All readers that take what somebody brings."""
    from sanfu.enterprise.benefits.payfile import read_receipts
    from sanfu.kernel.capital.reading import UnreadableFacts, read_facts
    from sanfu.kernel.conditions import language
    from sanfu.kernel.duties import documents
    from sanfu.kernel.duties.lists.files import read_list
    from sanfu.kernel.duties.lists.plain import UnreadableList
    from sanfu.kernel.duties.posts.model import UnreadablePosts, parse_table
    from sanfu.kernel.forecasting.tables import BadHistory, read_courses
    from sanfu.kernel.indicators.formula import BadFormula
    from sanfu.kernel.indicators.formula import parse as formula
    from sanfu.kernel.joint.catalogue import conditions
    from sanfu.kernel.joint.catalogue.load import load
    from sanfu.kernel.joint.catalogue.problems import CatalogError
    from sanfu.kernel.joint.catalogue.source import read as catalogue
    from sanfu.kernel.land.quantities import read_area, read_money
    from sanfu.kernel.monitoring import reading
    from sanfu.kernel.monitoring.reading import read_events, read_series
    from sanfu.kernel.offers.report import UnreadableOffers, read_offers
    from sanfu.kernel.rules.reading.document import read_document as policy
    from sanfu.kernel.sheets import UnreadableSheet, read_sheet
    from sanfu.lists.content import ContentError
    from sanfu.lists.content import read_yaml as requests_list
    from sanfu.lists.rules import read_vocabulary
    from sanfu.lists.sheets import Unreadable, read_sheets
    from sanfu.projects.land.files import read_parcels
    from sanfu.projects.pipeline.intake import take
    from sanfu.records.actor import Refused

    vocabulary = read_vocabulary(
        yaml.safe_load((ROOT / "content/requests/attributes.yaml").read_text("utf-8"))
    )
    known = tuple(f"{name} = 是".encode() for name in list(vocabulary)[:6])
    yield Parser(
        "condition of a list",
        lambda b: language.parse(text(b), vocabulary),
        known,
        (language.ConditionError,),
    )
    yield Parser(
        "request list",
        lambda b: requests_list(text(b), "x.yaml"),
        content("requests/**/*.yaml"),
        (ContentError,),
    )
    yield Parser("sheets", lambda b: read_sheets("x.xlsx", b), (workbook(),), (Unreadable,))
    yield Parser("csv", lambda b: read_sheets("x.csv", b), (CSV,), (Unreadable,))
    yield Parser("sheet", lambda b: read_sheet(b, "x"), (CSV, workbook()), (UnreadableSheet,))
    yield Parser("project sheet", lambda b: take(b, "x.xlsx"), (CSV, workbook()), (UnreadableSheet,))
    yield Parser("courses", lambda b: read_courses(b, "x"), (CSV, workbook()), (BadHistory,))
    yield Parser("receipts", lambda b: read_receipts("x.xlsx", b), (workbook(),), (Refused,))
    yield Parser(
        "duty list",
        lambda b: read_list(b, "x.yaml"),
        (*content("duties/**/*.yaml"), word(), workbook()),
        (UnreadableList,),
    )
    yield Parser(
        "document",
        lambda b: documents.read_document(b, "x"),
        (word(), b"%PDF-1.4\n%%EOF"),
        (documents.UnreadableDocument,),
    )
    yield Parser("catalogue", lambda b: load(catalogue(text(b))), content("services/*.yaml"), (CatalogError,))
    yield Parser(
        "condition of a catalogue",
        lambda b: conditions.parse(text(b)),
        (b"a.b > 3 and not (c in ['x'])",),
        (conditions.ConditionError,),
    )
    yield Parser("policy", lambda b: policy(text(b), dictionary(), "x"), content("policies/*.md"), ())
    yield Parser(
        "formula", lambda b: formula(_mapping(plain(b)), {}), content("indicators/*.yaml"), (BadFormula,)
    )
    yield Parser("parcels", lambda b: read_parcels("x.geojson", b), (SHAPE,), (Unreadable,))
    yield Parser(
        "parcels in a zip",
        lambda b: read_parcels("x.zip", b),
        (b"PK\x05\x06" + b"\x00" * 18, workbook()),
        (Unreadable,),
    )
    yield Parser("parcels in a table", lambda b: read_parcels("x.csv", b), (CSV,), (Unreadable,))
    yield Parser(
        "facts of a firm",
        lambda b: read_facts(plain(b)),
        (b"a: {2024: 3000, 2025: 4000}\n",),
        (UnreadableFacts,),
    )
    yield Parser(
        "posts", lambda b: parse_table(_mapping(plain(b))), content("posts/**/*.yaml"), (UnreadablePosts,)
    )
    months = "firm,指标,2026-01,2026-02\nF-1,用电量,12.5,\n".encode()
    happened = b"firm,month,kind\nF-1,2026-01,x\n"
    yield Parser("readings", lambda b: read_series(_cells(text(b))), (months, CSV), (reading.Unreadable,))
    yield Parser("events", lambda b: read_events(_cells(text(b))), (happened, CSV), (reading.Unreadable,))
    yield Parser(
        "offers",
        lambda b: read_offers(text(b)),
        (b'{"text":"a","expected":"ok","rule":""}\n',),
        (UnreadableOffers,),
    )
    yield Parser(
        "area", lambda b: read_area(text(b)[:200]), ("15.5亩".encode(), "一公顷".encode()), (ValueError,)
    )
    yield Parser(
        "money", lambda b: read_money(text(b)[:200]), ("3亿元".encode(), "5,000 万".encode()), (ValueError,)
    )
    yield from claims()


def _mapping(read: Any) -> Any:
    return read if isinstance(read, dict) else {"name": read}


@cache
def dictionary() -> Any:
    """The fact dictionary of the shipped policies."""
    from sanfu.kernel.rules.language.facts import Dictionary

    facts, industries = (
        yaml.safe_load((ROOT / "content" / "facts" / name).read_text("utf-8"))
        for name in ("dictionary.yaml", "industries.yaml")
    )
    return Dictionary.from_content(facts["事实"], industries["代码集"])


def claims() -> Iterator[Parser]:
    """The claims checker: any paragraph of anybody."""
    from sanfu.kernel.claims.check import check

    yield Parser("claims", lambda b: check(text(b)[:4000]), (CLAIM,), ())


def twisted(chance: random.Random, samples: tuple[bytes, ...]) -> bytes:
    """A hostile input made of a sample, or of nothing."""
    if chance.random() < 0.1:
        return chance.randbytes(chance.randrange(400))
    data = chance.choice(samples)
    for _ in range(chance.randrange(1, 5)):
        data = _twist(chance, data)
    return data[:200_000]


def _twist(chance: random.Random, data: bytes) -> bytes:
    """One change: a hostile word put in or over, cut, doubled, one byte flipped, or turned round."""
    at = chance.randrange(len(data) + 1)
    to = min(len(data), at + chance.randrange(60))
    head, middle, tail = data[:at], data[at:to], data[to:]
    word = chance.choice(WORDS).encode("utf-8", "surrogatepass")
    ways = (
        head + word + middle + tail,
        head + word + tail,
        head,
        head + tail,
        head + middle * chance.randrange(2, 40) + tail,
        head + bytes([chance.randrange(256)]) + data[at + 1 :],
        middle + tail + head,
    )
    return chance.choice(ways)


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise TooLong in the work when it takes longer than this in processor time of this process."""

    def late(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def ask(parser: Parser, number: int, seed: int) -> tuple[str, str]:
    """Give a parser its input of a number; how it ended, and what went wrong."""
    data = twisted(random.Random(f"{seed}/{parser.name}/{number}"), parser.samples)
    try:
        with within(LONGEST):
            parser.read(data)
    except parser.refuses:
        return "refused", ""
    except TooLong:
        return "too long", f"over {LONGEST} s: {data[:200]!r}"
    except Exception as error:  # the very thing that is looked for
        place = traceback.extract_tb(error.__traceback__)[-1]
        return "crash", f"{type(error).__name__} at {place.filename}:{place.lineno}: {str(error)[:160]!r}"
    return "read", ""


def run(inputs: int, seed: int, only: int | None = None, name: str = "") -> int:
    """Fuzz all parsers in turn; returns how many inputs crashed or took too long."""
    warnings.simplefilter("ignore")
    chosen = [one for one in parsers() if name in one.name]
    ends: dict[str, Counter[str]] = {one.name: Counter() for one in chosen}
    wrong, seen = 0, set[str]()
    for number in range(inputs) if only is None else [only]:
        parser = chosen[number % len(chosen)]
        ended, what = ask(parser, number, seed)
        ends[parser.name][ended] += 1
        if what:
            wrong += 1
            if (key := f"{parser.name} {what.partition(': ')[0]}") not in seen:
                seen.add(key)
                print(f"{number} {parser.name}: {what}", flush=True)
    for one in chosen:
        print(
            f"{one.name:<26} " + ", ".join(f"{count} {end}" for end, count in sorted(ends[one.name].items()))
        )
    print(f"seed {seed}: {inputs if only is None else 1} inputs for {len(chosen)} parsers, {wrong} wrong")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz_inputs", description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", type=int)
    parser.add_argument("--parser", default="", help="only parsers whose name holds this")
    said = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    began = time.monotonic()
    wrong = run(said.inputs, said.seed, said.only, said.parser)
    print(f"{time.monotonic() - began:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
