"""`sanfu lists` as a script sees it: exit codes, JSON alone on standard output, words for what is wrong."""

import json
from pathlib import Path

import pytest

from sanfu.adapters.commandline.main import ANSWER_IS_NO, BAD_INPUT, OK, main
from tests.rooms.test_list_files import HEAD, ROW, excel

SHIPPED = Path(__file__).resolve().parents[2] / "content" / "requests"


@pytest.fixture
def town(tmp_path: Path) -> Path:
    path = tmp_path / "望江镇.xlsx"
    path.write_bytes(excel([HEAD, ROW]))
    return path


@pytest.mark.slow
def test_the_shipped_list_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lists", "check", str(SHIPPED), "--json"]) == OK
    report = json.loads(capsys.readouterr().out)
    assert (report["errors"], report["warnings"], report["usable"]) == (0, 0, True)
    assert report["items"] == report["rows"] >= 500


def test_errors_are_exit_code_one_and_name_the_place(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "错.xlsx"
    wrong.write_bytes(excel([HEAD, [*ROW[:6], "水物局", *ROW[7:]]]))
    assert main(["lists", "check", str(wrong)]) == ANSWER_IS_NO
    told = capsys.readouterr().out
    assert "错.xlsx“清单” 第 2 行〔lead〕 错误：没有叫“水物局”的单位。是不是“市水务局”？" in told
    assert "不能导入，请先改正错误" in told
    assert main(["lists", "check", str(wrong), "--json"]) == ANSWER_IS_NO
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert problem["place"] == {"file": "错.xlsx", "line": 2, "sheet": "清单"}


@pytest.mark.parametrize("words", [["check", "nowhere.xlsx"], ["diff", "nowhere.xlsx", "nothing.csv"]])
def test_a_missing_file_is_bad_input(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lists", *words]) == BAD_INPUT
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "找不到 nowhere.xlsx" in captured.err


def test_an_empty_folder_and_a_wrong_directory_of_units_are_bad_input(
    tmp_path: Path, town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["lists", "check", str(tmp_path / "empty")]) == BAD_INPUT
    assert main(["lists", "check", str(town), "--organisations", str(tmp_path / "no.yaml")]) == BAD_INPUT
    assert "--organisations" in capsys.readouterr().err


def test_diff_names_what_changed(town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = tmp_path / "新.xlsx"
    new.write_bytes(excel([HEAD, [*ROW[:6], "市城管局", *ROW[7:]], ["T2", *ROW[1:]]]))
    assert main(["lists", "diff", str(town), str(town)]) == OK
    capsys.readouterr()
    assert main(["lists", "diff", str(town), str(new), "--json"]) == ANSWER_IS_NO
    found = json.loads(capsys.readouterr().out)
    assert [one["code"] for one in found["added"]] == ["T2"]
    assert found["changed"][0]["fields"] == {"lead": {"before": "SWJ", "after": "CGJ"}}
    assert found["same"] == 0


def test_a_folder_of_town_files_is_one_list(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "第二册.csv").write_bytes("\n".join(",".join(row) for row in (HEAD, ROW)).encode("gbk"))
    assert main(["lists", "check", str(tmp_path)]) == ANSWER_IS_NO
    assert "编码 T1 与" in capsys.readouterr().out, "a code that two files share is found"
