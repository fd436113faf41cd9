"""Firms' facts have one reader: the command line and the upload on the desk say the same of the same messy sheet."""

import csv
import io
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sanfu.adapters.commandline.rules_facts import read_csv
from sanfu.enterprise.registry.content import dictionary
from sanfu.enterprise.registry.upload import check_file
from sanfu.kernel.codes.credit import credit_check
from sanfu.kernel.rules.population.intake import take_in
from sanfu.records.actor import Refused

ON = date(2026, 6, 1)
CODES = [body + credit_check(body) for body in (f"91320600MA1YC{n:04d}" for n in range(1, 9))]
FIRMS = {code: f"演示企业{n}" for n, code in enumerate(CODES)}
# what a relative column of a rule is called in the register, on that day
PERIODS = {
    "上年.营业收入": ("营业收入", "2025"),
    "期末.从业人员": ("从业人员", "2025"),
    "成立日期": ("成立日期", ""),
}
Said = tuple[list[Any], list[Any]]
LINE = re.compile(r"第 (\d+) 行")
HEADS = ["统一社会信用代码", "企业名称", "上年.营业收入（万元）", "期末.从业人员", "成立日期"]


def sheet(*rows: list[str], heads: list[str] | None = None) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([heads or HEADS, *rows])
    return out.getvalue()


def both(text: str) -> tuple[Said, Said]:
    """What each of the two says: good rows with their facts, and refused cells by row, column and reason."""
    taken = take_in(read_csv(text), dictionary())
    good = [
        (code, {PERIODS[key]: value for key, value in taken.table.row(place).items()})
        for place, code in enumerate(taken.identities)
    ]
    refused = [(one.row, one.column, one.value, one.why, one.instead) for one in taken.refusals]
    checked = check_file("事实.csv", text.encode(), FIRMS, ON)
    mine = [(code, {(name, period): value for name, period, value in facts}) for code, facts in checked.good]
    # the desk counts lines of the file, with the heading; the command counts firms
    said = [
        (
            one.line - 1,
            one.column,
            one.value,
            LINE.sub(lambda n: f"第 {int(n[1]) - 1} 行", one.what),
            one.instead,
        )
        for one in checked.errors
    ]
    return (good, sorted(refused)), (mine, sorted(said))


def test_a_messy_sheet_is_read_alike() -> None:
    command, desk = both(
        sheet(
            [CODES[0], "演示企业0", "1,200.5", "30", "2020-01-02"],
            [f" {CODES[1].lower()} ", "", "2亿元", "未知", ""],
            [CODES[2][:-1] + ("0" if CODES[2][-1] != "0" else "1"), "", "3", "5", ""],
            ["", "", "3", "5", ""],
            [CODES[0], "", "7", "8", ""],
            [CODES[3], "", "-5", "3.5", "2020-02-30"],
            [CODES[4], "", "八百", " 12 ", " 2019-12-31 "],
            [CODES[5], "", "0.00000001", "1", ""],
        )
    )
    assert command == desk
    good, refused = command
    assert [code for code, _ in good] == [CODES[0], CODES[1]]
    assert good[1][1] == {("营业收入", "2025"): 2 * 10**10}
    assert {row for row, *_ in refused} == {3, 4, 5, 6, 7, 8}


cells = st.sampled_from(["", " ", "0", "12", "-1", "3.5", "1,000", "1e3", "５", "2万元", "30%", "未知", "是", "2020-02-30", "2020-1-1"])  # fmt: skip


def test_empty_lines_say_nothing() -> None:
    """Excel leaves lines of commas under what was deleted."""
    row = [CODES[0], "", "12", "3", ""]
    command, desk = both(sheet(row, ["", " ", "", "", ""], [""] * 5))
    assert command == desk
    assert len(command[0]) == 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*CODES, CODES[0].lower(), "", "9132", f" {CODES[1]}"]), cells, cells, cells), min_size=1, max_size=6))  # fmt: skip
def test_any_sheet_is_read_alike(rows: list[tuple[str, str, str, str]]) -> None:
    said = [[code, "", *more] for code, *more in rows if any(cell.strip() for cell in (code, *more))]
    assume(said)
    command, desk = both(sheet(*said))
    assert command == desk


@pytest.mark.parametrize(
    ("heads", "says"),
    [
        (["企业名称", "上年.营业收入"], "统一社会信用代码"),
        (["统一社会信用代码", "营收额度"], "事实字典里没有这一列"),
        (["统一社会信用代码", "期末.从业人员(万元)"], "单位 万元 不能用于 从业人员"),
        (["统一社会信用代码", "上年.营业收入", "上年.营业收入(元)"], "同一项事实"),
        (["统一社会信用代码", "信用代码"], "都是信用代码"),
    ],
)
def test_wrong_columns_refuse_the_file_in_the_same_words(heads: list[str], says: str) -> None:
    text = sheet([CODES[0], *["1"] * (len(heads) - 1)], heads=heads)
    taken = take_in(read_csv(text), dictionary())
    assert not taken.identities
    assert any(says in one.why + one.instead for one in taken.refusals)
    with pytest.raises(Refused) as refused:
        check_file("事实.csv", text.encode(), FIRMS, ON)
    for one in taken.refusals:
        assert one.why in str(refused.value)


def test_what_only_the_register_knows_is_told_as_well() -> None:
    """An unknown firm, another name, and years that no rule names by a word."""
    text = sheet(
        [CODES[0], "别的名字", "1"], ["91320600MA1YX0001" + credit_check("91320600MA1YX0001"), "", "2"],
        [CODES[1], "", "3"],
        heads=["统一社会信用代码", "名称", "2015.营业收入"],
    )  # fmt: skip
    checked = check_file("事实.csv", text.encode(), FIRMS, ON)
    assert [(one.line, one.column) for one in checked.errors] == [(2, "企业名称"), (3, "统一社会信用代码")]
    assert checked.good == [(CODES[1], [("营业收入", "2015", 3 * 10**6)])]


def test_the_desk_has_no_reader_of_its_own() -> None:
    text = Path("sanfu/enterprise/registry/upload.py").read_text("utf-8")
    assert "take_in(" in text
    assert ".encode(" not in text
