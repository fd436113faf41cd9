"""热点、预测、双重差分: against brute force and permutation, and honest where nothing happened."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.topics.effect import Seen, effect
from sanfu.kernel.topics.foreseeing import forecast, held
from sanfu.kernel.topics.scan import LEAST, Series, chance_of, hotspots, rates, volumes


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.sampled_from([0.01, 0.05, 0.2]))
def test_rates_name_what_the_textbook_names(chances: list[float], level: float) -> None:
    """Brute force: the largest k with the k-th smallest chance ≤ k·level/n; all up to it are named."""
    ranked = sorted(chances)
    last = max((k for k in range(1, len(ranked) + 1) if ranked[k - 1] <= k * level / len(ranked)), default=0)
    named = sum(rate <= level + 1e-12 for rate in rates(chances))
    assert abs(named - last) <= sum(
        math.isclose(ranked[k - 1], k * level / len(ranked)) for k in range(1, len(ranked) + 1)
    )


def test_the_tail_is_what_drawing_gives() -> None:
    rng = np.random.default_rng(3)
    size = 1.0 / (0.05 + 1.0 / (8 * 6.0))
    drawn = rng.negative_binomial(size, size / (size + 6.0), 200_000)
    for count in (3, 8, 14):
        assert abs((drawn >= count).mean() - chance_of(count, 6.0)) < 0.004


def quiet(rng: np.random.Generator, cells: int = 300, weeks: int = 20) -> list[Series]:
    means = rng.gamma(2.0, 2.0, cells)
    counts = rng.poisson(means[:, None], (cells, weeks))
    return [
        Series(f"题{n % 30}", f"镇{n // 30}", list(map(int, row)), int(row[-1]))
        for n, row in enumerate(counts)
    ]


def test_quiet_counties_have_hardly_any_hotspot_and_planted_ones_are_found() -> None:
    rng = np.random.default_rng(11)
    worlds = [quiet(rng) for _ in range(20)]
    assert sum(bool(hotspots(world)) for world in worlds) <= 3
    found = 0
    for world in worlds:
        one = world[7]
        world[7] = Series(one.topic, one.place, [*one.counts[:-1], one.counts[-1] + 25], one.counts[-1] + 25)
        found += any((h.topic, h.place) == (one.topic, one.place) for h in hotspots(world))
    assert found >= 19


def test_weeks_shuffled_make_the_same_false_hotspots_as_chance() -> None:
    """Permutation: with the weeks of each cell shuffled nothing is true, so any name is false."""
    rng = np.random.default_rng(23)
    named = 0
    for _ in range(20):
        world = quiet(rng, cells=150)
        mixed = [Series(s.topic, s.place, list(map(int, rng.permutation(list(s.counts)))), 99) for s in world]
        named += bool(hotspots(mixed))
    assert named <= 3


def test_one_person_makes_no_hotspot_and_a_campaign_is_none_of_one_place() -> None:
    rng = np.random.default_rng(5)
    world = quiet(rng, 60)
    one = world[3]
    world[3] = Series(one.topic, one.place, [*one.counts[:-1], 92], 1)
    assert not any(h.count == 92 for h in hotspots(world))
    whole = [Series(s.topic, s.place, [*s.counts[:-1], 2 * s.counts[-1]], 50) for s in quiet(rng, 60)]
    assert len(hotspots(whole)) <= 2
    assert LEAST == 5
    assert volumes(world)[0]["now"] >= volumes(world)[-1]["now"]  # type: ignore[operator]


def test_a_campaign_of_one_town_is_no_hotspot_and_an_event_in_it_is() -> None:
    """Most topics of a town up at once raise what is expected there; one that stands out of them is named still."""
    rng, named, found = np.random.default_rng(41), 0, 0
    for _ in range(10):
        world = quiet(rng)
        means = [float(np.mean(s.counts[:-1])) for s in world]
        for n in range(30):  # all topics of the first town, twice as many
            count = int(rng.poisson(2 * means[n]))
            world[n] = Series(world[n].topic, world[n].place, [*world[n].counts[:-1], count], count)
        named += len(hotspots(world))
        count = int(10 * max(means[7], 1.0)) + 25
        world[7] = Series(world[7].topic, world[7].place, [*world[7].counts[:-1], count], count)
        found += ("题7", "镇0") in {(h.topic, h.place) for h in hotspots(world)}
    assert named <= 3
    assert found >= 9


@pytest.mark.slow
def test_forecasts_hold_over_rolling_origins() -> None:
    """Stationary, drifting and bursting series: better than last week's count, the band holds about four of five."""
    rng = np.random.default_rng(2)
    inside, errors = [], []
    for kind in range(12):
        level = (
            20
            + (np.cumsum(rng.normal(0, 1.0, 60)) if kind % 3 == 1 else 0)
            + (15 * (np.arange(60) % 13 == 0) if kind % 3 == 2 else 0)
        )
        counts = list(map(int, rng.poisson(np.maximum(level, 1) * np.ones(60))))
        one = held(counts)
        assert one.origins >= 26
        inside.append(one.inside)
        errors.append(one.mase)
    assert 0.7 <= np.mean(inside) <= 0.9
    assert np.mean(errors) <= 0.85
    assert forecast([0] * 20).low == 0


def test_a_wave_is_followed() -> None:
    """A wave that rises and falls over twenty weeks: nearer than last week's count, which is always a week behind."""
    wave = [int(20 + 180 * np.exp(-(((n - 30) / 6) ** 2))) for n in range(52)]
    assert held(wave, first=20).mase < 0.9


def test_a_measure_that_helped_and_one_that_did_not() -> None:
    rng = np.random.default_rng(8)
    others = list(map(int, rng.poisson(60, 24)))
    helped = list(map(int, [*rng.poisson(40, 12), *rng.poisson(18, 12)]))
    assert effect(helped, others, 12).seen is Seen.LESS
    assert effect([3] * 24, [0] * 24, 12).seen is Seen.TOO_LITTLE
    # Everything fell: with nothing done the same would have happened.
    falling = list(map(int, [*rng.poisson(40, 12), *rng.poisson(20, 12)]))
    with_it = list(map(int, [*rng.poisson(80, 12), *rng.poisson(40, 12)]))
    assert effect(falling, with_it, 12).seen is Seen.NOTHING


def test_nothing_done_is_called_an_effect_one_time_in_twenty_at_most() -> None:
    rng = np.random.default_rng(9)
    said = [
        effect(list(map(int, rng.poisson(30, 20))), list(map(int, rng.poisson(90, 20))), 10).seen
        for _ in range(400)
    ]
    assert sum(one is not Seen.NOTHING for one in said) <= 28
