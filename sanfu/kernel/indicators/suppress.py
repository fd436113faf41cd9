"""小数隐去: published counts without small cells, and without what would give them back by subtraction. Pure."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
SMALLEST = 5


def suppressed(
    cells: Mapping[K, tuple[int, int]], smallest: int = SMALLEST
) -> dict[K, tuple[int, int] | None]:
    """Cells (rows, hits) of one total with what must not be published as None.

    A cell is small when its rows, its hits or its misses lie between 1 and `smallest` − 1. Where only one cell would be
    hidden, the next smallest that holds anything is hidden too: else total minus the others gives it back.
    """
    small = {key for key, cell in cells.items() if _small(cell, smallest)}
    if len(small) == 1:
        rest = [key for key, cell in cells.items() if key not in small and cell[0]]
        small |= set(sorted(rest, key=lambda key: cells[key][0])[:1])
    return {key: None if key in small else cell for key, cell in cells.items()}


def _small(cell: tuple[int, int], smallest: int) -> bool:
    rows, hits = cell
    return any(0 < count < smallest for count in (rows, hits, rows - hits))
