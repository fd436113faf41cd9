"""The one version (版本): what a county decides from a day, drafted by one person, approved by a second.

A room says `class Scheme(Version)` with its payload and its `matter`; this package gives the states, the table
constraints, the moves and `in_force`. Publishing never changes what was in force on a past day.
"""

from sanfu.lists.versions.models import IN_FORCE, Version, version_constraints
from sanfu.lists.versions.queries import in_force, in_force_rows, stands
from sanfu.lists.versions.states import Matter, VersionEvent, VersionState, flow_of

__all__ = [
    "IN_FORCE",
    "Matter",
    "Version",
    "VersionEvent",
    "VersionState",
    "flow_of",
    "in_force",
    "in_force_rows",
    "stands",
    "version_constraints",
]
