"""小数隐去: published counts without small cells, and without what would give them back by subtraction. Pure."""

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
SMALLEST = 5


def suppressed(
    cells: Mapping[K, tuple[int, int]], smallest: int = SMALLEST
) -> dict[K, tuple[int, int] | None]:
    """Cells (rows, hits) of one total with what must not be published as None.

    A cell is small when its rows, its hits or its misses lie between 1 and `smallest` − 1. The total minus what is shown
    gives back the sum of what is hidden, so this sum may not be small either: as long as it is, one cell more is hidden.
    """
    hidden = {key for key, cell in cells.items() if _small(cell, smallest)}
    if _small(_sum(cells.values()), smallest):  # the total is hidden itself: nothing can be taken from it
        return _without(cells, hidden | _one_more(cells, hidden, smallest) if len(hidden) == 1 else hidden)
    while _small(_sum(cells[key] for key in hidden), smallest) and (
        more := _one_more(cells, hidden, smallest)
    ):
        hidden |= more
    return _without(cells, hidden)


def _one_more(cells: Mapping[K, tuple[int, int]], hidden: set[K], smallest: int) -> set[K]:
    """The next cell to hide: one with which the sum is no longer small, of these the one of fewest rows; none if all are."""
    rows, hits = _sum(cells[key] for key in hidden)
    rest = [key for key, cell in cells.items() if key not in hidden and cell[0]]

    def cost(key: K) -> tuple[bool, int]:
        return _small((rows + cells[key][0], hits + cells[key][1]), smallest), cells[key][0]

    return {min(rest, key=cost)} if rest else set()


def _without(cells: Mapping[K, tuple[int, int]], hidden: set[K]) -> dict[K, tuple[int, int] | None]:
    return {key: None if key in hidden else cell for key, cell in cells.items()}


def _sum(cells: Iterable[tuple[int, int]]) -> tuple[int, int]:
    both = list(cells)
    return sum(rows for rows, _ in both), sum(hits for _, hits in both)


def _small(cell: tuple[int, int], smallest: int) -> bool:
    rows, hits = cell
    return any(0 < count < smallest for count in (rows, hits, rows - hits))
