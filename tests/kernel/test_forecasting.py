"""工期预测: coverage on invented histories, pace helps, censoring counts, tables are read or refused in words."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from sanfu.kernel.forecasting.drawing import History, forecast
from sanfu.kernel.forecasting.model import BadHistory, Course, Stage, finish_of
from sanfu.kernel.forecasting.reference import masses, quantile, reference
from sanfu.kernel.forecasting.report import report
from sanfu.kernel.forecasting.tables import read_courses
from tests.kernel.courses import cut, made


def covered(seeds: range, count: int, over: int, new: int = 40) -> tuple[float, float]:
    hits = np.zeros((0, 2))
    for seed in seeds:
        rng = np.random.default_rng(seed)
        history = History([made(rng, k) for k in range(count)])
        for k in range(new):
            course = made(rng, 9000 + k)
            opened, today = cut(course, over)
            said = forecast(opened, history, today)
            assert said.p50 is not None
            assert said.p90 is not None
            assert course.taken is not None
            hits = np.vstack([hits, [course.taken <= said.p50, course.taken <= said.p90]])
    return float(hits[:, 0].mean()), float(hits[:, 1].mean())


@pytest.mark.parametrize("over", [0, 4])
def test_coverage_is_near_what_is_promised(over: int) -> None:
    half, nine = covered(range(5), 100, over)
    assert 0.40 <= half <= 0.60
    assert 0.84 <= nine <= 0.96


def test_a_project_that_is_slow_so_far_is_forecast_later_than_a_fast_one() -> None:
    rng = np.random.default_rng(1)
    history = History([made(rng, k) for k in range(120)])
    course = made(rng, 999)
    finishes = []
    for pace in (0.8, 2.0):
        stages = tuple(
            replace(s, actual=s.planned * pace) if k < 4 else replace(s, actual=None)
            for k, s in enumerate(course.stages)
        )
        done = finish_of(stages[:4], {s.name: float(s.actual or 0) for s in stages[:4]})
        today = course.start + timedelta(days=int(done))
        said = forecast(replace(course, stages=stages, finish=None, seen=today), history, today)
        assert said.p90 is not None
        finishes.append(said.p90 - done)
    assert finishes[1] > 1.2 * finishes[0]


def test_no_finish_is_forecast_before_today_even_where_the_stages_do_not_fit() -> None:
    rng = np.random.default_rng(5)
    history = History([made(rng, k) for k in range(60)])
    opened, _ = cut(made(rng, 99), 0)
    strange = replace(
        opened, stages=tuple(replace(one, name=f"别的{n}", after=()) for n, one in enumerate(opened.stages))
    )
    today = opened.start + timedelta(days=5000)
    for course in (opened, strange):
        said = forecast(course, history, today)
        assert said.p50 is not None
        assert said.p90 is not None
        assert (today - course.start).days <= said.p50 <= said.p90


def test_too_few_gives_no_quantiles() -> None:
    rng = np.random.default_rng(2)
    history = History([made(rng, k) for k in range(29)])
    opened, today = cut(made(rng, 99), 0)
    said = forecast(opened, history, today)
    assert said.too_few
    assert said.p90 is None
    assert "29" in said.notes[0]


def test_kaplan_meier_against_the_textbook_and_without_censoring_equal_shares() -> None:
    assert masses(np.array([3.0, 1.0, 2.0, 4.0]), [True] * 4) == pytest.approx([0.25] * 4)
    # times 1, 2+, 3: S(1) = 2/3, then the only one left ends: jumps 1/3, 0, 2/3
    assert masses(np.array([1.0, 2.0, 3.0]), [True, False, True]) == pytest.approx([1 / 3, 0, 2 / 3])


def test_leaving_unfinished_projects_out_would_be_early() -> None:
    """Courses cut off at a day: with censoring the median is near the truth, without it far below."""
    rng = np.random.default_rng(3)
    courses = [made(rng, k) for k in range(400)]
    until = date(2022, 6, 30)
    begun = [course for course in courses if course.start < until]
    seen = [
        course if course.finish and course.finish <= until else replace(course, finish=None, seen=until)
        for course in begun
    ]
    truth = float(np.median([(course.taken or 0) / course.planned for course in begun]))
    ratios, weights = reference(seen)
    censored = quantile(ratios, weights, 0.5)
    plain, equal = reference([course for course in seen if course.finish])
    assert abs(censored - truth) < abs(quantile(plain, equal, 0.5) - truth)


def test_what_has_run_longer_than_the_draw_cannot_have_finished_yet() -> None:
    rng = np.random.default_rng(4)
    history = History([made(rng, k) for k in range(80)])
    opened, _ = cut(made(rng, 99), 5)
    today = opened.start + timedelta(days=900)
    said = forecast(opened, history, today)
    assert said.p50 is not None
    assert said.p50 >= 900


def as_rows(courses: list[Course]) -> str:
    lines = ["编号,阶段,计划天数,实际天数,前置,开始日期"]
    for course in courses:
        for stage in course.stages:
            actual = "" if stage.actual is None else f"{stage.actual:.2f}"
            after = "、".join(stage.after)
            lines.append(f"{course.id},{stage.name},{stage.planned:.2f},{actual},{after},{course.start}")
    return "\n".join(lines)


def test_the_long_table_gives_the_same_forecast_as_the_courses() -> None:
    rng = np.random.default_rng(5)
    courses = [made(rng, k) for k in range(60)]
    opened, today = cut(made(rng, 99), 4)
    read = read_courses(as_rows(courses).encode(), "历史.csv", today).courses
    asked = read_courses(as_rows([opened]).encode("gb18030"), "在建.csv", today).courses
    answer = report(read, asked, today)
    own = forecast(opened, History(courses), today)
    assert answer["projects"][0]["p90_days"] == pytest.approx(own.p90, abs=1.5)
    assert answer["past_coverage"]["tried"] == 60


def test_the_wide_table_with_dates_of_milestones() -> None:
    text = "项目编号,开始日期,计划完成,实际完成,开工计划,开工实际,投产计划,投产实际\n" + "\n".join(
        f"A{k},2022-01-01,2023-01-01,{date(2023, 1, 1) + timedelta(days=3 * k)},2022-03-01,2022-03-{1 + k % 28:02d},"
        f"2023-01-01,{date(2023, 1, 1) + timedelta(days=3 * k)}"
        for k in range(40)
    )
    read = read_courses(text.encode(), "历史.csv")
    assert [stage.name for stage in read.courses[0].stages] == ["开工", "投产"]
    opened = read_courses("编号,开始日期,计划完成\nB,2026-01-01,2027-01-01\n".encode(), "", date(2026, 2, 1))
    said = report(read.courses, opened.courses, date(2026, 2, 1))["projects"][0]
    assert "2027-01-01" < said["p50"] < said["p90"] < "2027-06-01"


def test_planned_and_actual_dates_under_the_headings_of_a_ledger() -> None:
    text = "项目名称,计划开工,实际开工,计划竣工,实际竣工\n甲,2026/1/1,2026-02-01,2026年12月31日,\n"
    one = read_courses(text.encode("gbk"), "台账.csv", date(2026, 3, 1)).courses[0]
    assert (one.id, one.start, one.planned_finish) == ("甲", date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "空"),
        ("类别,开始\n甲,2026-01-01\n", "编号"),
        (
            "项目名称,计划开工,实际开工,计划竣工,实际竣工\n甲,2026-01-01,2026-05-01,2026-12-31,2026-03-01\n",
            "早于实际开始",
        ),
        ("编号,开始,计划完成\nA,2026-01-01,2025-01-01\n", "早于"),
        ("编号,开始,计划完成\nA,2026-13-01,2027-01-01\n", "日子"),
        ("编号,阶段,计划天数,前置\nA,设计,10,施工\nA,施工,10,设计\n", "互相等待"),
        ("编号,阶段,计划天数\nA,设计,-5\n", "负数"),
    ],
)
def test_bad_tables_are_refused_in_words(text: str, word: str) -> None:
    with pytest.raises(BadHistory, match=word):
        read_courses(text.encode(), "表.csv", date(2026, 1, 1))


def test_stages_that_wait_for_each_other_are_refused() -> None:
    with pytest.raises(BadHistory):
        finish_of((Stage("a", 1, None, ("b",)), Stage("b", 1, None, ("a",))), {"a": 1, "b": 1})
