"""Published bulletins recomputed: what fits is reproduced, what does not is named, what cannot be known stays open."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.adapters.commandline.main import ANSWER_IS_NO, BAD_INPUT, OK, main
from sanfu.measure.published.check import check_cases
from sanfu.measure.published.checked import Checked, Result
from sanfu.measure.published.identify import scorings_of, weights_of
from sanfu.measure.published.reading import BadCase, evaluate, percent_in, scorings, stated
from sanfu.measure.rules import Scoring, rounded

GOLDEN = Path(__file__).parents[1] / "golden"


def only(case: dict[str, Any]) -> Checked:
    (report,) = check_cases([case])
    (figure,) = report.figures
    return figure


@pytest.mark.parametrize(
    ("case", "result", "difference"),
    [
        ({"metric": "率", "num": 2, "den": 3, "published_pct": "66.67"}, Result.REPRODUCED, 0),
        ({"metric": "率", "num": 2, "den": 3, "published_pct": "66.7"}, Result.REPRODUCED, 0),
        ({"metric": "率", "num": 1, "den": 8, "published_pct": "12.4"}, Result.INCONSISTENT, Fraction(-1, 10)),
        ({"metric": "率", "num": "3.51", "den": "4.02", "published_pct": "87.2"}, Result.REPRODUCED, 0),
        ({"metric": "率", "num": 5, "den": 0, "published_pct": 0}, Result.UNEXPLAINED, None),
        ({"metric": "合计", "parts": {"甲": 40, "乙": 55}, "published_total": 96}, Result.INCONSISTENT, 1),
        ({"metric": "合计", "parts": [40, 55], "published_total": 95}, Result.REPRODUCED, 0),
        ({"metric": "满意率", "formula": "(抽查−不满意)/抽查", "抽查": 400, "不满意": 9, "published": 97.75},
         Result.REPRODUCED, 0),
        ({"metric": "受理", "formula": "受理=直办+交办", "published": {"受理": 100, "直办": 60, "交办": 30}},
         Result.INCONSISTENT, 10),
        ({"metric": "满意率", "published": {"满意率": 97.7}}, Result.UNCHECKED, None),
    ],
)  # fmt: skip
def test_one_figure(case: dict[str, Any], result: Result, difference: Any) -> None:
    found = only(case)
    assert (found.result, found.difference) == (result, difference)


def test_cut_off_digits_are_said() -> None:
    found = only({"metric": "率", "num": 9, "den": 11, "published_pct": "81.81"})
    assert found.result is Result.REPRODUCED
    assert "截断" in found.note


SCORED = {
    "place": "某市（演示）",
    "columns": ["月份", "指标", "值", "得分"],
    "inferred_rules": {"签收率": "满分8，目标T，每低1个百分点扣0.5，最低2；T=90（上半年），T=96（下半年）"},
    "rows": [["5月", "签收率", 84, 5], ["9月", "签收率", 90, 5], ["9月", "签收率", 94, 7]],
    "totals": {
        "rows": [["9月", "甲局", {"签收(90%)": 3, "共同": 1}, 96], ["9月", "乙局", {"签收(94%)": 1}, 98]],
        "unexplained": [["9月", "丙局", 91.5]],
    },
    "reproduced": "3/3",
}


def test_scores_by_told_rules_with_open_targets() -> None:
    (report,) = check_cases({"cases": [SCORED]})
    results = [one.result for one in report.figures]
    assert results[:3] == [Result.REPRODUCED] * 3
    assert results[3:] == [Result.REPRODUCED, Result.INCONSISTENT, Result.UNEXPLAINED]
    assert report.figures[4].difference == -1
    assert report.as_said


def test_scores_without_rules_need_interior_points() -> None:
    rows = [["签收", 84, 5], ["签收", 90, 8], ["签收", 86, 6], ["签收", 20, 0]]
    (report,) = check_cases([{"place": "某市", "columns": ["指标", "值", "得分"], "rows": rows}])
    assert {one.result for one in report.figures} == {Result.REPRODUCED}
    (report,) = check_cases([{"place": "某市", "columns": ["指标", "值", "得分"], "rows": rows[3:]}])
    assert {one.result for one in report.figures} == {Result.UNEXPLAINED}


def test_composites_by_formula_and_by_search() -> None:
    rates = [(90, 80), (70, 95), (85, 85), (99, 60), (77, 91), (93, 72)]
    rows = [
        [f"{n}区", a, b, float(Fraction(a, 5) + Fraction(3 * b, 10) + 50)] for n, (a, b) in enumerate(rates)
    ]
    told = {
        "place": "某市",
        "columns": ["区", "办结率", "满意率", "综合得分"],
        "rows": rows,
        "reproduced": "6/6",
    }
    for extra in ({"formula": "0.2办结+0.3满意+0.5(其余)"}, {}):
        (report,) = check_cases([told | extra])
        assert {one.result for one in report.figures} == {Result.REPRODUCED}
        assert report.as_said
    rows[0][3] += 1
    (report,) = check_cases([told | {"formula": "0.2办结+0.3满意+0.5(其余)"}])
    assert report.figures[0].difference == 1
    assert not report.as_said


def test_too_few_composites_identify_nothing() -> None:
    rows = [["甲", 90, 80, 92], ["乙", 70, 95, 92.5], ["丙", 60, 60, 80]]
    (report,) = check_cases([{"place": "某市", "columns": ["区", "办结", "满意", "总分"], "rows": rows}])
    assert {one.result for one in report.figures} == {Result.UNEXPLAINED}


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from([10, 20, 25]), st.sampled_from([90, 95, 98]), st.sampled_from(["0.5", "1", "2"]),
    st.lists(st.integers(0, 100), min_size=3, max_size=8),
)  # fmt: skip
def test_the_true_rule_is_among_the_identified(full: int, target: int, cost: str, rates: list[int]) -> None:
    rule = Scoring(Fraction(full), Fraction(target), Fraction(cost), Fraction(0))
    points = [(Fraction(rate), Fraction(rounded(rule.score(Fraction(rate)), 2))) for rate in rates]
    assert rule in scorings_of(points, Fraction(1, 100)).fits


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10), st.integers(0, 10), st.randoms(use_true_random=False))
def test_the_true_weights_are_among_the_identified(one: int, other: int, dice: Any) -> None:
    weights = (Fraction(one, 20), Fraction(other, 20))
    rows = [[Fraction(dice.randint(50, 100)) for _ in weights] for _ in range(7)]
    totals = [sum((w * x for w, x in zip(weights, row, strict=True)), Fraction(10)) for row in rows]
    assert weights in {found.weights for found in weights_of(rows, totals, Fraction(1, 100))}


def test_formulas_rules_and_labels_are_read() -> None:
    values = {"抽查": Fraction(100), "不满意": Fraction(3)}
    assert evaluate("（抽查－不满意）÷抽查", values) == Fraction(97, 100)
    with pytest.raises(BadCase):
        evaluate("办结/抽查", values)
    assert scorings("满分10，目标95%，每低1个百分点扣1，最低0") == [
        Scoring(Fraction(10), Fraction(95), Fraction(1), Fraction(0))
    ]
    assert percent_in("签收(6/7)") == Fraction(600, 7)
    assert percent_in("共同") is None
    assert stated("2019-06") is None
    assert stated("1,484.36万件") is not None


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = {
        "place": "某县",
        "metric": "合计",
        "parts": [1, 2],
        "published_total": 5,
        "reproduced": False,
        "difference": 2,
    }
    path = tmp_path / "cases.json"
    path.write_text(json.dumps([good]), encoding="utf-8")
    assert main(["indicators", "check", str(path), "--json"]) == OK
    (case,) = json.loads(capsys.readouterr().out)["cases"]
    assert (case["result"], case["difference"], case["place"]) == ("inconsistent", 2, "某县")
    path.write_text(json.dumps([good | {"reproduced": True}]), encoding="utf-8")
    assert main(["indicators", "check", str(path)]) == ANSWER_IS_NO
    path.write_text("{", encoding="utf-8")
    assert main(["indicators", "check", str(path)]) == BAD_INPUT
    path.write_text("[]", encoding="utf-8")
    assert main(["indicators", "check", str(path)]) == BAD_INPUT
    assert "没有案例" in capsys.readouterr().err


CITIES = yaml.safe_load((GOLDEN / "published_cities.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "city", CITIES, ids=[f"{n} {one['case']['place']}" for n, one in enumerate(CITIES, 1)]
)
def test_cities_with_other_schemes(city: dict[str, Any]) -> None:
    """No total that does not follow from its parts is ever called consistent."""
    outcome, (report,) = city["outcome"], check_cases(city["case"])
    wanted = outcome if len(outcome) == len(report.figures) else outcome * len(report.figures)
    for figure, said in zip(report.figures, wanted, strict=True):
        assert figure.result.value in said.split("|"), (figure.metric, figure.note)
        assert figure.result is not Result.INCONSISTENT or figure.difference
    assert report.as_said
