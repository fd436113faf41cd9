"""`sanfu listing check`, `sanfu funds match` and `sanfu research match` on files as people bring them."""

import json
from pathlib import Path

import pytest

from sanfu.adapters.commandline.main import ANSWER_IS_NO, BAD_INPUT, OK, main

FACTS = "企业: 甲（演示）\n净利润:\n  2024: 1600万元\n  2025: 2600万元\n净资产收益率: [9%, 10%]\n阶段: 成长期\n领域: 数控机床\n融资需求: 3000万元\n"


def write(folder: Path, text: str, name: str = "f.yaml") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def test_a_board_is_checked_as_json_and_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path, FACTS)
    assert main(["listing", "check", file, "--board", "北交所", "--on", "2026-03-02", "--json"]) == OK
    data = json.loads(capsys.readouterr().out)
    assert (data["version"], data["meets"], data["from_value"]) == ("2021-11-15", "unknown", "2亿元")
    assert main(["listing", "check", file, "--on", "2026-03-02"]) == OK
    shown = capsys.readouterr().out
    assert all(board in shown for board in ("北交所", "主板", "科创板", "创业板"))
    assert "差7400万元" in shown


def test_funds_are_matched_with_direction_and_a_fund_without_a_stage_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, FACTS)
    assert main(["funds", "match", file, "--on", "2026-03-02", "--json"]) == OK
    data = json.loads(capsys.readouterr().out)
    assert [one["code"] for one in data["matches"]] == ["S01"]
    assert "1752" in data["direction"]["document"]
    own = write(
        tmp_path, "funds:\n  - {name: 甲, tier: sub}\n  - {name: 乙, tier: sub, stage: 成长}\n", "own.yaml"
    )
    assert main(["funds", "match", file, "--funds", own, "--json"]) == ANSWER_IS_NO
    data = json.loads(capsys.readouterr().out)
    assert (data["refused"][0]["fund"], data["matches"][0]["fund"]) == ("甲", "乙")
    assert "投资阶段" in data["refused"][0]["reason"]


def test_research_is_matched_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(
        tmp_path,
        "需求:\n  - {名称: 减速器疲劳寿命, 预算: 50万元}\n供给:\n  - {名称: 减速器团队, 费用: 60万元}\n  - {名称: 减速器平台, 费用: 30万元}\n  - {费用: 1万元}\n",
    )
    assert main(["research", "match", file, "--json"]) == ANSWER_IS_NO
    data = json.loads(capsys.readouterr().out)
    assert [one["title"] for one in data["needs"][0]["matches"]] == ["减速器平台"]
    assert (data["needs"][0]["left_out"], len(data["refused"])) == (1, 1)


@pytest.mark.parametrize("text", ["- 1\n", "{", "净利润: 很多\n"])
def test_a_file_that_cannot_be_read_ends_in_words(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, text)
    assert main(["listing", "check", file, "--board", "主板", "--on", "2026-03-02"]) == BAD_INPUT
    assert file in capsys.readouterr().err


def test_an_unknown_board_or_a_day_before_every_version_ends_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, FACTS)
    assert main(["listing", "check", file, "--board", "火星板", "--on", "2026-03-02"]) == BAD_INPUT
    assert "北交所" in capsys.readouterr().err
    assert main(["listing", "check", file, "--board", "北交所", "--on", "2021-11-14"]) == BAD_INPUT
    assert "2021-11-15" in capsys.readouterr().err
