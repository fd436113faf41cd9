"""`sanfu liaison assign` and `sanfu visits plan` on files as people bring them."""

import json
from pathlib import Path

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
