"""A day's routes: savings, then 2-opt, or-opt, exchanges and tails swapped until nothing gets shorter."""

import itertools
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sanfu.kernel.visiting.model import Point

DETOUR = 1.35  # road kilometres for one as the crow flies, until a city plugs in a road matrix
KM_A_DEGREE = 111.2
SHORTER = 1e-6
MOST_TOGETHER = 150  # stops of one search: about a second
Matrix = list[list[float]]


@dataclass(frozen=True)
class Day:
    """What a car may do in a day: minutes in all, and how fast it goes."""

    minutes: float = 420.0
    km_an_hour: float = 40.0


PLAIN_DAY = Day()


@dataclass(frozen=True)
class Routes:
    """Car days: places in the order of the day (indices of the stops), and road kilometres of all."""

    days: list[list[int]]
    km: float
    too_long: list[int]  # stops that do not fit into any day, alone


def kilometres(points: Sequence[Point]) -> Matrix:
    """Road kilometres between all points (index 0 is the depot); degrees are recognised by their range."""
    table = np.array(points, dtype=float)
    if len(table) and np.all(
        (table[:, 0] >= 70) & (table[:, 0] <= 140) & (table[:, 1] >= 15) & (table[:, 1] <= 55)
    ):
        table = table * np.array([math.cos(math.radians(float(table[:, 1].mean()))), 1.0]) * KM_A_DEGREE
    gaps = table[:, None, :] - table[None, :, :]
    matrix: Matrix = (np.hypot(gaps[..., 0], gaps[..., 1]) * DETOUR).tolist()
    return matrix


def route(
    depot: Point,
    stops: Sequence[Point],
    minutes: Sequence[float],
    day: Day = PLAIN_DAY,
    tries: int | None = None,
) -> Routes:
    """Short routes from `depot` through all stops, each within a day.

    Args:
        minutes: how long each stop takes; same length as `stops`.
        tries: shaken restarts of the search, more of them for few stops when None; same input, same routes.

    More than `MOST_TOGETHER` stops are cut into sectors around the depot first: the search grows with the square.
    """
    if len(stops) > MOST_TOGETHER:
        return _by_sector(depot, stops, minutes, day, tries)
    distance = kilometres([depot, *stops])
    service = [0.0, *minutes]
    search = _Search(distance, service, day)
    fits = [n for n in range(1, len(distance)) if search.time([n]) <= day.minutes]
    too_long = [n - 1 for n in range(1, len(distance)) if n not in set(fits)]
    best = search.improved(search.savings(fits))
    chance = random.Random(len(stops))
    for _ in range(tries if tries is not None else max(4, 240 // max(len(stops), 1))):
        shaken = search.improved(search.rebuilt(best, chance))
        if search.value(shaken) < search.value(best) - SHORTER:
            best = shaken
    return Routes([[n - 1 for n in one] for one in best], search.km(best), too_long)


def _by_sector(
    depot: Point, stops: Sequence[Point], minutes: Sequence[float], day: Day, tries: int | None
) -> Routes:
    """Routes of sectors of equally many stops, by the angle at which the stops lie from the depot."""
    order = sorted(
        range(len(stops)), key=lambda n: (math.atan2(stops[n][1] - depot[1], stops[n][0] - depot[0]), n)
    )
    pieces = -(-len(stops) // MOST_TOGETHER)
    days: list[list[int]] = []
    too_long: list[int] = []
    km = 0.0
    for piece in range(pieces):
        inside = order[piece * len(order) // pieces : (piece + 1) * len(order) // pieces]
        found = route(depot, [stops[n] for n in inside], [minutes[n] for n in inside], day, tries)
        days += [[inside[n] for n in one] for one in found.days]
        too_long += [inside[n] for n in found.too_long]
        km += found.km
    return Routes(days, km, sorted(too_long))


class _Search:
    """Local search over routes of stop numbers (0 is the depot)."""

    def __init__(self, distance: Matrix, service: list[float], day: Day) -> None:
        self.d, self.service, self.day = distance, service, day
        self.pace = 60.0 / day.km_an_hour
        order = np.argsort(np.array(distance), axis=1).tolist()
        self.near: list[list[int]] = [
            [m for m in order[n] if m not in (0, n)][:12] for n in range(len(order))
        ]

    def length(self, one: Sequence[int]) -> float:
        d, here, total = self.d, 0, 0.0
        for n in one:
            total += d[here][n]
            here = n
        return total + d[here][0]

    def time(self, one: Sequence[int]) -> float:
        return self.length(one) * self.pace + sum(self.service[n] for n in one)

    def km(self, routes: Sequence[Sequence[int]]) -> float:
        return sum(self.length(one) for one in routes)

    def value(self, routes: Sequence[Sequence[int]]) -> float:
        return self.km(routes)

    def savings(self, stops: Sequence[int]) -> list[list[int]]:
        """Clarke and Wright: join two ends as long as that saves most and the day is long enough."""
        routes = {n: [n] for n in stops}
        of = {n: n for n in stops}
        d = self.d
        pairs = sorted(
            ((d[0][a] + d[0][b] - d[a][b], a, b) for i, a in enumerate(stops) for b in stops[i + 1 :]),
            reverse=True,
        )
        for saved, a, b in pairs:
            if saved <= 0 or of[a] == of[b]:
                continue
            one, other = routes[of[a]], routes[of[b]]
            if a not in (one[0], one[-1]) or b not in (other[0], other[-1]):
                continue
            joined = (one if one[-1] == a else one[::-1]) + (other if other[0] == b else other[::-1])
            if self.time(joined) <= self.day.minutes:
                gone, kept = of[b], of[a]
                routes[kept] = joined
                del routes[gone]
                for n in joined:
                    of[n] = kept
        return list(routes.values())

    def improved(self, routes: list[list[int]]) -> list[list[int]]:
        """Moves until none makes the routes shorter."""
        routes = [self.turned(one) for one in routes]
        steps: tuple[Callable[[list[list[int]]], bool], ...] = (self.relocated, self.exchanged, self.tails)
        while any(step(routes) for step in steps):
            routes[:] = [one for one in routes if one]
        return [one for one in routes if one]

    def turned(self, one: list[int]) -> list[int]:
        """2-opt and or-opt inside one route."""
        d, better = self.d, True
        while better:
            better = False
            full = [0, *one, 0]
            size = len(full)
            for i in range(size - 2):
                for j in range(i + 2, size - 1):
                    a, b, c, e = full[i], full[i + 1], full[j], full[j + 1]
                    if d[a][c] + d[b][e] < d[a][b] + d[c][e] - SHORTER:
                        full[i + 1 : j + 1] = full[i + 1 : j + 1][::-1]
                        better = True
            one = full[1:-1]
            better |= self._shifted(one)
        return one

    def _shifted(self, one: list[int]) -> bool:
        d = self.d
        for size in (1, 2, 3):
            for i in range(len(one) - size + 1):
                piece, rest = one[i : i + size], [0, *one[:i], *one[i + size :], 0]
                before, after = rest[i], rest[i + 1]
                gain = d[before][piece[0]] + d[piece[-1]][after] - d[before][after]
                for k in range(len(rest) - 1):
                    cost = d[rest[k]][piece[0]] + d[piece[-1]][rest[k + 1]] - d[rest[k]][rest[k + 1]]
                    if cost < gain - SHORTER:
                        one[:] = [*rest[1 : k + 1], *piece, *rest[k + 1 : -1]]
                        return True
        return False

    def relocated(self, routes: list[list[int]]) -> bool:
        """A piece of one to three stops moved into another route."""
        d = self.d
        times = [self.time(one) for one in routes]
        for a, one in enumerate(routes):
            for size in (1, 2, 3):
                for i in range(len(one) - size + 1):
                    piece = one[i : i + size]
                    before, after = one[i - 1] if i else 0, one[i + size] if i + size < len(one) else 0
                    gain = d[before][piece[0]] + d[piece[-1]][after] - d[before][after]
                    inner = sum(d[x][y] for x, y in itertools.pairwise(piece))
                    load = sum(self.service[n] for n in piece) + inner * self.pace
                    for b, other in enumerate(routes):
                        if a == b or times[b] + load > self.day.minutes:
                            continue
                        spot = self._spot(other, piece, gain, self.day.minutes - times[b] - load)
                        if spot is not None:
                            routes[b] = self.turned(spot)
                            routes[a] = self.turned(one[:i] + one[i + size :])
                            return True
        return False

    def _spot(self, other: list[int], piece: list[int], gain: float, room: float) -> list[int] | None:
        d, full = self.d, [0, *other, 0]
        for k in range(len(full) - 1):
            for turned in (piece, piece[::-1]):
                cost = d[full[k]][turned[0]] + d[turned[-1]][full[k + 1]] - d[full[k]][full[k + 1]]
                if cost < gain - SHORTER and cost * self.pace <= room:
                    return other[:k] + turned + other[k:]
        return None

    def exchanged(self, routes: list[list[int]]) -> bool:
        """Two stops of different routes change places, near ones only."""
        at = {n: (a, i) for a, one in enumerate(routes) for i, n in enumerate(one)}
        for n, (a, i) in at.items():
            for m in self.near[n]:
                if m not in at or at[m][0] == a:
                    continue
                b, k = at[m]
                one, other = routes[a], routes[b]
                first, second = [*one[:i], m, *one[i + 1 :]], [*other[:k], n, *other[k + 1 :]]
                if self._taken(routes, a, b, first, second):
                    return True
        return False

    def tails(self, routes: list[list[int]]) -> bool:
        """2-opt*: two routes swap what comes after a point, one of them turned or not."""
        d = self.d
        for a in range(len(routes)):
            for b in range(a + 1, len(routes)):
                one, other = routes[a], routes[b]
                for mirrored in (other, other[::-1]):
                    for i in range(len(one) + 1):
                        for k in range(len(mirrored) + 1):
                            left, right = ([0, *one, 0], [0, *mirrored, 0])
                            now = d[left[i]][left[i + 1]] + d[right[k]][right[k + 1]]
                            if d[left[i]][right[k + 1]] + d[right[k]][
                                left[i + 1]
                            ] < now - SHORTER and self._taken(
                                routes, a, b, one[:i] + mirrored[k:], mirrored[:k] + one[i:]
                            ):
                                return True
        return False

    def _taken(self, routes: list[list[int]], a: int, b: int, first: list[int], second: list[int]) -> bool:
        """Put the two routes in when they are shorter together and each fits a day."""
        if (
            self.length(first) + self.length(second)
            >= self.length(routes[a]) + self.length(routes[b]) - SHORTER
        ):
            first, second = self.turned(first), self.turned(second)
            if (
                self.length(first) + self.length(second)
                >= self.length(routes[a]) + self.length(routes[b]) - SHORTER
            ):
                return False
        if self.time(first) > self.day.minutes or self.time(second) > self.day.minutes:
            return False
        routes[a], routes[b] = self.turned(first), self.turned(second)
        return True

    def rebuilt(self, routes: list[list[int]], chance: random.Random) -> list[list[int]]:
        """A few stops, mostly neighbours of one of them, taken out and put back where they cost least."""
        stops = [n for one in routes for n in one]
        centre = chance.choice(stops)
        count = chance.randint(2, max(3, min(len(stops) // 4, 10)))
        near = self.near[centre][:count]
        out = [centre, *(near if chance.random() < 0.7 else chance.sample(stops, min(count, len(stops))))]
        out = list(dict.fromkeys(out))
        kept = [[n for n in one if n not in set(out)] for one in routes]
        kept = [one for one in kept if one]
        chance.shuffle(out)
        for n in out:
            if n in set(stops):
                self._inserted(kept, n)
        return kept

    def _inserted(self, routes: list[list[int]], n: int) -> None:
        d, best, place = self.d, 2 * self.d[0][n], None
        for a, one in enumerate(routes):
            room = self.day.minutes - self.time(one) - self.service[n]
            full = [0, *one, 0]
            for k in range(len(full) - 1):
                cost = d[full[k]][n] + d[n][full[k + 1]] - d[full[k]][full[k + 1]]
                if cost < best and cost * self.pace <= room:
                    best, place = cost, (a, k)
        if place is None:
            routes.append([n])
        else:
            routes[place[0]].insert(place[1], n)
