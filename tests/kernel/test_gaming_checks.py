"""防注水: the law against a plain sum, planted cheats found in an untouched county, honest ones let be, sheets read."""

from math import comb, isclose

import numpy as np
import pytest
from scipy.special import beta

from sanfu.kernel.gaming.baselines import fit, tails
from sanfu.kernel.gaming.checks import CHECKS
from sanfu.kernel.gaming.finding import clues
from sanfu.kernel.gaming.model import Handled
from sanfu.kernel.gaming.reading import BadCases, read_cases
from sanfu.kernel.gaming.worlds import COUNTIES, STRENGTHS, made


@pytest.mark.parametrize(("rows", "share", "weight"), [(1, 0.5, 5.0), (12, 0.1, 20.0), (40, 0.02, 300.0)])
def test_tails_are_the_plain_sums(rows: int, share: float, weight: float) -> None:
    a, b = share * weight, (1 - share) * weight
    law = [comb(rows, k) * beta(k + a, rows - k + b) / beta(a, b) for k in range(rows + 1)]
    found = tails(rows, share, weight)
    assert all(isclose(found[k], min(sum(law[k:]), 1.0), abs_tol=1e-9) for k in range(rows + 1))


def test_a_few_planted_unit_months_widen_nothing() -> None:
    rng = np.random.default_rng(5)
    rows = np.full(200, 80.0)
    hits = rng.binomial(80, rng.beta(0.1 * 60, 0.9 * 60, 200)).astype(float)
    planted = hits.copy()
    planted[:12] = 45
    clean, spoiled = (fit(some, rows, np.ones(200)) for some in (hits, planted))
    assert abs(clean.mean - spoiled.mean) < 0.015
    assert spoiled.weight > clean.weight / 2


def test_checks_pick_what_they_say() -> None:
    def one(**more: object) -> Handled:
        return Handled("x", "u", "m", **more)  # type: ignore[arg-type]

    same = [one(device="d"), one(device="d"), one(device="e"), one()]
    rows, hits = CHECKS["device"].pick(same)
    assert (len(rows), len(hits)) == (3, 1)
    edge = [one(closed=0.97), one(closed=1.01), one(closed=0.5), one()]
    rows, hits = CHECKS["deadline"].pick(edge)
    assert (len(rows), len(hits)) == (3, 1)
    said = "经现场查看，问题属实，已督促责任单位整改到位并当面告知诉求人处理结果和依据，诉求人表示认可"
    rows, hits = CHECKS["copied"].pick([one(answer=f"{said}{n}号") for n in range(3)] + [one(answer="已办")])
    assert (len(rows), len(hits)) == (4, 3)


def test_a_sheet_is_read_and_bad_cells_are_named() -> None:
    head = "工单编号,承办单位,受理时间,应办结时间,办结时间,退单,自访满意,随机复访\n"
    (one,) = read_cases(
        (head + "A1,城管,2026-03-02 09:00,2026-03-07 09:00,2026-03-06 09:00,否,是,不满意\n").encode(), "x.csv"
    )
    assert (one.closed, one.own_call, one.recall, one.month) == (0.8, True, False, "2026-03")
    with pytest.raises(BadCases, match="缺少列：到期"):
        read_cases("编号,单位,开始\n1,2,3\n".encode(), "x.csv")
    with pytest.raises(BadCases, match="第2行“退单”"):
        read_cases((head + "A1,城管,2026-03-02,2026-03-07,,也许,,\n").encode(), "x.csv")
    with pytest.raises(BadCases, match="第2行"):
        read_cases((head + "A1,城管,2026-03-02,2026-03-01,,,,\n").encode(), "x.csv")


def test_few_units_accuse_nobody() -> None:
    cases = [Handled(str(n), "u", "2026-01", closed=0.99) for n in range(50)]
    assert not clues(cases)


@pytest.mark.slow
def test_planted_cheats_of_an_untouched_county_are_found() -> None:
    """One small county of a kind that no threshold was chosen on; `sanfu gaming trial` prints the figures."""
    world = made(COUNTIES["E"], 41, strength=2)
    said = {(one.unit, one.month, one.check) for one in clues(world.cases) if one.alarm}
    found = sum((*key, code) in said for key, code in world.planted.items())
    fair = {(one.unit, one.month) for one in world.cases} - set(world.planted)
    assert found / len(world.planted) >= 0.75
    assert len(fair & {(u, m) for u, m, _ in said}) / len(fair) <= 0.07
    assert STRENGTHS[1] < STRENGTHS[2] < STRENGTHS[3]
