"""What holds of every room that a manifest names, asked of the demo county through the served pages.

Nothing here names a room: a new one is held to all of it on the day its folder appears.
"""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache as kept
from django.urls import reverse
from django.utils.module_loading import import_string

from sanfu.adapters import demo_county
from sanfu.adapters.demo_duties import seed_duties
from sanfu.adapters.demo_firms import seed_batch, seed_firms
from sanfu.adapters.demo_lists import seed_lists
from sanfu.cases.models import Case
from sanfu.cases.queries import replay
from sanfu.measure.actions import store
from sanfu.measure.kinds import row_kinds
from sanfu.people import queries as people
from sanfu.people.models import Organisation
from sanfu.people.roles import ROLES
from sanfu.records.actor import Actor
from sanfu.records.ids import new_id
from sanfu.records.manifest import CaseKind
from sanfu.records.models import Event
from sanfu.records.queries import verify_chains
from sanfu.records.wires import rooms
from sanfu.web import matrix, whoami
from sanfu.web.todos import todos_of
from tests import strangers
from tests.architecture.routes import access_of, routes_without_arguments
from tests.cast import CAST, CONTENT, KINDS, NOW, page_of, seen, some, who
from tests.lists import faults_of_filters
from tests.strangers import OF_THE_COUNTY, id_routes, may_open, nothing_in, worded_routes
from tests.walks import MOVED_ELSEWHERE, OPENED_ELSEWHERE, OPENINGS, walk_of
from tests.ways import (
    opened_by_form,
    rated_and_ruled,
    sent_by_a_department,
    taken_on,
)

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
EVERYTHING = frozenset().union(*(role.permissions for role in ROLES.values()))


@pytest.fixture(scope="module")
def _demo(seeding: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    was, settings.MEDIA_ROOT = settings.MEDIA_ROOT, tmp_path_factory.mktemp("files")
    with seeding():
        seed_lists(CONTENT)
        seed_duties(CONTENT, now=NOW)
        seed_firms(region=settings.REGION, at=NOW)
        seed_batch(region=settings.REGION, at=NOW)
        demo_county.seed_today(region=settings.REGION, now=NOW)
        store.rebuild(region=settings.REGION, at=NOW)
    yield
    who.cache_clear()
    settings.MEDIA_ROOT = was


@pytest.fixture(autouse=True)
def demo(_demo: None, county: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo county without its history, on the day it was made."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    kept.clear()


@pytest.fixture(autouse=True)
def _fresh_sessions() -> Iterator[None]:
    yield
    page_of.cache_clear()


@pytest.fixture
def as_stranger(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Makes a session of somebody with these permissions whose unit has a part in nothing."""
    real = people.actor_of

    def made(region: str, permissions: frozenset[str]) -> Any:
        client, actor = strangers.stranger(region, permissions)
        monkeypatch.setattr(
            people, "actor_of", lambda user, on: actor if user.pk == actor.id else real(user, on=on)
        )
        return client

    yield made
    whoami.forget()


# ── what rows say ──


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_kind_of_case_is_in_the_demo_county_and_its_events_replay_to_its_row(kind: CaseKind) -> None:
    cases = list(Case.objects.filter(kind=kind.code))
    assert cases, "a room seeds something for its desk: name the steps in `demo` of its manifest"
    for case in cases:
        events = list(Event.objects.filter(stream=case.id).order_by("seq"))
        assert replay(events) == (case.state, case.version), case.number
        assert events[0].data["number"] == case.number
        assert not kind.number or case.number.startswith(kind.number)


def test_every_chain_of_the_county_is_whole() -> None:
    assert verify_chains(region=settings.REGION)[1] == []


# ── who sees what ──


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_another_county_and_another_unit_see_no_case(kind: CaseKind) -> None:
    parts = import_string(kind.scope)
    unit = new_id()
    stranger = Actor(
        id=None, name="外人", region=settings.REGION, organisation=unit, units=frozenset({unit}),
        permissions=EVERYTHING - {parts.see_all},
    )  # fmt: skip
    if parts.see != parts.see_all:
        assert seen(stranger, kind).count() == 0
    elsewhere = Actor(id=None, name="外县", region="329901", permissions=EVERYTHING)
    assert seen(elsewhere, kind).count() == 0


@pytest.mark.parametrize("kind", [k for k in KINDS if k.page], ids=str)
def test_the_page_of_a_case_comes_for_who_may_see_it_and_for_nobody_else(kind: CaseKind) -> None:
    needed = access_of(kind.page).permissions
    for case in some(kind):
        for login in CAST:
            actor = who(login)
            answer = page_of(login).get(reverse(kind.page, args=[case.pk])).status_code
            if not actor.may(*needed):
                assert answer == 403, (login, case.number, answer)
            elif not seen(actor, kind).filter(pk=case.pk).exists():
                assert answer == 404, (login, case.number, answer)
            else:
                assert answer == 200, (login, case.number, answer)


# ── what may be done ──


def offered(kind: CaseKind, case: Case, login: str) -> set[str]:
    """Events whose address is on the page of the case."""
    page = page_of(login).get(reverse(kind.page, args=[case.pk]))
    if page.status_code != 200:
        return set()
    pattern = re.escape(reverse(kind.act, args=[case.pk, "x"])).replace("x/", r"([\w-]+)/")
    return set(re.findall(pattern, page.content.decode()))


@pytest.mark.parametrize("kind", [k for k in KINDS if k.page and k.act], ids=str)
def test_a_page_offers_only_what_the_flow_allows_this_person_now(kind: CaseKind) -> None:
    flow = import_string(kind.flow)
    events = {str(event): event for event in flow.events}
    for case in some(kind):
        legal = {str(row.event): row for row in flow.moves(flow.states(case.state))}
        for login in CAST:
            actor = who(login)
            for name in offered(kind, case, login) & events.keys():
                assert name in legal, (login, case.number, case.state, name)
                assert not legal[name].who or actor.may(*legal[name].who), (login, case.number, name)


@pytest.mark.parametrize("kind", [k for k in KINDS if k.page and k.act], ids=str)
def test_an_event_that_the_flow_allows_is_offered_to_somebody_who_may(kind: CaseKind) -> None:
    flow = import_string(kind.flow)
    missing = set()
    for case in some(kind):
        shown = set().union(*(offered(kind, case, login) for login in CAST))
        for row in flow.moves(flow.states(case.state)):
            able = [login for login in CAST if row.who and who(login).may(*row.who)]
            near = [login for login in able if seen(who(login), kind).filter(pk=case.pk).exists()]
            if near and str(row.event) not in shown | set(kind.elsewhere):
                missing.add((case.state, str(row.event)))
    assert missing == set()


@pytest.mark.parametrize("kind", [k for k in KINDS if k.page and k.act], ids=str)
def test_an_event_is_refused_to_who_may_not_and_nothing_is_written(kind: CaseKind) -> None:
    flow = import_string(kind.flow)
    for case in some(kind):
        before = Event.objects.filter(stream=case.id).count()
        near = [login for login in CAST if seen(who(login), kind).filter(pk=case.pk).exists()]
        for row in flow.moves(flow.states(case.state)):
            address = reverse(kind.act, args=[case.pk, str(row.event)])
            barred = [login for login in near if row.who and not who(login).may(*row.who)]
            for login in barred[:2]:
                answer = page_of(login).post(address, {"version": case.version})
                assert answer.status_code in {302, 403, 404, 405, 409, 422}, (login, str(row.event))
        assert Event.objects.filter(stream=case.id).count() == before, case.number


# ── pages ──


@pytest.mark.parametrize("name", sorted(routes_without_arguments()))
def test_a_page_comes_for_its_roles_and_is_refused_to_others(name: str) -> None:
    access = access_of(name)
    holders = [login for login in CAST if who(login).may(*access.permissions)]
    others = [login for login in CAST if login not in holders]
    assert holders, f"nobody of the cast may open {name}: give somebody the role in content/people/demo/"
    for login in holders[:2]:
        answer = page_of(login).get(reverse(name))
        assert answer.status_code in {200, 302, 405}, (login, answer.status_code)
    for login in others[:2]:
        assert page_of(login).get(reverse(name)).status_code == 403, login


def listing(answer: Any) -> Any:
    """The list of a page, or None."""
    return (answer.context or {}).get("table") if answer.status_code == 200 and answer.context else None


@pytest.mark.parametrize("name", sorted(routes_without_arguments()))
def test_a_list_is_exported_whole_and_its_filters_only_narrow_it(name: str) -> None:
    login = next(login for login in CAST if who(login).may(*access_of(name).permissions))
    page = page_of(login).get(reverse(name))
    table = listing(page)
    if table is None:
        return
    assert faults_of_filters(table) == []
    if not table.table.exportable:
        return
    answer = page_of(login).get(reverse(name), {"export": "csv"})
    lines = b"".join(answer).decode("utf-8-sig").splitlines()
    assert len(lines) - 1 >= table.total, "a heading and every row"
    assert b"".join(page_of(login).get(reverse(name), {"export": "xlsx"}))[:2] == b"PK"


@pytest.mark.parametrize("login", CAST)
def test_a_waiting_line_says_as_many_as_the_list_that_it_opens(login: str) -> None:
    for todo in todos_of(who(login), NOW):
        answer = page_of(login).get(todo.url)
        assert answer.status_code == 200, todo.label
        table = listing(answer)
        if table is not None and "?" in todo.url:
            assert table.total == todo.count, (todo.label, todo.url)


def test_every_room_with_cases_has_a_line_that_waits() -> None:
    assert [room.code for room in rooms() if room.kinds and not room.waiting] == []
    assert Organisation.objects.exists()


# ── the matrix (docs/matrix/), walked with real ids of others ──


def test_every_address_with_an_id_says_whose_rows_it_opens() -> None:
    nothing_in(route.path for route in id_routes() if route.kind is None and not route.table)


def test_the_matrix_holds_for_every_role_with_real_ids_of_others() -> None:
    """Who lacks the permission of a page is refused with any id; who holds it finds a case only if the case is theirs."""
    nothing_in(said for route in id_routes() for said in strangers.wrong_for_roles(route))


def test_whoever_has_every_permission_in_another_county_finds_no_row(as_stranger: Any) -> None:
    client = as_stranger("329901", EVERYTHING)
    nothing_in(said for route in id_routes() for said in strangers.wrong_for(client, route))


def test_whoever_has_every_permission_in_a_unit_without_a_part_finds_only_what_is_the_whole_countys(
    as_stranger: Any,
) -> None:
    client = as_stranger(settings.REGION, EVERYTHING - strangers.WHOLE_COUNTY)
    found = {route: list(strangers.wrong_for(client, route)) for route in id_routes()}
    nothing_in(one for route, said in found.items() if route.stem not in OF_THE_COUNTY for one in said)
    opened = {route.stem for route, said in found.items() if said}
    assert OF_THE_COUNTY.keys() - opened == set(), "nobody finds these any more: take them off the list"


def test_an_id_or_a_word_that_nobody_gave_is_not_found() -> None:
    nothing_in(said for route in id_routes() for said in strangers.wrong_with_unknown_ids(route))
    nothing_in(said for route in worded_routes() for said in strangers.wrong_with_unknown_words(route))


def test_a_row_of_ones_own_does_not_open_what_belongs_to_another() -> None:
    routes = [route for route in id_routes() if route.second]
    assert len(routes) > 20
    nothing_in(said for route in routes for said in strangers.wrong_with_a_second_id(route))


def test_the_rows_of_the_matrix_are_what_the_cast_sees() -> None:
    heads, *rows = matrix.rows_of(ROLES)
    roles = {name: code for code, name in zip(ROLES, heads[3:], strict=True)}
    for login in CAST:
        actor = who(login)
        for row in (one for one in rows if not one[2]):
            kind = next(one for one in KINDS if one.code == row[0])
            told = {row[at] for at in range(3, len(heads)) if roles[heads[at]] in actor.roles}
            ids = set(seen(actor, kind).values_list("pk", flat=True))
            if "全市" in told:
                assert len(ids) == Case.objects.filter(kind=kind.code, region=settings.REGION).count(), (
                    login,
                    row[0],
                )
            elif not any(told):
                mine = Case.objects.filter(kind=kind.code, applicant=actor.id).count()
                assert len(ids) <= mine, (login, row[0])


def test_what_a_role_exports_are_the_rows_it_sees() -> None:
    """A list that is taken out holds no row that the page does not count."""
    lists = [name for path, name, view in matrix.routes() if "<" not in path and matrix.exports(view)]
    assert len(lists) > 20
    lists.remove("manage:audit")  # taking it out is itself a line of it
    for name in lists:
        holders = [login for login in CAST if may_open(login, name)]
        for login in holders[:2]:
            address, client = reverse(name), page_of(login)
            page = client.get(address)
            if page.status_code != 200 or page.streaming:
                continue
            whole = client.get(address, {"export": "csv"})
            if not whole.streaming:
                continue
            lines = list(csv.reader(io.StringIO(b"".join(whole.streaming_content).decode("utf-8-sig"))))
            counted = re.search(r"共\s*<b>?([\d,]+)", page.content.decode())
            if counted:
                assert len(lines) - 1 <= int(counted[1].replace(",", "")), (login, name)


# ── true outside the demo: what people fill in moves the figures ──


@pytest.mark.parametrize("kind", [k for k in KINDS if k.act], ids=str)
def test_what_is_sent_by_the_forms_of_a_kind_moves_its_figures(kind: CaseKind) -> None:
    """Somebody opens the pages of a case, fills in their forms and closes it: 办结率 of its kind counts one more."""
    walk = walk_of(kind)
    assert walk.closed.get(f"closing-{kind.code}") == (0, 1), [one for one in walk.steps if one.refused]
    assert f"days-{kind.code}" in walk.closed


@pytest.mark.parametrize("code", sorted(OPENINGS))
def test_a_case_that_a_form_opens_is_counted(code: str) -> None:
    """受理量 counts one more."""
    assert opened_by_form(code).get(f"opened-{code}") == (1, 0)


def test_a_kind_has_a_form_that_opens_it_or_a_reason_why_not() -> None:
    assert {kind.code for kind in KINDS} == OPENINGS.keys() | OPENED_ELSEWHERE.keys()
    assert not OPENINGS.keys() & OPENED_ELSEWHERE.keys()


def test_every_fact_of_a_figure_is_moved_by_some_form() -> None:
    """Whatever no form moves is named with who does; a fact that the demo alone fills would be missing here."""
    for login in CAST:
        page_of(login)  # signed in before the walks, which take back what was written while they went
    walked = set[str]().union(*(walk_of(kind).facts for kind in KINDS if kind.act))
    moved = walked | rated_and_ruled() | taken_on() | sent_by_a_department()
    facts = {f"{one.code}.{name}" for one in row_kinds().values() for name in (*one.facts, *one.values)}
    assert sorted(facts - moved - MOVED_ELSEWHERE.keys()) == []
    assert MOVED_ELSEWHERE.keys() & moved == set(), "some form moves it now: take its name off the list"
