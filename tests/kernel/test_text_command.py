"""`sanfu matcher evaluate`: figures alone on standard output, clear words for what cannot be used."""

import csv
import json
import random
from pathlib import Path

import pytest

from sanfu.adapters.commandline import matcher as command
from sanfu.adapters.commandline.main import main
from sanfu.kernel.text.listing import ListItem
from sanfu.kernel.text.trial import held_out_cut
from sanfu.kernel.text.trial_cut import Message
from sanfu.lists.items import RequestItem

WORDS = {
    "市政": ("路灯不亮", "井盖破了", "路面坑洼", "人行道塌了", "下雨积水"),
    "环保": ("河水发臭", "工厂冒黑烟", "夜里噪声", "油烟呛人", "垃圾焚烧"),
    "劳动": ("拖欠工资", "没交社保", "工伤不赔", "老板跑了", "克扣加班费"),
}
KEYS = {
    "accuracy",
    "macro_f1",
    "coverage_at_95",
    "precision_kept",
    "ece",
    "list_only",
    "few_shot",
    "out_of_list",
    "ms_per_message",
    "baselines",
}


def rows(count: int, seed: int = 1) -> list[list[str]]:
    generator = random.Random(seed)
    made = []
    for number in range(count):
        label = generator.choice(list(WORDS))
        said = [*generator.sample(WORDS[label], 2), generator.choice(["请处理", "谢谢", "很久了", "没人管"])]
        made.append(
            [f"反映{generator.choice(WORDS[label])}", "，".join(said) + f"，编号{seed}{number:04d}", label]
        )
    return made


def written(
    path: Path, lines: list[list[str]], encoding: str = "utf-8", header: str = "title,body,label"
) -> str:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([header.split(","), *lines])
    return str(path)


@pytest.fixture
def tree(tmp_path: Path) -> str:
    leaves = [[label, f"{label}管理", words[:2]] for label, all_words in WORDS.items() for words in all_words]
    leaves += [["铁路", "客运", "火车票"], ["铁路", "客运", "列车晚点"]]
    return written(tmp_path / "tree.csv", leaves, header="l1,l2,l3")


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_figures_come_as_json_alone(
    tmp_path: Path, tree: str, encoding: str, capsys: pytest.CaptureFixture[str]
) -> None:
    history = written(tmp_path / "h.csv", rows(90), encoding)
    assert main(["matcher", "evaluate", history, "--classes", tree, "--folds", "3", "--quick", "--json"]) == 0
    out, err = capsys.readouterr()
    report = json.loads(out)
    assert set(report) >= KEYS
    assert report["accuracy"] > 0.9
    assert set(report["few_shot"]) == {"0", "1", "3", "10", "30", "100"}
    assert set(report["baselines"]) == {"majority", "naive_bayes", "bm25"}
    assert report["input"]["rows"] == 90
    assert "…" in err


@pytest.mark.slow
def test_the_same_seed_gives_the_same_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    history = written(tmp_path / "h.csv", rows(60))
    reports = []
    for _ in range(2):
        main(["matcher", "evaluate", history, "--folds", "2", "--quick", "--json"])
        report = json.loads(capsys.readouterr().out)
        report.pop("ms_per_message")
        reports.append(report)
    assert reports[0] == reports[1]


def test_the_text_says_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    history = written(tmp_path / "h.csv", rows(60))
    assert main(["matcher", "evaluate", history, "--folds", "2", "--quick", "--jobs", "1"]) == 0
    assert "naive_bayes" in capsys.readouterr().out


def test_history_rows_that_repeat_the_test_are_dropped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history, test = rows(60), rows(20, seed=2)
    copied = [[title, body + "再次反映", label] for title, body, label in test[:7]]
    arguments = [
        written(tmp_path / "h.csv", history + copied),
        "--test",
        written(tmp_path / "t.csv", [*test, ["标题", "正文写了很多内容", "没见过的类"]]),
    ]
    assert main(["matcher", "evaluate", *arguments, "--quick", "--json", "--jobs", "1"]) == 0
    report = json.loads(capsys.readouterr().out)["input"]
    assert report["history_rows_dropped_as_near_duplicates"] >= 7
    assert report["labels_only_in_test"] == ["没见过的类"]
    assert report["test_rows"] == 21


def test_a_held_out_cut_keeps_what_is_different() -> None:
    history = [Message("路灯坏了三天没有人来修理", "市政"), Message("拖欠工资三个月不给", "劳动")]
    cut, dropped = held_out_cut(history, [Message("小区路灯坏了三天没有人来修理啊", "市政")])
    assert dropped == 1
    assert cut.train.tolist() == [1]
    assert cut.test.tolist() == [2]


def test_rows_without_text_or_label_are_named_and_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = rows(40)
    lines[3][1], lines[5][2] = "", "  "
    loaded = command.load_messages(Path(written(tmp_path / "h.csv", lines)))
    assert loaded.skipped == {"no body": [5], "no label": [7]}
    assert len(loaded.messages) == 38
    assert "lines 5" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("header", "delimiter"),
    [
        ("label,body,title", ","),
        ("标题;内容;类别", ";"),
        ("Title\tBODY\t Label ", "\t"),
        ("id,title,when,body,label,x", ","),
    ],
)
def test_columns_are_found_by_name_in_any_order(tmp_path: Path, header: str, delimiter: str) -> None:
    names = [command.CALLED.get(name, name) for name in header.lower().replace(" ", "").split(delimiter)]
    lines = rows(30)
    cells = [dict(zip(command.COLUMNS, line, strict=True)) for line in lines]
    with (tmp_path / "h.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(header.split(delimiter))
        writer.writerows([[row.get(name, "旁注") for name in names] for row in cells])
    loaded = command.load_messages(tmp_path / "h.csv")
    assert loaded.messages == [Message(f"{title}。{body}", label) for title, body, label in lines]


def test_several_processes_give_the_same_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    history = written(tmp_path / "h.csv", rows(60))
    reports = []
    for jobs in ("1", "2"):
        main(["matcher", "evaluate", history, "--folds", "2", "--quick", "--json", "--jobs", jobs])
        report = json.loads(capsys.readouterr().out)
        report.pop("ms_per_message")
        reports.append(report)
    assert reports[0] == reports[1]


def test_a_test_of_one_row_is_enough(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        written(tmp_path / "h.csv", rows(60)),
        "--test",
        written(tmp_path / "t.csv", rows(1, seed=2)),
    ]
    assert main(["matcher", "evaluate", *arguments, "--quick", "--json", "--jobs", "1"]) == 0
    assert json.loads(capsys.readouterr().out)["accuracy"] == 1.0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no column body"),
        (b"title,text\na,b\n", "no column body, label"),
        (b"title,body,label\na,b,c\n", "1 usable rows"),
        (b"PK\x03\x04....", "Excel"),
        (b"title,body,label\n\xff\xff\x80,\x81", "neither UTF-8 nor GBK"),
        (b'title,body,label\n"a,b,c\n', "usable rows"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_reason(
    tmp_path: Path, content: bytes, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "h.csv"
    path.write_bytes(content)
    assert main(["matcher", "evaluate", str(path), "--json"]) == 2
    out, err = capsys.readouterr()
    assert said in err
    assert out == ""


def test_a_missing_file_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["matcher", "evaluate", str(tmp_path / "none.csv")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_a_tree_without_first_level_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    history = written(tmp_path / "h.csv", rows(30))
    tree = written(tmp_path / "tree.csv", [["市政", "管理", "路灯"], ["", "管理", "井盖"]], header="l1,l2,l3")
    assert main(["matcher", "evaluate", history, "--classes", tree]) == 2
    assert "line 3" in capsys.readouterr().err


def _item(l2: str, l3: str, says: str) -> RequestItem:
    return RequestItem(code=says, l1="市政", l2=l2, l3=l3, name=says, says=(says,))


def test_phrasings_go_to_the_leaf_of_the_same_path_or_to_the_only_namesake() -> None:
    leaves = [
        ListItem("1", ("市政", "照明"), "路灯"),
        ListItem("2", ("市政", "照明"), "其他"),
        ListItem("3", ("市政", "道路"), "其他"),
    ]
    said = [
        _item("照明", "路灯", "灯灭了"),
        _item("别处", "路灯", "黑灯瞎火"),
        _item("照明", "其他", "灯罩歪了"),
        _item("绿化", "其他", "树倒了"),
    ]
    found = {leaf.code: leaf.phrasings for leaf in command.with_phrasings(leaves, said)}
    assert found["1"] == ("灯灭了", "灯灭了", "黑灯瞎火", "黑灯瞎火")
    assert found["2"] == ("灯罩歪了", "灯罩歪了")
    assert found["3"] == ()
