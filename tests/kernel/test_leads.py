"""Leads: overlap and its reasons, admission in three values, offers that differ, the funnel against counting by hand."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.leads import Passage, Profile, admit, chain_of, differing, funnel, keys, overlap

A = Profile("澄光科技有限公司", "9132-0000AB", ("演示控股集团",), "激光镜头模组", "h1")


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (Profile("澄光科技股份有限公司（二期）"), "名称"),
        (Profile("别名公司", "91320000ab"), "代码"),
        (Profile("新壳公司", shareholders=("演示控股",)), "股东相同：演示"),
        (Profile("演示控股集团"), "股东相同：演示"),
        (Profile("新壳公司", phone="h1"), "电话"),
        (Profile("新壳公司", product="激光镜头模组"), "产品相近"),
    ],
)
def test_a_lead_under_another_name_is_found_and_the_reason_said(other: Profile, said: str) -> None:
    assert any(said in reason for reason in overlap(A, other))
    assert bool(overlap(A, other)) == bool(overlap(other, A))


def test_strangers_do_not_overlap_and_empty_fields_never_match() -> None:
    assert overlap(A, Profile("远行储能公司", product="储能电池")) == ()
    assert overlap(Profile("甲乙"), Profile("丙丁")) == ()
    assert keys(A) == ("code:91320000AB", "name:澄光科技")
    assert keys(Profile("甲公司")) == ()  # one letter is too little to hold against others


def test_admission_is_three_valued() -> None:
    rules = [{"fact": "强度", "at_least": 500, "basis": "甲"}, {"fact": "能耗", "at_most": 0.3, "basis": "甲"},
             {"fact": "类别", "none_of": ["淘汰类"], "basis": "甲"}]  # fmt: skip
    answers = lambda **facts: [str(one.answer) for one in admit(rules, facts)]  # noqa: E731
    assert answers(强度="500", 能耗="0.31", 类别="淘汰类") == ["符合", "不符合", "不符合"]
    assert answers(强度="很高", 类别="鼓励类") == ["待核实", "待核实", "符合"]
    assert chain_of("协作机器人和激光器", {"光电": ["激光", "光学"], "装备": ["机器人"]}) == (
        ("光电", "激光"),
        ("装备", "机器人"),
    )


def test_offers_differ_by_term_and_silence_differs_too() -> None:
    assert differing([("甲", {"地": "底价"}), ("乙", {"地": "底价"})]) == []
    assert differing([("甲", {"地": "底价", "租": "标准"}), ("乙", {"地": "底价"})]) == [
        "租：甲 标准，乙 没有写"
    ]


DAY = date(2026, 1, 1)
way = st.tuples(
    st.integers(1, 4), st.lists(st.integers(0, 40), min_size=4, max_size=4), st.integers(1, 3), st.booleans()
)


@settings(max_examples=60, deadline=None)
@given(st.lists(way, max_size=12))
def test_the_funnel_equals_counting_by_hand(rows) -> None:
    order, passages = ("a", "b", "c", "d"), []
    for depth, gaps, amount, ended in rows:
        days = [DAY + timedelta(days=sum(gaps[: n + 1])) for n in range(depth)]
        stages = [(order[n], days[n]) for n in range(depth)]
        if ended and depth < 4:
            stages.append(("结束", days[-1]))
        passages.append(Passage(tuple(stages), Fraction(amount)))
    found = funnel(passages, order, 5, Fraction(2), DAY + timedelta(days=400))
    for place, step in enumerate(found.steps):
        assert step.reached == sum(depth > place for depth, *_ in rows)
        assert step.standing == sum(d == place + 1 and not (e and d < 4) for d, _, _, e in rows)
    assert found.counted == sum(d == 4 and amount >= 2 for d, _, amount, _ in rows)
    assert (found.needed is None) == (found.counted == 0)
