"""Early warning: what leaves the series, what is compared, what is listed and how it is judged."""

import csv
import warnings
from datetime import date

import chinese_calendar
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from sanfu.enterprise.monitoring.content import new_years, shipped_weights
from sanfu.kernel.monitoring import entering
from sanfu.kernel.monitoring.adjusting import adjust, festival_shares
from sanfu.kernel.monitoring.cleaning import clean
from sanfu.kernel.monitoring.evaluation import closed_months, judge, labels
from sanfu.kernel.monitoring.explaining import curve, explain
from sanfu.kernel.monitoring.listing import Alert, above, best, limit_for, places
from sanfu.kernel.monitoring.panel import (
    FLAGS,
    Panel,
    industry_numbers,
    month_number,
    month_said,
    month_text,
)
from sanfu.kernel.monitoring.reading import (
    Event,
    Unreadable,
    flag_kind,
    read_events,
    read_flags,
    read_panel,
    read_series,
)
from sanfu.kernel.monitoring.trial import Prepared, evaluate, learn, listed, prepare
from sanfu.kernel.monitoring.weights import Weights, fit
from sanfu.kernel.monitoring.worlds import PLAIN, Setting, World, make_world

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
SMALL = Setting(firms=80, industries=4)


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(7, 2019 * 12, new_years(), SMALL)


@pytest.fixture(scope="module")
def ready(world: World) -> Prepared:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return prepare(world.panel, new_years(), world.events)


def first_months(panel: Panel, months: int) -> Panel:
    return Panel(
        panel.firms,
        panel.industries,
        panel.first,
        panel.values[:, :months],
        panel.flags[:, :months],
        panel.series,
    )


# The festival


def test_the_new_year_is_a_public_holiday_and_a_new_moon() -> None:
    known = new_years()
    assert [day.year for day in known] == list(range(2004, 2041))
    for day in known:
        assert date(day.year, 1, 20) < day < date(day.year, 2, 22)
        if day.year <= 2026:
            assert chinese_calendar.get_holiday_detail(day)[1] == "Spring Festival"
        # mean conjunctions from 2000-01-06 18:14 UTC; the true one is up to 14 hours away
        away = (day.toordinal() + 0.5 - 8 / 24 - (date(2000, 1, 6).toordinal() + 18.23 / 24)) / 29.530588861
        assert abs(away - round(away)) * 29.53 < 1.2


def test_the_closure_window_is_counted_by_the_day() -> None:
    shares = festival_shares(2025 * 12, 3, [date(2025, 1, 29)])
    assert shares.tolist() == pytest.approx([10 / 31, 9 / 28, 0])  # 22–31 January, 1–9 February


# Cleaning


def test_a_unit_error_goes_to_the_queue_and_out_of_the_series(world: World) -> None:
    values = np.exp(np.random.default_rng(1).normal(0, 0.05, (12, 30, 4))) * 1000
    values[3, 20, 0] *= 10
    values[4, 22, 1] /= 1000
    values[5, 9, 2] = -4.0
    panel = Panel(tuple("abcdefghijkl"), ("C",) * 12, 2022 * 12, values, np.zeros((12, 30, len(FLAGS))))
    cleaned, issues = clean(panel)
    assert {(i.firm, i.series, i.kind) for i in issues} == {
        ("d", "power", "unit"), ("e", "invoices", "unit"), ("f", "tax", "negative")
    }  # fmt: skip
    assert np.isnan(cleaned.values[[3, 4, 5], [20, 22, 9], [0, 1, 2]]).all()
    assert np.isnan(cleaned.values).sum() == 3
    assert all(issue.words for issue in issues)


def test_a_changed_unit_is_brought_back_once_it_lasts() -> None:
    values = np.full((10, 24, 4), 500.0) * np.exp(np.random.default_rng(2).normal(0, 0.03, (10, 24, 4)))
    values[0, 12:, 0] *= 1000
    panel = Panel(tuple("abcdefghij"), ("C",) * 10, 2022 * 12, values, np.zeros((10, 24, len(FLAGS))))
    cleaned, issues = clean(panel)
    assert np.isnan(cleaned.values[0, 12:14, 0]).all()
    assert cleaned.values[0, 15:, 0] == pytest.approx(500, rel=0.2)
    assert {issue.firm for issue in issues} == {"a"}


def test_a_fall_of_all_series_is_no_unit_error() -> None:
    values = np.full((10, 24, 4), 500.0) * np.exp(np.random.default_rng(3).normal(0, 0.03, (10, 24, 4)))
    values[0, 20] *= 0.1
    panel = Panel(tuple("abcdefghij"), ("C",) * 10, 2022 * 12, values, np.zeros((10, 24, len(FLAGS))))
    assert clean(panel)[1] == []


# Comparison


@pytest.mark.parametrize("months", [20, 27, 33])
def test_a_month_is_judged_by_its_past_alone(world: World, ready: Prepared, months: int) -> None:
    shorter = prepare(first_months(world.panel, months), new_years())
    assert shorter.features.values == pytest.approx(ready.features.values[:, :months], abs=1e-9)
    expected = [i for i in ready.issues if month_number(i.month) < world.panel.first + months]
    assert set(shorter.issues) == set(expected)


def test_what_an_industry_shares_leaves_no_trace(ready: Prepared) -> None:
    before = adjust(ready.panel, new_years())
    groups = industry_numbers(ready.panel)
    assert groups.min() >= 0
    shared = np.exp(np.random.default_rng(4).normal(0, 0.3, (groups.max() + 1, ready.panel.months, 4)))
    after = adjust(ready.panel.with_values(ready.panel.values * shared[groups]), new_years())
    known = ~np.isnan(before.residual)
    assert after.residual[known] == pytest.approx(before.residual[known], abs=1e-6)


def test_small_industries_are_compared_with_wider_ones() -> None:
    codes = ["C2651"] * 9 + ["C2652"] * 3 + ["C2669"] * 6 + ["F5112"] * 2
    panel = Panel(
        tuple(map(str, range(20))), tuple(codes), 0, np.ones((20, 1, 4)), np.zeros((20, 1, len(FLAGS)))
    )
    groups = industry_numbers(panel)
    assert len(set(groups[:9])) == 1
    assert len(set(groups[9:18])) == 1  # C26
    assert groups[0] != groups[9]
    assert groups[18:].tolist() == [-1, -1]  # everybody


# Weights and explanation


def test_the_fit_is_the_ridge_logistic_of_a_known_library() -> None:
    random = np.random.default_rng(5)
    values = random.normal(0, 1, (600, 4))
    marks = (random.random(600) < 1 / (1 + np.exp(2 - values @ [1, 0, -1, 0.5]))).astype(float)
    mine = fit(tuple("abcd"), values, marks)
    theirs = LogisticRegression(C=1 / 20, tol=1e-10, max_iter=1000).fit(
        (values - mine.mean) / mine.spread, marks
    )
    assert mine.weight == pytest.approx(theirs.coef_[0], abs=1e-4)
    assert mine.bias == pytest.approx(theirs.intercept_[0], abs=1e-4)


def test_with_nothing_to_learn_the_prior_stays() -> None:
    prior = Weights(("a",), np.array([0.7]), np.zeros(1), np.ones(1), -1.0)
    moved = fit(("a",), np.zeros((5, 1)), np.zeros(5), prior=prior)
    assert moved.weight == pytest.approx(prior.weight)


def test_the_parts_add_up_to_the_score(ready: Prepared) -> None:
    weights = shipped_weights()
    scores = weights.scores(ready.features.values)
    for firm in range(0, 80, 9):
        told = explain(ready, weights, firm, 30)
        assert told.base + sum(part.points for part in told.parts) == pytest.approx(told.score, abs=1e-9)
        assert told.score == pytest.approx(scores[firm, 30], abs=1e-9)
        assert [part.points for part in told.parts] == sorted((p.points for p in told.parts), reverse=True)
    assert len(curve(ready, 3, "power")) == ready.panel.months


def test_shipped_weights_know_all_features(ready: Prepared) -> None:
    assert shipped_weights().names == ready.features.names


# The list


def test_the_list_never_exceeds_its_places_and_takes_the_best() -> None:
    random = np.random.default_rng(6)
    for _ in range(20):
        scores = random.normal(0, 1, (30, 14))
        alerts = best(scores, 1.7, range(2, 14), pause=3, clearly=1.0)
        rooms = places(1.7, 12)
        last: dict[int, tuple[int, float]] = {}
        for month in range(2, 14):
            chosen = {a.firm for a in alerts if a.month == month}
            free = [
                f for f in range(30)
                if f not in last or month - last[f][0] > 3 or scores[f, month] > last[f][1] + 1.0
            ]  # fmt: skip
            free.sort(key=lambda f: -scores[f, month])
            assert chosen == set(free[: rooms[month - 2]])
            last |= {f: (month, scores[f, month]) for f in chosen}
    assert sum(places(5, 12)) == 260


def test_one_limit_keeps_the_workload() -> None:
    scores = np.random.default_rng(8).normal(0, 1, (50, 12))
    limit = limit_for(scores, 1.0, range(12), None, 3, float("inf"))
    assert len(above(scores, limit, range(12), pause=3)) <= sum(places(1.0, 12))


def test_alerts_are_judged_between_onset_and_the_public_month() -> None:
    firms, first = ("a", "b", "c"), 2024 * 12
    events = [Event("a", first + 14, first + 17, "stop"), Event("b", first + 20, first + 22, "cash")]
    alerts = [Alert(0, 13, 1.0), Alert(0, 16, 2.0), Alert(0, 17, 2.0), Alert(1, 23, 1.0), Alert(2, 15, 1.0)]
    figures = judge(alerts, firms, events, first, range(12, 24)).figures()
    assert (figures["recall"], figures["found"], figures["events"]) == (0.5, 1, 2)
    assert figures["precision"] == pytest.approx(2 / 5)
    assert (figures["median_lead"], figures["mean_delay"]) == (1.0, 2.0)
    assert closed_months(firms, events, first, 24)[0, 17:].tolist() == [False] + [True] * 6
    assert np.nansum(labels(firms, events, first, 24)[0]) == 4


def test_ours_beats_every_rule_of_hand_on_an_unseen_county() -> None:
    days = new_years()
    unseen = [make_world(seed, 2021 * 12, days, PLAIN) for seed in (9001, 9002)]
    figures = evaluate([], [prepare(w.panel, days, w.events) for w in unseen], 5, prior=shipped_weights())
    assert figures["recall"] > 0.8
    for name in ("random", "yoy_power", "yoy_worst", "yoy_merged"):
        assert figures["recall"] > figures["baselines"][name]["recall"]
    assert figures["festival_ratio"] < figures["baselines"]["yoy_power"]["festival_ratio"]


def test_learning_from_own_labels_changes_the_weights(ready: Prepared) -> None:
    learnt = learn([ready], shipped_weights())
    assert learnt.names == shipped_weights().names
    assert not np.allclose(learnt.weight, shipped_weights().weight)
    counts = listed([ready], lambda w: learnt.scores(w.features.values), 1, 5, 3.0)
    assert counts.alerts <= sum(places(1, 12))


# Opportunity


def test_the_chance_of_entering_is_calibrated_by_last_year() -> None:
    random = np.random.default_rng(11)
    size = np.exp(random.normal(np.log(140), 0.5, 3000))[:, None]
    past, now = (size * np.exp(random.normal(0, 0.5, (3000, 12))) for _ in range(2))
    chance = entering.chances(now[:, :8], past, 2000.0)
    came = (now.sum(axis=1) >= 2000).astype(float)
    assert ((chance >= 0) & (chance <= 1)).all()
    order = np.argsort(entering.run_rate(now[:, :8]))
    assert (np.diff(chance[order]) >= -1e-12).all()
    assert chance.mean() == pytest.approx(came.mean(), abs=0.02)
    middle = (chance > 0.3) & (chance < 0.7)
    assert came[middle].mean() == pytest.approx(chance[middle].mean(), abs=0.12)


def test_without_last_year_no_chance_is_claimed() -> None:
    with pytest.raises(ValueError, match="上一年"):
        entering.chances(np.ones((3, 8)), np.full((3, 12), np.nan), 2000.0)


# Reading


def test_doubled_months_and_bad_cells_are_named_and_the_later_row_counts() -> None:
    text = "企业,行业,月份,用电量,开票额\na,C26,2025-01,100,5\na,C26,2025-01,120,5\na,C26,2025-13,1,1\nb,C26,2025-02,x,\n,C26,2025-02,3,\n"
    read = read_series(csv.reader(text.splitlines()))
    assert [(i.firm, i.kind, i.value) for i in read.issues] == [("a", "doubled", 120.0)]
    assert [line[:6] for line in read.refused] == ["第 4 行：", "第 5 行：", "第 6 行："]
    panel, _ = read_panel(csv.reader(text.splitlines()), None)
    assert panel.values[0, 0, 0] == 120.0
    with pytest.raises(Unreadable, match="month"):
        read_series([["firm", "power"]])


def test_events_without_months_are_public_after_half_a_year() -> None:
    events = read_events([["firm", "month"], ["a", "2025-03"]])
    assert events == [Event("a", month_number("2025-03"), month_number("2025-09"), "")]
    assert month_text(month_number("2025-12")) == "2025-12"


@pytest.mark.parametrize(
    "text",
    ["2026-03", "2026/3", "2026.03", "2026年3月", "2026年03月01日", "202603", "20260301", "2026-03-31"],
)
def test_a_month_is_read_as_people_write_it(text: str) -> None:
    assert month_said(text) == month_number("2026-03")


@pytest.mark.parametrize("text", ["", "三月", "2026", "2026-13", "26-03", "2026-x", "２０２６"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="不是月份"):
        month_said(text)


def test_headers_are_compared_without_case_brackets_and_underscores_in_any_order() -> None:
    rows = [["Power_KWh", " MONTH", "\ufeffFirm"], ["7", "2026/1", "a"], [], ["8", "2026年2月", "a"]]
    assert [(r[2], r[3], r[4]) for r in read_series(rows).rows] == [
        (month_number("2026-01"), 0, 7.0),
        (month_number("2026-02"), 0, 8.0),
    ]
    rows = [["参保人数（人）", "所属月份", "统一社会信用代码"], ["1,200", "202601", "a"]]
    assert read_series(rows).rows == [("a", "", month_number("2026-01"), 3, 1200.0)]


def test_a_year_that_cannot_be_is_refused_by_its_line_and_makes_no_wide_panel() -> None:
    rows = [["firm", "month", "power"], ["a", "2026-01", "1"], ["a", "2026-02", "2"], ["a", "9999-12", "3"]]
    panel, read = read_panel(rows, None)
    assert panel.months == 2
    assert read.refused == ["第 4 行：9999-12 与其他数据相隔二十年以上，请核对年份"]


def test_no_number_that_is_not_finite_enters_a_series() -> None:
    read = read_series([["firm", "month", "power"], ["a", "2026-01", "1e999"], ["a", "2026-02", "-inf"]])
    assert read.rows == []
    assert len(read.refused) == 2


def test_flags_are_read_in_chinese_and_an_unclear_one_is_named() -> None:
    assert [flag_kind(t) for t in ("addr", "COURT", "欠税", "股权变更", "变更", "", "火灾")] == [
        "addr", "court", "arrear", "equity", "", "", "",
    ]  # fmt: skip
    refused: list[str] = []
    rows = [
        ["firm", "month", "flag"],
        ["a", "2026-01", "变更"],
        ["a", "xx", "addr"],
        ["a", "2026-01", "欠薪线索"],
    ]
    assert read_flags(rows, refused) == [("a", month_number("2026-01"), "wage")]
    assert ["第 2 行" in refused[0], "第 3 行" in refused[1], len(refused)] == [True, True, 2]
