"""`sanfu liaison assign` and `sanfu visits plan` on files as people bring them."""

import json
from pathlib import Path
from typing import Any

import pytest

from sanfu.adapters.commandline.main import ANSWER_IS_NO, BAD_INPUT, OK, main


def write(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def test_a_plan_of_pairs_from_files_in_chinese(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    firms = write(tmp_path, "f.csv", "企业代码,规上,语种,回避干部\nA,是,,\nB,否,日语,\nC,,,乙\n")
    officers = write(tmp_path, "o.csv", "工号,姓名,上限,语种\n1,甲,4,\n2,乙,4,日语\n")
    pairs = write(tmp_path, "p.csv", "企业,干部\nA,乙\n")
    assert main(["liaison", "assign", firms, officers, "--keep", pairs, "--why", "C:2", "--json"]) == OK
    data = json.loads(capsys.readouterr().out)
    assert {row["firm"]: row["officer"] for row in data["pairs"]} == {"A": "2", "B": "2", "C": "1"}
    assert (data["gap"], data["uncovered"], data["kept"]) == (0.0, [], {"standing": 1, "kept": 1})
    assert data["why"][0]["rules"] == ["conflict"]


def test_a_bad_row_is_named_and_the_others_are_planned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    firms = write(tmp_path, "f.csv", "firm,weight,language\nA,1,\nB,-2,\nC,1,ja\n")
    officers = write(tmp_path, "o.csv", "officer,capacity\n1,4\n")
    assert main(["liaison", "assign", firms, officers, "--json"]) == ANSWER_IS_NO
    shown = capsys.readouterr()
    data = json.loads(shown.out)
    assert [one["line"] for one in data["refused"]] == [3]
    assert "第 3 行" in shown.err
    assert [(one["firm"], one["rule"]) for one in data["uncovered"]] == [("C", "language")]


@pytest.mark.parametrize("text", ["", "姓氏,年龄\n王,3\n", "firm,weight\n,1\n"])
def test_a_file_that_is_no_table_of_firms_is_refused(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    officers = write(tmp_path, "o.csv", "officer,capacity\n1,4\n")
    assert main(["liaison", "assign", write(tmp_path, "f.csv", text), officers]) == BAD_INPUT
    assert "f.csv" in capsys.readouterr().err


def test_wishes_become_visits_and_each_merged_wish_names_its_visit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "编号,企业,部门,最早周,最晚周,事由\n1,甲,发改委,2,5,调研\n2,甲,工信局,4,8,调研\n3,甲,应急局,4,4,执法检查\n4,乙,工信局,x,8,\n"
    assert main(["visits", "plan", write(tmp_path, "w.csv", text), "--json"]) == ANSWER_IS_NO
    data = json.loads(capsys.readouterr().out)
    assert [(one["firm"], one["departments"]) for one in data["visits"]] == [("甲", ["发改委", "工信局"])]
    assert [(one["wish"], one["into"]) for one in data["merged"]] == [("2", data["visits"][0]["id"])]
    assert [(one["wish"], one["first_week"]) for one in data["inspections"]] == [("3", 4)]
    assert [one["line"] for one in data["refused"]] == [5]


@pytest.mark.parametrize(
    "more",
    [["--gap", "nan"], ["--gap", "-1"], ["--seconds", "0"], ["--seconds", "inf"], ["--change", "-5"]],
)
def test_a_number_that_cannot_be_meant_is_refused(
    tmp_path: Path, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    firms, officers = write(tmp_path, "f.csv", "firm\nA\n"), write(tmp_path, "o.csv", "officer\n1\n")
    assert main(["liaison", "assign", firms, officers, *more]) == BAD_INPUT
    assert more[0] in capsys.readouterr().err


def test_a_weight_beyond_reason_and_a_quote_left_open_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    officers = write(tmp_path, "o.csv", "officer,capacity\n1,1e300\n")
    firms = write(tmp_path, "f.csv", "firm,weight\nA,1e308\nB,2\n")
    assert main(["liaison", "assign", firms, officers, "--json"]) == ANSWER_IS_NO
    data = json.loads(capsys.readouterr().out)
    assert [one["line"] for one in data["refused"]] == [2]
    assert [one["firm"] for one in data["pairs"]] == ["B"]
    firms = write(tmp_path, "q.csv", 'firm,name\nA,"ab\nB,x\n')
    assert main(["liaison", "assign", firms, officers]) == BAD_INPUT
    assert "引号" in capsys.readouterr().err


def test_the_bound_printed_is_never_above_the_cost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    firms = write(tmp_path, "f.csv", "firm,x,y\nA,120.51,31.83\nB,120.57,31.87\n")
    officers = write(tmp_path, "o.csv", "officer,capacity,x,y\n1,4,120.5,31.8\n")
    assert main(["liaison", "assign", firms, officers, "--json"]) == OK
    data = json.loads(capsys.readouterr().out)
    assert data["bound"] <= data["cost"] == pytest.approx(sum(one["cost"] for one in data["pairs"]), abs=1e-3)


def planned(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, *more: str) -> dict[str, Any]:
    main(["visits", "plan", write(tmp_path, "w.csv", text), *more, "--json"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_dates_are_read_as_people_write_them_and_an_impossible_one_costs_its_row_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "企业,部门,开始,结束\nA,x,2026年10月5日,2026年10月20日\nB,y,2026-11-31,2026-12-02\nC,x,-1,2\n"
    data = planned(tmp_path, capsys, text)
    assert [(one["firm"], one["weeks"]) for one in data["visits"]] == [("A", [1, 3])]
    assert [one["line"] for one in data["refused"]] == [3, 4]


def test_no_visit_is_planned_before_the_first_day_of_the_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "firm,department,start,end\nA,x,2026-10-05,2026-10-20\nB,x,2026-11-20,2026-12-10\n"
    data = planned(tmp_path, capsys, text, "--from", "2026-12-01")
    assert [(one["firm"], one["weeks"]) for one in data["visits"]] == [("B", [1, 2])]
    assert "早于计划的第一天" in data["refused"][0]["words"]


@pytest.mark.parametrize(
    ("text", "more", "said"),
    [
        ("", [], "空表"),
        ("firm,department\n", [], "只有表头"),
        ("firm,start\nA,1\n", [], "缺少一列"),
        ("firm,department\nA,x\n", ["--hours", "nan"], "--hours"),
        ("firm,department\nA,x\n", ["--cap", "0"], "--cap"),
    ],
)
def test_wishes_that_cannot_be_planned_end_in_words(
    tmp_path: Path, text: str, more: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["visits", "plan", write(tmp_path, "w.csv", text), *more]) == BAD_INPUT
    assert said in capsys.readouterr().err
