"""No number is shown without a basis and a date; a lapsed or doubtful basis colours its items in every list."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanfu.grassroots.scenes.library import shipped
from sanfu.kernel.bases import Reading, Register, Standing, Text, worst
from sanfu.kernel.joint.catalogue.load import SOURCE_CODE
from sanfu.lists.bases import law_clocks, register
from sanfu.records.content import CONTENT, read_yaml

DAY = date(2026, 11, 30)
YEAR = re.compile(r"(19|20)\d\d|令第?\d+号|\d+号")
MARKS = {"已核", "节选", "待核", "演示"}


def services() -> Iterator[tuple[str, str]]:
    """Statutory limits of services: each has a registered source with an edition, or is the county's own."""
    catalog = shipped()
    for item in catalog.items.values():
        if not item.statutory.amount:
            continue
        codes = [code for code in SOURCE_CODE.findall(item.statutory.source) if code in catalog.sources]
        if not codes:
            yield item.id, "no source"
        for code in codes:
            source = catalog.sources[code]
            dated = YEAR.search(source.title) or source.effective
            if source.how in ("text", "excerpt") and not dated:
                yield item.id, f"{source.title}: no edition"
            if code == "MEM" and "待核" not in source.title:
                yield item.id, "practice that is not said to be unchecked"
    for item in catalog.items.values():
        for step in item.special:
            if step.get("max_wd") and not SOURCE_CODE.findall(str(step.get("src", ""))):
                yield item.id, f"{step['n']}: a cap without a source"


def clocks() -> Iterator[tuple[str, str]]:
    """Periods in law: text, article and first day; the county's promises: document."""
    for name in ("licences", "procedures"):
        raw = read_yaml(CONTENT / "clocks" / f"{name}.yaml")
        for one in raw["periods"]:
            code, _, article = str(one.get("basis", "")).partition(" ")
            if code not in raw["sources"] or not article.startswith("第"):
                yield f"{name}/{one['id']}", "no text or no article"
            if not isinstance(one.get("from"), date):
                yield f"{name}/{one['id']}", "no first day"
    for path in sorted((CONTENT / "clocks").glob("*.yaml")):
        raw = read_yaml(path)
        if "rows" in raw and not (
            raw.get("source", {}).get("document") and raw["source"].get("mark") in MARKS
        ):
            yield path.name, "no document or mark"


def standards() -> Iterator[tuple[str, str]]:
    """Policies and standards: number, first day, mark; every parameter has its own first day."""
    for path in sorted([*(CONTENT / "standards").glob("*.md"), *(CONTENT / "policies").glob("*.md")]):
        text = path.read_text(encoding="utf-8")
        front = text.split("---")[1]
        for key in ("文号", "施行", "标记"):
            if not re.search(rf"^{key}: *\S", front, re.M):
                yield path.name, f"no {key}"
        for line in re.findall(r"^参数 .*$", text, re.M):
            if not re.search(r"自 \d{4}-\d\d-\d\d", line):
                yield path.name, line


def boards_and_calendar() -> Iterator[tuple[str, str]]:
    for path in sorted((CONTENT / "boards").glob("*.yaml")):
        for version in read_yaml(path)["versions"]:
            if not (version.get("document") and version.get("from") and version.get("mark") in MARKS):
                yield path.name, "a version without document, day or mark"
    for path in sorted((CONTENT / "calendar").glob("20*.yaml")):
        notice = read_yaml(path)["notice"]
        if notice.get("mark") not in MARKS or (notice.get("number") and not notice.get("issued")):
            yield path.name, "a notice without day or mark"


def handling() -> Iterator[tuple[str, str]]:
    for name, limit in read_yaml(CONTENT / "handling" / "limits.yaml").items():
        if isinstance(limit, dict) and not (
            limit["basis"].get("document") and limit["basis"].get("mark") in MARKS
        ):
            yield name, "no document or mark"


DOCUMENT = ("document", "source", "basis", "依据", "made", "文号", "sources")
MARK = ("mark", "标记", "confidence")
DAYS = ("date", "effective", "from", "施行", "year", "checked", "自")
# Numbers there are no limits that anybody is held to, or another check of this file looks at them.
NO_LIMITS = re.compile(
    r"golden|dictionary\.yaml|^services/|\.bundle\.yaml|^facts/|^requests/|^duties/lexicon|^monitoring/weights"
    r"|^clocks/licences|^people/signing_in|^calendar/"
)


def _stands(node: dict[str, Any]) -> tuple[bool, bool, bool]:
    """(a document, a mark, a day) that one mapping names for the numbers inside it."""
    said = dict(node)
    for key in ("source", "basis"):
        said |= node[key] if isinstance(node.get(key), dict) else {}
    named = [str(said[key]) for key in DOCUMENT if said.get(key)]
    return (
        bool(named),
        any(said.get(key) for key in MARK),
        any(said.get(key) for key in DAYS) or any(map(YEAR.search, named)),
    )


def bare_numbers(node: Any, have: tuple[bool, ...] = (False,) * 3, path: str = "") -> Iterator[str]:
    """Paths of the numbers in a content file around which no document, no mark or no day is named."""
    if isinstance(node, dict):
        have = tuple(a or b for a, b in zip(have, _stands(node), strict=True))
        for key, inner in node.items():
            if key not in ("source", "basis", "sources", "依据文件"):
                yield from bare_numbers(inner, have, f"{path}/{key}")
    elif isinstance(node, list):
        for place, inner in enumerate(node):
            yield from bare_numbers(inner, have, f"{path}[{place}]")
    elif isinstance(node, int | float) and not isinstance(node, bool) and not all(have):
        yield path


def everything_else() -> Iterator[tuple[str, str]]:
    """Every other file of content, by what stands around its numbers: capital, parks, land, floors, research, duties…"""
    for path in sorted(CONTENT.rglob("*.yaml")):
        name = path.relative_to(CONTENT).as_posix()
        if not NO_LIMITS.search(name):
            for found in bare_numbers(read_yaml(path)):
                yield name, found


@pytest.mark.parametrize(
    "shown", [services, clocks, standards, boards_and_calendar, handling, everything_else]
)
def test_no_list_shows_a_number_without_basis_and_date(shown: Any) -> None:
    assert list(shown()) == []


def test_the_test_itself_can_fail() -> None:
    """A period without an article and a parameter without a day are found."""
    assert not YEAR.search("通行做法")
    assert not re.search(r"自 \d{4}-\d\d-\d\d", "参数 营收线 = 1500万元")
    assert list(bare_numbers({"期限": {"n": 5}})) == ["/期限/n"]
    assert list(bare_numbers({"source": {"document": "某办法", "mark": "待核"}, "期限": {"n": 5}})) == [
        "/期限/n"
    ]
    assert not list(
        bare_numbers({"source": {"document": "某办法", "date": DAY, "mark": "待核"}, "期限": {"n": 5}})
    )


@pytest.mark.parametrize(
    ("cited", "mark", "day", "standing"),
    [
        ("大气污染防治法 第八十一条", "已核", date(2026, 8, 14), Standing.SOUND),
        ("大气污染防治法 第八十一条", "已核", date(2026, 8, 15), Standing.LAPSED),
        ("《环境保护法》（待核条款）", "待核", DAY, Standing.LAPSED),
        ("中华人民共和国噪声污染防治法", "待核", DAY, Standing.LAPSED),
        ("环境保护税法 第二条", "已核", DAY, Standing.SOUND),  # a longer name is another law
        ("大气污染防治法实施办法", "节选", DAY, Standing.SOUND),
        ("不动产登记暂行条例 第二十条", "节选", DAY, Standing.DOUBTFUL),
        ("城市供水条例 第二十二条", "节选", DAY, Standing.SOUND),
        ("城市供水条例", "待核", DAY, Standing.UNCHECKED),
    ],
)
def test_how_a_citation_stands(cited: str, mark: str, day: date, standing: Standing) -> None:
    assert register().read(cited, mark, day).standing is standing


def test_a_lapsed_basis_says_since_when_and_what_to_cite_instead() -> None:
    told = register().read("水污染防治法 第三十九条", "已核", DAY)
    assert "2026-08-15" in told.says
    assert "生态环境法典" in told.says


standings = st.sampled_from(list(Standing))


@given(st.lists(standings, min_size=1))
def test_an_item_shows_its_worst_basis(found: list[Standing]) -> None:
    order = [Standing.SOUND, Standing.UNCHECKED, Standing.DOUBTFUL, Standing.LAPSED]
    assert worst(Reading("", one) for one in found) is max(found, key=order.index)


def test_of_two_registered_names_the_longest_decides() -> None:
    both = Register([Text("消防法", ended=DAY), Text("消防法 实施细则", doubt="待查")])
    assert both.read("消防法 实施细则 第二条", "已核", DAY).standing is Standing.DOUBTFUL


def test_the_laws_own_periods_of_an_item() -> None:
    disclosure = law_clocks("DW026")
    assert [(one.limit, one.extension, one.mark) for one in disclosure] == [
        ("20个工作日", "经批准可延长20个工作日", "已核")
    ]
    assert {one.limit for one in law_clocks("ZF031")} == {"5个工作日", "60日", "30日"}
    assert law_clocks("CJ001") == []


def test_every_registered_text_says_where_it_ended() -> None:
    for text in register().texts.values():
        assert text.doubt or (text.ended and text.basis and text.mark in MARKS), text.name


def test_content_lies_where_the_settings_say() -> None:
    assert (Path(CONTENT) / "bases" / "register.yaml").exists()
