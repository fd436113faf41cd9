"""视图 (saved views of lists): what a person keeps of a list — named questions, own or shared, and chosen columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Kept:
    """What one person has kept of one list: views (id, name, query, shared, own, by) and columns hidden or shown."""

    views: tuple[Mapping[str, Any], ...] = ()
    hide: tuple[str, ...] = ()
    show: tuple[str, ...] = ()


NOTHING_KEPT = Kept()
