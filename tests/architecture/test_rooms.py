"""Every manifest (房间清单) holds: its names exist, its codes are its own, its permissions are held by some role."""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.utils.module_loading import import_string

from sanfu.kernel.flow import Flow
from sanfu.people.roles import ROLES
from sanfu.people.scope import Parts
from sanfu.records.manifest import Room
from sanfu.records.wires import case_kinds, permissions, rooms


def dotted(room: Room) -> Iterator[str]:
    """Every function that a manifest names."""
    yield from room.waiting
    yield from room.demo
    yield from (job.piece for job in room.jobs.values())
    yield from (sweep.does for sweep in room.sweeps)
    yield from (name for names in room.hears.values() for name in names)


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.code)
def test_every_name_of_a_manifest_leads_to_a_function(room: Room) -> None:
    for name in dotted(room):
        assert callable(import_string(name)), name
    for name in room.row_kinds:
        import_string(name)
    for command in room.commands.values():
        assert callable(import_string(f"{command.module}.run")), command.module


@pytest.mark.parametrize("kind", case_kinds().values(), ids=str)
def test_a_case_kind_has_a_flow_and_a_scope_whose_permissions_exist(kind: object) -> None:
    flow, scope = import_string(kind.flow), import_string(kind.scope)  # type: ignore[attr-defined]
    assert isinstance(flow, Flow)
    assert isinstance(scope, Parts)
    named = {code for row in flow.table for code in row.who} | {scope.see, scope.see_all} - {""}
    assert named <= set(permissions())


def test_no_two_rooms_use_the_same_code() -> None:
    for codes in (
        [room.name for room in rooms()],
        [kind.code for room in rooms() for kind in room.kinds],
        [kind.number for room in rooms() for kind in room.kinds if kind.number],
        [code for room in rooms() for code in room.permissions],
        [code for room in rooms() for code in room.jobs],
        [sweep.name for room in rooms() for sweep in room.sweeps],
        [word for room in rooms() for word in room.commands],
    ):
        assert [code for code, times in Counter(codes).items() if times > 1] == []


def test_every_permission_is_held_by_a_role_and_no_role_holds_another() -> None:
    held = frozenset().union(*(role.permissions for role in ROLES.values()))
    declared = set(permissions())
    assert held - declared == set(), "content/people/roles/ holds what no room.py declares"
    assert declared - held == set(), "a room.py declares what no role of content/people/roles/ holds"
