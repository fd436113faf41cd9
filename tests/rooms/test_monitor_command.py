"""`sanfu monitor`: the figures of folders, an invented county, and bad folders in words."""

import gzip
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
    [
        (None, "没有 series.csv"),
        ("", "缺少列"),
        ("a,b\n1,2\n", "缺少列"),
        ("firm,month\n", "没有一行可用"),
        ("firm,month,power\na,x,1\n", "第 2 行"),
        ('firm,month,power\na,2026-01,"1\n', "引号"),
    ],
)
def test_a_bad_folder_is_refused_in_words(
    content: str | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "events.csv").write_text("firm,month\n", encoding="utf-8")
    if content is not None:
        (tmp_path / "series.csv").write_text(content, encoding="utf-8")
    assert main(["monitor", "evaluate", "--test", str(tmp_path), "--json"]) == BAD_INPUT
    assert said in capsys.readouterr().err


def recalled(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> float:
    capsys.readouterr()
    assert main(["monitor", "evaluate", "--test", str(folder), *more, "--json"]) == OK
    return float(json.loads(capsys.readouterr().out)["recall"])


def test_other_encodings_heads_and_delimiters_give_the_same_figures(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = gzip.decompress((folder / "series.csv.gz").read_bytes()).decode("utf-8-sig")
    head = "firm,industry,month,power_kwh,invoices_wan,tax_wan,insured"
    assert text.startswith(head)
    own = "企业,行业,月份,用电量（千瓦时）,开票额（万元）,入库税额,参保人数"
    said = text.replace(head, own, 1).replace(",", ";")
    (tmp_path / "series.csv").write_bytes(said.encode("gb18030"))
    for name in ("events.csv", "flags.csv"):
        (tmp_path / name).write_bytes((folder / name).read_text("utf-8").encode("utf-16"))
    assert recalled(tmp_path, capsys) == recalled(folder, capsys)


def test_training_worlds_without_events_leave_the_shipped_weights(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("series.csv.gz", "flags.csv"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "events.csv").write_text("firm,month,months,kind\n", encoding="utf-8")
    assert recalled(folder, capsys, "--train", str(tmp_path)) == recalled(folder, capsys)


def test_a_file_cut_off_on_its_way_is_refused_in_words(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = (folder / "series.csv.gz").read_bytes()
    (tmp_path / "series.csv.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "events.csv").write_bytes((folder / "events.csv").read_bytes())
    assert main(["monitor", "evaluate", "--test", str(tmp_path), "--json"]) == BAD_INPUT
    assert "没有传完整" in capsys.readouterr().err
