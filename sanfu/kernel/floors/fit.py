"""Where a need fits, and all smallest sets of requirements that keep it out (最小冲突集).

A set of requirements conflicts when every floor fails at least one of them; so the smallest such sets are the
minimal hitting sets of what each floor fails. They are found exactly on bit masks, all of them, without a solver.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sanfu.kernel.floors.model import PARAMETERS, Building, Floor, Need, Parameter, Sense, Value, holds


@dataclass(frozen=True, slots=True)
class Conflict:
    """Requirements that no floor meets together, by key, with the sentence for a person."""

    keys: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Fit:
    """`fits` by floor number; `open` floors that fit unless an unknown figure fails, with those keys; all minimal conflicts."""

    building: str
    need: str
    fits: tuple[int, ...]
    open: tuple[tuple[int, tuple[str, ...]], ...]
    conflicts: tuple[Conflict, ...]

    @property
    def answer(self) -> bool | None:
        """True: fits; None: may fit, ask; False: no floor can."""
        return True if self.fits else None if self.open else False


def fit(building: Building, need: Need) -> Fit:
    """One need against one building."""
    asked = [(p, need.wants[p.key]) for p in PARAMETERS if p.key in need.wants]
    failed, fits, open_ = [], [], []
    for floor in building.floors:
        mask, unknown = 0, []
        for bit, (parameter, wanted) in enumerate(asked):
            answer = holds(parameter, wanted, floor)
            if answer is False:
                mask |= 1 << bit
            elif answer is None:
                unknown.append(parameter.key)
        failed.append(mask)
        if not mask and not unknown:
            fits.append(floor.number)
        elif not mask:
            open_.append((floor.number, tuple(unknown)))
    conflicts: tuple[Conflict, ...] = ()
    if not fits and not open_:
        sets = minimal_hitting_sets(failed)
        conflicts = tuple(_conflict(building, need, asked, mask) for mask in sets)
    fits = _runs(fits, need.floors)
    return Fit(building.id, need.id, tuple(fits), tuple(open_), conflicts)


def _runs(numbers: list[int], length: int) -> list[int]:
    """Floors from which `length` adjacent ones all fit."""
    return [n for n in numbers if all(n + k in numbers for k in range(length))]


def minimal_hitting_sets(failed: Sequence[int]) -> list[int]:
    """All minimal bit masks that share a bit with every mask given; none when a mask is 0.

    Berge's way: the minimal sets of the first k masks, each extended by one bit of the next when it misses it.
    Supersets of other masks are dropped first, they are hit anyway.
    """
    masks = sorted(set(failed), key=int.bit_count)
    if not masks or not masks[0]:
        return []
    kept: list[int] = []
    for mask in masks:
        if not any(other & mask == other for other in kept):
            kept.append(mask)
    found = [0]
    for mask in kept:
        hit = [s for s in found if s & mask]
        grown = hit[:]
        for short in (s for s in found if not s & mask):
            rest = mask
            while rest:
                bit = rest & -rest
                rest ^= bit
                longer = short | bit
                if not any(h & longer == h for h in hit):
                    grown.append(longer)
        found = grown
    return sorted(_only_minimal(found), key=lambda s: (s.bit_count(), s))


def _only_minimal(sets: Sequence[int]) -> list[int]:
    kept: list[int] = []
    for candidate in sorted(set(sets), key=int.bit_count):
        if not any(other & candidate == other for other in kept):
            kept.append(candidate)
    return kept


def _conflict(
    building: Building, need: Need, asked: Sequence[tuple[Parameter, Value]], mask: int
) -> Conflict:
    chosen = [pair for bit, pair in enumerate(asked) if mask >> bit & 1]
    if len(chosen) == 1:
        parameter, wanted = chosen[0]
        words = f"没有一层{_asks(parameter, wanted)}（{_best(building, parameter)}）"
    else:
        words = f"没有一层同时{'、'.join(_asks(p, w) for p, w in chosen)}"
    return Conflict(tuple(p.key for p, _ in chosen), words)


def _asks(parameter: Parameter, wanted: Value) -> str:
    if parameter.key == "ground":
        return "是首层"
    if parameter.sense is Sense.YES:
        return f"有{parameter.label}"
    if parameter.sense is Sense.AMONG:
        return f"允许{str(wanted)[:1]}类"
    return f"{parameter.label}{parameter.sense}{say(wanted)}{parameter.unit}"


def say(value: Value | None) -> str:
    """A figure without useless zeros; yes and no in words."""
    if isinstance(value, bool):
        return "有" if value else "无"
    text = str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _best(building: Building, parameter: Parameter) -> str:
    """The best floor of the building in this parameter."""
    if parameter.key == "ground":
        return "首层另有不合的要求"
    known = [(f.has[parameter.key], f) for f in building.floors if parameter.key in f.has]
    if parameter.sense is Sense.YES or not known:
        return "全楼都没有"
    if parameter.sense is Sense.AMONG:
        return "各层允许 " + "、".join(dict.fromkeys(str(v)[:1] + "类" for v, _ in known))
    numbers = [v for v, _ in known if not isinstance(v, str | bool)]
    best = max(numbers) if parameter.sense is Sense.AT_LEAST else min(numbers)
    floor: Floor = next(f for v, f in known if v == best)
    return f"最好的是 {floor.number} 层 {say(best)}{parameter.unit}"
