"""A reply that says a day to come is done already is found; a plan, a promise and a past day are not."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanfu.kernel.text.ahead import claimed_ahead

ON = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("经核实，2026年12月5日路灯已修复。", date(2026, 12, 5)),
        ("我局于12月5日到现场，已更换控制箱。", date(2026, 12, 5)),
        ("该处积水2026-12-08已完成疏通", date(2026, 12, 8)),
        ("补贴明年1月已发放到账。", date(2027, 1, 1)),
        ("12月3日，施工单位已经全部清理完毕，感谢您的监督。", date(2026, 12, 3)),
        ("明天已处理好，请放心。", date(2026, 12, 1)),
        ("2027年3月已竣工通车。", date(2027, 3, 1)),
    ],
)
def test_a_claim_ahead_is_found(text: str, day: date) -> None:
    [found] = claimed_ahead(text, ON)[:1]
    assert found.day in (day, date(2026, 12, 1))  # 明年 and the month are both ahead
    assert text[found.start : found.end] == found.words


@pytest.mark.parametrize(
    "text",
    [
        "我局已于11月20日到现场，路灯已修复。",
        "计划于12月5日前完成修复，已安排施工单位。",
        "拟于2026年12月5日进场，材料已到位。",
        "已要求物业12月10日前整改完毕。",
        "预计12月底通车，目前路基已完成。",
        "6月1日已完成验收。",
        "2025年12月5日已修复。",
        "将于明天到现场处理。",
        "电话12345678，已答复诉求人。",
        "已列入2027年改造计划。",
        "",
    ],
)
def test_what_is_no_claim_ahead_is_left_alone(text: str) -> None:
    assert claimed_ahead(text, ON) == ()


@given(st.integers(-150, 150))
def test_only_days_that_have_not_come_are_found(away: int) -> None:
    day = ON + timedelta(days=away)
    text = f"{day.month}月{day.day}日到现场，路灯已修复。"
    assert bool(claimed_ahead(text, ON)) == (away > 0)
