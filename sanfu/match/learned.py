"""The matcher of this process (本进程的匹配器): one for each list version, taught at once, relearned behind.

A matcher is a pure function of a list and of decisions. It is built when first asked for. Decisions made since,
in this process or another, are taught before each answer (one indexed query). After a refit a thread builds
the new matcher while the old one goes on answering.
"""

import threading
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection

from sanfu.kernel.text.listing import ListItem
from sanfu.kernel.text.matcher import Example, Matcher
from sanfu.lists.content import load_decoys
from sanfu.lists.items import RequestItem
from sanfu.lists.models import ListVersion
from sanfu.match.models import Decision, Refit
from sanfu.records.content import CONTENT

OUT_OF_LIST = "清单外"
MOST_DECISIONS = 20_000  # the newest; older ones say little about today's list
OVERLAP = timedelta(minutes=10)  # a decision may be committed later than one made after it


@dataclass
class Learned:
    """A matcher with what it has been taught."""

    matcher: Matcher
    items: dict[str, RequestItem]
    number: int
    taught: set[uuid.UUID] = field(default_factory=set)
    latest: datetime | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def teach(self, region: str) -> int:
        """Learn decisions that it has not seen; how many they were."""
        rows = Decision.objects.filter(region=region).order_by("at", "id")
        if self.latest:
            rows = rows.filter(at__gte=self.latest - OVERLAP)
        unseen = [one for one in rows.values_list("id", flat=True) if one not in self.taught]
        new = (
            list(rows.filter(id__in=unseen)) if unseen else []
        )  # their texts are read only when there are any
        with self.lock:
            for row in new:
                if row.id not in self.taught:
                    self.taught.add(row.id)
                    self.latest = max(row.at, self.latest or row.at)
                    example = _example(row, self.items)
                    if example:
                        self.matcher.correct(example)
        return len(new)


_held: dict[tuple[str, uuid.UUID | None], Learned] = {}
_building: set[tuple[str, uuid.UUID | None]] = set()
_guard = threading.Lock()


def _example(row: Decision, items: dict[str, RequestItem]) -> Example | None:
    """A decision as an example; an item that the list no longer has teaches nothing."""
    item = items.get(row.item_code)
    return Example(row.text, item.l1, item.code, row.number or str(row.id)) if item else None


def list_items(items: tuple[RequestItem, ...]) -> list[ListItem]:
    """Items of a list for the matcher, and the decoys beside them."""
    own = [ListItem(one.code, (one.l1, one.l2, one.l3), one.name, one.says, one.keys) for one in items]
    decoys = load_decoys(CONTENT / "requests" / "decoys.yaml")
    return own + [
        ListItem(one.code, (OUT_OF_LIST,), one.name, one.says, one.keys, own=False) for one in decoys
    ]


def _latest_of_each_source(region: str) -> list[Decision]:
    """Newest decisions, one for each order, oldest first."""
    seen: set[uuid.UUID] = set()
    kept: list[Decision] = []
    for row in Decision.objects.filter(region=region).order_by("-at", "-id")[:MOST_DECISIONS]:
        if row.source is None or row.source not in seen:
            kept.append(row)
            seen.add(row.source or row.id)
    return kept[::-1]


def build(region: str, items: tuple[RequestItem, ...]) -> Learned:
    """A matcher of this list and all decisions so far."""
    number = latest_number(region)
    by_code = {item.code: item for item in items}
    rows = _latest_of_each_source(region)
    everything = Decision.objects.filter(region=region).order_by("-at")[:MOST_DECISIONS]
    taught = set(everything.values_list("id", flat=True))
    examples = [example for row in rows if (example := _example(row, by_code))]
    latest = rows[-1].at if rows else None
    return Learned(Matcher(list_items(items), examples), by_code, number, taught, latest)


def latest_number(region: str) -> int:
    """Number of the newest refit, 0 before the first."""
    return (
        Refit.objects.filter(region=region).order_by("-number").values_list("number", flat=True).first() or 0
    )


def learned(region: str, version: ListVersion | None, items: tuple[RequestItem, ...]) -> Learned:
    """The matcher of a list version, taught everything that was decided until now."""
    key = (region, version.id if version else None)
    held = _held.get(key)
    if held is None:
        with _guard:
            held = _held.get(key) or build(region, items)
            _held[key] = held
    elif held.number < latest_number(region):
        _rebuild_behind(key, items)
    held.teach(region)
    return held


def _rebuild_behind(key: tuple[str, uuid.UUID | None], items: tuple[RequestItem, ...]) -> None:
    with _guard:
        if key in _building:
            return
        _building.add(key)
    threading.Thread(target=_rebuild, args=(key, items), daemon=True).start()


def _rebuild(key: tuple[str, uuid.UUID | None], items: tuple[RequestItem, ...]) -> None:
    try:
        _held[key] = build(key[0], items)
    finally:
        _building.discard(key)
        connection.close()


def forget() -> None:
    """Drop what this process holds; the next question builds anew."""
    _held.clear()
