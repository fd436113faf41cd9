"""产学研: nDCG@10 and broken constraints of our matching beside BM25 and TF-IDF, on graded gold made from written grades."""

import argparse
from collections.abc import Callable
from statistics import mean

from bench.report import Row, publish
from sanfu.kernel.research.matching import Need, Offers
from tests.kernel.research_world import Gold, bm25, gold, kappa, scores

Rank = Callable[[Need], list[str]]
WORLDS = (
    ("320 needs × 200 teams, seeds 1–3 (looked at)", (1, 2, 3), 200),
    ("320 needs × 200 teams, seeds 101–105 (untouched)", (101, 102, 103, 104, 105), 200),
    ("320 needs × 48 teams, each alone in its topic (untouched)", (201, 202, 203), 48),
)


def ours(world: Gold) -> Rank:
    """Our matching as a ranking of codes."""
    counted = Offers(world.offers)
    return lambda need: [one.offer.code for one in counted.match(need)]


METHODS: dict[str, Callable[[Gold], Rank]] = {
    "ours": ours,
    "BM25": bm25,
    "BM25, broken constraints taken out": lambda world: bm25(world, within=True),
    "TF-IDF": lambda world: bm25(world, weight=True),
    "TF-IDF, broken constraints taken out": lambda world: bm25(world, within=True, weight=True),
}


def main(words: list[str]) -> int:
    """Run every world and method; the readings' agreement stands beside."""
    argparse.ArgumentParser(prog="research").parse_args(words)
    rows: list[Row] = []
    raw = []
    for label, seeds, offers in WORLDS:
        worlds = [gold(seed, offers=offers) for seed in seeds]
        agreed = mean(kappa(world) for world in worlds)
        for name, method in METHODS.items():
            found = [one for world in worlds for one in scores(world, method(world))]
            values = [score for _, score, _ in found]
            bad = sum(one[2] for one in found)
            rows.append({"world": label, "method": name, "nDCG@10": mean(values), "broken in the first ten": bad, "needs": len(found), "agreement of readings": agreed})  # fmt: skip
            raw.append({"world": label, "method": name, "ndcg": [round(value, 4) for value in values]})
    notes = [
        "Grades are written rules of two readings over invented topics (tests/kernel/research_gold.yaml), not firms' judgement.",
        "Nothing of the method is fitted; worlds with several teams a topic favour a second round of words, so the third stands beside.",
    ]
    publish(
        "research", "Research needs and offers", rows, label="method", value="nDCG@10", notes=notes, raw=raw
    )
    return 0
