"""List files as towns send them: merged cells, moved headers, odd columns, wrong units, rules that collide."""

import io
import random
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.lists.columns import read_branches, write_branch
from sanfu.lists.content import ContentError, load_requests, read_frame
from sanfu.lists.reading import Reading, read_list
from sanfu.lists.rules import Frame, Level
from sanfu.lists.sheets import letters
from sanfu.lists.units import load_units

CONTENT = Path(__file__).resolve().parents[2] / "content"
HEAD = [
    "事项编码",
    "一级分类",
    "二级分类",
    "三级分类",
    "诉求名称",
    "典型说法",
    "责任部门",
    "配合部门",
    "结案条件",
]
ROW = [
    "T1",
    "环境保护",
    "环境污染",
    "水污染",
    "河道漂浮物",
    "河里全是垃圾；河面脏",
    "市水务局",
    "属地镇",
    "清理干净",
]


@pytest.fixture(scope="module")
def frame() -> Frame:
    return read_frame(CONTENT / "requests", load_units(CONTENT / "organisations" / "demo.yaml"))


def excel(rows: list[list[Any]], merges: tuple[tuple[int, int, int, int, str], ...] = ()) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("清单")
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    for top, left, bottom, right, value in merges:
        sheet.merge_range(top, left, bottom, right, value)
    book.close()
    return buffer.getvalue()


def told(reading: Reading, level: Level = Level.ERROR) -> str:
    return "\n".join(str(problem) for problem in reading.problems if problem.level is level)


def test_a_plain_sheet_reads(frame: Frame) -> None:
    reading = read_list("清单.xlsx", excel([HEAD, ROW]), frame)
    ((item, place),) = reading.items
    assert (item.code, item.lead, item.assist) == ("T1", "SWJ", ("@TOWN",))
    assert item.says == ("河里全是垃圾", "河面脏")
    assert (place.line, place.sheet) == (2, "清单")
    assert reading.usable


def test_title_rows_blank_rows_headings_and_full_width_digits(frame: Frame) -> None:
    rows = [["望江镇责任清单（演示）"], [], HEAD, ["一", "环境保护"], ["Ｔ１０２", *ROW[1:]], [], []]
    reading = read_list("清单.xlsx", excel(rows), frame)
    assert [item.code for item, _ in reading.items] == ["T102"]
    assert "表头在第 3 行" in told(reading, Level.WARNING)
    assert "像是小标题：“一”" in told(reading, Level.WARNING)
    assert reading.usable


def test_a_total_at_the_end_is_no_item(frame: Frame) -> None:
    reading = read_list("清单.xlsx", excel([HEAD, ROW, ["合计", "", "", "", "1项"]]), frame)
    assert (len(reading.items), reading.usable) == (1, True)
    assert "第 3 行 提醒：是“合计”，没有当作事项" in told(reading, Level.WARNING)


def test_merged_cells_are_filled_and_reported(frame: Frame) -> None:
    second = ["T2", "", "", "", "河岸垃圾", "岸边垃圾", "市水务局", "", "清走"]
    content = excel([HEAD, ROW, second], ((1, 1, 2, 1, "环境保护"), (1, 2, 2, 2, "环境污染")))
    reading = read_list("清单.xlsx", content, frame)
    assert [item.l2 for item, _ in reading.items] == ["环境污染", "环境污染"]
    assert "合并单元格 B2:B3，已把“环境保护”填入" in told(reading, Level.WARNING)


def test_missing_columns_are_named_with_what_to_do(frame: Frame) -> None:
    reading = read_list(
        "清单.xlsx", excel([["编码", "名称", "备注", "说法说明"], ["T1", "河道", "x", "y"]]), frame
    )
    assert not reading.usable
    assert reading.items == []
    assert "没有找到表头" in told(reading)
    reading = read_list("清单.xlsx", excel([["编码", "名称", "依据"], ["T1", "河道", "水法"]]), frame)
    assert "缺少“一级分类”列。请补上这一列；也可以叫" in told(reading)
    assert "缺少“责任部门”列" in told(reading)
    assert reading.items == []


def test_renamed_columns_are_understood_or_reported(frame: Frame) -> None:
    head = [
        "代码",
        "大类",
        "中类",
        "小类",
        "事项名称",
        "常见问题",
        "牵头单位（科室）",
        "协办单位",
        "领导签字",
    ]
    reading = read_list("清单.xlsx", excel([head, ROW]), frame)
    assert reading.items[0][0].lead == "SWJ"
    assert "不认识或重复的列“领导签字”，没有导入" in told(reading, Level.WARNING)


def test_unknown_unit_says_where_and_suggests(frame: Frame) -> None:
    wrong = [*ROW[:6], "市水务管理局", "属地镇", "清理"]
    reading = read_list("清单.csv", "\n".join(",".join(row) for row in [HEAD, wrong]).encode(), frame)
    assert "清单.csv 第 2 行〔lead〕 错误：没有叫“市水务管理局”的单位。是不是“" in told(reading)
    assert reading.items == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
@pytest.mark.parametrize("delimiter", [",", "\t", "|"])
def test_csv_in_the_encodings_of_the_field(frame: Frame, encoding: str, delimiter: str) -> None:
    content = "\r\n".join(delimiter.join(row) for row in [HEAD, ROW]).encode(encoding)
    assert [item.name for item, _ in read_list("a.csv", content, frame).items] == ["河道漂浮物"]


def test_line_numbers_stay_true_after_a_cell_of_several_lines(frame: Frame) -> None:
    quoted = [*ROW[:5], '"河里脏\n河面有泡沫"', *ROW[6:]]
    wrong = ["T2", *ROW[1:6], "不存在的单位", *ROW[7:]]
    content = "\n".join(",".join(row) for row in [HEAD, quoted, wrong]).encode()
    reading = read_list("a.csv", content, frame)
    assert reading.items[0][0].says == ("河里脏", "河面有泡沫")
    assert reading.errors[0].place.line == 4


def test_conditions_of_one_item_on_several_rows(frame: Frame) -> None:
    head = ["编码", "一级分类", "二级分类", "诉求名称", "适用条件", "责任部门", "配合部门"]
    rows = [
        ["T9", "城乡建设", "城乡规划", "违法搭建", "规划许可 = 有证", "规划部门", "城管、建设"],
        ["T9", "城乡建设", "城乡规划", "违法搭建", "规划许可 = 无证", "城管部门", "规划部门"],
        ["T8", "城乡建设", "城乡规划", "规划公示", "", "规划部门", ""],
    ]
    reading = read_list("a.xlsx", excel([head, *rows]), frame)
    items = {item.code: item for item, _ in reading.items}
    assert [branch.lead for branch in items["T9"].branches] == ["ZGJ", "CGJ"]
    assert items["T9"].branches[0].assist == ("CGJ", "ZJJ")
    assert items["T8"].lead == "ZGJ"


def test_contradicting_rules_are_found_with_the_smallest_example(frame: Frame) -> None:
    head = ["编码", "一级分类", "二级分类", "诉求名称", "条件和责任"]
    overlap = "规划许可 = 无证 → 市城管局（配合：市住建局）\n区域 = 农村 → 属地镇\n其他情形 → 市资规局"
    gap = "规划许可 = 有证 → 市资规局\n规划许可 = 无证 且 区域 = 城区 → 市城管局"
    twisted = "规划许可 = 有证 且 规划许可 = 无证 → 市资规局\n其他情形 → 市城管局"
    rows = [
        [f"T{n}", "城乡建设", "城乡规划", f"搭建{n}", text] for n, text in enumerate([overlap, gap, twisted])
    ]
    reading = read_list("a.xlsx", excel([head, *rows]), frame)
    report = told(reading)
    assert "两条同时适用（例：规划许可 = 无证 且 区域 = 农村）" in report
    assert "没有一条规则适用（例：规划许可 = 无证 且 区域 = 镇区）" in report
    assert "自相矛盾：规划许可 = 有证 与 规划许可 = 无证 不能同时成立" in report
    assert reading.items == []


def test_a_condition_that_cannot_be_read_names_the_column(frame: Frame) -> None:
    head = ["编码", "一级分类", "二级分类", "诉求名称", "条件和责任"]
    rows = [["T1", "城乡建设", "城乡规划", "搭建", "规划许可证 = 有证 → 市资规局"]]
    report = told(read_list("a.xlsx", excel([head, *rows]), frame))
    assert "第 5 列：" in report


def test_repeated_codes_and_empty_files(frame: Frame) -> None:
    assert "编码 T1 与 a.xlsx“清单” 第 2 行 重复" in told(read_list("a.xlsx", excel([HEAD, ROW, ROW]), frame))
    assert "没有读到任何事项" in told(read_list("a.xlsx", excel([HEAD]), frame))
    assert "没有找到表头" in told(read_list("a.csv", b"", frame))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.docx", b"PK", "不是 Excel、CSV 或 YAML"),
        ("a.xlsx", b"not a workbook", "打不开"),
        ("a.csv", b"\xff\xfe\x00\x01\x80", "编码"),
        ("a.yaml", b"groups: [", "YAML 写法有误"),
        ("a.yaml", b"just text", "不是清单文件"),
        ("a.yaml", b"class: \x01\x02", "YAML 写法有误"),
        ("a.yaml", b"[" * 50_000, "嵌套超过"),
        ("a.yaml", b"- " * 50_000, "嵌套超过"),
        ("a.yaml", b"a: &a [x, x]\nb: &b [*a, *a]\nitems: [*b]", "不接受别名"),
        ("a.yaml", "class: 环境保护\nitems: [x]".encode(), "不是一个事项"),
    ],
)
def test_what_is_no_list_is_refused_in_words(frame: Frame, name: str, content: bytes, says: str) -> None:
    reading = read_list(name, content, frame)
    assert not reading.usable
    assert says in told(reading)
    assert "Traceback" not in told(reading)


def test_yaml_errors_carry_file_and_line(tmp_path: Path, frame: Frame) -> None:
    for name in ("attributes.yaml", "replies.yaml"):
        (tmp_path / name).write_text((CONTENT / "requests" / name).read_text("utf-8"), "utf-8")
    (tmp_path / "02_x.yaml").write_text(
        "class: 环境保护\nitems:\n- {code: T1, l2: 环境污染, name: 河道, lead: 水物局, says: [脏]}\n", "utf-8"
    )
    with pytest.raises(ContentError, match=r"02_x\.yaml 第 3 行〔lead〕 错误：没有叫“水物局”的单位"):
        load_requests(tmp_path, CONTENT / "organisations" / "demo.yaml")


def test_all_seeded_defects_among_five_hundred_items_are_found(frame: Frame) -> None:
    """Overlaps and gaps put into a list of 500 conditional items: every one is found, and nothing else."""
    draw = random.Random(7)
    head = ["编码", "一级分类", "二级分类", "诉求名称", "条件和责任"]
    whole = ["城区", "镇区", "农村"]
    rows, expected = [], {}
    for number in range(500):
        code, kind = f"T{number:03}", draw.choice(["clean", "clean", "overlap", "gap"])
        parts = [
            f"区域 = {area} → {unit}"
            for area, unit in zip(whole, ["市城管局", "市住建局", "属地镇"], strict=True)
        ]
        area = draw.randrange(3)
        if kind == "gap":
            del parts[area]
            expected[code] = f"区域 = {whole[area]}"
        elif kind == "overlap":
            parts.append(f"区域 = {whole[area]} 且 时段 = 夜间 → 市公安局")
            expected[code] = f"区域 = {whole[area]} 且 时段 = 夜间"
        draw.shuffle(parts)
        rows.append([code, "城乡建设", "城乡规划", f"事项{number}", "\n".join(parts)])
    reading = read_list("a.xlsx", excel([head, *rows]), frame)
    found = {problem.code: problem for problem in reading.errors}
    assert set(found) == set(expected)
    for code, example in expected.items():
        parts = set(example.split(" 且 "))
        assert set(found[code].example.split(" 且 ")) == parts


@given(st.lists(st.sampled_from(["市城管局", "属地镇(街道)", "市住建局"]), max_size=2, unique=True))
@settings(max_examples=20, deadline=None)
def test_a_written_branch_reads_back(assist: list[str]) -> None:
    line = write_branch("规划许可 = 有证 且 区域 = 农村", "市资规局", assist)
    (branch,) = read_branches(line)
    assert branch["when"] == "规划许可 = 有证 且 区域 = 农村"
    assert branch["lead"] == "市资规局"
    assert branch.get("assist", []) == assist


def test_column_letters() -> None:
    assert [letters(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_what_is_too_long_or_holds_control_characters_is_told_or_cleaned(frame: Frame) -> None:
    long = [*ROW[:4], "河" * 100_000, *ROW[5:]]
    assert "有 100000 字，太长了。请缩到 200 字以内" in told(read_list("a.csv", lines(HEAD, long), frame))
    text = 'class: 环境保护\nitems:\n- {code: T1, l2: 水, name: "河\\0道", lead: STJ, says: ["脏\\0"], close: 好}\n'
    ((item, _),) = read_list("a.yaml", text.encode(), frame).items
    assert (item.name, item.says) == ("河道", ("脏",))


def lines(*rows: list[str]) -> bytes:
    return "\n".join(",".join(row) for row in rows).encode()


def test_random_damage_never_ends_in_a_traceback(frame: Frame) -> None:
    """Bytes changed or cut at random: always a report, in words."""
    draw = random.Random(3)
    whole = excel([HEAD, ROW, ROW])
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(draw.randint(1, 30)):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        for name in ("a.xlsx", "a.xls", "a.csv", "a.yaml"):
            read_list(name, bytes(damaged[: draw.randrange(len(damaged))]), frame)
