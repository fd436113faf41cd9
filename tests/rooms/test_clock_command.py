"""`sanfu clock` as a script uses it: JSON alone on standard output, liberal input, exit codes, clear refusals."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from sanfu.adapters.commandline.main import main
from sanfu.kernel.clocks import CHINA


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    assert main(["clock", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


DUE = ("due", "--start", "2025-09-28", "--n", "5", "--pause", "2025-10-09..2025-10-13")


@pytest.mark.parametrize(
    "unit",
    [
        "workday",
        "wd",
        "工作日",
        "working-day",
        "Working Days",
        "business_days",
        "workday(s)",
        "个工作日",
        "工作天",
        "法定工作日",
    ],
)
def test_due_over_the_national_holiday(capsys: pytest.CaptureFixture[str], unit: str) -> None:
    answer = ask(capsys, *DUE, "--unit", unit)
    assert (answer["due"], answer["unit"], answer["n"]) == ("2025-10-15", "workday", 5)
    assert answer["start"] == "2025-09-28"
    assert answer["pauses"] == [{"from": "2025-10-09", "to": "2025-10-13", "reason": ""}]
    assert answer["provisional"] is False
    days = answer["days"]
    assert [day["date"] for day in days if day["counted"]] == [
        "2025-09-29",
        "2025-09-30",
        "2025-10-09",
        "2025-10-14",
        "2025-10-15",
    ]
    assert {day["why"] for day in days if day["date"] == "2025-10-01"} == {"国庆节、中秋节放假"}


@pytest.mark.parametrize(
    ("start", "shown"),
    [
        ("2025/9/28", "2025-09-28"),
        ("20250928", "2025-09-28"),
        ("2025年9月28日", "2025-09-28"),
        ("2025-09-28 16:00", "2025-09-28T16:00:00+08:00"),
        ("2025年9月28日16时30分", "2025-09-28T16:30:00+08:00"),
        ("2025-09-28T08:00:00Z", "2025-09-28T16:00:00+08:00"),
        ("２０２５-０９-２８", "2025-09-28"),
        ("2025-09-28（周日）", "2025-09-28"),
        ("2025-09-28T16", "2025-09-28T16:00:00+08:00"),
        ("20250928T1600", "2025-09-28T16:00:00+08:00"),
        ("2025年9月28日 下午4时", "2025-09-28T16:00:00+08:00"),
        ("2025-09-28T16:00+08:00[Asia/Shanghai]", "2025-09-28T16:00:00+08:00"),
        ("2025-09-28t08:00:00.123z", "2025-09-28T16:00:00+08:00"),
        ("2025-09-27 24:00", "2025-09-28T00:00:00+08:00"),
    ],
)
def test_dates_in_the_forms_people_write(capsys: pytest.CaptureFixture[str], start: str, shown: str) -> None:
    answer = ask(capsys, "due", "--start", start, "--unit", "wd", "--n", "5")
    assert (answer["start"], answer["due"]) == (shown, "2025-10-11")


@pytest.mark.parametrize(
    "pause",
    [
        "2025-10-09..2025-10-13",
        "2025-10-09~2025-10-13",
        "2025-10-09/2025-10-13",
        "2025-10-09,2025-10-13",
        "2025-10-09至2025-10-13",
        "2025-10-09..2025-10-13:补正：缺图纸",
        "2025-10-09 09:00..2025-10-13 17:00:补正",
        "2025-10-09T09:00:00+08:00/2025-10-13T17:00:00+08:00",
        "2025-10-09 - 2025-10-13",
        "20251009-20251013",
        "2025/10/9-2025/10/13",
        "2025-10-09 to 2025-10-13",
        "2025-10-09→10-13",
        "2025-10-09..2025-10-13（补正）",
        "补正：2025年10月9日至10月13日",
        "2025-10-09..2025-10-10;2025-10-10..2025-10-13",
        "2025-10-09..2025-10-13 补正",
        "2025-10-09 至 2025-10-13 补正",
        "2025-10-09到2025-10-13，补正材料",
        "2025-10-09——2025-10-13",
        "2025-10-09～2025-10-13 补正",
        "2025年10月9日—13日 补正",
        "自2025年10月9日起至2025年10月13日止",
        "2025-10-09 09:00 至 2025-10-13 17:00 补正",
        "补正 2025-10-09..2025-10-13",
        "2025-10-09..2025-10-13 补正：缺图纸、缺2024年证明",
        "2025-10-09 至 10-13止 补正",
    ],
)
def test_pauses_in_the_forms_people_write(capsys: pytest.CaptureFixture[str], pause: str) -> None:
    answer = ask(capsys, "due", "--start", "2025-09-28", "--unit", "wd", "--n", "5", "--pause", pause)
    assert answer["due"] == "2025-10-15"
    if "补正" in pause:
        assert answer["pauses"][0]["reason"].startswith("补正")


@pytest.mark.parametrize(
    ("words", "spans"),
    [
        (["2025-10-09..2025-10-13", "补正"], [("2025-10-09", "2025-10-13", "补正")]),
        (["2025-10-09", "2025-10-13", "补正"], [("2025-10-09", "2025-10-13", "补正")]),
        (["2025-10-09..2025-10-13 3件材料"], [("2025-10-09", "2025-10-13", "3件材料")]),
        (["2025-10-09..2025-10-13 缺图、缺章"], [("2025-10-09", "2025-10-13", "缺图、缺章")]),
        (["补正：2025-10-09..10-13，缺图"], [("2025-10-09", "2025-10-13", "补正；缺图")]),
        (["2025-10-09 9:00~2025-10-13 17:00 补正"],
         [("2025-10-09T09:00:00+08:00", "2025-10-13T17:00:00+08:00", "补正")]),
        (["2025-10-09..2025-10-10 补正;2025-10-13..2025-10-14 听证"],
         [("2025-10-09", "2025-10-10", "补正"), ("2025-10-13", "2025-10-14", "听证")]),
        (["2025-10-09..2025-10-10 补正", "2025-10-13..2025-10-14", "听证"],
         [("2025-10-09", "2025-10-10", "补正"), ("2025-10-13", "2025-10-14", "听证")]),
        (["2025-10-09.. 补正"], [("2025-10-09", None, "补正")]),
        (["2025-10-09 至今"], [("2025-10-09", None, "")]),
        (["2025-10-09起"], [("2025-10-09", None, "")]),
        (["2025-10-09起至今（补正）"], [("2025-10-09", None, "补正")]),
        (["昨天..今天 补正"], [("2025-10-13", "2025-10-14", "补正")]),
        (["2025-12-30~1.5"], [("2025-12-30", "2026-01-05", "")]),
    ],
)  # fmt: skip
def test_pauses_keep_their_days_and_their_reason(
    capsys: pytest.CaptureFixture[str], words: list[str], spans: list[tuple[str, str | None, str]]
) -> None:
    asked = ("due", "--start", "2025-09-28", "--n", "20个工作日", "--now", "2025-10-14", "--pause", *words)
    told = ask(capsys, *asked)["pauses"]
    assert [(one["from"], one["to"], one["reason"]) for one in told] == spans


@pytest.mark.parametrize(
    ("said", "start"),
    [
        ("今天", "2025-09-28"), ("today", "2025-09-28"), ("今日", "2025-09-28"), ("现在", "2025-09-28"),
        ("昨天", "2025-09-27"), ("yesterday", "2025-09-27"), ("明天", "2025-09-29"),
        ("Tomorrow", "2025-09-29"), ("后天", "2025-09-30"), ("前天", "2025-09-26"),
        ("昨天16:30", "2025-09-27T16:30:00+08:00"), ("今天 下午4点", "2025-09-28T16:00:00+08:00"),
    ],
)  # fmt: skip
def test_days_seen_from_today_are_counted_and_the_day_meant_is_printed(
    capsys: pytest.CaptureFixture[str], said: str, start: str
) -> None:
    assert main(["clock", "due", "--start", said, "--n", "5工日", "--now", "2025-09-28", "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["start"] == start
    assert captured.err == "以 2025-09-28（周日，北京时间）为今天。\n"


def test_today_is_the_day_of_the_clock_in_china(capsys: pytest.CaptureFixture[str]) -> None:
    before = datetime.now(CHINA).date()
    assert main(["clock", "due", "--start", "今天", "--n", "0", "--unit", "小时"]) == 0
    captured = capsys.readouterr()
    days = {before, datetime.now(CHINA).date()}  # midnight may pass in between
    assert any(f"起算：{day}" in captured.out and f"以 {day}" in captured.err for day in days)
    assert main(["clock", "between", "昨天", "明天", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["days"] == 2


@pytest.mark.parametrize(
    ("start", "shown"),
    [
        ("2025-11-03T23:00:00+00:00", "2025-11-04T07:00:00+08:00"),
        ("2025-11-03T23:00:00+0000", "2025-11-04T07:00:00+08:00"),
        ("2025-11-03T20:00-05:00", "2025-11-04T09:00:00+08:00"),
        ("2025-11-03T23:00:00+8", "2025-11-03T23:00:00+08:00"),
        ("2025-11-03T23:00 UTC+8", "2025-11-03T23:00:00+08:00"),
        ("2025-11-03T23:00 GMT+08:00", "2025-11-03T23:00:00+08:00"),
        ("2025-11-03T23:00:00[Asia/Shanghai]", "2025-11-03T23:00:00+08:00"),
        ("2025-11-03T23:00+05:30", "2025-11-04T01:30:00+08:00"),
    ],
)
def test_time_zones_are_read_and_shown_in_china(
    capsys: pytest.CaptureFixture[str], start: str, shown: str
) -> None:
    assert ask(capsys, "due", "--start", start, "--n", "1", "--unit", "wh")["start"] == shown


@pytest.mark.parametrize(
    ("words", "due"),
    [
        (("--start", "2025-10-01", "--n", "0", "--unit", "工作日"), "2025-10-09"),
        (("--start", "2025-10-01", "--n", "0", "--unit", "自然日"), "2025-10-09"),
        (("--start", "2025-10-01", "--n", "0", "--unit", "自然日", "--no-roll"), "2025-10-01"),
        (("--start", "2025-10-01", "--n", "0", "--unit", "工作日", "--count-start"), "2025-10-09"),
        (("--start", "2025-09-28", "--n", "0", "--unit", "工作日"), "2025-09-28"),
        (("--start", "2025-11-03T18:00", "--n", "0", "--unit", "工作时"), "2025-11-04T08:30:00+08:00"),
        (("--start", "2024-02-29", "--n", "1", "--unit", "工作日"), "2024-03-01"),
        (("--start", "2100-12-31", "--n", "0", "--unit", "自然日"), "2100-12-31"),
        (("--start", "2025-09-28", "--n", "5个工作日内"), "2025-10-11"),
        (("--start", "2025-11-03T09:00", "--n", "两个半小时"), "2025-11-03T11:30:00+08:00"),
    ],
)
def test_edges_of_lengths_and_months(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], due: str
) -> None:
    answer = ask(capsys, "due", *words)
    assert answer["due"] == due
    assert answer["days"][-1]["date"] == due[:10]


def test_two_words_after_one_pause_are_its_two_days(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("due", "--start", "2025-09-28", "--n", "5个工作日", "--pause")
    assert ask(capsys, *words, "2025-10-09", "2025-10-13")["due"] == "2025-10-15"
    assert ask(capsys, *words, "2025-10-09..2025-10-10", "2025-10-11..2025-10-13")["due"] == "2025-10-14"


@pytest.mark.parametrize(
    ("words", "due"),
    [
        (("--n", "十五", "--unit", "工作日"), "2025-10-24"),
        (("--n", "二十天", "--unit", "自然日"), "2025-10-20"),
        (("--n", "2", "--unit", "周"), "2025-10-13"),
        (
            (
                "--n",
                "一百二十自然日",
            ),
            "2026-01-26",
        ),
        (
            (
                "--n",
                "90分钟",
            ),
            "2025-09-28T01:30:00+08:00",
        ),
        (
            (
                "--n",
                "半小时",
            ),
            "2025-09-28T00:30:00+08:00",
        ),
    ],
)
def test_lengths_in_the_forms_people_write(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], due: str
) -> None:
    assert ask(capsys, "due", "--start", "2025-09-28", *words)["due"] == due


def test_a_pause_that_came_too_late_is_not_said_to_move_the_day(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["clock", "due", "--start", "2025-09-28", "--n", "5个工作日", "--pause", "2025-12-01.."]
    assert main(words) == 0
    captured = capsys.readouterr()
    assert "2025-10-11" in captured.out
    assert captured.err == ""


def test_hours_and_office_hours(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("due", "--start", "2025-11-03 16:00", "--unit", "工作时", "--n", "2.5")
    assert ask(capsys, *words, "--office-hours", "9-12,13-17")["due"] == "2025-11-04T10:30:00+08:00"
    answer = ask(capsys, "due", "--start", "2025-10-01T22:30", "--unit", "小时", "--n", "3")
    assert answer["due"] == "2025-10-02T01:30:00+08:00"


def test_calendar_days_roll_and_say_from_where(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("due", "--start", "2025-09-13", "--unit", "自然日", "--n", "20")
    answer = ask(capsys, *words)
    assert (answer["due"], answer["rolled_from"]) == ("2025-10-09", "2025-10-03")
    assert ask(capsys, *words, "--no-roll")["due"] == "2025-10-03"


def test_beyond_the_notices_is_provisional(capsys: pytest.CaptureFixture[str]) -> None:
    answer = ask(capsys, "due", "--start", "2027-12-20", "--unit", "wd", "--n", "20")
    assert (answer["provisional"], answer["provisional_years"]) == (True, [2027, 2028])
    assert ask(capsys, "between", "2026-12-01", "2027-01-31")["provisional"] is True


def test_a_calendar_of_ones_own(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "2027.yaml").write_text(
        "year: 2027\nholidays:\n  - {name: 元旦, from: 2027-01-01, to: 2027-01-05}\nworkdays: [2027-01-09]\n",
        encoding="utf-8",
    )
    words = ("due", "--start", "2027-01-01", "--unit", "wd", "--n", "4", "--calendar", str(tmp_path))
    answer = ask(capsys, *words)
    assert (answer["due"], answer["provisional"]) == ("2027-01-09", False)
    assert str(answer["calendar_version"]).startswith("2027–2027@")


def test_an_open_pause_is_read_at_the_moment_of_asking(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("due", "--start", "2025-11-03", "--unit", "wd", "--n", "5", "--pause", "2025-11-05..")
    first = ask(capsys, *words, "--now", "2025-11-10")
    later = ask(capsys, *words, "--now", "2025-11-11")
    assert (first["due"], later["due"], first["paused"]) == ("2025-11-13", "2025-11-14", True)


def test_rules_of_a_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert "nanfeng" in ask(capsys, "rules")["places"]
    answer = ask(capsys, "rules", "guangdong", "type=投诉")
    assert answer["rows"][0]["clocks"]["办结"]["n"] == "15"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["due", "--start", "2025-02-30", "--unit", "wd", "--n", "5"], "看不懂日期“2025-02-30”"),
        (["due", "--start", "下周", "--unit", "wd", "--n", "5"], "看不懂日期"),
        (["due", "--start", "今天吧", "--unit", "wd", "--n", "5"], "看不懂日期"),
        (["due", "--start", "todayish", "--unit", "wd", "--n", "5"], "看不懂日期"),
        (["due", "--start", "2023-02-29", "--unit", "wd", "--n", "5"], "并确认这一天存在"),
        (["due", "--start", "2025-04-31", "--unit", "wd", "--n", "5"], "并确认这一天存在"),
        (["due", "--start", "2025-11-03T23:00+99:00", "--unit", "wd", "--n", "5"], "看不懂日期"),
        (["due", "--start", "2025-11-03T23:00 CST", "--unit", "wd", "--n", "5"], "看不懂日期"),
        (["due", "--start", "2025-02-03", "--unit", "wd", "--n", "负三"], "不能是负数"),
        (["due", "--start", "2025-02-03", "--unit", "工作时", "--n", "-3"], "不能是负数"),
        (["due", "--start", "2025-02-03", "--unit", "自然日", "--n", "-1"], "不能是负数"),
        (
            ["due", "--start", "2025-02-03", "--unit", "wd", "--n", "100000"],
            "2025-02-03后第100000个工作日超出日历范围",
        ),
        (["due", "--start", "2025-02-03", "--unit", "工作时", "--n", "999999999"], "超出日历范围"),
        (["due", "--start", "2025-02-03", "--unit", "小时", "--n", "999999999"], "超出日历范围"),
        (["due", "--start", "2100-12-31", "--unit", "wd", "--n", "1"], "超出日历范围"),
        (
            ["due", "--start", "2025-02-03", "--unit", "wd", "--n", "5", "--pause", "2025-02-04..2101-01-01"],
            "超出日历范围",
        ),
        (
            [
                "due",
                "--start",
                "2025-02-03",
                "--unit",
                "wd",
                "--n",
                "5",
                "--pause",
                "2025-02-04.. ",
                "--now",
                "2101-01-01",
            ],
            "超出日历范围",
        ),
        (
            ["due", "--start", "2025-02-03", "--unit", "wd", "--n", "5", "--pause", "2025-02-04..2025-02-30"],
            "确认两天都存在",
        ),
        (
            ["due", "--start", "2025-02-03", "--unit", "wd", "--n", "5", "--pause", "2025-02-04..foo"],
            "看不懂暂停",
        ),
        (
            [
                "due",
                "--start",
                "2025-02-03",
                "--unit",
                "wd",
                "--n",
                "5",
                "--pause",
                "2025-02-04,2025-02-05,2025-02-06",
            ],
            "看不懂暂停",
        ),
        (["due", "--start", "2025-02-03", "--unit", "wd", "--n", "5", "--pause", "补正"], "看不懂暂停"),
        (
            [
                "due",
                "--start",
                "2025-02-03",
                "--unit",
                "wd",
                "--n",
                "5",
                "--pause",
                "2025-02-04.." + "字" * 400,
            ],
            "太长",
        ),
        (["due", "--start", "2025-02-03", "--unit", "月", "--n", "5"], "不认识的计期单位“月”"),
        (["due", "--start", "2025-02-03", "--unit", "", "--n", "5"], "不认识的计期单位"),
        (["due", "--start", "2025-02-03", "--n", "5"], "没有写计期单位"),
        (["due", "--start", "2025-02-03", "--unit", "wd", "--n", "5小时"], "不是同一个单位"),
        (["due", "--start", "2025-02-03", "--unit", "wd", "--n", "十百"], "不是数字"),
        (["due", "--start", "2025-02-03", "--unit", "wd", "--n", "1e2"], "不是数字"),
        (["due", "--start", "2025-02-03", "--unit", "wd", "--n", "1e999999999"], "不是数字"),
        (["due", "--start", "2025-02-03", "--unit", "wd", "--n", "1" + "0" * 5000], "太长"),
        (["due", "--start", "2025-02-03（周五）", "--unit", "wd", "--n", "5"], "是周一"),
        (["due", "--start", "2025-02-0316:00", "--unit", "wd", "--n", "5"], "看不懂日期"),
        (["due", "--start", "2025-02-03", "--unit", "wd", "--n", "5", "--pause", "2025-02-04"], "看不懂暂停"),
        (["due", "--start", "2025-02-03", "--unit", "wd", "--n", "1.5"], "必须是整数"),
        (["due", "--start", "2025-02-03", "--unit", "wd", "--n", "-3"], "不能是负数"),
        (["due", "--start", "2025-02-03", "--unit", "wd", "--n", "99999999"], "超出日历范围"),
        (["due", "--start", "1200-02-03", "--unit", "wd", "--n", "5"], "超出日历范围"),
        (["due", "--start", "2025-02-03", "--unit", "wd", "--n", "5", "--pause", "昨天"], "看不懂暂停"),
        (
            ["due", "--start", "2025-02-03", "--unit", "wd", "--n", "9", "--pause", "2025-02-09..2025-02-05"],
            "早于起点",
        ),
        (
            ["due", "--start", "2025-02-03", "--unit", "wd", "--n", "5", "--calendar", "nowhere"],
            "没有放假安排",
        ),
        (["rules", "nowhere"], "找不到文件"),
        (["rules", "demo", "urgency"], "名称=值"),
    ],
)
def test_refusals(capsys: pytest.CaptureFixture[str], words: list[str], told: str) -> None:
    assert main(["clock", *words]) == 2
    captured = capsys.readouterr()
    assert told in captured.err
    assert captured.out == ""


def test_lines_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clock", *DUE[:-1], "2025-10-09..2025-10-13:补正", "--unit", "工作日"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("到期：2025-10-15（周三，工作日）")
    assert "暂停：补正，停4日（10/10—10/13）" in text
