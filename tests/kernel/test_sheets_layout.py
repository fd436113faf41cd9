"""A table laid out as offices lay it out: a cover sheet, a heading in two lines, merged cells, totals at the end."""

import io

import pytest
import xlsxwriter

from sanfu.kernel.sheets import read_sheet

HEAD = [
    ["项目名称", "计划", "", "实际", "", "投资（万元）", ""],
    ["", "开工", "竣工", "开工", "竣工", "2026-03计划", "2026-03实际"],
]


def book(*sheets: tuple[str, list[list[object]]], merged: tuple[str, ...] = ()) -> bytes:
    """A workbook; `merged` are ranges of the last sheet, each with the value of its first cell."""
    kept = io.BytesIO()
    made = xlsxwriter.Workbook(kept, {"in_memory": True})
    for title, rows in sheets:
        sheet = made.add_worksheet(title)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    for place in merged:
        sheet.merge_range(place, rows[int(place[1]) - 1][ord(place[0]) - 65])
    made.close()
    return kept.getvalue()


def csv_of(rows: list[list[str]]) -> bytes:
    return "\n".join(",".join(row) for row in rows).encode()


def test_a_heading_in_two_lines_finds_both_dates_and_keeps_its_unit() -> None:
    sheet = read_sheet(
        csv_of([["台账"], *HEAD, ["一号", "2026-03-01", "2027-01-01", "2026-03-09", "", "12", "9"]])
    )
    assert [sheet.column(one) for one in ("计划开工", "计划竣工", "实际开工", "实际竣工")] == [1, 2, 3, 4]
    assert sheet.headings[5:] == ("2026-03计划（万元）", "2026-03实际（万元）")
    assert sheet.rows == ((4, ("一号", "2026-03-01", "2027-01-01", "2026-03-09", "", "12", "9")),)


def test_a_line_of_the_second_heading_may_name_a_series_once() -> None:
    head = [["项目名称", "总投资", "计划", ""], ["", "", "开工", "竣工"]]
    sheet = read_sheet(csv_of([*head, ["一号", "1", "2026-03-01", ""]]))
    assert (sheet.column("计划开工"), sheet.column("开工"), sheet.column("实际开工")) == (2, 2, None)


@pytest.mark.parametrize("row", [["一号", "5", "备注"], ["", "5", ""], ["", "5", "备注"]])
def test_a_row_of_values_is_no_second_heading(row: list[str]) -> None:
    assert [line for line, _ in read_sheet(csv_of([["名称", "金额", ""], row])).rows] == [2]


def test_a_total_is_no_row_and_it_is_said() -> None:
    sheet = read_sheet(
        csv_of([["序号", "名称", "金额"], ["1", "甲", "3"], ["合 计：", "", "3"], ["", "小计", "3"]])
    )
    assert [row[1] for _, row in sheet.rows] == ["甲"]
    assert sheet.notes == ("第 3 行是“合 计：”，没有读入", "第 4 行是“小计”，没有读入")


def test_a_firm_that_is_called_like_a_total_stays() -> None:
    assert len(read_sheet(csv_of([["名称", "金额"], ["合计投资有限公司", "3"]])).rows) == 1


def test_a_cover_is_passed_over_and_other_sheets_are_named() -> None:
    rows: list[list[object]] = [["名称", "金额"], ["甲", 3]]
    sheet = read_sheet(book(("封面", [["江湾县项目表"]]), ("一季度", rows), ("二季度", rows), ("空", [])))
    assert sheet.headings == ("名称", "金额")
    assert [note.split("没有读入")[0] for note in sheet.notes] == [
        "只读工作表“一季度”，“封面”",
        "只读工作表“一季度”，“二季度”",
    ]


def test_merged_words_stand_in_each_row_and_a_merged_number_once() -> None:
    rows: list[list[object]] = [["园区", "要素", "总量"], ["甲园", "用地", 5], ["", "电力", ""], ["", "", ""]]
    sheet = read_sheet(book(("表", rows), merged=("A2:A4", "C2:C3")))
    assert sheet.rows == ((2, ("甲园", "用地", "5")), (3, ("甲园", "电力", "")))


def test_digits_typed_wide_are_the_same_digits() -> None:
    assert read_sheet("编号,名称\nＪＷ－００１,（一）号　地\n".encode()).rows[0][1] == (
        "JW－001",
        "（一）号 地",
    )
