"""The rooms of this installation and what is collected from their manifests (`room.py`).

A room is in the house when its folder has a `room.py`; there is no list to add it to. A county that leaves one out
filters `ROOMS` here.
"""

from sanfu.records.manifest import JobKind, Room, all_rooms

ROOMS: tuple[Room, ...] = all_rooms()

APPS: list[str] = [room.package for room in ROOMS]

# event kind → dotted handlers: where sibling rooms meet
EVENT_HANDLERS: dict[str, list[str]] = {}
for _room in ROOMS:
    for _kind, _handlers in _room.hears.items():
        EVENT_HANDLERS.setdefault(_kind, []).extend(_handlers)

# what people are told of goes the same way
for _kind in dict.fromkeys(one.event for room in ROOMS for one in room.tells):
    EVENT_HANDLERS.setdefault(_kind, []).append("sanfu.cases.telling.tell_of_case")

# what a worker works through in the background, by kind
JOBS: dict[str, JobKind] = {kind: job for room in ROOMS for kind, job in room.jobs.items()}
