"""Command lines of projects as a stranger uses them: refusals in words, exit code 2, JSON also for a refusal."""

import json
from pathlib import Path

import pytest

from sanfu.adapters.commandline.main import main

FILES = {
    "empty.csv": b"",
    "head.csv": "企业名称,亩均税收\n".encode(),
    "firms.xlsx": b"PK\x03\x04broken",
    "swapped.geojson": b"{",
    "empty.yaml": b"",
    "list.jsonl": b'{"text": "x"}\n',
    "projects.csv": "编号,得分,土地\nA,9,20\nA,8,10\n".encode(),
    "factors.csv": "要素,供给\n土地,40\n".encode(),
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["land", "score", "huangyan-2022", "empty.csv"], "表头"),
        (["land", "score", "huangyan-2022", "head.csv"], "只有表头"),
        (["land", "score", "huangyan-2022", "firms.xlsx"], "firms.xlsx"),
        (["land", "score", "月球", "head.csv"], "没有方案"),
        (["land", "import", "swapped.geojson", "--datum", "wgs84"], "GeoJSON"),
        (["land", "import", "swapped.geojson", "--datum", "mars"], "坐标基准"),
        (["floors", "fit", "empty.yaml", "empty.yaml"], "没有厂房"),
        (["resources", "allocate", "projects.csv", "factors.csv"], "重复"),
        (["resources", "allocate", "empty.csv", "factors.csv"], "空"),
        (["projects", "forecast", "empty.csv", "empty.csv"], "空"),
        (["projects", "forecast", "none.csv", "empty.csv"], "无法读取"),
        (["promotion", "lint", ""], "没有文字"),
        (["promotion", "lint", "none.docx"], "找不到"),
        (["promotion", "evaluate", "list.jsonl"], "第 1 行"),
    ],
)
def test_a_refusal_is_said_in_words_and_as_json(
    words: list[str],
    said: str,
    files: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(files)
    assert main([*words, "--json"]) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    answer = json.loads(printed.out)
    assert answer["ok"] is False
    assert said in answer["error"]


@pytest.mark.parametrize(
    ("scheme", "said"),
    [
        ({"upper": [{"k": "亩均税收", "w": 90, "base": 8}]}, "权重之和应为 100"),
        ({"upper": [{"k": "亩均税收", "w": 100}]}, "没有基准值"),
    ],
)
def test_a_scheme_that_cannot_be_used_is_refused(
    scheme: dict[str, object], said: str, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (files / "own.json").write_text(json.dumps({"id": "own", "year": 2025, **scheme}), encoding="utf-8")
    (files / "firms.csv").write_text("企业名称,亩均税收\n甲,4\n", encoding="utf-8-sig")
    assert main(["land", "score", str(files / "own.json"), str(files / "firms.csv"), "--json"]) == 2
    assert said in capsys.readouterr().err


def test_a_wrong_month_or_file_name_of_a_meeting_pack_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["meeting", "pack", "2026-13", "-o", "x.docx"]) == 2
    assert main(["meeting", "pack", "2026-11", "-o", "x.pdf"]) == 2
    assert "2026-03" in capsys.readouterr().err
