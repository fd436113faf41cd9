"""What keeps the list of orders quick: few queries to a page, and an index under each of them."""

import uuid
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import Q
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from sanfu.cases import queries as cases
from sanfu.cases.models import Case
from sanfu.grassroots.tickets import queries
from sanfu.kernel.clocks import Light
from sanfu.people.models import User
from sanfu.records.actor import Actor
from sanfu.web.components import paging, table
from sanfu.web.officer.tickets import lists
from tests.conftest import Seeding

pytestmark = pytest.mark.django_db
LIST = "/desk/tickets/"
OPEN, ALL = 200, 5_000


@pytest.fixture(scope="module")
def _orders(seeding: Seeding) -> None:
    """5,000 orders of which 200 are open, as a year leaves them."""
    with seeding(), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO cases_case (id, region, kind, number, title, state, version, urgency, units, opened_at,
                                    closed_at, due_at, light, closed_state, pinned, data)
            SELECT gen_random_uuid(), %(region)s, 'ticket', 'N' || n, '路灯不亮',
                   CASE WHEN n %% 25 = 0 THEN 'handling' ELSE 'closed' END, 1, '', '{}', now() - n * interval '1 hour',
                   CASE WHEN n %% 25 = 0 THEN NULL ELSE now() END,
                   CASE WHEN n %% 25 = 0 THEN now() - n * interval '55 minutes' END,
                   CASE WHEN n %% 100 = 0 THEN 'red' ELSE 'green' END,
                   CASE WHEN n %% 25 = 0 THEN '' ELSE 'closed' END, '{}', '{}'
            FROM generate_series(1, %(all)s) AS n;
            INSERT INTO tickets_ticket (case_id, region, channel, kind, body, place, item_code, list_version, class_path,
                                        suggested, anonymous, confidential, source_number, hidden_from, follow_code,
                                        return_count, redo_count, reply_public, reply_internal, rating, rating_note,
                                        refusal, received_at)
            SELECT id, region, 'hotline', '求助', title, '', '', '', '', '{}', false, false, '', '{}', 'ABCDEF', 0, 0, '',
                   '', '', '', '', opened_at FROM cases_case;
            ANALYZE cases_case; ANALYZE tickets_ticket;
            """,
            {"region": settings.REGION, "all": ALL},
        )


@pytest.fixture
def orders(_orders: None, county: None) -> None:
    cache.clear()


def reader() -> Client:
    browser = Client()
    browser.force_login(User.objects.get(login="chenfang"), "django.contrib.auth.backends.ModelBackend")
    assert browser.get(LIST).status_code == 200  # the actor is known from here on
    return browser


def asked_for(query: str) -> HttpRequest:
    return RequestFactory().get(f"{LIST}?{query}")


def everyone() -> Actor:
    seen = frozenset({"tickets.see", "tickets.see_all"})
    return Actor(id=None, name="试验", region=settings.REGION, permissions=seen)


@pytest.mark.parametrize(
    "asked", ["", "?page=100", "?state=closed", "?q=路灯", "?sort=-due_at", "?light=red"]
)
def test_a_page_asks_the_database_at_most_seven_times(orders: None, asked: str) -> None:
    browser = reader()
    browser.get(LIST + asked)
    with CaptureQueriesContext(connection) as asked_of_database:
        assert "共" in browser.get(LIST + asked).content.decode()
    # session, bell, views, tabs, keys, rows; the total of 5,000 is kept, smaller ones are counted anew
    assert len(asked_of_database) <= 7, [one["sql"] for one in asked_of_database]


def test_numbers_of_tabs_are_fresh_while_few_are_open_and_kept_when_many(
    orders: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = everyone()
    assert lists.tab_counts(actor)["handling"] == OPEN
    Case.objects.filter(number="N25").update(state="replied")
    assert (lists.tab_counts(actor)["handling"], lists.tab_counts(actor)["replied"]) == (OPEN - 1, 1)
    monkeypatch.setattr(lists, "FRESH_COUNT", OPEN - 1)
    assert lists.tab_counts(actor)["handling"] == OPEN - 1
    Case.objects.filter(number="N50").update(state="replied")
    assert lists.tab_counts(actor)["handling"] == OPEN - 1, "kept for ten seconds"
    cache.clear()
    assert lists.tab_counts(actor)["handling"] == OPEN - 2


def test_nobody_is_shown_the_kept_numbers_of_another_reach(
    orders: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "FRESH_COUNT", 1)
    assert lists.tab_counts(everyone())["handling"] == OPEN
    nobody = Actor(id=None, name="外人", region=settings.REGION, permissions=frozenset({"tickets.see"}))
    assert lists.tab_counts(nobody)["handling"] == 0
    elsewhere = Actor(id=None, name="邻县", region="329901", permissions=everyone().permissions)
    assert lists.tab_counts(elsewhere)["handling"] == 0


def test_counts_add_up_to_the_open_orders(orders: None) -> None:
    found = queries.counts(everyone())
    assert (found["handling"], found["light_red"], found["light_green"]) == (OPEN, 50, 150)


@pytest.mark.parametrize(
    ("asked", "index"),
    [(Q(), "case_newest"), (cases.OPEN, "case_by_closed_state"), (cases.DUE, "case_by_closed_state")],
)
def test_a_page_is_found_by_an_index(orders: None, asked: Q, index: str) -> None:
    rows: Any = (
        queries.visible(everyone()).filter(asked).order_by("-opened_at", "-pk").values_list("pk", flat=True)
    )
    plan = rows[:20].explain()
    assert index in plan, plan
    assert "Seq Scan" not in plan, plan


@pytest.mark.parametrize("sort", ["due_at", "-due_at"])
def test_sorted_by_due_date_the_open_ones_come_first_and_no_page_overlaps(
    orders: None, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Case.objects.filter(number__endswith="0").update(due_at=None)  # an open case may have no clock
    whole = list(
        lists.TICKETS.read(asked_for(f"sort={sort}"), queries.visible(everyone()))
        ._ordered()
        .values_list("number", flat=True)
    )
    monkeypatch.setattr(paging, "FRESH_COUNT", 10)
    paged = []
    for page in range(1, ALL // 100 + 1):
        listing = lists.TICKETS.read(
            asked_for(f"sort={sort}&per=100&page={page}"), queries.visible(everyone())
        )
        paged += [row["number"] for row in listing._page_rows()]
    assert paged == whole
    due = dict(Case.objects.values_list("number", "due_at"))
    dates = [due[number] for number in paged]
    shown = [one for one in dates if one]
    assert dates[: len(shown)] == shown == sorted(shown, reverse=sort.startswith("-"))


def test_a_known_total_is_not_counted_again(orders: None) -> None:
    rows = queries.visible(everyone())
    assert table.count(rows) == ALL
    with CaptureQueriesContext(connection) as asked:
        assert table.count(rows) == ALL
    assert len(asked) == 0


def officer_of(unit: uuid.UUID) -> Actor:
    see = frozenset({"tickets.see"})
    return Actor(
        id=uuid.uuid4(), name="经办", region=settings.REGION, units=frozenset({unit}), permissions=see
    )


def test_the_list_of_one_unit_is_found_by_the_index_of_its_parts(orders: None) -> None:
    unit = uuid.uuid4()
    Case.objects.exclude(number__endswith="77").update(units=[uuid.uuid4()])
    Case.objects.filter(number__endswith="77").update(units=[unit])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_part")
    rows = queries.visible(officer_of(unit))
    assert rows.count() == ALL // 100
    plan = rows.order_by("-opened_at", "-pk").explain()
    assert "using part_" in plan, plan


def test_a_word_of_two_letters_is_found_by_the_index_of_pairs(orders: None) -> None:
    Case.objects.filter(number="N7").update(title="井盖破损")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_words")
    rows = queries.search(queries.visible(everyone()), "井盖")
    assert [row.number for row in rows] == ["N7"]
    assert "words_by_pair" in rows.explain()


def test_what_has_no_running_clock_shows_no_light(orders: None) -> None:
    page = reader().get(f"{LIST}?state=closed").content.decode()
    assert "已办结" in page.split("<tbody")[1]
    assert "正常" not in page.split("<tbody")[1]
    assert queries.visible(everyone()).filter(cases.in_light(Light.GREEN)).count() == OPEN - 50
