"""Instalments and shares come out the same in cases, explanations, runs and batches; size is derived, not asked."""

import json
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanfu.adapters.commandline.main import main
from sanfu.adapters.commandline.rulebase import content_root, load_library
from sanfu.enterprise.benefits.instalments import Paid, due
from sanfu.kernel.rules.awards.instalments import borne, due_now, parts
from sanfu.kernel.rules.population.derived import basis_of, derive_row
from sanfu.kernel.rules.reading.library import Library

DAY = date(2026, 6, 1)
FIRM = "91320500MA1MGB6C8X"
MOMENTS = {  # stages known of cf-1 → due now of 20 million yuan in 分
    "nothing said": ({}, 0),
    "finished, production unknown": ({"投资完成": True}, 1_000_000_000),
    "finished, no production": ({"投资完成": True, "达产升规": False}, 1_000_000_000),
    "both": ({"投资完成": True, "达产升规": True}, 2_000_000_000),
    "not finished": ({"投资完成": False, "达产升规": True}, 0),
}


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(content_root(None))


@pytest.mark.parametrize("said", MOMENTS)
def test_an_instalment_is_due_when_its_moment_is_known(library: Library, said: str) -> None:
    facts, now = MOMENTS[said]
    clause = library.find("cf-1")[1]
    found = parts(clause, 2_000_000_000, facts, DAY)
    assert due_now(found) == now
    assert due(clause, 2_000_000_000, Paid(), facts, DAY).amount == now  # the batch says the same
    assert borne(clause, 2_000_000_000) == {"市": 1_000_000_000, "县": 1_000_000_000}


flags = st.none() | st.booleans()


@given(award=st.integers(0, 10**12), finished=flags, produced=flags)
def test_now_and_later_are_the_award_and_the_shares_too(
    library: Library, award: int, finished: bool | None, produced: bool | None
) -> None:
    row = {k: v for k, v in (("投资完成", finished), ("达产升规", produced)) if v is not None}
    for name in ("cf-1", "hq-1", "srdi-2026"):
        clause = library.find(name)[1]
        found = parts(clause, award, row, DAY)
        assert sum(part.amount for part in found) == award
        assert 0 <= due_now(found) <= award
        assert sum(borne(clause, award).values()) == (award if clause.shares else 0)
        for before, after in pairwise(found):
            assert after.due is not True or before.due is True  # one after the other
    clause = library.find("cf-1")[1]
    assert due_now(parts(clause, award, row, DAY)) == due(clause, award, Paid(), row, DAY).amount


def facts_file(folder: Path, **facts: Any) -> Path:
    path = folder / "facts.csv"
    columns = {"统一社会信用代码": FIRM, **facts}
    path.write_text(",".join(columns) + "\n" + ",".join(map(str, columns.values())) + "\n", encoding="utf-8")
    return path


def explained(capsys: pytest.CaptureFixture[str], path: Path, matter: str, day: date = DAY) -> dict[str, Any]:
    argv = ["rules", "explain", "--enterprise", FIRM, "--matter", matter, "--facts", str(path)]
    main([*argv, "--on", day.isoformat(), "--json", "--any-code"])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


CF1 = {"固定资产投资": "30000万元", "投资完成": "是"}


def test_the_explanation_names_instalments_and_who_bears_them(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    told = explained(capsys, facts_file(tmp_path, **CF1), "cf-1")
    assert (told["amount"], told["now"], told["later"]) == ("2000万元", "1000万元", "1000万元")
    assert [(one["share"], one["due"]) for one in told["instalments"]] == [
        ("50%", "到期"),
        ("50%", "不知是否到期，不算到期"),
    ]
    assert told["shares"] == {"市": "1000万元", "县": "1000万元"}


def test_a_run_has_columns_for_now_later_instalments_and_shares(tmp_path: Path) -> None:
    out = tmp_path / "hits.parquet"
    facts = facts_file(tmp_path, **CF1, 先进制造业="是", 新引进="是", 已投产="是")
    argv = ["rules", "run", "--facts", str(facts), "--on", DAY.isoformat(), "--out", str(out), "--any-code"]
    assert main(argv) == 0
    rows = [row for row in pq.read_table(out).to_pylist() if row["条款"] == "cf-1"]
    assert rows
    for row in rows:
        assert row["本期分"] + row["以后分"] == row["金额分"]
        assert row["本期分"] * 2 == row["金额分"]
        assert "市 " in row["分担"]
    for row in pq.read_table(out).to_pylist():
        if row["金额分"] is not None:
            assert row["本期分"] + row["以后分"] == row["金额分"]


def test_size_is_derived_and_what_it_follows_from_is_asked(library: Library) -> None:
    base = {"行业代码": "C3512", "期末.从业人员": 120, "上年.营业收入": 1_500_000_000}
    assert derive_row(base, DAY, library)["企业规模"] == "小型"
    assert (
        derive_row({**base, "企业规模": "大型"}, DAY, library)["企业规模"] == "大型"
    )  # what is stated stands
    open_ = {"行业代码": "C3512"}
    assert "企业规模" not in derive_row(open_, DAY, library)
    asked = basis_of("企业规模", derive_row(open_, DAY, library), library)
    assert {"期末.从业人员", "上年.营业收入"} <= set(asked)
    assert "企业规模" not in asked
