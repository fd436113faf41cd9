"""What is known about a message while it is being typed: danger, points, repeats, item, unit, promised time.

Nothing is decided here: the page shows it, a person sends or dispatches.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from django.conf import settings

from sanfu.cases import timing
from sanfu.grassroots.tickets import queries
from sanfu.grassroots.tickets.advice import advise
from sanfu.grassroots.tickets.promises import clock_rules
from sanfu.grassroots.tickets.states import HANDLING, RESPONSE, Channel, RequestType, TicketState, Urgency
from sanfu.kernel.codes import mask
from sanfu.kernel.hotspots import metres_between
from sanfu.kernel.text.mentions import EmergencyLexicon, find_emergencies
from sanfu.kernel.text.near import EventSpace, EventVector, likeness
from sanfu.kernel.text.points import split_points
from sanfu.kernel.text.prepare import prepare
from sanfu.records.content import read_yaml

ALIKE = 0.35  # below this two messages are shown as different matters
ALIKE_NEAR = 0.2  # within NEAR metres of the chosen place
NEAR = 300
SHORTEST = 6  # characters before it is worth guessing


@dataclass(frozen=True, slots=True)
class Repeat:
    """A recent order that may be the same matter."""

    number: str
    title: str
    state: str
    likeness: float
    metres: int | None = None


@dataclass(frozen=True, slots=True)
class Guidance:
    """What the page shows beside the text."""

    emergencies: tuple[dict[str, str], ...] = ()
    points: tuple[str, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    promises: tuple[dict[str, Any], ...] = field(default=())
    suggested: dict[str, Any] | None = None


@cache
def lexicon() -> EmergencyLexicon:
    """Words of danger, from content/requests/emergencies.yaml."""
    return EmergencyLexicon.of(read_yaml(settings.CONTENT / "requests" / "emergencies.yaml"))


def guide(
    text: str,
    *,
    region: str,
    at: datetime,
    place: str = "",
    area: uuid.UUID | None = None,
    at_point: tuple[float, float] | None = None,
    channel: Channel = Channel.WEB,
    kind: RequestType | None = None,
) -> Guidance:
    """Everything worth saying about a message; an empty or very short one gets nothing."""
    if len("".join(text.split())) < SHORTEST:
        return Guidance()
    told = advise(text, region=region, at=at, place=place, area=area)
    wanted = kind or (RequestType(told["type"]) if told.get("type") else RequestType.HELP)
    urgency = Urgency(told["urgency"]) if told.get("urgency") else Urgency.NORMAL
    return Guidance(
        suggested=told or None,
        emergencies=emergencies(text),
        points=points_of(text),
        repeats=repeats(text, region=region, area=area, at=at, here=at_point),
        promises=promises(channel, wanted, urgency, at),
    )


def points_of(text: str) -> tuple[str, ...]:
    """The points (诉求点) of a message, each as its own words."""
    return tuple(point.text for point in split_points(text))


def emergencies(text: str) -> tuple[dict[str, str], ...]:
    """Dangers in the text with the number to call."""
    return tuple(
        {"call": one.line, "says": one.advice, "words": one.words, "now": "1" if one.now else ""}
        for one in find_emergencies(text, lexicon())
    )


def repeats(
    text: str, *, region: str, area: uuid.UUID | None, at: datetime, here: tuple[float, float] | None = None
) -> tuple[Repeat, ...]:
    """Open orders of the last weeks that are most alike, best first; near the chosen place less likeness is enough."""
    rows = queries.nearby(region, area=area, since=queries.recent_window(at))
    if not rows:
        return ()
    space, vectors = _placed(tuple(row["ticket__body"] for row in rows))
    said = space.vector(prepare(text).text)
    scored = [
        (likeness(said, vector), row, _away(row, here)) for vector, row in zip(vectors, rows, strict=True)
    ]
    alike = [
        one for one in scored if one[0] >= (ALIKE_NEAR if one[2] is not None and one[2] <= NEAR else ALIKE)
    ]
    best = sorted(alike, key=lambda one: -one[0])[:3]
    return tuple(
        Repeat(row["number"], mask(row["title"]), TicketState(row["state"]).label, round(score, 2), away)
        for score, row, away in best
    )


def _away(row: dict[str, Any], here: tuple[float, float] | None) -> int | None:
    """Metres from the chosen place to an order's, in tens; None when one of them has no place."""
    if here is None or row["ticket__lon"] is None:
        return None
    return round(metres_between(*here, row["ticket__lon"], row["ticket__lat"]) / 10) * 10


@lru_cache(maxsize=8)
def _placed(bodies: tuple[str, ...]) -> tuple[EventSpace, tuple[EventVector, ...]]:
    """Recent messages as vectors; made again only when one came, went or changed, not at every key pressed."""
    texts = [prepare(body).text for body in bodies]
    space = EventSpace(texts)
    return space, tuple(space.vector(text) for text in texts)


def promises(
    channel: Channel, kind: RequestType, urgency: Urgency, at: datetime
) -> tuple[dict[str, Any], ...]:
    """The promised times if it were sent now."""
    rules = clock_rules(channel, kind, urgency, stage="received")
    return tuple(
        {"name": name, "due_at": timing.start(name, rules[name], at).due_at, "source": rules[name].source}
        for name in (RESPONSE, HANDLING)
        if name in rules
    )
