"""Needs and offers: no violated hard constraint is ever shown, unknown ones are marked, words decide the order."""

from datetime import date, timedelta
from fractions import Fraction
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.research.matching import (
    Bound,
    Need,
    Offer,
    Offers,
    constraints,
    need_of,
    offer_of,
    words_of,
)
from tests.kernel.research_world import bm25, gold, kappa, scores

DAY = date(2026, 6, 1)
TOOLS = ["扫描电镜", "三坐标测量机", "疲劳试验机"]
TOPICS = ["精密减速器疲劳寿命", "锂电池隔膜涂覆", "铝合金压铸缺陷", "机器视觉检测", "生物可降解薄膜"]
AMOUNT = st.none() | st.integers(1, 5).map(lambda n: Fraction(n * 10**5))
WHEN = st.none() | st.integers(0, 400).map(lambda n: DAY + timedelta(days=n))
HELD = st.lists(st.sampled_from(TOOLS), unique=True, max_size=2).map(tuple)
NEEDS = st.builds(Need, st.just("N"), st.sampled_from(TOPICS), st.just(""), AMOUNT, WHEN, st.booleans(), HELD, st.none() | st.integers(1, 9))  # fmt: skip
OFFERS = st.builds(
    lambda title, least, ready, keeps, held, level: Offer("O", title, "", "team", least, ready, keeps, held, level),
    st.sampled_from(TOPICS), AMOUNT, WHEN, st.none() | st.booleans(), st.none() | HELD, st.none() | st.integers(1, 9),
)  # fmt: skip


def broken(need: Need, offer: Offer) -> bool:
    """The oracle: said in one breath, apart from the code."""
    return (
        (need.budget is not None and offer.least is not None and offer.least > need.budget)
        or (need.by is not None and offer.ready is not None and offer.ready > need.by)
        or (need.secret and offer.keeps_secrets is False)
        or (offer.equipment is not None and not set(need.equipment) <= set(offer.equipment))
        or (need.readiness is not None and offer.readiness is not None and offer.readiness < need.readiness)
    )


@settings(max_examples=60, deadline=None)
@given(NEEDS, st.lists(OFFERS, max_size=6))
def test_nothing_that_breaks_a_constraint_is_shown_and_nothing_else_is_hidden(
    need: Need, offers: list[Offer]
) -> None:
    held = Offers(offers)
    shown = [one.offer for one in held.match(need)]
    out = [one for one, _ in held.left_out(need)]
    assert not any(broken(need, one) for one in shown)
    assert all(broken(need, one) for one in out)
    shares = [one for one in offers if set(words_of(one.title)) & set(words_of(need.title))]
    assert [one for one in shares if not broken(need, one) and one not in shown] == []


def test_the_offer_that_says_the_words_comes_first_and_says_which() -> None:
    offers = Offers(
        Offer(f"O{n}", title, text)
        for n, (title, text) in enumerate(
            [
                ("减速器团队", "齿轮传动、疲劳寿命试验"),
                ("电池隔膜团队", "涂覆工艺"),
                ("通用检测平台", "疲劳试验机"),
            ]
        )
    )
    found = offers.match(Need("N", "精密减速器疲劳寿命不够", "齿轮点蚀"))
    assert [one.offer.code for one in found] == ["O0", "O2"]
    assert "减速" in found[0].words
    assert offers.match(Need("N", "完全无关 xyz")) == []


def test_a_team_that_speaks_of_the_method_is_found_through_one_that_names_the_trouble() -> None:
    offers = Offers(
        [
            Offer("O0", "齿轮团队", "解决齿面点蚀；齿轮修形设计"),
            Offer("O1", "修形研究所", "齿轮修形与接触疲劳"),
            *(Offer(f"X{n}", f"无关{n}", f"别的课题{n}") for n in range(8)),
        ]
    )
    found = offers.match(Need("N", "齿面早期点蚀"))
    assert [one.offer.code for one in found] == ["O0", "O1"]
    assert found[1].words == ()
    assert "修形" in found[1].near


def test_the_ranking_beats_one_round_of_words_on_the_graded_gold() -> None:
    world = gold(11, needs=96, offers=100)
    counted = Offers(world.offers)
    ours = list(scores(world, lambda need: [one.offer.code for one in counted.match(need)]))
    plain = list(scores(world, bm25(world)))
    assert not any(bad for _, _, bad in ours)
    assert mean(score for _, score, _ in ours) > mean(score for _, score, _ in plain) + 0.05
    assert 0.6 < kappa(world) < 1.0


def test_an_unknown_constraint_is_marked_and_at_the_bound_is_kept() -> None:
    need = Need("N", "减速器", "", Fraction(10**6), DAY)
    same = constraints(need, Offer("O", "减速器", least=Fraction(10**6), ready=DAY))
    assert {one.bound for one in same} == {Bound.KEPT}
    late = constraints(need, Offer("O", "减速器", least=Fraction(10**6), ready=DAY + timedelta(days=1)))
    assert [one.about for one in late if one.bound is Bound.BROKEN] == ["日期"]
    assert Offers([Offer("O", "减速器")]).match(need)[0].open == ("预算", "日期")


@pytest.mark.parametrize(
    "raw", [{}, {"title": "a", "预算": "-1万元"}, {"title": "a", "期限": "明年"}, {"title": "a", "trl": 12}]
)
def test_a_bad_row_is_refused_with_words(raw: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"[一-鿿]"):
        need_of(raw, 1)
    assert offer_of({"名称": "团队", "设备": "扫描电镜、疲劳试验机", "费用": 30}, 1).least == Fraction(
        300_000
    )
