"""一企一档的时间线: what every room says about a firm, newest first. Rooms offer it by `entries` in their manifests."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol

from django.utils.module_loading import import_string

from sanfu.records.actor import Actor
from sanfu.records.wires import rooms


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: when, which matter (兑付 预警 诉求 …), what in one sentence, the page behind it as route and arguments."""

    at: datetime
    matter: str
    says: str
    url_name: str = ""
    url_args: tuple[object, ...] = ()


class Source(Protocol):
    """A room's newest `most` lines before a moment, of what the actor may see; a room may give more or unordered."""

    def __call__(
        self, actor: Actor, firms: Sequence[uuid.UUID], before: datetime, most: int, /
    ) -> list[Entry]: ...


@cache
def sources() -> tuple[Source, ...]:
    """The functions that rooms name as `entries`."""
    return tuple(import_string(name) for room in rooms() for name in room.entries)


def timeline(actor: Actor, firms: Sequence[uuid.UUID], before: datetime, most: int = 200) -> list[Entry]:
    """The newest `most` entries of a firm and the doubles merged into it before a moment, newest first."""
    found = [
        entry for source in sources() for entry in source(actor, firms, before, most) if entry.at < before
    ]
    found.sort(key=lambda entry: entry.at, reverse=True)
    return found[:most]
