"""Made worlds of firms and officers: districts in a ring, languages, conflicts, officers who left."""

import random

from sanfu.kernel.assigning.model import Firm, Officer, Place, Problem

LANGUAGES = ("en", "ja", "ko", "de")
TRADES = tuple(f"t{n}" for n in range(8))


def ring(size: int) -> frozenset[tuple[str, str]]:
    return frozenset((f"d{n}", f"d{(n + 1) % size}") for n in range(size))


def world(
    firms: int = 2000,
    officers: int = 60,
    spare: float = 0.08,
    seed: int = 1,
    districts: int = 10,
    gone: float = 0.1,
) -> Problem:
    """One problem; a fifth of the firms weighs 3, 8 % need a language, 0.5 % of pairs conflict, `gone` officers left."""
    chance = random.Random(seed)
    home = [f"d{n % districts}" for n in range(officers)]
    chance.shuffle(home)
    speaking = max(1, officers // 10)  # officers who speak each language
    tongues: list[set[str]] = [set() for _ in range(officers)]
    for language in LANGUAGES:
        for n in chance.sample(range(officers), speaking):
            tongues[n].add(language)
    rows = [
        Firm(
            f"F{n}",
            load=3.0 if n < firms / 5 else 1.0,
            place=Place((f"d{chance.randrange(districts)}",)),
            languages=frozenset([chance.choice(LANGUAGES)]) if chance.random() < 0.08 else frozenset(),
            trade=chance.choice(TRADES),
            avoid=frozenset(f"O{m}" for m in range(officers) if chance.random() < 0.005),
        )
        for n in range(firms)
    ]
    total = sum(firm.load for firm in rows)
    each = total * (1 + spare) / officers
    people = [
        Officer(
            f"O{n}",
            capacity=float(round(each * chance.uniform(0.85, 1.15))),
            place=Place((home[n],)),
            languages=frozenset(tongues[n]),
            trades=frozenset(chance.sample(TRADES, 3)),
        )
        for n in range(officers)
    ]
    short = int(total * (1 + spare)) - int(sum(one.capacity for one in people))
    people[0] = Officer("O0", capacity=people[0].capacity + max(short, 0), place=people[0].place, languages=people[0].languages, trades=people[0].trades)  # fmt: skip
    return Problem(
        tuple(rows), tuple(people), _standing(rows, people, districts, gone, chance), ring(districts)
    )


def _standing(
    rows: list[Firm], people: list[Officer], districts: int, gone: float, chance: random.Random
) -> dict[str, str]:
    """Who served whom last year: near, able, and within capacity then; those who left are still named."""
    room = {one.code: one.capacity * 1.05 for one in people}
    pairs = {}
    for firm in sorted(rows, key=lambda row: -row.load):
        here = int(firm.place.districts[0][1:])
        able = [
            one for one in people
            if firm.languages <= one.languages and one.code not in firm.avoid and room[one.code] >= firm.load
            and min((here - int(one.place.districts[0][1:])) % districts, (int(one.place.districts[0][1:]) - here) % districts) <= 1
        ]  # fmt: skip
        if able:
            one = chance.choice(able)
            room[one.code] -= firm.load
            pairs[firm.code] = one.code
    left = {one.code for one in chance.sample(people, int(len(people) * gone))}
    return {firm: f"left-{who}" if who in left else who for firm, who in pairs.items()}
