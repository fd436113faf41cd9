"""What the rooms of this installation brought: the tables of `config/rooms.py`, reached through the settings."""

from django.conf import settings

from sanfu.records.manifest import CaseKind, JobKind, Room, Sweep, Tell


def rooms() -> tuple[Room, ...]:
    """All rooms of this installation, from the foundation up."""
    found: tuple[Room, ...] = settings.SANFU_ROOMS
    return found


def case_kinds() -> dict[str, CaseKind]:
    """All kinds of case (办件种类) by code."""
    return {kind.code: kind for room in rooms() for kind in room.kinds}


def permissions() -> dict[str, str]:
    """All permissions that some room declares: code → what it lets a person do."""
    return {code: says for room in rooms() for code, says in room.permissions.items()}


def sweeps() -> list[Sweep]:
    """All work that comes round."""
    return [sweep for room in rooms() for sweep in room.sweeps]


def tells_of(kind: str) -> list[Tell]:
    """What the rooms tell people of an event kind."""
    return [one for room in rooms() for one in room.tells if one.event == kind]


def handlers_of(kind: str) -> list[str]:
    """Dotted names of the handlers of an event kind."""
    table: dict[str, list[str]] = settings.SANFU_EVENT_HANDLERS
    return table.get(kind, [])


def kinds_heard() -> list[str]:
    """Event kinds that some room listens to."""
    return list(settings.SANFU_EVENT_HANDLERS)


def job_kinds() -> dict[str, JobKind]:
    """All kinds of background jobs by code."""
    table: dict[str, JobKind] = settings.SANFU_JOBS
    return table
