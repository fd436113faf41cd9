"""The API: keys, one order a key, one error form; fuzzed against its own description."""

import itertools
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, settings

from sanfu.adapters.demo_cast import read_cast
from sanfu.grassroots.tickets.models import Ticket
from sanfu.people.actions import digest_of, issue_key
from sanfu.people.models import ApiKey, User
from sanfu.people.queries import user_of
from sanfu.records.actor import machine
from sanfu.records.content import CONTENT
from sanfu.web.whoami import actor_of_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
application = get_wsgi_application()
AT = datetime(2026, 3, 2, tzinfo=UTC)


def key(login: str = "zhaomin", ends: date | None = None) -> str:
    user = user_of("329900", login)
    assert user is not None
    return issue_key(user=user, label="试验", starts=date(2026, 1, 1), ends=ends, by=machine("329900"), at=AT)


def send(secret: str, **said: Any) -> Any:
    body = {"key": "A-1", "body": "望江镇人民路路灯不亮", "area": "望江镇", **said}
    return Client().post(
        "/api/1/tickets", json.dumps(body), content_type="application/json", headers={"X-Sanfu-Key": secret}
    )


def test_a_request_comes_in_once_however_often_it_is_sent() -> None:
    secret = key()
    first, second = send(secret), send(secret)
    assert first.status_code == second.status_code == 200
    assert first.json()["number"] == second.json()["number"]
    assert Ticket.objects.count() == 1
    assert {c["name"] for c in first.json()["clocks"]} == {"首次响应", "办结"}


@pytest.mark.parametrize("secret", ["", "sanfu_wrong"])
def test_without_a_key_nothing_opens(secret: str) -> None:
    assert send(secret).status_code == 401


def test_an_ended_key_opens_nothing() -> None:
    assert send(key(ends=date(2026, 2, 1))).status_code == 401


def test_a_key_costs_one_query_and_what_ends_it_holds_at_once() -> None:
    secret = key()
    digest = digest_of(secret)
    day = AT.date()
    first = actor_of_key(digest, day)
    with CaptureQueriesContext(connection) as asked:
        assert actor_of_key(digest, day) == first
    assert len(asked) == 1
    ApiKey.objects.filter(digest=digest).update(ends=day)  # as another process does: no signal comes here
    assert actor_of_key(digest, day) is None
    ApiKey.objects.filter(digest=digest).update(ends=None)
    User.objects.filter(login="zhaomin").update(is_active=False)
    assert actor_of_key(digest, day) is None


def test_a_key_may_only_what_its_account_may() -> None:
    answer = send(key("sunwei"))
    assert answer.status_code == 403
    assert "权限" in answer.json()["error"]


@pytest.mark.parametrize(
    "wrong", [{"area": "火星镇"}, {"type": "吐槽"}, {"body": ""}, {"body": " "}, {"key": ""}]
)
def test_bad_input_is_422_in_the_one_form_and_keeps_nothing(wrong: dict[str, str]) -> None:
    answer = send(key(), **wrong)
    assert answer.status_code == 422
    assert set(answer.json()) == {"error"}
    assert Ticket.objects.count() == 0


def test_an_order_is_read_by_its_number() -> None:
    secret = key()
    number = send(secret).json()["number"]
    found = Client().get(f"/api/1/tickets/{number}", headers={"X-Sanfu-Key": secret})
    assert found.json()["state"] == "received"
    assert Client().get("/api/1/tickets/SQ1", headers={"X-Sanfu-Key": secret}).status_code == 404


def test_no_route_of_the_api_is_open(db: None) -> None:
    nobody = Client()
    paths = nobody.get("/api/1/openapi.json").json()["paths"]
    asked = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert len(asked) >= 4
    for method, path in asked:
        answer = nobody.generic(
            method, path.replace("{number}", "SQ1"), "{}", content_type="application/json"
        )
        assert answer.status_code == 401, (method, path)


EVERYBODY = itertools.cycle(person["login"] for person in read_cast(CONTENT))
schema = schemathesis.openapi.from_wsgi("/api/1/openapi.json", application)


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The bare application closes its connection with every request; a test lives in one transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.usefixtures("one_connection")
@schema.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
def test_what_the_description_says_is_what_happens(case: Any) -> None:
    """As one role after the other; the long form is `python -m tests.fuzz_api`."""
    case.headers = {**(case.headers or {}), "X-Sanfu-Key": key(next(EVERYBODY))}
    response = case.call()
    assert response.status_code < 500
    assert response.status_code in (200, 400, 401, 403, 404, 405, 409, 422)
