"""抽签: the same draw can be made again by anybody, nobody can steer it, everybody in a stratum has the same chance."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanfu.kernel.drawing import (
    Candidate,
    Drawn,
    DrawRefused,
    Rule,
    commit,
    draw,
    list_digest,
    seats_of,
    verify,
)

NAMES = ("规上", "小微", "外资")
lists = st.lists(st.sampled_from(NAMES), min_size=1, max_size=40).map(
    lambda names: [Candidate(f"F{n}", name) for n, name in enumerate(names)]
)


def drawn(candidates: list[Candidate], rule: Rule, seed: str = "s", public: str = "") -> Drawn:
    return draw(
        candidates, rule, seed, commitment=commit(seed), frozen=list_digest(candidates, rule), public=public
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lists, st.integers(0, 50), st.integers(0, 3), st.sets(st.integers(0, 39)), st.randoms())
def test_a_draw_fills_its_seats_keeps_the_least_and_is_the_same_from_any_order(
    candidates, seats, least, out, chance
) -> None:  # type: ignore[no-untyped-def]
    rule = Rule(seats, {name: min(least, seats // 3) for name in NAMES}, frozenset(f"F{n}" for n in out))
    result = drawn(candidates, rule)
    open_ = [one for one in candidates if one.code not in rule.sitting_out]
    assert len(result.invited) == min(seats, len(open_))
    assert not set(result.invited) & rule.sitting_out
    assert sorted(result.invited + result.reserves) == sorted(one.code for one in open_)
    stratum = {one.code: one.stratum for one in candidates}
    taken = Counter(stratum[code] for code in result.invited)
    for name, size in Counter(one.stratum for one in open_).items():
        assert taken[name] >= min(rule.least[name], size)
    assert verify(candidates, rule, "s", result) == ""
    shuffled = list(candidates)
    chance.shuffle(shuffled)
    assert drawn(shuffled, rule) == result


def test_seats_beyond_the_least_follow_size() -> None:
    candidates = [Candidate(f"A{n}", "规上") for n in range(40)] + [
        Candidate(f"B{n}", "小微") for n in range(160)
    ]
    candidates += [Candidate(f"C{n}", "外资") for n in range(5)]
    assert seats_of(candidates, Rule(20, {"外资": 2})) == {"外资": 2, "小微": 14, "规上": 4}


def test_another_seed_a_changed_list_or_a_changed_result_is_seen() -> None:
    candidates = [Candidate(f"F{n}", NAMES[n % 3]) for n in range(30)]
    rule = Rule(6)
    result = drawn(candidates, rule)
    with pytest.raises(DrawRefused, match="种子"):
        draw(candidates, rule, "t", commitment=commit("s"), frozen=list_digest(candidates, rule))
    with pytest.raises(DrawRefused, match="变动"):
        draw(candidates[1:], rule, "s", commitment=commit("s"), frozen=list_digest(candidates, rule))
    with pytest.raises(DrawRefused, match="两次"):
        drawn([*candidates, candidates[0]], rule)
    with pytest.raises(DrawRefused, match="保底"):
        drawn(candidates, Rule(2, {"规上": 2, "小微": 1}))
    swapped = replace(result, invited=(result.reserves[0], *result.invited[1:]))
    assert "受邀名单" in verify(candidates, rule, "s", swapped)
    assert verify(candidates, replace(rule, seats=7), "s", result)
    assert drawn(candidates, rule, public="2026-11-30 3D 123").invited != result.invited


def test_every_firm_of_a_stratum_has_the_same_chance() -> None:
    candidates = [Candidate(f"F{n}", "小微" if n < 20 else "规上") for n in range(30)]
    rule = Rule(9, {"规上": 3})
    times: Counter[str] = Counter()
    for n in range(3000):
        times.update(drawn(candidates, rule, f"seed {n}").invited)
    seats = seats_of(candidates, rule)
    for name, size in (("小微", 20), ("规上", 10)):
        expected = 3000 * seats[name] / size
        spread = 4.5 * (expected * (1 - seats[name] / size)) ** 0.5
        found = [times[one.code] for one in candidates if one.stratum == name]
        assert max(abs(count - expected) for count in found) < spread
