"""A made quarter: 12 departments wish to see 400 firms; a few wishes are inspections by law."""

import random

from sanfu.kernel.visiting.model import Wish


def quarter(
    count: int = 1010, firms: int = 400, departments: int = 12, weeks: int = 13, seed: int = 1
) -> list[Wish]:
    """Wishes with a window of three to seven weeks each; 4 % are lawful; popular firms get more of them."""
    chance = random.Random(seed)
    points = [(chance.gauss(0, 12), chance.gauss(0, 9)) for _ in range(firms)]
    wishes = []
    for number in range(count):
        firm = (
            min(int(chance.expovariate(1 / (firms / 3))), firms - 1)
            if chance.random() < 0.5
            else chance.randrange(firms)
        )
        first = chance.randint(1, weeks - 2)
        last = min(first + chance.randint(2, 6), weeks)
        lawful = chance.random() < 0.04
        wishes.append(
            Wish(
                f"W{number}", f"F{firm}", f"D{chance.randrange(departments)}", first, first if lawful else last,
                minutes=chance.choice([45.0, 60.0, 90.0]), alone=lawful, lawful=lawful, point=points[firm],
            )
        )  # fmt: skip
    return wishes
