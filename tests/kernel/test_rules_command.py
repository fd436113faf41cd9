"""`sanfu rules` as a person uses it: exit codes, what is printed, files refused row by row."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from stdnum.cn import uscc

from sanfu.adapters.commandline import rulebase, rules, rules_batch
from sanfu.adapters.commandline.main import main
from sanfu.kernel.rules.reading.library import Library

CONTENT = Path(__file__).parents[2] / "content"
CODES = [(body := f"91329900{i:09d}") + uscc.calc_check_digit(body) for i in range(1, 5)]


@pytest.fixture(scope="module", autouse=True)
def _content_is_read_once() -> Iterator[None]:
    """The shipped rule base stays as it is while forty commands use it: read and compiled once for all of them."""
    read = rulebase.load_library
    shipped = cache(lambda root, files: read(root, files and list(files)))

    def load_library(root: Path, files: list[Path] | None = None) -> Library:
        if all(file.is_relative_to(CONTENT) for file in files or ()):
            return shipped(root, files and tuple(files))
        return read(root, files)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rulebase, "load_dictionary", cache(rulebase.load_dictionary))
        for module in (rulebase, rules, rules_batch):
            patch.setattr(module, "load_library", load_library)
        yield


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any, str]:
    code = main(["rules", *words])
    said = capsys.readouterr()
    return code, json.loads(said.out) if "--json" in words and said.out else said.out, said.err


def test_check_of_a_sound_document(capsys: pytest.CaptureFixture[str]) -> None:
    code, report, _ = run(capsys, "check", str(CONTENT / "policies" / "tongxiang-ai.md"), "--json")
    assert (code, report["ok"]) == (0, True)
    assert report["golden"]["passed"] == report["golden"]["total"] > 0


def test_check_of_an_unreadable_rule_exits_two(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = (CONTENT / "policies" / "tongxiang-ai.md").read_text(encoding="utf-8")
    bad = tmp_path / "bad.md"
    bad.write_text(text.replace("固定资产投资 500万元以上", "固定资产投资 500人以上"), encoding="utf-8")
    code, report, _ = run(capsys, "check", str(bad), "--json")
    (problem,) = report["problems"]
    assert (code, problem["code"]) == (2, "unit")
    assert problem["line"] == text.splitlines().index("条件 「固投」 固定资产投资 500万元以上") + 1
    assert "万元" in problem["message"]
    assert "人" in problem["message"]


def test_check_of_an_edited_clause_exits_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = (CONTENT / "policies" / "tongxiang-ai.md").read_text(encoding="utf-8")
    edited = tmp_path / "edited.md"
    edited.write_text(text.replace("在 500 万元以上的", "在 600 万元以上的"), encoding="utf-8")
    code, report, _ = run(capsys, "check", str(edited), "--json")
    assert (code, [p["code"] for p in report["problems"]]) == (1, ["hash"])


def test_check_runs_the_golden_cases_beside_the_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = (CONTENT / "policies" / "tongxiang-ai.md").read_text(encoding="utf-8")
    moved = tmp_path / "moved.md"
    moved.write_text(text.replace("首次达到 1亿元: 200万元", "首次达到 1亿元: 201万元"), encoding="utf-8")
    golden = (CONTENT / "policies" / "tongxiang-ai.golden.yaml").read_text(encoding="utf-8")
    (tmp_path / "moved.golden.yaml").write_text(golden, encoding="utf-8")
    code, report, _ = run(capsys, "check", str(moved), "--json")
    assert code == 1
    assert "201万元" not in str(report["problems"])
    assert report["golden"]["failed"][0]["clause"] == "tx-2"


@pytest.mark.parametrize(
    ("text", "says"), [("", "文首信息"), ("---\n编号: [\n---\n", "YAML"), ("---\n编号: 甲\n", "没有收尾")]
)
def test_check_of_something_else_exits_two(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, says: str
) -> None:
    file = tmp_path / "x.md"
    file.write_text(text, encoding="utf-8")
    code, report, _ = run(capsys, "check", str(file), "--json")
    assert code == 2
    assert says in report["problems"][0]["message"]


def test_cases_report_each_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    size = {"kind": "sme_size", "industry": "软件和信息技术服务业", "从业人员": 103, "营业收入": 15735.28}
    lines = [
        {**size, "expected": "中型"},
        {**size, "expected": "小型"},
        {"kind": "weather", "expected": 4},
    ]
    file.write_text("\n".join(json.dumps(x, ensure_ascii=False) for x in lines), encoding="utf-8")
    code, report, _ = run(capsys, "cases", str(file), "--json")
    assert code == 1
    assert [c["result"] for c in report["cases"]] == ["pass", "fail", "not answerable"]
    assert report["cases"][1]["found"] == "中型"


def test_cases_name_the_line_that_is_no_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text('{"kind": "sme_size"}\n{broken\n', encoding="utf-8")
    code, _, said = run(capsys, "cases", str(file), "--json")
    assert code == 2
    assert "第 2 行" in said


def facts_file(folder: Path, **changed: list[Any]) -> Path:
    columns: dict[str, list[Any]] = {
        "统一社会信用代码": CODES,
        "信息服务业企业": [True, True, True, None],
        "上年.营业收入": [12000.0, 1999.99, 2000.0, 2500.0],
        "历史最高.营业收入(元)": [25000000, 0, 0, 0],
        **changed,
    }
    file = folder / "facts.parquet"
    pq.write_table(pa.table(columns), file)
    return file


def batch(capsys: pytest.CaptureFixture[str], facts: Path, *more: str) -> tuple[int, Any, str]:
    out = facts.parent / "hits.parquet"
    words = ["--facts", str(facts), "--policies", str(CONTENT / "policies"), "--out", str(out)]
    return run(capsys, "run", *words, "--on", "2026-06-01", "--json", *more)


def test_a_batch_pays_and_replays_byte_for_byte(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    facts = facts_file(tmp_path)
    code, report, _ = batch(capsys, facts)
    assert code == 0
    rows = pq.read_table(tmp_path / "hits.parquet").to_pylist()
    assert [(r["统一社会信用代码"], r["条款"], r["金额分"]) for r in rows] == [
        (CODES[0], "tx-2", 200 * 10**6),
        (CODES[2], "tx-2", 20 * 10**6),
    ]
    first = (tmp_path / "hits.parquet").read_bytes()
    assert batch(capsys, facts)[1]["out_sha256"] == report["out_sha256"]
    assert (tmp_path / "hits.parquet").read_bytes() == first


@pytest.mark.parametrize(
    ("column", "values", "row", "says"),
    [
        ("统一社会信用代码", [CODES[0], CODES[0], CODES[2], CODES[3]], "2", "与第 1 行重复"),
        ("统一社会信用代码", [CODES[0], CODES[1][:-1] + "?", CODES[2], CODES[3]], "2", "校验位"),
        ("统一社会信用代码", [CODES[0], "", CODES[2], CODES[3]], "2", "没有统一社会信用代码"),
        ("上年.营业收入", [1.0, -5.0, 2.0, 3.0], "2", "超出可能范围"),
        ("上年.营业收入", [1.0, 1.23456789, 2.0, 3.0], "2", "比最小单位还细"),
        ("上年.营业收入", [1.0, 1e300, 2.0, 3.0], "2", "超出可能范围"),
        ("成立日期", ["2020-01-01", "2020-02-30", None, "2021-01-01"], "2", "应为日期"),
        ("信息服务业企业", ["是", "也许", "否", ""], "2", "应为 是/否"),
        ("营收额度", [1, 2, 3, 4], "0", "事实字典里没有这一列"),
        ("期末.从业人员(万元)", [1, 2, 3, 4], "0", "单位 万元 不能用于 从业人员"),
    ],
)
def test_bad_facts_are_refused_with_a_sheet(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, column: str, values: list[Any], row: str, says: str
) -> None:
    facts = facts_file(tmp_path, **{column: values})
    code, _, said = batch(capsys, facts)
    assert code == 2
    assert "错误表" in said
    assert not (tmp_path / "hits.parquet").exists()
    sheet = (tmp_path / "hits.errors.csv").read_text(encoding="utf-8-sig").splitlines()
    assert sheet[1].split(",")[0] == row
    assert says in sheet[1]


def test_good_rows_are_kept_only_when_asked(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    facts = facts_file(tmp_path, **{"上年.营业收入": [12000.0, -5.0, 2000.0, 2500.0]})
    code, report, _ = batch(capsys, facts, "--keep-good")
    assert (code, report["enterprises"], report["refused_rows"]) == (0, 3, 1)


def test_explain_shows_values_and_the_smallest_change(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    facts = facts_file(tmp_path, **{"上年.营业收入": [1.0, 1999.99, 2.0, 3.0]})
    words = [
        "--enterprise",
        CODES[1],
        "--matter",
        "tx-2",
        "--facts",
        str(facts),
        "--on",
        "2026-06-01",
        "--json",
    ]
    code, said, _ = run(capsys, "explain", *words)
    assert (code, said["status"]) == (1, "不符合")
    assert said["changes"][0]["text"] == "营收+0.01万"
    assert said["changes"][0]["steps"][0]["to"] == "2000万元"
    assert said["conditions"][1]["facts"][0] == {
        "name": "上年.营业收入",
        "value": "1999.99万元",
        "source": "SWU",
    }


def test_explain_without_facts_asks(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--enterprise", CODES[0], "--matter", "小巨人复核", "--on", "2026-04-15", "--json"]
    code, said, _ = run(capsys, "explain", *words)
    assert (code, said["document"]["number"], said["status"]) == (1, "工信部企业〔2022〕63号", "缺数据")
    assert said["ask"]


def test_check_takes_folders_and_files_together(capsys: pytest.CaptureFixture[str]) -> None:
    giant = str(CONTENT / "policies" / "key-giant.md")
    code, report, _ = run(capsys, "check", str(CONTENT / "benefits"), giant, "--json")
    assert (code, report["ok"]) == (0, True)
    assert report["total"] == report["sound"] == len(report["documents"]) >= 6
    assert "yc-points" in {d["document"] for d in report["documents"]}


def test_check_of_two_files_with_one_number_refuses_the_second(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = (CONTENT / "policies" / "key-giant.md").read_text(encoding="utf-8")
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    code, report, _ = run(capsys, "check", str(tmp_path), "--json")
    assert code == 2
    assert [[p["code"] for p in d["problems"]] for d in report["documents"]] == [[], ["duplicate"]]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  - {事项: 重点小巨人奖补, 自: 2024-06-14", "  - {自: 2024-06-14", "没有事项"),
        ("自: 2024-06-14", "自: 六月", "应为日期"),
        ("标题: 重点", "标题: \x00重点", "不能用的字符"),
    ],
)
def test_check_says_what_is_wrong_with_the_front_matter(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, old: str, new: str, says: str
) -> None:
    text = (CONTENT / "policies" / "key-giant.md").read_text(encoding="utf-8")
    file = tmp_path / "x.md"
    file.write_text(text.replace(old, new), encoding="utf-8")
    code, report, _ = run(capsys, "check", str(file), "--json")
    assert code == 2
    assert says in report["problems"][0]["message"]
    assert report["problems"][0]["instead"]


def test_a_refusal_is_json_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, report, said = run(capsys, "check", str(tmp_path / "none.md"), "--json")
    assert (code, report["ok"]) == (2, False)
    assert report["error"] in said
    facts = facts_file(tmp_path, **{"上年.营业收入": [1.0, -5.0, 2.0, 3.0]})
    code, report, _ = batch(capsys, facts)
    assert (code, report["good_rows"]) == (2, 3)
    assert report["refusals"][0]["column"] == "上年.营业收入"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("f.csv", "{id},上年.营业收入,上年.营业收入\n{code},1,2\n", "两列都叫"),
        ("f.csv", "{id},上年.营业收入\n{code},1,2\n", "第 1 行有 3 格"),
        ("f.jsonl", "3\n", "不是一个对象"),
        ("f.jsonl", '{{"{id}": "{code}"\n', "第 1 行"),
        ("f.csv", "{id},上年.营业收入\n{code},inf\n", "1 处不能用"),
        ("f.parquet", "PAR?", "请给 Parquet"),
    ],
)
def test_broken_files_of_facts_are_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, content: str, says: str
) -> None:
    file = tmp_path / name
    file.write_text(content.format(id="统一社会信用代码", code=CODES[0]), encoding="utf-8")
    code, report, _ = batch(capsys, file)
    assert code == 2
    assert says in report["error"]
    assert not (tmp_path / "hits.parquet").exists()


def test_the_facts_are_never_overwritten(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    facts = facts_file(tmp_path)
    before = facts.read_bytes()
    words = ["--facts", str(facts), "--out", str(facts), "--on", "2026-06-01", "--json"]
    assert run(capsys, "run", *words)[0] == 2
    assert facts.read_bytes() == before


def test_a_csv_as_chinese_excel_saves_it_is_read(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    text = f"统一社会信用代码,信息服务业企业,上年.营业收入,历史最高.营业收入\n{CODES[0]},是,1.2亿元,2500万\n"
    file.write_text(text, encoding="gb18030")
    code, report, _ = batch(capsys, file)
    assert (code, report["money_fen"]) == (0, 200 * 10**6)


def test_a_case_without_an_expected_answer_is_only_answered(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text('{"kind": "sme_size", "industry": "金融业", "从业人员": 9}\n', encoding="utf-8-sig")
    code, report, _ = run(capsys, "cases", str(file), "--json")
    assert (code, report["cases"][0]["result"], report["cases"][0]["found"]) == (0, "answered", "不在表内")
