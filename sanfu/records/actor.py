"""Who acts: what every action takes as `by=`."""

import uuid
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a machine at work, resolved for one day: identity, posts held, permissions, reach.

    `units` are the ids of the organisations whose rows the actor may see as their own;
    `permissions` are codes like "tickets.dispatch".
    """

    id: uuid.UUID | None
    name: str
    region: str
    organisation: uuid.UUID | None = None
    organisation_code: str = ""
    organisation_name: str = ""
    area: str = ""
    units: frozenset[uuid.UUID] = frozenset()
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = field(default_factory=frozenset)

    @property
    def written(self) -> str:
        """The name that an event keeps: a citizen's is not written into the log, which nobody can erase (ADR 13)."""
        return "市民" if self.roles == {"citizen"} else self.name

    def may(self, *permissions: str) -> bool:
        """Whether the actor holds the permission, or one of several."""
        return not self.permissions.isdisjoint(permissions)


def machine(region: str, name: str = "系统") -> Actor:
    """The platform itself, for sweeps and imports nobody is logged in for."""
    return Actor(id=None, name=name, region=region)


class NotAllowed(Exception):
    """The actor may not do this; the message says who may."""


class Conflict(Exception):
    """Somebody else acted first; the message says what to look at."""


class Refused(Exception):
    """The input cannot be used; the message says what, why and what to do. Nothing was changed."""
