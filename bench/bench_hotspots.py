"""Planted events found and false ones named, week by week: topic × town counts of invented counties, beside plain rules.

Three kinds of background: chance alone, weeks more uneven than chance, and a campaign that raises a whole county. In
each world some cells get more messages of many persons, and one gets a flood from one person, which is no hotspot.
"""

import argparse
from collections.abc import Callable, Sequence

import numpy as np
from scipy.stats import poisson

from bench.report import Row, publish
from sanfu.kernel import hotspots as windows
from sanfu.kernel.topics.scan import LEAST, Series, hotspots

TOPICS, TOWNS, WEEKS = 30, 10, 20
PLANTED = 4  # events of a world
STRENGTHS = (2.0, 3.0, 5.0)  # how much of the usual an event adds
Way = Callable[[Sequence[Series]], set[tuple[str, str]]]


def scan(world: Sequence[Series]) -> set[tuple[str, str]]:
    return {(one.topic, one.place) for one in hotspots(world)}


def two_windows(world: Sequence[Series]) -> set[tuple[str, str]]:
    """The last week beside the week before, as the page of hotspots does."""
    now = [(s.place, s.topic) for s in world for _ in range(s.counts[-1])]
    before = [(s.place, s.topic) for s in world for _ in range(s.counts[-2])]
    return {(one.kind, one.place) for one in windows.hotspots(now, before) if one.surge}


def three_sigma(world: Sequence[Series]) -> set[tuple[str, str]]:
    found = set()
    for s in world:
        past = np.array(s.counts[-9:-1])
        if s.counts[-1] >= LEAST and s.counts[-1] > past.mean() + 3 * max(past.std(ddof=1), 0.5):
            found.add((s.topic, s.place))
    return found


def doubled(world: Sequence[Series]) -> set[tuple[str, str]]:
    return {(s.topic, s.place) for s in world if s.counts[-1] >= max(LEAST, 2 * s.counts[-2])}


def one_percent(world: Sequence[Series]) -> set[tuple[str, str]]:
    """Poisson tail below one percent, cell by cell, no control over all."""
    found = set()
    for s in world:
        mean = max(float(np.mean(s.counts[-9:-1])), 0.1)
        if s.counts[-1] >= LEAST and poisson.sf(s.counts[-1] - 1, mean) < 0.01:
            found.add((s.topic, s.place))
    return found


WAYS: dict[str, Way] = {
    "ours, eight weeks and persons": scan, "ours, two windows": two_windows, "mean + 3 deviations": three_sigma,
    "doubled against last week": doubled, "Poisson 1 %, uncontrolled": one_percent,
}  # fmt: skip


def county(rng: np.random.Generator, uneven: float, campaign: float, towns: int = TOWNS) -> list[Series]:
    """towns: how many of them, from the first on, the campaign of the last week raises."""
    means = rng.gamma(2.0, 2.0, TOPICS * TOWNS)[:, None] * np.ones(WEEKS)
    means[: TOPICS * towns, -1] *= campaign
    if uneven:
        means = means * rng.gamma(1 / uneven, uneven, means.shape)
    counts = rng.poisson(means)
    return [
        Series(f"题{n % TOPICS}", f"镇{n // TOPICS}", list(map(int, row)), int(row[-1])) for n, row in enumerate(counts)
    ]  # fmt: skip


def planted(rng: np.random.Generator, world: list[Series], strength: float) -> set[tuple[str, str]]:
    """Raise some cells; one more gets as many from a single person."""
    chosen = rng.choice(len(world), PLANTED + 1, replace=False)
    for place in chosen:
        one = world[place]
        more = max(LEAST, round(strength * max(float(np.mean(one.counts[:-1])), 1.0)))
        alone = place == chosen[-1]
        counts = [*one.counts[:-1], one.counts[-1] + more]
        world[place] = Series(one.topic, one.place, counts, one.counts[-1] // 4 + 1 if alone else counts[-1])
    return {(world[place].topic, world[place].place) for place in chosen[:-1]}


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="hotspots", description=__doc__)
    parser.add_argument(
        "--worlds", type=int, default=60, help="counties of each kind and strength (default 60)"
    )
    parser.add_argument("--seed", type=int, default=16, help="worlds of another draw (default 16)")
    args = parser.parse_args(words)
    rows: list[Row] = []
    for name, uneven, campaign, towns in (
        ("chance alone", 0.0, 1.0, TOWNS), ("uneven weeks", 0.05, 1.0, TOWNS),
        ("campaign, all half as much again", 0.05, 1.5, TOWNS), ("campaign of one town, twice as much", 0.05, 2.0, 1),
    ):  # fmt: skip
        for way, work in WAYS.items():
            rng = np.random.default_rng(args.seed)
            hits = dict.fromkeys(STRENGTHS, 0)
            shares, named = [], 0
            for strength in STRENGTHS:
                for _ in range(args.worlds):
                    world = county(rng, uneven, campaign, towns)
                    true = planted(rng, world, strength)
                    found = work(world)
                    hits[strength] += len(found & true)
                    shares.append(len(found - true) / len(found) if found else 0.0)
            quiet = [county(rng, uneven, campaign, towns) for _ in range(args.worlds)]
            named = sum(len(work(world)) for world in quiet)
            rows.append(
                {
                    "way": f"{name}: {way}",
                    **{f"recall % at +{s:g}×": 100 * hits[s] / (PLANTED * args.worlds) for s in STRENGTHS},
                    "false among named %": 100 * float(np.mean(shares)),
                    "false a quiet week": named / args.worlds,
                }
            )
    notes = [
        f"{TOPICS} topics × {TOWNS} towns, {PLANTED} events a world, {args.worlds} worlds of each strength; invented (演示).",
        "No public set with labelled events is at hand here (the 泰迪杯 messages are not): grouping of texts is measured "
        "on synthetic ones by `events`.",
    ]
    publish("hotspots", "Planted hotspots", rows, label="way", value="false among named %", notes=notes)
    return 0
