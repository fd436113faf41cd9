"""`sanfu monitor`: the figures of folders, an invented county, and bad folders in words."""

import json
from pathlib import Path

import pytest

from sanfu.adapters.commandline.main import BAD_INPUT, OK, main


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("world")
    assert main(["monitor", "world", str(made), "--seed", "5", "--year", "2020"]) == OK
    return made


def test_evaluate_prints_ours_and_the_baselines(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["monitor", "evaluate", "--test", str(folder), "--per-week", "5", "--json"]) == OK
    figures = json.loads(capsys.readouterr().out)
    keys = {"recall", "precision", "median_lead", "mean_delay", "festival_ratio"}
    assert keys <= set(figures)
    assert {"random", "yoy_power", "yoy_worst", "yoy_merged", "yoy_merged_flags"} <= set(figures["baselines"])
    assert all(keys <= set(row) for row in figures["baselines"].values())
    assert figures["alerts"] <= 261


def test_missing_flags_are_no_obstacle(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("series.csv.gz", "events.csv"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    assert main(["monitor", "evaluate", "--test", str(tmp_path)]) == OK
    assert "召回" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "没有 series.csv"), ("a,b\n1,2\n", "缺少列"), ("firm,month\n", "没有一行可用")],
)
def test_a_bad_folder_is_refused_in_words(
    content: str | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if content:
        (tmp_path / "series.csv").write_text(content, encoding="utf-8")
    assert main(["monitor", "evaluate", "--test", str(tmp_path), "--json"]) == BAD_INPUT
    assert said in capsys.readouterr().err
