"""Graded gold for 产学研: needs and teams made from written topics, with grades of two readings.

The grades are written rules over the topics, not the judgement of real firms; a hard constraint that is broken makes 0.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import log, log2
from pathlib import Path
from typing import Any

import yaml

from sanfu.kernel.research.matching import Bound, Need, Offer, constraints, words_of

DAY = date(2026, 6, 1)
MATERIAL = Path(__file__).with_name("research_gold.yaml")
BEST = 3


@dataclass(frozen=True)
class Gold:
    """Needs, offers, and the grade of each pair in both readings: grades[need][offer] → (first, second)."""

    needs: tuple[Need, ...]
    offers: tuple[Offer, ...]
    grades: dict[str, dict[str, tuple[int, int]]]
    topics: dict[str, str]

    def grade(self, need: str, offer: str) -> float:
        """The mean of both readings."""
        return sum(self.grades[need].get(offer, (0, 0))) / 2


def gold(seed: int, needs: int = 320, offers: int = 200) -> Gold:
    """A world of a seed: every topic has needs and teams, teams may have a second topic."""
    raw: dict[str, Any] = yaml.safe_load(MATERIAL.read_text())
    draw = random.Random(seed)
    of_field = {topic: field for field, topics in raw["fields"].items() for topic in topics}
    words = {topic: said for topics in raw["fields"].values() for topic, said in topics.items()}
    topics = sorted(of_field)
    made_offers: list[Offer] = []
    about: dict[str, tuple[str, str]] = {}
    for place in range(offers):
        first = topics[place % len(topics)]
        second = draw.choice([one for one in topics if one != first]) if draw.random() < 0.4 else ""
        offer = _offer(f"O{place:03d}", first, second, words, raw, draw)
        made_offers.append(offer)
        about[offer.code] = (first, second)
    made_needs, grades, of_need = [], {}, {}
    for place in range(needs):
        topic = topics[place % len(topics)]
        need = _need(f"N{place:03d}", topic, words, raw, draw)
        made_needs.append(need)
        of_need[need.code] = topic
        grades[need.code] = {
            offer.code: _grades(topic, about[offer.code], need, offer, raw, of_field) for offer in made_offers
        }
    return Gold(tuple(made_needs), tuple(made_offers), grades, of_need)


def _offer(code: str, first: str, second: str, words: Any, raw: Any, draw: random.Random) -> Offer:
    said = draw.sample(words[first]["offer"], draw.choice([1, 2, 2]))
    text = [*said, *(draw.sample(words[second]["offer"], 1) if second else ()), draw.choice(raw["boasts"])]
    if draw.random() < 0.5:  # half of the teams also name the trouble they solve, in firms' words
        text.append("解决" + draw.choice(words[first]["need"]))
    held = tuple({words[first]["tool"], *(draw.sample(sorted({w["tool"] for w in words.values()}), 1))})
    return Offer(
        code, f"{draw.choice(raw['places'])}{said[0]}团队", "；".join(text),
        least=draw.choice([None, *(Fraction(n * 10**5) for n in (1, 2, 3, 5))]),
        ready=draw.choice([None, *(DAY + timedelta(days=n) for n in (60, 150, 300))]),
        keeps_secrets=draw.choice([None, True, True, False]),
        equipment=draw.choice([None, held, held]), readiness=draw.choice([None, 4, 6, 8]),
    )  # fmt: skip


def _need(code: str, topic: str, words: Any, raw: Any, draw: random.Random) -> Need:
    title = draw.choice(words[topic]["need"])
    text = [draw.choice(raw["asks"])]
    if draw.random() < 0.6:  # most firms name the technique they think of
        text.insert(0, "想用" + draw.choice(words[topic]["offer"])[: draw.choice([4, 6, 9])])
    return Need(
        code, title, "，".join(text),
        budget=draw.choice([None, None, *(Fraction(n * 10**5) for n in (2, 4))]),
        by=draw.choice([None, None, DAY + timedelta(days=180)]),
        secret=draw.random() < 0.25, equipment=draw.choice([(), (), (words[topic]["tool"],)]),
        readiness=draw.choice([None, None, 5]),
    )  # fmt: skip


def _grades(
    topic: str, about: tuple[str, str], need: Need, offer: Offer, raw: Any, of_field: dict[str, str]
) -> tuple[int, int]:
    if any(one.bound is Bound.BROKEN for one in constraints(need, offer)):
        return 0, 0
    return tuple(_reading(topic, about, raw[near], of_field) for near in ("near", "near2"))  # type: ignore[return-value]


def _reading(topic: str, about: tuple[str, str], near: list[list[str]], of_field: dict[str, str]) -> int:
    def one(other: str) -> int:
        if not other:
            return 0
        if other == topic:
            return BEST
        close = [topic, other] in near or [other, topic] in near
        return 2 if close else int(of_field[topic] == of_field[other])

    first, second = about
    return max(one(first), one(second) - 1)  # a second topic counts one less


def ndcg(order: list[str], grades: dict[str, float], most: int = 10) -> float:
    """Normalised discounted cumulative gain of the first `most`; gain 2^grade − 1."""
    gained = sum(
        (2 ** grades.get(code, 0.0) - 1) / log2(place + 2) for place, code in enumerate(order[:most])
    )
    best = sorted(grades.values(), reverse=True)[:most]
    possible = sum((2**grade - 1) / log2(place + 2) for place, grade in enumerate(best))
    return gained / possible if possible else 1.0


def scores(world: Gold, rank: Callable[[Need], list[str]]) -> Iterator[tuple[str, float, int]]:
    """Of every need: code, nDCG@10 of a ranking, and broken constraints among its first ten."""
    by_code = {one.code: one for one in world.offers}
    for need in world.needs:
        order = rank(need)
        grades = {offer: world.grade(need.code, offer) for offer in by_code}
        bad = sum(
            any(one.bound is Bound.BROKEN for one in constraints(need, by_code[code])) for code in order[:10]
        )
        yield need.code, ndcg(order, grades), bad


def bm25(world: Gold, *, within: bool = False, weight: bool = False) -> Callable[[Need], list[str]]:
    """The peer, apart from our code: one round of BM25 (weight: TF-IDF cosine) on pairs of characters.

    within: broken hard constraints are taken out first, so that the words alone are compared.
    """
    counts = [Counter(words_of(f"{one.title} {one.text}")) for one in world.offers]
    holding = Counter(word for one in counts for word in one)
    rare = {word: log(1 + (len(counts) - n + 0.5) / (n + 0.5)) for word, n in holding.items()}
    mean = sum(one.total() for one in counts) / len(counts)
    lengths = [sum((log(1 + n) * rare[word]) ** 2 for word, n in one.items()) ** 0.5 for one in counts]

    def worth(asked: Counter[str], place: int) -> float:
        held = counts[place]
        if weight:
            return sum(asked[word] * rare[word] ** 2 * log(1 + held[word]) for word in asked if held[word]) / lengths[place]  # fmt: skip
        base = 1.2 * (0.25 + 0.75 * held.total() / mean)
        return sum(n * rare[word] * held[word] * 2.2 / (held[word] + base) for word, n in asked.items() if held[word])  # fmt: skip

    def rank(need: Need) -> list[str]:
        asked = Counter(words_of(f"{need.title} {need.text}"))
        worths = [
            (-worth(asked, place), one.code)
            for place, one in enumerate(world.offers)
            if not within or not any(c.bound is Bound.BROKEN for c in constraints(need, one))
        ]
        return [code for _, code in sorted(worths)]

    return rank


def kappa(world: Gold) -> float:
    """Agreement of the two readings: quadratic weighted kappa over all pairs."""
    pairs = [pair for row in world.grades.values() for pair in row.values()]
    total = len(pairs)
    first = [sum(a == grade for a, _ in pairs) / total for grade in range(BEST + 1)]
    second = [sum(b == grade for _, b in pairs) / total for grade in range(BEST + 1)]
    seen = sum((a - b) ** 2 for a, b in pairs) / total
    chance = sum(first[a] * second[b] * (a - b) ** 2 for a in range(BEST + 1) for b in range(BEST + 1))
    return 1 - seen / chance
